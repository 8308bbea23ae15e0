"""Asking the index: candidates by their rarest shared tokens, judged; and records that a search may mean."""

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from heapq import nsmallest
from math import log2
from typing import Any, NamedTuple

from sqlalchemy import (
    ARRAY,
    JSON,
    BigInteger,
    ColumnElement,
    Integer,
    Select,
    String,
    Text,
    bindparam,
    cast,
    exists,
    func,
    literal,
    select,
    union_all,
)

from crm.core import clock
from crm.core.db import among, db, is_sqlite, rows_of_columns
from crm.matching.models import IndexEntry, NameToken
from crm.matching.rules import Judgement, Late, Subject, Verdict, forms_of_subject, judge
from crm.matching.rules.kinds import Token
from crm.matching.rules.nearness import POSTINGS, QUOTAS, SHARED, nearness, plainly_apart, worth_judging
from crm.matching.rules.packing import entry_from, original_of, sketch, subject_from, subject_of, unpack
from crm.matching.rules.resemblance import LIKE_FROM
from crm.matching.rules.scorecard import Beforehand
from crm.matching.rules.screening import cannot_be_kin
from crm.matching.rules.scripts import squeeze
from crm.matching.rules.tokens import asked_tokens, identifier_tokens, search_tokens, tokens_within

# Of a token only its first POSTINGS subjects are read, so that the slowest check stays as quick as the usual one. When hardly a
# token of a name is rare, those that are not are read further, so many postings in all: who has several of them?
DEEPER, DEEPER_EACH = 9_000, 3_000
SURE = 8  # so many with a brand or an identifier in common are judged besides, however unlike they are
MANY, TOGETHER = 500, 8_000  # pairs that are worth telling on columns, and so many at most: both cost memory for a moment
AT_ONCE = 25  # so many subjects are asked about by one statement: what it brings is a dozen megabytes at most


_office: list[Callable[[], None]] = []


def office_brands_with(ask: Callable[[], None]) -> None:
    """Say how the brand table is brought up to date with what an office keeps itself (crm.brands does)."""
    _office[:] = [ask]


def for_readers() -> tuple[Callable[[], None], ...]:
    """What a reading process calls first, so that it knows the office's brands as well."""
    return tuple(_office)


def office_brands() -> None:
    """Take names apart and judge by the office's brands as they are stored now; one small read."""
    for ask in _office:
        ask()


@dataclass(frozen=True, slots=True)
class Hit:
    """A judged candidate."""

    subject_id: int
    judgement: Judgement


@cache
def _postings_query(*, sqlite: bool) -> Select[Any]:
    """For each token of a list the ids of its first subjects, as one text. Built once, so compiled and prepared once."""
    values = bindparam("values", type_=JSON() if sqlite else ARRAY(BigInteger))
    made = func.json_each(values) if sqlite else func.unnest(values)
    table = made.table_valued("value") if sqlite else made.table_valued("value").render_derived()
    value = table.c.value
    here = (NameToken.value == value) & (NameToken.kind == bindparam("kind"))
    first = select(NameToken.subject_id).where(here).order_by(NameToken.subject_id)
    ids = first.limit(bindparam("most", type_=Integer())).correlate(table).subquery()
    return select(value, select(func.aggregate_strings(cast(ids.c.subject_id, String), ",")).scalar_subquery())


def _postings(values: Iterable[int], kind: int, limit: int) -> dict[int, list[int]]:
    """The first `limit` subjects of each token that any subject has, lowest ids first."""
    asked = {"values": list(dict.fromkeys(values)), "kind": kind, "most": limit}
    rows = rows_of_columns(_postings_query(sqlite=is_sqlite()), asked)
    return {value: list(map(int, ids.split(","))) for value, ids in rows if ids}


def _weighed(values: Iterable[int], postings: dict[int, list[int]], limit: int) -> dict[int, float]:
    """Candidates and what they share with the name: a token says the more the fewer subjects have it."""
    weights: dict[int, float] = defaultdict(float)
    for value in values:
        ids = postings.get(value)
        if ids:
            weight = 1.0 / log2(2 + len(ids)) * (1.0 if len(ids) < limit else 0.25)
            for subject_id in ids:
                weights[subject_id] += weight
    return weights


