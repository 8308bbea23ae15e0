"""A firm in two spellings, swept."""

import pytest

from tests.review.stories import only, two_spellings


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
