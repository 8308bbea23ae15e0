"""The journal: every value a merge writes goes through here, so that nothing is changed that an undo does not know of."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from sqlalchemy import Table, insert, select

from crm.core.db import db
from crm.merging.models import Merge, MergeLine
from crm.merging.queries import table_of
from crm.merging.rules import FIELDS, FOLLOWING, Relation


def plain(value: Any) -> Any:
    """A column's value as JSON."""
    return value.isoformat() if isinstance(value, date | datetime) else value


def row_now(table: Table, row_id: int) -> dict[str, Any] | None:
    """A row as it stands in the database, in plain values; None when it is gone."""
    row = db.session.execute(select(table).where(table.c.id == row_id)).first()
    return None if row is None else {column.name: plain(value) for column, value in zip(table.c, row, strict=True)}


def write(table: Table, row_ids: Iterable[int], values: dict[str, Any]) -> None:
    """Change rows past the session, counting the change where rows count them: an older form is refused, a colleague who is
    saving at this moment is told.
    """
    if "version" in table.c:
        values = {**values, "version": table.c.version + 1}
    db.session.execute(table.update().where(table.c.id.in_(list(row_ids))).values(values))


class Journal:
    """The journal of one merge."""

    def __init__(self, merge: Merge) -> None:
        """Begin. Whatever the session holds is stored first: rows are read and written past it from here on."""
        self._merge = merge
        db.session.flush()

    def change(self, table_name: str, row_id: int, values: dict[str, Any]) -> None:
        """Write values into one row, a line for each that differs; of a field of several columns for all of them once one does,
        so that the journal knows what it was as a whole. A cell is changed once a merge.
        """
        table = table_of(table_name)
        was = row_now(table, row_id)
        assert was is not None
        changed = {name: value for name, value in values.items() if was[name] != plain(value)}
        if changed:
            write(table, [row_id], changed)
            whole = {name for columns in FIELDS.get(table_name, {}).values() if changed.keys() & {*columns} for name in columns}
            noted = {name: value for name, value in values.items() if name in changed.keys() | whole - FOLLOWING}
            self._note((table_name, row_id, name, was[name], plain(value)) for name, value in noted.items())

    def move(self, relation: Relation, from_ids: list[int], to: int) -> int:
        """Let everything that points to `from_ids` point to `to`; how many. What has its like there already stays."""
        table, column = table_of(relation.table), table_of(relation.table).c[relation.column]
        like = [table.c[name] for name in relation.like]
        there = {tuple(row) for row in db.session.execute(select(*like).where(column == to))} if like else set()
        moved: list[tuple[int, int]] = []
        rows = select(table.c.id, column, *like).where(column.in_(from_ids)).order_by(table.c.id)
        for row_id, was, *rest in db.session.execute(rows):
            if like and tuple(rest) in there:
                continue
            there.add(tuple(rest))
            moved.append((row_id, was))
        for start in range(0, len(moved), 500):
            write(table, [row_id for row_id, _was in moved[start : start + 500]], {relation.column: to})
        self._note((relation.table, row_id, relation.column, was, to) for row_id, was in moved)
        return len(moved)

    def wrote(self, table_name: str, row_id: int, column: str, old: Any, new: Any) -> None:
        """Note a value that another room's service wrote."""
        if old != new:
            self._note([(table_name, row_id, column, old, new)])

    def added(self, record: Any) -> None:
        """Note a row that the merge adds."""
        db.session.add(record)
        db.session.flush()
        table = record.__table__
        self._note([(table.name, record.id, "", None, row_now(table, record.id))])

    def _note(self, lines: Iterable[tuple[str, int, str, Any, Any]]) -> None:
        names = ("table_name", "row_id", "column_name", "old", "new")
        rows = [{"merge_id": self._merge.id, **dict(zip(names, line, strict=True))} for line in lines]
        if rows:
            db.session.execute(insert(MergeLine), rows)
