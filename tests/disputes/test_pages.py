"""The pages of disputes: the inbox, evidence side by side, bad input, the decision in one form, the headquarters."""

import pytest

from crm.core import clock
from crm.core.db import db, unit_of_work
from crm.disputes import services
from crm.matters.rules import Level
from crm.policy.rules import Role
from tests.builders import a_person, a_unit, actor, someone
from tests.disputes.stories import HQ, a_dispute, at_headquarters, does, fresh, reported_twice, ruling, stored
from tests.matters import stories as matters
from tests.web.shared_city import share

pytestmark = pytest.mark.only_on("sqlite")
SECRET = "Quorvexia"


def within(app, act, *args, **named):
    with app.app_context():
        return act(*args, **named)


@pytest.fixture
def dispute(app):
    return within(app, a_dispute, investor=f"{SECRET} Optics GmbH")


def test_opening_one_from_a_second_report(app, signed_in):
    lead, report = within(app, reported_twice, investor=f"{SECRET} Optics GmbH")
    theirs = signed_in("officer.baoan")
    page = theirs.get("/disputes")
    assert "as typed there" in page.main
    assert SECRET not in page.html
    form = theirs.get(f"/disputes/new/{report.public_id}")
    assert SECRET not in form.html
    theirs.post(f"/disputes/new/{report.public_id}", {"statement": " ", "once": "k1"}, status=422)
    answer = theirs.post(f"/disputes/new/{report.public_id}", {"statement": "we were first", "once": "k2"}, status=303)
    again = theirs.post(f"/disputes/new/{report.public_id}", {"statement": "we were first", "once": "k2"}, status=303)
    assert again.location == answer.location, "sent twice, opened once"
    page = theirs.get("/disputes").main
    assert "已在协调" in page and "提出争议" not in page, "no second one is offered"
    page = theirs.get(answer.location)
    assert SECRET in page.main, "a side reads who it is"
    assert "再次登记" in page.main
    refused = theirs.post(f"/disputes/new/{report.public_id}", {"statement": "once more", "once": "k3"}, status=409)
    assert "正在争议协调中" in refused.main
    theirs.get(f"/leads/{lead.public_id}", status=404)
    ours = signed_in("officer.nanshan").get(f"/leads/{lead.public_id}")
    assert "争议协调中" in ours.main
    assert "首报不计时" in ours.main
    assert "1 项争议待决定" in signed_in("coordinator").get("/").main
    assert "1 项争议待办" in signed_in("manager.nanshan").get("/").main


def test_who_followed_before_is_called_so_once_another_unit_follows(app, signed_in, dispute):
    _lead, public_id = dispute
    browser = signed_in("manager.nanshan")
    chips = lambda: browser.get(f"/disputes/{public_id}").root.first("p", **{"class": "ob-chips"}).text  # noqa: E731
    assert "跟进单位" in chips()
    assert "原跟进单位" not in chips()
    within(app, does, services.decide, public_id, within(app, ruling), by="coordinator")
    assert "原跟进单位" in chips()


def test_statements_and_taking_it_back(signed_in, dispute):
    _lead, public_id = dispute
    theirs = signed_in("manager.baoan")
    theirs.post(f"/disputes/{public_id}/statement", {"text": "", "once": "a"}, status=422)
    theirs.post(f"/disputes/{public_id}/statement", {"text": "x" * 2001, "once": "b"}, status=422)
    theirs.post(f"/disputes/{public_id}/statement", {"text": "our letter of May", "once": "c"}, status=303)
    assert "our letter of May" in signed_in("officer.nanshan").get(f"/disputes/{public_id}").main
    theirs.post(f"/disputes/{public_id}/withdraw", {"reason": "ours"}, status=403)
    ours = signed_in("officer.nanshan")
    ours.post(f"/disputes/{public_id}/withdraw", {"reason": ""}, status=303)
    ours.post(f"/disputes/{public_id}/withdraw", {"reason": "settled"}, status=303)
    page = theirs.get(f"/disputes/{public_id}")
    assert "已撤回" in page.main
    assert "不再互相展示依据" in page.main


def _typed(app, **changed):
    with app.app_context():
        ns, ba = a_unit("SZ-NS").id, a_unit("SZ-BA").id
        facts = {
            "unit": ba, "owner": someone("officer.baoan").id, "supporting": [ns], f"part_{ns}": "12.5", f"part_{ba}": "87.5",
            "reason": "they met first", "how": "telephone", "decided_by": "Deputy Mayor Li", "decided_on": clock.today().isoformat(),
            "once": "d1",
        }  # fmt: skip
    return facts | changed


