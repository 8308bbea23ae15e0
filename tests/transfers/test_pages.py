"""The pages of transfers and of the pool: who reads what there, bad input, one click in the inbox, names nowhere they must not be."""

from datetime import timedelta

import pytest

from crm.core import clock
from crm.credit.rules import ShareModel, Terms
from crm.policy.rules import Role
from crm.transfers import queries, services
from tests.builders import a_lead, a_person, a_unit, actor, someone
from tests.transfers.stories import card_of, does, fresh, handed_over, offered, proposed, shares, state
from tests.web.shared_city import seal

pytestmark = pytest.mark.only_on("sqlite")
SECRET = "Quorvexia"  # stands in the name, and nowhere else
ANY = (200, 303, 403, 404, 409, 422)


@pytest.fixture
def lead(app):
    return a_lead(f"{SECRET} Optics GmbH", title=f"{SECRET} works", next_step=f"call {SECRET}", next_due=clock.today())


def within(app, act, *args, **named):
    with app.app_context():
        return act(*args, **named)


def test_the_inbox_and_one_click(app, signed_in, lead):
    public_id = within(app, offered, lead)
    host = signed_in("manager.baoan")
    page = host.get("/transfers")
    assert "名称未公开的项目" in page.main
    assert "待您答复" in page.main
    assert "1 项流转待办" in host.get("/").main
    host.post(f"/transfers/{public_id}/accept", status=303)
    page = host.get(f"/transfers/{public_id}")
    assert "交接清单" in page.main
    assert SECRET not in page.html
    with app.app_context():
        owner = someone("officer.baoan").id
    host.post(f"/transfers/{public_id}/take-over", {"owner": "x"}, status=303)
    host.post(f"/transfers/{public_id}/take-over", {"owner": str(owner)}, status=303)
    assert within(app, state, public_id) == "handed_over"
    assert SECRET in host.get(f"/transfers/{public_id}").html
    assert SECRET in signed_in("officer.baoan").get(f"/leads/{lead.public_id}").html
    giver = signed_in("manager.nanshan")
    assert "已承接" in giver.get("/transfers").main
    assert SECRET not in giver.get(f"/transfers/{public_id}").html
    assert lead.number in giver.get(f"/leads/{lead.public_id}/credit").html


def test_names_stand_only_where_the_offerer_says_so(app, signed_in, lead):
    """Of every page of the two rooms, and of the messages, for everybody; before, while and after."""
    stranger = within(app, a_person, "manager.longgang", Role.DISTRICT_MANAGER, "SZ-LG").username
    people = ("manager.baoan", "officer.baoan", stranger, "leader", "auditor", "sysadmin")
    first = within(app, offered, lead)
    within(app, does, services.withdraw, first, by="manager.nanshan")
    card = within(app, card_of, lead)
    within(app, proposed, card)
    paths = ["/", "/transfers", "/pool", f"/pool/{card}", f"/transfers/{first}", "/messages/", f"/leads/{lead.public_id}/credit"]

    def leaks():
        return [(who, path) for who in people for path in paths if SECRET in signed_in(who).get(path, status=ANY).html]

    assert {who for who, _path in leaks()} <= {"leader"}, "who reads all names anyway"
    within(app, does, services.withdraw_card, card, "we host it", by="manager.nanshan")
    shown = within(app, offered, lead, names=True)
    paths.append(f"/transfers/{shown}")
    found = {(who, path) for who, path in leaks() if who != "leader"}
    assert found == {
        ("manager.baoan", "/transfers"), ("manager.baoan", f"/transfers/{shown}"),
        ("officer.baoan", "/transfers"), ("officer.baoan", f"/transfers/{shown}"),
    }  # fmt: skip
    within(app, does, services.decline, shown, "no room")
    assert {who for who, _path in leaks()} <= {"leader"}


def test_a_code_named_leads_offer_shows_a_card(app, signed_in, lead):
    within(app, seal, lead.public_id, "Lynx")
    public_id = within(app, offered, lead)
    card_text = signed_in("manager.baoan").get(f"/transfers/{public_id}").html
    assert SECRET not in card_text
    assert "Lynx" not in card_text
    page = signed_in("coordinator").get(f"/transfers/{public_id}")
    assert SECRET in page.html


