"""Taking back the last decision: the pair is as it was before, the merge is undone, what people said earlier counts again."""

from datetime import datetime
from typing import Any

from crm.audit import services as audit
from crm.companies import services as companies
from crm.core.db import db, lock_key
from crm.policy import rules as policy
from crm.policy.rules import Actor
from crm.review.models import ReviewDecision, ReviewPair
from crm.review.queries import finding, queue
from crm.review.rules import Answer, NothingToUndo, PairState, UndoTooLate
from crm.review.services import merge as merging
from crm.review.services.keep import PAIRS, keep_pairs, regroup


def undo_last(*, actor: Actor, now: datetime) -> ReviewPair:
    """Take back this person's last decision; the pair, open again as it was. Raises NothingToUndo, or UndoTooLate when somebody
    decided the pair anew since.
    """
    policy.require(policy.of_role(actor), "review", "decide")
    lock_key(PAIRS)
    decision = queue.last_decision(actor)
    if decision is None:
        raise NothingToUndo
    rows = [(db.session.get(ReviewPair, facts["id"]), facts) for facts in decision.before["pairs"]]
    pair = rows[0][0]
    if pair is None or not _is_as_left(pair, decision):
        raise UndoTooLate
    if decision.merge_public_id:
        merging.take_apart(decision.merge_public_id, actor=actor, now=now)
    if decision.answer in (Answer.RELATED, Answer.DIFFERENT):
        companies.take_back_decision(decision.a_id, decision.b_id, decision.before["said"], actor=actor, now=now)
    for row, facts in rows:
        if row is not None and (row is pair or row.decision_id == decision.id):
            _put_back(row, facts)
    decision.undone_at = now
    db.session.flush()
    touched = {company_id for row, _facts in rows if row for company_id in (row.a_id, row.b_id)}
    if decision.merge_public_id:  # what was asked about the merged record meanwhile may be no question any more
        keep_pairs(finding.compare([decision.a_id, decision.b_id]), now=now)
    regroup(touched)
    facts = {"other": decision.b_id, "answer": decision.answer}
    audit.record("review.undone", subject=("company", decision.a_id), facts=facts, actor=actor, now=now)
    return pair


def _is_as_left(pair: ReviewPair, decision: ReviewDecision) -> bool:
    if decision.answer == Answer.LATER:
        return pair.state == PairState.LATER
    if decision.answer == Answer.PROPOSED:
        return pair.state in finding.UNDECIDED and pair.proposed_by_id == decision.decided_by_id
    return pair.state == PairState.DECIDED and pair.decision_id == decision.id


def _put_back(row: ReviewPair, facts: dict[str, Any]) -> None:
    row.state, row.decision_id, row.proposed_by_id = facts["state"], facts["decision_id"], facts["proposed_by_id"]
    row.later_until, row.proposed_at = _moment(facts["later_until"]), _moment(facts["proposed_at"])


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
