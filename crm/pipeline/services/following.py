"""What a lead repeats of a milestone's day follows a correction: the day of the stage it led into, of the first talks."""

from datetime import date, datetime

from sqlalchemy import select

from crm.audit import services as audit
from crm.core.db import db
from crm.leads import services as leads
from crm.leads.models import Lead
from crm.leads.rules.lead import Stage
from crm.pipeline import queries
from crm.pipeline.models import Milestone, StageChange
from crm.pipeline.rules import LIVE, Kind
from crm.pipeline.rules.moving import day_between
from crm.policy.rules import Actor


def follow_correction(lead: Lead, old: Milestone, new: Milestone, *, actor: Actor, now: datetime) -> None:
    """A milestone took the place of another: the stage that began on the old one's day begins on the new one's, no earlier than
    the stage before it and no later than the one after. A stage with a day of its own, or with another milestone on that day
    that leads there too, stays. The day it had is kept as a dated change of the lead. Call with the lead locked.
    """
    if old.on_date == new.on_date:
        return
    if new.kind == Kind.FIRST_TALKS and lead.first_talks_on == old.on_date:
        lead.first_talks_on = new.on_date
    stage = Stage.NEGOTIATING if new.kind == Kind.FIRST_TALKS else queries.gates().stage_of(queries.type_of(lead), Kind(new.kind))
    query = select(StageChange).where(StageChange.lead_id == lead.id).order_by(StageChange.id)
    changes = list(db.session.scalars(query))
    place = next((n for n in reversed(range(len(changes))) if changes[n].to_stage == stage), None)
    if stage is None or place is None or changes[place].on_date != old.on_date or _also_there(lead, stage, old, new):
        return
    before, after = changes[place - 1] if place else None, changes[place + 1] if place + 1 < len(changes) else None
    on = day_between(new.on_date, before.on_date if before else None, after.on_date if after else None)
    _begin(changes[place], lead, on, current=after is None, actor=actor, now=now)


def _also_there(lead: Lead, stage: Stage, old: Milestone, new: Milestone) -> bool:
    """Whether another milestone of the stage's own day leads into it."""
    kinds = queries.gates().gate(queries.type_of(lead), stage).enters
    return any(
        row.kind in kinds and row.on_date == old.on_date and row.state in LIVE and row.id not in (old.id, new.id)
        for row in queries.milestones_of(lead.id)
    )


def _begin(change: StageChange, lead: Lead, on: date, *, current: bool, actor: Actor, now: datetime) -> None:
    was = change.on_date
    if on == was:
        return
    change.on_date = on
    leads.note_stage_day(lead, Stage(change.to_stage), was, on, current=current, actor=actor, now=now)
    facts = {"stage": change.to_stage, "old": was.isoformat(), "new": on.isoformat()}
    audit.record("lead.stage_day_followed", subject=("lead", lead), facts=facts, actor=actor, now=now)
    db.session.flush()
