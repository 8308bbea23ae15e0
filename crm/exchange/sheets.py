"""Writing workbooks: one writer for every export. Text is written as text, so that "=1+1" stays what somebody typed (M16)."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO
from typing import Any
from unicodedata import east_asian_width

import xlsxwriter

from crm.core import clock

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_OPTIONS = {
    "in_memory": True, "constant_memory": False, "strings_to_formulas": False, "strings_to_urls": False,
    "strings_to_numbers": False, "default_date_format": "yyyy-mm-dd",
}  # fmt: skip
MAX_TEXT = 32_000  # characters of a cell
_NARROWEST, _WIDEST = 8, 40  # columns of type that a column takes to itself, unless it is one of running text

_A4, _A3, _ON_A4, _ON_A3 = 9, 8, 200, 280  # paper sizes by their numbers, how many columns of type still read well on them
_TEXT_MOST, _TEXT_LEAST = 60, 32  # a column of running text: as wide as the paper lets it be
_LINE, _HIGHEST = 15.0, 409.0  # points: a line of type, the highest row that a workbook takes


def write_workbook(
    sheet: str, headings: Sequence[str], rows: Iterable[Sequence[Any]], *, notes: Sequence[str] = (), wide: Collection[int] = (),
    cut: str = "",
) -> BytesIO:  # fmt: skip
    """A workbook of one sheet: notes on top, a frozen heading row, then the rows. Numbers and dates stay such, everything
    else is written as a string: never a formula, never a link. `wide`: the columns of running text, which is wrapped; `cut`: a
    note for when some of it is longer than a row can show.
    """
    buffer = BytesIO()
    book = xlsxwriter.Workbook(buffer, _OPTIONS)
    page = book.add_worksheet(sheet[:31])
    bold = {"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"}
    right = {"align": "right", "indent": 1}  # not up against the next column's text
    heads = [book.add_format(bold | side) for side in ({"align": "left"}, right)]
    dim = book.add_format({"font_color": "#626d7a"})
    high = {"valign": "top"} if wide else {}  # beside cells of many lines a short one stands at their head
    figure, whole = book.add_format({"num_format": "#,##0.00"} | right | high), book.add_format(right | high)
    day = book.add_format({"num_format": "yyyy-mm-dd", "align": "left"} | high)
    running, plain = book.add_format({"text_wrap": True, "valign": "top"}), book.add_format(high)
    lines = list(rows)
    widths = _widths(headings, lines, wide)
    heights = [_height(row, widths, wide) for row in lines] if wide else []
    notes = [*notes, cut] if cut and any(height > _HIGHEST for height in heights) else notes
    for at, note in enumerate(notes):
        page.write_string(at, 0, note, dim)
    top = len(notes)
    for column, (heading, width) in enumerate(zip(headings, widths, strict=True)):
        page.write_string(top, column, heading, heads[_of_numbers(lines, column)])
        page.set_column(column, column, width, plain)
    page.set_row(top, 32)  # points: the two lines
    for number, row in enumerate(lines, start=top + 1):
        if wide:
            page.set_row(number, min(heights[number - top - 1], _HIGHEST))
        for column, value in enumerate(row):
            if column in wide and value:
                page.write_string(number, column, str(value)[:MAX_TEXT], running)
            else:
                _write(page, number, column, value, figure, whole, day)
    page.set_paper(_A4 if sum(widths) <= _ON_A4 else _A3)  # across, on one page's width, the heading row on each page
    page.set_landscape()
    page.fit_to_pages(1, 0)
    page.repeat_rows(top)
    page.freeze_panes(top + 1, 2)
    page.autofilter(top, 0, top, max(len(headings) - 1, 0))
    book.close()
    buffer.seek(0)
    return buffer


def _of_numbers(rows: Sequence[Sequence[Any]], column: int) -> bool:
    """Whether a column holds numbers only: then its heading stands right, as they do."""
    values = [row[column] for row in rows if len(row) > column and row[column] not in (None, "")]
    return bool(values) and all(isinstance(value, int | float | Decimal) and not isinstance(value, bool) for value in values)


def _widths(headings: Sequence[str], rows: Sequence[Sequence[Any]], wide: Collection[int]) -> list[int]:
    """How wide the columns are: as their longest value wants it, up to a limit; those of running text share what room a sheet of
    A3 leaves them.
    """
    widths = [-(-_columns_of(heading) // 2) + 3 for heading in headings]  # in two lines, beside the filter's arrow
    running = {column for column in wide if any(row[column] for row in rows)}  # an empty one needs no room
    for row in rows:
        for column, value in enumerate(row[: len(widths)]):
            if column not in wide:
                widths[column] = max(widths[column], _columns_of(value) + 2)
    widths = [min(max(width, _NARROWEST), _WIDEST) for width in widths]
    if not running:
        return widths
    room = _ON_A3 - sum(width for column, width in enumerate(widths) if column not in running)
    text = min(max(room // len(running), _TEXT_LEAST), _TEXT_MOST)
    return [text if column in running else width for column, width in enumerate(widths)]


def _height(row: Sequence[Any], widths: Sequence[int], wide: Collection[int]) -> float:
    """How high a row with running text wants to be, in points."""
    lines = [
        sum(max(-(-_columns_of(line, MAX_TEXT) // (widths[column] - 1)), 1) for line in str(row[column]).split("\n"))
        for column in wide if row[column]
    ]  # fmt: skip
    return _LINE * max(lines, default=1) + 1


def _columns_of(value: Any, most: int = _WIDEST) -> int:
    """How many columns of type a cell takes: a character of East Asia takes two."""
    if isinstance(value, datetime | date):
        return 10
    text = f"{value:,.2f}" if isinstance(value, float | Decimal) else "" if value is None else str(value)
    return sum(2 if east_asian_width(sign) in "WF" else 1 for sign in text[:most])


def _write(page: Any, row: int, column: int, value: Any, figure: Any, whole: Any, day: Any) -> None:
    if value is None or value == "":
        page.write_blank(row, column, None)
    elif isinstance(value, bool):
        page.write_boolean(row, column, value)
    elif isinstance(value, int):
        page.write_number(row, column, value, whole)
    elif isinstance(value, float | Decimal):
        page.write_number(row, column, float(value), figure)
    elif isinstance(value, datetime | date):
        page.write_datetime(row, column, clock.city_day(value) if isinstance(value, datetime) else value, day)
    else:
        page.write_string(row, column, str(value)[:MAX_TEXT])
