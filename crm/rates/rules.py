"""Converting money at a dated rate, in integers."""

from bisect import bisect_right
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal

from crm.core.errors import Refusal
from crm.core.money import MAX_MINOR, Money, digits


class NoRate(Refusal):
    """There is no rate for this currency on or before the day."""

    code = "no_rate"


@dataclass(frozen=True)
class Rates:
    """A frozen table: currency -> (days, CNY per one unit), days ascending. CNY itself is 1."""

    table: dict[str, tuple[list[date], list[Decimal]]]

    def per_unit(self, currency: str, on: date) -> Decimal:
        """CNY for one unit of `currency` by the latest rate on or before `on` (the earliest one before that). NoRate."""
        if currency == "CNY":
            return Decimal(1)
        if currency not in self.table:
            raise NoRate(currency=currency)
        days, values = self.table[currency]
        return values[max(bisect_right(days, on) - 1, 0)]

    def day_of(self, currency: str, to: str, on: date) -> date | None:
        """The day of the rate that `convert` takes, the older of two; None when none is needed. NoRate."""
        if currency == to:
            return None
        days = [self._day(one, on) for one in (currency, to) if one != "CNY"]
        return min(days)

    def _day(self, currency: str, on: date) -> date:
        self.per_unit(currency, on)  # says so when there is none
        days, _values = self.table[currency]
        return days[max(bisect_right(days, on) - 1, 0)]

    def convert(self, money: Money, to: str, on: date) -> Money:
        """The sum in another currency, rounded half to even to its minor unit."""
        if money.currency == to:
            return money
        value = money.major * self.per_unit(money.currency, on) / self.per_unit(to, on)
        amount = int((value * 10 ** digits(to)).to_integral_value(rounding=ROUND_HALF_EVEN))
        if amount > MAX_MINOR:
            raise Refusal("amount_too_large")
        return Money(amount, to)
