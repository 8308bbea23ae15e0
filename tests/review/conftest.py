"""A firm in two spellings, swept."""

import pytest

from crm.core import clock
from crm.core.db import db, unit_of_work
from crm.review import services
from crm.review.jobs import sweep_now
from tests.builders import actor
from tests.review.stories import only, two_spellings


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


@pytest.fixture
def between(app, swept):
    """One firm in two spellings, a lead of Nanshan and one of Bao'an; the pair's public id."""
    two_spellings()
    swept()
    return only(app)


@pytest.fixture
def inside(app, swept):
    """The same, both leads of one unit."""
    two_spellings(other="officer.nanshan")
    swept()
    return only(app)
