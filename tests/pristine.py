"""A PostgreSQL database brought back to the state of its template, by undoing what a test did.

CREATE DATABASE … TEMPLATE takes a tenth of a second, and two thousand tests ask for it. What changed is a few rows: they are
looked for (a count and the newest transaction of each table), deleted, and put back as the template has them.
"""

from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import sql

_TABLES = "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace ORDER BY 1"
# Everything of the schema that a test could have changed; not where rows are kept.
_SHAPE = """
SELECT (SELECT md5(string_agg(concat_ws(' ', relname, relkind, attname, atttypid, attnotnull), ',' ORDER BY relname, attnum))
          FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid WHERE c.relnamespace = 'public'::regnamespace),
       (SELECT md5(string_agg(concat_ws(' ', tgname, tgenabled), ',' ORDER BY oid)) FROM pg_trigger),
       (SELECT md5(string_agg(conname, ',' ORDER BY conname)) FROM pg_constraint),
       (SELECT md5(string_agg(prosrc, ',' ORDER BY oid)) FROM pg_proc WHERE pronamespace = 'public'::regnamespace)
"""
_SEQUENCES = "SELECT schemaname || '.' || sequencename, last_value FROM pg_sequences WHERE schemaname = 'public'"
_OTHERS = """SELECT pg_terminate_backend(pid, 1000) FROM pg_stat_activity
              WHERE datname = current_database() AND pid <> pg_backend_pid()"""
TURNS = 150  # deleted rows stay on their pages: after so many tests the database is made anew


class Changed(RuntimeError):
    """More than rows is different: only a new copy helps."""


@dataclass
class _Table:
    rows: bytes
    count: int
    newest: int

    def still(self, count: int, newest: int) -> bool:
        return (self.count, self.newest) == (count, newest)


class Pristine:
    """What a fresh copy of the template holds, and the way back to it."""

    def __init__(self, dsn: str) -> None:
        self.base = psycopg.connect(dsn, autocommit=True)
        self.base.execute("SET lock_timeout = '3s'")
        self.base.execute("SET session_replication_role = replica")  # no trigger guards what only tests undo
        self.shape = self._one(_SHAPE)
        names = [name for (name,) in self.base.execute(_TABLES)]
        self.question = sql.SQL(" UNION ALL ").join(
            sql.SQL("SELECT {}, count(*), coalesce(max(xmin::text::bigint), 0) FROM {}").format(name, sql.Identifier(name))
            for name in names
        )
        self.tables = {name: _Table(self._copy_of(name) if count else b"", count, newest) for name, count, newest in self._look()}
        self.sequences = dict(self.base.execute(_SEQUENCES).fetchall())
        self.turns = 0

    def _one(self, statement: str) -> tuple[Any, ...]:
        row = self.base.execute(statement, prepare=True).fetchone()
        assert row is not None
        return row

    def _look(self) -> list[tuple[str, int, int]]:
        return self.base.execute(self.question, prepare=True).fetchall()

    def _copy_of(self, name: str) -> bytes:
        with self.base.cursor().copy(sql.SQL("COPY {} TO STDOUT (FORMAT BINARY)").format(sql.Identifier(name))) as out:
            return b"".join(bytes(part) for part in out)

    def back(self) -> None:
        """Undo what a test did; Changed when it did more than write rows, or somebody still holds them."""
        self.turns += 1
        try:
            self.base.execute(_OTHERS)
            if self.turns > TURNS or self._one(_SHAPE) != self.shape:
                raise Changed
            with self.base.transaction():
                changed = [name for name, count, newest in self._look() if not self.tables[name].still(count, newest)]
                for name in changed:
                    self.base.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(name)))
                    if self.tables[name].rows:
                        self._put_back(name)
                for name, last in self.base.execute(_SEQUENCES, prepare=True).fetchall():
                    if last != (at := self.sequences[name]):
                        self.base.execute("SELECT setval(%s::regclass, %s, %s)", (name, at or 1, at is not None))
            for name, count, newest in self._look() if changed else []:
                self.tables[name].count, self.tables[name].newest = count, newest
        except psycopg.Error as error:
            raise Changed(str(error)) from error

    def _put_back(self, name: str) -> None:
        with self.base.cursor().copy(sql.SQL("COPY {} FROM STDIN (FORMAT BINARY)").format(sql.Identifier(name))) as into:
            into.write(self.tables[name].rows)

    def close(self) -> None:
        """Let go of the database."""
        with suppress(psycopg.Error):
            self.base.close()
