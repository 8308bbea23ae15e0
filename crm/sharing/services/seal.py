"""代号项目: asked for by the owner or a manager, in force once the coordinator consents; counted against the unit's quota."""

from datetime import datetime

from crm.audit import services as audit
from crm.core import clock
from crm.core.db import db, lock_key
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
    check_code_name,
    check_until,
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

    Raises NotSealed when nothing waits, SealDisputed, OwnRequest, ReasonNeeded, BadUntil when its day is past, Forbidden.
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
    if agreed:
        check_until(seal.until, clock.city_day(now), settings()["seal_days_most"])
        seal.consented_at, seal.consented_by_id, seal.consent_reason = now, actor.user_id, reason
    else:
        seal.ended_at, seal.ended_by_id, seal.end_reason = now, actor.user_id, reason
    _written(lead)
    facts = {"agreed": agreed, "reason": reason, "until": seal.until.isoformat()}
    audit.record("lead.seal_answered", subject=("lead", lead), facts=facts, actor=actor, now=now)
    people = [*deciders(lead), seal.asked_by_id, *([lead.owner_id] if lead.owner_id else [])]
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
    people = [*deciders(lead), *([lead.owner_id] if lead.owner_id else [])]
    tell(lead, people, "seal.ended", {}, actor=actor, now=now)


def _written(lead: TheLead) -> None:
    db.session.flush()
    db.session.expire(lead, ["seal_text"])
