"""Asking the index: candidates by their rarest shared tokens, judged."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from math import log2
from typing import Any

from sqlalchemy import ARRAY, JSON, BigInteger, Integer, Select, String, bindparam, cast, func, select

from crm.core import clock
from crm.core.db import is_sqlite, rows_of_columns
from crm.matching.models import NameToken
from crm.matching.queries.entries import entries, office_brands
from crm.matching.rules import Judgement, Late, Subject, Verdict, forms_of_subject, judge
from crm.matching.rules.judge import SAME_FROM
from crm.matching.rules.kinds import Token
from crm.matching.rules.nearness import POSTINGS, QUOTAS, SHARED, nearness, plainly_apart, worth_judging
from crm.matching.rules.packing import Entry, sketch
from crm.matching.rules.resemblance import LIKE_FROM
from crm.matching.rules.scorecard import Beforehand
from crm.matching.rules.screening import cannot_be_kin, score_at_most
from crm.matching.rules.tokens import asked_tokens

# Of a token only its first POSTINGS subjects are read, so that the slowest check stays as quick as the usual one. When hardly a
# token of a name is rare, those that are not are read further, so many postings in all: who has several of them?
DEEPER, DEEPER_EACH = 9_000, 3_000
SURE = 8  # so many with a brand or an identifier in common are judged besides, however unlike they are
MANY, TOGETHER = 500, 10_000  # pairs that are worth telling on columns, and so many at most: both cost memory for a moment
AT_ONCE = 50  # so many subjects are asked about by one statement: what it brings is two dozen megabytes at most


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


_Ids = list[str]  # subjects as the database writes them: of hundreds that are read for a name a few dozen become numbers


def _postings(values: Iterable[int], kind: int, limit: int) -> dict[int, _Ids]:
    """The first `limit` subjects of each token that any subject has, lowest ids first."""
    asked = {"values": list(dict.fromkeys(values)), "kind": kind, "most": limit}
    rows = rows_of_columns(_postings_query(sqlite=is_sqlite()), asked).all()
    return {value: ids.split(",") for value, ids in rows if ids}


def _weighed(values: Iterable[int], postings: dict[int, _Ids], limit: int) -> dict[str, float]:
    """Candidates and what they share with the name: a token says the more the fewer subjects have it."""
    weights: dict[str, float] = defaultdict(float)
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
        self._deeper: dict[tuple[int, int], _Ids] = {}

    def deeper(self, values: list[int], limit: int) -> dict[int, _Ids]:
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
        weights = _weighed(mine, known, limit)
        most = max(weights.values(), default=1.0)
        best = sorted([(-weight, int(subject_id)) for subject_id, weight in weights.items() if weight / most >= share])[:quota]
        sure.update(subject_id for _weight, subject_id in best if not share)
        for weight, subject_id in best:
            chosen[subject_id] = max(-weight / most, chosen.get(subject_id, 0.0))
    return chosen, sure


def candidates(subject: Subject, *, kind: int) -> list[int]:
    """Whom `nearest` chooses from: ids of at most 180 subjects that share telling tokens. For measuring what the index brings."""
    office_brands()
    tokens = asked_tokens(subject)
    return list(_candidates(tokens, _Read(kind, (t.value for t in tokens)))[0])


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
    most: int | None = None,
) -> Iterator[tuple[int, list[Hit]]]:
    """The same for many subjects, each with the caller's key, by three statements for a handful of them; what is read for one
    handful is forgotten before the next. `leave_out`: for some of the keys whom not to bring up. `kin`: those that are
    different, most of which then need no judging, are left out, and the least sure that are more than `most`.
    """
    found = _chosen_each(subjects, kind, leave_out)
    if not kin:
        yield from ((choice.key, _hits(choice, stored, deadline)) for choice, stored in found)
        return
    known: dict[int, Entry] = {}
    choices: list[_Choice] = []
    for choice, stored in found:
        choices.append(choice)
        known |= {i: stored[i] for i in choice.near if i not in known}
        if sum(len(one.near) for one in choices) >= TOGETHER:
            yield from _kin_hits(choices, known, deadline, most)
            choices, known = [], {}
    yield from _kin_hits(choices, known, deadline, most)


@dataclass(frozen=True, slots=True)
class _Choice:
    """Whom to judge beside a subject, in order, and how near each is."""

    key: int
    asked: Subject
    near: dict[int, float]


def _chosen_each(
    subjects: Mapping[int, Subject], kind: int, leave_out: Mapping[int, int]
) -> Iterator[tuple[_Choice, Mapping[int, Entry]]]:
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
        stored = entries(kind, wanted)
        for key, (weights, sure) in found.items():
            yield _choice(key, subjects[key], weights, sure, stored), stored


def _choice(key: int, subject: Subject, weights: dict[int, float], sure: set[int], stored: Mapping[int, Entry]) -> _Choice:
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


def _hits(choice: _Choice, stored: Mapping[int, Entry], deadline: float | None) -> list[Hit]:
    """Those that were chosen, judged, surest first."""
    hits = []
    for i in choice.near:
        if clock.is_past(deadline):
            raise Late
        hits.append(Hit(i, judge(choice.asked, stored[i].subject)))
    return _surest_first(hits, choice)


def _kin_hits(
    choices: list[_Choice], stored: Mapping[int, Entry], deadline: float | None, most: int | None
) -> Iterator[tuple[int, list[Hit]]]:
    """The same of many subjects, without those that are different: most are told by what is `stored` of them. Who cannot be one
    of the `most` that are surest is not judged.
    """
    pairs = [(choice.key, i) for choice in choices for i in choice.near]
    unsure, known = set(pairs), dict[tuple[int, int], Beforehand]()
    if len(pairs) >= MANY:
        from crm.matching.rules.firms_many import may_be_kin  # it loads numpy, which no web worker should hold

        known, unsure = may_be_kin(pairs, {choice.key: choice.asked for choice in choices}, stored)
    for choice in choices:
        hits: list[Hit] = []
        told = {i: known.get((choice.key, i), {}) for i in choice.near if (choice.key, i) in known or (choice.key, i) in unsure}
        highest = {i: score_at_most(choice.asked, stored[i], weighed) for i, weighed in told.items()}
        for i in sorted(told, key=lambda i: -highest[i]):
            if clock.is_past(deadline):
                raise Late
            if most is not None and _is_behind(hits, most, round(highest[i], 4) + choice.near[i] / 1000, choice):
                continue
            theirs = stored[i].subject
            if (choice.key, i) in unsure and cannot_be_kin(choice.asked, theirs):
                continue
            found = judge(choice.asked, theirs, told[i])
            if found.verdict is not Verdict.DIFFERENT:
                hits.append(Hit(i, found))
        yield choice.key, _surest_first(hits, choice)


def _is_behind(hits: list[Hit], most: int, surest: float, choice: _Choice) -> bool:
    """Whether so many `hits` come before one that is at most so sure: related only, where that is below the same firm."""
    if len(hits) < most or surest >= SAME_FROM:
        return False
    before = (hit.judgement.verdict is Verdict.SAME or _sureness(hit, choice.near[hit.subject_id]) > surest for hit in hits)
    return sum(before) >= most


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
    most = limit if kin else None
    for key, hits in nearest_each(subjects, kind=kind, leave_out=leave_out, deadline=deadline, kin=kin, most=most):
        kept = [hit for hit in hits if hit.judgement.verdict is not Verdict.DIFFERENT or hit.judgement.score >= LIKE_FROM]
        found[key] = kept[:limit]
    return found
