"""The database, and the one place that commits.

`unit_of_work()` is the only way to write. A transaction that has read first and writes later fails on SQLite with
"database is locked" whatever the timeout, and loses updates on PostgreSQL (reliability study, M1 to M4): so it ends what a
guard left open, takes the write lock before its first statement, and everything loaded before is loaded anew inside.
"""

import fcntl
import hashlib
import os
import random
import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from select import select as select_ready
from typing import TYPE_CHECKING, Any, TypeVar

from flask_sqlalchemy import SQLAlchemy
from flask_sqlalchemy.session import Session as AppSession
from sqlalchemy import ARRAY, JSON, BigInteger, ColumnElement, MetaData, any_, bindparam, event, func, select, text
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.pool import Pool

BUSY_SECONDS = 15
T = TypeVar("T")


class Base(DeclarativeBase):
    """All tables; constraint names follow one convention, so that migrations can name them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class ReadingSession(AppSession):
    """Outside a unit of work nothing is written, so on PostgreSQL a statement needs no transaction around it: two round trips
    less a request, and no connection waits idle in one while a page is drawn. Each statement has its own snapshot either way
    (READ COMMITTED).
    """

    def get_bind(self, mapper: Any = None, clause: Any = None, bind: Any = None, **kwargs: Any) -> Engine | Connection:
        """The engine of a statement: one without transactions while nobody writes. A bind that is named is taken as it is."""
        found = super().get_bind(mapper, clause, bind, **kwargs)
        if bind is not None or self.info.get("inside") or not isinstance(found, Engine) or found.dialect.name == "sqlite":
            return found
        return _for_reading(found)


class WrittenOutside(RuntimeError):
    """A statement that writes, outside a unit of work: there is no transaction that could be taken back."""


@lru_cache(maxsize=4)
def _for_reading(engine: Engine) -> Engine:
    reading = engine.execution_options(isolation_level="AUTOCOMMIT")
    event.listen(reading, "before_cursor_execute", _reads_only)
    return reading


def _reads_only(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
    if not statement.lstrip(" (\n").startswith(("SELECT", "WITH", "EXPLAIN", "SHOW")):
        raise WrittenOutside(statement[:80])


# expire_on_commit off: after the one commit a door may still say what it stored without asking again.
db = SQLAlchemy(model_class=Base, session_options={"expire_on_commit": False, "class_": ReadingSession})

if TYPE_CHECKING:
    Model = Base
else:
    Model = db.Model


@event.listens_for(Engine, "connect")
def _prepare_connection(connection: Any, _record: Any) -> None:
    if not isinstance(connection, sqlite3.Connection):
        return
    connection.isolation_level = None  # we say BEGIN ourselves, see below
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        f"busy_timeout={BUSY_SECONDS * 1000}",
        "mmap_size=0",
        "cache_size=-32000",  # KiB a connection: with the 2,000 of old a page far behind reads its index anew each time
    ):
        connection.execute(f"PRAGMA {pragma}")


_TRUSTED_SECONDS = 30.0


@event.listens_for(Pool, "checkin")
def _note_use(_connection: Any, record: Any) -> None:
    record.info["used_at"] = time.monotonic()


@event.listens_for(Pool, "checkout")
def _still_there(connection: Any, record: Any, _proxy: Any) -> None:
    """Before a connection to PostgreSQL is used again: is the server still there? One that went away closed it, which is
    heard without asking it anything. A silent one is asked after half a minute: a network may have swallowed the farewell.
    """
    server = getattr(connection, "pgconn", None)
    used_at = record.info.get("used_at")
    if server is None or used_at is None:
        return
    try:
        if time.monotonic() - used_at > _TRUSTED_SECONDS or select_ready([server.socket], [], [], 0)[0]:
            connection.execute("SELECT 1")
            connection.rollback()
    except Exception as error:
        raise DisconnectionError from error  # the pool connects anew


@event.listens_for(Engine, "begin")
def _begin(connection: Connection) -> None:
    if connection.dialect.name != "sqlite":
        return
    if connection.get_execution_options().get("sqlite_begin") == "IMMEDIATE":
        _take_turn(connection)
    else:
        connection.exec_driver_sql("BEGIN DEFERRED")


_ASK_AGAIN = (0.002, 0.006)
_POLITE = 0.008  # longer than anybody who waits sleeps


def _take_turn(connection: Connection) -> None:
    """Begin a write transaction on SQLite, waiting at most BUSY_SECONDS for those before.

    SQLite waits by sleeping ever longer, so whoever has just written writes again before anybody wakes up: while an import runs
    everybody else starves (tests/kernel/test_starving.py). Here all who wait ask again after the same short while, and hold a
    shared lock on a file beside the database meanwhile: whoever comes and finds it held lets them go first.
    """
    driver, until = connection.connection.driver_connection, time.monotonic() + BUSY_SECONDS
    assert driver is not None
    driver.execute("PRAGMA busy_timeout=0")
    with _waiting_room(connection) as room:
        try:
            if room is not None and not _locked(room, fcntl.LOCK_EX):
                time.sleep(_POLITE)
            while (code := _begin_now(driver)) is not None:
                if code & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > until:  # its lower byte says what kind
                    connection.exec_driver_sql("BEGIN IMMEDIATE")  # fails again, in the words that everybody expects
                    return
                if room is not None:
                    _locked(room, fcntl.LOCK_SH)
                time.sleep(random.uniform(*_ASK_AGAIN))  # noqa: S311 - no secret: only not in step with the others
        finally:
            driver.execute(f"PRAGMA busy_timeout={BUSY_SECONDS * 1000}")


@contextmanager
def _waiting_room(connection: Connection) -> Iterator[int | None]:
    """The file on which those who wait hold a lock; None for a database in memory."""
    path = connection.engine.url.database
    if not path or path == ":memory:":
        yield None
        return
    handle = os.open(f"{path}-waiting", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        yield handle
    finally:
        os.close(handle)  # which gives every lock back


def _locked(handle: int, how: int) -> bool:
    try:
        fcntl.flock(handle, how | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _begin_now(driver: Any) -> int | None:
    """None when a write transaction has begun, else SQLite's error code. Past SQLAlchemy: twenty who wait ask often."""
    try:
        driver.execute("BEGIN IMMEDIATE")
    except sqlite3.OperationalError as error:
        return error.sqlite_errorcode
    return None


