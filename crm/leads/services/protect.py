"""Acts on a lead's first report: prolong it, give notice of its release, release it; telling its holder as the clock runs."""

from datetime import datetime

from sqlalchemy import select

from crm.accounts import queries as accounts
from crm.accounts.models import User
from crm.claims import services as claims
from crm.claims.models import Claim
from crm.claims.queries import Running
from crm.claims.rules import NobodyToTell
from crm.claims.rules.clock import State
from crm.core import clock
from crm.core.db import db
from crm.leads.models import Lead
from crm.leads.queries import access
from crm.notifications import services as notifications
from crm.policy import rules as policy
from crm.policy.rules import Actor
from crm.units import queries as units

BY_RULES = "by_rules"  # the reason of a release that no person decided


def extend_claim(public_id: str, reason: str, *, actor: Actor, now: datetime) -> Claim:
    """Prolong a first report's protection for a reason, as often as its rules allow. Raises what claims.extend_claim raises."""
    lead = _held(public_id, "extend", actor)
    claim = claims.extend_claim(lead.id, reason, rests=lead.rests, actor=actor, now=now)
    _tell(lead, claim, "claim.extended", actor, now)
    return claim


def give_notice(public_id: str, *, actor: Actor, now: datetime) -> Claim:
    """Tell those whom it concerns that a first report that has run out will be released, and from when. Raises what
    claims.give_notice raises, and NobodyToTell: a notice is its messages.
    """
    lead = _held(public_id, "notice", actor)
    claim, release_from = claims.give_notice(lead.id, rests=lead.rests, actor=actor, now=now)
    due = {"due": clock.start_of(release_from).isoformat()}
    if not _send(lead, claim.number, _concerned(lead, claim.user_id, claim.unit_id), "claim.notice", due, actor, now):
        raise NobodyToTell
    return claim


def release_claim(public_id: str, reason: str, *, actor: Actor, now: datetime) -> Claim:
    """End the protection after a delivered notice whose days have passed. Raises what claims.release_claim raises."""
    return _release(_held(public_id, "release", actor), reason, actor, now)


def release_by_rules(lead_id: int, *, now: datetime) -> Claim:
    """The same without a person, where the rules that the claim was granted under say so. Raises what release_claim raises."""
    query = select(Lead).where(Lead.id == lead_id).with_for_update(of=Lead).execution_options(populate_existing=True)
    return _release(db.session.scalars(query).one(), BY_RULES, None, now)


def _release(lead: Lead, reason: str, actor: Actor | None, now: datetime) -> Claim:
    claim = claims.release_claim(lead.id, lead.public_id, reason, rests=lead.rests, actor=actor, now=now)
    _tell(lead, claim, "claim.released", actor, now)
    return claim


def tell_holder(lead: Lead, running: Running, *, managers: list[User] | None = None, now: datetime) -> None:
    """Amber or run out: its holder, the owner and the unit's managers are told. Whoever calls knows that they were not, for this
    due day; a unique index is the last word. `managers`: the districts' managers, for who has read them already.
    """
    kind = "told_amber" if running.clock.state is State.AMBER else "told_due"
    claims.note_told(running.claim_id, lead.id, kind, running.clock.due, now=now)
    people = _concerned(lead, running.user_id, running.unit_id, managers)
    facts = {"due": clock.start_of(running.clock.due).isoformat()}
    _send(lead, running.number, people, "claim.amber" if kind == "told_amber" else "claim.due", facts, None, now)


def _held(public_id: str, action: str, actor: Actor) -> Lead:
    lead = access.locked_lead(public_id, actor=actor, action="read_detail")
    policy.require(policy.towards_lead(actor, lead), "claim", action, seen_by="read")
    return lead


def _concerned(lead: Lead, holder_id: int, unit_id: int, managers: list[User] | None = None) -> set[int]:
    """Who holds it for life, who leads the lead, the managers of the claim's unit and of the following one; active people."""
    holder = db.session.get(User, holder_id)
    owner = db.session.get(User, lead.owner_id) if lead.owner_id else None
    found = {user.id for user in (holder, owner) if user is not None and user.is_active}
    paths = (units.by_id(unit_id).path, lead.following_unit_path)
    return found | {user.id for user in accounts.managers_of(*paths, among=managers)}


def _tell(lead: Lead, claim: Claim, code: str, actor: Actor | None, now: datetime) -> None:
    _send(lead, claim.number, _concerned(lead, claim.user_id, claim.unit_id), code, {}, actor, now)


def _send(lead: Lead, number: str, people: set[int], code: str, more: dict[str, str], actor: Actor | None, now: datetime) -> int:
    facts = {"number": lead.number, "name": lead.display_name or lead.title, "claim": number, **more}
    return notifications.notify(people, code, subject=("lead", lead.public_id), facts=facts, actor=actor, now=now)
