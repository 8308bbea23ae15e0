"""Compare, choose, see the effect, merge, take it back: through the doors."""

import pytest
from sqlalchemy import func, select

from crm.companies.models import Company, Contact
from crm.core.db import db, unit_of_work
from crm.leads.models import Lead
from crm.leads.rules.lead import NewContact
from crm.merging import queries, services
from crm.merging.models import Merge
from crm.policy.rules import Role
from tests.builders import a_lead, a_person, actor
from tests.merging.stories import REASON, company_of, merge, one_firm, twins, undo
from tests.merging.test_leads import claimed
from tests.web.shared_city import seal


@pytest.fixture
def pair(app):
    """Public ids of two companies and their leads, of one unit; the leads' numbers."""
    with app.app_context():
        one, two = twins()
        found = {"companies": (company_of(one).public_id, company_of(two).public_id), "leads": (one.public_id, two.public_id)}
        db.session.remove()
    return found


@pytest.fixture
def leads(app):
    with app.app_context():
        one, two = one_firm()
        found = [(one.public_id, one.number), (two.public_id, two.number)]
        db.session.remove()
    return found


MERGE = 90  # statements: a merge moves or looks at the rows of every relation


def merges(app):
    with app.app_context():
        found = db.session.scalar(select(func.count()).select_from(Merge).where(Merge.undone_at.is_(None)))
        db.session.remove()
    return found


def asked(keep, *lose, kind="company", **more):
    return {"kind": kind, "keep": keep, "lose": list(lose), **more}


def once_of(page):
    return page.root.all("input", name="once")[0].get("value")


def test_companies_are_compared_merged_and_parted_again(app, signed_in, pair):
    browser, (keep, lose) = signed_in("coordinator"), pair["companies"]
    page = browser.get("/merges/new", query_string=asked(keep, lose))
    assert "Kestovar Optik GmbH" in page.text
    assert "建议：保留的一条未填" in page.text
    assert "线索与项目 1" in page.text
    chosen = [i for i in page.root.all("input", type="radio") if "checked" in i.attrs]
    assert {i.get("name") for i in chosen} >= {"choice-name", "choice-website"}
    form = asked(keep, lose, once=once_of(page), step="merge", **{"choice-name": lose})
    done = browser.post("/merges/new", form, ceiling=MERGE)
    again = browser.post("/merges/new", form, ceiling=MERGE)
    assert again.location == done.location
    assert merges(app) == 1
    page = browser.get(done.location)
    assert "撤销归并" in page.text
    browser.post(done.location + "/undo", {})
    assert merges(app) == 0
    assert "恢复" in browser.get(done.location).text


def test_the_preview_keeps_what_was_chosen(signed_in, pair):
    browser, (keep, lose) = signed_in("manager.nanshan"), pair["companies"]
    page = browser.get("/merges/new", query_string=asked(keep, lose))
    form = asked(keep, lose, once=once_of(page), step="preview", reason="so it is", **{"choice-name": lose})
    page = browser.post("/merges/new", form, status=200)
    chosen = {i.get("name"): i.get("value") for i in page.root.all("input", type="radio") if "checked" in i.attrs}
    assert chosen["choice-name"] == lose
    assert "so it is" in page.html


def test_a_missing_reason_is_asked_for_and_nothing_is_lost(app, signed_in):
    with app.app_context():
        one, two = twins(other="officer.baoan")
        keep, lose = company_of(one).public_id, company_of(two).public_id
        db.session.remove()
    browser = signed_in("coordinator")
    page = browser.get("/merges/new", query_string=asked(keep, lose))
    assert "涉及 2 个单位" in page.text
    page = browser.post("/merges/new", asked(keep, lose, once=once_of(page), step="merge", **{"choice-name": lose}), status=422)
    assert "请写明归并理由" in page.text
    chosen = {i.get("name"): i.get("value") for i in page.root.all("input", type="radio") if "checked" in i.attrs}
    assert chosen["choice-name"] == lose
    browser.post("/merges/new", asked(keep, lose, once=once_of(page), step="merge", reason=REASON), ceiling=MERGE)
    assert merges(app) == 1


