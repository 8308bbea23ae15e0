"""争议协调: who may open one, what it holds back, what a decision does at once, the one review, and taking it back."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from crm.audit.models import AuditLine
from crm.claims import queries as claims
from crm.core import clock
from crm.core.db import db, unit_of_work
from crm.core.errors import Forbidden, NotFound
from crm.credit.models import CreditLine
from crm.credit.rules import PartsUnfit
from crm.disputes import queries, services
from crm.disputes.rules import (
    DecidedLately,
    DecisionUnfit,
    DisputeClosed,
    How,
    NoOtherSide,
    OtherLeadUnfit,
    OwnerUnfit,
    ReviewOver,
    WhyNeeded,
    settings,
)
from crm.leads.models import Lead
from crm.leads.rules.lead import LeadDisputed
from crm.merging.services import merge_leads
from crm.policy.rules import Role
from crm.sharing.models import LeadShare
from crm.sharing.rules import SealDisputed
from crm.transfers import services as transfers
from crm.transfers.rules import TransferClosed
from tests.builders import a_company, a_lead, a_person, a_unit, actor, an_officer, someone
from tests.claims.stories import claimed, clock_of
from tests.disputes.stories import HQ, a_dispute, at_headquarters, does, fresh, opened, reported_twice, ruling, stored
from tests.transfers.stories import offered, shares, told
from tests.transfers.stories import state as transfer_state
from tests.web.shared_city import seal


def test_a_dispute_from_its_opening_to_its_decision(app):
    with app.app_context():
        lead, report = reported_twice()
        public_id = opened(report.public_id, by="officer.baoan")
        found = stored(public_id)
        assert {side.unit.code: (side.basis, side.opens) for side in found.sides} == {
            "SZ-NS": ("follows", False), "SZ-BA": ("reported", True),
        }  # fmt: skip
        assert found.due_on > clock.today()
        assert told("dispute.opened") == ["coordinator", "manager.baoan", "manager.nanshan", "officer.nanshan"]
        assert fresh(lead).disputed_on == clock.today()
        does(services.state, public_id, "we sent the first letter", by="officer.nanshan")
        assert told("dispute.stated") == ["coordinator", "manager.baoan", "manager.nanshan", "officer.baoan"]
        does(services.decide, public_id, ruling(supporting=["SZ-NS"]), by="coordinator")
        row = fresh(lead)
        assert (row.following_unit.code, row.owner.username, row.disputed_on) == ("SZ-BA", "officer.baoan", None)
        assert shares(lead) == {"SZ-NS": 3000, "SZ-BA": 7000}
        assert set(db.session.scalars(select(CreditLine.source))) == {"registration", "dispute"}
        share = db.session.scalars(select(LeadShare)).one()
        assert (share.unit.code, share.role, share.level, share.ended_at) == ("SZ-NS", "assist", "edit", None)
        assert stored(public_id).state == "decided"
        assert told("dispute.decided") == ["manager.baoan", "manager.nanshan", "officer.baoan", "officer.nanshan"]
        acts = set(db.session.scalars(select(AuditLine.action)))
        assert {"dispute.opened", "dispute.stated", "dispute.decided", "credit.decided", "lead.handed_over"} <= acts
        assert [step.move for step in queries.steps_of(stored(public_id).id)] == ["opened", "stated", "decided"]


def test_who_spoke_for_a_side_hears_what_was_decided(app):
    with app.app_context():
        _lead, public_id = a_dispute()
        a_person("second.baoan", Role.OFFICER, "SZ-BA")
        does(services.state, public_id, "we sent the first letter", by="second.baoan")
        does(services.decide, public_id, ruling(), by="coordinator")
        assert "second.baoan" in told("dispute.decided")


def test_who_may_open_one(app):
    with app.app_context():
        lead, report = reported_twice()
        stranger = an_officer("SZ-LG").username
        with pytest.raises(NotFound):
            opened(report.public_id, by=stranger)
        with pytest.raises(NotFound):
            opened(lead, by=stranger)
        with pytest.raises(NotFound):  # the lead itself is not theirs to read: they name their own second report
            opened(lead, by="officer.baoan")
        with pytest.raises(NotFound):
            opened("no-such-lead")
        with pytest.raises(WhyNeeded):
            opened(lead, statement="  ")
        alone = a_lead()
        with pytest.raises(NoOtherSide):
            opened(alone)
        for by in ("leader", "auditor", "sysadmin"):
            with pytest.raises((NotFound, Forbidden)):
                opened(lead, by=by)
        assert opened(lead, by="coordinator")
        with pytest.raises(LeadDisputed):
            opened(report.public_id, by="manager.baoan")


def test_two_leads_that_are_one_project(app):
    with app.app_context():
        here, there = a_lead(), a_lead(by="officer.baoan")
        with pytest.raises(OtherLeadUnfit):
            opened(here, other="SZ-0")
        with pytest.raises(OtherLeadUnfit):
            opened(here, other=there.number)  # Nanshan may not read it
        with pytest.raises(OtherLeadUnfit):
            opened(here, other=here.number, by="coordinator")
        public_id = opened(here, other=there.number, by="coordinator")
        assert fresh(there).disputed_on == clock.today()
        for lead in (here, there):
            with pytest.raises(LeadDisputed):
                opened(lead, by="coordinator", other=None if lead is here else here.number)
        does(services.decide, public_id, ruling(), by="coordinator")
        assert [fresh(lead).following_unit.code for lead in (here, there)] == ["SZ-BA", "SZ-BA"]
        assert shares(here) == shares(there) == {"SZ-NS": 3000, "SZ-BA": 7000}


def test_what_an_open_dispute_holds_back(app):
    with app.app_context():
        investor = a_company("Held Works GmbH")
        lead, twin = reported_twice(investor=investor.name)[0], a_lead(investor=investor.name)
        transfer = offered(lead)
        opened(lead)
        with unit_of_work():
            transfers.accept(transfer, actor=actor("manager.baoan"), now=clock.now())
        with pytest.raises(LeadDisputed), unit_of_work():
            transfers.take_over(transfer, someone("officer.baoan").id, actor=actor("manager.baoan"), now=clock.now())
        with pytest.raises(LeadDisputed):
            offered(twin) and offered(lead)
        with pytest.raises(SealDisputed):
            seal(lead.public_id, "远帆")
        if twin.investor_id == lead.investor_id:
            with pytest.raises(LeadDisputed), unit_of_work():
                merge_leads(twin.public_id, (lead.public_id,), {}, reason="one", actor=actor("manager.nanshan"), now=clock.now())


def test_a_decision_overtakes_a_transfer_under_way(app):
    with app.app_context():
        lead, _report = reported_twice()
        transfer = offered(lead, "SZ-LG")
        public_id = opened(lead)
        does(services.decide, public_id, ruling(), by="coordinator")
        assert transfer_state(transfer) == "withdrawn"
        with pytest.raises(TransferClosed), unit_of_work():
            transfers.accept(transfer, actor=actor("coordinator"), now=clock.now())


def test_the_clock_rests_and_goes_on(app, clock_at):
    with app.app_context():
        start = clock_at("2026-06-01 09:00")
        lead = claimed(start)
        before = clock_of(lead, start + timedelta(days=2))
        with clock.fixed(start + timedelta(days=10)):
            with unit_of_work():
                from crm.leads import services as leads
                from tests.builders import new_lead

                leads.report_again(fresh(lead), new_lead(), actor=actor("officer.baoan"), now=clock.now(), coordinate=True)
            public_id = opened(lead)
            assert clock_of(lead, clock.now()).state == "resting"
        with clock.fixed(start + timedelta(days=30)):
            keeps = ruling("SZ-NS", None, parts={"SZ-NS": 10_000})
            does(services.decide, public_id, keeps, by="coordinator")
            after = clock_of(lead, clock.now())
        assert after.state == "running"
        assert (after.marks.rested, after.marks.resumed) == (20, clock.city_day(start + timedelta(days=30)))
        assert abs((after.term - before.term).days - 20) <= 3, "as many days later, rolled to a working day"
        assert after.due > before.due


def test_decisions_that_are_not_fit(app):
    with app.app_context():
        lead, public_id = a_dispute()
        with pytest.raises(Forbidden):
            does(services.decide, public_id, ruling(), by="manager.nanshan")
        for wrong, why in (
            ({"reason": " "}, WhyNeeded), ({"decided_by": ""}, DecisionUnfit),
            ({"decided_on": clock.today() + timedelta(days=1)}, DecisionUnfit), ({"owner_id": 10**6}, OwnerUnfit),
            ({"owner_id": someone("officer.nanshan").id}, OwnerUnfit), ({"parts": {}}, PartsUnfit),
            ({"parts": {a_unit("SZ-NS").id: 9000}}, PartsUnfit),
            ({"parts": {a_unit("SZ-NS").id: 11_000, a_unit("SZ-BA").id: -1000}}, PartsUnfit),
        ):  # fmt: skip
            with pytest.raises(why):
                does(services.decide, public_id, ruling(**wrong) if "parts" not in wrong else _with(wrong), by="coordinator")
        assert fresh(lead).following_unit.code == "SZ-NS"
        assert stored(public_id).state == "open"


def _with(wrong):
    from dataclasses import replace

    return replace(ruling(), **wrong)


def test_decided_by_telephone(app):
    with app.app_context():
        _lead, public_id = a_dispute()
        on = clock.today() - timedelta(days=1)
        new = ruling(how=How.TELEPHONE, decided_by="Deputy Mayor Li", decided_on=on)
        does(services.decide, public_id, new, by="coordinator")
        row = queries.decision_of(stored(public_id).id, "first")
        assert (row.how, row.decided_by, row.decided_on, row.by.username) == ("telephone", "Deputy Mayor Li", on, "coordinator")


def test_one_review_whose_decision_stands(app):
    with app.app_context():
        at_headquarters()
        lead, public_id = a_dispute()
        with pytest.raises(NotFound):
            does(services.review, public_id, ruling(), by=HQ)  # nothing has come up to them
        does(services.decide, public_id, ruling(supporting=["SZ-NS"]), by="coordinator")
        with pytest.raises(Forbidden):
            does(services.ask_review, public_id, "not so", by="officer.nanshan")
        with pytest.raises(WhyNeeded):
            does(services.ask_review, public_id, " ", by="manager.nanshan")
        with pytest.raises(DecidedLately):
            opened(lead, by="officer.baoan")
        does(services.ask_review, public_id, "the letter was overlooked", by="manager.nanshan")
        assert HQ in told("dispute.review_asked")
        assert fresh(lead).disputed_on is not None
        with pytest.raises(DisputeClosed):
            does(services.ask_review, public_id, "again", by="manager.baoan")
        with pytest.raises(Forbidden):
            does(services.review, public_id, ruling(), by="coordinator")
        back = ruling("SZ-NS", "officer.nanshan", parts={"SZ-NS": 10_000}, supporting=["SZ-BA"])
        does(services.review, public_id, back, by=HQ)
        row = fresh(lead)
        assert (row.following_unit.code, row.owner.username, row.disputed_on) == ("SZ-NS", "officer.nanshan", None)
        assert shares(lead) == {"SZ-NS": 10_000}
        live = db.session.scalars(select(LeadShare).where(LeadShare.ended_at.is_(None))).all()
        assert [share.unit.code for share in live] == ["SZ-BA"]
        assert stored(public_id).state == "final"
        assert queries.decision_of(stored(public_id).id, "review").upheld is False
        for verb in (services.review, services.decide):
            with pytest.raises((DisputeClosed, Forbidden)):
                does(verb, public_id, ruling(), by=HQ if verb is services.review else "coordinator")


def test_a_review_that_upholds_and_one_too_late(app):
    with app.app_context():
        at_headquarters()
        _lead, public_id = a_dispute()
        new = ruling(supporting=["SZ-NS"])
        does(services.decide, public_id, new, by="coordinator")
        until = stored(public_id).review_until
        with clock.fixed(clock.start_of(until, days=1)), pytest.raises(ReviewOver):
            does(services.ask_review, public_id, "late", by="manager.nanshan")
        with clock.fixed(clock.start_of(until)):
            does(services.ask_review, public_id, "in time", by="manager.nanshan")
            does(services.review, public_id, new, by=HQ)
        assert queries.decision_of(stored(public_id).id, "review").upheld is True
        assert settings()["ask_review_working_days"] == 5


def test_taking_it_back(app):
    with app.app_context():
        lead, public_id = a_dispute()
        with pytest.raises(Forbidden):
            does(services.withdraw, public_id, "ours", by="manager.baoan")
        with pytest.raises(WhyNeeded):
            does(services.withdraw, public_id, "", by="officer.nanshan")
        does(services.withdraw, public_id, "settled between us", by="officer.nanshan")
        assert (fresh(lead).disputed_on, stored(public_id).state) == (None, "withdrawn")
        for verb, by in ((services.withdraw, "officer.nanshan"), (services.state, "officer.baoan")):
            with pytest.raises(DisputeClosed):
                does(verb, public_id, "again", by=by)
        assert opened(lead), "and may be opened anew"


def test_who_reads_what(app):
    """A side reads the evidence of the other once the dispute is open, and no more of the lead than that."""
    with app.app_context():
        lead = claimed(clock.now() - timedelta(days=3))
        with unit_of_work():
            from crm.leads import services as leads
            from tests.builders import new_lead

            leads.report_again(fresh(lead), new_lead(), actor=actor("officer.baoan"), now=clock.now(), coordinate=True)
        public_id = opened(lead)
        theirs = queries.visible_dispute(public_id, actor=actor("officer.baoan"))
        assert theirs.evidence(0)
        assert theirs.names(0)
        assert not theirs.detail(0)
        facts = queries.evidence_of([(0, fresh(lead), False)])
        assert {"registered", "reported", "claimed", "file"} <= {fact.kind.value for fact in facts}
        assert not [fact for fact in facts if fact.text], "neither words nor names of files"
        assert [fact.on for fact in facts] == sorted(fact.on for fact in facts)
        assert [fact.text for fact in queries.evidence_of([(0, fresh(lead), True)]) if fact.kind == "file"] == ["letter.png"]
        for by in (an_officer("SZ-LG").username, "auditor", "sysadmin", "secadmin"):
            with pytest.raises(NotFound):
                queries.visible_dispute(public_id, actor=actor(by))
        assert queries.visible_dispute(public_id, actor=actor("leader")).evidence(0)
        does(services.withdraw, public_id, "settled", by="officer.nanshan")
        assert not queries.visible_dispute(public_id, actor=actor("officer.baoan")).evidence(0)


def test_a_code_name_stays_one(app):
    with app.app_context():
        lead, report = reported_twice()
        seal(lead.public_id, "远帆")
        public_id = opened(report.public_id, by="officer.baoan")
        assert not queries.visible_dispute(public_id, actor=actor("officer.baoan")).names(0)
        assert queries.visible_dispute(public_id, actor=actor("manager.nanshan")).names(0)
        with pytest.raises(NotFound):
            queries.visible_dispute(public_id, actor=an_officer("SZ-NS"))


def test_the_inbox_and_what_waits(app):
    with app.app_context():
        at_headquarters()
        _lead, public_id = a_dispute()
        counts = {by: queries.waiting_for(actor(by)) for by in ("coordinator", "manager.baoan", "officer.nanshan", HQ, "leader")}
        assert counts == {"coordinator": 1, "manager.baoan": 1, "officer.nanshan": 0, HQ: 0, "leader": 0}
        assert [len(found) for found in queries.inbox(actor("coordinator")).values()] == [1, 0, 0, 0]
        assert [len(found) for found in queries.inbox(actor("manager.baoan")).values()] == [0, 1, 0, 0]
        assert [len(found) for found in queries.inbox(actor("manager.nanshan")).values()] == [0, 0, 1, 0]
        assert [len(found) for found in queries.inbox(actor(HQ)).values()] == [0, 0, 0, 0]
        does(services.decide, public_id, ruling(), by="coordinator")
        does(services.ask_review, public_id, "no", by="manager.nanshan")
        assert queries.waiting_for(actor(HQ)) == 1
        assert [len(found) for found in queries.inbox(actor(HQ)).values()] == [1, 0, 0, 0]
        assert len(queries.reviewed(actor("officer.nanshan"))) == 1
        assert queries.reviewed(an_officer("SZ-LG")) == []


def test_lists_say_what_the_clock_says_after_a_rest(app, clock_at):
    """The condition that a database is asked agrees with the clock, day by day, for a first report that rested."""
    from crm.claims.models import Claim
    from crm.leads import services as leads

    with app.app_context():
        start = clock_at("2026-06-01 09:00")
        lead = claimed(start)
        with clock.fixed(start + timedelta(days=5)), unit_of_work():
            leads.begin_dispute(db.session.get_one(Lead, lead.id), now=clock.now())
        with clock.fixed(start + timedelta(days=45)), unit_of_work():
            leads.end_dispute(db.session.get_one(Lead, lead.id), now=clock.now())
        seen = set()
        for days in range(46, 460, 3):
            now = start + timedelta(days=days)
            state = clock_of(lead, now).state
            seen.add(state.value)
            ran_out = db.session.scalar(select(Claim.id).where(claims.ran_out(now))) is not None
            calls = db.session.scalar(select(Claim.id).where(claims.amber_or_due(now))) is not None
            assert (ran_out, calls) == (state == "due", state in ("due", "amber")), (days, state)
        assert {"running", "due"} <= seen
