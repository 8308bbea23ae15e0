"""`same` with the room that really merges: the firm is one, the queue is empty, and taking it back makes two of it again."""

from sqlalchemy import func, select

from crm.companies.models import Company
from crm.core.db import db
from tests.builders import a_lead
from tests.review.test_deciding import contents, only, say, undo, waiting


def standing(app):
    """How many companies are there that are not merged into another."""
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(Company).where(Company.merged_into_id.is_(None)))


def test_one_firm_and_two_again(app, swept):
    a_lead("朝凪電子株式会社", by="officer.nanshan", country="JP")
    a_lead("朝凪电子", by="officer.baoan", country="JP")
    swept()
    pair, before, firms = only(app), contents(app), standing(app)
    say(app, pair, "same")
    assert (standing(app), waiting(app)) == (firms - 1, [])
    assert undo(app) == pair
    assert (standing(app), waiting(app), contents(app)) == (firms, [[pair]], before)
