"""Pausing a lead until a day, ending it, taking it up again: each a row that stays."""

from datetime import date, datetime

from crm.accounts import queries as accounts
from crm.audit import services as audit
from crm.core import clock
from crm.core.db import db
from crm.core.versions import check_version
from crm.leads import services as leads
from crm.leads.models import Lead
from crm.leads.queries import access
from crm.leads.rules.lead import LeadDisputed, Status
from crm.notifications import services as notifications
from crm.pipeline.models import StatusChange
from crm.pipeline.rules import Ending, check_end, check_pause, check_resume
from crm.policy.rules import Actor


def pause_lead(
    lead_public_id: str, wake_on: date, reason: str, *, opened: int | None, actor: Actor, now: datetime
) -> StatusChange:  # fmt: skip
    """暂缓 until a day, on which those concerned are told. Raises StatusThere, WakeUnfit, StatusReason, StaleVersion."""
    lead = _lead(lead_public_id, "pause", actor, opened)
    check_pause(Status(lead.status), wake_on, reason, clock.city_day(now))
    return _change(lead, Status.PAUSED, reason, actor=actor, now=now, wake_on=wake_on)


def end_lead(lead_public_id: str, ending: Ending, *, opened: int | None, actor: Actor, now: datetime) -> StatusChange:
    """终止, with what is to be learnt from it. Not while a dispute about it is open. Raises StatusThere, StatusReason,
    LostToNeeded, LeadDisputed, StaleVersion.
    """
    lead = _lead(lead_public_id, "end", actor, opened)
    check_end(Status(lead.status), ending)
    if lead.disputed_on is not None:
        raise LeadDisputed
    return _change(
        lead, Status.ENDED, ending.reason, actor=actor, now=now, cause=ending.cause.value, lost_to=ending.lost_to,
        would_have_won=ending.would_have_won,
    )  # fmt: skip


def resume_lead(lead_public_id: str, reason: str, *, opened: int | None, actor: Actor, now: datetime) -> StatusChange:
    """Take a paused or ended lead up again. Raises StatusThere, StatusReason, StaleVersion."""
    lead = _lead(lead_public_id, "resume", actor, opened)
    check_resume(Status(lead.status), reason)
    return _change(lead, Status.ACTIVE, reason, actor=actor, now=now)


def _lead(public_id: str, action: str, actor: Actor, opened: int | None) -> Lead:
    lead = access.locked_lead(public_id, actor=actor, action=action)
    if opened is not None:
        check_version(lead, opened)
    return lead


def _change(
    lead: Lead, to: Status, reason: str, *, actor: Actor, now: datetime, wake_on: date | None = None, cause: str | None = None,
    lost_to: str | None = None, would_have_won: str | None = None,
) -> StatusChange:  # fmt: skip
    row = StatusChange(
        lead_id=lead.id, from_status=lead.status, to_status=to, wake_on=wake_on, cause=cause, reason=reason.strip()[:1000],
        lost_to=(lost_to or "").strip()[:120] or None, would_have_won=(would_have_won or "").strip()[:400] or None,
        by_id=actor.user_id, at=now,
    )  # fmt: skip
    db.session.add(row)
    leads.note_status(lead, to, actor=actor, now=now)
    db.session.flush()
    facts = {
        "from": row.from_status, "to": to.value, "wake_on": wake_on.isoformat() if wake_on else None, "cause": cause,
        "reason": row.reason, "lost_to": row.lost_to, "would_have_won": row.would_have_won,
    }  # fmt: skip
    audit.record(f"lead.{_ACTS[to]}", subject=("lead", lead), facts=facts, actor=actor, now=now)
    people = [*([lead.owner_id] if lead.owner_id else []), *(user.id for user in accounts.managers_of(lead.following_unit_path))]
    told = {"number": lead.number, "name": lead.display_name or lead.title, "why": row.reason}
    notifications.notify(people, f"lead.{_ACTS[to]}", subject=("lead", lead.public_id), facts=told, actor=actor, now=now)
    return row


_ACTS = {Status.PAUSED: "paused", Status.ENDED: "ended", Status.ACTIVE: "resumed"}
