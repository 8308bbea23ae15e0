"""A few firms in several spellings, and a room that merges."""

import pytest

from crm.core import clock
from crm.core.db import db, unit_of_work
from crm.review import services
from crm.review.jobs import sweep_now
from crm.review.services import merge
from tests.builders import actor
from tests.review.merging import FakeMerging


@pytest.fixture
def merging(monkeypatch):
    room = FakeMerging()
    monkeypatch.setattr(merge, "merging", room)
    return room


@pytest.fixture
def swept(app):
    """`swept()`: compare everything; the counts."""

    def run(*, full=True, by="coordinator"):
        with app.app_context():
            who = actor(by)
            with unit_of_work():
                sweep_id = services.start_sweep(full=full, actor=who, now=clock.now()).id
            counts = sweep_now(sweep_id)
            db.session.remove()
            return counts

    return run
