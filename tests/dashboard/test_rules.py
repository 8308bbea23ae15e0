"""Medians, funnels, spells, the line to a target."""

from datetime import date
from statistics import median as plain

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm.dashboard.rules import Ask, Earlier, Reader, Spell, first_day, funnel, line_of, median, question_of
from crm.leads.rules.lead import Stage
from crm.leads.rules.listing import Scope


@given(st.lists(st.integers(0, 50), min_size=1, max_size=60))
def test_the_median_is_the_median(values):
    counts = {value: values.count(value) for value in set(values)}
    assert median(counts) == plain(values)


def test_of_nothing_there_is_no_median():
    assert median({}) is None


@pytest.mark.parametrize(
    "spell, first",
    [(Spell.MONTH, date(2026, 3, 1)), (Spell.YEAR, date(2026, 1, 1)), (Spell.TWELVE, date(2025, 4, 1)), (Spell.EVER, None)],
)
def test_spells_begin(spell, first):
    assert first_day(spell, date(2026, 3, 31)) == first


@given(st.dates(date(2001, 1, 1), date(2099, 12, 31)))
def test_the_last_twelve_months_are_twelve(today):
    first = first_day(Spell.TWELVE, today)
    assert (today.year - first.year) * 12 + today.month - first.month == 11


def test_whoever_is_further_came_through():
    question = question_of(Ask(), Reader(True, True))
    steps = funnel({Stage.LEAD: 4, Stage.SIGNED: 3, Stage.OPERATING: 1}, {Stage.SIGNED: {3: 1, 5: 1}}, question)
    assert [step.figure.number for step in steps] == [8, 4, 4, 1, 1]
    assert [step.share for step in steps] == [None, 500, 1000, 250, 1000]
    assert (steps[2].days, steps[2].moves) == (4, 2)
    assert steps[0].figure.question.reached is None
    assert steps[1].figure.question.reached is Stage.NEGOTIATING


def test_nothing_is_divided_by_nothing():
    assert [step.share for step in funnel({}, {}, question_of(Ask(), Reader(True, True)))] == [None] * 5
    line = line_of(2026, [], {2027: 150})
    assert (line.done, line.apart, line.last) == (None, None, 0)
    assert line_of(2026, [(1, 5)], {}).done is None


def test_a_year_without_a_target_is_held_against_the_next():
    line = line_of(2026, [(1, 10), (2, 22)], {2027: 120, 2028: 300})
    assert (line.goal, line.goal_year, line.apart, line.done, line.gone) == (120, 2027, 2, 183, 166)


def test_who_reads_a_unit_asks_for_it():
    question = question_of(Ask(unit_id=3, cluster_id=0, country="-"), Reader(False, False))
    assert (question.scope, question.unit_id, question.untagged, question.missing) == (Scope.UNIT, 3, True, ("country",))
    assert question.unsealed


def test_the_year_before_is_the_same_days_a_year_earlier():
    ask = Ask(unit_id=3, spell=Spell.MONTH, since=date(2024, 2, 1), until=date(2024, 2, 29))
    assert (ask.last_year.since, ask.last_year.until, ask.last_year.unit_id) == (date(2023, 2, 1), date(2023, 2, 28), 3)
    assert Ask(spell=Spell.EVER).last_year is None


def test_of_the_year_before_only_the_whole_opens_a_list():
    question = question_of(Ask(), Reader(True, True))
    earlier = Earlier({Stage.LEAD: 2, Stage.SIGNED: 1}, question)
    steps = funnel({Stage.LEAD: 4}, {}, question, earlier)
    assert [step.before.number for step in steps] == [3, 1, 1, 0, 0]
    assert [step.before.question for step in steps] == [question, None, None, None, None]
    assert {step.before for step in funnel({Stage.LEAD: 4}, {}, question)} == {None}


def test_years_are_compared_where_no_month_is_missing():
    assert line_of(2026, [(1, 10), (2, 22)], {}, {1: 5, 2: 9}).before_whole
    assert not line_of(2026, [(1, 10), (2, 22)], {}, {1: 5}).before_whole
    assert not line_of(2026, [], {}, {1: 5}).before_whole
