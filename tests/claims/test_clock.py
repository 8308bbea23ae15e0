"""The clock is read off events: their order is nothing to it, and progress never shortens."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm.claims.rules.calendar import ONE, Calendar
from crm.claims.rules.clock import (
    Event,
    Heard,
    Lines,
    Phase,
    State,
    amber_cuts,
    counts,
    marks_of,
    ran_out_cuts,
    read,
)
from crm.claims.rules.line import line_of
from crm.claims.rules.protection import (
    Protection,
    RulesUnfit,
    Settings,
    ValidFromPast,
    VersionThere,
    check_new,
    in_force,
    shipped,
)

RULES, CALENDAR = shipped()[0], Calendar()
DAY0 = date(2026, 11, 2)  # a Monday
days = st.integers(0, 400).map(lambda n: DAY0 + timedelta(days=n))


@st.composite
def rules(draw):
    report = draw(st.integers(1, 30))
    warning = draw(st.integers(report, 60))
    release = draw(st.integers(warning + 1, 90))
    protection = draw(st.integers(release - warning + 1, 300))
    numbers = replace(
        RULES.settings, response_days=draw(st.integers(1, 5)), assess_days=draw(st.integers(1, 9)),
        feedback_days=draw(st.integers(1, 30)), short_in_working_days=draw(st.booleans()), report_days=report,
        warning_days=warning, release_days=release, protection_days=protection,
        major_protection_days=draw(st.integers(protection, 600)), extension_days=draw(st.integers(1, 200)),
        max_extensions=draw(st.integers(0, 3)),
    )  # fmt: skip
    numbers.check()
    return Protection("t-1", date(2026, 1, 1), numbers)


@st.composite
def stories(draw):
    events = [Event(Heard.REGISTERED, DAY0)]
    if draw(st.booleans()):
        events.append(Event(Heard.ASSESSED, DAY0 + timedelta(days=draw(st.integers(0, 9)))))
    kinds = st.sampled_from([Heard.NOTE, Heard.PROGRESS, Heard.EXTENDED, Heard.NOTICED])
    return events + draw(st.lists(st.builds(Event, kinds, days), max_size=8))


@given(stories(), rules(), days, st.booleans(), st.randoms())
def test_the_order_of_events_is_nothing_to_it(events, version, today, major, dice):
    before = read(marks_of(events), version, CALENDAR, today, major=major)
    dice.shuffle(events)
    assert read(marks_of(events), version, CALENDAR, today, major=major) == before


@given(stories(), rules(), days, days, st.sampled_from([Heard.PROGRESS, Heard.EXTENDED, Heard.NOTE]))
def test_what_is_done_later_never_shortens(events, version, today, on, kind):
    before = read(marks_of(events), version, CALENDAR, today)
    after = read(marks_of([*events, Event(kind, on)]), version, CALENDAR, today)
    assert after.due >= before.due
    assert after.amber >= before.amber


@given(stories(), rules(), days, days)
def test_a_note_moves_nothing_once_it_is_protected(events, version, today, on):
    events = [*events, Event(Heard.ASSESSED, DAY0)]
    before = read(marks_of(events), version, CALENDAR, today)
    after = read(marks_of([*events, Event(Heard.NOTE, on)]), version, CALENDAR, today)
    assert (after.due, after.amber, after.state, after.phase) == (before.due, before.amber, before.state, before.phase)


@given(stories(), rules(), days, st.booleans())
def test_amber_comes_before_due(events, version, today, major):
    clock = read(marks_of(events), version, CALENDAR, today, major=major)
    assert clock.amber < clock.due
    assert CALENDAR.is_working(clock.due), "a period ends on a day that is worked"
    if clock.state in (State.RUNNING, State.AMBER):
        assert (clock.state is State.AMBER) == (today >= clock.amber)
        assert today <= clock.due


@given(stories(), rules(), days, st.booleans())
def test_what_a_database_asks_is_what_the_clock_says(events, version, today, major):
    """The lines turned round pick the same claims."""
    marks = marks_of([*events, Event(Heard.ASSESSED, DAY0)])
    if marks.extensions > version.settings.max_extensions:
        return
    clock = read(marks, version, CALENDAR, today, major=major)
    lines = Lines(version, CALENDAR, major)

    def behind(cuts):
        moved = [on for on in (marks.progress, marks.extended) if on]
        idle = marks.assessed <= cuts.feedback and (not moved or max(marks.assessed, *moved) <= cuts.idle)
        return idle or marks.registered <= cuts.terms[marks.extensions]

    assert behind(ran_out_cuts(lines, today)) == (clock.state in (State.DUE, State.NOTICED))
    assert behind(amber_cuts(lines, today)) == (clock.state is not State.RUNNING)


def test_one_story():
    """Registered on a Monday; assessed on Wednesday; feedback a week of working days later; then a month at a time."""

    def at(day, *events):
        return read(marks_of([Event(Heard.REGISTERED, DAY0), *events]), RULES, CALENDAR, day)

    first = at(DAY0)
    assert (first.phase, first.due, first.state) == (Phase.RESPOND, date(2026, 11, 3), State.AMBER)
    noted = at(date(2026, 11, 3), Event(Heard.NOTE, date(2026, 11, 3)))
    assert (noted.phase, noted.due) == (Phase.ASSESS, date(2026, 11, 5))
    assert at(date(2026, 11, 6)).state is State.LATE
    granted = Event(Heard.ASSESSED, date(2026, 11, 4))
    protected = at(date(2026, 11, 5), granted)
    assert (protected.phase, protected.due, protected.term) == (Phase.FEEDBACK, date(2026, 11, 13), date(2027, 2, 1))
    assert at(date(2026, 11, 14), granted).state is State.DUE
    talked = at(date(2026, 11, 10), granted, Event(Heard.PROGRESS, date(2026, 11, 10)))
    assert (talked.phase, talked.amber, talked.due) == (Phase.PROGRESS, date(2026, 12, 1), date(2026, 12, 10))
    assert talked.report == date(2026, 11, 24)
    noticed = at(date(2026, 11, 17), granted, Event(Heard.NOTICED, date(2026, 11, 16)))
    assert (noticed.state, noticed.release_from) == (State.NOTICED, date(2026, 11, 20))
    saved = at(date(2026, 11, 17), granted, Event(Heard.NOTICED, date(2026, 11, 16)), Event(Heard.PROGRESS, date(2026, 11, 17)))
    assert saved.state is State.RUNNING, "progress that counts undoes a notice"
    assert at(date(2028, 1, 1), granted, Event(Heard.RESTED, date(2026, 12, 1))).state is State.RESTING


def test_what_counts():
    assert counts("CFO", 1)
    assert not counts("CFO", 0)
    assert not counts("  ", 2)
    assert not counts(None, 2)


def test_major_projects_have_their_own_days():
    assert RULES.is_major(10 * 10**10, None)
    assert RULES.is_major(None, 10_000_000_00)
    assert not RULES.is_major(10 * 10**10 - 1, 10_000_000_00 - 1)
    marks = marks_of([Event(Heard.REGISTERED, DAY0), Event(Heard.ASSESSED, DAY0)])
    small, big = (read(marks, RULES, CALENDAR, DAY0, major=major) for major in (False, True))
    assert (big.term - small.term).days in range(80, 101)


def test_holidays_worked_weekends_and_what_an_administrator_says():
    assert not CALENDAR.is_working(date(2026, 10, 1))
    assert CALENDAR.is_working(date(2026, 10, 10)), "a Saturday that is worked for the holiday"
    assert not CALENDAR.is_working(date(2026, 11, 1))
    assert not CALENDAR.is_working(date(2027, 2, 8)), "New Year of a year whose swaps nobody has announced"
    said = Calendar(worked=frozenset({date(2026, 11, 1)}), off=frozenset({date(2026, 11, 3)}))
    assert said.is_working(date(2026, 11, 1))
    assert said.after(date(2026, 11, 2), 1, working=True) == date(2026, 11, 4)
    assert CALENDAR.after(date(2026, 9, 30), 1, working=True) == date(2026, 10, 8)
    nothing = Calendar(off=frozenset(DAY0 + n * ONE for n in range(90)))
    assert nothing.after(DAY0, 3, working=True)  # a slip keeps nobody busy for ever


def test_versions():
    later = Protection("2027-1", date(2027, 1, 1), RULES.settings)
    assert in_force([later, RULES], date(2026, 12, 31)) is RULES
    assert in_force([later, RULES], date(2027, 1, 1)) is later
    assert in_force([later, RULES], date(2020, 1, 1)) is RULES
    check_new([RULES], later, date(2026, 12, 1))
    with pytest.raises(ValidFromPast):
        check_new([RULES], later, date(2027, 1, 2))
    for same in (replace(later, version=RULES.version), replace(later, valid_from=RULES.valid_from)):
        with pytest.raises(VersionThere):
            check_new([RULES], same, date(2026, 10, 1))


@pytest.mark.parametrize(
    ("numbers", "field"),
    [
        ({"warning_days": 30}, "warning_days"), ({"report_days": 22}, "warning_days"), ({"protection_days": 5}, "protection_days"),
        ({"major_protection_days": 80}, "major_protection_days"), ({"max_extensions": 13}, "max_extensions"),
        ({"evidence_needed": 0}, "evidence_needed"), ({"notice_days": 0}, "notice_days"),
        ({"extension_days": 4_000}, "extension_days"),
    ],
)  # fmt: skip
def test_numbers_that_do_not_fit_are_named(numbers, field):
    later = Protection("2027-1", date(2027, 1, 1), replace(RULES.settings, **numbers))
    with pytest.raises(RulesUnfit) as refused:
        check_new([RULES], later, date(2026, 12, 1))
    assert refused.value.facts["field"] == field


def test_shipped_rules_are_marked_as_a_proposal():
    assert not RULES.verified
    assert "建议值" in RULES.source
    assert RULES.settings == Settings(**RULES.settings.as_data())
    RULES.settings.check()


@given(stories(), rules(), days)
def test_the_line_holds_every_mark_once_and_in_order(events, version, today):
    clock = read(marks_of(events), version, CALENDAR, today)
    line = line_of(clock, [event.on for event in events if event.kind is Heard.PROGRESS], today)
    assert [mark.on for mark in line.marks] == sorted(mark.on for mark in line.marks)
    assert all(0 <= mark.at <= 100 for mark in line.marks)
    kinds = {mark.kind for mark in line.marks}
    assert kinds >= {"claimed", "today", "due"}
    assert ("amber" in kinds) == (clock.amber > clock.marks.registered), "a reminder does not stand before the registration"
