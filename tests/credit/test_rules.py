"""Exact arithmetic of attribution: no part is lost or made, whatever is agreed one after the other."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm.credit.rules import (
    FULL,
    CreditSource,
    Entry,
    Line,
    ShareModel,
    Terms,
    TermsUnfit,
    counted,
    models,
    plan,
    standing,
    taking_back,
    usual_terms,
    years_after,
)

START = date(2026, 6, 18)
LATER = START + timedelta(days=40)
A, B, C = 1, 2, 3


def stored(lines, entries, ref=None, source=CreditSource.TRANSFER):
    """The lines with entries written after them."""
    first = len(lines) + 1
    return [
        *lines,
        *(Line(n, e.unit_id, e.parts, e.valid_from, e.corrects_id, ref, source) for n, e in enumerate(entries, start=first)),
    ]


WHOLE = stored([], [Entry(A, FULL, START - timedelta(days=100))])


def given_away(lines, terms, giver=A, taker=B, start=START, ref=None):
    return stored(lines, plan(lines, terms, giver=giver, taker=taker, start=start), ref)


@pytest.mark.parametrize(
    "terms, then, after_years",
    [
        (Terms(ShareModel.EVEN, 5000, 5), {A: 5000, B: 5000}, {B: FULL}),
        (Terms(ShareModel.BOTH, FULL), {A: FULL, B: FULL}, {A: FULL, B: FULL}),
        (Terms(ShareModel.BOTH, FULL, 2), {A: FULL, B: FULL}, {B: FULL}),
        (Terms(ShareModel.INTRODUCER, 2000), {A: 2000, B: 8000}, {A: 2000, B: 8000}),
        (Terms(ShareModel.AGREED, 3333, 3), {A: 3333, B: 6667}, {B: FULL}),
        (Terms(ShareModel.AGREED, 0), {B: FULL}, {B: FULL}),
    ],
)
def test_what_each_model_says(terms, then, after_years):
    terms.check()
    lines = given_away(WHOLE, terms)
    assert standing(lines, START - timedelta(days=1)) == {A: FULL}, "nothing changes backwards"
    assert standing(lines, START) == then
    if terms.years:
        assert standing(lines, years_after(START, terms.years) - timedelta(days=1)) == then
    assert standing(lines, years_after(START, 6)) == after_years


@pytest.mark.parametrize(
    "terms",
    [
        Terms(ShareModel.EVEN, 4000, 5), Terms(ShareModel.EVEN, 5000), Terms(ShareModel.EVEN, 5000, 21),
        Terms(ShareModel.BOTH, 5000), Terms(ShareModel.INTRODUCER, 0), Terms(ShareModel.INTRODUCER, 5001),
        Terms(ShareModel.AGREED, -1), Terms(ShareModel.AGREED, 10_001), Terms(ShareModel.AGREED, 10, 0),
        Terms(ShareModel.WHOLE, 0),
    ],
)  # fmt: skip
def test_unfit_terms_are_refused(terms):
    with pytest.raises(TermsUnfit):
        terms.check()


@pytest.mark.parametrize("model", models())
def test_usual_terms_fit(model):
    usual_terms(model).check()
    assert models()[model].source


def test_an_agreement_goes_on_when_the_lead_is_given_on():
    """A gave to B for five years; B gives to C two years later. A keeps its years, then what was to be B's is shared by both."""
    lines = given_away(WHOLE, Terms(ShareModel.EVEN, 5000, 5))
    on = years_after(START, 2)
    lines = given_away(lines, Terms(ShareModel.INTRODUCER, 2000), giver=B, taker=C, start=on)
    assert standing(lines, on) == {A: 5000, B: 1000, C: 4000}
    assert standing(lines, years_after(START, 5)) == {B: 2000, C: 8000}


def test_a_correction_stands_in_the_place_of_its_line():
    lines = stored(WHOLE, [Entry(A, 4000, START), Entry(B, 6000, START)])
    lines = stored(lines, [Entry(A, 1000, LATER)])
    lines = stored(lines, [Entry(A, 5000, START, 2)])
    assert standing(lines, START) == {A: 5000, B: 6000}
    assert standing(lines, LATER) == {A: 1000, B: 6000}
    again = stored(lines, [Entry(A, 7000, START, 5)])
    assert standing(again, START) == {A: 7000, B: 6000}
    assert [line.id for line in counted(again)] == [1, 6, 3, 4]


def test_28_february_for_the_29th():
    assert years_after(date(2028, 2, 29), 1) == date(2029, 2, 28)


