"""Settling, once more: what came meanwhile, what was merged, what another window changes."""

import threading
from datetime import date, timedelta

import pytest
from sqlalchemy import select, text, update

from crm.claims import queries as claims
from crm.claims.models import GoLiveConflict
from crm.claims.queries.windows import decided_for
from crm.claims.rules.clock import State
from crm.claims.rules.windows import ConflictSettled, EarlierWindow
from crm.core.db import db, unit_of_work
from crm.golive import services
from crm.golive.rules import Answer
from crm.leads.queries import access
from crm.merging import services as merging
from tests.builders import a_unit, actor, someone
from tests.claims.stories import admit, at, clock_of
from tests.golive.stories import START, brought, closed, listed, opened, settled, twin
from tests.golive.test_conflicts import END, again

LATER = at("2026-12-20 09:00")


def merged(keep, *lose, now):
    with unit_of_work():
        who = actor("coordinator")
        ids = tuple(lead.public_id for lead in lose)
        return merging.merge_leads(keep.public_id, ids, {}, reason="one plant", actor=who, now=now).public_id


def unit_of(lead):
    return claims.live_for(lead.id).unit_id


@pytest.mark.only_on("postgres")
@pytest.mark.parametrize("open_", [True, False])
def test_who_waited_for_a_merge_settles_nothing(app, open_):
    """A merge holds the leads; whoever settles meanwhile must not decide by what was there before."""
    with app.app_context():
        opened()
        first = brought()
        second = twin(first)
        if not open_:
            closed(END)
        (found,) = listed()
        key, side = found.key, found.sides[0].key
        keep, lose = first.public_id, second.public_id
        db.session.remove()
    begun, said = threading.Event(), []

    def settle():
        with app.app_context():
            who = actor("coordinator")
            begun.set()
            try:
                with unit_of_work():
                    services.settle(key, Answer.HOLDER, side, "by the dates", actor=who, now=END)
            except ConflictSettled:
                said.append("settled")

    with app.app_context():
        who = actor("coordinator")
        with unit_of_work():
            access.locked_lead(keep, actor=who, action="read_detail")
            access.locked_lead(lose, actor=who, action="read_detail")
            other = threading.Thread(target=settle)
            other.start()
            assert begun.wait(10)
            _wait_until_blocked()
            merging.merge_leads(keep, (lose,), {}, reason="one plant", actor=who, now=END)
        other.join(20)
        assert said == ["settled"]
        assert claims.live_for(first.id) is not None
        assert list(db.session.scalars(select(GoLiveConflict.answer))) == ([] if open_ else ["merged"])


def _wait_until_blocked():
    """Until a statement of another connection waits for a lock."""
    for _try in range(200):
        if db.session.execute(text("SELECT count(*) FROM pg_locks WHERE NOT granted")).scalar_one():
            return
        threading.Event().wait(0.02)
    raise AssertionError("nobody waits")


@pytest.mark.parametrize("running", [True, False])
def test_a_later_decision_for_the_lead_moves_the_first_report_back(desk, running):
    opened()
    lead = brought()
    again(lead)
    settled(listed()[0], START + timedelta(hours=4), side=2)
    assert unit_of(lead) == a_unit("SZ-BA").id
    twin(lead, START + timedelta(hours=5), by="officer.baoan")  # a side that the decision did not know
    now = START + timedelta(hours=6)
    if not running:
        closed(END)
        now = LATER
    found = next(one for one in listed() if not one.settled)
    place = next(side.place for side in found.sides if side.key == lead.public_id)
    settled(found, now, side=place)
    live = claims.live_for(lead.id)
    assert (live.unit_id, live.user_id) == (a_unit("SZ-NS").id, someone("officer.nanshan").id)
    assert live.counts_from == (lead.registered_at if running else LATER)
    assert [past.state for past in claims.past_of(lead.id)] == ["withdrawn", "withdrawn"]


