"""共享: giving a lead into other hands, and ending that."""

from dataclasses import dataclass
from datetime import datetime

from crm.accounts import queries as accounts
from crm.accounts.models import User
from crm.audit import services as audit
from crm.core import clock
from crm.core.db import db
from crm.notifications import services as notifications
from crm.policy import rules as policy
from crm.policy.rules import WORKS_IN_A_UNIT, Actor, Role
from crm.sharing import queries
from crm.sharing.models import LeadShare, ShareRequest
from crm.sharing.rules import (
    AskedAlready,
    Level,
    NobodyToShare,
    SharedAlready,
    ShareEnded,
    ShareRole,
    Terms,
    Tier,
    check_terms,
)
from crm.sharing.services.telling import TheLead, deciders, names_of, tell
from crm.units import queries as units
from crm.units import services as unit_services
from crm.units.models import Unit
from crm.units.rules import UnitKind


@dataclass(frozen=True, slots=True)
class Holder:
    """Who is to have a share: a unit with all below it, or one person."""

    unit: Unit | None = None
    user: User | None = None

    @property
    def path(self) -> str:
        """The place in the tree. NobodyToShare when nobody was named."""
        unit = self.unit or (self.user.unit if self.user else None)
        if unit is None:
            raise NobodyToShare
        return unit.path


def share_lead(lead: TheLead, holder: Holder, terms: Terms, *, actor: Actor, now: datetime) -> LeadShare | ShareRequest:
    """Share a lead with a unit or a person until a day; those concerned are told. Another share of theirs ends for it.

    In the following unit's own line its owner may; elsewhere its manager or the coordinator. An owner who may not asks them:
    then a request comes back. Raises NobodyToShare, SharedAlready, AskedAlready, BadUntil, EditNeedsDetail, Forbidden.
    """
    stands = policy.towards_lead(actor, lead)
    policy.require(stands, "share", "give", seen_by="read")
    check_terms(terms, clock.city_day(now))
    outside = not policy.in_one_line(holder.path, lead.following_unit_path)
    _check_holder(lead, holder)
    if not outside or policy.can(stands, "share", "give_outside"):
        return grant(lead, holder, terms, actor=actor, now=now)
    unit = holder.unit or (holder.user.unit if holder.user else None)
    assert unit is not None
    return ask(lead, unit, terms, from_outside=False, actor=actor, now=now)


def _check_holder(lead: TheLead, holder: Holder) -> None:
    """A share makes sense for somebody who does not follow or lead the lead anyway, and works in a unit."""
    if holder.unit is not None and holder.unit.id == lead.following_unit_id:
        raise NobodyToShare
    if holder.user is not None and (holder.user.id == lead.owner_id or holder.user.as_actor().role not in WORKS_IN_A_UNIT):
        raise NobodyToShare


def grant(lead: TheLead, holder: Holder, terms: Terms, *, actor: Actor, now: datetime) -> LeadShare:
    """Write the share. The caller has asked the policy and locked the lead. A live share of the same holder ends; on the same
    terms SharedAlready.
    """
    unit_id, user_id = (holder.unit.id, None) if holder.unit else (None, holder.user.id if holder.user else None)
    before = queries.live_row(lead.id, unit_id=unit_id, user_id=user_id)
    if before is not None:
        if _terms_of(before) == (terms.role, terms.level, terms.tier, terms.until):
            raise SharedAlready
        past = before.until < clock.city_day(now)
        before.ended_at, before.ended_by_id = now, None if past else actor.user_id
        db.session.flush()
    share = LeadShare(
        lead_id=lead.id, unit_id=unit_id, user_id=user_id, role=terms.role, level=terms.level, tier=terms.tier,
        until=terms.until, note=terms.note.strip()[:200] or None, granted_by_id=actor.user_id, granted_at=now,
    )  # fmt: skip
    db.session.add(share)
    db.session.flush()
    db.session.expire(lead, ["share_text"])
    facts = {
        "unit": unit_id, "user": user_id, "role": terms.role.value, "level": terms.level.value, "tier": terms.tier.value,
        "until": terms.until.isoformat(),
    }  # fmt: skip
    audit.record("lead.shared", subject=("lead", lead), facts=facts, actor=actor, now=now)
    told = {"unit": units.by_id(actor.unit_id).zh, "person": actor.name, "role": terms.role.value}
    code = "share.given_you" if unit_id is None else "share.given"
    if holder.unit is not None and holder.unit.kind == UnitKind.TASK_FORCE:
        code, told = "share.given_force", {**told, "to": holder.unit.zh}
    tell(lead, holders(share), code, {**told, "until": terms.until.isoformat()}, actor=actor, now=now)
    return share


