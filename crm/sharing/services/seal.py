"""代号项目: asked for by the owner or a manager, in force once the coordinator consents; counted against the unit's quota; over
on its day, unless the coordinator lets it stay until a later one.
"""

from datetime import date, datetime

from crm.audit import services as audit
from crm.core import clock
from crm.core.db import db, lock_key
from crm.notifications import queries as told_of
from crm.notifications import services as notifications
from crm.policy import rules as policy
from crm.policy.rules import Actor
from crm.sharing import queries
from crm.sharing.models import LeadSeal
from crm.sharing.rules import (
    CodeNameTaken,
    NotSealed,
    OwnRequest,
    QuotaReached,
    ReasonNeeded,
    SealDisputed,
    SealedAlready,
    Sealing,
    SealPast,
    check_code_name,
    check_later,
    check_until,
    seal_due,
    settings,
)
from crm.sharing.services.telling import TheLead, coordinators, deciders, tell
from crm.units import queries as units

LOCK = "seals"


def seal_lead(lead: TheLead, sealing: Sealing, *, telling: list[str], actor: Actor, now: datetime) -> LeadSeal:
    """Ask for a code name; the coordinators are told, nothing is hidden yet. `telling`: names that it must not resemble.

    Raises SealDisputed, SealedAlready, ReasonNeeded, CodeNameTells, CodeNameTaken, BadUntil, QuotaReached, Forbidden.
    """
    policy.require(policy.towards_lead(actor, lead), "seal", "ask")
    if lead.disputed_on is not None:
        raise SealDisputed
    today = clock.city_day(now)
    if not sealing.reason.strip():
        raise ReasonNeeded
    check_until(sealing.until, today, settings()["seal_days_most"])
    check_code_name(sealing.code_name, telling)
    lock_key(LOCK)
    before = queries.live_seal(lead.id)
    if before is not None:
        if before.until >= today:
            raise SealedAlready
        before.ended_at = now
        db.session.flush()
    if queries.code_name_is_taken(sealing.code_name):
        raise CodeNameTaken
    if queries.seals_of_unit(lead.following_unit_id) >= settings()["seals_of_a_unit"]:
        raise QuotaReached(most=settings()["seals_of_a_unit"])
    seal = LeadSeal(
        lead_id=lead.id, unit_id=lead.following_unit_id, code_name=sealing.code_name, reason=sealing.reason.strip()[:400],
        until=sealing.until, asked_by_id=actor.user_id, asked_at=now,
    )  # fmt: skip
    db.session.add(seal)
    _written(lead)
    facts = {"reason": seal.reason, "until": seal.until.isoformat()}
    audit.record("lead.seal_asked", subject=("lead", lead), facts=facts, actor=actor, now=now)
    told = {"unit": units.by_id(actor.unit_id).zh, "person": actor.name}
    tell(lead, coordinators(), "seal.asked", told, actor=actor, now=now)
    return seal


def consent_seal(lead: TheLead, *, agreed: bool, reason: str, actor: Actor, now: datetime) -> LeadSeal:
    """The coordinator's yes, from which on the lead goes by its code name, or no; either with a reason.

    Raises NotSealed when nothing waits, SealDisputed, OwnRequest, ReasonNeeded, SealPast when its day is over, Forbidden.
    """
    policy.require(policy.towards_lead(actor, lead), "seal", "consent", seen_by="ask")
    if agreed and lead.disputed_on is not None:
        raise SealDisputed
    lock_key(LOCK)
    seal = queries.live_seal(lead.id)
    if seal is None or seal.consented_at is not None:
        raise NotSealed
    if seal.asked_by_id == actor.user_id and agreed:
        raise OwnRequest
    if not reason.strip():
        raise ReasonNeeded
    reason = reason.strip()[:400]
    if agreed and seal.until < clock.city_day(now):
        raise SealPast
    if agreed:
        check_until(seal.until, clock.city_day(now), settings()["seal_days_most"])
        seal.consented_at, seal.consented_by_id, seal.consent_reason = now, actor.user_id, reason
    else:
        seal.ended_at, seal.ended_by_id, seal.end_reason = now, actor.user_id, reason
    _written(lead)
    facts = {"agreed": agreed, "reason": reason, "until": seal.until.isoformat()}
    audit.record("lead.seal_answered", subject=("lead", lead), facts=facts, actor=actor, now=now)
    people = _concerned(lead, seal)
    notifications.mark_read_about(("lead", lead.public_id), codes=("seal.asked",), now=now)
    if agreed:
        told = {"code_name": seal.code_name, "until": seal.until.isoformat()}
        tell(lead, people, "seal.set", told, actor=actor, now=now)
    else:
        tell(lead, people, "seal.refused", {"why": reason}, actor=actor, now=now)
    return seal


