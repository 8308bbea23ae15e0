"""Two firms of one declared group are not asked about, unless their names say that they are one."""

import pytest
from sqlalchemy import select

from crm.companies import services as companies
from crm.companies.models import Company
from crm.core import clock
from crm.core.db import db, unit_of_work
from crm.matching.rules import Certainty, Judgement, Verdict
from crm.review.models import ReviewPair
from crm.review.queries import finding
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


def test_what_the_names_call_one_firm_is_still_asked(app, swept):
    one, other = a_company("朝凪電子株式会社", country="JP"), a_company("朝凪电子", country="JP")
    put(app, other, one)
    swept()
    assert asked(app) == [("same", "open")]


@pytest.fixture
def nearly(app, monkeypatch):
    """Two sisters whose names are nearly the same, under one parent that is called otherwise."""
    real = finding.matching.judged

    def judged(*args, **kwargs):
        hits = real(*args, **kwargs)
        say = Judgement(Verdict.DIFFERENT, 0.7, Certainty.SOMEWHAT_LIKE)
        return [type(hit)(hit.subject_id, say) for hit in hits]

    monkeypatch.setattr(finding.matching, "judged", judged)
    monkeypatch.setattr(finding, "judge", lambda _a, _b: Judgement(Verdict.DIFFERENT, 0.7, Certainty.SOMEWHAT_LIKE))
    return a_company("Falkenby Sensors GmbH"), a_company("Falkenby Sensorik GmbH"), a_company("Hollowmere Holding AG")


def test_what_is_nearly_one_is_not_asked_within_a_group(app, nearly, swept):
    one, other, top = nearly
    swept()
    assert asked(app) == [("different", "open")]
    put(app, one, top)
    swept(full=False)
    assert asked(app) == [("different", "open")], "only one of the two is in the group so far"
    put(app, other, top)
    assert swept(full=False)["compared"] == 1, "what was put into a group is compared anew"
    assert asked(app) == []
