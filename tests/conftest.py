"""Fixtures of all checks. A test that asks for `app` runs on SQLite and on PostgreSQL (without --full some on one, see
`_on_both_at_once`); `@pytest.mark.only_on("sqlite")` limits it.
"""

import os
import shutil
import socket
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from datetime import datetime
from pathlib import Path
from typing import Any

# Before config is read: no test touches the instance, and no setting of the shell reaches a test.
for _name in ("DATABASE_URL", "PATH_PREFIX", "PUBLIC_URL", "PROXY_HOPS", "TRUSTED_HOSTS", "ONE_BOARD_ENV"):
    os.environ.pop(_name, None)
os.environ["SECRET_KEY"] = "of the tests only"
os.environ.setdefault("INSTANCE_PATH", os.path.join(tempfile.gettempdir(), f"one-board-tests-instance-{os.getuid()}"))

import pytest  # noqa: E402
from flask import Flask  # noqa: E402
from hypothesis import HealthCheck, settings  # noqa: E402

from crm.core import clock  # noqa: E402
from crm.core.db import db, unit_of_work  # noqa: E402
from crm.matching.rules import brands  # noqa: E402
from crm.review import services as review  # noqa: E402
from crm.review.jobs import sweep_now  # noqa: E402
from crm.web import texts  # noqa: E402
from tests import databases  # noqa: E402
from tests.builders import actor  # noqa: E402
from tests.pages import PageClient  # noqa: E402
from tests.setup import honest  # noqa: E402

# No example fails because the machine is slow or busy.
settings.register_profile("any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any machine")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--only", choices=databases.KINDS, help="run the tests that need a database on this kind alone")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "only_on(kind, ...): databases that the test runs on, default both")
    config.pluginmanager.register(honest)  # nothing is skipped in silence, nothing is missing in silence


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "database_kind" not in metafunc.fixturenames:
        return
    mark = metafunc.definition.get_closest_marker("only_on")
    kinds = mark.args if mark else databases.KINDS
    only = metafunc.config.getoption("--only")
    chosen: list[Any] = [kind for kind in kinds if only in (None, kind)]
    if len(chosen) > 1 and not _on_both_at_once(metafunc.definition.path):
        chosen = [pytest.param(kind, marks=pytest.mark.full) if kind == "postgres" else kind for kind in chosen]
    metafunc.parametrize("database_kind", chosen, scope="session")


_functions: Counter[Path] = Counter()


def _on_both_at_once(path: Path) -> bool:
    """Whether the next test of this file runs on both databases without --full too: those about the databases themselves, about
    people at the same moment, and of each other file every tenth, the first among them. Pages call the services that other tests
    try: they are opened on one.
    """
    if path.stem == "test_pages" or path.parent.name == "web":
        return False
    if path.parent.name in ("kernel", "jobs", "house") or path.stem == "test_at_once":
        return True
    _functions[path] += 1
    return _functions[path] % 10 == 1


def pytest_make_parametrize_id(config: pytest.Config, val: object, argname: str) -> str | None:
    """A file's bytes are no name: an archive holds the moment it was made, and two workers would not agree what a test is called."""
    return argname if isinstance(val, bytes) else None


def pytest_sessionstart(session: pytest.Session) -> None:
    if not hasattr(session.config, "workerinput"):
        with suppress(ValueError):  # two rooms disagree about a text: the house test says so
            texts.compile_catalogue()
        os.environ["TESTS_SHARE"] = tempfile.mkdtemp(prefix="one-board-tests-share-")


def pytest_sessionfinish(session: pytest.Session) -> None:
    databases.shut_down()
    if not hasattr(session.config, "workerinput") and (share := os.environ.pop("TESTS_SHARE", "")):
        shutil.rmtree(share, ignore_errors=True)


_LOOPBACK = ("127.", "::1", "localhost", "0.0.0.0")
_connect = socket.socket.connect


def _connect_here(self: socket.socket, address: Any) -> Any:
    if isinstance(address, tuple) and not str(address[0]).startswith(_LOOPBACK):
        raise RuntimeError(f"a test wanted to leave this machine: {address}")
    return _connect(self, address)


@pytest.fixture(autouse=True, scope="session")
def no_network() -> Iterator[None]:
    """Sockets reach this machine and no other."""
    socket.socket.connect = _connect_here  # type: ignore[method-assign]
    yield
    socket.socket.connect = _connect  # type: ignore[method-assign]


@pytest.fixture
def app(database_kind: str) -> Iterator[Flask]:
    """The app on a fresh database with units, clusters, rates and one person of each role (tests.builders.USERNAMES). What a test
    sets in its configuration is gone afterwards: the app itself serves the next test too. So is the brand table that an office's
    door left in the thread.
    """
    fresh = databases.fresh(database_kind)
    settings = dict(fresh.config)
    yield fresh
    fresh.config.clear()
    fresh.config.update(settings)
    brands.use(None)
    databases.release(databases.app_on(database_kind))
    databases.leave()


@pytest.fixture
def client(app: Flask) -> PageClient:
    """A visitor's browser."""
    return PageClient(app)


@pytest.fixture
def signed_in(app: Flask) -> Callable[[str], PageClient]:
    """`signed_in("officer.nanshan")`: that person's browser, with a live session."""

    def sign_in(username: str = "officer.nanshan") -> PageClient:
        browser = PageClient(app)
        browser.sign_in(username)
        return browser

    return sign_in


@pytest.fixture
def desk(app: Flask) -> Iterator[Flask]:
    """An application context, for tests that call services, no pages."""
    with app.app_context():
        yield app


@pytest.fixture
def swept(app: Flask) -> Callable[..., dict[str, int]]:
    """`swept()`: compare everything, or with `full=False` what changed since the last time; the counts."""

    def run(*, full: bool = True, by: str = "coordinator") -> dict[str, int]:
        with app.app_context():
            who = actor(by)
            with unit_of_work():
                sweep_id = review.start_sweep(full=full, actor=who, now=clock.now()).id
            counts = sweep_now(sweep_id)
            db.session.remove()
            return counts

    return run


@pytest.fixture
def clock_at() -> Iterator[Callable[[datetime | str], datetime]]:
    """`clock_at("2026-06-18 09:00")` (the city's time) or an aware datetime: time stands still there until the test ends."""
    with ExitStack() as stack:

        def hold(moment: datetime | str) -> datetime:
            at = datetime.fromisoformat(moment) if isinstance(moment, str) else moment
            at = at.replace(tzinfo=clock.CITY_ZONE) if at.tzinfo is None else at
            stack.enter_context(clock.fixed(at))
            return at

        yield hold
