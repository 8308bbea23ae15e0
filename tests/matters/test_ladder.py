"""The ladder: what a matter's events say, and what a night is to do."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm.claims.rules.calendar import Calendar
from crm.matters.rules import EventKind, Happened, Level, MatterState, above, read, settings

DAYS = Calendar()
DUE = date(2026, 6, 18)  # a Thursday; Friday is a holiday, Sunday too


def at(kind, level=Level.DISTRICT, due=DUE, about=None):
    return Happened(kind, level, due, about)


RAISED = at(EventKind.RAISED)


@pytest.mark.parametrize(
    "today, late, escalates, reminds",
    [
        (date(2026, 6, 16), False, False, False),
        (date(2026, 6, 17), False, False, True),
        (DUE, False, False, True),
        (date(2026, 6, 19), True, True, False),
        (date(2026, 9, 1), True, True, False),
    ],
)
def test_days(today, late, escalates, reminds):
    now = read([RAISED], DAYS, today)
    assert (now.level, now.state, now.late, now.escalates, now.reminds, now.tells_late) == (
        Level.DISTRICT, MatterState.OPEN, late, escalates, reminds, False,
    )  # fmt: skip


def test_nothing_is_done_twice_for_one_day():
    reminded = [RAISED, at(EventKind.REMINDED, about=DUE)]
    assert not read(reminded, DAYS, DUE).reminds
    up = [*reminded, at(EventKind.ESCALATED, Level.CITY, date(2026, 6, 26), about=DUE)]
    now = read(up, DAYS, date(2026, 6, 22))
    assert (now.level, now.due, now.late, now.escalates) == (Level.CITY, date(2026, 6, 26), False, False)
    assert read(up, DAYS, date(2026, 6, 29)).escalates, "the next level has a day of its own"


def test_at_the_top_it_is_only_told():
    top = [RAISED, at(EventKind.ESCALATED, Level.HEADQUARTERS, DUE, about=date(2026, 6, 1))]
    now = read(top, DAYS, date(2026, 6, 22))
    assert (now.escalates, now.tells_late) == (False, True)
    assert not read([*top, at(EventKind.TOLD_LATE, Level.HEADQUARTERS, DUE, about=DUE)], DAYS, date(2026, 6, 22)).tells_late
    assert above(Level.HEADQUARTERS) is None


def test_answered_and_closed_wait_for_nobody():
    answered = [RAISED, at(EventKind.ANSWERED)]
    late = date(2026, 9, 1)
    assert (read(answered, DAYS, late).state, read(answered, DAYS, late).escalates) == (MatterState.ANSWERED, False)
    assert read([*answered, at(EventKind.ACCEPTED)], DAYS, late).state is MatterState.CLOSED
    again = read([*answered, at(EventKind.REOPENED, due=date(2026, 8, 1))], DAYS, late)
    assert (again.state, again.due, again.escalates) == (MatterState.OPEN, date(2026, 8, 1), True)
    with pytest.raises(ValueError):
        read([], DAYS, DUE)


EVENTS = st.lists(
    st.builds(
        Happened, st.sampled_from(list(EventKind)), st.sampled_from(list(Level)),
        st.dates(date(2026, 1, 1), date(2026, 12, 31)), st.none() | st.dates(date(2026, 1, 1), date(2026, 12, 31)),
    ),
    max_size=8,
)  # fmt: skip


@given(EVENTS, st.dates(date(2026, 1, 1), date(2027, 2, 1)))
def test_one_thing_a_night_and_then_nothing(events, today):
    """Whatever happened: at most one thing is to be done, and once it is noted it is not to be done again."""
    found = [RAISED, *events]
    now = read(found, DAYS, today)
    assert [now.escalates, now.reminds, now.tells_late].count(True) <= 1
    kind = EventKind.REMINDED if now.reminds else EventKind.TOLD_LATE if now.tells_late else None
    if kind:
        after = read([*found, Happened(kind, now.level, now.due, now.due)], DAYS, today)
        assert not (after.reminds or after.tells_late)
    if now.escalates:
        up = Happened(EventKind.ESCALATED, above(now.level) or now.level, today + timedelta(days=7), now.due)
        assert not read([*found, up], DAYS, today).escalates


def test_the_days_are_settings():
    assert settings()["district_working_days"] == 5