def test_offering_and_countering_by_form(app, signed_in, lead):
    browser = signed_in("officer.nanshan")
    with app.app_context():
        baoan, nanshan = str(a_unit("SZ-BA").id), str(a_unit("SZ-NS").id)
    path = f"/transfers/offer/{lead.public_id}"
    browser.get(path)
    typed = {"unit": baoan, "reason": "no plant", "model": "even", "keeps": "", "years": "", "once": "k1"}
    for wrong in (
        {"unit": "0"}, {"unit": nanshan}, {"unit": "abc"}, {"reason": ""}, {"reason": f"no plant for {SECRET}"}, {"model": "x"},
        {"model": "introducer", "keeps": "77"}, {"keeps": "abc"}, {"keeps": "1e999999"}, {"years": "99"}, {"years": "x"}, {"reason": "x" * 401},
    ):  # fmt: skip
        page = browser.post(path, typed | wrong, status=422)
        assert page.root.first("div", role="alert")
    assert SECRET in page.html
    browser.post(path, typed, status=303)
    browser.post(path, typed, status=303)  # a double click
    browser.post(path, typed | {"once": "k2"}, status=409)
    with app.app_context():
        (one,) = queries.inbox(actor("manager.baoan"))["received"]
        public_id = one.transfer.public_id
    host = signed_in("manager.baoan")
    host.post(f"/transfers/{public_id}/counter", {"model": "introducer", "keeps": "20", "reason": ""}, status=303)
    host.post(f"/transfers/{public_id}/counter", {"model": "introducer", "keeps": "90", "reason": "road"}, status=303)
    assert "保留 0.01% 至 50%" in host.get(f"/transfers/{public_id}").text
    host.post(f"/transfers/{public_id}/counter", {"model": "introducer", "keeps": "20", "reason": "road"}, status=303)
    assert "待移出单位答复" in host.get(f"/transfers/{public_id}").main
    host.post(f"/transfers/{public_id}/accept", status=303)
    assert "1 项流转待办" in browser.get("/").main
    browser.post(f"/transfers/{public_id}/accept", status=303)
    assert within(app, state, public_id) == "accepted"
    host.post(f"/transfers/{public_id}/decline", {"reason": "changed"}, status=303)
    assert within(app, state, public_id) == "declined"


def test_doors_are_shut_for_others(app, signed_in, lead):
    public_id = within(app, offered, lead)
    card_lead = a_lead()
    card = within(app, card_of, card_lead)
    stranger = within(app, a_person, "officer.futian", Role.OFFICER, "SZ-FT").username
    for who, refusal in ((stranger, 404), ("auditor", 403), ("sysadmin", 403), ("leader", 403)):
        browser = signed_in(who)
        browser.get(f"/transfers/{public_id}", status=refusal)
        for act in ("accept", "decline", "counter", "withdraw"):
            browser.post(f"/transfers/{public_id}/{act}", {"reason": "x", "model": "both"}, status=(refusal, 403, 404, 303))
        assert within(app, state, public_id) == "open"
        browser.get(f"/transfers/offer/{lead.public_id}", status=(refusal, 403))
        browser.get(f"/pool/put/{lead.public_id}", status=(refusal, 403))
        browser.get(f"/transfers/assign/{lead.public_id}", status=403)
    signed_in("manager.nanshan").post(f"/pool/{card}/assign", {"answer": "x", "reason": "x"}, status=403)
    signed_in("auditor").get("/pool", status=403)
    assert signed_in("auditor").get("/transfers", status=403)
    signed_in(stranger).get(f"/pool/{card}")
    signed_in(stranger).get("/pool/" + "A" * 22, status=404)
    signed_in(stranger).get("/transfers/" + "A" * 22, status=404)
    signed_in(stranger).post(f"/pool/{card}/withdraw", {"reason": "x"}, status=404)


