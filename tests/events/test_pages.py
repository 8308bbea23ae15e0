"""The pages of events: list, one, forms with bad input, the lead's page, the registration, the list's filter and workbook."""

from datetime import date
from io import BytesIO

import openpyxl
import pytest
from sqlalchemy import select

from crm.core import clock
from crm.core.db import db, unit_of_work
from crm.events import queries
from crm.events import services as events
from crm.events.models import Event, EventLink
from crm.events.rules import LinkRole
from tests.builders import a_lead, a_unit, actor
from tests.events.stories import an_event, put, signed

pytestmark = pytest.mark.only_on("sqlite")
SECRET = "Quorvexia Optics GmbH"


@pytest.fixture(autouse=True)
def november(clock_at):
    clock_at("2026-11-16 09:00")


def typed(app, **changed):
    with app.app_context():
        unit = a_unit("SZ-NS").id
    facts = {
        "name": "湾区签约会",
        "kind": "ceremony",
        "first_on": "2026-09-18",
        "last_on": "2026-09-18",
        "country": "CN",
        "city": "深圳",
    }
    return facts | {"unit": str(unit), "note": "", "once": "a"} | changed


def test_from_empty_to_a_page(app, signed_in):
    ours = signed_in("manager.nanshan")
    assert "还没有登记招商活动" in ours.get("/events/").main
    for wrong in (
        {"name": ""}, {"name": "x" * 121}, {"kind": "party"}, {"first_on": ""}, {"last_on": "2026-09-01"}, {"country": "XX"},
        {"unit": "999"}, {"last_on": "2027-09-18"}, {"first_on": "1990-01-01", "last_on": "1990-01-01"}, {"city": ""},
        {"note": "x" * 1001},
    ):  # fmt: skip
        page = ours.post("/events/new", typed(app, **wrong), status=422)
        assert "form-error" in page.html, (wrong, page.main[:400])
        assert "city" in wrong or "深圳" in page.html
    made = ours.post("/events/new", typed(app), status=303).location
    assert ours.post("/events/new", typed(app), status=303).location == made, "sent twice, entered once"
    assert "form-error" in ours.post("/events/new", typed(app, once="b"), status=409).html
    page = ours.get(made)
    assert "湾区签约会" in page.main
    assert "还没有您能看到的项目" in page.main
    assert "没有符合条件的活动" in ours.get("/events/?q=nothing&kind=x&year=2x&unit=abc&page=-3").main
    assert "湾区签约会" in signed_in("officer.baoan").get("/events/?q=深圳&year=2026").main
    signed_in("auditor").get(made, status=403)


def test_changed_by_two(app, signed_in):
    event = an_event("湾区签约会", unit="SZ-NS")
    at = f"/events/{event.public_id}/edit"
    ours, city = signed_in("manager.nanshan").get(at), signed_in().get(f"/events/{event.public_id}")
    assert at not in city.html
    signed_in("coordinator").get(at).submit(at, {"city": "柏林"}, status=303)
    page = ours.submit(at, {"city": "慕尼黑"}, status=409)
    assert "柏林" in page.main
    assert 'value="慕尼黑"' in page.html
    page.submit(at, {}, status=303)
    signed_in("manager.baoan").get(at, status=403)
    signed_in("officer.nanshan").get(at, status=403)


def test_withdrawn(app, signed_in):
    event = an_event("湾区签约会")
    lead = a_lead("Kestovar Robotics GmbH")
    put(lead, event)
    ours, at = signed_in("coordinator"), f"/events/{event.public_id}/withdraw"
    assert "不能撤销" in ours.get(at).main
    assert "不能撤销" in ours.post(at, {"reason": "twice"}, status=409).main
    put(lead, None, was=event, reason="a mistake")
    ours.post(at, {"reason": ""}, status=422)
    ours.post(at, {"reason": "entered twice"}, status=303)
    assert "entered twice" in ours.get(f"/events/{event.public_id}").main
    assert "湾区签约会" not in ours.get("/events/").main


def test_figures_open_their_lists(app, signed_in):
    event = an_event("湾区签约会")
    hidden = a_lead(SECRET, by="officer.baoan")
    for lead in (a_lead("Kestovar Robotics GmbH"), hidden):
        put(lead, event)
    put(signed("Umbrion Materials AG", 12, 4000), event, LinkRole.SIGNED)
    page = signed_in("officer.nanshan").get(f"/events/{event.public_id}", ceiling=30)
    assert SECRET not in page.html
    assert "Kestovar" in page.main
    with app.app_context():
        key = db.session.scalars(select(Event.id)).one()
    ours = signed_in("coordinator")
    page = ours.get(f"/leads?stage=all&scope=city&event={key}&event_as=source")
    assert SECRET in page.main
    assert "湾区签约会" in page.main
    assert "Umbrion" not in page.main
    assert "Umbrion" in ours.get(f"/leads?stage=all&scope=city&event={key}&event_as=signed&reached=signed&admitted=yes").main
    assert SECRET not in signed_in("officer.nanshan").get(f"/leads?stage=all&scope=city&event={key}").html
    ours.get("/leads?stage=all&scope=city&event=98765")
    ours.get("/leads?stage=all&event=x&event_as=y")
    assert "湾区签约会" in ours.get("/batches/").main
    book = ours.get(f"/leads/export.xlsx?stage=all&scope=city&event={key}").response.data
    rows = list(openpyxl.load_workbook(BytesIO(book)).worksheets[0].iter_rows(values_only=True))
    at = next(row.index("来源活动") for row in rows if "来源活动" in row)
    put_to = {row[at : at + 2] for row in rows}
    assert {("来源活动", "签约活动"), ("湾区签约会", None), (None, "湾区签约会")} <= {
        tuple(one or None for one in row) for row in put_to
    }


