"""Putting a lead below another as its phase or expansion, and ending that."""

from datetime import datetime

from crm.audit import services as audit
from crm.core.db import db, lock_key
from crm.leads.models import Lead, LeadPhase
from crm.leads.queries import access, phases
from crm.leads.rules.phases import (
    NewPhase,
    PhaseEnded,
    PhaseNumberThere,
    PhaseOtherInvestor,
    PhaseParentUnknown,
    PhaseReason,
    PhaseThere,
    check_link,
)
from crm.leads.services.recounting import count_family
from crm.policy import rules as policy
from crm.policy.rules import Actor

FAMILIES = "lead.phases"


def link_phase(lead_public_id: str, new: NewPhase, *, actor: Actor, now: datetime) -> LeadPhase:
    """From now on the lead is a phase or expansion of another, to which the actor has the right as well; what each counts is
    worked out anew. Raises PhaseParentUnknown, PhaseThere, PhaseCycle, PhaseTooDeep, PhaseNumberThere, PhaseOtherInvestor
    without a reason; NotFound, Forbidden.
    """
    lock_key(FAMILIES)
    lead = _lead(lead_public_id, actor)
    parent = phases.by_number(new.parent, actor)
    if parent is None:
        raise PhaseParentUnknown
    if phases.links([lead.id], upward=True):
        raise PhaseThere
    _check(lead, parent, new)
    row = LeadPhase(
        lead_id=lead.id, parent_id=parent.id, kind=new.kind, number=new.number, basis=new.basis,
        reason=new.reason.strip()[:400] or None, by_id=actor.user_id, at=now,
    )  # fmt: skip
    db.session.add(row)
    lead.phase_kind, lead.phase_number, lead.touched_at = new.kind, new.number, now
    db.session.flush()
    count_family(phases.family_ids(lead.id))
    facts = {
        "parent": parent.number, "kind": new.kind.value, "number": new.number, "basis": new.basis.value, "reason": row.reason,
    }  # fmt: skip
    audit.record("lead.phase_linked", subject=("lead", lead), facts=facts, actor=actor, now=now)
    return row


def _lead(public_id: str, actor: Actor) -> Lead:
    lead = access.locked_lead(public_id, actor=actor, action="read_detail")
    policy.require(policy.towards_lead(actor, lead), "phase", "set", seen_by="read")
    return lead


def _check(lead: Lead, parent: Lead, new: NewPhase) -> None:
    above = {row.lead_id: row.parent_id for row in phases.family(parent.id)}
    below = {row.lead_id: row.parent_id for row in phases.family(lead.id)}
    check_link(lead.id, parent.id, above, depth_below=_depth(lead.id, below))
    if any(row.kind == new.kind and row.number == new.number for row in phases.links([parent.id], upward=False)):
        raise PhaseNumberThere(number=new.number)
    same = lead.investor_id is not None and lead.investor_id == parent.investor_id
    if not same and not new.reason.strip():
        raise PhaseOtherInvestor


def _depth(lead_id: int, parents: dict[int, int]) -> int:
    """How many storeys stand below a lead."""
    children = [one for one, above in parents.items() if above == lead_id]
    return max((1 + _depth(one, parents) for one in children), default=0)


def end_phase(phase_public_id: str, reason: str, *, actor: Actor, now: datetime) -> Lead:
    """The lead stands for itself again; both sides count their own sums. Raises PhaseEnded, PhaseReason, NotFound, Forbidden."""
    lock_key(FAMILIES)
    row = phases.by_public_id(phase_public_id)
    lead = access.locked_for_room(row.lead_id)
    policy.require(policy.towards_lead(actor, lead), "phase", "set", seen_by="read")
    db.session.refresh(row)
    if row.ended_at is not None:
        raise PhaseEnded
    if not reason.strip():
        raise PhaseReason
    ids = phases.family_ids(lead.id)
    row.ended_at, row.ended_by_id, row.ended_reason = now, actor.user_id, reason.strip()[:400]
    lead.phase_kind = lead.phase_number = None
    lead.touched_at = now
    db.session.flush()
    count_family(ids)
    facts = {"ref": row.public_id, "kind": row.kind, "number": row.number, "reason": row.ended_reason}
    audit.record("lead.phase_ended", subject=("lead", lead), facts=facts, actor=actor, now=now)
    return lead
