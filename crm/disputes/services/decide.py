"""The coordinator's decision, the one review of it by the headquarters, and what both do to the leads at once."""

from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta

from crm.accounts import queries as accounts
from crm.audit import services as audit
from crm.core import clock
from crm.core.db import db
from crm.credit import services as credit
from crm.disputes import queries
from crm.disputes.models import Dispute, DisputeDecision
from crm.disputes.rules import (
    DisputeClosed,
    DisputeMove,
    DisputeState,
    How,
    NewDecision,
    NoHeadquarters,
    OwnerUnfit,
    ReviewOver,
    settings,
)
from crm.disputes.services.holding import (
    at_headquarters,
    check_text,
    coordinators,
    day_in,
    hold_dispute,
    note,
    people_of,
    tell,
)
from crm.leads import services as leads_services
from crm.leads.models import Lead
from crm.leads.services import HandOver
from crm.notifications import services as notifications
from crm.policy.rules import WORKS_IN_A_UNIT, Actor, Role
from crm.sharing import queries as sharing
from crm.sharing import services as sharing_services
from crm.sharing.rules import Level, SharedAlready, ShareRole, Terms, Tier
from crm.sharing.rules import settings as sharing_settings
from crm.transfers import services as transfers
from crm.units import queries as units
from crm.units.models import Unit

ASKS = ("dispute.opened", "dispute.stated", "dispute.review_asked")  # messages that are settled by a decision


def decide(public_id: str, new: NewDecision, *, actor: Actor, now: datetime) -> Dispute:
    """The coordinator decides, or puts on record what was decided by telephone: who follows and leads the lead, who supports it,
    who is credited with what. All of it holds from now on; for some days a side may ask for a review.

    Raises NotFound, Forbidden, DisputeClosed, WhyNeeded, DecisionUnfit, OwnerUnfit, PartsUnfit.
    """
    dispute, leads = hold_dispute(public_id, "decide", actor)
    if dispute.state != DisputeState.OPEN:
        raise DisputeClosed
    before = people_of(dispute, leads)
    row = _write(dispute, leads, new, "first", actor=actor, now=now)
    dispute.state, dispute.decided_at = DisputeState.DECIDED, now
    dispute.review_until = day_in(now, "ask_review_working_days")
    _carry_out(dispute, leads, row, actor=actor, now=now)
    note(dispute, DisputeMove.DECIDED, row.reason, actor=actor, now=now)
    facts = {"to": row.unit.zh, "due": clock.start_of(dispute.review_until).isoformat()}
    _tell(dispute, [*before, *people_of(dispute, leads)], "dispute.decided", facts, actor=actor, now=now)
    return dispute


def ask_review(public_id: str, reason: str, *, actor: Actor, now: datetime) -> Dispute:
    """A side's manager asks the headquarters to look at the decision, once, within some days. Meanwhile the leads are held again.

    Raises NotFound, Forbidden, WhyNeeded, DisputeClosed, ReviewOver, NoHeadquarters, LeadDisputed.
    """
    dispute, leads = hold_dispute(public_id, "ask_review", actor)
    if dispute.state != DisputeState.DECIDED or dispute.review_until is None:
        raise DisputeClosed
    if clock.city_day(now) > dispute.review_until:
        raise ReviewOver(day=dispute.review_until.isoformat())
    above = at_headquarters()
    if not above:
        raise NoHeadquarters
    why = check_text(reason)
    dispute.lead_id, dispute.other_lead_id = leads[0].id, leads[1].id if len(leads) > 1 else None  # those that stay
    dispute.state, dispute.review_due_on = DisputeState.UNDER_REVIEW, day_in(now, "review_working_days")
    note(dispute, DisputeMove.REVIEW_ASKED, why, actor=actor, now=now)
    for lead in leads:
        leads_services.begin_dispute(lead, now=now)
        facts = {"ref": dispute.public_id, "reason": why}
        audit.record("dispute.review_asked", subject=("lead", lead), facts=facts, actor=actor, now=now)
    told = {"due": clock.start_of(dispute.review_due_on).isoformat()}
    people = [*above, *coordinators(), *people_of(dispute, leads)]
    tell(people, "dispute.review_asked", dispute, told, actor=actor, now=now)
    return dispute


def review(public_id: str, new: NewDecision, *, actor: Actor, now: datetime) -> Dispute:
    """The headquarters decide; that stands. With nobody left there the coordinator puts on record what they said. Raises what
    decide raises.
    """
    dispute, leads = hold_dispute(public_id, "review", actor)
    first = queries.decision_of(dispute.id, "first")
    if dispute.state != DisputeState.UNDER_REVIEW or first is None:
        raise DisputeClosed
    before = people_of(dispute, leads)
    if actor.role is Role.COORDINATOR:
        new = replace(new, how=How.TELEPHONE)
    row = _write(dispute, leads, new, "review", actor=actor, now=now)
    row.upheld = _same(first, row)
    dispute.state, dispute.closed_at = DisputeState.FINAL, now
    _carry_out(dispute, leads, row, first=first, actor=actor, now=now)
    note(dispute, DisputeMove.REVIEWED, row.reason, actor=actor, now=now)
    told = [*before, *people_of(dispute, leads)]
    _tell(dispute, told, "dispute.final", {"to": row.unit.zh}, actor=actor, now=now)
    return dispute


