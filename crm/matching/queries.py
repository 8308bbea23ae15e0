"""Asking the index: candidates by their rarest shared tokens, judged; and records that a search may mean."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import log2
from typing import Any

from sqlalchemy import ColumnElement, exists, func, literal, select, union_all

from crm.core.db import db
from crm.matching.models import IndexEntry, NameToken
from crm.matching.rules import Judgement, Subject, Verdict, judge
from crm.matching.rules.kinds import Channel
from crm.matching.rules.packing import unpack
from crm.matching.rules.resemblance import LIKE_FROM
from crm.matching.rules.tokens import search_tokens, tokens_for

# A token that more subjects share says little: its postings are cut, so that the slowest check stays as quick as the usual one.
POSTINGS = 300
# Channels, the most candidates they may bring, and the share of the best one's weight below which a candidate only disturbs
# (measured on the tuning queries against 100,000 names: half the work, more of the right firms on top).
QUOTAS = ((frozenset({Channel.IDENTIFIER}), 20, 0.0), (frozenset({Channel.BRAND}), 40, 0.0),
          (frozenset({Channel.HAN, Channel.WORD}), 50, 0.35),
          (frozenset({Channel.SOUND, Channel.SKELETON}), 40, 0.15))  # fmt: skip


@dataclass(frozen=True, slots=True)
class Hit:
    """A judged candidate."""

    subject_id: int
    judgement: Judgement


def _postings(values: Iterable[int], kind: int, limit: int) -> dict[int, list[int]]:
    parts = [
        select(
            select(NameToken.value, NameToken.subject_id)
            .where(NameToken.value == literal(value), NameToken.kind == kind)
            .limit(limit)
            .subquery()
        )
        for value in values
    ]
    found: dict[int, list[int]] = defaultdict(list)
    for start in range(0, len(parts), 60):
        for value, subject_id in db.session.execute(union_all(*parts[start : start + 60])):
            found[value].append(subject_id)
    return found


def candidates(subject: Subject, *, kind: int) -> list[int]:
    """Ids of subjects that share telling tokens, at most about 150: per channel a quota, the rarest tokens weigh most."""
    tokens = tokens_for(subject)
    postings = _postings([t.value for t in tokens], kind, POSTINGS)
    chosen: dict[int, None] = {}
    for channels, quota, share in QUOTAS:
        weights: dict[int, float] = defaultdict(float)
        for token_ in tokens:
            found = postings.get(token_.value, [])
            if token_.channel in channels and found:
                weight = 1.0 if len(found) < POSTINGS else 0.25
                for subject_id in found:
                    weights[subject_id] += weight / log2(2 + len(found))
        best = sorted(weights, key=lambda s: (-weights[s], s))[:quota]
        chosen.update((s, None) for s in best if weights[s] >= share * weights[best[0]])
    return list(chosen)


def stored_subjects(kind: int, ids: list[int]) -> dict[int, Subject]:
    """Indexed subjects as they were written."""
    query = select(IndexEntry.subject_id, IndexEntry.names, IndexEntry.country, IndexEntry.identifiers).where(
        IndexEntry.kind == kind, IndexEntry.subject_id.in_(ids)
    )
    return {row[0]: _subject(row[1], row[2], row[3]) for row in db.session.execute(query)}


def _subject(names: list[list[Any]], country: str | None, identifiers: list[list[str]]) -> Subject:
    phones = frozenset(value for scheme, value in identifiers if scheme == "phone")
    rest = frozenset((scheme, value) for scheme, value in identifiers if scheme != "phone")
    forms = tuple(unpack(packed, country) for packed in names)
    return Subject(tuple(one.original for one in forms), country, rest, phones, forms)


def judged(subject: Subject, *, kind: int, limit: int = 12, leave_out: int | None = None) -> list[Hit]:
    """Candidates that are the same, related or worth a look, surest first."""
    ids = [i for i in candidates(subject, kind=kind) if i != leave_out]
    if not ids:
        return []
    hits = [Hit(subject_id, judge(subject, other)) for subject_id, other in stored_subjects(kind, ids).items()]
    order = {Verdict.SAME: 0, Verdict.RELATED: 1, Verdict.DIFFERENT: 2}
    kept = [hit for hit in hits if hit.judgement.verdict is not Verdict.DIFFERENT or hit.judgement.score >= LIKE_FROM]
    kept.sort(key=lambda hit: (order[hit.judgement.verdict], -hit.judgement.score, hit.subject_id))
    return kept[:limit]


def search_condition(terms: Sequence[str], *, kind: int, of: Any, many: int, in_order: bool) -> ColumnElement[bool] | None:
    """SQL: the record with id `of` has the rarest token of all search terms. None when every term is too short for the index.

    A rare token is a list of ids to start from. One that more than `many` records have is asked for row by row instead, when
    the caller walks its records `in_order`: the page is found quickly just because hits are many.
    """
    values = dict.fromkeys(t.value for term in terms for t in search_tokens(term) or ())
    if not values:
        return None
    marked = {value: (NameToken.value == literal(value)) & (NameToken.kind == kind) for value in values}
    one_more = {value: select(literal(1)).where(here).limit(many + 1).subquery() for value, here in marked.items()}
    counts = union_all(*(select(literal(value), func.count()).select_from(hits) for value, hits in one_more.items()))
    value, number = min(db.session.execute(counts), key=lambda row: row[1])
    here = marked[value]
    if number > many and in_order:
        return exists().where(here, NameToken.subject_id == of)
    return of.in_(select(NameToken.subject_id).where(here))  # type: ignore[no-any-return]


__all__ = ["Hit", "Judgement", "Subject", "Verdict", "candidates", "judged", "search_condition", "stored_subjects"]