def test_leads_are_found_by_number_and_the_old_address_leads_on(app, signed_in, leads):
    browser, ((one, number), (two, old)) = signed_in("manager.nanshan"), leads
    page = browser.get(f"/leads/{two}")
    assert [a for a in page.root.all("a") if a.text == "归并"]
    browser.get("/merges/new", query_string={"kind": "lead", "lose": two, "number": "SZ-1999-1"}, status=422)
    browser.get("/merges/new", query_string={"kind": "lead", "lose": two, "number": old}, status=422)
    wide = "".join(chr(ord(c) + 0xFEE0) for c in number)  # as an input method writes it, or with a mark out of a document
    for typed in (number.lower(), wide, f"\u202a{number}\u202c", f"\u3000{number}\u200b"):
        on = browser.get("/merges/new", query_string={"kind": "lead", "lose": two, "number": typed}, status=303)
    page = browser.get(on.location)
    assert "lens works" in page.text
    done = browser.post("/merges/new", asked(one, two, kind="lead", once=once_of(page), step="merge"), ceiling=MERGE)
    assert browser.get(f"/leads/{two}", status=303).location.endswith(f"/leads/{one}")
    assert browser.get(f"/leads/{two}/edit", status=303).location.endswith(f"/leads/{one}/edit")
    assert f"/leads/{one}" in browser.get("/leads", query_string={"q": old, "stage": "all"}).html
    page = browser.get(f"/leads/{one}")
    assert "归并前的备注" in page.text
    assert "第二次登记" in page.text
    assert done.location in page.html
    gone = browser.post(f"/leads/{two}/assess", {"outcome": "admitted"}, status=409)
    assert number in gone.text
    signed_in("officer.baoan").get(f"/leads/{two}", status=404)


def test_who_may_not_decide_is_told_who_does(app, signed_in, pair):
    keep, lose = pair["companies"]
    page = signed_in("officer.nanshan").get("/merges/new", query_string=asked(keep, lose))
    assert "归并由跟进单位负责人或市统筹决定" in page.text
    signed_in("officer.nanshan").post("/merges/new", asked(keep, lose), status=403)
    signed_in("officer.baoan").get("/merges/new", query_string=asked(keep, lose), status=404)
    signed_in("leader").get("/merges/new", query_string=asked(keep, lose), status=403)
    assert merges(app) == 0


def test_nothing_of_a_hidden_unit_stands_on_the_page(app, signed_in):
    """A manager may see one of the two companies through a signed lead only: no count, no number of what is behind it."""
    with app.app_context():
        one, two = twins()
        three = company_of(two)
        hidden = a_lead(by="officer.baoan", title="hidden works")
        from crm.core.db import unit_of_work

        with unit_of_work():
            lead = db.session.get_one(Lead, hidden.id)
            lead.investor_id, lead.project_slot = three.id, 9
        keep, lose, number = company_of(one).public_id, three.public_id, hidden.number
        db.session.remove()
    page = signed_in("manager.nanshan").get("/merges/new", query_string=asked(keep, lose))
    assert "由市统筹决定" in page.text
    assert number not in page.html
    assert "归入保留的一条" not in page.text


def test_a_code_named_lead_is_not_counted_up_to_a_colleague(app, signed_in):
    """He reads both companies by other leads: of the one under a code name no number, no first report."""
    with app.app_context():
        one, two = twins()
        hidden = a_lead("Kestovar Optik Zwei GmbH", title="hidden works")
        merge(company_of(two), company_of(hidden))
        for number, lead in enumerate((two, hidden), start=70_001):
            claimed(lead, f"C-{number}")
        seal(hidden.public_id, "Lynx")
        a_person("colleague.nanshan", Role.OFFICER, "SZ-NS")
        asked_for = asked(company_of(one).public_id, company_of(two).public_id)
        told, kept = (two.number, "C-70001"), (hidden.number, "C-70002")
        db.session.remove()
    for username, unseen in (("colleague.nanshan", kept), ("manager.nanshan", ())):
        page = signed_in(username).get("/merges/new", query_string=asked_for)
        assert all((number not in page.html) if number in unseen else (number in page.html) for number in (*told, *kept)), (
            username
        )
        assert ("线索与项目 2" in page.text, "线索与项目 1" in page.text) == (not unseen, bool(unseen)), username
    with app.app_context():
        ids = (asked_for["keep"], *asked_for["lose"])
        done = merge(*(db.session.scalars(select(Company).where(Company.public_id == one)).one() for one in ids))
        lines = queries.lines_of(done)
        seen = [queries.moved_of(done, lines, actor(by))["lead"] for by in ("colleague.nanshan", "manager.nanshan")]
        db.session.remove()
    assert seen == [1, 2]


