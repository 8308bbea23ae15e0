"""Moments and JSON come back as they went in, from both databases."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import select
from sqlalchemy.exc import StatementError

from crm.core import clock, ids
from crm.core.db import db, unit_of_work
from crm.core.models import OnceKey
from crm.jobs.models import Job
from tests.builders import someone
from tests.kernel import toys


def store(moment):
    with unit_of_work():
        row = OnceKey(user_id=someone().id, key=ids.new_public_id(), body_digest="x", created_at=moment)
        db.session.add(row)
        db.session.flush()
        key = row.id
    db.session.expire_all()
    return db.session.get_one(OnceKey, key).created_at


@pytest.mark.parametrize(
    "moment",
    [
        datetime(2026, 6, 18, 9, 12, 13, 123456, tzinfo=UTC),
        datetime(2026, 6, 18, 9, 12, tzinfo=clock.CITY_ZONE),
        datetime(1999, 12, 31, 23, 59, 59, 999999, tzinfo=timezone(timedelta(hours=-11))),
        datetime(9999, 12, 31, 12, 0, tzinfo=UTC),
    ],
)
def test_a_moment_comes_back_in_utc(app, moment):
    with app.app_context():
        found = store(moment)
        assert found == moment
        assert found.utcoffset() == timedelta(0)


def test_a_naive_moment_is_refused(app):
    with app.app_context(), pytest.raises(StatementError, match="naive"):
        store(datetime(2026, 6, 18, 9, 12))


def test_moments_are_ordered_as_they_happened(app):
    east, west = timezone(timedelta(hours=14)), timezone(timedelta(hours=-12))
    with app.app_context():
        store(datetime(2026, 6, 18, 1, 0, tzinfo=east))
        store(datetime(2026, 6, 17, 1, 0, tzinfo=west))
        store(datetime(2026, 6, 17, 12, 30, tzinfo=UTC))
        found = list(db.session.scalars(select(OnceKey.created_at).order_by(OnceKey.created_at)))
        assert found == sorted(found)


def test_json_comes_back(app):
    args = {"name": "ö 线索 \U0001f600", "n": 2**53, "list": [None, True, 1.5], "": ""}
    with app.app_context():
        with unit_of_work():
            db.session.add(Job(kind="x", args=args, created_at=clock.now()))
        db.session.expire_all()
        assert db.session.scalar(select(Job)).args == args


def test_money_columns_hold_the_largest_sum(app):
    from crm.core.money import MAX_MINOR, Money
    from tests.builders import a_lead

    lead = a_lead("Kestovar Robotics GmbH", total=Money(MAX_MINOR, "CNY"))
    assert toys.run(app, f"SELECT total_amount FROM lead WHERE id = {lead.id}") == [(MAX_MINOR,)]


def test_public_ids_are_long_and_unlike():
    made = {ids.new_public_id() for _ in range(5000)}
    assert len(made) == 5000
    assert all(len(one) == 22 for one in made)
    assert ids.digest("a") != ids.digest("b")
