"""The pages of matters: raising one from a lead, answers, bad input, what is late first."""

import pytest

from crm.matters.rules import Level
from tests.builders import a_lead, a_unit, someone
from tests.matters.stories import kinds, raised, stored

pytestmark = pytest.mark.only_on("sqlite")
SECRET = "Quorvexia"


def within(app, act, *args, **named):
    with app.app_context():
        return act(*args, **named)


def test_from_the_leads_page_to_settled(app, signed_in):
    lead = a_lead(f"{SECRET} Optics GmbH")
    ours = signed_in("officer.nanshan")
    assert f"/matters/new/{lead.public_id}" in ours.get(f"/leads/{lead.public_id}").html
    assert f"/matters/new/{lead.public_id}" in ours.get(f"/progress/{lead.public_id}").html
    with app.app_context():
        unit, other = a_unit("SZ-BA").id, someone("officer.nanshan").id
    for wrong in (
        {"text": ""},
        {"level": "headquarters"},
        {"unit": "x"},
        {"unit": "999999"},
        {"user": str(other)},
        {"text": "x" * 1001},
    ):
        typed = {"text": "power", "level": "district", "unit": str(unit), "user": "0", "once": "k"} | wrong
        ours.post(f"/matters/new/{lead.public_id}", typed, status=422)
    typed = {"text": "two lines of power", "level": "district", "unit": str(unit), "user": "0", "once": "k1"}
    made = ours.post(f"/matters/new/{lead.public_id}", typed, status=303).location
    theirs = signed_in("officer.baoan")
    assert "1 项需协调事项" in theirs.get("/").main
    page = theirs.get(made)
    assert "two lines of power" in page.main
    assert SECRET not in page.html
    theirs.post(f"{made}/answer", {"text": ""}, status=303)
    theirs.post(f"{made}/answer", {"text": "in March"}, status=303)
    theirs.post(f"{made}/accept", status=403)
    assert "待您确认" in ours.get("/matters/").main
    ours.post(f"{made}/reopen", {"text": "too late"}, status=303)
    theirs.post(f"{made}/answer", {"text": "in January"}, status=303)
    ours.post(f"{made}/accept", status=303)
    ours.post(f"{made}/accept", status=303)
    page = ours.get(made)
    for word in ("too late", "in January", "提出方确认已解决"):
        assert word in page.main
    assert "two lines of power" in ours.get(f"/leads/{lead.public_id}").main


def test_tabs(app, signed_in):
    public_id = within(app, raised, level=Level.CITY)
    city = signed_in("coordinator")
    for tab in ("mine", "unit", "city", "headquarters", "nonsense", ""):
        page = city.get(f"/matters/?tab={tab}")
        assert ("two lines" in page.main) == (tab in ("city", "unit", "nonsense", ""))
    city.post(f"/matters/{public_id}/lift", {"text": "the ministry"}, status=303)
    assert within(app, stored, public_id).level in ("city", "headquarters")
    assert "没有需协调事项" in signed_in("officer.baoan").get("/matters/").main


def test_who_was_second_keeps_what_they_typed(app, signed_in):
    """Two answer the same matter: the second reads why theirs was not stored, and may copy it."""
    public_id = within(app, raised)
    first, second = signed_in("manager.nanshan"), signed_in("coordinator")
    first.post(f"/matters/{public_id}/answer", {"text": "in March"}, status=303)
    page = second.post(f"/matters/{public_id}/answer", {"text": "we ask the grid company today"}, status=409)
    assert "这项需协调事项已有进展" in page.main
    assert "we ask the grid company today" in page.main
    assert f'href="/matters/{public_id}"' in page.html
    assert within(app, kinds, public_id) == ["raised", "answered"]


def test_an_answer_is_refused_and_sent_up(app, signed_in):
    public_id = within(app, raised)
    signed_in("manager.nanshan").post(f"/matters/{public_id}/answer", {"text": "not ours"}, status=303)
    ours = signed_in("officer.nanshan")
    assert "退回并提到市级" in ours.get(f"/matters/{public_id}").main
    ours.post(f"/matters/{public_id}/reopen", {"text": "the grid is the city's", "reply": "up"}, status=303)
    page = ours.get(f"/matters/{public_id}")
    assert page.main.count("the grid is the city") == 1
    assert "人工提级" in page.main
