"""What the services of a lead promise, on both databases: moving it on, writing progress."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from crm.core import clock
from crm.core.db import db, unit_of_work
from crm.core.errors import Forbidden, NotFound, StaleVersion
from crm.leads.rules.lead import (
    NotAdmitted,
    Outcome,
    ReasonNeeded,
    Stage,
)
from crm.pipeline.models import StageChange
from crm.pipeline.rules import SameStage, StageBeforeLast, StageInFuture
from crm.tasks.models import NextStep
from crm.visits import services as visits
from crm.visits.models import Interaction
from crm.visits.rules import InTheFuture, Kind, NewProgress
from tests.builders import actor, an_officer
from tests.leads.stories import all_of, assess, messages, move, register


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