def test_a_merge_that_was_taken_back_names_no_firm_that_one_may_not_see_any_more(app, signed_in):
    """The one of the two that is another unit's secret again: neither its name nor the reason, which may hold it."""
    with app.app_context():
        one, two = twins(other="officer.baoan")
        seal(one.public_id, "Lynx")
        keep, lose = company_of(two), company_of(one)
        named, secret = keep.name, lose.name
        done = merge(keep, lose, reason=f"{secret} it is")
        undo(done)
        address = f"/merges/{done.public_id}"
        db.session.remove()
    for username, sees in (("officer.baoan", False), ("coordinator", True), ("officer.nanshan", True)):
        page = signed_in(username).get(address)
        assert (secret in page.html) is sees, username
        if not sees:
            assert named in page.html
            assert "已登记 · 按权限不显示" in page.text


def test_a_unit_hears_of_a_merge_by_the_name_that_it_knows(app, signed_in):
    """Its firm went into another unit's, whose name was a secret and is one again."""
    with app.app_context():
        one, two = twins(other="officer.baoan")
        seal(one.public_id, "Lynx")
        keep, lose = company_of(one), company_of(two)
        secret, known = keep.name, lose.name
        undo(merge(keep, lose))
        db.session.remove()
    for username, name in (("officer.baoan", known), ("manager.baoan", known), ("officer.nanshan", secret)):
        page = signed_in(username).get("/messages/")
        assert f"{name} 已归并" in page.text and f"{name} 的归并已撤销" in page.text, username
        assert (secret in page.html) is (name == secret), username


def test_whoever_merges_a_firm_with_a_code_named_lead_is_told(app, signed_in):
    with app.app_context():
        one, two = twins(other="officer.baoan")
        seal(one.public_id, "Lynx")
        asked_for = asked(company_of(two).public_id, company_of(one).public_id)
        number = one.number
        db.session.remove()
    page = signed_in("coordinator").get("/merges/new", query_string=asked_for)
    assert f"{number} 是代号项目" in page.text


def test_the_second_of_two_people_is_led_to_what_the_first_did(app, signed_in, pair):
    browser, (keep, lose) = signed_in("coordinator"), pair["companies"]
    once = once_of(browser.get("/merges/new", query_string=asked(keep, lose)))
    with app.app_context():
        found = [db.session.scalars(select(Company).where(Company.public_id == p)).one() for p in (keep, lose)]
        done = merge(*found, by="manager.nanshan").public_id
        db.session.remove()
    assert browser.post("/merges/new", asked(keep, lose, once=once, step="merge"), ceiling=MERGE).location.endswith(done)
    led = browser.get("/merges/new", query_string=asked(keep, lose), status=303).location
    assert led.endswith(done), "on to what became of them"


@pytest.mark.parametrize("query", [
    {"keep": "A" * 22, "lose": "B" * 22}, {"keep": "<script>", "lose": "'"}, {"kind": "user", "keep": "A" * 22, "lose": "B" * 22},
])  # fmt: skip
def test_what_is_not_there_is_not_found(signed_in, query):
    signed_in("coordinator").get("/merges/new", query_string=query, status=404)


