"""初审, 认定, 退回: one milestone, or many of which each stands for itself."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from crm.audit import services as audit
from crm.core import clock
from crm.core.db import db
from crm.core.errors import Refusal
from crm.core.money import Money
from crm.leads.models import Lead
from crm.pipeline import queries
from crm.pipeline.models import Milestone
from crm.pipeline.rules import Act, MilestoneState, WordsNeeded, check_sum
from crm.pipeline.services.expect import note_expected
from crm.pipeline.services.following import follow_correction
from crm.pipeline.services.holding import concerned, confirmers, due_after, facts_of, hold, settle, tell
from crm.pipeline.services.slips import look_at_verdict
from crm.policy import rules as policy
from crm.policy.rules import Actor


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the city says of a sum: the same as reported when there is none here. Another one says why; `checked`: see
    `look_at_verdict`.
    """

    amount: Money | None = None
    note: str | None = None
    checked: str | None = None


@dataclass(frozen=True, slots=True)
class Batch:
    """What came of many: the public ids that were done, and those that were not, each with its refusal."""

    done: tuple[str, ...]
    skipped: tuple[tuple[str, Refusal], ...]


def review_milestone(public_id: str, *, opened: int, actor: Actor, now: datetime) -> Milestone:
    """初审: the district agrees. Raises MilestoneMoved, OwnMilestone, NoConfirmation, NotFound, Forbidden."""
    row, lead = hold(public_id, "review", actor, opened=opened)
    queries.check(Act.REVIEW, row, lead, actor, clock.city_day(now))
    row.reviewed_by_id, row.reviewed_at = actor.user_id, now
    settle(row, MilestoneState.REVIEWED, due_on=due_after(queries.gates().confirm_working_days, now))
    facts = facts_of(row) | {"rules": queries.gates().version}
    audit.record("milestone.reviewed", subject=("lead", lead), facts=facts, actor=actor, now=now)
    tell(confirmers(), "milestone.to_confirm", row, lead, actor=actor, now=now)
    return row


def return_milestone(public_id: str, reason: str, *, opened: int, actor: Actor, now: datetime) -> Milestone:
    """Send it back for a reason: the district what was entered, the city either. It is corrected, or taken back."""
    row, lead = hold(public_id, "return", actor, opened=opened)
    if row.state == MilestoneState.REVIEWED:
        policy.require(policy.towards_lead(actor, lead), "milestone", "confirm", seen_by="read")
    queries.check(Act.RETURN, row, lead, actor, clock.city_day(now))
    if not reason.strip():
        raise WordsNeeded
    row.returned_reason, row.closed_by_id, row.closed_at = reason.strip()[:400], actor.user_id, now
    settle(row, MilestoneState.RETURNED)
    note_expected(lead)
    facts = facts_of(row) | {"reason": row.returned_reason}
    audit.record("milestone.returned", subject=("lead", lead), facts=facts, actor=actor, now=now)
    tell(concerned(row, lead), "milestone.returned", row, lead, actor=actor, now=now, why=row.returned_reason)
    return row


def confirm_milestone(
    public_id: str, verdict: Verdict = Verdict(), *, opened: int, actor: Actor, now: datetime
) -> Milestone:  # fmt: skip
    """认定: the city says that it happened, and how much it was; what was reported stays beside it. What it corrects is replaced.
    Raises WordsNeeded for another sum without a reason, SumSlip for one far from it, and what reviewing raises.
    """
    row, lead = hold(public_id, "confirm", actor, opened=opened)
    queries.check(Act.CONFIRM, row, lead, actor, clock.city_day(now))
    amount = verdict.amount or row.reported_sum
    check_sum(amount)
    if amount != row.reported_sum and not (verdict.note or "").strip():
        raise WordsNeeded
    look_at_verdict(row, amount, verdict.checked, now)
    row.confirmed_by_id, row.confirmed_at, row.confirmed_on = actor.user_id, now, row.on_date
    row.confirmed_amount, row.confirmed_currency = (amount.amount, amount.currency) if amount else (None, None)
    row.confirmed_note = (verdict.note or "").strip()[:400] or None
    settle(row, MilestoneState.CONFIRMED)
    _replace(row, lead, actor, now)
    facts = facts_of(row) | {"confirmed_amount": row.confirmed_amount, "note": row.confirmed_note}
    facts |= {"rules": queries.gates().version}
    audit.record("milestone.confirmed", subject=("lead", lead), facts=facts, actor=actor, now=now)
    tell(concerned(row, lead), "milestone.confirmed", row, lead, actor=actor, now=now)
    return row


def _replace(row: Milestone, lead: Lead, actor: Actor, now: datetime) -> None:
    """What a confirmed correction corrects holds no more."""
    if row.replaces_id is None:
        return
    old = db.session.scalars(select(Milestone).where(Milestone.id == row.replaces_id).with_for_update(of=Milestone)).one()
    if old.state == MilestoneState.CONFIRMED:
        old.closed_by_id, old.closed_at = actor.user_id, now
        settle(old, MilestoneState.REPLACED)
        follow_correction(lead, old, row, actor=actor, now=now)


def decide_many(act: Act, items: Sequence[tuple[str, int]], *, actor: Actor, now: datetime) -> Batch:
    """初审 or 认定 of many, as reported: (public id, version that was seen). Whatever may not be done, or is not as it was seen,
    is left out and said; the others are done.
    """
    done: list[str] = []
    skipped: list[tuple[str, Refusal]] = []
    for public_id, opened in sorted(set(items)):  # in one order, so that two who decide at once do not wait for each other
        try:
            if act is Act.REVIEW:
                review_milestone(public_id, opened=opened, actor=actor, now=now)
            else:
                confirm_milestone(public_id, opened=opened, actor=actor, now=now)
        except Refusal as refusal:  # each raises before it writes
            skipped.append((public_id, refusal))
        else:
            done.append(public_id)
    return Batch(tuple(done), tuple(skipped))
