"""The process that parses: bytes of a workbook on standard input, its cells as JSON on standard output.

Exit 0 done, 3 too many rows or columns, 1 anything else. Formulas are seen as such and never evaluated; a value merged over
several rows of one column is given to each of them.
"""

import codecs
import csv
import io
import json
import sys
from datetime import date, datetime
from typing import Any

from crm.core.workbooks.reading import MAX_COLUMNS, MAX_ROWS


def main() -> int:
    """Parse what comes in; the exit code."""
    content = sys.stdin.buffer.read()
    sheets = _csv(content) if sys.argv[1] == "csv" else _xlsx(content)
    if sheets is None:
        return 3
    json.dump(sheets, sys.stdout, ensure_ascii=True)
    return 0


def _cell(value: Any, data_type: str) -> list[Any] | None:
    if value is None:
        return None
    if data_type == "f":
        return ["formula", str(getattr(value, "text", value))[:200]]
    if data_type == "e":
        return ["error", str(value)]
    if isinstance(value, bool):
        return ["bool", value]
    if isinstance(value, datetime | date):
        return ["date", value.date().isoformat() if isinstance(value, datetime) else value.isoformat()]
    if isinstance(value, int | float):
        return ["number", value]
    text = str(value)
    return ["text", text] if text.strip() else None


def _xlsx(content: bytes) -> list[dict[str, Any]] | None:
    import openpyxl  # three quarters of this process's start: a CSV goes without

    book = openpyxl.load_workbook(io.BytesIO(content), data_only=False, keep_links=False)
    sheets = []
    for page in book.worksheets:
        if page.max_row > MAX_ROWS or page.max_column > MAX_COLUMNS:
            return None
        rows: dict[int, dict[int, list[Any]]] = {}
        for row in page.iter_rows():
            for cell in row:
                made = _cell(cell.value, cell.data_type)
                if made is not None:
                    rows.setdefault(cell.row, {})[cell.column - 1] = made
        for merged in page.merged_cells.ranges:
            if merged.min_col == merged.max_col and merged.max_row - merged.min_row < 50:
                _spread(rows, merged.min_row, merged.max_row, merged.min_col - 1)
        merged = [[m.min_row, m.min_col - 1, m.max_row, m.max_col - 1] for m in page.merged_cells.ranges]
        sheets.append({"name": page.title, "rows": rows, "merged": merged})
    return sheets


def _spread(rows: dict[int, dict[int, list[Any]]], first: int, last: int, column: int) -> None:
    value = rows.get(first, {}).get(column)
    for row in range(first + 1, last + 1):
        if value is not None and row in rows:
            rows[row].setdefault(column, value)


def _csv(content: bytes) -> list[dict[str, Any]] | None:
    encoding = _encoding(content)
    lines = content.removeprefix(codecs.BOM_UTF8).decode(encoding, "replace")
    table = csv.reader(io.StringIO(lines, newline=""), delimiter="\t" if lines.partition("\n")[0].count("\t") > 2 else ",")
    rows: dict[int, dict[int, list[Any]]] = {}
    broken: list[int] = []
    for number, values in enumerate(table, start=1):
        if number > MAX_ROWS or len(values) > MAX_COLUMNS:
            return None
        if any("\ufffd" in value for value in values):
            broken.append(number)
        cells = {column: ["text", value] for column, value in enumerate(values) if value.strip()}
        if cells:
            rows[number] = cells
    return [{"name": "csv", "rows": rows, "broken": broken}]


def _encoding(content: bytes) -> str:
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return "gb18030"
    return "utf-8"


if __name__ == "__main__":
    sys.exit(main())
