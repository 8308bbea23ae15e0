"""What moving through a gate promises, on both databases."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from crm.core import clock
from crm.core.db import db
from crm.core.errors import Forbidden
from crm.leads.models import Lead
from crm.leads.rules.lead import ReasonNeeded, Stage
from crm.pipeline import jobs, queries, services
from crm.pipeline.models import GateOverride, Milestone
from crm.pipeline.rules import (
    FinalStage,
    GateClosed,
    Kind,
    NewOverride,
    NotActive,
    OverrideUnfit,
)
from tests.builders import an_officer, make_ready, put_milestone
from tests.leads.stories import PDF, messages
from tests.pipeline.stories import enter, move, negotiating, new


def later(days):
    return clock.today() + timedelta(days=days)


def test_the_gate_names_what_is_missing_and_moves_nothing(desk):
    lead = negotiating()
    with pytest.raises(GateClosed) as closed:
        move(lead, Stage.SIGNED)
    assert [one.what for one in closed.value.facts["missing"]] == ["contract_signed|registered"]
    db.session.rollback()
    assert db.session.get_one(Lead, lead.id, populate_existing=True).stage == "negotiating"


def test_the_milestone_is_entered_in_the_same_act(desk):
    lead = negotiating()
    root = desk.config["FILES_PATH"]
    with pytest.raises(GateClosed):
        move(lead, Stage.UNDER_CONSTRUCTION, milestone=new(), root=root)
    db.session.rollback()
    assert db.session.scalars(select(Milestone).where(Milestone.kind == "contract_signed")).all() == []
    move(lead, Stage.SIGNED, milestone=new(), root=root)
    row = db.session.scalars(select(Milestone).where(Milestone.kind == "contract_signed")).one()
    assert (row.state, row.amount, row.entered_by_id) == ("reported", 8_000_000_00, lead.owner_id)
    assert [file.file.name for file in queries.evidence_of([row.id])[row.id]] == ["contract.pdf"]


def test_going_into_talks_notes_the_first_talks(desk):
    lead = negotiating(clock.today())
    row = db.session.scalars(select(Milestone)).one()
    assert (row.kind, row.on_date, row.state, row.due_on) == ("first_talks", clock.today(), "reported", None)
    assert lead.first_talks_on == clock.today()


def test_the_contract_fills_in_the_sum_that_the_lead_did_not_say(desk):
    lead = negotiating()
    db.session.rollback()
    from crm.core.db import unit_of_work

    with unit_of_work():
        stored = db.session.get_one(Lead, lead.id)
        stored.contracted_amount = stored.contracted_currency = stored.contracted_usd = None
    move(lead, Stage.SIGNED, milestone=new(), root=desk.config["FILES_PATH"])
    assert db.session.get_one(Lead, lead.id).contracted_usd == 8_000_000_00


def test_an_old_lead_stays_repairable(desk):
    """What came in at a stage keeps it, is edited freely, and moves on only when the whole is there."""
    lead = negotiating()
    db.session.rollback()
    from crm.core.db import unit_of_work

    with unit_of_work():
        db.session.get_one(Lead, lead.id).stage = "signed"
    found = [one.what for one in queries.missing_for(db.session.get_one(Lead, lead.id), Stage.UNDER_CONSTRUCTION)]
    assert found == ["registered", "first_funds", "construction_started"]
    assert [one.what for one in queries.missing_of_reached(db.session.get_one(Lead, lead.id))] == ["contract_signed|registered"]
    make_ready(lead, Stage.UNDER_CONSTRUCTION)
    move(lead, Stage.UNDER_CONSTRUCTION)


class TestOverrides:
    """带缺口放行."""

    def test_only_the_city_lets_a_lead_through(self, desk):
        lead = negotiating()
        override = NewOverride("the minister signs on Monday", later(10))
        for who in ("officer.nanshan", "manager.nanshan"):
            with pytest.raises(GateClosed):
                move(lead, Stage.SIGNED, by=who, override=override)
            db.session.rollback()
        move(lead, Stage.SIGNED, by="coordinator", override=override)
        row = db.session.scalars(select(GateOverride)).one()
        assert (row.to_stage, row.reason, row.until) == ("signed", "the minister signs on Monday", later(10))
        assert [item["what"] for item in row.missing] == ["contract_signed|registered"]

    @pytest.mark.parametrize(("reason", "days"), [("", 5), ("  ", 5), ("why", 0), ("why", -1), ("why", 91)])
    def test_it_has_a_reason_and_a_day(self, desk, reason, days):
        lead = negotiating()
        with pytest.raises(OverrideUnfit):
            move(lead, Stage.SIGNED, by="coordinator", override=NewOverride(reason, later(days)))

    def test_it_shows_until_what_is_missing_is_there(self, desk, clock_at):
        clock_at("2026-11-02 09:00")
        lead = negotiating()
        move(lead, Stage.SIGNED, by="coordinator", override=NewOverride("soon", date(2026, 11, 12)))
        lead = db.session.get_one(Lead, lead.id)
        held = queries.overrides_of(lead)
        assert [(one.over, [m.what for m in one.missing]) for one in held] == [(False, ["contract_signed|registered"])]
        wanted = [one.what for one in queries.missing_for(lead, Stage.UNDER_CONSTRUCTION)]
        assert wanted == ["registered", "first_funds", "construction_started"], "who registers needs no contract besides"
        clock_at("2026-11-13 09:00")
        assert queries.overrides_of(lead)[0].over
        before = len(messages("officer.nanshan"))
        assert jobs.watch_now() == {"woken": 0, "run_out": 1, "overdue": 0}
        assert jobs.watch_now() == {"woken": 0, "run_out": 0, "overdue": 0}
        assert messages("officer.nanshan")[before:] == ["lead.override_over"]
        put_milestone(lead, Kind.CONTRACT_SIGNED)
        assert queries.overrides_of(lead) == []

    def test_nothing_is_overridden_where_nothing_is_missing(self, desk):
        lead = negotiating()
        enter(desk, lead)
        move(lead, Stage.SIGNED, by="coordinator", override=NewOverride("", later(3)))
        assert db.session.scalars(select(GateOverride)).all() == []


def test_back_with_a_reason_and_out_of_the_last_stage_only_by_the_city(desk):
    lead = negotiating()
    make_ready(lead, Stage.OPERATING)
    move(lead, Stage.OPERATING)
    for who in ("officer.nanshan", "manager.nanshan"):
        with pytest.raises(FinalStage):
            move(lead, Stage.SIGNED, note="closed down", by=who)
        db.session.rollback()
    with pytest.raises(ReasonNeeded):
        move(lead, Stage.SIGNED, by="coordinator")
    db.session.rollback()
    move(lead, Stage.SIGNED, note="closed down", by="coordinator")
    move(lead, Stage.NEGOTIATING, note="the contract was dissolved")


def test_a_paused_lead_does_not_move(desk):
    from crm.core.db import unit_of_work
    from tests.builders import actor

    lead = negotiating()
    with unit_of_work():
        services.pause_lead(lead.public_id, later(30), "waits", opened=None, actor=actor(), now=clock.now())
    with pytest.raises(NotActive):
        move(lead, Stage.SIGNED)


def test_somebody_with_whom_it_is_shared_to_read_does_not_move_it(desk):
    lead = negotiating()
    with pytest.raises(Forbidden):
        move(lead, Stage.SIGNED, by=an_officer("SZ-NS"), milestone=new(proofs=(("a.pdf", PDF),)), root=desk.config["FILES_PATH"])
