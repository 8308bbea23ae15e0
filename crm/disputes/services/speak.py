"""Opening a dispute, answering with a statement, taking it back."""

from datetime import datetime
from itertools import combinations

from sqlalchemy import select

from crm.audit import services as audit
from crm.core import clock
from crm.core.db import db
from crm.disputes import queries
from crm.disputes.models import Dispute, DisputeSide
from crm.disputes.rules import (
    LIVE,
    Basis,
    DecidedLately,
    DisputeClosed,
    DisputeMove,
    DisputeState,
    FinallyDecided,
    NoOtherSide,
    OtherLeadUnfit,
)
from crm.disputes.services.holding import check_text, coordinators, day_in, hold, hold_dispute, note, people_of, tell
from crm.leads import services as leads_services
from crm.leads.models import Lead
from crm.leads.rules.lead import LeadDisputed
from crm.notifications import services as notifications
from crm.policy import rules as policy
from crm.policy.rules import Actor
from crm.units import queries as units


def open_dispute(public_id: str, statement: str, *, other: str | None = None, actor: Actor, now: datetime) -> Dispute:
    """Open a dispute about a lead (named by its id or by a second report of one's own unit), or about two that are one project
    (`other`: the other one's number). From now on the clock of the first report rests; all sides are told and answer.

    Raises NotFound, Forbidden, WhyNeeded, LeadDisputed, DecidedLately, FinallyDecided, NoOtherSide,
    OtherLeadUnfit.
    """
    text = check_text(statement)
    found = queries.subject_of(public_id, actor=actor)
    second = _other(other)
    named = [found.lead.id, *([second] if second else [])]
    leads = hold(named)
    if [lead.id for lead in leads] != named:  # merged away, or one and the same
        raise OtherLeadUnfit
    policy.require(queries.may_open(actor, leads[0]), "dispute", "open", seen_by="read_evidence")
    if second:
        _check_other(leads[1], actor)
    if any(lead.disputed_on is not None for lead in leads):
        raise LeadDisputed
    lately = queries.lately_decided(leads, clock.city_day(now))
    if lately is not None and lately.review_until is not None:
        raise DecidedLately(day=lately.review_until.isoformat())
    sides = _sides(leads, actor)
    if queries.finally_decided(leads, set(sides)) is not None:
        raise FinallyDecided
    dispute = Dispute(
        lead_id=leads[0].id, other_lead_id=second, state=DisputeState.OPEN,
        opened_by_id=actor.user_id, opened_at=now, due_on=day_in(now, "due_working_days"),
    )  # fmt: skip
    db.session.add(dispute)
    db.session.flush()
    for unit_id, basis in sides.items():
        row = DisputeSide(dispute_id=dispute.id, unit_id=unit_id, basis=basis, opens=unit_id == actor.unit_id)
        db.session.add(row)
    note(dispute, DisputeMove.OPENED, text, actor=actor, now=now)
    db.session.refresh(dispute)
    for lead in leads:
        leads_services.begin_dispute(lead, now=now)
        facts = {"ref": dispute.public_id, "sides": sorted(sides)}
        audit.record("dispute.opened", subject=("lead", lead), facts=facts, actor=actor, now=now)
    told = {"due": clock.start_of(dispute.due_on).isoformat()}
    tell([*people_of(dispute, leads), *coordinators()], "dispute.opened", dispute, told, actor=actor, now=now)
    return dispute


def _other(number: str | None) -> int | None:
    """The id of the lead of a number; whether somebody may name it is asked once it is held."""
    if not (number or "").strip():
        return None
    found = db.session.scalar(select(Lead.id).where(Lead.number == (number or "").strip()))
    if found is None:
        raise OtherLeadUnfit
    return found


def _check_other(lead: Lead, actor: Actor) -> None:
    """Whoever names a second lead could open a dispute about it alone, and reads its names."""
    stand = queries.may_open(actor, lead)
    if not (policy.can(stand, "dispute", "open") and policy.can(stand, "lead", "read_names")):
        raise OtherLeadUnfit


def _sides(leads: list[Lead], actor: Actor) -> dict[int, Basis]:
    """The units concerned; that of whoever opens it too when it only follows a lead of the group. NoOtherSide unless two of them
    stand neither above nor below each other.
    """
    found: dict[int, Basis] = {}
    for lead in leads:
        for unit_id, basis in queries.concerned(lead, group=True).items():
            if basis is not Basis.GROUP or unit_id == actor.unit_id:
                found.setdefault(unit_id, basis)
    paths = [units.by_id(unit_id).path for unit_id in found]
    if all(policy.in_one_line(path, other) for path, other in combinations(paths, 2)):
        raise NoOtherSide
    return found


def state(public_id: str, text: str, *, actor: Actor, now: datetime) -> Dispute:
    """A side says its part; the others and the coordinators are told. Raises NotFound, Forbidden, WhyNeeded, DisputeClosed."""
    dispute, leads = hold_dispute(public_id, "state", actor)
    if dispute.state not in LIVE:
        raise DisputeClosed
    note(dispute, DisputeMove.STATED, check_text(text), actor=actor, now=now)
    facts = {"ref": dispute.public_id}
    audit.record("dispute.stated", subject=("lead", leads[0]), facts=facts, actor=actor, now=now)
    tell([*people_of(dispute, leads), *coordinators()], "dispute.stated", dispute, {}, actor=actor, now=now)
    return dispute


def withdraw(public_id: str, reason: str, *, actor: Actor, now: datetime) -> Dispute:
    """Whoever opened it, or the coordinator, takes it back; the leads are free again. Raises NotFound, Forbidden, WhyNeeded,
    DisputeClosed.
    """
    dispute, leads = hold_dispute(public_id, "withdraw", actor)
    if dispute.state != DisputeState.OPEN:
        raise DisputeClosed
    why = check_text(reason)
    dispute.state, dispute.closed_at = DisputeState.WITHDRAWN, now
    note(dispute, DisputeMove.WITHDRAWN, why, actor=actor, now=now)
    for lead in leads:
        leads_services.end_dispute(lead, now=now)
        facts = {"ref": dispute.public_id, "reason": why}
        audit.record("dispute.withdrawn", subject=("lead", lead), facts=facts, actor=actor, now=now)
    notifications.mark_read_about(("dispute", dispute.public_id), codes=("dispute.opened",), now=now)
    told = {"why": "—" if any(lead.sealed for lead in leads) else why}  # a code name's words are read on the page, by right
    tell([*people_of(dispute, leads), *coordinators()], "dispute.withdrawn", dispute, told, actor=actor, now=now)
    return dispute