def _terms_of(share: LeadShare) -> tuple[ShareRole, Level, Tier, object]:
    return ShareRole(share.role), Level(share.level), Tier(share.tier), share.until


def holders(share: LeadShare) -> list[int]:
    """The people who are told of a share: the person, or the unit's managers, or all of a unit without one."""
    if share.user_id is not None:
        return [share.user_id]
    assert share.unit_id is not None
    people = [user for user in accounts.active_in([share.unit_id]) if user.as_actor().role in WORKS_IN_A_UNIT]
    return [user.id for user in people if user.role == Role.DISTRICT_MANAGER] or [user.id for user in people]


def ask(lead: TheLead, unit: Unit, terms: Terms, *, from_outside: bool, actor: Actor, now: datetime) -> ShareRequest:
    """Put a request before those who decide. Raises AskedAlready while the unit's last one waits, SharedAlready."""
    if queries.open_request(lead.id, unit.id) is not None:
        raise AskedAlready
    row = queries.live_row(lead.id, unit_id=unit.id, user_id=None)
    if from_outside and row is not None and row.until >= clock.city_day(now):
        raise SharedAlready
    request = ShareRequest(
        lead_id=lead.id, unit_id=unit.id, role=terms.role, level=terms.level, tier=terms.tier, until=terms.until,
        note=terms.note.strip()[:200] or None, from_outside=from_outside, asked_by_id=actor.user_id, asked_at=now, state="open",
    )  # fmt: skip
    db.session.add(request)
    db.session.flush()
    facts = {"unit": unit.id, "role": terms.role.value, "from_outside": from_outside}
    audit.record("lead.share_asked", subject=("lead", lead), facts=facts, actor=actor, now=now)
    code = "share.asked" if from_outside else "share.proposed"
    told = {**names_of(lead), "lead": lead.public_id, "unit": unit.zh, "person": actor.name, "role": terms.role.value}
    subject = ("share_request", request.public_id)
    notifications.notify(deciders(lead), code, subject=subject, facts=told, actor=actor, now=now)
    if lead.owner_id is not None and lead.owner_id not in deciders(lead):
        tell(lead, [lead.owner_id], code, told, actor=actor, now=now)
    return request


def end_share(lead: TheLead, share: LeadShare, reason: str, *, actor: Actor, now: datetime) -> None:
    """End a share before its day; the next request of its holders does not see the lead. Raises ShareEnded, Forbidden."""
    policy.require(policy.towards_lead(actor, lead), "share", "end", seen_by="read")
    stop_share(lead, share, reason, actor=actor, now=now)


def stop_share(lead: TheLead, share: LeadShare, reason: str, *, actor: Actor, now: datetime) -> None:
    """The same, after the policy of whoever decides said yes. Raises ShareEnded."""
    db.session.refresh(share)  # the lead is locked: nobody else ends it now
    if share.ended_at is not None:
        raise ShareEnded
    share.ended_at, share.ended_by_id, share.end_reason = now, actor.user_id, reason.strip()[:200] or None
    db.session.flush()
    db.session.expire(lead, ["share_text"])
    facts = {"unit": share.unit_id, "user": share.user_id, "role": share.role, "reason": share.end_reason}
    audit.record("lead.share_ended", subject=("lead", lead), facts=facts, actor=actor, now=now)
    told = {"role": share.role, "until": share.until.isoformat()}  # the names are theirs to read no longer: this tells which
    tell(lead, holders(share), "share.stopped", told, actor=actor, now=now)


def _dissolve(unit: Unit, actor: Actor, now: datetime) -> None:
    """A task force is no more: what it held it holds no longer. Its members are told that they are in it no more."""
    for share in queries.live_of_unit(unit.id) if unit.kind == UnitKind.TASK_FORCE else ():
        share.ended_at, share.ended_by_id = now, actor.user_id
        facts = {"unit": unit.id, "user": None, "role": share.role, "reason": None}
        audit.record("lead.share_ended", subject=("lead", share.lead_id), facts=facts, actor=actor, now=now)


unit_services.when_retired(_dissolve)


def go_with(lead: TheLead, unit_id: int, *, actor: Actor, now: datetime) -> None:
    """The lead is followed by another unit from now on: what that unit held of it by a share it has now anyway, and a code name
    counts against its quota. Call after the policy said yes.
    """
    share = queries.live_row(lead.id, unit_id=unit_id, user_id=None)
    if share is not None:
        share.ended_at, share.ended_by_id = now, actor.user_id
    seal = queries.live_seal(lead.id)
    if seal is not None:
        seal.unit_id = unit_id
    db.session.flush()
    db.session.expire(lead, ["share_text"])
