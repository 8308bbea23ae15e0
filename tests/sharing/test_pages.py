"""The doors of shares and code names: what is refused is said on the page, and the inbox holds only what can be answered."""

from sqlalchemy import select

from crm.core import clock
from crm.core.db import db, unit_of_work
from crm.desk import queries as desk
from crm.leads.services import share as services
from crm.sharing import queries
from crm.sharing.models import LeadShare
from crm.sharing.rules import CodeNameTaken, ShareRole
from tests.builders import a_lead, actor
from tests.sharing.test_services import afresh
from tests.web.shared_city import seal, share


def test_ending_a_share_twice_is_said_on_the_leads_page(app, signed_in):
    lead = a_lead()
    with app.app_context():
        made = share(lead.public_id).public_id
    path, browser = f"/leads/shares/{made}/end", signed_in("manager.nanshan")
    page = browser.get(f"/leads/{lead.public_id}")
    assert "文本过长" not in page.main
    assert browser.post(path, {"reason": "x" * 300}).location.endswith(f"/leads/{lead.public_id}")
    with app.app_context():
        assert db.session.scalars(select(LeadShare)).one().ended_at is None, "what is not valid ends nothing"
    assert "共享已结束" in browser.post(path).follow().text
    assert "这项共享已经结束" in browser.post(path).follow().text
    signed_in("officer.baoan").post(path, status=404)
    signed_in("manager.nanshan").post("/leads/shares/" + "x" * 22 + "/end", status=404)


def test_ones_own_wish_is_refused_on_the_leads_page(app, signed_in):
    lead = a_lead()
    with app.app_context():
        seal(lead.public_id, "Lynx", by="coordinator", consent=False)
    page = signed_in("coordinator").get(f"/leads/{lead.public_id}")
    (asked,) = [form for form in page.root.all("form") if (form.get("action") or "").endswith("/seal/consent")]
    assert asked.first("button").get("disabled") is not None, "Enter in the reason answers nothing"
    done = page.submit("/seal/consent", {"reply": "yes", "reason": "so"}).follow()
    assert "须由另一位市统筹人员答复" in done.text


def test_the_inbox_holds_only_what_can_be_answered(app, clock_at):
    """A wish for a code name goes when its day is past or its lead was merged away; the quota has room again."""
    clock_at("2026-06-18 09:00")
    with app.app_context():
        stays, goes, late = a_lead("Falkenby Robotics GmbH"), a_lead("Falkenby Robotics GmbH"), a_lead()
        seal(goes.public_id, "Heron", consent=False)
        seal(late.public_id, "Lynx", days=1, consent=False)
        assert waiting() == ["Heron", "Lynx"]
        clock_at("2026-06-20 09:00")
        assert waiting() == ["Heron"]
        assert queries.seals_of_unit(late.following_unit_id) == 1
        merged_away(goes, stays)
        assert waiting() == []


def merged_away(goes, stays):
    """Whether a merge takes a lead with such a wish or not: here one did."""
    with unit_of_work():
        db.session.get_one(type(goes), goes.id).merged_into_id = stays.id


def waiting():
    afresh()
    return [one.request.code_name for one in desk.requests_for(actor("coordinator"))["seals"]]


def test_the_inbox_asks_the_same_number_of_times_however_full(app, signed_in):
    counts = []
    for round_ in range(2):
        for number in range(3):
            lead = a_lead()
            with app.app_context():
                if number < 2:
                    seal(lead.public_id, f"Heron {round_} {number}", by="manager.nanshan", consent=False)
                with unit_of_work():
                    who = actor("officer.baoan")
                    services.ask_to_assist(lead.public_id, ShareRole.ASSIST, "we know them", actor=who, now=clock.now())
        browser = signed_in("coordinator")
        browser.get("/leads/requests")
        counts.append(len(browser.get("/leads/requests").queries))
    assert counts[0] == counts[1]


def test_code_names_are_compared_in_any_case(app):
    with app.app_context():
        seal(a_lead().public_id, "Ülker", consent=False)
        assert queries.code_name_is_taken("ülker")
        assert not queries.code_name_is_taken("ulker")
        try:
            seal(a_lead().public_id, "ÜLKER")
        except CodeNameTaken:
            return
        raise AssertionError("taken twice")


def test_the_reason_for_a_code_name_is_for_those_who_decide(app, signed_in):
    lead = a_lead()
    with app.app_context():
        share(lead.public_id)
        seal(lead.public_id, "Lynx")
    assert "the board decides in May" in signed_in("manager.nanshan").get(f"/leads/{lead.public_id}").main
    page = signed_in("officer.baoan").get(f"/leads/{lead.public_id}")
    assert "Lynx" in page.main
    assert "the board decides in May" not in page.main


def test_no_second_code_name_is_offered_while_one_waits_or_is_in_force(app, signed_in):
    lead, free = a_lead(), a_lead("Falkenby Robotics GmbH")
    with app.app_context():
        seal(lead.public_id, "Lynx", consent=False)
    browser = signed_in("officer.nanshan")
    page = browser.get(f"/leads/{lead.public_id}/seal")
    assert "已有代号或正在申请" in page.main
    assert 'name="code_name"' not in page.html
    page = browser.get(f"/leads/{free.public_id}/seal")
    assert 'name="code_name"' in page.html
    told = {"code_name": "Falkenby two", "seal_reason": "so", "seal_until": clock.today().isoformat()}
    assert "代号至少两个字" in page.submit("/seal", told, status=422).main


def test_a_lead_is_found_by_its_code_name_by_who_may_read_that(app, signed_in):
    lead = a_lead("Falkenby Robotics GmbH")
    with app.app_context():
        seal(lead.public_id, "青松", by="manager.nanshan")
    for username, sees in (("officer.nanshan", True), ("coordinator", True), ("officer.baoan", False)):
        for asked in ("青松", "  青松 "):
            page = signed_in(username).get(f"/leads?stage=all&q={asked}")
            assert ("Falkenby" in page.html) is sees, (username, asked)
        assert "Falkenby" not in signed_in(username).get("/leads?stage=all&q=青柏").html


def test_who_asked_to_help_sees_which_lead_it_was_as_far_as_they_may(app, signed_in):
    with app.app_context():
        lead, signed = a_lead("Falkenby Robotics GmbH"), a_lead("Ostrava Bearings GmbH")
        with unit_of_work():
            db.session.get_one(type(signed), signed.id).stage = "signed"
        for one in (lead, signed):
            with unit_of_work():
                services.ask_to_assist(
                    one.public_id, ShareRole.ASSIST, "we know them", actor=actor("officer.baoan"), now=clock.now()
                )
    page = signed_in("officer.baoan").get("/leads/requests").main
    assert "Ostrava Bearings GmbH" in page
    assert "Falkenby" not in page
    assert "线索" in page, "the card of what they may not name"
