"""Entering a milestone, correcting it by a new row, taking it back."""

from datetime import datetime

from sqlalchemy import select

from crm.audit import services as audit
from crm.claims.rules.evidence import EvidenceType
from crm.core import clock
from crm.core.db import db
from crm.files import services as files
from crm.files.models import StoredFile
from crm.leads import services as leads
from crm.leads.models import Lead
from crm.pipeline import queries
from crm.pipeline.models import Milestone, MilestoneFile
from crm.pipeline.rules import (
    LIVE,
    WAITING,
    Dated,
    Kind,
    KindThere,
    MilestoneMoved,
    MilestoneState,
    NewMilestone,
    ProofType,
    WordsNeeded,
    check_new,
    check_order,
)
from crm.pipeline.services.expect import note_expected
from crm.pipeline.services.following import follow_correction
from crm.pipeline.services.holding import concerned, confirmers, due_after, facts_of, hold, lead_for, reviewers, settle, tell
from crm.pipeline.services.slips import look_at_sum
from crm.policy import rules as policy
from crm.policy.rules import Actor


def enter_milestone(
    lead_public_id: str, new: NewMilestone, *, root: str, actor: Actor, now: datetime, checked: str | None = None
) -> Milestone:  # fmt: skip
    """Note what happened. Raises what `check_new` and `check_order` raise, KindThere when the lead has such a milestone,
    NotFound, Forbidden, SumSlip (see `look_at_sum` for `checked`). `root`: the folder of all files.
    """
    return put_milestone(lead_for(lead_public_id, "enter", actor), new, root=root, actor=actor, now=now, checked=checked)


def put_milestone(
    lead: Lead, new: NewMilestone, *, root: str, actor: Actor, now: datetime, checked: str | None = None
) -> Milestone:  # fmt: skip
    """The same for a lead that the caller holds, and has asked the policy about."""
    there = queries.milestones_of(lead.id)
    if any(row.kind == new.kind and row.state in LIVE for row in there):
        raise KindThere
    _check(lead, new, there, proofs=len(new.proofs) + len(new.shown_by), now=now)
    look_at_sum(lead, new, checked, now)
    row = _store(lead, new, root=root, actor=actor, now=now)
    audit.record("milestone.entered", subject=("lead", lead), facts=facts_of(row), actor=actor, now=now)
    _ask(row, lead, actor=actor, now=now)
    return row


def correct_milestone(
    public_id: str, new: NewMilestone, *, opened: int, root: str, actor: Actor, now: datetime, checked: str | None = None
) -> Milestone:  # fmt: skip
    """Put a new row in the place of one. What nobody has confirmed is replaced at once; a confirmed one counts until the new one
    is confirmed, and says why (`note`). Its files go with it. Raises MilestoneMoved, WordsNeeded, and what entering raises.
    """
    old, lead = hold(public_id, "correct", actor, opened=opened)
    there = queries.milestones_of(lead.id)
    if old.state not in (*LIVE, MilestoneState.RETURNED):
        raise MilestoneMoved
    if any(row.replaces_id == old.id and row.state in WAITING for row in there):
        raise KindThere
    confirmed = old.state == MilestoneState.CONFIRMED
    if confirmed and not (new.note or "").strip():
        raise WordsNeeded
    kept = queries.evidence_of([old.id])[old.id]
    others = [row for row in there if row.id != old.id]
    _check(lead, new, others, proofs=len(new.proofs) + len(kept), now=now)
    if new.amount != old.reported_sum:
        look_at_sum(lead, new, checked, now)
    row = _store(lead, new, root=root, actor=actor, now=now, replaces=old)
    for proof in kept:
        db.session.add(MilestoneFile(milestone_id=row.id, file_id=proof.file_id))
    if not confirmed:
        _close(old, MilestoneState.REPLACED, actor, now)
        follow_correction(lead, old, row, actor=actor, now=now)
    facts = facts_of(row) | {"replaces": facts_of(old)}
    audit.record("milestone.corrected", subject=("lead", lead), facts=facts, actor=actor, now=now)
    _ask(row, lead, actor=actor, now=now)
    return row


