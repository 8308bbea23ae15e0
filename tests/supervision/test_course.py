"""The course of a task: what its events say, and what a night is to do."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm.claims.rules.calendar import Calendar
from crm.supervision.rules import Deed, Happened, InstructionState, read, settings

DAYS = Calendar()
DUE = date(2026, 6, 18)  # a Thursday; Friday is a holiday


def at(deed, due=DUE, about=None):
    return Happened(deed, due, about)


GIVEN = at(Deed.GIVEN)


@pytest.mark.parametrize(
    "today, late, reminds",
    [
        (date(2026, 6, 16), False, False),
        (date(2026, 6, 17), False, True),
        (DUE, False, True),
        (date(2026, 6, 19), True, False),
        (date(2027, 1, 4), True, False),
    ],
)
def test_days(today, late, reminds):
    now = read([GIVEN], DAYS, today)
    assert (now.state, now.due, now.late, now.reminds, now.tells_late) == (InstructionState.OPEN, DUE, late, reminds, late)


def test_more_time():
    later = date(2026, 7, 1)
    asked = [GIVEN, at(Deed.FED_BACK), at(Deed.ASKED_TIME, later)]
    assert (read(asked, DAYS, DUE).asked, read(asked, DAYS, DUE).due) == (later, DUE)
    assert read([*asked, at(Deed.REFUSED_TIME)], DAYS, DUE).asked is None
    now = read([*asked, at(Deed.GIVEN_TIME, later)], DAYS, date(2026, 6, 22))
    assert (now.asked, now.due, now.late) == (None, later, False)
    assert read([*asked, at(Deed.FED_BACK)], DAYS, DUE).asked == later, "feedback is no answer"


def test_reported_and_closed_wait_for_nobody():
    late = date(2026, 9, 1)
    reported = [GIVEN, at(Deed.REPORTED)]
    assert (read(reported, DAYS, late).state, read(reported, DAYS, late).late) == (InstructionState.REPORTED, False)
    assert read([*reported, at(Deed.CLOSED)], DAYS, late).state is InstructionState.CLOSED
    again = read([*reported, at(Deed.RETURNED, date(2026, 8, 3))], DAYS, late)
    assert (again.state, again.due, again.tells_late) == (InstructionState.OPEN, date(2026, 8, 3), True)
    with pytest.raises(ValueError):
        read([], DAYS, DUE)
    assert settings()["usual_working_days"] == 15


DATES = st.dates(date(2026, 1, 1), date(2026, 12, 31))
EVENTS = st.lists(st.builds(Happened, st.sampled_from(list(Deed)), DATES, st.none() | DATES), max_size=8)


@given(EVENTS, DATES)
def test_one_thing_a_night_and_then_nothing(events, today):
    """Whatever happened: at most one thing is to be done, and once it is noted it is not to be done again."""
    found = [GIVEN, *events]
    now = read(found, DAYS, today)
    assert not (now.reminds and now.tells_late)
    kind = Deed.REMINDED if now.reminds else Deed.TOLD_LATE if now.tells_late else None
    if kind:
        after = read([*found, Happened(kind, now.due, now.due)], DAYS, today)
        assert not (after.reminds or after.tells_late)
