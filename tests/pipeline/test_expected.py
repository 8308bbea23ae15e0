"""Promising days, moving them, what the lead repeats, who is told, what a merge does, on both databases."""

from datetime import date

import pytest
from sqlalchemy import select

from crm.core import clock
from crm.core.db import db, unit_of_work
from crm.core.errors import Forbidden, NotFound
from crm.leads.models import Lead
from crm.leads.queries import listing
from crm.leads.rules.listing import Question, Scope
from crm.merging import services as merging
from crm.pipeline import jobs, queries, services
from crm.pipeline.models import ExpectedDate
from crm.pipeline.rules import Ending, ExpectedMoved, ExpectedReason, Kind, NotActive, Slip
from crm.pipeline.rules.status import Cause
from tests.builders import actor
from tests.leads.stories import messages
from tests.merging.stories import merge, one_firm, undo
from tests.pipeline.stories import decide, enter, negotiating

SIGN, REGISTER = Kind.CONTRACT_SIGNED, Kind.REGISTERED


@pytest.fixture(autouse=True)
def november(clock_at):
    clock_at("2026-11-16 09:00")


def start(**changed):
    return negotiating(date(2026, 11, 2), **changed)


def expect(lead, wanted, reason="", by="officer.nanshan", opened=None):
    with unit_of_work():
        who, now = actor(by), clock.now()
        return services.set_expected(lead.public_id, wanted, reason, opened=opened, actor=who, now=now)


def repeated(lead):
    row = db.session.get_one(Lead, lead.id, populate_existing=True)
    return row.expected_kind, row.expected_on, row.expected_slip, row.expected_moves


def test_every_change_is_a_row_and_the_lead_repeats_the_next_one(desk):
    lead = start()
    expect(lead, {SIGN: date(2026, 12, 1), REGISTER: date(2026, 12, 20)})
    assert repeated(lead) == ("contract_signed", date(2026, 12, 1), 0, 0)
    expect(lead, {SIGN: date(2027, 1, 5), REGISTER: date(2027, 1, 20)}, "the board meets in January")
    assert repeated(lead) == ("contract_signed", date(2027, 1, 5), 35, 1)
    rows = queries.expected_rows(lead.id)
    assert [(row.kind, row.old_on, row.reason) for row in rows][2:] == [
        ("contract_signed", date(2026, 12, 1), "the board meets in January"),
        ("registered", date(2026, 12, 20), "the board meets in January"),
    ]
    row = enter(desk, lead)
    assert repeated(lead) == ("registered", date(2027, 1, 20), 31, 1)
    decide(services.return_milestone, row, "no signature", by="manager.nanshan")
    assert repeated(lead)[0] == "contract_signed"


def test_who_may_and_when(desk):
    lead = start()
    with pytest.raises(NotFound):
        expect(lead, {SIGN: date(2026, 12, 1)}, by="officer.baoan")
    with pytest.raises(Forbidden):
        expect(lead, {SIGN: date(2026, 12, 1)}, by="leader")
    expect(lead, {SIGN: date(2026, 12, 1)}, opened=0)
    with pytest.raises(ExpectedMoved):
        expect(lead, {SIGN: date(2026, 12, 2)}, "later", by="manager.nanshan", opened=0)
    with pytest.raises(ExpectedReason):
        expect(lead, {SIGN: date(2026, 12, 2)}, by="manager.nanshan", opened=1)
    with unit_of_work():
        ending = Ending(Cause.CANCELLED, "no money")
        services.end_lead(lead.public_id, ending, opened=None, actor=actor("manager.nanshan"), now=clock.now())
    with pytest.raises(NotActive):
        expect(lead, {SIGN: date(2026, 12, 2)}, "later")


def test_an_overdue_promise_is_told_once_and_again_when_it_was_moved(desk, clock_at):
    lead = start()
    expect(lead, {SIGN: date(2026, 12, 1)})
    clock_at("2026-12-01 23:00")
    assert jobs.watch_now()["overdue"] == 0
    clock_at("2026-12-02 01:00")
    assert [jobs.watch_now()["overdue"] for _ in range(2)] == [1, 0]
    assert messages("officer.nanshan")[-1] == "lead.expected_over"
    assert messages("manager.nanshan")[-1] == "lead.expected_over"
    expect(lead, {SIGN: date(2026, 12, 10)}, "the stamp")
    clock_at("2026-12-11 01:00")
    assert jobs.watch_now()["overdue"] == 1


def test_lists_filter_by_it(desk, clock_at):
    late, moved, plain = start(), start(investor="Kestovar Robotics GmbH"), start(investor="Umbrion Materials AG")
    expect(late, {SIGN: date(2026, 11, 20)})
    expect(moved, {SIGN: date(2026, 12, 20)})
    expect(moved, {SIGN: date(2027, 1, 30)}, "later")
    expect(plain, {SIGN: date(2026, 12, 24)})
    clock_at("2026-11-25 09:00")
    asked = Question(scope=Scope.CITY)
    ours, theirs = actor("officer.nanshan"), actor("officer.baoan")
    assert [row.public_id for row in listing.page_of(asked.on(late=True), ours)] == [late.public_id]
    assert [row.public_id for row in listing.page_of(asked.on(slipped=30), ours)] == [moved.public_id]
    assert listing.page_of(asked.on(slipped=42), ours) == []
    assert listing.page_of(asked.on(late=True), theirs) == [], "the day is part of the detail"
    near = {row.public_id: queries.nearest_of(row, clock.today()) for row in listing.page_of(asked, ours)}
    assert (near[late.public_id].slip, near[moved.public_id].slip) == (Slip.RED, Slip.AMBER)
    assert all(row.expected_on is None for row in listing.page_of(asked, theirs))


def test_a_merge_takes_promises_along_and_an_undo_gives_them_back(desk):
    keep, lose = one_firm()
    expect(lose, {SIGN: date(2026, 12, 1)})
    done = merge(keep, lose, verb=merging.merge_leads)
    assert repeated(keep) == ("contract_signed", date(2026, 12, 1), 0, 0)
    expect(keep, {SIGN: date(2026, 12, 9)}, "later")
    undo(done)
    assert repeated(lose)[1] == date(2026, 12, 1)
    assert db.session.scalars(select(ExpectedDate.lead_id).order_by(ExpectedDate.id)).all() == [lose.id, keep.id]
    assert repeated(keep)[1] == date(2026, 12, 9)
