"""What the services of a lead promise, on both databases: registering and assessing."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from crm.claims import queries as claims
from crm.claims.models import Claim
from crm.companies import queries as companies
from crm.companies.models import Company, CompanyIdentifier, CompanyName, PairDecision
from crm.core.db import db
from crm.core.errors import Forbidden, NotFound
from crm.leads.models import Assessment, Lead, SecondReport
from crm.leads.rules.lead import (
    Band,
    Decision,
    Decisions,
    HitDecision,
    LikelyDuplicate,
    NewContact,
    Outcome,
    ReasonNeeded,
)
from crm.tasks.models import NextStep
from tests.builders import a_company, a_lead, a_unit, actor, someone
from tests.leads.stories import AGAIN, FIRM, about, all_of, assess, evidence, messages, register
from tests.pages import statements


class TestRegistering:
    """What a decision about a hit leads to."""

    def test_a_new_firm(self, desk, clock_at):
        now = clock_at("2026-06-18 09:00")
        lead = register(country="DE", contacts=(NewContact("Anna Beispiel", phone="+49 30 1234567"),), next_step="call").lead
        who = someone("officer.nanshan")
        assert lead.number == "SZ-2026-00001"
        assert (lead.registered_by_id, lead.owner_id, lead.registered_unit_id) == (who.id, who.id, who.unit_id)
        assert (lead.registered_at, lead.stage, lead.admitted_at) == (now, "lead", None)
        assert lead.investor.name == FIRM
        assert [(step.text, step.assignee_id) for step in all_of(NextStep)] == [("call", who.id)]
        assert messages("manager.nanshan") == ["lead.queued"]
        assert messages("manager.baoan") == []

    def test_its_row_is_written_once_and_brought_up_to_date_once(self, desk):
        with statements() as said:
            register()
        assert len([one for one in said if one.startswith("UPDATE lead ")]) == 1

    def test_something_like_it_asks_first(self, desk):
        first = register().lead
        with pytest.raises(LikelyDuplicate):
            register(AGAIN)
        assert [lead.id for lead in all_of(Lead)] == [first.id]
        assert len(all_of(Company)) == 1

    def test_it_is_this_one(self, desk):
        lead = register().lead
        company = lead.investor
        logged = register(
            AGAIN, about(company, Decision.SAME, lead), by="manager.nanshan", other_names=("凯斯托瓦机器人",),
            website="kestovar.example.com",
        )  # fmt: skip
        assert logged.lead.id == lead.id
        assert [row.reported_by_id for row in all_of(SecondReport)] == [actor("manager.nanshan").user_id]
        assert not logged.second_report.wants_coordination
        assert "凯斯托瓦机器人" in db.session.scalars(select(CompanyName.text)).all()
        assert [row.scheme for row in all_of(CompanyIdentifier)] == ["domain"]
        assert messages("officer.nanshan") == ["lead.second_report"]
        assert len(all_of(Lead)) == 1

    def test_it_is_this_one_is_no_word_about_a_lead_that_came_meanwhile(self, desk):
        """The strip showed a company without a lead; a colleague was quicker: one project line, one lead."""
        company = a_company(FIRM)
        lead = register(FIRM, about(company, Decision.SAME)).lead
        assert (lead.investor_id, lead.project_slot) == (company.id, 0)
        with pytest.raises(LikelyDuplicate):
            register(FIRM, about(company, Decision.SAME), by="manager.nanshan")
        assert len(all_of(Lead)) == 1

    def test_the_same_investor_with_another_project(self, desk):
        lead = register().lead
        with pytest.raises(ReasonNeeded):
            register(AGAIN, about(lead.investor, Decision.ANOTHER_PROJECT))
        other = register(AGAIN, about(lead.investor, Decision.ANOTHER_PROJECT, reason="a plant, not the laboratory")).lead
        assert other.investor_id == lead.investor_id
        assert (lead.project_slot, other.project_slot) == (0, 1)
        assert other.another_project_reason == "a plant, not the laboratory"
        assert all_of(SecondReport) == []

    def test_not_the_same_is_remembered(self, desk):
        first = register().lead
        with pytest.raises(ReasonNeeded):
            register(AGAIN, about(first.investor, Decision.DIFFERENT, reason="  "))
        second = register(AGAIN, about(first.investor, Decision.DIFFERENT, reason="other town, other owner")).lead
        assert second.investor_id != first.investor_id
        decided = companies.decision(second.investor_id, first.investor_id)
        assert (decided.verdict, decided.reason) == ("different", "other town, other owner")
        assert decided.decided_by_id == actor("officer.nanshan").user_id
        third = register(AGAIN, about(second.investor, Decision.ANOTHER_PROJECT, reason="expansion")).lead
        assert third.investor_id == second.investor_id, "a word about one of the two is enough: that they differ is known"
        assert len(all_of(PairDecision)) == 1

    def test_a_related_firm(self, desk):
        first = register().lead
        second = register(AGAIN, about(first.investor, Decision.RELATED)).lead
        assert companies.decision(first.investor_id, second.investor_id).verdict == "related"

    def test_a_choice_about_what_is_no_hit_decides_nothing(self, desk):
        """The name was typed anew after the choice: the lead does not go to the firm that was meant before."""
        other = a_company("Norvenhoek Optics B.V.")
        lead = register(FIRM, about(other, Decision.ANOTHER_PROJECT, reason="typed before")).lead
        assert lead.investor_id != other.id
        assert (lead.project_slot, lead.another_project_reason) == (0, None)
        stray = Decisions((HitDecision("nowhere", Decision.DIFFERENT, reason="x"),))
        assert register("Sundergast Ceramics AG", stray).lead.investor.name == "Sundergast Ceramics AG"
        assert all_of(PairDecision) == []

    def test_another_units_open_lead_is_met_by_coordination_alone(self, desk, clock_at):
        start = clock_at("2026-06-18 09:00")
        lead = register().lead
        with pytest.raises(LikelyDuplicate) as refused:
            register(AGAIN, by="officer.baoan")
        assert refused.value.facts == {"open": 0, "masked": True}
        with pytest.raises(LikelyDuplicate):  # who has guessed the company's id gets no further
            register(AGAIN, about(lead.investor, Decision.ANOTHER_PROJECT, reason="guessed"), by="officer.baoan")
        now = clock_at(start + timedelta(hours=1))
        logged = register(AGAIN, Decisions(coordinate=True), by="officer.baoan", contacts=(NewContact("Anna Beispiel"),))
        assert logged.lead.id == lead.id
        report = logged.second_report
        assert (report.reported_at, report.wants_coordination, report.unit_id) == (now, True, a_unit("SZ-BA").id)
        assert report.typed["investor"] == AGAIN
        assert "Beispiel" not in str(report.typed)
        assert messages("officer.nanshan") == ["lead.second_report"]
        assert messages("coordinator") == ["lead.coordination"]
        assert [name.text for name in lead.investor.names] == [FIRM], "what a stranger typed does not teach the company"

    def test_an_undisclosed_investor_through_somebody(self, desk):
        one = register(None, intermediary="Amberlyn Advisers", amount_band=Band.FROM_5YI).lead
        two = register(None, intermediary="Amberlyn Advisers", amount_band=Band.FROM_5YI).lead
        assert one.number != two.number
        assert (one.investor_id, one.intermediary, one.amount_band) == (None, "Amberlyn Advisers", "from_5yi")
        assert all_of(Company) == []
        assert one.display_name is None
        assert "amberlyn" in one.search_text.casefold()

    @pytest.mark.parametrize("username", ["leader", "auditor", "sysadmin", "secadmin"])
    def test_who_registers_nothing(self, desk, username):
        with pytest.raises((Forbidden, NotFound)):
            register(by=username)
        assert all_of(Lead) == []


class TestAssessing:
    """研判 and the first report."""

    def test_admitted(self, desk, clock_at):
        start = clock_at("2026-06-18 09:00")
        lead = register().lead
        now = clock_at(start + timedelta(days=1))
        row = assess(lead)
        assert (row.outcome, row.assessed_at, row.assessed_by_id) == ("admitted", now, actor("manager.nanshan").user_id)
        assert (lead.admitted_at, lead.assessed_at, lead.assessment) == (now, now, "admitted")
        assert messages("officer.nanshan") == ["lead.assessed"]

    @pytest.mark.parametrize("outcome", [Outcome.MORE_NEEDED, Outcome.NOT_ADMITTED])
    def test_other_outcomes_need_a_reason_and_admit_nothing(self, desk, outcome):
        lead = register().lead
        evidence(desk, lead)
        for empty in ("", "  "):
            with pytest.raises(ReasonNeeded):
                assess(lead, outcome, empty)
        assert all_of(Assessment) == []
        assess(lead, outcome, "who controls the firm is not said")
        assert (lead.assessment, lead.admitted_at) == (outcome.value, None)
        assert [row.reason for row in all_of(Assessment)] == ["who controls the firm is not said"]
        assert all_of(Claim) == []

    def test_the_first_report_counts_from_the_registration(self, desk, clock_at):
        registered = clock_at("2026-06-18 09:00")
        lead = register().lead
        evidence(desk, lead)
        evidence(desk, lead)
        now = clock_at(registered + timedelta(days=2))
        assess(lead)
        claim = claims.live_for(lead.id)
        assert (claim.counts_from, claim.granted_at, claim.evidence_count) == (registered, now, 2)
        assert (claim.unit_id, claim.user_id) == (lead.registered_unit_id, lead.registered_by_id)
        assert claim.granted_by_id == actor("manager.nanshan").user_id
        assert claim.number == "SZ-SB-2026-0001"
        assert messages("officer.nanshan") == ["claim.granted", "lead.assessed"]
        assess(lead)
        assert len(all_of(Claim)) == 1, "a second admission grants no second one"

    def test_no_evidence_no_first_report(self, desk):
        lead = register().lead
        evidence(desk, lead, purpose="attachment")
        assess(lead)
        assert lead.admitted_at is not None
        assert all_of(Claim) == []
        evidence(desk, lead)
        assess(lead)
        assert [claim.counts_from for claim in all_of(Claim)] == [lead.registered_at], "evidence that came later is enough"

    def test_an_import_never_protects(self, desk):
        lead = a_lead(FIRM, origin="import")
        evidence(desk, lead)
        assess(lead)
        assert lead.admitted_at is not None
        assert all_of(Claim) == []

    @pytest.mark.parametrize(("username", "refusal"), [
        ("officer.nanshan", Forbidden), ("leader", Forbidden), ("manager.baoan", NotFound), ("auditor", NotFound),
        ("sysadmin", NotFound),
    ])  # fmt: skip
    def test_who_does_not_assess(self, desk, username, refusal):
        lead = register().lead
        with pytest.raises(refusal):
            assess(lead, by=username)
        assert all_of(Assessment) == []
