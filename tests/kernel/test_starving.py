"""M4 once more: people who write without a pause, as an import does. SQLite's own waiting sleeps ever longer, so that whoever has
just written writes again before anybody wakes up.
"""

import sqlite3
import time
from contextlib import suppress

import pytest

from crm.core.db import db, unit_of_work
from crm.core.numbers import next_number
from tests.kernel import toys
from tests.long import mostly_full
from tests.races import race, values

WRITERS, SECONDS, WORK = 20, 4.0, 0.008


def write_on_and_on(app, number):
    """How many turns one got."""
    turns, until = 0, time.monotonic() + SECONDS
    with app.app_context():
        while time.monotonic() < until:
            with unit_of_work():
                next_number("race", 2026)
                time.sleep(WORK)
            db.session.rollback()
            turns += 1
    return turns


def write_a_toy_on_and_on(app, number):
    connection = toys.connect(app, timeout=15)
    connection.isolation_level = None
    turns, until = 0, time.monotonic() + SECONDS
    while time.monotonic() < until:
        with suppress(sqlite3.OperationalError):
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("UPDATE toy SET n = n + 1")
            time.sleep(WORK)
            connection.execute("COMMIT")
            turns += 1
    connection.close()
    return turns


def share_of_the_last(turns):
    """How many turns the one who got fewest got, in parts of what everybody should get."""
    return min(turns) * len(turns) / sum(turns)


@pytest.mark.only_on("sqlite")
@pytest.mark.full
def test_without_the_cure_some_starve(app):
    toys.run(app, "PRAGMA journal_mode=WAL")
    toys.make(app)
    turns = values(race(write_a_toy_on_and_on, WRITERS, app))
    assert share_of_the_last(turns) < 0.1, sorted(turns)


@pytest.mark.parametrize("writers", mostly_full([2, WRITERS], WRITERS))
def test_everybody_gets_a_turn(app, writers):
    turns = values(race(write_on_and_on, writers, app))
    assert share_of_the_last(turns) > 0.15, sorted(turns)
