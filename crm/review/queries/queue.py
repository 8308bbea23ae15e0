"""The queue: groups of undecided pairs in one of three orders, page by page, cut to what concerns the reader."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, or_, select, union_all

from crm.companies.queries import COMPANY
from crm.core import clock
from crm.core.db import db
from crm.jobs.models import Job
from crm.jobs.rules import JobState
from crm.matching.models import IndexEntry
from crm.policy import rules as policy
from crm.policy.rules import Actor
from crm.review.models import ReviewDecision, ReviewPair, ReviewSweep
from crm.review.queries.access import Side, in_sight, sides
from crm.review.rules import Answer, PairState, Sort

SIZE = 10


@dataclass(frozen=True, slots=True)
class Group:
    """Likely one company: its undecided pairs, surest first, and its companies as the reader may see them."""

    key: int
    pairs: tuple[ReviewPair, ...]
    members: tuple[Side, ...]

    @property
    def first(self) -> ReviewPair:
        """The pair that is decided first."""
        return self.pairs[0]

    @property
    def money(self) -> int:
        """What the reader may know of the sums at stake, in fen."""
        return sum(side.money for side in self.members)

    def place(self, pair: ReviewPair) -> int:
        """Which of the group's pairs this is, from 1; 0 when it is none of them."""
        return next((n for n, other in enumerate(self.pairs, start=1) if other.id == pair.id), 0)


@dataclass(frozen=True, slots=True)
class Board:
    """One page of the queue, how much waits altogether, and the first group of the next page."""

    groups: tuple[Group, ...]
    total: int
    money: int | None
    page: int
    sort: Sort
    after: Group | None = None


def asked_now(now: datetime) -> ColumnElement[bool]:
    """SQL: pairs that are open, or were put off until a day that has come, and whose companies are both still there: one that was
    merged elsewhere left the index.
    """
    here = [
        exists().where(IndexEntry.kind == COMPANY, IndexEntry.subject_id == side) for side in (ReviewPair.a_id, ReviewPair.b_id)
    ]
    due = or_(ReviewPair.state == PairState.OPEN, and_(ReviewPair.state == PairState.LATER, ReviewPair.later_until <= now))
    return and_(due, *here)


def asked_of(actor: Actor, now: datetime) -> ColumnElement[bool]:
    """SQL: pairs that wait for an answer of this person. Who proposed a merge has answered; where one may only propose, a
    colleague's proposal has asked already.
    """
    mine = and_(asked_now(now), in_sight(actor))
    if policy.may(actor, "review", "merge_between"):
        return mine
    if policy.may(actor, "review", "merge"):
        return and_(mine, or_(ReviewPair.proposed_by_id.is_(None), ReviewPair.proposed_by_id != actor.user_id))
    return and_(mine, ReviewPair.proposed_by_id.is_(None)) if policy.may(actor, "review", "decide") else mine


