"""The window: what is provisional, whose clocks rest, what its end does; on both databases."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from crm.claims import queries as claims
from crm.claims import rules as claim_rules
from crm.claims.models import GoLiveWindow
from crm.claims.rules.clock import State
from crm.claims.rules.windows import ClaimProvisional, NoWindow, WindowDays, WindowReasonNeeded, WindowThere
from crm.core import clock
from crm.core.db import db, unit_of_work
from crm.core.errors import Forbidden
from crm.golive import jobs, services
from crm.leads import jobs as watch
from crm.leads.queries import claims as lead_claims
from crm.leads.queries.rows import rows_of
from crm.notifications.models import Notification
from tests.builders import actor, someone
from tests.claims.stories import at, claimed, clock_of, progress
from tests.claims.test_services import extend, notice, release
from tests.golive.stories import LAST, START, brought, closed, opened


def test_a_grant_in_the_window_is_provisional_and_its_clock_rests(desk):
    opened()
    lead = brought()
    for day in ("2026-11-03 09:00", "2026-11-13 20:00"):
        found = clock_of(lead, at(day))
        assert (found.state, found.marks.provisional, found.runs, found.ran_out) == (State.PROVISIONAL, True, False, False)
    with clock.fixed(at("2026-11-12 10:00")):
        assert rows_of([lead.id], actor("manager.nanshan"))[lead.id].calls is State.PROVISIONAL


def test_what_was_granted_before_is_none_of_it(desk):
    lead = claimed(START - timedelta(days=7))
    opened()
    assert clock_of(lead, START + timedelta(hours=2)).state is not State.PROVISIONAL


def test_nothing_is_told_due_or_released_while_it_rests(desk):
    opened(last=date(2027, 6, 30))
    lead = brought()
    for day in ("2026-11-12 01:00", "2026-12-20 01:00", "2027-05-01 01:00"):
        with clock.fixed(at(day)):
            assert watch.watch_now() == {"amber": 0, "due": 0, "released": 0}
            assert lead_claims.to_release(actor("coordinator"), now=at(day)) == ([], 0)
    day = at("2027-05-01 09:00")
    with pytest.raises(ClaimProvisional):
        extend(lead, day)
    with pytest.raises(claim_rules.NotRunOut):
        notice(lead, day)
    with pytest.raises(claim_rules.NotRunOut):
        release(lead, day)


def test_closing_early_starts_the_clocks_that_day(desk):
    opened(last=date(2026, 12, 31))
    lead = brought()
    progress(lead, at("2026-11-03 10:00"))
    closed(at("2026-12-01 15:00"))
    found = clock_of(lead, at("2026-12-01 16:00"))
    assert (found.state, found.marks.begun, found.term) == (State.RUNNING, date(2026, 12, 1), date(2027, 3, 1))
    assert found.due == date(2026, 12, 31), "thirty days from the day on which it began, not from the old progress"


def test_with_its_last_day_the_nightly_pass_ends_it(desk):
    opened()
    lead = brought()
    with clock.fixed(at("2026-11-13 23:30")):
        assert not jobs.close_now(), "its last day is not over"
    with clock.fixed(at("2026-11-16 03:00")):
        assert jobs.close_now()
        assert not jobs.close_now()
    found = clock_of(lead, at("2026-11-16 09:00"))
    assert found.marks.begun == date(2026, 11, 14), "whichever night the pass came"
    assert found.due == date(2026, 11, 24), "seven working days of feedback from a Saturday"
    stored = db.session.scalars(select(GoLiveWindow)).one()
    assert (stored.ended_by_id, clock.city_day(stored.ended_at)) == (None, date(2026, 11, 14))


@pytest.mark.parametrize(
    "day", ["2026-11-19", "2026-11-20", "2026-11-23", "2026-11-24", "2026-12-20", "2027-02-20", "2027-03-10"]
)
def test_the_list_and_the_clock_agree_after_the_end(desk, day):
    opened()
    plain, moved = brought(), brought(START + timedelta(hours=3))
    progress(moved, at("2026-11-10 10:00"))
    closed(at("2026-11-16 09:00"))
    now = at(f"{day} 09:00")
    ran_out = set(lead_claims.to_release(actor("coordinator"), now=now)[0])
    amber = {lead.id for lead, _running in lead_claims.calling_after(0, size=50, now=now)}
    for lead in (plain, moved):
        found = clock_of(lead, now)
        assert (lead.id in ran_out) == found.ran_out, found
        assert (lead.id in amber) == (found.state in (State.AMBER, State.DUE, State.NOTICED)), found


def test_one_at_a_time_of_sensible_days_with_a_reason_by_the_coordinator(desk):
    for first, last in (("2026-11-01", "2026-11-13"), ("2026-11-05", "2026-11-04"), ("2026-11-05", "2028-11-04")):
        with pytest.raises(WindowDays), unit_of_work():
            days = (date.fromisoformat(first), date.fromisoformat(last))
            services.open_window(*days, "x", city="SZ", actor=actor("coordinator"), now=START)
    with pytest.raises(WindowReasonNeeded), unit_of_work():
        services.open_window(date(2026, 11, 2), LAST, "  ", city="SZ", actor=actor("coordinator"), now=START)
    for by in ("manager.nanshan", "leader", "officer.baoan"):
        with pytest.raises(Forbidden):
            opened(by=by)
    with pytest.raises(NoWindow):
        closed(START)
    opened()
    with pytest.raises(WindowThere):
        opened()
    told = set(db.session.scalars(select(Notification.user_id).where(Notification.code == "go_live.opened")))
    assert told == {someone("manager.nanshan").id, someone("manager.baoan").id}


def test_the_database_itself_allows_one(desk):
    opened()
    with pytest.raises(IntegrityError), unit_of_work():
        row = db.session.scalars(select(GoLiveWindow)).one()
        facts = {name: getattr(row, name) for name in ("city", "begins_at", "ends_at", "reason", "opened_by_id", "opened_at")}
        db.session.add(GoLiveWindow(**facts))


def test_a_planned_window_and_one_after_another(desk):
    opened(first=date(2026, 11, 9), last=date(2026, 11, 20))
    early = brought()
    assert clock_of(early, at("2026-11-10 09:00")).state is not State.PROVISIONAL
    late = brought(at("2026-11-10 09:00"))
    assert clock_of(late, at("2026-11-11 09:00")).state is State.PROVISIONAL
    opened(now=at("2026-11-25 09:00"), last=date(2026, 12, 4))  # the old one was past its last day: it ends first
    assert clock_of(late, at("2026-11-25 10:00")).marks.begun == date(2026, 11, 21)
    assert len(claims.all_windows()) == 2


def test_a_signed_project_is_provisional_too_and_rests(desk):
    opened()
    lead = brought()
    with unit_of_work():
        db.session.get_one(type(lead), lead.id).stage = "signed"
    found = clock_of(db.session.get_one(type(lead), lead.id), at("2026-11-04 09:00"))
    assert (found.state, found.marks.provisional) == (State.RESTING, True)
