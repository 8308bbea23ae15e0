"""Rates: the one of the day is used, a missing one is said in words, digits are kept."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import delete, select

from crm.audit.models import AuditLine
from crm.core import clock
from crm.core.db import db, unit_of_work
from crm.core.errors import Refusal
from crm.core.money import CURRENCIES, Money
from crm.leads.models import Lead
from crm.rates import queries, services
from crm.rates.models import ExchangeRate
from crm.rates.rules import NoRate, Rates
from tests.builders import a_lead, actor

DAYS = [date(2026, 1, 1), date(2026, 4, 1), date(2026, 7, 1)]
TABLE = Rates({
    "USD": (DAYS, [Decimal("7.1"), Decimal("7.0"), Decimal("6.9")]), "EUR": (DAYS, [Decimal(8)] * 3),
    "JPY": (DAYS, [Decimal("0.0455")] * 3),
})  # fmt: skip


class TestConverting:
    """In integers, at a dated rate."""

    @pytest.mark.parametrize(("on", "rate"), [
        (date(2026, 1, 1), "7.1"), (date(2026, 3, 31), "7.1"), (date(2026, 4, 1), "7.0"), (date(2026, 6, 30), "7.0"),
        (date(2026, 7, 1), "6.9"), (date(2030, 1, 1), "6.9"), (date(2025, 12, 31), "7.1"),
    ])  # fmt: skip
    def test_the_rate_of_the_day(self, on, rate):
        """The latest on or before the day; before the first one the first."""
        assert TABLE.per_unit("USD", on) == Decimal(rate)
        assert TABLE.convert(Money.of(100, "USD"), "CNY", on) == Money.of(Decimal(rate) * 100, "CNY")

    def test_through_yuan_and_without_a_minor_unit(self):
        on = DAYS[1]
        assert TABLE.convert(Money.of(70, "CNY"), "USD", on) == Money.of(10, "USD")
        assert TABLE.convert(Money.of(7, "EUR"), "USD", on) == Money.of(8, "USD")
        assert TABLE.convert(Money(1000, "JPY"), "CNY", on) == Money.of("45.5", "CNY")
        assert TABLE.convert(Money.of("45.5", "CNY"), "JPY", on) == Money(1000, "JPY")

    def test_the_same_currency_needs_no_rate(self):
        assert TABLE.convert(Money(7, "XXX"), "XXX", DAYS[0]) == Money(7, "XXX")

    def test_no_rate(self):
        for money, to in ((Money.of(1, "CHF"), "CNY"), (Money.of(1, "CNY"), "CHF")):
            with pytest.raises(NoRate) as refused:
                TABLE.convert(money, to, DAYS[0])
            assert refused.value.facts == {"currency": "CHF"}

    def test_what_no_column_holds_is_refused(self):
        with pytest.raises(Refusal) as refused:
            TABLE.convert(Money(8_000_000_000_000_000_00, "EUR"), "CNY", DAYS[0])
        assert refused.value.code == "amount_too_large"

    @given(st.integers(0, 10**15), st.sampled_from(["USD", "EUR", "JPY", "CNY"]))
    def test_more_money_is_never_less(self, amount, currency):
        less, more = (TABLE.convert(Money(n, currency), "CNY", DAYS[1]).amount for n in (amount, amount + 1))
        assert 0 <= less <= more

    @given(st.integers(1, 10**14))
    def test_half_to_even(self, amount):
        exact = Decimal(amount) * Decimal(7)
        assert TABLE.convert(Money(amount, "USD"), "CNY", DAYS[1]).amount == exact


class TestTheTable:
    """What is stored."""

    def test_every_currency_that_is_offered_has_a_rate(self, app):
        with app.app_context():
            table = queries.table()
            for currency in CURRENCIES:
                assert table.per_unit(currency, clock.today()) > 0
            assert services.load_reference() == 0

    def test_a_new_rate_counts_from_its_day(self, app):
        with app.app_context():
            before = queries.table().per_unit("USD", date(2027, 5, 31))
            with unit_of_work():
                services.add_rate(
                    "USD", date(2027, 6, 1), Decimal("6.123456789"), "a test", actor=actor("sysadmin"), now=clock.now()
                )
            table = queries.table()
            assert table.per_unit("USD", date(2027, 5, 31)) == before
            assert table.per_unit("USD", date(2027, 6, 1)) == Decimal("6.123456789"), "every digit is kept"
            assert queries.newest()[0].day == date(2027, 6, 1)

    def test_one_for_the_same_day_is_replaced_and_the_audit_keeps_both(self, app):
        with app.app_context():
            for value in ("6.1", "6.2"):
                with unit_of_work():
                    services.add_rate("USD", date(2027, 6, 1), Decimal(value), "a test", actor=actor("sysadmin"), now=clock.now())
            row = db.session.get_one(ExchangeRate, ("USD", date(2027, 6, 1)))
            assert (row.nano_cny, row.verified) == (6_200_000_000, True)
            facts = [line.payload.facts for line in db.session.scalars(select(AuditLine).where(AuditLine.action == "rate.added"))]
            assert [fact["new"] for fact in facts] == ["6.1", "6.2"]
            assert facts[1]["old"] == "6100000000"


class TestOnALead:
    """A sum is stored with what it came to on its day."""

    def test_the_rate_of_the_day_it_was_registered(self, app, clock_at):
        clock_at("2026-06-18 09:00")
        with app.app_context():
            with unit_of_work():
                services.add_rate("USD", date(2026, 6, 1), Decimal("6.5"), "a test", actor=actor("sysadmin"), now=clock.now())
                services.add_rate("USD", date(2026, 6, 19), Decimal("9.9"), "a test", actor=actor("sysadmin"), now=clock.now())
            lead = a_lead(total=Money.of(100_000_000, "USD"), contracted=Money.of(65_000_000, "CNY"))
            found = db.session.get_one(Lead, lead.id)
            assert (found.total_amount, found.total_currency) == (10_000_000_000, "USD")
            assert (found.total_cny, found.contracted_usd) == (65_000_000_000, 1_000_000_000)
            assert found.rate_day == date(2026, 6, 18)

    def test_the_citys_day_decides(self, app, clock_at):
        """Half past midnight in the city is still yesterday in UTC."""
        clock_at("2026-06-19 00:30")
        with app.app_context():
            with unit_of_work():
                services.add_rate("USD", date(2026, 6, 19), Decimal("6.5"), "a test", actor=actor("sysadmin"), now=clock.now())
            lead = a_lead(total=Money.of(1_000_000, "USD"))
            assert db.session.get_one(Lead, lead.id).total_cny == 650_000_000

    def test_a_missing_rate_is_said_and_nothing_is_stored(self, app, signed_in):
        with app.app_context(), unit_of_work():
            db.session.execute(delete(ExchangeRate).where(ExchangeRate.currency == "CHF"))
        browser = signed_in("officer.nanshan")
        data = {
            "disclosed": "yes", "investor": "Kestovar Robotics GmbH", "country": "CH", "source": "visit", "title": "a plant", "total_number": "3",
            "total_unit": "wan", "total_currency": "CHF",
        }  # fmt: skip
        page = browser.get("/leads/new").submit("/leads/new", data, status=422)
        assert "没有 CHF 的汇率" in page.main
        assert "Kestovar Robotics GmbH" in page.html, "what was typed is gone"
        with app.app_context():
            assert db.session.scalar(select(Lead)) is None
        page.submit("/leads/new", {"total_currency": "EUR"})
        with app.app_context():
            assert db.session.scalars(select(Lead.total_currency)).all() == ["EUR"]


def test_a_frozen_table_stays_what_it_was():
    other = replace(TABLE)
    assert other == TABLE
    with pytest.raises(AttributeError):
        TABLE.table = {}  # type: ignore[misc]
