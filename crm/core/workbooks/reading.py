"""Reading a workbook's cells in a process of its own with limits: a hostile file may kill that process, never a worker (M14)."""

import json
import os
import resource
import subprocess
import sys
from dataclasses import dataclass, field
from typing import Any

from crm.core.errors import Refusal

MAX_ROWS = 50_000
MAX_COLUMNS = 200
SECONDS = 90
MEMORY = 2 * 1024**3


class Unreadable(Refusal):
    """The file cannot be read as a table; `code` says why."""

    code = "workbook_unreadable"


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: `kind` is text, number, bool, date, formula or error."""

    kind: str
    value: Any

    @property
    def text(self) -> str:
        """The value as somebody would read it."""
        return "" if self.value is None else str(self.value)


@dataclass(frozen=True, slots=True)
class Sheet:
    """One table: its name and its rows by their number in Excel (from 1), each column (from 0) to its cell. `broken` are rows
    whose bytes could not be decoded; `merged`: first row, first column, last row, last column of what is merged.
    """

    name: str
    rows: dict[int, dict[int, Cell]] = field(default_factory=dict)
    broken: tuple[int, ...] = ()
    merged: tuple[tuple[int, int, int, int], ...] = ()


def read_sheets(content: bytes, kind: str) -> list[Sheet]:
    """All sheets of a checked file (`kind` xlsx or csv). Raises Unreadable: damaged, too many rows, too slow, too large."""
    program = [sys.executable, "-m", "crm.core.workbooks.reader", kind]
    try:
        done = subprocess.run(program, input=content, capture_output=True, timeout=SECONDS, preexec_fn=limit_process, check=False)
    except subprocess.TimeoutExpired as error:
        raise Unreadable("workbook_too_slow") from error
    if done.returncode == 3:
        raise Unreadable("workbook_too_large", rows=MAX_ROWS)
    if done.returncode:
        raise Unreadable
    raw = json.loads(done.stdout)
    return [
        Sheet(
            sheet["name"],
            {int(row): {int(c): Cell(k, v) for c, (k, v) in cells.items()} for row, cells in sheet["rows"].items()},
            tuple(sheet.get("broken", ())),
            tuple((box[0], box[1], box[2], box[3]) for box in sheet.get("merged", ())),
        )
        for sheet in raw
    ]


def limit_process() -> None:
    """So much memory and time for a process that parses what strangers sent. The numpy that openpyxl brings would lay out room
    for a thread on each processor: on a large machine more than the memory allowed.
    """
    os.putenv("OPENBLAS_NUM_THREADS", "1")
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