@event.listens_for(Session, "before_flush")
def _only_inside(session: Session, _context: Any, _instances: Any) -> None:
    if not session.info.get("inside") and (session.new or session.dirty or session.deleted):
        raise RuntimeError("a write outside unit_of_work()")


@contextmanager
def unit_of_work() -> Iterator[Session]:
    """One business act: all of it is stored by one commit, or nothing is.

    Callables given to `before_commit` run last inside (the audit chain), those given to `on_commit` after it (waking the
    worker). Raises RuntimeError when nested: a service never opens one, a door opens exactly one at a time.
    """
    session = db.session()
    if session.info.get("inside"):
        raise RuntimeError("unit_of_work() inside another")
    session.rollback()
    session.expire_all()  # a rollback forgets nothing when no transaction was open: after an earlier unit of work
    session.info.pop("known", None)
    session.info.update(inside=True, before=[], after=[], scratch={})
    try:
        session.connection(execution_options={"sqlite_begin": "IMMEDIATE"})
        yield session
        session.flush()
        for act in session.info["before"]:
            act()
        session.commit()
        after: list[Callable[[], None]] = session.info["after"]
    except BaseException:
        session.rollback()
        raise
    finally:
        for key in ("inside", "before", "after", "scratch", "known"):
            session.info.pop(key, None)
    for act in after:
        act()


def before_commit(act: Callable[[], None]) -> None:
    """Run `act` inside the present unit of work, after everything else in it."""
    db.session().info["before"].append(act)


def on_commit(act: Callable[[], None]) -> None:
    """Run `act` once the present unit of work is stored; never when it failed."""
    db.session().info["after"].append(act)


def rows_of_columns(statement: Any, values: dict[str, Any] | None = None) -> Any:
    """The result of a statement over columns, past the session, which costs as much again. Inside a unit of work the session
    first writes what waits there.
    """
    session = db.session()
    if session.info.get("inside") and session.autoflush:
        session.flush()
    return session.connection().execute(statement, values)


def known(key: str, load: Callable[[], T]) -> T:
    """What `load` reads, read once for this session: a request's small tables of names. A unit of work forgets it."""
    kept: dict[str, T] = db.session().info.setdefault("known", {})
    if key not in kept:
        kept[key] = load()
    return kept[key]


def scratch() -> dict[str, Any]:
    """A place to gather things in during the present unit of work; gone with it."""
    found: dict[str, Any] = db.session().info["scratch"]
    return found


def lock_key(key: str) -> None:
    """Hold a lock on a word until the transaction ends. SQLite has one writer anyway, so there it does nothing."""
    if db.session.get_bind().dialect.name == "postgresql":
        db.session.execute(text("SELECT pg_advisory_xact_lock(:n)"), {"n": _number_of(key)})


def lock_keys(keys: Iterable[str]) -> None:
    """Hold locks on many words, taken one after another in their order, by one statement: who holds several never waits for
    somebody who waits for him.
    """
    if db.session.get_bind().dialect.name == "postgresql":
        numbers = [_number_of(key) for key in sorted(set(keys))]
        db.session.execute(text("SELECT pg_advisory_xact_lock(n) FROM unnest(CAST(:n AS bigint[])) AS n"), {"n": numbers})


def _number_of(key: str) -> int:
    return int.from_bytes(hashlib.blake2b(key.encode(), digest_size=8).digest(), "big", signed=True)


def among(column: Any, name: str, *, sqlite: bool) -> ColumnElement[bool]:
    """SQL: `column` is one of the whole numbers bound as the list `name`. The statement's text stays the same however many
    there are, so that it is put together and prepared once.
    """
    return _listed(column, sqlite, lambda kind: bindparam(name, type_=kind))


def one_of(column: Any, ids: Iterable[int]) -> ColumnElement[bool]:
    """SQL: `column` is one of these whole numbers, which are one parameter: PostgreSQL takes no more than 65,535 of them."""
    return _listed(column, is_sqlite(), lambda kind: bindparam(None, list(ids), type_=kind))


def _listed(column: Any, sqlite: bool, bound: Callable[[Any], Any]) -> ColumnElement[bool]:
    if sqlite:
        made = func.json_each(bound(JSON())).table_valued("value")
        return column.in_(select(made.c.value))  # type: ignore[no-any-return]
    return column == any_(bound(ARRAY(BigInteger)))  # type: ignore[no-any-return]


def refresh_statistics() -> int:
    """Let SQLite look at its indexes again, each in a unit of work of its own, so that writers wait for one at most; how many.
    Without knowing what is rare its plans read whole tables; to look at a part of the rows only (analysis_limit) misleads them
    as much. PostgreSQL does so by itself.
    """
    if not is_sqlite():
        return 0
    names = list(db.session.scalars(text("SELECT name FROM sqlite_master WHERE type = 'index' ORDER BY name")))
    for name in names:
        with unit_of_work():
            db.session.execute(text(f'ANALYZE "{name}"'))
    return len(names)


def is_sqlite() -> bool:
    """Whether the product runs on its embedded database."""
    return db.session.get_bind().dialect.name == "sqlite"
