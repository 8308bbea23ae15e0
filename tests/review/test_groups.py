"""Two firms of one declared group are not asked about, unless their names say that they are one."""

from sqlalchemy import select

from crm.companies import services as companies
from crm.companies.models import Company
from crm.core import clock
from crm.core.db import db, unit_of_work
from crm.review.models import ReviewPair
from tests.builders import a_company, actor


def put(app, company, parent):
    with app.app_context():
        with unit_of_work():
            one, other = db.session.get_one(Company, company.id), db.session.get_one(Company, parent.id)
            companies.set_parent(one, other, "annual report", actor=actor("coordinator"), now=clock.now())
        db.session.remove()


def asked(app):
    with app.app_context():
        found = [(pair.verdict, pair.state) for pair in db.session.scalars(select(ReviewPair))]
        db.session.remove()
    return found


def on_record(app):
    with app.app_context():
        reasons = db.session.scalars(select(ReviewPair.reasons)).one()
        db.session.remove()
        return "group_on_record" in {code for code, _weight, _facts in reasons}


def test_what_the_names_call_one_firm_is_still_asked(app, swept):
    one, other = a_company("朝凪電子株式会社", country="JP"), a_company("朝凪电子", country="JP")
    put(app, other, one)
    swept()
    assert asked(app) == [("same", "open")]


def test_what_was_put_into_a_group_is_compared_anew(app, swept):
    one, other = a_company("朝凪電子株式会社", country="JP"), a_company("朝凪电子", country="JP")
    top = a_company("Hollowmere Holding AG")
    swept()
    assert asked(app) == [("same", "open")] and not on_record(app)
    put(app, one, top)
    swept(full=False)
    assert not on_record(app), "only one of the two is in the group so far"
    put(app, other, top)
    assert swept(full=False)["compared"] == 1
    assert asked(app) == [("same", "open")] and on_record(app)
