"""Indicators, values as typed, periods, how far a target is."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm.core.errors import Refusal
from crm.targets.rules import (
    SCALE,
    Nature,
    Operator,
    as_number,
    indicators,
    month_of,
    period_of,
    progress_of,
    read_value,
    shipped,
    written,
)

TODAY = date(2026, 11, 26)
EXPORTS, FIRMS, SHARE = indicators()["FT-01"], indicators()["FT-09"], indicators()["FI-02"]


def test_twenty_dated_targets_for_2027():
    assert len(shipped()) == len({one.indicator for one in shipped()}) == 20
    assert {one.year for one in shipped()} == {2027}
    utilised = next(one for one in shipped() if one.indicator == "FI-01")
    assert (utilised.operator, as_number(utilised.value)) == (Operator.AT_LEAST, 150)
    share = next(one for one in shipped() if one.indicator == "FI-02")
    assert as_number(share.value) == 13
    assert all(one.verified for one in shipped())
    assert {one.operator for one in shipped()} == set(Operator)


def test_what_adds_up_what_stands_and_what_is_a_share():
    assert (EXPORTS.nature, FIRMS.nature, SHARE.nature) == (Nature.FLOW, Nature.STOCK, Nature.SHARE)


@pytest.mark.parametrize(
    "typed, value", [("46.82", 468_200), ("23,000", 23_000 * SCALE), ("1，234.5", 12_345_000), ("0", 0), (" 7 ", 70_000)]
)
def test_values_as_typed(typed, value):
    assert read_value(typed, EXPORTS) == value


@pytest.mark.parametrize(
    "typed, indicator, code",
    [
        ("", EXPORTS, "target_value"), ("约100", EXPORTS, "target_value"), ("1e5", EXPORTS, "target_value"), ("1,23", EXPORTS, "target_value"),
        ("nan", EXPORTS, "target_value"), ("-5", EXPORTS, "target_negative"), ("99999999999", EXPORTS, "target_over"),
        ("100.5%", SHARE, "target_percent"), ("300.5", FIRMS, "target_whole"), ("1.00001", EXPORTS, "target_places"),
    ],
)  # fmt: skip
def test_bad_values_say_what_is_wrong(typed, indicator, code):
    with pytest.raises(Refusal) as refused:
        read_value(typed, indicator)
    assert refused.value.code == code


@given(st.decimals(0, 10_000_000, places=4))
def test_what_is_written_is_read_again(value):
    stored = int(value * SCALE)
    assert read_value(written(stored), EXPORTS) == stored
    assert as_number(stored) == Decimal(value)


@pytest.mark.parametrize(
    "code, first, last",
    [
        ("2027", date(2027, 1, 1), date(2027, 12, 31)), ("2027q1", date(2027, 1, 1), date(2027, 3, 31)),
        ("2028-02", date(2028, 2, 1), date(2028, 2, 29)),
    ],
)  # fmt: skip
def test_periods(code, first, last):
    period = period_of(code)
    assert (period.first, period.last) == (first, last)


@pytest.mark.parametrize("code", ["", "27", "2027Q5", "2027-13", "2027年", "1999", "2027-1"])
def test_no_periods(code):
    with pytest.raises(Refusal) as refused:
        period_of(code)
    assert refused.value.code == "target_period"


def test_months_that_may_have_a_figure():
    assert month_of("2026-11", today=TODAY) == date(2026, 11, 1)
    for code, wrong in (("2026-12", "figure_future"), ("2026", "figure_month"), ("", "figure_month")):
        with pytest.raises(Refusal) as refused:
            month_of(code, today=TODAY)
        assert refused.value.code == wrong


@given(st.dates(date(2026, 1, 1), date(2029, 1, 1)))
def test_time_goes_from_nothing_to_all(today):
    period = period_of("2027")
    assert 0 <= period.gone(today) <= 1000
    assert period.gone(period.last) == 1000
    assert (period.begins_in(today) == 0) == (today >= period.first)


def test_progress_against_time():
    this_year, next_year = period_of("2026"), period_of("2027")
    now = progress_of(EXPORTS, this_year, 100 * SCALE, 70 * SCALE, date(2026, 10, 1), TODAY)
    assert (now.done, now.covered, now.behind) == (700, 833, True)
    assert now.gone == this_year.gone(TODAY)
    ahead = progress_of(EXPORTS, next_year, 100 * SCALE, 70 * SCALE, date(2026, 10, 1), TODAY)
    assert (ahead.done, ahead.covered, ahead.gone, ahead.behind) == (700, 833, None, False)
    stock = progress_of(FIRMS, next_year, 300 * SCALE, 150 * SCALE, date(2026, 10, 1), TODAY)
    assert (stock.done, stock.covered) == (500, None)


def test_nothing_is_divided_by_nothing():
    assert progress_of(EXPORTS, period_of("2026"), 0, 5, date(2026, 1, 1), TODAY).done is None
    assert progress_of(EXPORTS, period_of("2026"), 10, None, None, TODAY).done is None


def test_a_quarter_is_covered_by_its_months():
    assert progress_of(EXPORTS, period_of("2026Q2"), 10, 5, date(2026, 5, 1), TODAY).covered == 666


def test_english_writes_and_reads_its_own_units():
    """A million dollars and a billion yuan on English pages; what is stored stays in 亿 and 万."""
    capital, exports, companies = (indicators()[code] for code in ("FI-01", "FT-01", "FT-09"))
    assert [capital.unit("en"), capital.written(93_997, "en"), capital.written(93_997, "zh")] == [
        "USD million",
        "939.97",
        "9.3997",
    ]
    assert [exports.unit("en"), exports.written(23_000 * 10_000, "en")] == ["RMB billion", "2,300"]
    assert read_value(capital.meant("939.97", "en"), capital) == read_value(capital.meant("9.3997", "zh"), capital) == 93_997
    assert read_value(exports.meant("2,300", "en"), exports) == 23_000 * 10_000
    assert [companies.meant("300", "en"), capital.meant("many", "en")] == ["300", "many"]
