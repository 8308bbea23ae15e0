"""Small tables that nearly every page reads: the names of units and clusters, the rules of first reports and their calendar.

All of them are read by one statement a request, each as one text. What a text says is worked out once a process: nothing that is
kept is older than what was just read, and nobody has to be told when a row changes.
"""

import json
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any, Generic, TypeVar

from sqlalchemy import JSON, ScalarSelect, Text, cast, func, select

from crm.core.db import db, is_sqlite, known, rows_of_columns

T = TypeVar("T")
_tables: list["SmallTable[Any]"] = []


class SmallTable(Generic[T]):
    """What `make` makes of the rows of `query` (a function: the statement is put together late). They are lists of what JSON
    knows, in no order; a day is its ISO text, truth may be 0 or 1. What it makes is shared by all requests: nobody changes it.
    """

    def __init__(self, query: Callable[[], Any], make: Callable[[list[Sequence[Any]]], T]) -> None:
        self._query, self._place = query, len(_tables)
        self._made = lru_cache(maxsize=8)(lambda said: make(json.loads(said or "[]")))
        _tables.append(self)

    def __call__(self) -> T:
        """The table as it is, read with all the others at the first question of a request. Inside a unit of work, which may write
        one and ask for another, each is read when it is asked for.
        """
        if db.session().info.get("inside"):
            return self._made(known(f"small.{self._place}", lambda: _read([self])[0]))
        return self._made(known("small", lambda: _read(_tables))[self._place])

    def in_text(self, *, sqlite: bool) -> ScalarSelect[str | None]:
        """SQL: its rows as one text of JSON."""
        columns = self._query().subquery().c
        if not sqlite:
            return select(cast(func.json_agg(func.json_build_array(*columns)), Text)).scalar_subquery()
        said = [func.json(column) if isinstance(column.type, JSON) else column for column in columns]
        return select(func.json_group_array(func.json_array(*said))).scalar_subquery()


def _read(tables: list[SmallTable[Any]]) -> Sequence[str | None]:
    found: Sequence[str | None] = rows_of_columns(_statement(tuple(tables), sqlite=is_sqlite())).one()
    return found


@lru_cache(maxsize=32)
def _statement(tables: tuple[SmallTable[Any], ...], *, sqlite: bool) -> Any:
    return select(*(table.in_text(sqlite=sqlite) for table in tables))