def board(actor: Actor, *, sort: Sort, page: int, now: datetime) -> Board:
    """A page of the queue. Sums that a reader may not know do not order it: only those who decide between units know them all."""
    all_sums = policy.may(actor, "review", "merge_between")
    if sort is Sort.MONEY and not all_sums:
        sort = Sort.CERTAINTY
    where = (asked_of(actor, now),)
    total = db.session.scalar(select(func.count(ReviewPair.group_key.distinct())).where(*where)) or 0
    page = min(max(page, 1), max(1, -(-total // SIZE)))
    keys = list(db.session.scalars(_keys(where, sort).limit(SIZE + 1).offset((page - 1) * SIZE)))
    money = _money(where) if all_sums else None
    found = groups(keys, actor=actor, now=now)
    return Board(tuple(found[:SIZE]), total, money, page, sort, after=found[SIZE] if len(found) > SIZE else None)


def count_open(actor: Actor, *, now: datetime) -> int:
    """How many groups of likely duplicates wait for this person."""
    return db.session.scalar(select(func.count(ReviewPair.group_key.distinct())).where(asked_of(actor, now))) or 0


def _keys(where: tuple[ColumnElement[bool], ...], sort: Sort) -> Any:
    key, surest = ReviewPair.group_key, func.max(ReviewPair.score)
    if sort is Sort.TIME:
        return select(key).where(*where).group_by(key).order_by(func.min(ReviewPair.found_at), key)
    if sort is Sort.MONEY:
        sums = _sums(where, ReviewPair.group_key)
        query = select(sums.c.key).group_by(sums.c.key)
        return query.order_by(func.sum(sums.c.money).desc(), sums.c.key)
    return select(key).where(*where).group_by(key).order_by(func.max(ReviewPair.certainty).desc(), surest.desc(), key)


def _sums(where: tuple[ColumnElement[bool], ...], key: Any) -> Any:
    """Each company once a `key`, with what hangs on it."""
    halves = [
        select(key.label("key"), company.label("company"), money.label("money")).where(*where)
        for company, money in ((ReviewPair.a_id, ReviewPair.a_money), (ReviewPair.b_id, ReviewPair.b_money))
    ]
    both = union_all(*halves).subquery()
    one = select(both.c.key, both.c.company, func.max(both.c.money).label("money"))
    return one.group_by(both.c.key, both.c.company).subquery()


def _money(where: tuple[ColumnElement[bool], ...]) -> int:
    sums = _sums(where, ReviewPair.state)
    return int(db.session.scalar(select(func.sum(sums.c.money))) or 0)


def groups(keys: list[int], *, actor: Actor, now: datetime) -> list[Group]:
    """Groups by their keys, in that order, with the pairs that concern the reader."""
    query = select(ReviewPair).where(ReviewPair.group_key.in_(keys), asked_of(actor, now))
    pairs: dict[int, list[ReviewPair]] = defaultdict(list)
    for pair in db.session.scalars(query.order_by(ReviewPair.score.desc(), ReviewPair.id)) if keys else ():
        pairs[pair.group_key].append(pair)
    seen = sides({company_id for mine in pairs.values() for p in mine for company_id in (p.a_id, p.b_id)}, actor=actor)
    return [_group(key, pairs[key], seen) for key in keys if pairs[key]]


def _group(key: int, pairs: list[ReviewPair], seen: dict[int, Side]) -> Group:
    members = dict.fromkeys(company_id for pair in pairs for company_id in (pair.a_id, pair.b_id))
    return Group(key, tuple(pairs), tuple(seen[company_id] for company_id in members))


def group_of(pair: ReviewPair, *, actor: Actor, now: datetime) -> Group | None:
    """The group that an undecided pair is in; None for a decided one."""
    found = groups([pair.group_key], actor=actor, now=now)
    return found[0] if found and found[0].place(pair) else None


def first_open(public_ids: Iterable[str], *, actor: Actor, now: datetime) -> str | None:
    """The first of these pairs that is still to be decided."""
    wanted = list(dict.fromkeys(public_ids))
    query = select(ReviewPair.public_id).where(ReviewPair.public_id.in_(wanted), asked_of(actor, now))
    left = set(db.session.scalars(query)) if wanted else set()
    return next((public_id for public_id in wanted if public_id in left), None)


def last_decision(actor: Actor) -> ReviewDecision | None:
    """What this person decided last and did not take back."""
    query = select(ReviewDecision).where(ReviewDecision.decided_by_id == actor.user_id, ReviewDecision.undone_at.is_(None))
    return db.session.scalar(query.order_by(ReviewDecision.decided_at.desc(), ReviewDecision.id.desc()).limit(1))


def decision_about(pair: ReviewPair) -> ReviewDecision | None:
    """What closed a pair."""
    return db.session.get(ReviewDecision, pair.decision_id) if pair.decision_id else None


def proposal_of(pair: ReviewPair) -> ReviewDecision | None:
    """The proposal to merge that waits for an answer."""
    if pair.proposed_by_id is None:
        return None
    query = select(ReviewDecision).where(
        ReviewDecision.a_id == pair.a_id, ReviewDecision.b_id == pair.b_id, ReviewDecision.answer == Answer.PROPOSED,
        ReviewDecision.decided_by_id == pair.proposed_by_id, ReviewDecision.undone_at.is_(None),
    )  # fmt: skip
    return db.session.scalar(query.order_by(ReviewDecision.id.desc()).limit(1))


def put_off(actor: Actor, now: datetime) -> int:
    """How many pairs wait for their day."""
    later = (ReviewPair.state == PairState.LATER) & (ReviewPair.later_until > now)
    return db.session.scalar(select(func.count()).select_from(ReviewPair).where(later, in_sight(actor))) or 0


def decided_today(actor: Actor) -> int:
    """How many pairs this person decided today."""
    since = clock.start_of(clock.today())
    query = select(func.count()).select_from(ReviewDecision)
    return db.session.scalar(
        query.where(
            ReviewDecision.decided_by_id == actor.user_id, ReviewDecision.decided_at >= since, ReviewDecision.undone_at.is_(None)
        )
    ) or 0  # fmt: skip


def working_job(sweep: ReviewSweep | None) -> Job | None:
    """The job that is at work on a sweep, or waits for a worker."""
    if sweep is None or sweep.job_public_id is None:
        return None
    going = Job.state.in_([JobState.WAITING, JobState.RUNNING])
    return db.session.scalar(select(Job).where(Job.public_id == sweep.job_public_id, going))
