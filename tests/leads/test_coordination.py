"""同一集团，另一项目: related hits stand apart, the coordinators are told, and a matter is listed until one has seen it."""

import pytest
from sqlalchemy import select

from crm.companies import services as companies
from crm.companies.models import Company
from crm.core import clock
from crm.core.db import db, unit_of_work
from crm.core.errors import Forbidden, NotFound
from crm.leads import services
from crm.leads.models import CoordinationMatter, Lead
from crm.leads.queries import coordination, hits, listing
from crm.leads.rules.lead import Decision, Decisions, HitDecision, LikelyDuplicate, MatterSeen, ReasonNeeded, Status
from crm.leads.rules.listing import Question, Scope
from crm.notifications.models import Notification
from crm.units.models import Unit
from tests.builders import a_company, a_lead, actor, new_lead, someone

FIRM, SISTER, TOP = "Falkenby Sensors GmbH", "Iskarim Pumpen GmbH", "Hollowmere Holding AG"


def register(name, decisions=None, by="officer.nanshan", **changed):
    who = actor(by)
    with unit_of_work():
        logged = services.log_lead(
            new_lead(investor=name, **changed), decisions or Decisions(), unit=db.session.get_one(Unit, who.unit_id), city="SZ",
            actor=who, now=clock.now(),
        )  # fmt: skip
        return logged.lead


def same(company):
    return Decisions((HitDecision(company.public_id, Decision.SAME),))


@pytest.fixture
def group(desk):
    """A firm without a lead, whose sister is Bao'an's."""
    firm, top = a_company(FIRM), a_company(TOP)
    theirs = a_lead(SISTER, by="officer.baoan")
    with unit_of_work():
        for company in (firm.id, theirs.investor_id):
            companies.set_parent(
                db.session.get_one(Company, company),
                db.session.get_one(Company, top.id),
                "report",
                actor=actor("coordinator"),
                now=clock.now(),
            )
    return db.session.get_one(Company, firm.id), theirs


def matters():
    db.session.expire_all()
    return list(db.session.scalars(select(CoordinationMatter).order_by(CoordinationMatter.id)))


def told(username="coordinator", code="lead.to_coordinate"):
    query = select(Notification).where(Notification.user_id == someone(username).id, Notification.code == code)
    return list(db.session.scalars(query))


class TestStrip:
    def check(self, by):
        return hits.hits_for(hits.subject_of(new_lead(investor=FIRM)), actor=actor(by))

    def test_kin_stand_apart_from_what_may_be_the_firm(self, group):
        found = self.check("coordinator")
        assert [hit.company.name for hit in found.alike] == [FIRM]
        assert {hit.company.name for hit in found.kin} == {SISTER, TOP}
        assert (found.almost_same, found.similar, found.related) == (1, 0, 2)
        assert not any(hit.must_decide for hit in found.kin)

    def test_what_one_may_not_know_of_is_not_named(self, group):
        found = self.check("officer.nanshan")
        assert {hit.company.name for hit in found.kin} == {TOP}
        assert not found.masked, "the sister is another firm: nothing is registered twice"
        assert [lead.investor.name for lead in found.related_leads] == [SISTER]

    def test_a_group_is_not_told_through_a_firm_that_is_hidden(self, desk):
        hidden, sister = a_lead(FIRM, by="officer.baoan"), a_company(SISTER)
        with unit_of_work():
            companies.set_parent(
                db.session.get_one(Company, sister.id),
                db.session.get_one(Company, hidden.investor_id),
                "r",
                actor=actor("coordinator"),
                now=clock.now(),
            )
        found = self.check("officer.nanshan")
        assert (found.masked, found.shown) == (True, ())
        assert {hit.company.name for hit in self.check("officer.baoan").kin} == {SISTER}


class TestRaised:
    def test_a_related_lead_of_another_unit(self, group):
        firm, theirs = group
        lead = register(FIRM, same(firm))
        (matter,) = matters()
        assert (matter.lead_id, matter.other_lead_id, matter.kind, matter.seen_at) == (lead.id, theirs.id, "same_group", None)
        (message,) = told()
        assert (message.subject_type, message.subject_public_id) == ("lead", lead.public_id)
        assert message.facts["matter"] == "same_group"
        assert not told("officer.baoan")

    def test_ones_own_unit_and_what_is_over_raise_nothing(self, group):
        firm, theirs = group
        register(FIRM, same(firm), by="officer.baoan")
        assert not matters()
        with unit_of_work():
            db.session.get_one(Lead, theirs.id).status = Status.ENDED
        register("Jorundal Turbinen GmbH")
        register(
            FIRM, Decisions((HitDecision(firm.public_id, Decision.ANOTHER_PROJECT, None, "a second plant"),), coordinate=True)
        )
        assert "same_group" not in {matter.kind for matter in matters()}

    def test_another_project_of_the_investor(self, desk):
        first = a_lead(FIRM, by="officer.nanshan")
        choice = HitDecision(first.investor.public_id, Decision.ANOTHER_PROJECT, first.public_id, "a plant, not the laboratory")
        lead = register(FIRM, Decisions((choice,)))
        (matter,) = matters()
        assert (matter.lead_id, matter.other_lead_id, matter.kind) == (lead.id, first.id, "another_project")
        assert matter.reason == "a plant, not the laboratory"
        assert [message.facts["matter"] for message in told()] == ["another_project"]

    def test_the_one_who_registers_is_not_told_of_it_himself(self, group):
        firm, _theirs = group
        register(FIRM, same(firm), by="coordinator", origin="form")
        assert not told()
        assert len(matters()) <= 1

    def test_an_import_rings_no_bell(self, group):
        firm, _theirs = group
        register(FIRM, same(firm), origin="import")
        assert (len(matters()), told()) == (1, [])

    def test_nothing_is_raised_while_it_is_not_decided(self, group):
        with pytest.raises(LikelyDuplicate):
            register(FIRM)
        assert not matters()


