"""A check keeps nobody longer than its budget: past it the lead is saved as 待比对, and the next sweep makes up for it."""

import pytest
from sqlalchemy import func, select

from crm.companies.models import Company
from crm.core import clock
from crm.core.db import db, unit_of_work
from crm.leads import services
from crm.leads.models import CoordinationMatter, Lead
from crm.leads.queries import hits, listing
from crm.leads.rules.lead import Decision, Decisions, HitDecision, LikelyDuplicate
from crm.leads.rules.listing import Question, Scope
from crm.matching import queries as matching
from crm.matching.rules import Late, Subject
from crm.notifications.models import Notification
from crm.review.models import ReviewPair
from crm.units.models import Unit
from tests.builders import a_company, a_lead, actor, new_lead

PAST = 0.0


def register(name, decisions=None, by="officer.nanshan", deadline=PAST, **changed):
    who = actor(by)
    with unit_of_work():
        return services.log_lead(
            new_lead(investor=name, **changed), decisions or Decisions(), unit=db.session.get_one(Unit, who.unit_id), city="SZ",
            actor=who, now=clock.now(), deadline=deadline,
        ).lead  # fmt: skip


def test_judging_stops_at_its_deadline(desk):
    a_company("Falkenby Sensors GmbH")
    subject = Subject(("Falkenby Sensor",))
    for deadline in (PAST, clock.deadline_in(0)):
        with pytest.raises(Late):
            matching.judged(subject, kind=1, deadline=deadline)
    assert matching.judged(subject, kind=1, deadline=clock.deadline_in(60)) == matching.judged(subject, kind=1)
    assert matching.judged(Subject(("全然不同",)), kind=1, deadline=PAST) == [], "nothing to compare is compared at once"


def test_what_was_not_compared_is_saved_and_marked(desk):
    a_lead("Falkenby Sensors GmbH", by="officer.nanshan")
    with pytest.raises(LikelyDuplicate):
        register("Falkenby Sensor GmbH", deadline=None)
    lead = register("Falkenby Sensor GmbH")
    assert lead.unchecked_since is not None
    question = Question(stage=None, scope=Scope.UNIT, unchecked=True)
    (row,) = listing.page_of(question, actor())
    assert (row.public_id, row.unchecked) == (lead.public_id, True)
    assert listing.count_of(question, actor()).number == 1
    assert listing.page_of(question.on(scope=Scope.CITY), actor("officer.baoan")) == []


def test_in_time_nothing_is_marked(desk):
    a_lead("Falkenby Sensors GmbH", by="officer.nanshan")
    assert register("Jorundal Turbinen GmbH", deadline=clock.deadline_in(60)).unchecked_since is None
    assert register("Westerlune Pumpen GmbH", deadline=None).unchecked_since is None


def test_the_very_same_name_is_known_at_once(desk):
    """The unique keys are asked even when there is no time: no second company of one name."""
    first = a_lead("Falkenby Sensors GmbH", by="officer.nanshan", uscc="91440300MA5DC9JX2A")
    with pytest.raises(LikelyDuplicate):
        register("ＦＡＬＫＥＮＢＹ  Sensors gmbh")
    with pytest.raises(LikelyDuplicate):
        register("Something Else Ltd", uscc="91440300MA5DC9JX2A")
    with pytest.raises(LikelyDuplicate):
        register("Falkenby Sensors GmbH", by="officer.baoan")
    found = hits.hits_for(Subject(("Falkenby Sensors GmbH",)), actor=actor(), deadline=PAST)
    assert (found.late, [hit.lead.id for hit in found.shown]) == (True, [first.id])
    choice = HitDecision(first.investor.public_id, Decision.ANOTHER_PROJECT, first.public_id, "a second plant")
    assert register("Falkenby Sensors GmbH", Decisions((choice,))).investor_id == first.investor_id
    assert db.session.scalar(select(func.count()).select_from(Company)) == 1


class TestSweep:
    def test_it_takes_up_what_waits(self, app, swept):
        with app.app_context():
            theirs = a_lead("Falkenby Sensors GmbH", by="officer.baoan")
            lead = register("Falkenby Sensor GmbH")
            both = sorted((theirs.investor_id, lead.investor_id))
            public_id = lead.public_id
            db.session.remove()
        swept(full=False)
        with app.app_context():
            lead = db.session.scalars(select(Lead).where(Lead.public_id == public_id)).one()
            assert lead.unchecked_since is None
            pair = db.session.scalars(select(ReviewPair)).one()
            assert [pair.a_id, pair.b_id] == both

    def test_kin_of_other_units_go_to_the_coordinators(self, app, swept):
        from crm.companies import services as companies

        with app.app_context():
            theirs = a_lead("Iskarim Pumpen GmbH", by="officer.baoan")
            a_company("Falkenby Sensoren GmbH")
            lead = register("Falkenby Sensorik GmbH")
            assert lead.unchecked_since is not None
            with unit_of_work():
                companies.set_parent(
                    db.session.get_one(Company, lead.investor_id), db.session.get_one(Company, theirs.investor_id), "r",
                    actor=actor("coordinator"), now=clock.now(),
                )  # fmt: skip
            db.session.remove()
        swept(full=False)
        swept(full=True)
        with app.app_context():
            matter = db.session.scalars(select(CoordinationMatter)).one()
            assert matter.kind == "same_group"
            codes = list(
                db.session.scalars(select(Notification.code).where(Notification.user_id == actor("coordinator").user_id))
            )
            assert codes.count("lead.to_coordinate") == 1
