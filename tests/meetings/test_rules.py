"""Days between meetings, parts with their rest."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from crm.meetings.rules import Part, horizon, span_of

DAYS = st.dates(date(2020, 1, 1), date(2030, 1, 1))


@given(DAYS, st.integers(0, 60), st.integers(0, 40))
def test_the_days_since_the_last_meeting(as_of, ago, into):
    before, first_on = as_of - timedelta(days=ago), as_of - timedelta(days=into)
    span = span_of(before, first_on, as_of)
    assert span.first <= span.last == as_of
    assert span.holds(as_of)
    assert not span.holds(before) or ago == 0
    alone = span_of(None, first_on, as_of)
    assert (alone.first, alone.last) == (first_on, as_of)


def test_meetings_follow_without_a_gap():
    first, second = date(2026, 11, 6), date(2026, 11, 13)
    assert span_of(first, second, second).first == first + timedelta(days=1)


def test_how_far_a_meeting_looks():
    today = date(2026, 11, 26)
    assert horizon("weekly", today) < horizon("monthly", today)


@given(st.lists(st.integers(), max_size=9), st.integers(0, 30))
def test_what_is_left_out_is_counted(rows, count):
    part = Part(rows, count)
    assert part.left >= 0
    assert part.left in (0, count - len(rows))
