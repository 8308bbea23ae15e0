"""Rows made ready for the database before the transaction that writes them, so that SQLite's one writer is held for the writing
alone: half of what inserting costs is turning values into what the driver takes.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Table, insert

from crm.core.db import db

_CHUNK = 2_000  # rows of one statement


@dataclass(frozen=True, slots=True)
class Ready:
    """Rows of a table: the names of their columns, and the values in that order; `bound`: as the driver takes them."""

    table: Table
    names: Sequence[str]
    rows: Sequence[tuple[Any, ...]]
    bound: bool


def make_ready(table: Table, rows: Sequence[dict[str, Any]]) -> Ready:
    """Rows that all name the same columns, ready for `insert_ready`."""
    dialect, names = db.engine.dialect, list(rows[0]) if rows else []
    bound = dialect.paramstyle == "qmark"
    turns = [table.c[name].type.dialect_impl(dialect).bind_processor(dialect) if bound else None for name in names]
    pairs = list(zip(names, turns, strict=True))
    return Ready(table, names, [tuple(turn(row[name]) if turn else row[name] for name, turn in pairs) for row in rows], bound)


def insert_ready(ready: Ready, name: str, value: int) -> None:
    """Insert them, each with one more column of the same whole number: what they belong to."""
    names = [name, *ready.names]
    for start in range(0, len(ready.rows), _CHUNK):
        rows = [(value, *row) for row in ready.rows[start : start + _CHUNK]]
        if ready.bound:
            quote = db.engine.dialect.identifier_preparer.quote
            columns, marks = ", ".join(map(quote, names)), ", ".join("?" * len(names))
            statement = f"INSERT INTO {quote(ready.table.name)} ({columns}) VALUES ({marks})"  # noqa: S608 - names of our columns
            db.session.connection().exec_driver_sql(statement, rows)
        else:
            db.session.execute(insert(ready.table), [dict(zip(names, row, strict=True)) for row in rows])