def withdraw_milestone(public_id: str, reason: str, *, opened: int, actor: Actor, now: datetime) -> Milestone:
    """Take a milestone back; a confirmed one only the city. The row stays, with the reason. MilestoneMoved, WordsNeeded."""
    row, lead = hold(public_id, "withdraw", actor, opened=opened)
    if row.state == MilestoneState.CONFIRMED:
        policy.require(policy.towards_lead(actor, lead), "milestone", "withdraw_confirmed", seen_by="read")
    elif row.state not in (*WAITING, MilestoneState.RETURNED):
        raise MilestoneMoved
    if not reason.strip():
        raise WordsNeeded
    row.returned_reason = reason.strip()[:400]
    _close(row, MilestoneState.WITHDRAWN, actor, now)
    note_expected(lead)
    facts = facts_of(row) | {"reason": row.returned_reason}
    audit.record("milestone.withdrawn", subject=("lead", lead), facts=facts, actor=actor, now=now)
    tell(concerned(row, lead), "milestone.withdrawn", row, lead, actor=actor, now=now, why=row.returned_reason)
    return row


def _close(row: Milestone, state: MilestoneState, actor: Actor, now: datetime) -> None:
    row.closed_by_id, row.closed_at = actor.user_id, now
    settle(row, state)


def _check(lead: Lead, new: NewMilestone, there: list[Milestone], *, proofs: int, now: datetime) -> None:
    table, kind = queries.gates(), queries.type_of(lead)
    path = table.path(kind)
    check_new(new, table.kinds[new.kind], proofs=proofs, path=path if kind else None, today=clock.city_day(now))
    held = [Dated(Kind(row.kind), row.on_date) for row in there if row.state in LIVE]
    check_order(new.kind, new.on, held, path)


def _store(
    lead: Lead, new: NewMilestone, *, root: str, actor: Actor, now: datetime, replaces: Milestone | None = None
) -> Milestone:  # fmt: skip
    table = queries.gates()
    reviewed = table.kinds[new.kind].confirmed and policy.can(policy.towards_lead(actor, lead), "milestone", "review")
    row = Milestone(
        lead_id=lead.id, kind=new.kind, on_date=new.on, amount=new.amount.amount if new.amount else None,
        currency=new.amount.currency if new.amount else None, note=(new.note or "").strip()[:400] or None,
        entered_by_id=actor.user_id, entered_unit_id=actor.unit_id, entered_at=now, rules_version=table.version,
        state=MilestoneState.REPORTED, replaces_id=replaces.id if replaces else None,
    )  # fmt: skip
    if table.kinds[new.kind].confirmed:
        row.due_on = due_after(table.confirm_working_days if reviewed else table.review_working_days, now)
    if reviewed:  # a manager's own entry is the district's word already; the other pair of eyes is the city's
        row.state, row.reviewed_by_id, row.reviewed_at = MilestoneState.REVIEWED, actor.user_id, now
    db.session.add(row)
    db.session.flush()
    for name, content in new.proofs:
        stored = files.store_file(
            content, name, purpose="evidence", root=root, actor=actor, now=now, lead_id=lead.id, evidence_type=EvidenceType.FACT
        )
        if stored.kind not in table.evidence_types:
            raise ProofType(name=stored.name, types="、".join(table.evidence_types))
        db.session.add(MilestoneFile(milestone_id=row.id, file_id=stored.id))
    _show(row, new.shown_by)
    _tell_lead(lead, new, actor, now)
    db.session.flush()
    note_expected(lead)
    return row


def _show(row: Milestone, file_ids: tuple[int, ...]) -> None:
    """By files that the lead has already; they are of the types that a new one would have to be."""
    types = queries.gates().evidence_types
    query = select(StoredFile).where(StoredFile.id.in_(file_ids), StoredFile.lead_id == row.lead_id)
    for stored in db.session.scalars(query) if file_ids else ():
        if stored.kind not in types:
            raise ProofType(name=stored.name, types="、".join(types))
        db.session.add(MilestoneFile(milestone_id=row.id, file_id=stored.id))


def _tell_lead(lead: Lead, new: NewMilestone, actor: Actor, now: datetime) -> None:
    """What the lead repeats of it: since when there are talks, what the contract says."""
    if new.kind is Kind.FIRST_TALKS and lead.first_talks_on is None:
        lead.first_talks_on = new.on
    if new.kind is Kind.CONTRACT_SIGNED and new.amount is not None:
        leads.note_contracted(lead, new.amount, actor=actor, now=now)
    lead.touched_at = now


def _ask(row: Milestone, lead: Lead, *, actor: Actor, now: datetime) -> None:
    """Tell those whose word it waits for."""
    if row.due_on is None:
        return
    if row.state == MilestoneState.REPORTED:
        people = [user for user in reviewers(lead) if user != actor.user_id]
        tell(people or confirmers(), "milestone.to_review", row, lead, actor=actor, now=now)
    else:
        tell(confirmers(), "milestone.to_confirm", row, lead, actor=actor, now=now)
