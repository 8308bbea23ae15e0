"""A firm in two spellings, swept."""

import pytest
from sqlalchemy import select

from crm.core.db import db, unit_of_work
from crm.leads.rules.lead import NewContact
from crm.review.models import ReviewPair
from tests.builders import a_lead
from tests.review.stories import only, two_spellings


@pytest.fixture
def between(app, swept):
    """One firm in two spellings, a lead of Nanshan and one of Bao'an; the pair's public id."""
    two_spellings()
    swept()
    return only(app)


@pytest.fixture
def inside_too(app, between, swept):
    """Beside it a firm that Nanshan registered twice; that pair's public id."""
    with app.app_context(), unit_of_work():
        for name in ("黒潮精密機械株式会社", "黑潮精密机械"):
            contacts = (NewContact("高橋", None, "+81612345699", None),)
            a_lead(name, by="officer.nanshan", country="JP", title="减速器", contacts=contacts)
    swept()
    with app.app_context():
        return db.session.scalars(select(ReviewPair.public_id).where(ReviewPair.public_id != between)).one()


@pytest.fixture
def inside(app, swept):
    """The same, both leads of one unit."""
    two_spellings(other="officer.nanshan")
    swept()
    return only(app)
