"""What the nightly pass does: say that a pause is over, an override has run out, an expected day has passed. Each once."""

from datetime import datetime

from crm.accounts import queries as accounts
from crm.core import clock
from crm.core.db import db
from crm.leads.models import Lead
from crm.leads.queries import access
from crm.leads.rules.lead import Status
from crm.notifications import services as notifications
from crm.pipeline import queries
from crm.pipeline.models import ExpectedDate, GateOverride, StatusChange


def look_after_pause(row: StatusChange, *, now: datetime) -> bool:
    """A pause's day has come: tell who leads the project and the managers, unless it goes on already. Whether they were told."""
    lead = access.staying(db.session.get_one(Lead, row.lead_id))
    row.woken_at = now
    last = queries.last_status(lead.id)
    if lead.status != Status.PAUSED or last is None or last.id != row.id:
        return False
    _tell(lead, "lead.woke_up", {"why": row.reason}, now)
    return True


def look_after_override(row: GateOverride, *, now: datetime) -> bool:
    """An override has run out: tell them and whoever let the lead through what is missing still. Whether they were told."""
    lead = access.staying(db.session.get_one(Lead, row.lead_id))
    row.told_at = now
    if row.lead_id != lead.id or not queries.still_missing(lead, row):
        return False
    _tell(lead, "lead.override_over", {"due": clock.start_of(row.until).isoformat()}, now, row.by_id)
    return True


def look_after_promise(row: ExpectedDate, *, now: datetime) -> bool:
    """An expected day has passed and the milestone is not there: tell who leads the project and the managers. Whether they were
    told.
    """
    lead = access.staying(db.session.get_one(Lead, row.lead_id))
    row.told_at = now
    if lead.status != Status.ACTIVE or (lead.expected_kind, lead.expected_on) != (row.kind, row.new_on):
        return False
    assert row.new_on is not None
    _tell(lead, "lead.expected_over", {"milestone": row.kind, "due": clock.start_of(row.new_on).isoformat()}, now)
    return True


def _tell(lead: Lead, code: str, facts: dict[str, str], now: datetime, *more: int) -> None:
    people = [*more, *([lead.owner_id] if lead.owner_id else [])]
    people += [user.id for user in accounts.managers_of(lead.following_unit_path)]
    told = {"number": lead.number, "name": lead.display_name or lead.title} | facts
    notifications.notify(people, code, subject=("lead", lead.public_id), facts=told, actor=None, now=now)