def to_coordinate():
    """How many leads wait for a coordinator, as the home page counts them."""
    return listing.count_of(Question(stage=None, scope=Scope.CITY, to_coordinate=True), actor("coordinator")).number


class TestSeen:
    def settle(self, lead, note="they know of each other", by="coordinator"):
        with unit_of_work():
            services.settle_matters(lead.public_id, note, actor=actor(by), now=clock.now())

    def test_listed_until_a_coordinator_says_a_word(self, group):
        firm, _theirs = group
        lead = register(FIRM, same(firm))
        question = Question(stage=None, scope=Scope.CITY, to_coordinate=True)
        assert [row.public_id for row in listing.page_of(question, actor("coordinator"))] == [lead.public_id]
        assert to_coordinate() == 1
        for by, refusal in (
            ("leader", Forbidden),
            ("officer.nanshan", NotFound),
            ("officer.baoan", NotFound),
            ("manager.nanshan", NotFound),
        ):
            with pytest.raises(refusal):
                self.settle(lead, by=by)
        with pytest.raises(ReasonNeeded):
            self.settle(lead, "  ")
        self.settle(lead)
        (matter,) = matters()
        assert (matter.note, matter.seen_by_id) == ("they know of each other", someone("coordinator").id)
        assert matter.seen_at is not None
        assert (to_coordinate(), listing.page_of(question, actor("coordinator"))) == (0, [])
        with pytest.raises(MatterSeen):
            self.settle(lead)


class TestMerged:
    def test_matters_go_along_and_come_back(self, group):
        from crm.merging import services as merging

        firm, theirs = group
        lead = register(FIRM, same(firm))
        firm = db.session.get_one(Company, firm.id)
        choice = HitDecision(firm.public_id, Decision.ANOTHER_PROJECT, lead.public_id, "another plant")
        second = register(FIRM, Decisions((choice,)))
        before = [(m.lead_id, m.other_lead_id, m.kind) for m in matters()]
        with unit_of_work():
            done = merging.merge_leads(
                lead.public_id, (second.public_id,), {}, reason="one", actor=actor("coordinator"), now=clock.now()
            )
        after = {(m.lead_id, m.other_lead_id, m.kind) for m in matters()}
        assert (lead.id, theirs.id, "same_group") in after
        assert (second.id, lead.id, "another_project") in after, "between the two it stays where it was"
        assert to_coordinate() == 1
        with unit_of_work():
            merging.undo_merge(done.public_id, actor=actor("coordinator"), now=clock.now())
        assert [(m.lead_id, m.other_lead_id, m.kind) for m in matters()] == before


class TestAsked:
    """Who may not see the lead and asks the city to coordinate waits for a word, and gets it."""

    def ask(self, by="officer.baoan"):
        who = actor(by)
        with unit_of_work():
            return services.log_lead(
                new_lead(investor=FIRM), Decisions(coordinate=True), unit=db.session.get_one(Unit, who.unit_id), city="SZ",
                actor=who, now=clock.now(),
            ).lead  # fmt: skip

    def test_it_waits_until_it_is_answered(self, desk):
        lead = a_lead(FIRM, by="officer.nanshan")
        assert to_coordinate() == 0
        assert self.ask().id == lead.id
        question = Question(stage=None, scope=Scope.CITY, to_coordinate=True)
        assert [row.public_id for row in listing.page_of(question, actor("coordinator"))] == [lead.public_id]
        with pytest.raises(Forbidden):
            TestSeen().settle(lead, by="leader")
        with pytest.raises(ReasonNeeded):
            TestSeen().settle(lead, " ")
        TestSeen().settle(lead, "Nanshan leads, talk to Ms Lin")
        db.session.expire_all()
        (report,) = coordination.asked_of(lead.id)
        assert (report.answer, report.answered_by_id) == ("Nanshan leads, talk to Ms Lin", someone("coordinator").id)
        (message,) = told("officer.baoan", "lead.coordinated")
        assert (message.facts, message.subject_public_id) == ({"name": FIRM, "why": "Nanshan leads, talk to Ms Lin"}, None)
        assert not told("officer.nanshan", "lead.coordinated")
        assert to_coordinate() == 0
        with pytest.raises(MatterSeen):
            TestSeen().settle(lead)

    def test_who_asks_once_more_waits_again(self, desk):
        lead = a_lead(FIRM, by="officer.nanshan")
        self.ask()
        TestSeen().settle(lead, "first")
        self.ask()
        assert to_coordinate() == 1
        TestSeen().settle(lead, "second")
        assert [report.answer for report in coordination.asked_of(lead.id)] == ["first", "second"]

    def test_what_both_raised_is_answered_at_once(self, group):
        firm, _theirs = group
        lead = register(FIRM, same(firm))
        self.ask()
        TestSeen().settle(lead, "seen")
        assert (to_coordinate(), matters()[0].note, coordination.asked_of(lead.id)[0].answer) == (0, "seen", "seen")
