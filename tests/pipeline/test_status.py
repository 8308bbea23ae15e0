"""Pausing, ending, taking up again: rows that stay; the night a pause is over."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from crm.core import clock
from crm.core.db import db, unit_of_work
from crm.core.errors import Forbidden, NotFound, StaleVersion
from crm.leads.models import Lead
from crm.leads.rules.lead import LeadDisputed
from crm.pipeline import jobs, queries, services
from crm.pipeline.models import StatusChange
from crm.pipeline.rules import Cause, Ending, LostToNeeded, StatusReason, StatusThere, WakeUnfit
from tests.builders import a_lead, actor
from tests.leads.stories import messages

LOST = Ending(Cause.LOST, "the land price", "Suzhou", "a plant ready in March")


@pytest.fixture(autouse=True)
def november(clock_at):
    clock_at("2026-11-16 09:00")


def does(verb, lead, *args, by="officer.nanshan", opened=None):
    with unit_of_work():
        return verb(lead.public_id, *args, opened=opened, actor=actor(by), now=clock.now())


def status_of(lead):
    return db.session.get_one(Lead, lead.id, populate_existing=True).status


def test_paused_until_a_day_and_told_once(desk, clock_at):
    lead = a_lead()
    does(services.pause_lead, lead, date(2026, 12, 1), "the board meets in December", by="manager.nanshan")
    assert status_of(lead) == "paused"
    assert messages("officer.nanshan")[-1] == "lead.paused"
    clock_at("2026-11-30 09:00")
    assert jobs.watch_now()["woken"] == 0
    clock_at("2026-12-01 09:00")
    assert [jobs.watch_now()["woken"] for _ in range(2)] == [1, 0]
    assert messages("officer.nanshan")[-1] == "lead.woke_up"
    does(services.resume_lead, lead, "they are back")
    assert status_of(lead) == "active"
    assert [row.to_status for row in queries.statuses_of(lead.id)] == ["active", "paused"]


def test_a_pause_that_was_ended_wakes_nobody(desk, clock_at):
    lead = a_lead()
    does(services.pause_lead, lead, date(2026, 12, 1), "waits")
    does(services.resume_lead, lead, "goes on")
    clock_at("2026-12-01 09:00")
    assert jobs.watch_now()["woken"] == 0


def test_ended_with_what_is_to_be_learnt(desk):
    lead = a_lead(next_step="call", next_due=date(2026, 11, 20))
    does(services.end_lead, lead, LOST)
    assert db.session.get_one(Lead, lead.id).next_due is None, "nothing is to be done any more"
    row = db.session.scalars(select(StatusChange)).one()
    assert (row.cause, row.lost_to, row.would_have_won, row.from_status) == ("lost", "Suzhou", "a plant ready in March", "active")
    assert status_of(lead) == "ended"
    with pytest.raises(StatusThere):
        does(services.end_lead, lead, LOST)


@pytest.mark.parametrize(
    ("verb", "args", "refusal"),
    [
        (services.pause_lead, (date(2026, 11, 16), "why"), WakeUnfit),
        (services.pause_lead, (date(2036, 11, 16), "why"), WakeUnfit),
        (services.pause_lead, (date(2026, 12, 16), "  "), StatusReason),
        (services.end_lead, (Ending(Cause.LOST, "why"),), LostToNeeded),
        (services.end_lead, (Ending(Cause.OTHER, " "),), StatusReason),
        (services.resume_lead, ("why",), StatusThere),
    ],
)
def test_bad_input(desk, verb, args, refusal):
    lead = a_lead()
    with pytest.raises(refusal):
        does(verb, lead, *args)
    db.session.rollback()
    assert status_of(lead) == "active"


def test_a_disputed_lead_is_not_ended(desk):
    lead = a_lead()
    with unit_of_work():
        db.session.get_one(Lead, lead.id).disputed_on = clock.today()
    with pytest.raises(LeadDisputed):
        does(services.end_lead, lead, LOST)


def test_who_and_stale_forms(desk):
    lead = a_lead()
    for who, refusal in (("officer.baoan", NotFound), ("leader", Forbidden)):
        with pytest.raises(refusal):
            does(services.end_lead, lead, LOST, by=who)
        db.session.rollback()
    with pytest.raises(StaleVersion):
        does(services.pause_lead, lead, clock.today() + timedelta(days=3), "why", opened=lead.version + 1)