def test_a_card_by_form_and_its_proposals(app, signed_in, lead):
    browser = signed_in("manager.nanshan")
    path = f"/pool/put/{lead.public_id}"
    browser.get(path)
    typed = {"text": "外资光学企业", "site": "厂房三千平方米", "model": "both", "once": "c1"}
    for wrong in ({"text": ""}, {"text": f"{SECRET} 新厂"}, {"site": f"near {SECRET.lower()}"}, {"model": ""}):
        page = browser.post(path, typed | wrong, status=422)
        assert page.root.first("div", role="alert")
    page = browser.post(path, typed | {"text": "QUORVEXIA 扩产"}, status=422)
    assert "“QUORVEXIA”会透露投资方" in page.text
    page = browser.post(path, typed | {"site": f"near {SECRET}"}, status=422)
    assert "会透露投资方" in page.root.first("p", id="site-error").text, "at the field that tells it"
    answer = browser.post(path, typed, status=303)
    card = answer.location.rsplit("/", 1)[1]
    host = signed_in("officer.baoan")
    assert "外资光学企业" in host.get("/pool").main
    ready = (clock.today() + timedelta(days=40)).isoformat()
    for wrong in ({"site": ""}, {"ready_on": "x"}, {"ready_on": "2001-01-01"}, {"ready_on": "9999-12-31"}):
        host.post(f"/pool/{card}", {"site": "block B", "ready_on": ready, "once": "p"} | wrong, status=422)
    host.post(f"/pool/{card}", {"site": "block B", "ready_on": ready, "once": "p"}, status=303)
    page = host.get(f"/pool/{card}")
    assert "block B" in page.main
    assert any(field.get("value") == "block B" for field in page.root.all("input"))
    assert "block B" not in browser.get(f"/pool/{card}").html, "whose project it is reads no proposals"
    city = signed_in("coordinator")
    assert "1 个待承接项目有承接申请" in city.get("/").main
    page = city.get(f"/pool/{card}")
    chosen = next(field.get("value") for field in page.root.all("input", name="answer"))
    city.post(f"/pool/{card}/assign", {"answer": chosen, "reason": ""}, status=303)
    assert "理由：请填写" in city.get(f"/pool/{card}").text, "of which field"
    long = city.post(f"/pool/{card}/assign", {"answer": chosen, "reason": "理由很长" * 101}, status=422)
    assert "理由很长" * 101 in long.html, "what was typed can be copied"
    city.post(f"/pool/{card}/assign", {"answer": "A" * 22, "reason": "best"}, status=404)
    city.post(f"/pool/{card}/assign", {"answer": chosen, "reason": "best"}, status=303)
    assert within(app, fresh, lead).following_unit_id == within(app, lambda: a_unit("SZ-BA").id)
    assert within(app, shares, lead) == {"SZ-NS": 10_000, "SZ-BA": 10_000}
    city.post(f"/pool/{card}/assign", {"answer": chosen, "reason": "again"}, status=303)
    assert "已不在待承接项目中" in city.get(f"/pool/{card}").text


def test_assigning_and_returning_by_form(app, signed_in, lead):
    city = signed_in("coordinator")
    with app.app_context():
        baoan, owner, other = str(a_unit("SZ-BA").id), someone("officer.baoan").id, someone("officer.nanshan").id
    path = f"/transfers/assign/{lead.public_id}"
    city.get(path)
    typed = {"unit": baoan, "owner": str(owner), "reason": "the cluster is there", "model": "agreed", "keeps": "0", "once": "a1"}
    assert city.post(path, typed | {"owner": str(other)}, status=422)
    assert city.post(path, typed | {"owner": "x"}, status=422)
    answer = city.post(path, typed, status=303)
    public_id = answer.location.rsplit("/", 1)[1]
    owner_page = signed_in("officer.baoan")
    assert "退回" in owner_page.get(f"/transfers/{public_id}").main
    owner_page.post(f"/transfers/{public_id}/return", {"reason": ""}, status=303)
    owner_page.post(f"/transfers/{public_id}/return", {"reason": "no power"}, status=303)
    assert within(app, state, public_id) == "returned"
    assert "已退回" in signed_in("manager.nanshan").get(f"/leads/{lead.public_id}").main


def test_a_leads_page_with_all_of_it(app, signed_in, lead):
    """Statements stay under the ceiling, with credit, transfers and a card."""
    within(app, handed_over, lead, terms=Terms(ShareModel.INTRODUCER, 2000))
    within(app, card_of, lead, by="manager.baoan")
    page = signed_in("officer.baoan").get(f"/leads/{lead.public_id}")
    for word in ("业绩归属", "80%", "流转与承接", "待承接"):
        assert word in page.main
    signed_in("coordinator").get(f"/leads/{lead.public_id}")
