"""Writing into somebody's workbook, in a process of its own with limits: its cells and nothing else of it is touched."""

import json
import struct
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass

from crm.core.workbooks.reading import MEMORY, SECONDS, Unreadable, limit_process

__all__ = ["MEMORY", "SECONDS", "Filled", "Plan", "fill_workbook"]

# How a value is written: as text (never a formula), a number as it is, a whole number, a day (ISO).
Filled = tuple[int, str, str]


@dataclass(frozen=True, slots=True)
class Plan:
    """What is written where: on `sheet`, from row `first` on (rows from 1, columns from 0), each row its cells as (column, kind,
    value) with kind text, number, whole or day. `last`: the last blank row before something that has to stay below, None when
    nothing stands below. `note`: the name and the lines of a sheet that is added.
    """

    sheet: str
    first: int
    last: int | None
    rows: Sequence[Sequence[Filled]]
    note: tuple[str, Sequence[Sequence[str]]]


def fill_workbook(content: bytes, plan: Plan) -> bytes:
    """The workbook with its rows filled. Rows that are missing are put in before what stands below, with the style of the first
    blank row. Raises Unreadable.
    """
    said = json.dumps(
        {"sheet": plan.sheet, "first": plan.first, "last": plan.last, "rows": plan.rows, "note": plan.note}, ensure_ascii=True
    ).encode()  # fmt: skip
    program = [sys.executable, "-m", "crm.core.workbooks.filler"]
    sent = struct.pack(">Q", len(said)) + said + content
    try:
        done = subprocess.run(program, input=sent, capture_output=True, timeout=SECONDS, preexec_fn=limit_process, check=False)
    except subprocess.TimeoutExpired as error:
        raise Unreadable("workbook_too_slow") from error
    if done.returncode:
        raise Unreadable
    return done.stdout
