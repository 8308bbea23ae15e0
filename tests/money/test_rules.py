"""Ledgers add up whatever is corrected; slips of zeros and units are seen; what a page asks for is never wrong."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm.core.money import Money
from crm.money.rules import (
    LARGEST,
    Before,
    Entry,
    NewReceipt,
    NotPositive,
    ReceiptFuture,
    ReceiptTooLarge,
    ReceiptTooOld,
    SlipCode,
    check,
    in_force,
    question_of,
    signature,
    slips,
    total,
)
from crm.money.rules.rates import far_from

TODAY = date(2026, 6, 18)
WAN = 1_000_000  # cents of 万美元


@st.composite
def ledgers(draw):
    """Lines, some in the place of earlier ones, some taking back, with what should be left of them."""
    entries, alive = [], {}
    for number in range(1, draw(st.integers(1, 30)) + 1):
        act = draw(st.sampled_from(["add", "add", "correct", "withdraw"])) if alive else "add"
        usd, proven, corrects = draw(st.integers(1, LARGEST)), draw(st.booleans()), None
        if act != "add":
            corrects = draw(st.sampled_from(sorted(alive)))
            del alive[corrects]
        if act == "withdraw":
            usd, proven = 0, False
        entries.append(Entry(number, usd, proven, corrects))
        if act != "withdraw":
            alive[number] = (usd, proven)
    return entries, alive


@given(ledgers(), st.randoms())
def test_the_total_is_the_sum_of_what_stands(made, dice):
    """Exactly, in whatever order the lines are read; a chain counts once, at its end."""
    entries, alive = made
    dice.shuffle(entries)
    assert {entry.id for entry in in_force(entries)} == set(alive)
    found = total(entries)
    assert found.counted == sum(usd for usd, proven in alive.values() if proven)
    assert found.unproven == sum(usd for usd, proven in alive.values() if not proven)
    assert found.counted_lines + found.unproven_lines == len(alive)


@given(st.lists(st.integers(1, 10**12), min_size=1, max_size=12))
def test_a_chain_of_corrections_counts_its_last(sums):
    chain = [Entry(n, usd, True, n - 1 or None) for n, usd in enumerate(sums, start=1)]
    assert total(chain).counted == sums[-1]
    assert total([*chain, Entry(99, 0, False, len(sums))]).counted == 0


@pytest.mark.parametrize(("amount", "on", "refusal"), [
    (1, date(2026, 6, 19), ReceiptFuture), (1, date(1979, 6, 30), ReceiptTooOld), (0, TODAY, NotPositive), (-1, TODAY, NotPositive),
    (LARGEST // 100 + 1, TODAY, ReceiptTooLarge),
])  # fmt: skip
def test_what_is_wrong_beyond_doubt(amount, on, refusal):
    money = Money.of(amount, "USD")
    with pytest.raises(refusal):
        check(NewReceipt(money, on), money.amount, today=TODAY)


def found(usd, contracted=None, *earlier):
    new = NewReceipt(Money(usd, "USD"), TODAY)
    before = Before(contracted, tuple((one, Money(one, "USD"), date(2026, 1, 1)) for one in earlier))
    return [slip.code for slip in slips(new, usd, before)]


@pytest.mark.parametrize(("usd", "contracted", "earlier", "codes"), [
    (500 * WAN, 1000 * WAN, (), []),
    (1000 * WAN, 1000 * WAN, (), []),
    (1001 * WAN, 1000 * WAN, (), [SlipCode.OVER_CONTRACTED]),
    (600 * WAN, 1000 * WAN, (500 * WAN,), [SlipCode.OVER_CONTRACTED]),
    (5000 * WAN, 1000 * WAN, (), [SlipCode.TENFOLD_CONTRACTED]),
    (10_000 * WAN, 1000 * WAN, (), [SlipCode.TENFOLD_CONTRACTED]),
    (500 * WAN * 10_000, 1000 * WAN, (), [SlipCode.WAN_YI]),
    (500 * 100, 1000 * WAN, (), [SlipCode.UNIT_LOW]),
    (50 * WAN, 1000 * WAN, (500 * WAN,), [SlipCode.TENFOLD_DOWN]),
    (51 * WAN, 1000 * WAN, (500 * WAN,), []),
    (300 * WAN, None, (30 * WAN,), [SlipCode.TENFOLD_UP]),
    (299 * WAN, None, (30 * WAN,), []),
    (100_000 * WAN, None, (), [SlipCode.REMARKABLE]),
    (99_999, None, (), [SlipCode.TINY]),
    (100_000, None, (), []),
])  # fmt: skip
def test_slips(usd, contracted, earlier, codes):
    assert found(usd, contracted, *earlier) == codes


def test_the_same_again_on_the_same_day():
    new = NewReceipt(Money.of(5, "EUR"), TODAY)
    lines = ((600, Money.of(5, "EUR"), TODAY),)
    assert [slip.code for slip in slips(new, 600, Before(100_000, lines))] == [SlipCode.ALIKE]
    assert not slips(new, 600, Before(100_000, ((600, Money.of(5, "EUR"), date(2026, 6, 17)),)))


@given(st.integers(1, LARGEST), st.integers(0, LARGEST), st.lists(st.integers(1, LARGEST), max_size=4))
def test_a_tick_is_about_one_sum(usd, contracted, earlier):
    new = NewReceipt(Money(usd, "USD"), TODAY)
    before = Before(contracted or None, tuple((one, Money(one, "USD"), TODAY) for one in earlier))
    doubts = slips(new, usd, before)
    other = NewReceipt(Money(usd + 1, "USD"), TODAY)
    assert signature(new, doubts) != signature(other, slips(other, usd + 1, before))
    assert len(signature(new, doubts)) <= 300


@given(st.dictionaries(st.sampled_from(["from", "to", "unit", "district", "by", "differs", "page"]), st.text(max_size=12)))
def test_an_address_is_never_wrong(args):
    asked = question_of(args, today=TODAY)
    assert asked.first <= asked.last
    assert asked.first.day == asked.last.day == 1
    assert asked.page >= 1
    assert asked.by in ("month", "company", "country", "controlling")


def test_months_of_an_address():
    asked = question_of({"from": "2026-05", "to": "2025-11", "page": "3", "unit": "7"}, today=TODAY)
    assert (asked.first, asked.last, asked.page, asked.unit_id) == (date(2025, 11, 1), date(2026, 5, 1), 3, 7)
    usual = question_of({}, today=TODAY)
    assert (usual.first, usual.last) == (date(2026, 4, 1), date(2026, 6, 1))


@pytest.mark.parametrize(
    ("value", "before", "far"), [("7", None, False), ("7", "7.5", False), ("0.7", "7", True), ("8.5", "7", True)]
)
def test_a_rate_far_from_the_last(value, before, far):
    from decimal import Decimal

    assert far_from(Decimal(value), Decimal(before) if before else None) is far
