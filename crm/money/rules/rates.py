"""Rates: which look like a slip, and a table of them as a file."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation

from crm.core.money import CURRENCIES
from crm.core.workbooks.reading import Cell, Sheet
from crm.core.workbooks.tables import find_table
from crm.core.workbooks.units import CURRENCY_WORDS, folded
from crm.money.rules.refusals import RatesUnfit

FAR = Decimal("0.2")
LARGEST_RATE = 100_000
_SMALLEST = Decimal("0.000000001")
COLUMNS: dict[str, tuple[str, ...]] = {
    "currency": ("币种", "货币", "货币名称", "货币代码", "外币", "currency"),
    "day": ("日期", "生效日期", "发布日期", "date", "day"),
    "value": ("汇率", "中间价", "人民币汇率", "人民币汇率中间价", "折合人民币元", "rate", "cnyperunit"),
    "per": ("单位", "外币单位", "每单位", "unit", "per"),
}
_AHEAD = timedelta(days=31)  # rates for customs are published for the month to come
_DAY = re.compile(r"^(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:00:00:00)?$")


@dataclass(frozen=True, slots=True)
class NewRate:
    """CNY for one unit of a currency from a day on; the row of the file that says so."""

    row: int
    currency: str
    day: date
    value: Decimal


class _Bad(ValueError):
    pass


def far_from(value: Decimal, before: Decimal | None) -> bool:
    """Whether a rate is more than a fifth off the one before it."""
    return before is not None and abs(value - before) > before * FAR


def is_rate(value: Decimal) -> bool:
    """Whether a number can be a rate: above zero, below a hundred thousand, of at most nine decimals."""
    return value.is_finite() and 0 < value < LARGEST_RATE and value == value.quantize(_SMALLEST)


def too_late(day: date, today: date) -> bool:
    """Whether a day lies further ahead than anybody publishes rates for: a slip in the year would lie in wait for its day."""
    return day > today + _AHEAD


def read_rates(
    sheets: list[Sheet], before: Callable[[str, date], Decimal | None], *, checked: bool, today: date
) -> list[NewRate]:
    """All rates of a file, quoted for one unit of each currency or for as many as its column 单位 says. Raises RatesUnfit with
    the first rows that are wrong, or Unreadable: a file is taken whole or not at all. One far from the one before it is wrong
    until somebody has checked it.
    """
    table = find_table(sheets, COLUMNS, need=("value",))
    if not {"currency", "day", "value"} <= table.columns.keys():
        raise RatesUnfit("rates_no_columns")
    found: dict[tuple[str, date], NewRate] = {}
    wrong: list[tuple[int, str]] = []
    for number, cells in table.rows.items():
        try:
            made = _rate(number, {name: cells.get(column) for name, column in table.columns.items()})
            if (made.currency, made.day) in found:
                raise _Bad("double_row")
            if too_late(made.day, today):
                raise _Bad("late_day")
            if not checked and far_from(made.value, before(made.currency, made.day)):
                raise _Bad("far")
        except _Bad as bad:
            wrong.append((number, str(bad)))
        else:
            found[made.currency, made.day] = made
    if wrong or not found:
        raise RatesUnfit("rates_rows" if wrong else "rates_no_columns", rows=wrong[:20])
    return list(found.values())


def _rate(number: int, at: dict[str, Cell | None]) -> NewRate:
    value = _number(at["value"]) / (_number(at["per"]) if at.get("per") is not None else 1)
    if not is_rate(value):
        raise _Bad("no_rate")
    return NewRate(number, _currency(at["currency"]), _day(at["day"]), value)


def _number(cell: Cell | None) -> Decimal:
    try:
        value = Decimal(folded(cell.text).replace(",", "")) if cell is not None and cell.kind in ("text", "number") else None
    except InvalidOperation:
        value = None
    if value is None or not value.is_finite() or value <= 0:
        raise _Bad("no_rate")
    return value


def _currency(cell: Cell | None) -> str:
    said = folded(cell.text) if cell is not None else ""
    code = (
        said.upper() if said.upper() in CURRENCIES else next((c for c, words in CURRENCY_WORDS if said.casefold() in words), "")
    )
    if not code or code == "CNY":
        raise _Bad("unknown_currency")
    return code


def _day(cell: Cell | None) -> date:
    match = _DAY.match(folded(cell.text)) if cell is not None else None
    try:
        if match:
            return date(int(match[1]), int(match[2]), int(match[3]))
    except ValueError:
        pass
    raise _Bad("impossible_date")
