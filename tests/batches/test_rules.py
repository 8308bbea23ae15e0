"""Pure rules: what stands on the list, how editions follow from one another, which periods may be frozen."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm.batches.rules.comparing import Change, Entry, Expecting, Line, compare, replay, slipped
from crm.batches.rules.periods import EditionKind, may_freeze, period_of
from crm.batches.rules.rolling import (
    BATCHES,
    Batch,
    Cell,
    Conversion,
    LeftReason,
    Where,
    Window,
    batch_of,
    converted,
    in_order,
    is_idle,
    left_because,
    roughly,
    window_of,
)
from crm.leads.rules.lead import Stage, Status

MONEY = st.none() | st.integers(0, 10**15)
ENTRIES = st.builds(Entry, st.sampled_from(Batch), MONEY, st.booleans(), MONEY, MONEY, st.integers(1, 4))
LISTS = st.dictionaries(st.integers(1, 25), ENTRIES, max_size=20)


@given(LISTS, LISTS)
def test_last_and_changes_make_this(last, now):
    lines = compare(last, now, lambda _lead: LeftReason.ENDED)
    assert replay(last, lines) == now
    assert [line.lead_id for line in lines if line.change is not Change.LEFT] == list(now)
    assert {line.lead_id for line in lines} == last.keys() | now.keys()
    assert all((line.reason is None) == (line.change is not Change.LEFT) for line in lines)


@given(st.lists(LISTS, min_size=2, max_size=5))
def test_a_chain_of_editions_leads_from_nothing_to_the_last(chain):
    state, before = {}, set()
    for now in chain:
        lines = compare(state, now, lambda _lead: LeftReason.ENDED, before=before)
        fresh = {line.lead_id for line in lines if line.change is Change.NEW}
        assert not fresh & before, "what was there before is not new again"
        state, before = replay(state, lines), before | now.keys()
    assert state == chain[-1]


@given(LISTS)
def test_without_change_all_is_kept(now):
    assert {line.change for line in compare(now, now, lambda _lead: LeftReason.ENDED)} <= {Change.KEPT}


def test_a_line_that_does_not_follow_is_refused():
    entry = Entry(Batch.SIGNED, 1, True, 1, None, 1)
    with pytest.raises(ValueError):
        replay({}, [Line(1, entry, entry, Change.KEPT)])


def test_what_each_line_says():
    base = Entry(Batch.NEGOTIATING, 12, True, 5, None, 1)
    one = {
        1: base, 2: Entry(Batch.SIGNED, 12, True, 5, None, 1), 3: Entry(Batch.NEGOTIATING, 15, True, 5, None, 1),
        4: Entry(Batch.NEGOTIATING, 12, True, 5, None, 2), 5: base, 6: Entry(Batch.NEGOTIATING, 12, False, 5, None, 1),
        7: Entry(Batch.NEGOTIATING, 12, True, 5, 9, 1), 8: Entry(Batch.SIGNED, 15, True, 5, None, 1), 10: base,
    }  # fmt: skip
    last = dict.fromkeys((1, 2, 3, 4, 6, 7, 8, 9), base)
    found = {line.lead_id: line for line in compare(last, one, lambda _lead: LeftReason.PAUSED, before={10})}
    assert {number: line.change.value for number, line in found.items()} == {
        1: "kept", 2: "moved", 3: "money", 4: "unit", 5: "new", 6: "money", 7: "money", 8: "moved", 9: "left", 10: "again",
    }  # fmt: skip
    assert found[8].money_changed
    assert not found[2].money_changed
    assert found[9].reason is LeftReason.PAUSED


@given(st.sampled_from(Stage), st.sampled_from(Status), st.booleans(), st.booleans())
def test_a_lead_stands_on_the_list_or_has_a_reason(stage, status, admitted, merged):
    where = Where(stage, status, admitted, merged)
    batch = batch_of(where)
    if batch is None:
        assert left_because(where) in LeftReason
    else:
        assert batch.value == stage.value
        assert admitted
        assert status is Status.ACTIVE
        assert not merged


def test_reasons():
    def why(**changed):
        return left_because(Where(**({"stage": "signed", "status": "active", "admitted": True} | changed)))

    assert why(merged=True) is LeftReason.MERGED
    assert why(stage="operating") is LeftReason.OPERATING
    assert why(status="ended") is LeftReason.ENDED
    assert why(status="paused") is LeftReason.PAUSED
    assert why(stage="lead") is LeftReason.BACK
    assert why(admitted=False) is LeftReason.NOT_ADMITTED


@given(st.sampled_from(EditionKind), st.dates(date(2020, 1, 1), date(2040, 1, 1)))
def test_periods_have_no_gap(kind, day):
    period = period_of(kind, day)
    assert period.first <= day <= period.last
    assert period.before.last + timedelta(days=1) == period.first
    assert period_of(kind, period.last) == period
    assert may_freeze(kind, day, None) == [period, period.before]
    assert may_freeze(kind, day, period.before.first) == [period]
    assert may_freeze(kind, day, period.first) == []


@given(st.lists(st.builds(Cell, *[st.integers(0, 10**12)] * 5)))
def test_cells_add_up(cells):
    assert sum(cells, Cell()).count == sum(cell.count for cell in cells)
    assert sum(cells, Cell()).contracted_usd == sum(cell.contracted_usd for cell in cells)
    told = roughly(sum(cells, Cell()))
    assert told.cell.count % 5 == 0
    assert told.cell.total_cny == 0


def test_conversion_is_never_divided_by_nothing():
    assert Conversion().part is None
    assert Conversion().median_days is None
    both = converted([Conversion(3, (10, 20)), Conversion(1, (90,))])
    assert (both.signed, both.started, both.part, both.median_days) == (4, 3, 75.0, 20)


@pytest.mark.parametrize(
    "window, today, first",
    [("twelve", "2026-11-26", "2025-11-26"), ("twelve", "2028-02-29", "2027-03-01"), ("year", "2026-11-26", "2026-01-01"),
     ("quarter", "2026-11-26", "2026-10-01"), ("quarter", "2026-03-31", "2026-01-01")],
)  # fmt: skip
def test_windows(window, today, first):
    assert window_of(Window(window), date.fromisoformat(today)) == (date.fromisoformat(first), date.fromisoformat(today))


def test_idle_and_order():
    today = date(2026, 11, 26)
    assert is_idle(None, today - timedelta(days=31), days=30, today=today)
    assert not is_idle(today - timedelta(days=30), today - timedelta(days=400), days=30, today=today)
    assert [in_order((a.value, b.value)) for a in BATCHES for b in BATCHES].count(True) == 3


@pytest.mark.parametrize(
    ("was", "now", "days"),
    [
        (("registered", date(2026, 1, 1)), ("registered", date(2026, 2, 1)), 31),
        (("registered", date(2026, 2, 1)), ("registered", date(2026, 1, 1)), -31),
        (("registered", date(2026, 2, 1)), ("registered", date(2026, 2, 1)), 0),
        (("registered", date(2026, 1, 1)), ("first_funds", date(2026, 2, 1)), None), ((None, None), ("registered", date(2026, 1, 1)), None),
        (("registered", date(2026, 1, 1)), (None, None), None), ((None, None), (None, None), None),
    ],
)  # fmt: skip
def test_slipped_is_told_of_one_milestone_only(was, now, days):
    assert slipped(Expecting(*was), Expecting(*now)) == days
