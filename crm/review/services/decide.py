"""Deciding a pair: same (merge), related, different, later; or propose that two are one to whoever may decide it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select

from crm.accounts import queries as accounts
from crm.audit import services as audit
from crm.companies import queries as company_queries
from crm.companies import services as companies
from crm.companies.models import Company, PairDecision
from crm.companies.queries import COMPANY
from crm.core.db import db, lock_key
from crm.core.errors import Forbidden, NotFound
from crm.matching import queries as matching
from crm.notifications import services as notifications
from crm.policy import rules as policy
from crm.policy.rules import Actor, Role
from crm.review.models import ReviewDecision, ReviewPair
from crm.review.queries import access, finding
from crm.review.queries.access import Rights, Side
from crm.review.queries.finding import UNDECIDED
from crm.review.rules import PUT_OFF, Age, Answer, PairDecided, PairState, ProposedAlready, keeper
from crm.review.services import merge as merging
from crm.review.services.keep import PAIRS, keep_pairs, regroup
from crm.units import queries as units


@dataclass(frozen=True, slots=True)
class Decided:
    """What was decided, and about whom: (name of A, name of B)."""

    decision: ReviewDecision
    names: tuple[str, str]


def decide_pair(
    public_id: str, answer: Answer, *, keep_public_id: str | None, reason: str, choices: dict[str, str], actor: Actor,
    now: datetime,
) -> Decided:  # fmt: skip
    """Store what a person says about a pair. Raises NotFound for a pair that does not concern them, PairDecided when somebody was
    quicker, ProposedAlready when a merge was proposed and waits, Forbidden when the answer is not theirs to give.

    `same` merges at once (the merge tells whose leads are concerned): `keep_public_id` names the record that stays, else the
    earlier one does; `choices` says whose value of a field stays, the suggested one where nothing is said. Whatever else waited
    with the record that went is asked about the one that stayed.
    """
    policy.require(policy.of_role(actor), "review", "decide")
    lock_key(PAIRS)
    pair = access.visible_pair(public_id, actor=actor, locked=True)
    if pair.state not in UNDECIDED or len(matching.stored_subjects(COMPANY, [pair.a_id, pair.b_id])) < 2:
        raise PairDecided
    seen = access.sides({pair.a_id, pair.b_id}, actor=actor)
    a, b = seen[pair.a_id], seen[pair.b_id]
    may = access.rights(a, b, actor=actor)
    if not _allowed(answer, may):
        raise Forbidden(record="review", action=answer.value)
    if answer is Answer.PROPOSED and pair.proposed_by_id is not None:
        raise ProposedAlready
    decision = ReviewDecision(
        a_id=pair.a_id, b_id=pair.b_id, answer=answer, reason=reason[:400], before=_before(pair), decided_by_id=actor.user_id,
        decided_at=now,
    )  # fmt: skip
    db.session.add(decision)
    db.session.flush()
    if answer is Answer.SAME:
        _same(pair, _kept(a, b, keep_public_id), decision, choices, actor, now)
    elif answer is Answer.LATER:
        pair.state, pair.later_until = PairState.LATER, now + PUT_OFF
    elif answer is Answer.PROPOSED:
        pair.proposed_at, pair.proposed_by_id = now, actor.user_id
        _tell_deciders(pair, a, b, may, actor, now)
    else:
        companies.decide_pair(a.company, b.company, answer.value, reason, actor=actor, now=now)
        _close(pair, decision)
        _tell_proposer(pair, answer, actor, now)
    db.session.flush()
    if answer is not Answer.SAME:
        regroup({pair.a_id, pair.b_id})
    facts = {"other": pair.b_id, "answer": answer.value, "reason": decision.reason, "merge": decision.merge_public_id}
    audit.record("review.decided", subject=("company", a.company), facts=facts, actor=actor, now=now)
    return Decided(decision, (a.company.name, b.company.name))


def _allowed(answer: Answer, may: Rights) -> bool:
    return {Answer.SAME: may.same, Answer.PROPOSED: may.propose}.get(answer, may.decide)


def _close(pair: ReviewPair, decision: ReviewDecision) -> None:
    pair.state, pair.decision_id, pair.later_until = PairState.DECIDED, decision.id, None


def row_facts(pair: ReviewPair) -> dict[str, Any]:
    """What an undo puts back of a pair."""
    return {
        "id": pair.id, "state": pair.state, "decision_id": pair.decision_id, "proposed_by_id": pair.proposed_by_id,
        "later_until": pair.later_until.isoformat() if pair.later_until else None,
        "proposed_at": pair.proposed_at.isoformat() if pair.proposed_at else None,
    }  # fmt: skip


def _before(pair: ReviewPair) -> dict[str, Any]:
    said: PairDecision | None = company_queries.decision(pair.a_id, pair.b_id)
    earlier = None
    if said is not None:
        earlier = {
            "verdict": said.verdict, "reason": said.reason, "decided_by_id": said.decided_by_id,
            "decided_at": said.decided_at.isoformat(),
        }  # fmt: skip
    return {"pairs": [row_facts(pair)], "said": earlier}


def _same(
    pair: ReviewPair, kept: tuple[Company, Company], decision: ReviewDecision, choices: dict[str, str], actor: Actor,
    now: datetime,
) -> None:  # fmt: skip
    keep, lose = kept
    others = _touching(lose.id, pair)
    decision.before = {**decision.before, "pairs": [*decision.before["pairs"], *(row_facts(other) for other in others)]}
    for closed in (pair, *others):
        _close(closed, decision)
    db.session.flush()
    decision.merge_public_id = merging.merge(
        keep.public_id, lose.public_id, decision.reason, choices, actor=actor, now=now
    )  # fmt: skip
    db.session.flush()
    keep_pairs(finding.compare([keep.id]), now=now)
    regroup({company_id for other in (pair, *others) for company_id in (other.a_id, other.b_id)})


def suggested_keeper(a: Side, b: Side) -> int:
    """The id of the company that stays unless a person says otherwise."""
    ages = [Age(s.company.id, s.leads[0].registered_at if s.leads else None, s.company.created_at) for s in (a, b)]
    return keeper(*ages)


def _kept(a: Side, b: Side, keep_public_id: str | None) -> tuple[Company, Company]:
    """(the company that stays, the one that goes)."""
    both = {a.company.public_id: (a.company, b.company), b.company.public_id: (b.company, a.company)}
    if keep_public_id is not None:
        if keep_public_id not in both:
            raise NotFound
        return both[keep_public_id]
    stays = a if suggested_keeper(a, b) == a.company.id else b
    return both[stays.company.public_id]


def _touching(company_id: int, pair: ReviewPair) -> list[ReviewPair]:
    touches = or_(ReviewPair.a_id == company_id, ReviewPair.b_id == company_id)
    query = select(ReviewPair).where(touches, ReviewPair.state.in_(UNDECIDED), ReviewPair.id != pair.id)
    return list(db.session.scalars(query.order_by(ReviewPair.id).with_for_update(of=ReviewPair)))


def _tell_proposer(pair: ReviewPair, answer: Answer, actor: Actor, now: datetime) -> None:
    """Who proposed a merge hears that it was answered otherwise; of a merge the units concerned are told anyway."""
    people = [pair.proposed_by_id] if pair.proposed_by_id else []
    facts = {"said": answer.value}
    notifications.notify(people, "review.settled", subject=("review", pair.public_id), facts=facts, actor=actor, now=now)


def _tell_deciders(pair: ReviewPair, a: Side, b: Side, may: Rights, actor: Actor, now: datetime) -> None:
    """Inside one unit its managers decide, else (and where a unit has none) the coordinators."""
    paths = {lead.following_unit_path for side in (a, b) for lead in side.leads}
    managers = [user.id for user in accounts.of_role(Role.DISTRICT_MANAGER) if all(p.startswith(user.unit.path) for p in paths)]
    inside = managers if len(may.units) == 1 else []
    people = inside or [user.id for user in accounts.coordinators()]
    facts = {"unit": units.by_id(actor.unit_id).zh, "person": actor.name}
    notifications.notify(people, "review.proposed", subject=("review", pair.public_id), facts=facts, actor=actor, now=now)