def test_messages_lead_to_the_merge(app, signed_in, pair):
    browser, (keep, lose) = signed_in("coordinator"), pair["companies"]
    page = browser.get("/merges/new", query_string=asked(keep, lose))
    browser.post("/merges/new", asked(keep, lose, once=once_of(page), step="merge"), ceiling=MERGE)
    owner = signed_in("officer.nanshan")
    page = owner.get("/messages/")
    assert "已归并，请核对" in page.text
    form = next(f for f in page.root.all("form") if "已归并" in f.text)
    page = owner.get(owner.post(form.get("action"), {}).location)
    assert not [b for b in page.root.all("button") if b.text == "撤销归并"], "an officer looks, but does not decide"


def contacts_of_one_lead(app, *people):
    """The public id of a lead with these contacts, and theirs."""
    with app.app_context():
        lead = a_lead("Kestovar Optik GmbH", contacts=people)
        found = lead.public_id, list(db.session.scalars(select(Contact.public_id).order_by(Contact.id)))
        db.session.remove()
    return found


def test_contacts_are_told_apart_though_they_are_masked(app, signed_in):
    """Two people with one mask: which is which, that they differ behind it, and the way there and back."""
    lead, (one, two) = contacts_of_one_lead(
        app, NewContact("王建国", "副总裁", "13800001234"), NewContact("王建明", "采购", "13899991234")
    )
    browser = signed_in("manager.nanshan")
    page = browser.get("/merges/new", query_string=asked(one, two, kind="contact"))
    assert "职务" in page.text
    assert "项目一句话" not in page.text
    assert page.text.count("遮住的部分与 1 不同") == 2, "the name and the phone"
    heads = [th.text for th in page.root.all("th", scope="col")]
    assert "副总裁" in heads[1] and heads[1].startswith("1"), heads
    assert "采购" in heads[2] and heads[2].startswith("2"), heads
    assert "建国" not in page.html and "建明" not in page.html
    done = browser.post("/merges/new", asked(one, two, kind="contact", once=once_of(page), step="merge"), ceiling=MERGE)
    assert f"/leads/{lead}" in browser.get(done.location).html
    assert done.location in browser.get(f"/leads/{lead}").html


def test_what_an_undo_left_is_told_with_its_values_to_whoever_reads_the_record(app, signed_in):
    with app.app_context():
        one, two = one_firm(other="officer.baoan")
        done = merge(one, two, choices={"title": two.public_id}, verb=services.merge_leads)
        with unit_of_work():
            db.session.get_one(Lead, one.id).title = "lens campus"
        undo(done)
        address, number, lead = f"/merges/{done.public_id}", one.number, one.public_id
        db.session.remove()
    for username, reads in (("coordinator", True), ("officer.nanshan", True), ("officer.baoan", False)):
        page = signed_in(username).get(address)
        assert "项目一句话" in page.text, username
        assert ("归并前 lens works，现在 lens campus" in page.text) is reads, username
        assert (f"/leads/{lead}" in page.html and number in page.text) or not reads


def test_a_merge_tells_of_the_later_ones(app, signed_in):
    with app.app_context():
        one, two = twins()
        firms = merge(company_of(one), company_of(two))
        db.session.expire_all()
        leads = merge(one, two, verb=services.merge_leads)
        first, second = f"/merges/{firms.public_id}", f"/merges/{leads.public_id}"
        db.session.remove()
    browser = signed_in("coordinator")
    page = browser.get(first)
    assert "此后的归并" in page.text
    assert second in page.html
    browser.post(first + "/undo", {}, ceiling=MERGE)
    assert second in browser.get(first).html, "the leads are still one: it is said"
    assert "此后的归并" not in browser.get(second).text


def test_leads_of_two_investors_say_which(app, signed_in):
    with app.app_context():
        one, two = twins()
        asked_for, names = asked(one.public_id, two.public_id, kind="lead"), (company_of(one).name, company_of(two).name)
        ids = [a_lead(f"Firm {n} AG").public_id for n in range(6)]
        db.session.remove()
    browser = signed_in("manager.nanshan")
    page = browser.get("/merges/new", query_string=asked_for)
    assert "请先归并企业" in page.text
    assert all(name in page.text for name in names)
    assert "请选择二至五条不同的记录" in browser.get("/merges/new", query_string={"kind": "lead", "pick": ids}, status=422).text