splitting = st.one_of(
    st.builds(Terms, st.just(ShareModel.AGREED), st.integers(0, FULL), st.none() | st.integers(1, 9)),
    st.builds(Terms, st.just(ShareModel.INTRODUCER), st.integers(1, 5000), st.none() | st.integers(1, 9)),
    st.builds(Terms, st.just(ShareModel.EVEN), st.just(5000), st.integers(1, 9)),
)
steps = st.lists(st.tuples(splitting, st.integers(1, 5), st.integers(1, 2000)), max_size=5)


@given(steps, st.integers(0, 6000))
def test_shares_always_add_up(moves, day):
    """Whoever gives to whomever, on whatever terms: on every day since the registration it is the whole, exactly."""
    lines, holder, when = WHOLE, A, START
    for terms, taker, days in moves:
        when += timedelta(days=days)
        if taker != holder:
            lines = given_away(lines, terms, giver=holder, taker=taker, start=when)
            holder = taker
    held = standing(lines, START + timedelta(days=day))
    assert sum(held.values()) == FULL
    assert all(0 < parts <= FULL for parts in held.values())


@given(st.integers(1, FULL), st.none() | st.integers(1, 9))
def test_both_in_full_is_twice_the_whole(held, years):
    assert sum(Terms(ShareModel.BOTH, FULL, years).divide(held)) == 2 * held
    lines = given_away(WHOLE, Terms(ShareModel.BOTH, FULL, years))
    assert sum(standing(lines, START).values()) == 2 * FULL


@given(steps, splitting, st.integers(-50, 6000))
def test_taking_back_is_as_if_it_had_not_been(moves, terms, day):
    lines, holder, when = WHOLE, A, START
    for earlier, taker, days in moves:
        when += timedelta(days=days)
        if taker != holder:
            lines = given_away(lines, earlier, giver=holder, taker=taker, start=when)
            holder = taker
    taker = 9
    after = given_away(lines, terms, giver=holder, taker=taker, start=when, ref="last")
    back = stored(after, taking_back(after, "last"), "last")
    on = START + timedelta(days=day)
    assert standing(back, on) == standing(lines, on)


def test_two_returns_make_nothing_out_of_nothing():
    """A gave to B, B to C, by halves; C gave back, then B did."""
    even, on = Terms(ShareModel.EVEN, 5000, 5), START + timedelta(days=3)
    lines = given_away(WHOLE, even, ref="first")
    lines = given_away(lines, even, giver=B, taker=C, start=on, ref="second")
    lines = stored(lines, taking_back(lines, "second"), "second")
    assert standing(lines, on) == {A: 5000, B: 5000}
    lines = stored(lines, taking_back(lines, "first"), "first")
    for day in (START, on, years_after(START, 5), years_after(on, 5)):
        assert standing(lines, day) == {A: FULL}


def test_a_return_takes_back_what_the_coordinator_corrected():
    lines = given_away(WHOLE, Terms(ShareModel.INTRODUCER, 2000), ref="first")
    lines = stored(lines, [Entry(A, 4000, START, 2), Entry(B, 6000, START, 3)], "first", CreditSource.AGREEMENT)
    assert standing(lines, START) == {A: 4000, B: 6000}
    lines = stored(lines, taking_back(lines, "first"), "first")
    assert standing(lines, START) == {A: FULL}


hand_overs = st.tuples(st.just("give"), splitting, st.integers(1, 5), st.integers(0, 2000))
chains = st.lists(hand_overs | st.just(("return",)) | st.tuples(st.just("correct"), st.integers(0, FULL)), max_size=9)


@given(chains, st.lists(st.integers(-50, 9000), min_size=1, max_size=6))
def test_chains_of_hand_overs_and_returns(chain, days):
    """Each return takes back the latest hand-over that stands, whatever was given on and taken back, or corrected, after it: all is
    as it was before that hand-over, on every day; after the last one, as at the registration.
    """
    lines, holder, when, given_by = WHOLE, A, START, []
    on = [START + timedelta(days=day) for day in days]
    for number, step in enumerate([*chain, *[("return",)] * len(chain)]):
        if step[0] == "give" and step[2] != holder:
            _give, terms, taker, wait = step
            when += timedelta(days=wait)
            given_by.append((f"T{number}", holder, lines))
            lines, holder = given_away(lines, terms, giver=holder, taker=taker, start=when, ref=f"T{number}"), taker
        elif step[0] == "correct" and given_by:
            line = next(one for one in reversed(counted(lines)) if one.ref == given_by[-1][0])
            lines = stored(lines, [Entry(line.unit_id, step[1], line.valid_from, line.id)], line.ref, CreditSource.AGREEMENT)
        elif step[0] == "return" and given_by:
            ref, holder, before = given_by.pop()
            lines = stored(lines, taking_back(lines, ref), ref)
            assert [standing(lines, day) for day in on] == [standing(before, day) for day in on]
    assert not given_by
    assert [standing(lines, day) for day in on if day >= START] == [{A: FULL} for day in on if day >= START]
