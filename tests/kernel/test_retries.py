"""M6: an act that is sent again is done once, whatever died in between."""

import os
import signal
import time

import pytest
from sqlalchemy import func, select

from crm.core import clock, once
from crm.core.db import db, unit_of_work
from crm.core.errors import AlreadyDone
from crm.core.models import OnceKey
from crm.leads.models import Lead
from crm.leads.rules.lead import Decisions
from crm.leads.services import log_lead
from crm.units.models import Unit
from tests.builders import actor, new_lead
from tests.races import race, values

INVESTOR = "Kestovar Robotics GmbH"


def register(app, key, body="the form", *, die=""):
    """What the door does with a registration form; killed at a point when told so."""
    with app.app_context():
        who = actor("officer.nanshan")
        unit = db.session.get_one(Unit, who.unit_id)
        try:
            with unit_of_work():
                if key:
                    row = once.claim(key, user_id=who.user_id, scope="leads.create", body=body, now=clock.now())
                logged = log_lead(
                    new_lead(investor=INVESTOR), Decisions(), unit=unit, city="SZ", actor=who, now=clock.now(), matched=False
                )
                if key:
                    row.answer = f"/leads/{logged.lead.public_id}"
                if die == "before":
                    os.kill(os.getpid(), signal.SIGKILL)
                number = logged.lead.number
            if die == "after":
                os.kill(os.getpid(), signal.SIGKILL)
            return number
        except AlreadyDone as again:
            return again.facts["answer"]


def leads_in(app):
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(Lead))


def one_try(app, number, key, die):
    return register(app, key, die=die)


@pytest.mark.parametrize("die, stored", [("before", 0), ("after", 1)])
def test_a_killed_worker_and_a_retry_give_one_lead(app, die, stored):
    """Killed before the commit: nothing is there. Killed after it, before the answer: the retry gets the first answer."""
    answers = race(one_try, 1, app, "key-of-this-form", die, lives=False)
    assert answers[0].error == "died"
    assert leads_in(app) == stored
    again = values(race(one_try, 1, app, "key-of-this-form", ""))[0]
    assert leads_in(app) == 1
    assert again.startswith("/leads/") == bool(stored)


@pytest.mark.full
def test_without_the_cure_a_retry_makes_a_second_lead(app):
    assert race(one_try, 1, app, "", "after", lives=False)[0].error == "died"
    values(race(one_try, 1, app, "", ""))
    assert leads_in(app) == 2


def some_tries(app, number, key):
    """Clients that give up waiting and send again; the first three to come die, each at a point of its own."""
    if number not in (0, 3, 6):
        time.sleep(0.5)
    return register(app, key, die={0: "before", 3: "after", 6: "before"}.get(number, ""))


def test_a_dozen_senders_of_one_form_and_three_deaths(app):
    answers = race(some_tries, 12, app, "key-of-this-form", lives=False)
    deaths = [a.error for a in answers if a.error]
    assert 1 <= len(deaths) <= 3
    assert set(deaths) == {"died"}
    assert leads_in(app) == 1
    told = {a.value for a in answers if a.value and str(a.value).startswith("/leads/")}
    assert len(told) == 1


def test_another_content_under_the_same_key_is_refused(app):
    register(app, "key-of-this-form", "the form")
    with pytest.raises(once.ReusedKey):
        register(app, "key-of-this-form", "another text")
    assert leads_in(app) == 1


def test_keys_belong_to_a_person_and_a_door_and_fade(app, clock_at):
    start = clock_at("2026-06-18 09:00")
    with app.app_context():
        mine, other = actor("officer.nanshan").user_id, actor("officer.baoan").user_id

        def claim(user_id, scope, key="same"):
            with unit_of_work():
                once.claim(key, user_id=user_id, scope=scope, body="", now=clock.now()).answer = "/there"

        claim(mine, "a.door")
        claim(mine, "another.door")
        claim(other, "a.door")
        with pytest.raises(AlreadyDone):
            claim(mine, "a.door")
        clock_at(start + once.KEPT * 1.01)
        with unit_of_work():
            once.forget_old(clock.now())
        assert db.session.scalar(select(func.count()).select_from(OnceKey)) == 0
        claim(mine, "a.door")


def test_a_double_click_through_the_door(app, signed_in):
    browser = signed_in("officer.nanshan")
    form = browser.get("/leads/new")
    data = {"investor": INVESTOR, "title": "An invented works", "country": "DE", "source": "visit"}
    first = form.submit("/leads/new", data)
    again = form.submit("/leads/new", data)
    assert first.location == again.location
    assert leads_in(app) == 1
    form.submit("/leads/new", data | {"title": "Another text"}, status=422)
    assert leads_in(app) == 1
