"""Weeks, deadlines, the one word of a return, the order of its statements."""

from datetime import date, timedelta

import pytest

from crm.claims.rules.calendar import Calendar
from crm.returns.rules import (
    Section,
    Source,
    State,
    Statement,
    Status,
    Week,
    due_of,
    in_order,
    last_due,
    names_in,
    open_weeks,
    settings,
    status_of,
    week_of,
)
from crm.returns.rules.weeks import remind_from

CALENDAR = Calendar()
RULES = settings()


def test_a_week_is_monday_to_sunday():
    for day in range(7):
        assert week_of(date(2026, 11, 16) + timedelta(days=day)) == Week(date(2026, 11, 16))
    assert Week(date(2026, 11, 16)).last == date(2026, 11, 22)
    assert Week(date(2026, 12, 28)).next.first == date(2027, 1, 4), "years do not matter"


def test_due_on_the_first_working_day_after_the_week():
    assert due_of(Week(date(2026, 11, 16)), CALENDAR, RULES) == date(2026, 11, 23)
    assert due_of(Week(date(2026, 9, 21)), CALENDAR, RULES) == date(2026, 9, 28)
    closed = Calendar(off=frozenset({date(2026, 11, 23)}))
    assert due_of(Week(date(2026, 11, 16)), closed, RULES) == date(2026, 11, 24), "what the administrator says of a day counts"
    holiday = due_of(Week(date(2027, 2, 1)), CALENDAR, RULES)
    assert holiday > date(2027, 2, 10), "the spring festival is no working day"


def test_reminded_a_working_day_before():
    assert remind_from(date(2026, 11, 23), CALENDAR, RULES) == date(2026, 11, 20)


def test_which_weeks_are_open_and_which_was_due_last():
    found = open_weeks(date(2027, 3, 3), RULES)
    assert found[0] == Week(date(2027, 3, 1))
    assert len(found) == RULES.weeks_back + 1
    assert open_weeks(date(2026, 11, 10), RULES) == [Week(date(2026, 11, 9)), Week(date(2026, 11, 2))], "none before the rules"
    assert last_due(date(2026, 11, 23), CALENDAR, RULES) == Week(date(2026, 11, 9)), "on its day it is in time"
    assert last_due(date(2026, 11, 24), CALENDAR, RULES) == Week(date(2026, 11, 16))
    assert last_due(date(2026, 11, 4), CALENDAR, RULES) is None, "the week before the first is owed by nobody"


@pytest.mark.parametrize(
    "state, today, handed, empty, word",
    [
        (None, 22, False, False, Status.NONE), (None, 24, False, False, Status.LATE), (State.DRAFT, 23, False, True, Status.DRAFT),
        (State.DRAFT, 24, False, False, Status.LATE), (State.SUBMITTED, 30, True, False, Status.SUBMITTED),
        (State.SUBMITTED, 30, True, True, Status.EMPTY), (State.RETURNED, 30, True, True, Status.RETURNED),
        (State.CONFIRMED, 30, True, False, Status.CONFIRMED), (State.CONFIRMED, 30, True, True, Status.EMPTY),
    ],
)  # fmt: skip
def test_the_one_word(state, today, handed, empty, word):
    assert status_of(state, date(2026, 11, 23), date(2026, 11, today), handed_in=handed, empty=empty) is word


def test_statements_of_a_lead_stand_together_in_the_order_of_their_days():
    def said(section, source, id_, lead, day):
        return Statement(section, source, id_, lead, date(2026, 11, day), {})

    rows = [
        said(Section.NEXT, Source.STEP, 1, 5, 17), said(Section.PROGRESS, Source.INTERACTION, 2, 5, 18),
        said(Section.PROGRESS, Source.STAGE, 3, 5, 18), said(Section.PROGRESS, Source.INTERACTION, 4, 7, 16),
        said(Section.PROGRESS, Source.INTERACTION, 5, 5, 16),
    ]  # fmt: skip
    assert [one.source_id for one in in_order(rows, {7: 0, 5: 1})] == [4, 5, 3, 2, 1]


def test_names_are_found_in_any_case_and_never_one_character():
    assert names_in("we met KESTOVAR today", ["Kestovar"])
    assert not names_in("we met a firm", ["a", None, ""])
