"""An empty table understood: the heading (of one or more rows), its columns and their units, the blank rows, what is below."""

import hashlib
import json
import re
from dataclasses import asdict, dataclass
from typing import Any

from crm.core.text import clean
from crm.core.workbooks.reading import Sheet, Unreadable
from crm.core.workbooks.tables import NOT_DATA, Unit, find_table, fold_heading, split_unit
from crm.core.workbooks.units import read_unit
from crm.fields.rules import FIELDS
from crm.fillings.rules.refusals import NoHeader, NotEmpty, RowNotThere

SERIAL, OWN_UNIT, FILLED_ON = "serial", "own_unit", "filled_on"
# What a table asks about itself, not about a project.
OWN = {SERIAL: ("序号", "no", "sn"), OWN_UNIT: ("填报单位", "报送单位"), FILLED_ON: ("填报日期", "报送日期", "填表日期")}
CALLED: dict[str, tuple[str, ...]] = {**OWN, **{code: one.called for code, one in FIELDS.items()}}
_EXAMPLE = re.compile(r"^(例|示例|样例|填表示例|填报示例|举例)")
_COUNTED = re.compile(r"^[(（]?(\d{1,2}|[A-Z]|[甲乙丙丁戊己庚辛壬癸]|栏次|列次)[)）]?$")

