"""Putting a lead to the event that it came from, or at which it was signed."""

from datetime import datetime

from crm.core.db import db
from crm.events import services as events
from crm.events.models import EventLink
from crm.events.rules import LinkRole
from crm.leads.queries import access
from crm.policy import rules as policy
from crm.policy.rules import Actor


def put_to_event(
    public_id: str, role: LinkRole, event_id: int | None, *, was: int | None, reason: str, actor: Actor, now: datetime
) -> EventLink | None:
    """Put the lead to an event (by its key) in a role, in the place of `was`, which the page showed; None takes it off. Raises
    what `events.put_lead` raises; NotFound, Forbidden.
    """
    lead = access.locked_lead(public_id, actor=actor, action="read_detail")
    policy.require(policy.towards_lead(actor, lead), "lead_event", "set", seen_by="read")
    link = events.put_lead(lead, role, event_id, was=was, reason=reason, actor=actor, now=now)
    if event_id != was:
        lead.touched_at = now
        db.session.flush()
    return link
