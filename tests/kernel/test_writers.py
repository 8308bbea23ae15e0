"""M3, M4: writers queue instead of failing; every connection is prepared; nothing writes outside the one door."""

import time

import pytest
from sqlalchemy import select, text

from crm.core.db import BUSY_SECONDS, db, lock_key, on_commit, unit_of_work
from crm.core.models import NumberSeries
from crm.core.numbers import next_number
from crm.units.models import Unit
from tests import databases
from tests.builders import a_unit
from tests.kernel import toys
from tests.long import mostly_full
from tests.races import errors, race, values


def read_then_write_toy(app, number, turns):
    """BEGIN, read, write: SQLite answers "locked" at once when somebody wrote in between, whatever the timeout."""
    connection = toys.connect(app, timeout=15)
    connection.isolation_level = None
    failed = 0
    for _ in range(turns):
        try:
            connection.execute("BEGIN")
            connection.execute("SELECT n FROM toy").fetchone()
            time.sleep(0.005)  # what a request does between its guard and its write; without it a busy machine hides the fault
            connection.execute("UPDATE toy SET n = n + 1")
            connection.execute("COMMIT")
        except Exception:
            connection.execute("ROLLBACK")
            failed += 1
    connection.close()
    return failed


@pytest.mark.only_on("sqlite")
@pytest.mark.full
def test_without_the_cure_writers_that_read_first_fail(app):
    toys.run(app, "PRAGMA journal_mode=WAL")
    toys.make(app)
    assert sum(values(race(read_then_write_toy, 8, app, 30))) > 0


def read_then_write(app, number, turns):
    """What every request does: the guard reads, then the act reads and writes."""
    slowest = 0.0
    with app.app_context():
        for _ in range(turns):
            db.session.scalar(select(Unit).where(Unit.code == "SZ-NS"))
            start = time.monotonic()
            with unit_of_work():
                next_number("race", 2026)
            slowest = max(slowest, time.monotonic() - start)
            db.session.rollback()
    return slowest


@pytest.mark.parametrize("writers", mostly_full([16, 32], 16))
def test_no_writer_fails(app, writers):
    turns = 10
    slowest = max(values(race(read_then_write, writers, app, turns)))
    with app.app_context():
        assert db.session.get_one(NumberSeries, ("race", 2026)).last == writers * turns
    assert slowest < BUSY_SECONDS / 2, f"one writer waited {slowest:.1f} s"


def hold_the_lock(app, number, seconds):
    """One process writes for a while; the others come meanwhile."""
    with app.app_context():
        if number:
            time.sleep(0.2)
        with unit_of_work():
            db.session.execute(text("UPDATE unit SET tile_row = 1 WHERE code = 'SZ-NS'"))
            if number == 0:
                time.sleep(seconds)


def hold_the_toy(app, number, seconds):
    connection = toys.connect(app, timeout=0.3)
    connection.isolation_level = None
    if number:
        time.sleep(0.2)
    connection.execute("BEGIN IMMEDIATE")
    if number == 0:
        time.sleep(seconds)
    connection.execute("COMMIT")
    connection.close()


def test_a_slow_writer_is_waited_for(app):
    values(race(hold_the_lock, 3, app, 1.2))


@pytest.mark.only_on("sqlite")
@pytest.mark.full
def test_without_the_timeout_it_is_not(app):
    toys.make(app)
    assert errors(race(hold_the_toy, 3, app, 1.2)) == {"OperationalError": 2}


@pytest.mark.only_on("sqlite")
def test_every_pooled_connection_is_prepared(app, monkeypatch):
    monkeypatch.setattr(databases, "NO_PLUG_IS_PULLED", False)
    wanted = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": BUSY_SECONDS * 1000, "mmap_size": 0}
    with app.app_context():
        connections = [db.engine.connect() for _ in range(5)]
        try:
            for connection in connections:
                found = {name: connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in wanted}
                assert {name: found[name] or 0 for name in wanted} == wanted
        finally:
            for connection in connections:
                connection.close()


@pytest.mark.only_on("postgres")
def test_the_server_speaks_utc(app):
    with app.app_context():
        assert db.session.execute(text("SHOW timezone")).scalar() == "UTC"
        assert db.session.execute(text("SHOW lock_timeout")).scalar() == "15s"


@pytest.mark.only_on("sqlite")
def test_the_write_lock_is_taken_first(app):
    begun = []
    with app.app_context():
        with unit_of_work() as session:
            driver = session.connection().connection.driver_connection
        driver.set_trace_callback(lambda said: begun.append(said) if said.startswith("BEGIN") else None)
        with unit_of_work():
            next_number("race", 2026)
        db.session.rollback()
        db.session.scalar(select(Unit.id).limit(1))
        assert begun == ["BEGIN IMMEDIATE", "BEGIN DEFERRED"]
        driver.set_trace_callback(None)


def test_nothing_writes_outside_a_unit_of_work(app):
    with app.app_context():
        db.session.scalar(select(Unit).where(Unit.code == "SZ-NS")).en = "unheard"
        with pytest.raises(RuntimeError, match="outside"):
            db.session.flush()
        db.session.rollback()
    assert a_unit("SZ-NS").en != "unheard"


def test_units_of_work_do_not_nest_and_fail_whole(app):
    told = []
    with app.app_context():
        with pytest.raises(RuntimeError, match="inside another"), unit_of_work():
            next_number("race", 2026)
            on_commit(lambda: told.append("never"))
            with unit_of_work():
                pass
        assert db.session.get(NumberSeries, ("race", 2026)) is None
        with unit_of_work():
            on_commit(lambda: told.append("after"))
            assert told == []
        assert told == ["after"]


def test_each_unit_of_work_loads_anew(app):
    """Also after an earlier one in the same request, when nothing was open to roll back."""
    with app.app_context():
        with unit_of_work():
            unit = db.session.scalar(select(Unit).where(Unit.code == "SZ-NS"))
            unit.en = "first"
        toys.run(app, "UPDATE unit SET en = 'elsewhere', version = version + 1 WHERE code = 'SZ-NS'")
        assert unit.en == "first"
        with unit_of_work():
            assert db.session.scalar(select(Unit).where(Unit.code == "SZ-NS")).en == "elsewhere"


@pytest.mark.only_on("postgres")
def test_a_key_is_held_by_one(app):
    assert values(race(hold_key, 6, app)).count(True) == 6


def hold_key(app, number):
    """Two holders at once would see each other's mark."""
    import os
    import pathlib

    mark = pathlib.Path(app.config["FILES_PATH"]).parent / "held"
    with app.app_context():
        for _ in range(5):
            with unit_of_work():
                lock_key("one at a time")
                os.close(os.open(mark, os.O_CREAT | os.O_EXCL))
                time.sleep(0.005)
                mark.unlink()
    return True
