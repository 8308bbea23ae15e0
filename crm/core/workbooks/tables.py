"""Finding the table in a sheet: the heading row under titles and bands, which column is which, which rows are no data."""

import re
from dataclasses import dataclass

from crm.core.text import clean
from crm.core.workbooks.reading import Cell, Sheet, Unreadable
from crm.core.workbooks.units import USUAL_UNIT, read_unit

_NOISE = re.compile(r"[\s()（）\[\]【】/／、,，.:：_\-*]+")
NOT_DATA = re.compile(
    r"^(合计|总计|小计|共计|制表|填报|填表|审核|备注[:：]|说明[:：]|注[:：]|第\d+批|[（(][一二三四五六七八九十]+[)）])"
)
_UNIT_NOTE = re.compile(r"(?:金额单位|单位)[:：]\s*((?:百万|万|亿)?(?:元|美元|港元|欧元))")
# The end of a heading that tells the unit of its numbers: 万元, 亿元人民币, 万美元, USD mn (folded as headings are).
_UNIT_TAIL = re.compile(
    r"(?:单位|unit|in)?((?:人民币)?(?:百万|万|亿)?(?:元人民币|人民币元|美元|美金|港元|港币|欧元|日元|英镑|韩元|新加坡元|元)"
    r"|(?:usd|us\$|rmb|cny|hkd|eur|jpy|gbp|sgd|krw)(?:in)?(?:10{3,}s?|100(?=m))?(?:million|billion|mn|bn|m)?"
    r"|(?:(?<!\d)(?:10{3,}|100(?=m)))?(?:million|billion|mn|bn|m)?(?:usd|us\$|rmb|cny|hkd|eur|jpy|gbp|sgd|krw))$"
)
Unit = tuple[int, str]
HEADER_WITHIN = 25


@dataclass(frozen=True, slots=True)
class Table:
    """A sheet understood: where the heading is, which column holds which field, the unit of bare sums (the sheet's, and those that
    a heading names), the data rows. `above`: what stands above the heading, `noted`: the unit that it names.
    """

    sheet: str
    header_row: int
    columns: dict[str, int]
    headings: dict[str, str]
    unmapped: tuple[str, ...]
    unit: Unit
    units: dict[str, Unit]
    rows: dict[int, dict[int, Cell]]
    broken: tuple[int, ...]
    above: str = ""
    noted: Unit | None = None


def fold_heading(text: str) -> str:
    """A heading as headings are compared: without spaces, brackets and line breaks, in small letters."""
    return _NOISE.sub("", clean(text)).casefold()


def find_table(sheets: list[Sheet], fields: dict[str, tuple[str, ...]], *, need: tuple[str, ...]) -> Table:
    """The first sheet with a heading row that names enough of `fields`; `need` lists alternatives of which one must be there.

    Raises Unreadable: no_rows for an empty file, no_header when no row names the columns.
    """
    if not any(sheet.rows for sheet in sheets):
        raise Unreadable("workbook_empty")
    for sheet in sheets:
        best: tuple[int, int, dict[str, int]] | None = None
        for number in sorted(sheet.rows)[:HEADER_WITHIN]:
            columns = _columns(sheet.rows[number], fields)
            if len(columns) >= 3 and any(name in columns for name in need) and (best is None or len(columns) > best[0]):
                best = (len(columns), number, columns)
        if best is not None:
            return _table(sheet, best[1], best[2])
    raise Unreadable("workbook_no_header")


def _columns(row: dict[int, Cell], fields: dict[str, tuple[str, ...]]) -> dict[str, int]:
    found: dict[str, int] = {}
    for column, cell in sorted(row.items()):
        heading = fold_heading(cell.text)
        bare = _UNIT_TAIL.sub("", heading)
        for name, words in fields.items():
            if name not in found and (heading in words or bare in words):
                found[name] = column
                break
    return found


def _table(sheet: Sheet, header_row: int, columns: dict[str, int]) -> Table:
    heading_cells = sheet.rows[header_row]
    above = " ".join(cell.text for number in sheet.rows if number < header_row for cell in sheet.rows[number].values())
    note = _UNIT_NOTE.search(clean(above))
    noted = read_unit(note.group(1)) if note else None
    taken = set(columns.values())
    return Table(
        sheet=sheet.name,
        header_row=header_row,
        columns=columns,
        headings={name: heading_cells[column].text.strip() for name, column in columns.items()},
        unmapped=tuple(clean(c.text) for n, c in sorted(heading_cells.items()) if n not in taken),
        unit=noted or USUAL_UNIT,
        units={name: said for name, column in columns.items() if (said := _unit_of(heading_cells[column].text))},
        rows={n: r for n, r in sorted(sheet.rows.items()) if n > header_row and not _no_data(r, columns)},
        broken=sheet.broken,
        above=clean(above),
        noted=noted,
    )


def _unit_of(heading: str) -> Unit | None:
    return split_unit(heading)[1]


def split_unit(heading: str) -> tuple[str, Unit | None]:
    """A heading without the unit at its end, folded, and that unit: "总投资（亿元）" -> ("总投资", (10**8, "CNY"))."""
    folded = fold_heading(heading)
    tail = _UNIT_TAIL.search(folded)
    unit = read_unit(tail.group(1)) if tail else None
    return (folded[: tail.start()], unit) if tail is not None and unit is not None else (folded, None)


def _no_data(row: dict[int, Cell], columns: dict[str, int]) -> bool:
    """A band, total, signature or empty row: nothing in most of the columns that we know."""
    known = [row[column] for column in columns.values() if column in row]
    if len(known) >= 3:
        return False
    texts = [clean(cell.text) for cell in row.values()]
    return len(known) <= 1 and (len(texts) <= 2 or any(NOT_DATA.match(text) for text in texts))
