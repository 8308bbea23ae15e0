"""Raising a matter, answering it, saying whether that settles it, sending it up."""

from datetime import datetime

from crm.accounts import queries as accounts
from crm.audit import services as audit
from crm.core.db import db
from crm.leads.models import Lead
from crm.leads.queries import access
from crm.leads.rules.lead import Status
from crm.matters.models import Matter
from crm.matters.rules import (
    EventKind,
    LeadUnfit,
    Level,
    MatterMoved,
    MatterState,
    NewMatter,
    NoLevelAbove,
    PersonUnfit,
    above,
)
from crm.matters.services.holding import answerers, check_text, due_at, due_fact, hold, note, raisers, tell, unit_at
from crm.notifications import services as notifications
from crm.policy import rules as policy
from crm.policy.rules import WORKS_IN_A_UNIT, Actor
from crm.units import queries as units

ASKS = ("matter.raised", "matter.reminded", "matter.escalated", "matter.reopened", "matter.late")  # settled by an answer


def raise_matter(lead_public_id: str, new: NewMatter, *, actor: Actor, now: datetime) -> Matter:
    """Say what a lead needs from somebody else; they have some working days to answer. Raises NotFound, Forbidden, TextNeeded,
    LeadUnfit, PersonUnfit.
    """
    lead = access.locked_lead(lead_public_id, actor=actor, action="read_detail")
    policy.require(policy.towards_lead(actor, lead), "matter", "raise", seen_by="read")
    if lead.status == Status.ENDED:
        raise LeadUnfit
    text = check_text(new.text)
    unit_id = new.unit_id or unit_at(new.level, lead.following_unit_id)
    if unit_id is None or units.by_id(unit_id).retired_on is not None or new.level is Level.HEADQUARTERS:
        raise NoLevelAbove
    _check_person(unit_id, new.user_id)
    matter = Matter(
        lead_id=lead.id, text=text, level=new.level, state=MatterState.OPEN, unit_id=unit_id, user_id=new.user_id,
        due_on=due_at(new.level, now), raised_by_id=actor.user_id, raised_unit_id=actor.unit_id, raised_at=now,
    )  # fmt: skip
    db.session.add(matter)
    db.session.flush()
    note(matter, EventKind.RAISED, actor=actor, now=now, text=text)
    facts = {"ref": matter.public_id, "level": matter.level, "unit": matter.unit_id, "due": matter.due_on.isoformat()}
    audit.record("matter.raised", subject=("lead", lead), facts=facts, actor=actor, now=now)
    tell(answerers(matter), "matter.raised", matter, due_fact(matter), actor=actor, now=now)
    return matter


def _check_person(unit_id: int, user_id: int | None) -> None:
    if user_id is None:
        return
    user = accounts.by_id(user_id)
    fits = user is not None and user.is_active and user.as_actor().role in WORKS_IN_A_UNIT
    if not fits or user is None or user.unit_id not in units.under(units.by_id(unit_id).path):
        raise PersonUnfit


def answer(public_id: str, text: str, *, actor: Actor, now: datetime) -> Matter:
    """Answer it; whoever raised it says whether that settles it. Raises NotFound, Forbidden, TextNeeded, MatterMoved."""
    matter, lead = hold(public_id, "answer", actor)
    if matter.state != MatterState.OPEN:
        raise MatterMoved
    said = check_text(text)
    matter.state = MatterState.ANSWERED
    note(matter, EventKind.ANSWERED, actor=actor, now=now, text=said)
    facts = {"ref": matter.public_id, "text": said}
    audit.record("matter.answered", subject=("lead", lead), facts=facts, actor=actor, now=now)
    notifications.mark_read_about(("matter", matter.public_id), codes=ASKS, now=now)
    tell(raisers(matter), "matter.answered", matter, {}, actor=actor, now=now)
    return matter


def accept(public_id: str, *, actor: Actor, now: datetime) -> Matter:
    """提出方确认: it is settled. Raises NotFound, Forbidden, MatterMoved."""
    matter, lead = hold(public_id, "accept", actor)
    if matter.state != MatterState.ANSWERED:
        raise MatterMoved
    matter.state, matter.closed_at = MatterState.CLOSED, now
    note(matter, EventKind.ACCEPTED, actor=actor, now=now)
    audit.record("matter.accepted", subject=("lead", lead), facts={"ref": matter.public_id}, actor=actor, now=now)
    notifications.mark_read_about(("matter", matter.public_id), codes=("matter.answered",), now=now)
    tell(answerers(matter), "matter.accepted", matter, {}, actor=actor, now=now)
    return matter


def reopen(public_id: str, reason: str, *, up: bool = False, actor: Actor, now: datetime) -> Matter:
    """The answer does not settle it: it waits again, with as many days; with `up` for the level above, which whoever raised it
    may ask once the level below has had its say. Raises NotFound, Forbidden, TextNeeded, MatterMoved, NoLevelAbove.
    """
    matter, lead = hold(public_id, "accept", actor)
    if matter.state != MatterState.ANSWERED:
        raise MatterMoved
    why = check_text(reason)
    matter.state, matter.due_on = MatterState.OPEN, due_at(Level(matter.level), now)
    note(matter, EventKind.REOPENED, actor=actor, now=now, text=why)
    facts = {"ref": matter.public_id, "reason": why}
    audit.record("matter.reopened", subject=("lead", lead), facts=facts, actor=actor, now=now)
    notifications.mark_read_about(("matter", matter.public_id), codes=("matter.answered",), now=now)
    if up:
        return _send_up(matter, lead, why, actor=actor, now=now)
    tell(answerers(matter), "matter.reopened", matter, {"why": why}, actor=actor, now=now)
    return matter


def lift(public_id: str, reason: str, *, actor: Actor, now: datetime) -> Matter:
    """The coordinator sends it a level up before its day, for a reason. Raises NotFound, Forbidden, TextNeeded, MatterMoved,
    NoLevelAbove.
    """
    matter, lead = hold(public_id, "lift", actor)
    if matter.state != MatterState.OPEN:
        raise MatterMoved
    return _send_up(matter, lead, check_text(reason), actor=actor, now=now)


def _send_up(matter: Matter, lead: Lead, why: str, *, actor: Actor, now: datetime) -> Matter:
    """A level up for a reason; who was to answer below, who is to answer now, and who raised it are told."""
    before = answerers(matter)
    go_up(matter, lead.following_unit_id, now=now)
    note(matter, EventKind.LIFTED, actor=actor, now=now, text=why)
    facts = {"ref": matter.public_id, "level": matter.level, "reason": why}
    audit.record("matter.lifted", subject=("lead", lead), facts=facts, actor=actor, now=now)
    notifications.mark_read_about(("matter", matter.public_id), codes=ASKS, now=now)
    told = {"level": matter.level, "why": why}
    tell([*before, *answerers(matter), *raisers(matter)], "matter.lifted", matter, told, actor=actor, now=now)
    return matter


def go_up(matter: Matter, following_unit_id: int, *, now: datetime) -> None:
    """Where a matter lies a level above, with the days of that level. Raises NoLevelAbove."""
    level = above(Level(matter.level))
    unit_id = unit_at(level, following_unit_id) if level else None
    if level is None or unit_id is None:
        raise NoLevelAbove
    matter.level, matter.unit_id, matter.user_id, matter.due_on = level, unit_id, None, due_at(level, now)
    db.session.flush()
    db.session.expire(matter, ["unit", "user"])
