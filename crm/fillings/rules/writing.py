"""One project's values as cells: sums in the column's unit, days as days, everything else as text that is never a formula."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

from crm.core.money import Money
from crm.core.workbooks.filling import Filled
from crm.core.workbooks.tables import Unit
from crm.fields.rules import FIELDS, Facts, Kind
from crm.fillings.rules.layout import FILLED_ON, OWN_UNIT, SERIAL
from crm.fillings.rules.mapping import Mapped
from crm.rates.rules import NoRate, Rates

_CENT, _FINE = Decimal("0.01"), Decimal("0.0001")


@dataclass(slots=True)
class Written:
    """What was written and what could not be: cells by row; by column how many were left empty because nobody entered it
    (`empty`), because this person may not read it (`hidden`), because there is no rate (`no_rate`). `rates`: the days of the
    rates that were taken, by (from, to).
    """

    rows: list[list[Filled]] = field(default_factory=list)
    empty: Counter[int] = field(default_factory=Counter)
    hidden: Counter[int] = field(default_factory=Counter)
    no_rate: Counter[int] = field(default_factory=Counter)
    rates: dict[tuple[str, str], date] = field(default_factory=dict)


class Writer:
    """Writes projects into a table's columns. `say` puts a field's value into words; `rates` are those of one act."""

    def __init__(self, columns: list[Mapped], *, rates: Rates, today: date, unit_name: str, say: Any) -> None:
        self.columns, self.rates, self.today, self.unit_name, self.say = columns, rates, today, unit_name, say
        self.written = Written()

    def add(self, facts: Facts) -> None:
        """One project as the next row."""
        row: list[Filled] = []
        for column in self.columns:
            cell = self._own(column) if column.is_own else self._cell(column, facts)
            if cell is not None:
                row.append((column.at, *cell))
        self.written.rows.append(row)

    def _own(self, column: Mapped) -> tuple[str, str] | None:
        if column.code == SERIAL:
            return "whole", str(len(self.written.rows) + 1)
        return {OWN_UNIT: ("text", self.unit_name), FILLED_ON: ("day", self.today.isoformat())}.get(column.code)

    def _cell(self, column: Mapped, facts: Facts) -> tuple[str, str] | None:
        if column.code in facts.hidden:
            self.written.hidden[column.at] += 1
            return None
        value, kind = facts.values.get(column.code), FIELDS[column.code].kind
        if value is None or value in ("", ()):
            self.written.empty[column.at] += 1
            return None
        if kind is Kind.MONEY:
            return self._sum(column, value)
        if kind is Kind.DAY:
            return "day", value.isoformat()
        if kind is Kind.WHOLE:
            return "whole", str(value)
        text = self.say(column.code, value)
        if not text:
            self.written.empty[column.at] += 1
            return None
        return "text", text

    def _sum(self, column: Mapped, value: Money) -> tuple[str, str] | None:
        assert column.unit is not None
        _scale, currency = column.unit
        try:
            day = self.rates.day_of(value.currency, currency, self.today)
            number = in_unit(value, column.unit, self.rates, self.today)
        except NoRate:
            self.written.no_rate[column.at] += 1
            return None
        if day is not None:
            self.written.rates[value.currency, currency] = day
        return "number", str(number)


def in_unit(value: Money, unit: Unit, rates: Rates, on: date) -> Decimal:
    """A sum in a unit: USD 98,000,000 in 万美元 is 9,800. Converted at the rate of the day where the currency differs, rounded
    half to even to four places of 亿 and million, to two of 万 and units. Raises NoRate.
    """
    scale, currency = unit
    major = value.major
    if value.currency != currency:
        major = major * rates.per_unit(value.currency, on) / rates.per_unit(currency, on)
    return (major / scale).quantize(_FINE if scale >= 10**6 else _CENT, ROUND_HALF_EVEN)
