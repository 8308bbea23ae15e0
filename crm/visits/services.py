"""写进展."""

from datetime import datetime

from crm.audit import services as audit
from crm.claims import services as claims
from crm.core import clock
from crm.core.db import db
from crm.leads import services as leads
from crm.leads.queries import access
from crm.policy.rules import Actor
from crm.visits.models import Interaction
from crm.visits.rules import NewProgress, check_day


def log_progress(lead_public_id: str, new: NewProgress, *, actor: Actor, now: datetime, proofs: int = 0) -> Interaction:
    """Add what happened to a lead's timeline; a typed next step replaces the open one. Raises InTheFuture.

    `proofs`: how many files the caller attaches in the same act; with the counterpart named, they make progress that the first
    report's clock counts.
    """
    lead = access.locked_lead(lead_public_id, actor=actor, action="write_progress")
    check_day(new.on, clock.city_day(now))
    row = Interaction(
        lead_id=lead.id,
        kind=new.kind,
        on_date=new.on,
        whom=new.whom,
        text=new.text,
        unit_id=actor.unit_id,
        entered_by_id=actor.user_id,
        entered_at=now,
    )
    db.session.add(row)
    db.session.flush()
    leads.note_progress(lead, new.on, now=now)
    claims.note_progress(lead_id=lead.id, on=new.on, whom=new.whom, proofs=proofs, interaction_id=row.id, actor=actor, now=now)
    if new.next_step:
        assignee = lead.owner_id or actor.user_id
        leads.note_next_step(lead, new.next_step, new.next_due, assignee_id=assignee, actor=actor, now=now)
    db.session.flush()
    facts = {"kind": new.kind.value, "on": new.on.isoformat()}
    audit.record("lead.progress", subject=("lead", lead), facts=facts, actor=actor, now=now)
    return row
