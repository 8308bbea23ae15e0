"""A database for each test, on SQLite and on PostgreSQL, in a few milliseconds.

Once in a process and kind, a template is brought up by the real migrations, with reference data and one person of each role.
Each test starts on a fresh copy of it: a copied file; on PostgreSQL the last test's database with its changes undone.
"""

import os
import shutil
import sqlite3
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

import flask_migrate
from flask import Flask
from sqlalchemy import event
from sqlalchemy.engine import Engine

from config import TestConfig
from crm.app import create_app
from crm.claims import services as claims
from crm.clusters import services as clusters
from crm.core.db import db, unit_of_work
from crm.rates import services as rates
from crm.targets import services as targets
from crm.units import services as units
from tests.postgres import PostgresServer
from tests.pristine import Changed, Pristine

KINDS = ("sqlite", "postgres")
NO_PLUG_IS_PULLED = True
_state: dict[str, Any] = {}


@event.listens_for(Engine, "connect")
def _do_not_wait_for_the_disk(connection: Any, _record: Any) -> None:
    """As on the tests' PostgreSQL: what is written need not outlast a power cut. Waiting for that was a sixth of these tests."""
    if NO_PLUG_IS_PULLED and isinstance(connection, sqlite3.Connection):
        connection.execute("PRAGMA synchronous=OFF")


@cache
def scratch() -> Path:
    """A folder of this process, removed at its end."""
    return Path(tempfile.mkdtemp(prefix="one-board-tests-"))


@cache
def server() -> PostgresServer:
    """This process's PostgreSQL, started when the first test asks for it."""
    started = PostgresServer()
    started.start()
    _state["server"] = started
    return started


def _sqlite_file(name: str) -> Path:
    return scratch() / f"{name}.sqlite"


def url_of(kind: str, name: str) -> str:
    """Where the database `name` of a kind is."""
    return f"sqlite:///{_sqlite_file(name)}" if kind == "sqlite" else server().url(name)


def settings(kind: str, name: str, **more: Any) -> type[TestConfig]:
    """The test settings for one database."""
    facts = {
        "SQLALCHEMY_DATABASE_URI": url_of(kind, name),
        "FILES_PATH": str(scratch() / "files"),
        "QUEUE_PATH": str(scratch() / "queue.sqlite"),
    }
    return type("OneTestConfig", (TestConfig,), facts | more)


@cache
def app_on(kind: str) -> Flask:
    """The app of this process on the kind's test database."""
    return create_app(settings(kind, "board"))


def remove(kind: str, name: str) -> None:
    """Drop a database; none is fine."""
    if kind == "sqlite":
        for suffix in ("", "-wal", "-shm", "-journal"):
            Path(f"{_sqlite_file(name)}{suffix}").unlink(missing_ok=True)
    else:
        server().drop(name)


@cache
def _template(kind: str) -> str:
    from tests.builders.people import people_of_every_role

    name = "template"
    if kind == "postgres":
        server().create(name)
    app = create_app(settings(kind, name))
    before = _state.get("app")
    _state["app"] = app
    with app.app_context():
        flask_migrate.upgrade()
        with unit_of_work():
            units.load_reference()
            clusters.load_reference()
            rates.load_reference()
            claims.load_reference()
            targets.load_reference()
            people_of_every_role()
        db.session.remove()
        db.engine.dispose()
    _state["app"] = before
    return name


def fresh(kind: str) -> Flask:
    """The app of a kind on a new copy of the template."""
    template, app = _template(kind), app_on(kind)
    release(app)
    if kind == "sqlite":
        copy(kind, template, "board")
    else:
        _undone_or_new(template)
    shutil.rmtree(app.config["FILES_PATH"], ignore_errors=True)
    _state["app"] = app
    return app


def _undone_or_new(template: str) -> None:
    before: Pristine | None = _state.get("pristine")
    if before is not None:
        try:
            return before.back()
        except Changed:
            before.close()
    copy("postgres", template, "board")
    _state["pristine"] = Pristine(url_of("postgres", "board").replace("+psycopg", ""))
    return None


def copy(kind: str, source: str, target: str) -> None:
    """Make database `target` a copy of `source`, which nobody has open."""
    remove(kind, target)
    if kind == "sqlite":
        assert not Path(f"{_sqlite_file(source)}-wal").exists(), "the template is still open"
        shutil.copyfile(_sqlite_file(source), _sqlite_file(target))
    else:
        server().create(target, template=source)


def release(app: Flask) -> None:
    """Close the app's connections."""
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


def current_app() -> Flask:
    """The app of the running test."""
    app = _state.get("app")
    if app is None:
        raise RuntimeError("this test has no database: ask for the fixture `app`")
    return app


def use(app: Flask) -> None:
    """Make `app` the one that builders work in (a process of a race)."""
    _state["app"] = app


def leave() -> None:
    """No test is running."""
    _state["app"] = None


def shut_down() -> None:
    """Stop the server and remove what the tests left."""
    if _state.get("pristine") is not None:
        _state["pristine"].close()
    if _state.get("server") is not None:
        _state["server"].stop()
    if scratch.cache_info().currsize and not os.environ.get("KEEP_TEST_FILES"):
        shutil.rmtree(scratch(), ignore_errors=True)
