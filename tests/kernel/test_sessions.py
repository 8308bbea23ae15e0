"""M8: a session ends when it ends; a copied cookie is worth nothing after sign-out."""

from datetime import timedelta

import pytest
from flask import Flask, session
from sqlalchemy import select

from crm.accounts import services as accounts
from crm.core import clock, ids
from crm.core.db import db, unit_of_work
from crm.web.models import HeldForm, SessionRow
from tests.builders import PASSWORD, a_lead, actor, someone
from tests.pages import PageClient

NAME = "one_board"


def sign_in(browser, username="officer.nanshan"):
    return browser.get("/account/sign-in").submit("/sign-in", {"username": username, "password": PASSWORD})


def cookie(browser):
    found = browser.http.get_cookie(NAME)
    return found.value if found else None


def with_cookie(app, value):
    browser = PageClient(app)
    browser.http.set_cookie(NAME, value)
    return browser


@pytest.mark.full
def test_without_the_cure_a_copied_cookie_outlives_the_sign_out():
    """Flask's own session: all of it is in the cookie, so signing out only asks the browser to forget it."""
    plain = Flask("plain")
    plain.secret_key = "x"
    plain.add_url_rule("/in", "in", lambda: session.update(user=7) or "in")
    plain.add_url_rule("/out", "out", lambda: session.clear() or "out")
    plain.add_url_rule("/who", "who", lambda: str(session.get("user")))
    browser, thief = plain.test_client(), plain.test_client()
    browser.get("/in")
    copied = browser.get_cookie("session").value
    browser.get("/out")
    assert browser.get("/who").text == "None"
    thief.set_cookie("session", copied)
    assert thief.get("/who").text == "7"


def test_a_copied_cookie_is_worth_nothing_after_sign_out(app, client):
    sign_in(client)
    copied = cookie(client)
    thief = with_cookie(app, copied)
    thief.get("/")
    client.get("/").submit("/sign-out")
    client.get("/", status=303)
    assert "sign-in" in thief.get("/", status=303).location


def test_the_cookie_tells_nothing_and_changes_at_sign_in(app, client):
    client.get("/account/sign-in")
    before, token_before = cookie(client), client.token
    sign_in(client)
    after = cookie(client)
    client.get("/")
    assert after != before
    assert client.token != token_before
    assert "officer" not in after
    with app.app_context():
        rows = list(db.session.scalars(select(SessionRow)))
        assert [row.token_digest for row in rows] == [ids.digest(after.removeprefix("s."))]
        assert after.removeprefix("s.") not in repr([vars(row) for row in rows])


def test_a_planted_session_is_not_taken_over(app, client):
    """Fixation: the visitor's cookie from before does not become the signed-in one."""
    client.get("/account/sign-in")
    planted = cookie(client)
    sign_in(client)
    with_cookie(app, planted).get("/", status=303)


@pytest.mark.parametrize("value", ["s.", "s.made-up", "v.made-up", "x", "s." + "a" * 3000, "v.eyJfdXNlcl9pZCI6IjEifQ.x.y"])
def test_a_made_up_cookie_is_a_visitor(app, value):
    with_cookie(app, value).get("/", status=303)


def test_a_visitors_signed_cookie_cannot_name_a_person(app):
    """Even a rightly signed visitor cookie with a person's id in it signs nobody in: persons have rows."""
    value = app.session_interface._signer(app).dumps({"_user_id": str(someone("sysadmin").id)})
    with_cookie(app, f"v.{value}").get("/", status=303)


def test_idle_and_absolute_ends(app, signed_in, clock_at):
    start = clock_at("2026-06-18 09:00")
    idle = timedelta(minutes=app.config["SESSION_IDLE_MINUTES"])
    browser = signed_in("officer.nanshan")
    clock_at(start + idle - timedelta(minutes=1))
    browser.get("/")
    clock_at(start + 2 * idle - timedelta(minutes=2))
    browser.get("/")
    clock_at(start + 4 * idle)
    browser.get("/", status=303)
    steady = signed_in("officer.nanshan")
    begun, end = clock.now(), timedelta(hours=app.config["SESSION_HOURS"])
    moment = timedelta()
    while moment < end - timedelta(minutes=1):
        clock_at(begun + moment)
        steady.get("/")
        moment += idle / 2
    clock_at(begun + end + timedelta(minutes=1))
    steady.get("/", status=303)


def test_a_disabled_person_is_out_with_the_next_request(app, signed_in):
    browser = signed_in("officer.nanshan")
    with app.app_context(), unit_of_work():
        accounts.disable_user(someone("officer.nanshan"), actor=actor("sysadmin"), now=clock.now())
    browser.get("/", status=303)


def test_a_new_password_ends_the_other_sessions(app, client, signed_in):
    sign_in(client)
    other = signed_in("officer.nanshan")
    data = {"old": PASSWORD, "password": "seven wet umbrellas", "again": "seven wet umbrellas"}
    client.get("/account/password").submit("/account/password", data)
    client.get("/")
    other.get("/", status=303)


def test_a_new_role_acts_at_once(app, signed_in):
    browser = signed_in("coordinator")
    browser.get("/leads/queue")
    with app.app_context(), unit_of_work():
        from crm.policy.rules import Role

        accounts.grant_role(someone("coordinator"), Role.AUDITOR, actor=actor("secadmin"), now=clock.now())
    browser.get("/leads/queue", status=403)


def test_what_an_expired_session_posts_is_given_back(app, signed_in, clock_at):
    start = clock_at("2026-06-18 09:00")
    lead = a_lead("Kestovar Robotics GmbH")
    browser = signed_in("officer.nanshan")
    page = browser.get(f"/progress/{lead.public_id}")
    clock_at(start + timedelta(hours=11))
    answer = page.submit(f"/progress/{lead.public_id}", {"text": "two hours of careful words"})
    assert "sign-in" in answer.location
    back = answer.follow().submit("/sign-in", {"username": "officer.nanshan", "password": PASSWORD})
    held = browser.get(back.location)
    assert "two hours of careful words" in held.html
    assert "two hours of careful words" not in browser.get(back.location).html
    with app.app_context():
        assert db.session.scalar(select(HeldForm)) is None


def test_nobody_else_gets_it(app, signed_in, clock_at):
    start = clock_at("2026-06-18 09:00")
    lead = a_lead("Kestovar Robotics GmbH")
    page = signed_in("officer.nanshan").get(f"/progress/{lead.public_id}")
    clock_at(start + timedelta(hours=11))
    page.submit(f"/progress/{lead.public_id}", {"text": "two hours of careful words"})
    assert "careful words" not in signed_in("manager.nanshan").get(f"/progress/{lead.public_id}").html


def test_tokens_are_needed_and_belong_to_a_session(app, signed_in):
    mine, other = signed_in("officer.nanshan"), signed_in("officer.baoan")
    mine.get("/account/password")
    other.get("/account/password")
    data = {"old": PASSWORD, "password": "seven wet umbrellas", "again": "seven wet umbrellas"}
    mine.post("/account/password", data, token=False, status=400)
    mine.post("/account/password", data | {"csrf_token": other.token}, status=400)
    mine.post("/account/password", data | {"csrf_token": mine.token}, status=303)