def test_assessed_while_it_waits_is_granted_nothing_until_it_is_settled(desk):
    opened()
    first = brought(granted=False)
    second = twin(first, granted=False)
    closed(END)
    for lead, by in ((first, "manager.nanshan"), (second, "manager.baoan")):
        admit(lead, END + timedelta(days=1), by=by)
        assert claims.live_for(lead.id) is None
    found = listed()[0]
    place = next(side.place for side in found.sides if side.key == second.public_id)
    settled(found, LATER, side=place)
    assert claims.live_for(first.id) is None
    assert unit_of(second) == a_unit("SZ-BA").id
    clock = clock_of(second, LATER)
    assert (clock.state, clock.term) == (State.RUNNING, date(2027, 3, 22)), "it counts from the decision"


def test_as_different_projects_each_that_was_assessed_meanwhile_is_granted_one(desk):
    opened()
    first = brought(granted=False)
    second = twin(first, granted=False)
    closed(END)
    admit(first, END + timedelta(days=1))
    settled(listed()[0], LATER)
    assert unit_of(first) == a_unit("SZ-NS").id
    assert claims.live_for(second.id) is None, "nobody assessed it"
    admit(second, LATER, by="manager.baoan")
    assert unit_of(second) == a_unit("SZ-BA").id


def test_the_last_decision_holds(desk):
    opened()
    first = brought()
    second = twin(first)
    settled(listed()[0], START + timedelta(hours=4), side=1)
    again(first, by="coordinator", now=START + timedelta(hours=5))
    found = next(one for one in listed() if not one.settled)
    settled(found, START + timedelta(hours=6))
    assert (decided_for(first.id), decided_for(second.id)) == (None, None), "different projects, it said last"
    admit(second, START + timedelta(hours=7), by="manager.baoan")
    assert unit_of(second) == a_unit("SZ-BA").id


def test_two_sides_that_a_merge_made_one_are_one(desk):
    opened()
    first = brought()
    second = twin(first, talks=date(2025, 3, 1))
    third = twin(first, START + timedelta(hours=3), by="coordinator")
    closed(END)
    now = END + timedelta(days=1)
    merge = merged(first, second, now=now)
    (found,) = listed()
    assert [side.key for side in found.sides] == [first.public_id, third.public_id]
    assert found.sides[0].unit.zh == a_unit("SZ-BA").zh, "whose first report it is"
    row = settled(found, now, side=1)
    assert [side.unit_id for side in row.sides if side.holds] == [a_unit("SZ-BA").id]
    assert unit_of(first) == a_unit("SZ-BA").id
    assert [side.holds for side in listed()[0].sides] == [True, False]
    with unit_of_work():
        merging.undo_merge(merge, actor=actor("coordinator"), now=now + timedelta(days=1))
    assert [side.holds for side in listed()[0].sides].count(True) == 1


def test_a_conflict_of_an_earlier_window_waits_for_the_end_of_the_open_one(desk):
    opened()
    twin(brought())
    closed(END)
    start = at("2026-12-01 09:00")
    opened(now=start, last=date(2026, 12, 11))
    (found,) = listed()
    with pytest.raises(EarlierWindow):
        settled(found, start + timedelta(days=1), side=1)
    closed(at("2026-12-10 15:00"))
    settled(found, LATER, side=1)


def test_a_window_that_is_only_planned_moves_no_days(desk):
    opened()
    lead = brought()
    again(lead)
    closed(END)
    opened(now=at("2026-12-01 09:00"), first=date(2027, 1, 4), last=date(2027, 1, 15))
    settled(next(one for one in listed() if not one.settled), LATER, side=2)
    assert claims.live_for(lead.id).counts_from == LATER
    assert clock_of(lead, LATER).state is State.RUNNING


def test_an_imported_lead_that_was_decided_for_counts_from_the_decision(desk):
    opened()
    lead = brought(origin="import")
    again(lead)
    closed(END)
    with unit_of_work():
        db.session.execute(update(GoLiveConflict).values(found_at=END))
    settled(listed()[0], LATER, side=2)
    assert claims.live_for(lead.id).counts_from == LATER