def test_on_the_leads_page(app, signed_in):
    event, other = an_event("湾区签约会"), an_event("秋季论坛")
    lead = a_lead("Kestovar Robotics GmbH")
    ours, at = signed_in(), f"/leads/{lead.public_id}/events/source"
    assert at in ours.get(f"/leads/{lead.public_id}").html
    assert "events/signed" not in ours.get(f"/leads/{lead.public_id}").html
    page = ours.get(at).submit(at, {"event": "98765"}, status=422)
    assert "form-error" in page.html
    mine = ours.get(at)
    ours.get(at).submit(at, {"event": str(event.id)}, status=303)
    page = mine.submit(at, {"event": str(other.id)}, status=409)
    assert "已有同事改过" in page.main
    assert "湾区签约会" in page.main
    page = page.submit(at, {"event": str(other.id), "reason": ""}, status=422)
    assert "请写明原因" in page.main
    page.submit(at, {"reason": "met at the forum"}, status=303)
    assert "秋季论坛" in ours.get(f"/leads/{lead.public_id}").main
    page = ours.post(f"/leads/{lead.public_id}/events/signed", {"event": str(event.id), "was": ""}, status=422)
    assert "尚未签约" in page.main
    signed_in("officer.baoan").get(at, status=404)
    signed_in("leader").get(at, status=403)


def test_registered_with_its_event(app, signed_in):
    event = an_event("湾区签约会")
    form = {
        "disclosed": "yes", "investor": "Kestovar Robotics GmbH", "country": "DE", "source": "fair", "title": "robots", "event": "4321",
        "once": "k", "amount_band": "unknown",
    }  # fmt: skip
    ours = signed_in()
    assert "湾区签约会" in ours.get("/leads/new").html
    assert "robots" in ours.post("/leads/new", form, status=422).html
    ours.post("/leads/new", form | {"event": str(event.id)}, status=303)
    with app.app_context():
        assert db.session.scalars(select(EventLink.event_id)).all() == [event.id]


def test_the_lists_filter_offers_the_events(app, signed_in):
    ours = signed_in("officer.nanshan")
    assert 'name="event"' not in ours.get("/leads?stage=all").html, "nothing is offered where there is nothing"
    with app.app_context():
        fair, gone = an_event("Harbour Fair"), an_event("Entered twice")
        put(a_lead("Kestovar Robotics GmbH"), fair)
        a_lead("Norvenhoek BV")
        with unit_of_work():
            events.withdraw_event(gone.public_id, "twice", actor=actor("coordinator"), now=clock.now())
        keys = fair.id, gone.id
        db.session.remove()
    for path in ("/leads", "/leads/board"):
        page = ours.get(f"{path}?stage=all")
        assert f'<option value="{keys[0]}">2026-09　Harbour Fair</option>' in page.html
        assert "Entered twice" not in page.html
    page = ours.get(f"/leads?stage=all&event={keys[0]}&event_as=source")
    assert f'<option value="{keys[0]}" selected>' in page.html
    assert '<option value="source" selected>' in page.html
    assert page.html.count('name="event"') == page.html.count('name="event_as"') == 1, "the search does not send it twice"
    assert "Kestovar" in page.main
    assert "Norvenhoek" not in page.main
    assert f'<option value="{keys[1]}" selected>Entered twice' in ours.get(f"/leads?stage=all&event={keys[1]}").html
    assert "没有这项活动" in ours.get("/leads?stage=all&event=98765").main


def test_only_the_newest_are_offered_and_that_is_said(app, signed_in, monkeypatch):
    monkeypatch.setattr(queries, "OFFERED", 1)
    with app.app_context():
        an_event("Old Fair", first=date(2025, 3, 1), last=date(2025, 3, 2))
        an_event("Harbour Fair")
        db.session.remove()
    page = signed_in("officer.nanshan").get("/leads?stage=all")
    assert "Harbour Fair" in page.html
    assert "Old Fair" not in page.html
    assert "更早的从活动页打开" in page.main


def test_an_event_is_found_by_its_number(app, signed_in):
    with app.app_context():
        fair = an_event("Harbour Fair")
        number, there = fair.number, f"/events/{fair.public_id}"
        db.session.remove()
    officer = signed_in("officer.nanshan")
    assert number in officer.get("/events/").main
    assert number in officer.get(there).main
    assert "Harbour Fair" in officer.get(f"/events/?q={number[-7:]}").main
    page = officer.get(f"/leads?q=%20{number.lower()}&stage=all", status=303)
    assert page.response.headers["Location"].endswith(there)
    officer.get(f"/leads?q={number[:-1]}9&stage=all")
