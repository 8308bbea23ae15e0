"""Taking back the last decision: the pair is as it was before, the merge is undone, what people said earlier counts again."""

from datetime import datetime
from typing import Any

from sqlalchemy import select

from crm.audit import services as audit
from crm.companies import services as companies
from crm.core.db import db, lock_key
from crm.merging.models import Merge
from crm.merging.services import Follower, follow
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
    pair = db.session.get(ReviewPair, decision.before["pairs"][0]["id"])
    if pair is None or not _is_as_left(pair, decision):
        raise UndoTooLate
    if decision.merge_public_id:
        merging.take_apart(decision.merge_public_id, actor=actor, now=now)  # which opens the pair too
    else:
        _take_back(decision, actor, now)
    return pair


def undoable(actor: Actor) -> ReviewDecision | None:
    """This person's last decision, when it can still be taken back."""
    decision = queue.last_decision(actor)
    pair = db.session.get(ReviewPair, decision.before["pairs"][0]["id"]) if decision is not None else None
    return decision if decision is not None and pair is not None and _is_as_left(pair, decision) else None


def open_again(merge: Merge, actor: Actor, now: datetime) -> None:
    """A merge was taken back, here or on its own page: the pairs that it decided wait again as they did before; where a sweep ran
    meanwhile, what the records are alike with is asked anew. A pair that somebody decided otherwise since stays decided.
    """
    if merge.kind != "company":
        return
    query = select(ReviewDecision).where(
        ReviewDecision.merge_public_id == merge.public_id, ReviewDecision.undone_at.is_(None)
    )  # fmt: skip
    decision = db.session.scalar(query.with_for_update())
    if decision is not None:
        _take_back(decision, actor, now)
    if decision is not None or finding.swept_since(merge.decided_at):  # a sweep forgot the pairs of what was merged away
        keep_pairs(finding.compare([merge.keep_id, *merge.lose_ids]), now=now)


def _take_back(decision: ReviewDecision, actor: Actor, now: datetime) -> None:
    first = decision.before["pairs"][0]["id"]
    if decision.answer in (Answer.RELATED, Answer.DIFFERENT):
        companies.take_back_decision(decision.a_id, decision.b_id, decision.before["said"], actor=actor, now=now)
    touched: set[int] = set()
    for facts in decision.before["pairs"]:
        row = db.session.get(ReviewPair, facts["id"])
        if row is None:
            continue
        touched |= {row.a_id, row.b_id}
        if row.decision_id == decision.id or (row.id == first and _is_as_left(row, decision)):
            _put_back(row, facts)
    decision.undone_at = now
    db.session.flush()
    regroup(touched)
    facts = {"other": decision.b_id, "answer": decision.answer}
    audit.record("review.undone", subject=("company", decision.a_id), facts=facts, actor=actor, now=now)


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


follow(Follower(lock=lambda: lock_key(PAIRS), undone=open_again))
