"""The pages of supervised tasks: giving one, bad input, files, filters in the address, the lead's page, home."""

from io import BytesIO

import pytest

from crm.core import clock
from tests.builders import a_lead, a_unit, someone
from tests.supervision.stories import given, liaison, stored

pytestmark = pytest.mark.only_on("sqlite")
SECRET = "Quorvexia"


def within(app, act, *args, **named):
    with app.app_context():
        return act(*args, **named)


def test_from_the_leads_page_to_closed(app, signed_in, tmp_path):
    app.config["FILES_PATH"] = str(tmp_path)
    lead = a_lead(f"{SECRET} Optics GmbH")
    ours = signed_in("leader")
    assert f"/supervision/new?lead={lead.public_id}" in ours.get(f"/leads/{lead.public_id}").html
    with app.app_context():
        typed = {
            "leader": str(someone("leader").id), "text": "speed up the power lines", "way": "meeting", "given_on": clock.today().isoformat(),
            "unit": str(a_unit("SZ-BA").id), "due": clock.today().replace(year=clock.today().year + 1).isoformat(),
            "lead": lead.public_id, "once": "k",
        }  # fmt: skip
    for wrong in (
        {"text": ""}, {"text": "x" * 2001}, {"way": "smoke"}, {"unit": "999999"}, {"due": "2020-01-01"}, {"due": "soon"},
        {"given_on": "2090-01-01"}, {"leader": "0"}, {"supporting": typed["unit"]},
    ):  # fmt: skip
        page = ours.post("/supervision/new", typed | wrong, status=422)
        assert "speed up" in page.html or "text" in wrong
    made = ours.post("/supervision/new", typed, status=303).location
    assert ours.post("/supervision/new", typed, status=303).location == made, "sent twice, given once"
    theirs = signed_in("manager.baoan")
    assert "1 件领导批示待办" in theirs.get("/").main
    page = theirs.get(made)
    assert "speed up the power lines" in page.main
    assert SECRET not in page.html
    bad = {"feedback-text": "words that stay", "feedback-once": "a", "feedback-proofs": (BytesIO(b"MZ\x90"), "virus.exe")}
    page = theirs.post(f"{made}/feedback", bad, status=422)
    assert "words that stay" in page.html
    good = {
        "feedback-text": "both lines planned",
        "feedback-once": "b",
        "feedback-proofs": (BytesIO(b"%PDF-1.4\n%%EOF\n"), "plan.pdf"),
    }
    theirs.post(f"{made}/report", good, status=303)
    link = ours.get(made).html.split('href="/supervision/files/')[1].split('"')[0]
    assert ours.get(f"/supervision/files/{link}").status == 200
    signed_in("manager.nanshan").get(f"/supervision/files/{link}")
    signed_in("officer.nanshan").get(made)
    page = ours.post(f"{made}/close", {"close-text": ""}, status=422)
    theirs.post(f"{made}/close", {"close-text": "x"}, status=403)
    ours.post(f"{made}/return", {"return-text": "which year?", "return-due": "2020-01-01"}, status=422)
    ours.post(f"{made}/close", {"close-text": "well done"}, status=303)
    page = ours.post(f"{made}/close", {"close-text": "again"}, status=409)
    assert "已销号" in page.main
    assert "well done" in theirs.get(made).main
    assert "speed up" in ours.get(f"/leads/{lead.public_id}").main


def test_list_and_time(app, signed_in):
    public_id = within(app, given, text="find a site")
    theirs, city = signed_in("manager.baoan"), signed_in("coordinator")
    for tab, there in (("waiting", True), ("open", True), ("late", False), ("closed", False), ("nonsense", True)):
        assert ("find a site" in theirs.get(f"/supervision/?tab={tab}").main) == there, tab
    assert "find a site" in city.get("/supervision/?q=find").main
    assert "这里没有督办件" in city.get("/supervision/?q=power&unit=x&leader=999&page=0").main
    number = within(app, lambda: stored(public_id).number)
    assert "find a site" in city.get(f"/supervision/?q={number.lower()}").main
    assert "find a site" not in signed_in("officer.nanshan").get("/supervision/?tab=all").main
    theirs.post(f"/supervision/{public_id}/ask-time", {"ask_time-text": "wait", "ask_time-due": "2020-01-01"}, status=422)
    late = within(app, lambda: clock.today().replace(year=clock.today().year + 1).isoformat())
    theirs.post(f"/supervision/{public_id}/ask-time", {"ask_time-text": "wait", "ask_time-due": late}, status=303)
    city.post(f"/supervision/{public_id}/refuse-time", {"time-text": ""}, status=422)
    city.post(f"/supervision/{public_id}/give-time", {"time-text": "yes"}, status=303)
    assert within(app, lambda: stored(public_id).due_on.isoformat()) == late


def test_liaisons_and_sponsors(app, signed_in):
    lead = a_lead()
    city, leader = signed_in("coordinator"), within(app, lambda: str(someone("leader").id))
    today = within(app, lambda: clock.today().isoformat())
    typed = {"leader": leader, "username": "officer.nanshan", "first": today, "last": today}
    for wrong in ({"username": ""}, {"username": "nobody"}, {"last": "2020-01-01"}, {"leader": "x"}, {"first": ""}):
        city.post("/supervision/liaisons", typed | wrong, status=422)
    city.post("/supervision/liaisons", typed, status=303)
    city.post("/supervision/liaisons", typed, status=409)
    assert "代理中" in city.get("/supervision/liaisons").main
    signed_in("officer.nanshan").get("/supervision/new")
    other = signed_in("officer.baoan")
    assert "没有担任" in other.get("/supervision/new").main
    other.post("/supervision/new", {"text": "x", "once": "k"}, status=422)
    city.post(f"/supervision/sponsors/{lead.public_id}", {"leader": leader, "since": "2090-01-01"}, status=303)
    city.post(f"/supervision/sponsors/{lead.public_id}", {"leader": leader, "since": today}, status=303)
    page = city.get(f"/leads/{lead.public_id}")
    assert "取消挂点" in page.main
    end = page.html.split('action="/supervision/sponsors/')[1].split('"')[0]
    city.post(f"/supervision/sponsors/{end}", {}, status=303)
    page = city.get(f"/leads/{lead.public_id}")
    assert f"/supervision/sponsors/{end}" not in page.html
    assert "设挂点领导" in page.main


def test_who_acts_for_the_leader_is_asked_how(app, signed_in):
    within(app, liaison)
    public_id = within(app, given, by="officer.nanshan")
    browser = signed_in("officer.nanshan")
    page = browser.post(f"/supervision/{public_id}/close", {"close-text": "kept words"}, status=422)
    assert "kept words" in page.html
    assert "领导以何种方式" in page.html
