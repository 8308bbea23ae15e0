"""Growth against the year before."""

from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm.core.yearly import Growth, growth, year_before


@pytest.mark.parametrize(
    "day, before",
    [(date(2026, 11, 27), date(2025, 11, 27)), (date(2024, 2, 29), date(2023, 2, 28)), (date(2025, 2, 28), date(2024, 2, 28))],
)
def test_the_same_day_a_year_earlier(day, before):
    assert year_before(day) == before


@given(st.dates(date(2001, 1, 1), date(2099, 12, 31)))
def test_a_year_earlier_is_the_same_month(day):
    before = year_before(day)
    assert (before.year, before.month) == (day.year - 1, day.month)
    assert 365 <= (day - before).days <= 366


@pytest.mark.parametrize(
    "now, before, said",
    [
        (12, 10, Growth(200)), (8, 10, Growth(-200)), (10, 10, Growth(0)), (0, 10, Growth(-1000)),
        (5, 0, Growth(first=True)), (0, 0, Growth()), (-3, 0, Growth()), (5, -2, Growth()),
        (None, 10, Growth()), (5, None, Growth()), (-5, 10, Growth(-1500)),
        (Fraction(1, 3), Fraction(1, 4), Growth(333)), (2001, 2000, Growth(1)), (1999, 2000, Growth(-1)),
    ],
)  # fmt: skip
def test_growth(now, before, said):
    assert growth(now, before) == said


@given(st.integers(-(10**15), 10**15), st.integers(-(10**15), 10**15))
def test_growth_is_exact_to_half_a_tenth(now, before):
    found = growth(now, before)
    if before > 0:
        assert abs(Fraction(1000 * (now - before), before) - found.tenths) <= Fraction(1, 2)
    else:
        assert found.tenths is None
        assert found.first == (before == 0 and now > 0)
