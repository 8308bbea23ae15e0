"""A dispute about a lead begins and ends: meanwhile the clock of its first report rests."""

from datetime import datetime

from crm.claims import services as claims
from crm.core import clock
from crm.core.db import db
from crm.leads.models import Lead
from crm.leads.rules.lead import LeadDisputed


def begin_dispute(lead: Lead, *, now: datetime) -> None:
    """Hold the lead as it is. Call with it locked, after the policy said yes. Raises LeadDisputed."""
    if lead.disputed_on is not None:
        raise LeadDisputed
    lead.disputed_on, lead.touched_at = clock.city_day(now), now
    db.session.flush()


def end_dispute(lead: Lead, *, now: datetime) -> None:
    """Let it go again; its clock goes on from today. Call with it locked."""
    if lead.disputed_on is not None:
        claims.resume_clock(lead.id, lead.disputed_on, now=now)
        lead.disputed_on, lead.touched_at = None, now
        db.session.flush()
