from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm.core.money import CURRENCIES, MAX_MINOR, Money, digits, tenfold

currencies = st.sampled_from(CURRENCIES)


@pytest.mark.parametrize(
    "typed, currency, amount",
    [
        ("3.5", "CNY", 350),
        ("1200", "JPY", 1200),
        ("0.005", "USD", 0),
        ("0.015", "USD", 2),
        ("0.5", "KRW", 0),
        ("1.5", "KRW", 2),
        (-1, "EUR", -100),
    ],
)
def test_whole_units_become_minor_ones_half_to_even(typed, currency, amount):
    assert Money.of(typed, currency) == Money(amount, currency)


@given(st.integers(-MAX_MINOR, MAX_MINOR), currencies)
def test_there_and_back(amount, currency):
    money = Money(amount, currency)
    assert Money.of(money.major, currency) == money
    assert -money.major.as_tuple().exponent <= digits(currency)


@pytest.mark.parametrize("typed", ["1e400", "-1e400", "NaN", "Infinity", "-Infinity", "1e18", Decimal(10) ** 400])
def test_what_no_ledger_holds_is_refused(typed):
    with pytest.raises(ValueError):
        Money.of(typed, "CNY")


@given(st.decimals(allow_nan=True, allow_infinity=True), currencies)
def test_any_decimal_is_a_sum_or_a_refusal(value, currency):
    try:
        money = Money.of(value, currency)
    except ValueError:
        return
    assert abs(money.amount) <= MAX_MINOR < 2**63
    assert abs(money.major - value) <= Decimal("0.5").scaleb(-digits(currency))


@pytest.mark.parametrize(
    ("new", "known", "times"),
    [(1000, 100, 10), (999, 100, 0), (100, 1000, -10), (101, 1000, 0), (100, 100, 0), (25_700, 100, 257), (3, 1000, -333)],
)
def test_a_zero_too_many_or_too_few(new, known, times):
    assert tenfold(new, known) == times