def unseal_lead(lead: TheLead, reason: str, *, actor: Actor, now: datetime) -> None:
    """Take the code name, or the request for one, away. Raises NotSealed, ReasonNeeded, Forbidden."""
    policy.require(policy.towards_lead(actor, lead), "seal", "end", seen_by="ask")
    lock_key(LOCK)
    seal = queries.live_seal(lead.id)
    if seal is None:
        raise NotSealed
    if not reason.strip():
        raise ReasonNeeded
    seal.ended_at, seal.ended_by_id, seal.end_reason = now, actor.user_id, reason.strip()[:400]
    _written(lead)
    audit.record("lead.unsealed", subject=("lead", lead), facts={"reason": seal.end_reason}, actor=actor, now=now)
    notifications.mark_read_about(("lead", lead.public_id), codes=("seal.asked", "seal.soon"), now=now)
    tell(lead, _concerned(lead, seal), "seal.ended", {}, actor=actor, now=now)


def renew_seal(lead: TheLead, until: date, reason: str, *, actor: Actor, now: datetime) -> LeadSeal:
    """延期: the coordinator lets a code name in force stay until a later day, for a reason; there is no moment in between. What
    was in force until then stays a row of its own.

    Raises NotSealed when none is in force, OwnRequest, ReasonNeeded, BadUntil, Forbidden.
    """
    policy.require(policy.towards_lead(actor, lead), "seal", "consent", seen_by="ask")
    lock_key(LOCK)
    before, today = queries.live_seal(lead.id), clock.city_day(now)
    if before is None or before.consented_at is None or before.until < today:
        raise NotSealed
    if before.asked_by_id == actor.user_id:
        raise OwnRequest
    if not reason.strip():
        raise ReasonNeeded
    check_later(until, before.until, today)
    before.ended_at, before.ended_by_id = now, actor.user_id
    db.session.flush()
    seal = LeadSeal(
        lead_id=lead.id, unit_id=before.unit_id, code_name=before.code_name, reason=before.reason, until=until,
        asked_by_id=before.asked_by_id, asked_at=before.asked_at, consented_by_id=actor.user_id, consented_at=now,
        consent_reason=reason.strip()[:400],
    )  # fmt: skip
    db.session.add(seal)
    _written(lead)
    facts = {"reason": seal.consent_reason, "until": until.isoformat()}
    audit.record("lead.seal_renewed", subject=("lead", lead), facts=facts, actor=actor, now=now)
    notifications.mark_read_about(("lead", lead.public_id), codes=("seal.soon",), now=now)
    told = {"code_name": seal.code_name, "until": until.isoformat()}
    tell(lead, _concerned(lead, seal), "seal.renewed", told, actor=actor, now=now)
    return seal


def look_after_seal(lead: TheLead, seal: LeadSeal, *, now: datetime) -> str:
    """What is to be done tonight about a code name of a locked lead; what that was, or nothing. Whoever is concerned is told
    before its day and once it is over, the coordinators too: from then on others read the lead as any other.
    """
    due = seal_due(seal.until, clock.city_day(now), in_force=seal.consented_at is not None)
    told = {"code_name": seal.code_name, "until": seal.until.isoformat()}
    people = [*_concerned(lead, seal), *coordinators()]
    if due.soon:
        since = seal.consented_at or now
        if told_of.sent_about(("lead", lead.public_id), "seal.soon", since=since):
            return ""
        tell(lead, people, "seal.soon", told, actor=None, now=now)
        return "soon"
    if not (due.over or due.unanswered):
        return ""
    seal.ended_at = now
    _written(lead)
    facts = {"until": told["until"], "answered": due.over}
    audit.record("lead.seal_over", subject=("lead", lead), facts=facts, actor=None, now=now)
    notifications.mark_read_about(("lead", lead.public_id), codes=("seal.asked", "seal.soon"), now=now)
    tell(lead, people, "seal.over" if due.over else "seal.unanswered", told, actor=None, now=now)
    return "over" if due.over else "unanswered"


def _concerned(lead: TheLead, seal: LeadSeal) -> list[int]:
    """Who decides about the lead, who asked for its code name, who leads it."""
    return [*deciders(lead), seal.asked_by_id, *([lead.owner_id] if lead.owner_id else [])]


def _written(lead: TheLead) -> None:
    db.session.flush()
    db.session.expire(lead, ["seal_text"])