_UNIT = re.compile(
    r"(?:百万|万|亿)?(?:人民币|美元|港元|欧元|元)"
    r"|(?:\bin\s+)?(?:USD|US\$|RMB|CNY|HKD|EUR)(?:\s+in)?(?:\s*1[0,]*0s?)?(?:\s*(?:million|billion|mn|bn|m)\b)?",
    re.IGNORECASE,
)
_NOTE = re.compile(rf"(?:单位|\bunits?)\s*[:：]\s*((?:{_UNIT.pattern}|[、,，/;和及或\s]|and\b|or\b)+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the heading: its place (from 0), what stands over it, the heading above several (group), the unit of its sums
    when one is said, whether cells are merged over its blank rows, so that they cannot be filled one by one.
    """

    at: int
    heading: str
    group: str = ""
    unit: Unit | None = None
    merged: bool = False

    @property
    def title(self) -> str:
        """As a page names it."""
        return f"{self.group} / {self.heading}" if self.group and self.group != self.heading else self.heading


@dataclass(frozen=True, slots=True)
class Layout:
    """Where everything is: rows as the workbook counts them, from 1. `last`: the last blank row before something below; None when
    nothing stands below. `proposed`: field by column.
    """

    sheet: str
    header: int
    first: int
    last: int | None
    columns: tuple[Column, ...]
    proposed: dict[int, str]

    def to_json(self) -> dict[str, Any]:
        """As it is stored."""
        kept = asdict(self)
        kept["columns"] = [asdict(one) for one in self.columns]
        kept["proposed"] = {str(at): code for at, code in self.proposed.items()}
        return kept

    @classmethod
    def from_json(cls, kept: dict[str, Any]) -> "Layout":
        """Out of the store."""
        columns = tuple(
            Column(one["at"], one["heading"], one["group"], _unit(one["unit"]), one["merged"]) for one in kept["columns"]
        )
        proposed = {int(at): code for at, code in kept["proposed"].items()}
        return cls(kept["sheet"], kept["header"], kept["first"], kept["last"], columns, proposed)

    @property
    def fingerprint(self) -> str:
        """The same for every table with the same heading: names and units of its columns in their order."""
        said = [(fold_heading(one.group), fold_heading(one.heading), one.unit) for one in self.columns]
        return hashlib.sha256(json.dumps(said, ensure_ascii=True).encode()).hexdigest()


def _unit(kept: Any) -> Unit | None:
    return (kept[0], kept[1]) if kept else None


def layout_of(sheets: list[Sheet], header: int | None = None) -> Layout:
    """The table of a workbook. `header`: the row that somebody said is the heading, of the first sheet that has it. Raises
    NoHeader, RowNotThere, NotEmpty; Unreadable for a workbook without content.
    """
    sheet, row, noted = _found(sheets) if header is None else _named(sheets, header)
    bottom = _bottom(sheet, row)
    columns = _columns(sheet, row, bottom, noted)
    proposed = _proposed(columns)
    serial = next((at for at, code in proposed.items() if code == SERIAL), None)
    first, last = _blank_rows(sheet, bottom + 1, serial)
    closed = _merged_over(sheet, first, last)
    columns = [Column(one.at, one.heading, one.group, one.unit, one.at in closed) for one in columns]
    open_ones = {one.at for one in columns if not one.merged}
    return Layout(sheet.name, bottom, first, last, tuple(columns), {at: code for at, code in proposed.items() if at in open_ones})


def _found(sheets: list[Sheet]) -> tuple[Sheet, int, Unit | None]:
    try:
        table = find_table(sheets, CALLED, need=tuple(CALLED))
    except Unreadable as error:
        if error.code == "workbook_no_header":
            raise NoHeader from error
        raise
    return next(sheet for sheet in sheets if sheet.name == table.sheet), table.header_row, _noted(table.above)


def _named(sheets: list[Sheet], header: int) -> tuple[Sheet, int, Unit | None]:
    for sheet in sheets:
        if len(sheet.rows.get(header, {})) >= 2:
            above = " ".join(cell.text for n in sorted(sheet.rows) if n < header for cell in sheet.rows[n].values())
            return sheet, header, _noted(clean(above))
    raise RowNotThere(row=header)


def _noted(above: str) -> Unit | None:
    """The unit that a note above the heading gives to all sums. A note of several (单位：亿元、万美元) leaves each column what
    is usual for its field: taking the first would turn foreign capital into yuan.
    """
    note = _NOTE.search(above)
    said = {read_unit(word) for word in _UNIT.findall(note.group(1))} if note else set()
    return said.pop() if len(said) == 1 else None


def _bottom(sheet: Sheet, row: int) -> int:
    """The last row of a heading whose cells are merged downwards."""
    over = [last for first, left, last, right in sheet.merged if first <= row <= last]
    return max([row, *over])


def _columns(sheet: Sheet, row: int, bottom: int, noted: Unit | None) -> list[Column]:
    """Every column that something stands over."""
    found, top = [], min(row, bottom)
    places = sorted({at for n in range(top, bottom + 1) for at in sheet.rows.get(n, {})})
    inside = {at for _f, left, _l, right in _wide(sheet, bottom) for at in range(left + 1, right + 1)}
    for at in places:
        heading = _text(sheet, bottom, at)
        if at in inside or not heading:
            continue
        group = _group(sheet, bottom, at)
        unit = split_unit(heading)[1] or (split_unit(group)[1] if group else None) or noted
        found.append(Column(at, heading[:120], group[:120], unit))
    return found


def _wide(sheet: Sheet, row: int) -> list[tuple[int, int, int, int]]:
    """What is merged sideways and reaches into a row."""
    return [box for box in sheet.merged if box[0] <= row <= box[2] and box[3] > box[1]]


def _text(sheet: Sheet, row: int, at: int) -> str:
    cell = sheet.rows.get(row, {}).get(at)
    if cell is None:
        for first, left, last, right in sheet.merged:
            if first <= row <= last and left <= at <= right:
                cell = sheet.rows.get(first, {}).get(left)
    return clean(cell.text) if cell is not None else ""


def _group(sheet: Sheet, row: int, at: int) -> str:
    """The heading right above, merged over several columns, but not over all: that is the table's title."""
    width = max((len(cells) for cells in sheet.rows.values()), default=0)
    for first, left, last, right in sheet.merged:
        if last == row - 1 and left <= at <= right and 1 <= right - left < max(width - 2, 2):
            return _text(sheet, first, left)
    return ""


def _proposed(columns: list[Column]) -> dict[int, str]:
    """The field of each column by what stands over it, each field once."""
    found: dict[int, str] = {}
    for column in columns:
        names = [fold_heading(column.heading), fold_heading(split_unit(column.heading)[0])]
        names += [fold_heading(column.group + column.heading)] if column.group else []
        code = next((code for code, called in CALLED.items() if set(names) & {fold_heading(name) for name in called}), None)
        if code is not None and code not in found.values():
            found[column.at] = code
    return found


def _blank_rows(sheet: Sheet, start: int, serial: int | None) -> tuple[int, int | None]:
    """The first row to fill and the last blank one. Rows that count columns, and examples, are passed over. NotEmpty."""
    first = start
    for number in sorted(n for n in sheet.rows if n >= start):
        cells = {at: clean(cell.text) for at, cell in sheet.rows[number].items() if cell.kind != "formula"}
        texts = [text for at, text in cells.items() if text and not (at == serial and text.isdigit())]
        if not texts:
            continue
        if number == first and (_counts(texts) or any(_EXAMPLE.match(text) for text in texts)):
            first = number + 1
            continue
        if len(texts) >= 3 and not any(NOT_DATA.match(text) for text in texts):
            raise NotEmpty(row=number)
        return first, number - 1
    return first, None


def _counts(texts: list[str]) -> bool:
    return len(texts) >= 3 and all(_COUNTED.match(text) for text in texts)


def _merged_over(sheet: Sheet, first: int, last: int | None) -> set[int]:
    """Columns whose blank rows are merged with one another, or into the cell on their left."""
    found: set[int] = set()
    for top, left, bottom, right in sheet.merged:
        if bottom < first or (last is not None and top > last):
            continue
        found |= set(range(left, right + 1)) if bottom > top else set(range(left + 1, right + 1))
    return found