def test_the_decision_in_one_form(app, signed_in, dispute):
    lead, public_id = dispute
    city = signed_in("coordinator")
    page = city.get(f"/disputes/{public_id}/decide")
    assert "电话决定" in page.main
    first = next(name for name in _typed(app) if name.startswith("part_"))
    for wrong in (
        {first: "50"}, {first: "x"}, {first: "-12.5"}, {"unit": "0"}, {"unit": "x"}, {"owner": "999999"}, {"reason": " "},
        {"how": "by pigeon"}, {"decided_by": ""}, {"decided_on": "2199-01-01"}, {"decided_on": "soon"}, {"supporting": ["999999"]},
    ):  # fmt: skip
        page = city.post(f"/disputes/{public_id}/decide", _typed(app, **wrong), status=422)
        assert page.root is not None
    with app.app_context():
        other = someone("officer.nanshan").id
    page = city.post(f"/disputes/{public_id}/decide", _typed(app, owner=other), status=422)
    assert "负责人须是跟进单位的在岗人员" in page.main
    city.post(f"/disputes/{public_id}/decide", _typed(app), status=303)
    with app.app_context():
        assert fresh(lead).following_unit.code == "SZ-BA"
    shown = signed_in("manager.nanshan").get(f"/disputes/{public_id}")
    for word in ("Deputy Mayor Li", "电话决定，补录", "12.5%", "87.5%", "提请指挥部复核"):
        assert word in shown.main
    city.get(f"/disputes/{public_id}/decide", status=409)
    signed_in("manager.nanshan").get(f"/disputes/{public_id}/decide", status=403)


def test_a_decision_for_the_other_unit_needs_no_owner_taken_out_first(app, signed_in, dispute):
    """Left alone the owner stays, or is the other unit's to say: the one of today is not sent along with another unit."""
    _lead, public_id = dispute
    city = signed_in("coordinator")
    page = city.get(f"/disputes/{public_id}/decide").html
    choices = page[page.index('id="owner"') : page.index("</select>", page.index('id="owner"'))]
    assert 'selected value="0"' in choices
    assert choices.count("selected") == 1


def test_a_review_by_the_headquarters(app, signed_in, dispute):
    _lead, public_id = dispute
    within(app, at_headquarters)
    within(app, does, services.decide, public_id, within(app, ruling), by="coordinator")
    above = signed_in(HQ)
    above.get(f"/disputes/{public_id}", status=404)
    signed_in("manager.nanshan").post(f"/disputes/{public_id}/ask-review", {"reason": "our letter"}, status=303)
    assert SECRET in above.get("/headquarters").main
    assert "1 项争议待办" in above.get("/").main
    page = above.get(f"/disputes/{public_id}/review")
    assert "复核决定" in page.main
    signed_in("coordinator").get(f"/disputes/{public_id}/review", status=403)
    with app.app_context():
        ns, ba = a_unit("SZ-NS").id, a_unit("SZ-BA").id
    back = _typed(app, unit=ns, owner=0, supporting=[], how="here", **{f"part_{ns}": "100", f"part_{ba}": "0"})
    above.post(f"/disputes/{public_id}/review", back, status=303)
    assert within(app, stored, public_id).state == "final"
    for username in (HQ, "coordinator", "leader", "officer.baoan"):
        page = signed_in(username).get("/headquarters")
        assert "复核改变原决定" in page.main, username


def test_the_headquarters_show_others_only_what_is_theirs(app, signed_in):
    within(app, at_headquarters)
    matter = within(app, matters.raised, level=Level.CITY, text="two lines of power, please")
    from crm.matters import services as raising

    within(app, matters.does, raising.lift, matter, "the ministry decides", by="coordinator")
    assert "two lines of power" in signed_in(HQ).get("/headquarters").main
    assert "the ministry decides" in signed_in("officer.nanshan").get("/headquarters").main
    for username in ("officer.baoan", "manager.baoan"):
        page = signed_in(username).get("/headquarters")
        assert "two lines" not in page.main
        assert "the ministry" not in page.main
    for username in ("auditor", "sysadmin"):
        signed_in(username).get("/headquarters", status=403)


def test_nobody_opens_what_is_not_theirs(app, signed_in, dispute):
    lead, public_id = dispute
    for username in ("auditor", "sysadmin", "secadmin"):
        signed_in(username).get("/disputes", status=403)
        signed_in(username).get(f"/disputes/{public_id}", status=403)
    signed_in("leader").get(f"/disputes/{public_id}")
    signed_in("leader").post(f"/disputes/{public_id}/statement", {"text": "x", "once": "z"}, status=403)
    signed_in("officer.baoan").get(f"/disputes/new/{lead.public_id}", status=404)
    for path in ("/disputes/nothing", "/disputes/new/nothing", "/matters/nothing", "/matters/new/nothing"):
        signed_in("officer.baoan").get(path, status=404)


def test_a_reader_from_outside_sees_the_mark_and_no_link_to_what_is_not_there(app, signed_in):
    with app.app_context():
        a_person("holder", Role.OFFICER, "SZ-LG")
        lead, report = reported_twice()
        share(lead.public_id, user="holder")
        with unit_of_work():
            services.open_dispute(report.public_id, "we were first", actor=actor("officer.baoan"), now=clock.now())
        public_id = lead.public_id
        db.session.remove()
    page = signed_in("holder").get(f"/leads/{public_id}")
    assert "争议协调中" in page.main
    assert "#disputes" not in page.html
