"""What the services of a lead promise, on both databases: registering, assessing, editing, tagging, moving, writing progress."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from crm.claims import queries as claims
from crm.claims.models import Claim
from crm.clusters import queries as clusters
from crm.companies import queries as companies
from crm.companies.models import Company, CompanyIdentifier, CompanyName, PairDecision
from crm.core import clock
from crm.core.db import db, unit_of_work
from crm.core.errors import Forbidden, NotFound, Refusal, StaleVersion
from crm.core.money import Money
from crm.files import services as files
from crm.leads import services
from crm.leads.models import Assessment, FieldChange, Lead, LeadCluster, SecondReport
from crm.leads.queries import access
from crm.leads.rules.lead import (
    Band,
    Decision,
    Decisions,
    HitDecision,
    LeadEdit,
    LikelyDuplicate,
    NewContact,
    NotAdmitted,
    Outcome,
    ReasonNeeded,
    Source,
    Stage,
)
from crm.leads.services.log import Logged
from crm.notifications.models import Notification
from crm.pipeline import services as pipeline
from crm.pipeline.models import StageChange
from crm.pipeline.rules import SameStage, StageBeforeLast, StageInFuture
from crm.policy.rules import Actor
from crm.rates import services as rates
from crm.tasks.models import NextStep
from crm.units.models import Unit
from crm.visits import services as visits
from crm.visits.models import Interaction
from crm.visits.rules import InTheFuture, Kind, NewProgress
from tests.builders import a_company, a_lead, a_unit, actor, an_officer, new_lead, someone
from tests.pages import statements

FIRM = "Kestovar Robotics GmbH"
AGAIN = "KESTOVAR  Robotics G.m.b.H."
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF"


def register(name=FIRM, decisions=None, by="officer.nanshan", **changed) -> Logged:
    who = actor(by) if isinstance(by, str) else by
    new = new_lead(investor=name, **changed) if name else replace(new_lead(**changed), investor=None, title="a plant")
    with unit_of_work():
        return services.log_lead(
            new, decisions or Decisions(), unit=db.session.get_one(Unit, who.unit_id), city="SZ",
            actor=who, now=clock.now(),
        )  # fmt: skip


def about(company, decision, lead=None, reason="") -> Decisions:
    return Decisions((HitDecision(company.public_id, decision, lead.public_id if lead else None, reason),))


def assess(lead, outcome=Outcome.ADMITTED, reason="", by="manager.nanshan"):
    with unit_of_work():
        return services.assess_lead(lead.public_id, outcome, reason, city="SZ", actor=actor(by), now=clock.now())


def evidence(app, lead, by="officer.nanshan", purpose="evidence"):
    with unit_of_work():
        files.store_file(
            PDF, "minutes.pdf", purpose=purpose, root=app.config["FILES_PATH"], actor=actor(by), now=clock.now(), lead_id=lead.id
        )


def move(lead, to, on=None, note="", by="officer.nanshan", opened=None):
    with unit_of_work():
        return pipeline.move_stage(lead.public_id, to, on or clock.today(), note, opened=opened, actor=actor(by), now=clock.now())


def edit(lead, changed, opened=None, by="officer.nanshan"):
    with unit_of_work():
        return services.edit_lead(
            lead.public_id, changed, opened=lead.version if opened is None else opened, actor=actor(by), now=clock.now()
        )


def all_of(table):
    return list(db.session.scalars(select(table)))


def messages(username):
    query = select(Notification.code).where(Notification.user_id == someone(username).id).order_by(Notification.id)
    return list(db.session.scalars(query))


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


def as_it_is(lead, **changed) -> LeadEdit:
    found = LeadEdit(
        title=lead.title, country=lead.country, source=Source(lead.source), note=lead.note,
        total=Money(lead.total_amount, lead.total_currency) if lead.total_currency else None,
        contracted=Money(lead.contracted_amount, lead.contracted_currency) if lead.contracted_currency else None,
        district_ids=tuple(row.unit_id for row in lead.districts), total_verified=lead.total_verified,
    )  # fmt: skip
    return replace(found, **changed)


class TestEditing:
    """Facts and tags."""

    def test_every_changed_field_is_a_line_of_the_timeline(self, desk):
        lead = register(total=Money.of("350000000", "CNY"), district_ids=(a_unit("SZ-NS").id,)).lead
        changed = as_it_is(
            lead, title="another title", park="Harbour", total=Money.of("50000000", "USD"), district_ids=(a_unit("SZ-BA").id,)
        )
        edit(lead, changed)
        lines = {row.field: (row.old, row.new) for row in all_of(FieldChange)}
        assert set(lines) == {"title", "park", "total", "districts"}
        assert lines["total"] == ("350000000.00 CNY", "50000000.00 USD")
        assert lines["districts"] == ("SZ-NS", "SZ-BA")
        db.session.expire_all()
        assert [row.unit.code for row in lead.districts] == ["SZ-BA"]
        assert (lead.title, lead.park, lead.total_amount, lead.total_currency) == (
            "another title",
            "Harbour",
            5_000_000_000,
            "USD",
        )

    def test_nothing_changed_leaves_no_trace(self, desk):
        lead = register().lead
        touched = lead.touched_at
        edit(lead, as_it_is(lead))
        assert all_of(FieldChange) == []
        assert lead.touched_at == touched

    def test_a_stale_form_is_refused_and_nothing_is_lost(self, desk):
        lead = register(note="as registered").lead
        opened = lead.version
        edit(lead, as_it_is(lead, note="a colleague's words"), by="manager.nanshan")
        with pytest.raises(StaleVersion) as refused:
            edit(lead, as_it_is(lead, note="mine", title="mine"), opened=opened)
        assert refused.value.facts["opened"] == opened < refused.value.facts["saved"]
        db.session.rollback()
        db.session.expire_all()
        assert lead.note == "a colleague's words"
        assert [row.field for row in all_of(FieldChange)] == ["note"]
        edit(lead, as_it_is(lead, title="mine"))
        db.session.expire_all()
        assert (lead.title, lead.note) == ("mine", "a colleague's words")

    def test_a_sum_keeps_the_rate_of_its_day(self, desk, clock_at):
        """Somebody corrects a typing error a year later: the converted sum is no other because of it."""
        clock_at("2026-06-18 09:00")
        lead = register(total=Money.of("100000000", "USD")).lead
        before = (lead.total_cny, lead.rate_day)
        clock_at("2027-06-18 09:00")
        with unit_of_work():
            rates.add_rate("USD", date(2027, 6, 1), 9, "a test", actor=actor("sysadmin"), now=clock.now())
        edit(lead, as_it_is(lead, note="corrected"))
        assert (lead.total_cny, lead.rate_day) == before
        edit(lead, as_it_is(lead, total=Money.of("200000000", "USD")))
        assert (lead.total_cny, lead.rate_day) == (180_000_000_000, date(2027, 6, 18))

    @pytest.mark.parametrize(("username", "refusal"), [
        ("officer.baoan", NotFound), ("leader", Forbidden), ("auditor", NotFound), ("manager.baoan", NotFound),
    ])  # fmt: skip
    def test_who_does_not_edit(self, desk, username, refusal):
        lead = register().lead
        with pytest.raises(refusal):
            edit(lead, as_it_is(lead, title="x"), by=username)

    def test_a_colleague_of_the_unit_reads_but_does_not_edit(self, desk):
        lead, colleague = register().lead, an_officer("SZ-NS")
        assert access.visible_lead(lead.public_id, actor=colleague).id == lead.id
        with pytest.raises(Forbidden), unit_of_work():
            services.edit_lead(lead.public_id, as_it_is(lead), opened=lead.version, actor=colleague, now=clock.now())


def tag(lead, ids, by: str | Actor = "officer.nanshan"):
    with unit_of_work():
        services.tag_lead(lead.public_id, tuple(ids), actor=actor(by) if isinstance(by, str) else by, now=clock.now())


class TestTagging:
    """One cluster that counts, two more at most."""

    def test_a_primary_one_and_two_more(self, desk):
        lead, offered = register().lead, [cluster.id for cluster in clusters.current()]
        tag(lead, offered[:3])
        ranks = select(LeadCluster.rank, LeadCluster.cluster_id).where(LeadCluster.lead_id == lead.id).order_by(LeadCluster.rank)
        assert db.session.execute(ranks).all() == list(enumerate(offered[:3]))
        tag(lead, [offered[2], offered[0]])
        assert db.session.execute(ranks).all() == [(0, offered[2]), (1, offered[0])]
        assert [row.field for row in all_of(FieldChange)] == ["clusters", "clusters"]
        tag(lead, [offered[2], offered[0]])
        assert len(all_of(FieldChange)) == 2, "the same tags again are no change"
        tag(lead, [])
        assert all_of(LeadCluster) == []

    def test_a_fourth_is_refused(self, desk):
        lead, offered = register().lead, [cluster.id for cluster in clusters.current()]
        tag(lead, offered[:1])
        with pytest.raises(Refusal) as refused:
            tag(lead, offered[:4])
        assert refused.value.code == "too_many_clusters"
        db.session.rollback()
        assert [row.cluster_id for row in all_of(LeadCluster)] == offered[:1]
        tag(lead, [offered[0], offered[0], offered[1], 10**6])
        assert [row.cluster_id for row in all_of(LeadCluster)] == offered[:2], "twice the same is one, an unknown one is none"

    def test_who_does_not_tag(self, desk):
        lead = register().lead
        with pytest.raises(NotFound):
            tag(lead, [], by="officer.baoan")
        with pytest.raises(Forbidden):
            tag(lead, [], by=an_officer("SZ-NS"))


class TestMoving:
    """Stages."""

    def test_a_move_is_a_row(self, desk, clock_at):
        now = clock_at("2026-06-18 09:00")
        lead = register().lead
        assess(lead)
        move(lead, Stage.NEGOTIATING, date(2026, 6, 10), "first talks in Berlin")
        row = all_of(StageChange)[0]
        assert (row.from_stage, row.to_stage, row.on_date, row.note) == (
            "lead", "negotiating", date(2026, 6, 10), "first talks in Berlin",
        )  # fmt: skip
        assert (row.entered_at, row.entered_by_id) == (now, actor("officer.nanshan").user_id)
        assert (lead.stage, lead.stage_since, lead.first_talks_on) == ("negotiating", date(2026, 6, 10), date(2026, 6, 10))
        move(lead, Stage.SIGNED, by="coordinator")
        assert lead.first_talks_on == date(2026, 6, 10)
        assert messages("officer.nanshan") == ["lead.assessed", "lead.stage_moved"]

    def test_forward_only_after_the_admission(self, desk):
        lead = register().lead
        with pytest.raises(NotAdmitted):
            move(lead, Stage.NEGOTIATING)
        assess(lead, Outcome.MORE_NEEDED, "more")
        with pytest.raises(NotAdmitted):
            move(lead, Stage.NEGOTIATING)
        assess(lead)
        move(lead, Stage.NEGOTIATING)
        assert lead.stage == "negotiating"

    def test_days(self, desk, clock_at):
        clock_at("2026-06-18 09:00")
        lead = register().lead
        assess(lead)
        with pytest.raises(StageInFuture):
            move(lead, Stage.NEGOTIATING, date(2026, 6, 19))
        move(lead, Stage.NEGOTIATING, date(2026, 6, 10))
        with pytest.raises(SameStage):
            move(lead, Stage.NEGOTIATING)
        with pytest.raises(StageBeforeLast):
            move(lead, Stage.SIGNED, date(2026, 6, 9))
        move(lead, Stage.SIGNED, date(2026, 6, 10))
        assert lead.stage == "signed"

    def test_back_only_with_a_reason(self, desk):
        lead = register().lead
        assess(lead)
        move(lead, Stage.SIGNED)
        for empty in ("", "   "):
            with pytest.raises(ReasonNeeded):
                move(lead, Stage.NEGOTIATING, note=empty)
        move(lead, Stage.NEGOTIATING, note="the parent firm withdrew")
        rows = list(db.session.scalars(select(StageChange).order_by(StageChange.id)))
        assert [(row.from_stage, row.to_stage) for row in rows] == [("lead", "signed"), ("signed", "negotiating")]
        assert (lead.stage, lead.signed) == ("negotiating", False)

    def test_a_stale_form_moves_nothing(self, desk):
        lead = register().lead
        assess(lead)
        opened = lead.version
        move(lead, Stage.NEGOTIATING, by="manager.nanshan")
        with pytest.raises(StaleVersion):
            move(lead, Stage.SIGNED, opened=opened)
        db.session.rollback()
        assert len(all_of(StageChange)) == 1

    @pytest.mark.parametrize(("username", "refusal"), [("officer.baoan", NotFound), ("leader", Forbidden), ("auditor", NotFound)])
    def test_who_does_not_move(self, desk, username, refusal):
        lead = register().lead
        assess(lead)
        with pytest.raises(refusal):
            move(lead, Stage.NEGOTIATING, by=username)


class TestProgress:
    """写进展 with what comes next."""

    def write(self, lead, by="officer.nanshan", **changed):
        new = NewProgress(
            **({"kind": Kind.VISIT, "on": clock.today(), "text": "the line was shown", "whom": "Ms Beispiel"} | changed)
        )
        with unit_of_work():
            who = actor(by) if isinstance(by, str) else by
            return visits.log_progress(lead.public_id, new, actor=who, now=clock.now())

    def test_it_is_a_row_and_the_next_step_replaces_the_open_one(self, desk, clock_at):
        now = clock_at("2026-06-18 09:00")
        lead = register(next_step="call", next_due=date(2026, 6, 20)).lead
        row = self.write(lead, on=date(2026, 6, 17), next_step="send the floor plan", next_due=date(2026, 6, 25))
        assert [found.id for found in all_of(Interaction)] == [row.id]
        assert (row.kind, row.on_date, row.whom, row.text, row.entered_at) == (
            "visit", date(2026, 6, 17), "Ms Beispiel", "the line was shown", now,
        )  # fmt: skip
        assert (lead.last_progress_on, lead.touched_at) == (date(2026, 6, 17), now)
        assert (lead.next_step, lead.next_due) == ("send the floor plan", date(2026, 6, 25))
        steps = list(db.session.scalars(select(NextStep).order_by(NextStep.id)))
        assert [(step.text, step.done_at) for step in steps] == [("call", now), ("send the floor plan", None)]

    def test_without_a_next_step_the_open_one_stays(self, desk):
        lead = register(next_step="call").lead
        self.write(lead)
        assert [step.done_at for step in all_of(NextStep)] == [None]
        assert lead.next_step == "call"

    def test_older_progress_does_not_turn_the_clock_back(self, desk, clock_at):
        clock_at("2026-06-18 09:00")
        lead = register().lead
        self.write(lead, on=date(2026, 6, 17))
        self.write(lead, on=date(2026, 6, 1))
        assert lead.last_progress_on == date(2026, 6, 17)

    def test_what_has_not_happened_is_no_progress(self, desk):
        lead = register().lead
        with pytest.raises(InTheFuture):
            self.write(lead, on=clock.today() + timedelta(days=1))
        db.session.rollback()
        assert all_of(Interaction) == []

    def test_a_colleague_writes_and_the_owner_is_to_act(self, desk):
        lead, colleague = register().lead, an_officer("SZ-NS")
        self.write(lead, by=colleague, next_step="call")
        assert [step.assignee_id for step in all_of(NextStep)] == [lead.owner_id]
        with pytest.raises(NotFound):
            self.write(lead, by="officer.baoan")
