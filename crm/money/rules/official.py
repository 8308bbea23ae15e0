"""Reading the official table 实际使用外资: which month it is about, in what unit, what each row says, why a row is refused."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal, InvalidOperation

from crm.core.identifiers import normalise_uscc
from crm.core.text import clean
from crm.core.workbooks.reading import Cell, Sheet
from crm.core.workbooks.tables import Table, find_table
from crm.core.workbooks.units import folded
from crm.money.rules.arrivals import LARGEST
from crm.money.rules.refusals import TableUnfit

COLUMNS: dict[str, tuple[str, ...]] = {
    "code": ("统一社会信用代码", "社会信用代码", "信用代码", "统一信用代码", "统一社会信用代码证号", "creditcode", "unifiedsocialcreditcode"),
    "name": ("企业名称", "企业", "单位名称", "公司名称", "外商投资企业名称", "company", "name"),
    "amount": (
        "实际使用外资", "实际使用外资金额", "实际使用外资额", "本月实际使用外资", "当月实际使用外资", "本月实际使用外资金额", "当月实际使用外资金额",
        "实际使用外资本月", "实际使用外资当月", "实际利用外资", "实际利用外资额", "实际使用外资数", "本月数", "当月数", "utilised", "actuallyutilised",
        "actuallyutilisedforeigncapital",
    ),
    "month": ("月份", "年月", "统计月份", "所属月份", "所属期", "统计期", "月度", "month", "period"),
}  # fmt: skip
_RANGE = re.compile(r"(\d{1,2})月?(?:[-—–~～至到])(\d{1,2})月")
_TITLE = re.compile(r"(\d{4})年(\d{1,2})月(?!\d{1,2}日)")
_YEAR = re.compile(r"(\d{4})年")
_MONTHS = (
    re.compile(r"^(\d{4})年(\d{1,2})月(?:份|\d{1,2}日)?$"),
    re.compile(r"^(\d{4})[-/.](\d{1,2})(?:[-/.]\d{1,2})?(?:00:00:00)?$"),
    re.compile(r"^(\d{4})(\d{2})$"),
)
_BARE_MONTH = re.compile(r"^(\d{1,2})(?:月份?)?$")
_SUM = re.compile(r"^-?\d{1,3}(?:[,，]\d{3})*(?:\.\d+)?$|^-?\d+(?:\.\d+)?$")
_BAND = re.compile(r"^(?:合计|总计|小计|共计|其中|制表|填报|填表|审核|单位负责人|备注|说明|注)[:：]?")
WAN_DOLLARS = (10**4, "USD")


@dataclass(frozen=True, slots=True)
class OfficialRow:
    """A row that can be taken: its number in the file, whose code, what name, which month, how many cents: below zero where the
    office takes back (冲减) what it counted in months before.
    """

    row: int
    code: str
    name: str
    month: date
    usd: int


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """A row that cannot: why, in which column, what stood there."""

    row: int
    code: str
    column: str = ""
    original: str = ""


@dataclass(frozen=True, slots=True)
class Judged:
    """A table, judged whole."""

    sheet: str
    header_row: int
    rows: tuple[OfficialRow, ...]
    refused: tuple[RefusedRow, ...]

    @property
    def usd(self) -> int:
        """What the rows that can be taken come to."""
        return sum(row.usd for row in self.rows)


class _Bad(ValueError):
    def __init__(self, code: str, field: str, cell: Cell | None = None) -> None:
        super().__init__(code)
        self.code, self.field, self.cell = code, field, cell


def judge(sheets: list[Sheet], typed: date | None, *, today: date) -> Judged:
    """Every row of the first table in a workbook. Raises Unreadable or TableUnfit when the table as a whole cannot be taken: no
    column of codes, sums that are no dollars, no month anywhere or two that contradict each other.
    """
    table = find_table(sheets, COLUMNS, need=("amount",))
    if "code" not in table.columns or "amount" not in table.columns:
        raise TableUnfit("utilised_no_code")
    unit = table.units.get("amount") or table.noted or WAN_DOLLARS
    if unit[1] != "USD":
        raise TableUnfit("utilised_not_dollars")
    said = None if "month" in table.columns and typed is None else _month_of_table(table, typed)
    rows, refused = [], []
    for number, cells in table.rows.items():
        if _is_band(cells, table):
            continue
        try:
            rows.append(_row(number, cells, table, unit[0], said, today))
        except _Bad as bad:
            original = bad.cell.text[:120] if bad.cell else ""
            refused.append(RefusedRow(number, bad.code, table.headings.get(bad.field, ""), original))
    kept, doubles = _once_each(rows)
    return Judged(table.sheet, table.header_row, tuple(kept), tuple(sorted([*refused, *doubles], key=lambda r: r.row)))


def _month_of_table(table: Table, typed: date | None) -> date | None:
    """The one month that a table without such a column is about: as typed, or as its title says."""
    above = folded(f"{table.above} {table.sheet}")
    if "month" in table.columns:
        return typed
    if _RANGE.search(above):
        raise TableUnfit("utilised_range")
    found = {(int(year), int(month)) for year, month in _TITLE.findall(above)}
    if typed is not None and found and found != {(typed.year, typed.month)}:
        raise TableUnfit("utilised_other_month", month=f"{typed:%Y-%m}")
    if typed is not None:
        return typed
    if len(found) != 1:
        raise TableUnfit("utilised_no_month" if not found else "utilised_many_months")
    try:
        return _day(*found.pop(), Cell("text", above), "month")
    except _Bad as bad:
        raise TableUnfit("utilised_no_month") from bad


def _is_band(cells: dict[int, Cell], table: Table) -> bool:
    """A total, a signature, an empty row: nothing where the code should be."""
    code = cells.get(table.columns["code"])
    if code is not None and not _BAND.match(folded(code.text)):
        return False
    texts = [folded(cell.text) for cell in cells.values() if cell.kind == "text"]
    return not cells or any(_BAND.match(text) for text in texts) or len(cells) == 1


def _row(number: int, cells: dict[int, Cell], table: Table, scale: int, said: date | None, today: date) -> OfficialRow:
    if number in table.broken:
        raise _Bad("undecodable", "name")
    at = {name: cells.get(column) for name, column in table.columns.items()}
    for name, cell in at.items():
        if cell is not None and cell.kind in ("formula", "error"):
            raise _Bad("formula_cell", name, cell)
    code, name = _code(at["code"]), clean(at["name"].text) if at.get("name") is not None else ""  # type: ignore[union-attr]
    if not name:
        raise _Bad("required_empty", "name")
    if len(name) > 200:
        raise _Bad("too_long", "name", at["name"])
    month = said if said is not None and at.get("month") is None else _month(at.get("month"), table)
    if said is not None and month != said:
        raise _Bad("other_month", "month", at["month"])
    if month > today:
        raise _Bad("future_date", "month", at.get("month"))
    return OfficialRow(number, code, name, month, _amount(at["amount"], scale))


def _code(cell: Cell | None) -> str:
    if cell is None:
        raise _Bad("required_empty", "code")
    if cell.kind == "number":
        raise _Bad("code_number", "code", cell)
    found = normalise_uscc(folded(cell.text).upper())
    if found is None:
        raise _Bad("bad_code", "code", cell)
    return found


def _month(cell: Cell | None, table: Table) -> date:
    if cell is None:
        raise _Bad("required_empty", "month")
    if cell.kind == "date":
        day = date.fromisoformat(cell.value)
        return _day(day.year, day.month, cell, "month")
    text = folded(str(int(cell.value)) if cell.kind == "number" and float(cell.value).is_integer() else cell.text)
    if _RANGE.search(text):
        raise _Bad("cumulative", "month", cell)
    for shape in _MONTHS:
        if match := shape.match(text):
            return _day(int(match[1]), int(match[2]), cell, "month")
    years = set(_YEAR.findall(folded(f"{table.above} {table.sheet}")))
    if (match := _BARE_MONTH.match(text)) and len(years) == 1:
        return _day(int(years.pop()), int(match[1]), cell, "month")
    raise _Bad("unreadable_month", "month", cell)


def _day(year: int, month: int, cell: Cell, field: str) -> date:
    if not 1979 <= year <= 2999 or not 1 <= month <= 12:
        raise _Bad("unreadable_month", field, cell)
    return date(year, month, 1)


def _amount(cell: Cell | None, scale: int) -> int:
    if cell is None:
        raise _Bad("required_empty", "amount")
    text = folded(cell.text).replace("−", "-") if cell.kind == "text" else str(cell.value)  # a minus sign may be U+2212
    if cell.kind not in ("text", "number") or (cell.kind == "text" and not _SUM.match(text)):
        raise _Bad("unreadable_amount", "amount", cell)
    try:
        value = Decimal(text.replace(",", "").replace("，", "")) * scale * 100
        if not value.is_finite():
            raise _Bad("unreadable_amount", "amount", cell)
    except InvalidOperation as error:
        raise _Bad("unreadable_amount", "amount", cell) from error
    if abs(value) > LARGEST:
        raise _Bad("absurd_amount", "amount", cell)
    return int(value.to_integral_value(rounding=ROUND_HALF_EVEN))


def _once_each(rows: Iterable[OfficialRow]) -> tuple[list[OfficialRow], list[RefusedRow]]:
    """One row for a code and month. Twice the same: the first is taken; twice with two sums: neither, nobody knows which
    holds.
    """
    groups: dict[tuple[str, date], list[OfficialRow]] = {}
    for row in rows:
        groups.setdefault((row.code, row.month), []).append(row)
    kept, refused = [], []
    for found in groups.values():
        agree = len({row.usd for row in found}) == 1
        kept += found[:1] if agree else []
        refused += [
            RefusedRow(row.row, "double_row" if agree else "two_sums", original=row.code)
            for row in (found[1:] if agree else found)
        ]
    return sorted(kept, key=lambda row: row.row), refused