class _Read:
    """The postings of a kind's tokens, each read once: names that are asked about together share their commonest ones."""

    def __init__(self, kind: int, values: Iterable[int]) -> None:
        """Read the first POSTINGS of these tokens, by one statement."""
        self.kind = kind
        self.first = _postings(values, kind, POSTINGS)
        self._deeper: dict[tuple[int, int], list[int]] = {}

    def deeper(self, values: list[int], limit: int) -> dict[int, list[int]]:
        """The first `limit` subjects of each of these tokens."""
        missing = [value for value in values if (value, limit) not in self._deeper]
        found = _postings(missing, self.kind, limit) if missing else {}
        self._deeper |= {(value, limit): found.get(value, self.first[value]) for value in missing}
        return {value: self._deeper[value, limit] for value in values}


def _candidates(tokens: Sequence[Token], read: _Read) -> tuple[dict[int, float], set[int]]:
    """Candidates, and how much of the best one's weight in its channel each has; and which share a brand or an identifier."""
    postings = read.first
    chosen: dict[int, float] = {}
    sure: set[int] = set()
    for channels, quota, share in QUOTAS:
        mine = [t.value for t in tokens if t.channel in channels and t.value in postings]
        limit, known = POSTINGS, postings
        common = [value for value in mine if len(postings[value]) >= POSTINGS]
        if len(common) > 1 and len(mine) - len(common) < 2:
            limit = min(DEEPER_EACH, DEEPER // len(common))
            known = {value: postings[value] for value in mine} | read.deeper(common, limit)
        best = nsmallest(quota, [(-weight, subject_id) for subject_id, weight in _weighed(mine, known, limit).items()])
        sure.update(subject_id for _weight, subject_id in best if not share)
        for weight, subject_id in best:
            part = weight / best[0][0]
            if part >= share:
                chosen[subject_id] = max(part, chosen.get(subject_id, 0.0))
    return chosen, sure


def candidates(subject: Subject, *, kind: int) -> list[int]:
    """Whom `nearest` chooses from: ids of at most 180 subjects that share telling tokens. For measuring what the index brings."""
    office_brands()
    tokens = asked_tokens(subject)
    return list(_candidates(tokens, _Read(kind, (t.value for t in tokens)))[0])


def stored_subjects(kind: int, ids: list[int]) -> dict[int, Subject]:
    """Indexed subjects as they were written."""
    office_brands()
    return {row[0]: subject_from(row[1], row[2], row[3]) for row in _stored(kind, ids)}


def stored_entries(kind: int, ids: list[int]) -> dict[int, bytes]:
    """The same as the index keeps them: `subject_of` reads them."""
    office_brands()
    return {row[0]: entry_from(*row[1:]) for row in _entry_rows(kind, ids)}


def _entry_rows(kind: int, ids: list[int]) -> Sequence[Any]:
    """Id, and the texts of names, country and identifiers."""
    return db.session.execute(_entries_query(sqlite=is_sqlite()), {"kind": kind, "ids": ids}).all()


@cache
def _entries_query(*, sqlite: bool) -> Select[Any]:
    parts: list[Any] = [cast(IndexEntry.names, Text), IndexEntry.country, cast(IndexEntry.identifiers, Text)]
    query = select(IndexEntry.subject_id, *parts)
    return query.where(IndexEntry.kind == bindparam("kind"), among(IndexEntry.subject_id, "ids", sqlite=sqlite))


@cache
def _stored_query(*, sqlite: bool) -> Select[Any]:
    query = select(IndexEntry.subject_id, IndexEntry.names, IndexEntry.country, IndexEntry.identifiers)
    return query.where(IndexEntry.kind == bindparam("kind"), among(IndexEntry.subject_id, "ids", sqlite=sqlite))


def _stored(kind: int, ids: list[int]) -> Sequence[Any]:
    found: Sequence[Any] = rows_of_columns(_stored_query(sqlite=is_sqlite()), {"kind": kind, "ids": ids}).all()
    return found


_ORDER = {Verdict.SAME: 0, Verdict.RELATED: 1, Verdict.DIFFERENT: 2}


def nearest(subject: Subject, *, kind: int, leave_out: int | None = None, deadline: float | None = None) -> list[Hit]:
    """The nearest candidates, judged, surest first; also those that are surely different. Raises Late past `deadline`."""
    own = {} if leave_out is None else {0: leave_out}
    return next(hits for _key, hits in nearest_each({0: subject}, kind=kind, leave_out=own, deadline=deadline))


def nearest_each(
    subjects: Mapping[int, Subject],
    *,
    kind: int,
    leave_out: Mapping[int, int],
    deadline: float | None = None,
    kin: bool = False,
) -> Iterator[tuple[int, list[Hit]]]:
    """The same for many subjects, each with the caller's key, by three statements for a handful of them; what is read for one
    handful is forgotten before the next. `leave_out`: for some of the keys whom not to bring up. `kin`: those that are
    different, most of which then need no judging, are left out.
    """
    found = _chosen_each(subjects, kind, leave_out)
    if not kin:
        yield from ((choice.key, _hits(choice, stored, deadline)) for choice, stored in found)
        return
    entries: dict[int, bytes] = {}
    choices: list[_Choice] = []
    for choice, stored in found:
        choices.append(choice)
        entries |= {i: entry_from(*stored[i].parts) for i in choice.near if i not in entries}
        if sum(len(one.near) for one in choices) >= TOGETHER:
            yield from _kin_hits(choices, entries, deadline)
            choices, entries = [], {}
    yield from _kin_hits(choices, entries, deadline)


@dataclass(frozen=True, slots=True)
class _Choice:
    """Whom to judge beside a subject, in order, and how near each is."""

    key: int
    asked: Subject
    near: dict[int, float]


class _Stored(NamedTuple):
    """An index entry: its names as they are kept, and the texts of its parts."""

    names: list[Any]
    parts: tuple[str, str | None, str]

    @property
    def subject(self) -> Subject:
        return subject_from(self.names, self.parts[1], json.loads(self.parts[2]))


def _chosen_each(
    subjects: Mapping[int, Subject], kind: int, leave_out: Mapping[int, int]
) -> Iterator[tuple[_Choice, Mapping[int, _Stored]]]:
    """Whom to judge beside each subject, with what the index has of them (and of more)."""
    keys = list(subjects)
    for start in range(0, len(keys), AT_ONCE):
        office_brands()
        tokens = {key: asked_tokens(subjects[key]) for key in keys[start : start + AT_ONCE]}
        read = _Read(kind, (token.value for mine in tokens.values() for token in mine))
        found = {key: _candidates(mine, read) for key, mine in tokens.items()}
        for key, (weights, _sure) in found.items():
            weights.pop(leave_out.get(key, 0), None)
        wanted = list(dict.fromkeys(subject_id for weights, _sure in found.values() for subject_id in weights))
        stored = {row[0]: _Stored(json.loads(row[1]), row[1:]) for row in _entry_rows(kind, wanted)} if wanted else {}
        for key, (weights, sure) in found.items():
            yield _choice(key, subjects[key], weights, sure, stored), stored


def _choice(key: int, subject: Subject, weights: dict[int, float], sure: set[int], stored: Mapping[int, _Stored]) -> _Choice:
    """The nearest of the candidates `weights`."""
    forms = forms_of_subject(subject)
    mine = tuple(sketch(one) for one in forms)
    drawn = {i: tuple(map(sketch, stored[i].names)) for i in weights if i in stored}
    near = {i: nearness(mine, one) for i, one in drawn.items()}
    order = sorted(near, key=lambda i: (-weights[i] - near[i], i))
    judged_first = (i for place, i in enumerate(order) if worth_judging(place, near[i]))
    chosen = [i for i in judged_first if i in sure or weights[i] >= SHARED or not plainly_apart(mine, drawn[i])]
    chosen += [i for i in order if i in sure and i not in chosen][:SURE]
    return _Choice(key, replace(subject, forms=forms), {i: weights[i] + near[i] for i in chosen})


def _hits(choice: _Choice, stored: Mapping[int, _Stored], deadline: float | None) -> list[Hit]:
    """Those that were chosen, judged, surest first."""
    hits = []
    for i in choice.near:
        if clock.is_past(deadline):
            raise Late
        hits.append(Hit(i, judge(choice.asked, stored[i].subject)))
    return _surest_first(hits, choice)


def _kin_hits(choices: list[_Choice], entries: Mapping[int, bytes], deadline: float | None) -> Iterator[tuple[int, list[Hit]]]:
    """The same of many subjects, without those that are different: most of these are told by what `entries` the index has."""
    pairs = [(choice.key, i) for choice in choices for i in choice.near]
    unsure, known = set(pairs), dict[tuple[int, int], Beforehand]()
    if len(pairs) >= MANY:
        from crm.matching.rules.firms_many import may_be_kin  # it loads numpy, which no web worker should hold

        known, unsure = may_be_kin(pairs, {choice.key: choice.asked for choice in choices}, entries)
    for choice in choices:
        hits = []
        for i in choice.near:
            if clock.is_past(deadline):
                raise Late
            both = (choice.key, i)
            if both in known or both in unsure:
                theirs = subject_of(entries[i])
                if both in unsure and cannot_be_kin(choice.asked, theirs):
                    continue
                found = judge(choice.asked, theirs, known.get(both, {}))
                if found.verdict is not Verdict.DIFFERENT:
                    hits.append(Hit(i, found))
        yield choice.key, _surest_first(hits, choice)


def _surest_first(hits: list[Hit], choice: _Choice) -> list[Hit]:
    nearest_first = {hit.subject_id: -_sureness(hit, choice.near[hit.subject_id]) for hit in hits}
    return sorted(hits, key=lambda hit: (_ORDER[hit.judgement.verdict], nearest_first[hit.subject_id], hit.subject_id))


def _sureness(hit: Hit, near: float) -> float:
    """What orders hits of one verdict: the score; among different firms, where it says little, also how near they are."""
    return hit.judgement.score + (near if hit.judgement.verdict is Verdict.DIFFERENT else near / 1000)


def judged(
    subject: Subject, *, kind: int, limit: int = 12, leave_out: int | None = None, deadline: float | None = None
) -> list[Hit]:
    """Candidates that are the same, related or worth a look, surest first. Raises Late past `deadline`."""
    own = {} if leave_out is None else {0: leave_out}
    return judged_each({0: subject}, kind=kind, limit=limit, leave_out=own, deadline=deadline)[0]


def judged_each(
    subjects: Mapping[int, Subject],
    *,
    kind: int,
    limit: int,
    leave_out: Mapping[int, int],
    deadline: float | None = None,
    kin: bool = False,
) -> dict[int, list[Hit]]:
    """The same for many subjects, by the caller's key; `leave_out`: for some of the keys whom not to bring up; `kin`: only those
    that are the same or related.
    """
    found = {}
    for key, hits in nearest_each(subjects, kind=kind, leave_out=leave_out, deadline=deadline, kin=kin):
        kept = [hit for hit in hits if hit.judgement.verdict is not Verdict.DIFFERENT or hit.judgement.score >= LIKE_FROM]
        found[key] = kept[:limit]
    return found


def named_with(name: str, *, kind: int, after: int, limit: int) -> tuple[list[int], int | None]:
    """Subjects one of whose names contains `name`, among the next `limit` behind the id `after` that share its rarest tokens.

    With them the last id that was looked at: go on behind it; None when there are no more.
    """
    sets = [[one.value for one in tokens] for tokens in tokens_within(name)]
    here = NameToken.value.in_({value for values in sets for value in values}) & (NameToken.kind == kind)
    counted = select(NameToken.value, func.count()).where(here).group_by(NameToken.value)
    counts = {row.value: int(row[1]) for row in db.session.execute(counted)}
    rarest = {min(values, key=lambda value: counts[value]) for values in sets if all(value in counts for value in values)}
    shared = select(NameToken.subject_id).where(NameToken.value.in_(rarest), NameToken.kind == kind, NameToken.subject_id > after)
    ids = list(db.session.scalars(shared.distinct().order_by(NameToken.subject_id).limit(limit))) if rarest else []
    key = squeeze(name)
    found = [row[0] for row in _stored(kind, ids) if any(key in squeeze(original_of(packed)) for packed in row[1])]
    return sorted(found), ids[-1] if len(ids) == limit else None


BULK = 8  # the index's kind of subject for names that belong to no record: a bulk source
REFERENCE = "reference"  # the scheme of the identifier under which a bulk source knows its subjects


def by_reference(kind: int, references: list[str]) -> dict[str, tuple[int, str]]:
    """The subjects of a bulk source with these references: {reference: (subject id, name)}."""
    values = [t.value for t in identifier_tokens(frozenset((REFERENCE, one) for one in references))]
    ids = db.session.scalars(select(NameToken.subject_id).where(NameToken.value.in_(values), NameToken.kind == kind)).all()
    wanted, found = set(references), {}
    for start in range(0, len(ids), 500):
        for row in _stored(kind, list(ids[start : start + 500])):
            for scheme, value in row[3]:
                if scheme == REFERENCE and value in wanted:
                    found[value] = (row[0], unpack(row[1][0], row[2]).original)
    return found


def references_of(kind: int, ids: list[int]) -> dict[int, str]:
    """The references of subjects of a bulk source."""
    return {row[0]: value for row in _stored(kind, ids) for scheme, value in row[3] if scheme == REFERENCE}


def highest(kind: int) -> int:
    """The highest subject id of a kind; 0 when it has none."""
    return db.session.scalar(select(func.max(IndexEntry.subject_id)).where(IndexEntry.kind == kind)) or 0


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


__all__ = [
    "Hit", "Judgement", "Subject", "Verdict", "by_reference", "candidates", "highest", "judged", "judged_each", "named_with",
    "nearest", "nearest_each", "office_brands", "office_brands_with", "references_of", "search_condition", "stored_subjects",
]  # fmt: skip
