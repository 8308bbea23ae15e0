"""M4 once more: many who write without a pause. SQLite's own waiting sleeps ever longer, so newcomers pass those who wait longest."""

import sqlite3
import time

import pytest

from crm.core.db import db, unit_of_work
from crm.core.numbers import next_number
from tests.kernel import toys
from tests.races import race, values

WRITERS, SECONDS, WORK = 20, 4.0, 0.008


def write_on_and_on(app, number):
    """The longest wait for one's turn."""
    slowest, until = 0.0, time.monotonic() + SECONDS
    with app.app_context():
        while time.monotonic() < until:
            asked = time.monotonic()
            with unit_of_work():
                next_number("race", 2026)
                slowest = max(slowest, time.monotonic() - asked)
                time.sleep(WORK)
            db.session.rollback()
    return slowest


def write_a_toy_on_and_on(app, number):
    connection = toys.connect(app, timeout=15)
    connection.isolation_level = None
    slowest, until = 0.0, time.monotonic() + SECONDS
    while time.monotonic() < until:
        asked = time.monotonic()
        try:
            connection.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError:
            return 15.0
        slowest = max(slowest, time.monotonic() - asked)
        connection.execute("UPDATE toy SET n = n + 1")
        time.sleep(WORK)
        connection.execute("COMMIT")
    connection.close()
    return slowest


@pytest.mark.only_on("sqlite")
def test_without_the_cure_some_starve(app):
    toys.run(app, "PRAGMA journal_mode=WAL")
    toys.make(app)
    waits = values(race(write_a_toy_on_and_on, WRITERS, app))
    assert max(waits) > 0.75 * SECONDS


def test_everybody_gets_a_turn(app):
    waits = values(race(write_on_and_on, WRITERS, app))
    assert max(waits) < 0.75 * SECONDS
