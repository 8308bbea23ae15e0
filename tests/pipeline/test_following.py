"""A corrected milestone takes the day of its stage along: the lead, its history, the timeline, a frozen edition's adjustments."""

from datetime import date

import pytest

from crm.audit.models import AuditLine
from crm.core import clock
from crm.core.db import db, unit_of_work
from crm.core.money import Money
from crm.desk.queries.lead import lead_page
from crm.leads.models import FieldChange, Lead
from crm.leads.rules.lead import Stage
from crm.pipeline import queries, services
from crm.pipeline.rules import Kind
from crm.pipeline.rules.moving import day_between
from crm.returns.queries.statements import statements_of
from crm.returns.rules import Source
from crm.returns.rules.weeks import week_of
from tests.builders import actor
from tests.pipeline.stories import confirmed, decide, enter, move, negotiating, new

SIGNED, MENDED = date(2026, 11, 5), date(2026, 11, 9)


@pytest.fixture(autouse=True)
def november(clock_at):
    clock_at("2026-11-16 09:00")


def signed(desk, on=SIGNED, **changed):
    """A project in the stage 签约 since the day of its confirmed contract."""
    lead = negotiating(date(2026, 11, 2))
    row = confirmed(desk, lead, on=on, **changed)
    move(lead, Stage.SIGNED, on)
    return lead, row


def correct(desk, row, on=MENDED, kind=Kind.CONTRACT_SIGNED, **changed):
    with unit_of_work():
        return services.correct_milestone(
            row.public_id, new(kind=kind, on=on, proofs=(), note="the annex says so", **changed),
            opened=row.version, root=desk.config["FILES_PATH"], actor=actor("officer.nanshan"), now=clock.now(),
        )  # fmt: skip


def approve(row):
    decide(services.review_milestone, row, by="manager.nanshan")
    decide(services.confirm_milestone, row, by="coordinator")


def days(lead):
    """The day the lead says of its stage, and those of its history by stage."""
    db.session.expire_all()
    stored = db.session.get_one(Lead, lead.id)
    return stored.stage_since, {row.to_stage: row.on_date for row in queries.changes_of(lead.id)}


def test_the_stage_follows_when_the_correction_is_confirmed(desk):
    lead, row = signed(desk)
    mended = correct(desk, row)
    assert days(lead)[0] == SIGNED, "nobody has confirmed it"
    approve(mended)
    since, history = days(lead)
    assert (since, history["signed"], history["negotiating"]) == (MENDED, MENDED, date(2026, 11, 2))
    said = db.session.query(FieldChange).filter_by(lead_id=lead.id, field="stage_day.signed").one()
    assert (said.old, said.new, said.changed_at) == (SIGNED.isoformat(), MENDED.isoformat(), clock.now())
    assert db.session.query(AuditLine).filter_by(action="lead.stage_day_followed").count() == 1
    stored = db.session.get_one(Lead, lead.id)
    shown = lead_page(stored, actor("officer.nanshan"))
    lines = {event.kind: event for event in shown["events"] if event.kind == "corrected" or event.days}
    assert lines["change"].days == (SIGNED, MENDED)
    assert [one.on_date for one in lines["corrected"].row] == [MENDED, SIGNED]
    assert next(step["on"] for step in shown["steps"] if step["stage"] is Stage.SIGNED) == MENDED


def test_what_nobody_confirmed_is_followed_at_once(desk):
    lead = negotiating(date(2026, 11, 2))
    row = enter(desk, lead, on=SIGNED)
    move(lead, Stage.SIGNED, SIGNED)
    correct(desk, row)
    assert days(lead)[0] == MENDED


def test_a_stage_with_a_day_of_its_own_stays(desk):
    lead = negotiating(date(2026, 11, 2))
    row = confirmed(desk, lead, on=SIGNED)
    move(lead, Stage.SIGNED, date(2026, 11, 12))
    approve(correct(desk, row))
    assert days(lead)[0] == date(2026, 11, 12)


def test_another_milestone_of_that_day_keeps_the_stage(desk):
    lead, row = signed(desk)
    company = confirmed(desk, lead, kind=Kind.REGISTERED, on=SIGNED)
    approve(correct(desk, company, kind=Kind.REGISTERED))
    assert days(lead)[0] == SIGNED, "the contract is of that day still"
    assert row.on_date == SIGNED


def test_a_sum_alone_moves_no_day_and_is_a_line(desk):
    lead, row = signed(desk)
    approve(correct(desk, row, on=SIGNED, amount=Money.of(9_000_000, "USD")))
    assert days(lead)[0] == SIGNED
    assert not db.session.query(FieldChange).filter(FieldChange.field.startswith("stage_day")).count()
    shown = lead_page(db.session.get_one(Lead, lead.id), actor("officer.nanshan"))
    assert [event.kind for event in shown["events"]].count("corrected") == 1


def test_an_earlier_stage_does_not_pass_the_next_one(desk):
    lead, row = signed(desk)
    move(lead, Stage.NEGOTIATING, date(2026, 11, 7), note="not signed after all", by="coordinator")
    approve(correct(desk, row))
    since, history = days(lead)
    assert since == date(2026, 11, 7)
    assert history["signed"] == date(2026, 11, 7)


def test_between():
    first, second, third = (date(2026, 11, day) for day in (1, 2, 3))
    assert [day_between(on, second, None) for on in (first, second, third)] == [second, second, third]
    assert [day_between(on, None, second) for on in (first, second, third)] == [first, second, second]


def test_a_weekly_return_says_that_it_is_a_correction(desk, clock_at):
    lead, row = signed(desk)
    fresh = negotiating(date(2026, 11, 2))
    correct(desk, enter(desk, fresh, on=SIGNED))
    clock_at("2026-11-24 09:00")
    correct(desk, row)
    week = week_of(date(2026, 11, 24))
    path = db.session.get_one(Lead, lead.id).following_unit_path
    said = {one.lead_id: one.facts.get("mends") for one in statements_of(path, week) if one.source is Source.MILESTONE}
    assert said == {lead.id: True}
    before = statements_of(path, week_of(date(2026, 11, 16)))
    assert {one.facts.get("mends") for one in before if one.lead_id == fresh.id} == {None}, "entered and corrected in one week"