def _same(first: DisputeDecision, row: DisputeDecision) -> bool:
    return (first.unit_id, first.owner_id, first.shares, sorted(first.supporting)) == (
        row.unit_id, row.owner_id, row.shares, sorted(row.supporting),
    )  # fmt: skip


def _write(dispute: Dispute, leads: list[Lead], new: NewDecision, stage: str, *, actor: Actor, now: datetime) -> DisputeDecision:
    """Store a decision once it is fit."""
    new.check(clock.city_day(now))
    unit = units.by_id(new.unit_id)
    _check_owner(unit, new.owner_id)
    row = DisputeDecision(
        dispute_id=dispute.id, stage=stage, unit_id=unit.id, owner_id=new.owner_id,
        supporting=sorted(set(new.supporting) - {unit.id}), parts={str(key): value for key, value in new.parts.items() if value},
        reason=new.reason.strip()[:1000], how=new.how, decided_by=new.decided_by.strip()[:80], decided_on=new.decided_on,
        upheld=False, by_id=actor.user_id, at=now,
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    db.session.refresh(row)
    facts = {
        "ref": dispute.public_id, "stage": stage, "unit": unit.code, "owner": row.owner_id, "supporting": row.supporting,
        "parts": row.parts, "how": row.how, "decided_by": row.decided_by, "decided_on": row.decided_on.isoformat(),
        "reason": row.reason,
    }  # fmt: skip
    action = "dispute.decided" if stage == "first" else "dispute.reviewed"
    for lead in leads:
        if action == "dispute.decided":
            audit.record("dispute.decided", subject=("lead", lead), facts=facts, actor=actor, now=now)
        else:
            audit.record("dispute.reviewed", subject=("lead", lead), facts=facts, actor=actor, now=now)
    return row


def _check_owner(unit: Unit, owner_id: int | None) -> None:
    if owner_id is None:
        return
    user = accounts.by_id(owner_id)
    fits = user is not None and user.is_active and user.as_actor().role in WORKS_IN_A_UNIT
    if not fits or user is None or user.unit_id not in units.under(unit.path):
        raise OwnerUnfit


def _carry_out(
    dispute: Dispute, leads: list[Lead], row: DisputeDecision, *, first: DisputeDecision | None = None, actor: Actor,
    now: datetime,
) -> None:  # fmt: skip
    """The leads go where the decision says, by their own verbs: attribution first, then hands, then who supports."""
    for lead in leads:
        leads_services.end_dispute(lead, now=now)
        credit.share_by_decision(lead, row.shares, ref=dispute.public_id, reason=row.reason[:400], actor=actor, now=now)
        if lead.following_unit_id != row.unit_id:
            transfers.overtake(lead, row.reason[:400], actor=actor, now=now)
            to = HandOver(
                row.unit, row.owner_id, row.reason[:400], dispute.public_id, city_move_on=lead.city_move_on, credited=True
            )
            leads_services.hand_over(lead, to, actor=actor, now=now)
        elif row.owner_id is not None and row.owner_id != lead.owner_id:
            leads_services.choose_owner(lead, row.owner_id, actor=actor, now=now)
        _support(lead, row, first, actor, now)


def _support(lead: Lead, row: DisputeDecision, first: DisputeDecision | None, actor: Actor, now: datetime) -> None:
    """协办: a share for each unit that is to support; those of an earlier decision that are to do so no more lose theirs."""
    days = min(settings()["support_days"], sharing_settings()["share_days_most"])
    until = clock.city_day(now) + timedelta(days=days)
    terms = Terms(ShareRole.ASSIST, Level.EDIT, Tier.DETAIL, until)
    for unit_id in row.supporting:
        with suppress(SharedAlready):
            sharing_services.grant(lead, sharing_services.Holder(units.by_id(unit_id)), terms, actor=actor, now=now)
    for unit_id in set(first.supporting if first else ()) - set(row.supporting):
        share = sharing.live_row(lead.id, unit_id=unit_id, user_id=None)
        if share is not None:
            sharing_services.stop_share(lead, share, row.reason[:200], actor=actor, now=now)


def _tell(dispute: Dispute, people: list[int], code: str, facts: dict[str, str], *, actor: Actor, now: datetime) -> None:
    notifications.mark_read_about(("dispute", dispute.public_id), codes=ASKS, now=now)
    tell([*people, *coordinators()], code, dispute, facts, actor=actor, now=now)
