"""What hangs on a record, counted by the rooms that own it: they lie above the record's own, which asks them all at once."""

from collections.abc import Callable
from typing import Generic, TypeVar

from sqlalchemy import Select, select

from crm.core.db import db

T = TypeVar("T")


class Counts(Generic[T]):
    """Called with a record: what hangs on it, in numbers, by one statement, without noughts."""

    def __init__(self) -> None:
        self._counts: dict[str, Callable[[T], Select[int]]] = {}

    def add(self, **counts: Callable[[T], Select[int]]) -> None:
        """Say what a room counts: what it is called there and in the words, and the statement for a record."""
        self._counts.update(counts)

    def __call__(self, record: T) -> dict[str, int]:
        asked = [count(record).scalar_subquery().label(what) for what, count in self._counts.items()]
        found = db.session.execute(select(*asked)).one()
        return {what: number for what, number in found._mapping.items() if number}
