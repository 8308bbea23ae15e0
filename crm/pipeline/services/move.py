"""Moving a lead to another stage, through the gates between."""

from datetime import date, datetime

from crm.audit import services as audit
from crm.core import clock
from crm.core.db import db
from crm.core.errors import Refusal
from crm.core.versions import check_version
from crm.leads import services as leads
from crm.leads.models import Lead
from crm.leads.queries import access
from crm.leads.rules.lead import STAGES, Stage, Status
from crm.notifications import services as notifications
from crm.pipeline import queries
from crm.pipeline.models import GateOverride, StageChange
from crm.pipeline.rules import (
    FinalStage,
    Kind,
    NewMilestone,
    NewOverride,
    check_gate,
    check_move,
    check_override,
    check_passes,
    check_status,
    is_backward,
    may_override,
)
from crm.pipeline.services.enter import put_milestone
from crm.policy import rules as policy
from crm.policy.rules import Actor


def move_stage(
    lead_public_id: str, to: Stage, on: date, note: str, *, opened: int | None, actor: Actor, now: datetime,
    milestone: NewMilestone | None = None, override: NewOverride | None = None, root: str = "", checked: str | None = None,
) -> StageChange:  # fmt: skip
    """Move a lead to stage `to`, as of day `on` (event date; the entry date is `now`). Forward it goes through every gate
    between, with the milestone that is entered in the same act; backward it needs a reason, and out of the last stage the city.

    Raises what `check_move` raises, StaleVersion when somebody saved the lead since version `opened` (None: the caller shows no
    version), NotActive, FinalStage, GateNotYours, GateClosed while something is missing and there is no `override` by somebody
    who may, and what entering the milestone raises (`checked` is said there). `root`: the folder of all files.
    """
    lead = access.locked_lead(lead_public_id, actor=actor, action="move_stage")
    if opened is not None:
        check_version(lead, opened)
    old = Stage(lead.stage)
    last = queries.last_change(lead.id)
    last_on = last.on_date if last else min(on, lead.stage_since)
    check_move(old, to, on=on, last_on=last_on, today=clock.city_day(now), admitted=lead.admitted_at is not None, note=note)
    check_status(Status(lead.status))
    if is_backward(old, to):
        _check_final(lead, old, actor)
    else:
        if milestone is not None:
            policy.require(policy.towards_lead(actor, lead), "milestone", "enter", seen_by="read")
            put_milestone(lead, milestone, root=root, actor=actor, now=now, checked=checked)
        _note_talks(lead, old, to, on, actor, now)
        _pass(lead, old, to, override, actor, now)
    return _move(lead, old, to, on, note, actor, now)


def _check_final(lead: Lead, old: Stage, actor: Actor) -> None:
    if old is STAGES[-1] and not policy.can(policy.towards_lead(actor, lead), "lead", "reopen"):
        raise FinalStage


def _note_talks(lead: Lead, old: Stage, to: Stage, on: date, actor: Actor, now: datetime) -> None:
    """Who negotiates has talked: the day of the move is the day of the first talks, where none was entered."""
    if old is Stage.LEAD and to is Stage.NEGOTIATING and Kind.FIRST_TALKS not in queries.state_of(lead).milestones:
        try:
            put_milestone(lead, NewMilestone(Kind.FIRST_TALKS, lead.first_talks_on or on), root="", actor=actor, now=now)
        except Refusal:  # a day that does not fit what else was entered: then somebody enters it by hand
            return


def _pass(lead: Lead, old: Stage, to: Stage, override: NewOverride | None, actor: Actor, now: datetime) -> None:
    """Through the gates: nothing is missing, or somebody who may lets the lead through."""
    table, stands = queries.gates(), policy.towards_lead(actor, lead)
    gates = table.between(queries.type_of(lead), old, to)
    check_passes(gates, stands.principals)
    lacking = queries.missing_for(lead, to)
    if override is None or not may_override(gates, stands.principals):
        check_gate(lacking)
        return
    if not lacking:
        return
    check_override(override, table=table, today=clock.city_day(now))
    row = GateOverride(
        lead_id=lead.id, to_stage=to, missing=[one.as_data() for one in lacking], reason=override.reason.strip()[:400],
        by_id=actor.user_id, at=now, until=override.until, rules_version=table.version,
    )  # fmt: skip
    db.session.add(row)
    facts = {"to": to.value, "missing": row.missing, "reason": row.reason, "until": row.until.isoformat(), "rules": table.version}
    audit.record("lead.gate_overridden", subject=("lead", lead), facts=facts, actor=actor, now=now)


def _move(lead: Lead, old: Stage, to: Stage, on: date, note: str, actor: Actor, now: datetime) -> StageChange:
    row = StageChange(
        lead_id=lead.id, from_stage=old, to_stage=to, on_date=on, note=note or None, entered_by_id=actor.user_id, entered_at=now,
        rules_version=queries.gates().version,
    )  # fmt: skip
    db.session.add(row)
    leads.note_stage(lead, to, on, now=now)
    db.session.flush()
    facts = {"from": old.value, "to": to.value, "on": on.isoformat(), "note": note, "rules": row.rules_version}
    audit.record("lead.stage_moved", subject=("lead", lead), facts=facts, actor=actor, now=now)
    if lead.owner_id:
        told = {"number": lead.number, "name": lead.display_name or lead.title, "stage": to.value}
        subject = ("lead", lead.public_id)
        notifications.notify([lead.owner_id], "lead.stage_moved", subject=subject, facts=told, actor=actor, now=now)
    return row
