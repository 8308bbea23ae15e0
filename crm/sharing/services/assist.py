"""申请协办: a unit that sees no more than a card offers its help; the following unit's manager answers with one click."""

from datetime import datetime, timedelta

from crm.audit import services as audit
from crm.core import clock
from crm.core.db import db
from crm.notifications import services as notifications
from crm.policy import rules as policy
from crm.policy.rules import Actor
from crm.sharing.models import ShareRequest
from crm.sharing.rules import Level, NobodyToShare, ReasonNeeded, RequestAnswered, RequestState, ShareRole, Terms, Tier, settings
from crm.sharing.services.share import Holder, ask, grant
from crm.sharing.services.telling import TheLead, tell
from crm.units import queries as units


def ask_to_assist(lead: TheLead, role: ShareRole, note: str, *, actor: Actor, now: datetime) -> ShareRequest:
    """Ask for the actor's unit: to read the working detail, for the usual time. Who answers sees who asks and why; whoever asks
    learns nothing but the answer. Raises AskedAlready, SharedAlready, ReasonNeeded, NotFound.
    """
    policy.require(policy.towards_lead(actor, lead), "share", "ask", seen_by="read")
    if not note.strip():
        raise ReasonNeeded
    until = clock.city_day(now) + timedelta(days=settings()["share_days_usual"])
    terms = Terms(role, Level.READ, Tier.DETAIL, until, note)
    return ask(lead, units.by_id(actor.unit_id), terms, from_outside=True, actor=actor, now=now)


def answer_request(lead: TheLead, request: ShareRequest, *, agreed: bool, reason: str, actor: Actor, now: datetime) -> None:
    """Share on the terms that were asked for, or say why not. Raises RequestAnswered, ReasonNeeded, Forbidden, and what sharing
    raises.
    """
    policy.require(policy.towards_lead(actor, lead), "share", "answer", seen_by="read")
    db.session.refresh(request)  # the lead is locked: nobody else answers now
    if request.state != RequestState.OPEN:
        raise RequestAnswered
    if not agreed and not reason.strip():
        raise ReasonNeeded
    if agreed and request.unit_id == lead.following_unit_id:
        raise NobodyToShare  # handed over meanwhile
    request.state = RequestState.GRANTED if agreed else RequestState.DECLINED
    request.answered_by_id, request.answered_at, request.answer = actor.user_id, now, reason.strip()[:200] or None
    db.session.flush()
    facts = {"unit": request.unit_id, "agreed": agreed, "reason": request.answer}
    audit.record("lead.share_answered", subject=("lead", lead), facts=facts, actor=actor, now=now)
    if agreed:
        today = clock.city_day(now)
        until = request.until if request.until >= today else today + timedelta(days=settings()["share_days_usual"])
        terms = Terms(ShareRole(request.role), Level(request.level), Tier(request.tier), until, request.note or "")
        grant(lead, Holder(unit=request.unit), terms, actor=actor, now=now)
    notifications.mark_read_about(("share_request", request.public_id), codes=("share.asked", "share.proposed"), now=now)
    if agreed:
        told = {"unit": lead.following_unit.zh, "role": request.role}
        tell(lead, [request.asked_by_id], "share.granted", told, actor=actor, now=now)
    else:  # the unit that follows a lead is told to nobody who may not know it
        facts = {"role": request.role, "why": request.answer}
        notifications.notify([request.asked_by_id], "share.declined", subject=None, facts=facts, actor=actor, now=now)
