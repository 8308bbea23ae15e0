"""Keeping what a comparison found: new pairs, refreshed ones, those that are asked about again; and the groups they make."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select, update

from crm.companies.models import PairDecision
from crm.core import ids
from crm.core.db import db, one_of
from crm.matching.rules import Judgement
from crm.review.models import ReviewDecision, ReviewPair
from crm.review.queries import finding
from crm.review.queries.finding import UNDECIDED, Compared, Pair
from crm.review.rules import WAITING_MOST, Answer, Edge, PairState, asked_again, gather

# One at a time writes pairs: a sweep's chunk, a decision, an undo. Else they would wait for each other's rows in circles.
PAIRS = "review-pairs"
Edges = dict[int, tuple[Edge, int]]  # undecided pairs by their ids, each with its group


def keep_pairs(compared: Compared, *, now: datetime) -> int:
    """Store what a comparison found; how many pairs are asked about that were not before.

    A pair that people decided stays decided, unless a key fact changed since, or the two were merged and are two again.
    """
    wanted = set(compared.found) | compared.gone
    rows = _rows(wanted)
    settled = _settled(set(compared.found), rows)
    waiting = {both for both, row in rows.items() if row.state in UNDECIDED}
    gone = waiting & (compared.gone | settled)  # one that was decided since it was compared stays decided
    asked = {both: judgement for both, judgement in compared.found.items() if both not in settled}
    stakes = finding.stakes({company_id for both in asked for company_id in both})
    fresh: list[dict[str, Any]] = []
    reopened = 0
    for both, judgement in asked.items():
        values = _values(both, judgement, stakes)
        row = rows.get(both)
        if row is None:
            fresh.append({"a_id": both[0], "b_id": both[1], "found_at": now, **values})
            continue
        if row.state == PairState.DECIDED:
            reopened += 1
            values |= {"state": PairState.OPEN, "decision_id": None, "found_at": now, "later_until": None}
        for name, value in values.items():
            if getattr(row, name) != value:
                setattr(row, name, value)
    db.session.flush()
    touched = {company_id for both in (*asked, *gone) for company_id in both}
    edges = _edges_of(touched)
    added = _taken(fresh, edges)
    if gone:
        left = [rows[both].id for both in gone]
        statement = delete(ReviewPair).where(ReviewPair.id.in_(left))
        db.session.execute(statement.execution_options(synchronize_session="fetch"))
        edges = {pair_id: edge for pair_id, edge in edges.items() if pair_id not in left}
    _group(touched, edges, added)
    _insert(added)
    return len(added) + reopened


def _rows(pairs: set[Pair]) -> dict[Pair, ReviewPair]:
    firsts = {a_id for a_id, _b_id in pairs}
    query = select(ReviewPair).where(one_of(ReviewPair.a_id, firsts))
    found = {(row.a_id, row.b_id): row for row in db.session.scalars(query)} if firsts else {}
    return {both: row for both, row in found.items() if both in pairs}


def _settled(pairs: set[Pair], rows: dict[Pair, ReviewPair]) -> set[Pair]:
    """Pairs about which a person has spoken and nothing changed since."""
    firsts = {a_id for a_id, _b_id in pairs}
    spoken: dict[Pair, datetime] = {}
    for first in (select(PairDecision).where(PairDecision.a_id.in_(firsts)),) if firsts else ():
        for said in db.session.scalars(first):
            if (said.a_id, said.b_id) in pairs and said.verdict != Answer.SAME:
                spoken[said.a_id, said.b_id] = said.decided_at
    closed = {both: row.decision_id for both, row in rows.items() if row.state == PairState.DECIDED and both in pairs}
    answers = _answers([decision_id for decision_id in closed.values() if decision_id])
    for both, decision_id in closed.items():
        answer, at = answers.get(decision_id or 0, (Answer.SAME, None))
        if answer != Answer.SAME and at is not None:  # merged and in the index again: the merge was taken back
            spoken.setdefault(both, at)
    changed = finding.changed_at({company_id for both in spoken for company_id in both})
    return {both for both, at in spoken.items() if not asked_again(at, *changed[both[0]], *changed[both[1]])}


def _answers(decision_ids: list[int]) -> dict[int, tuple[str, datetime]]:
    query = select(ReviewDecision.id, ReviewDecision.answer, ReviewDecision.decided_at)
    found = db.session.execute(query.where(ReviewDecision.id.in_(decision_ids))) if decision_ids else ()
    return {row[0]: (row[1], row[2]) for row in found}


def _values(both: Pair, judgement: Judgement, stakes: dict[int, finding.Stake]) -> dict[str, Any]:
    a, b = stakes[both[0]], stakes[both[1]]
    return {
        "verdict": judgement.verdict.value, "score": judgement.score, "certainty": int(judgement.certainty),
        "reasons": finding.reasons_of(judgement), "a_money": a.money, "b_money": b.money, "units": len(a.units | b.units),
    }  # fmt: skip


def _taken(fresh: list[dict[str, Any]], edges: Edges) -> list[dict[str, Any]]:
    """The surest, as they are stored; a company in which enough pairs wait already takes no more."""
    waiting = Counter(company_id for edge, _key in edges.values() for company_id in (edge.a_id, edge.b_id))
    rows = []
    for row in sorted(fresh, key=lambda r: (-r["score"], r["a_id"], r["b_id"])):
        if max(waiting[row["a_id"]], waiting[row["b_id"]]) >= WAITING_MOST:
            continue
        waiting.update((row["a_id"], row["b_id"]))
        rows.append({**row, "public_id": ids.new_public_id(), "group_key": 0, "state": PairState.OPEN})
    return rows


def _insert(rows: list[dict[str, Any]]) -> None:
    """Insert new pairs; one that is a group of its own is called by its number, which it has only then."""
    if rows:
        db.session.execute(insert(ReviewPair), rows)
    alone = [row["a_id"] for row in rows if not row["group_key"]]
    if alone:
        nameless = one_of(ReviewPair.a_id, alone) & (ReviewPair.group_key == 0) & (ReviewPair.state == PairState.OPEN)
        statement = update(ReviewPair).where(nameless).values(group_key=-ReviewPair.id)
        db.session.execute(statement.execution_options(synchronize_session=False))


def regroup(company_ids: Iterable[int]) -> None:
    """Put the undecided pairs of these companies, and of the groups they are in, into groups anew."""
    touched = set(company_ids)
    _group(touched, _edges_of(touched), [])


def _group(touched: set[int], mine: Edges, fresh: list[dict[str, Any]]) -> None:
    """The same by the stored pairs of these companies and `fresh` ones, which are told their group before they are stored."""
    numbers = range(_NOT_YET, _NOT_YET - len(fresh), -1)
    added = {at: (Edge(at, row["a_id"], row["b_id"], row["score"]), 0) for at, row in zip(numbers, fresh, strict=True)}
    named = {key for _edge, key in mine.values()} | {0}
    pairs = mine | added | _edges(ReviewPair.group_key, named - {0})
    # Whom their groups bring in besides, so that no two groups take one name.
    more = _edges_of({company_id for edge, _key in pairs.values() for company_id in (edge.a_id, edge.b_id)} - touched)
    pairs |= more | _edges(ReviewPair.group_key, {key for _edge, key in more.values()} - named)
    groups = gather(edge for edge, _key in pairs.values())
    for at, row in zip(numbers, fresh, strict=True):
        key = groups.pop(at)
        row["group_key"] = 0 if key == -at else key
    moved = [{"id": pair_id, "group_key": key} for pair_id, key in groups.items() if pairs[pair_id][1] != key]
    if moved:
        db.session.execute(update(ReviewPair), moved)


_NOT_YET = -(2**60)  # pairs that are not stored are numbered down from here, no company is
_EDGE = (ReviewPair.id, ReviewPair.a_id, ReviewPair.b_id, ReviewPair.score, ReviewPair.group_key, ReviewPair.state)


def _edges_of(company_ids: set[int]) -> Edges:
    return _edges(ReviewPair.a_id, company_ids) | _edges(ReviewPair.b_id, company_ids)


def _edges(column: Any, numbers: set[int]) -> Edges:
    """The undecided pairs of which a column has one of these numbers, each with its group.

    The state is looked at here: asked for it too, SQLite reads every undecided pair there is.
    """
    found = db.session.execute(select(*_EDGE).where(one_of(column, numbers))) if numbers else ()
    return {row[0]: (Edge(*row[:4]), row[4]) for row in found if row[5] in UNDECIDED}
