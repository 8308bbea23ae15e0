"""What a sweep finds: some companies compared with the whole base through the one index. Reads only, so nobody waits for it."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, func, or_, select

from crm.companies.models import Company, CompanyIdentifier, CompanyName, ParentChange
from crm.companies.queries import COMPANY, pairs_with_aliases, tops_of
from crm.companies.rules import on_record
from crm.core.db import db, one_of
from crm.leads.models import Lead
from crm.leads.queries import coordination, hits
from crm.matching import queries as matching
from crm.matching.models import IndexEntry
from crm.matching.rules import Judgement, Subject, judge
from crm.matching.rules.packing import subject_of
from crm.review.models import ReviewPair, ReviewSweep
from crm.review.rules import BROUGHT, PairState, worth_asking

if TYPE_CHECKING:
    from crm.core.readers import Readers
    from crm.matching.bulk import Screened, Whole
    from crm.matching.rules.scorecard import Beforehand

CHUNK = 500  # companies of which what was found is stored by one transaction
AT_ONCE = 4  # chunks that are compared together
LATE_AT_ONCE = 20
ACROSS = ("cross",)
READ = 1_000  # companies read by one question
NEAREST = 60  # hits of one company that are looked at
UNDECIDED = (PairState.OPEN, PairState.LATER)
Pair = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Compared:
    """The pairs that are worth a question, and those that were waiting for one and are no more. `last`: where to go on."""

    found: dict[Pair, Judgement]
    gone: frozenset[Pair]
    start: int = 0
    last: int | None = None
    count: int = 0


@dataclass(frozen=True, slots=True)
class MadeUp:
    """Comparisons that leads were saved without: the leads' ids with those of their group's leads, and the pairs to ask about."""

    kin: dict[int, list[int]]
    compared: Compared


def sweep_of(sweep_id: int) -> ReviewSweep:
    """The sweep of an id, as it stands now."""
    return db.session.get_one(ReviewSweep, sweep_id, populate_existing=True)


def running_sweep() -> ReviewSweep | None:
    """The sweep that is not over: at work, or left behind by a worker that died."""
    query = select(ReviewSweep).where(ReviewSweep.finished_at.is_(None)).order_by(ReviewSweep.id.desc()).limit(1)
    return db.session.scalar(query)


def swept_since(moment: datetime) -> bool:
    """Whether a sweep was at work after a moment."""
    over = or_(ReviewSweep.finished_at.is_(None), ReviewSweep.finished_at > moment)
    return db.session.scalar(select(ReviewSweep.id).where(over).limit(1)) is not None


def last_sweep() -> ReviewSweep | None:
    """The newest sweep that came to its end."""
    query = select(ReviewSweep).where(ReviewSweep.finished_at.is_not(None)).order_by(ReviewSweep.id.desc()).limit(1)
    return db.session.scalar(query)


def _to_compare(sweep: ReviewSweep) -> list[ColumnElement[bool]]:
    where: list[ColumnElement[bool]] = [IndexEntry.kind == COMPANY]
    if sweep.since is not None:
        named = select(CompanyName.company_id).where(
            or_(CompanyName.added_at >= sweep.since, CompanyName.retired_at >= sweep.since)
        )
        known = select(CompanyIdentifier.company_id).where(CompanyIdentifier.added_at >= sweep.since)
        made = select(Company.id).where(Company.created_at >= sweep.since)
        placed = select(ParentChange.company_id).where(ParentChange.changed_at >= sweep.since)
        where.append(IndexEntry.subject_id.in_(named.union(known, made, placed)))
    return where


def count_to_compare(sweep: ReviewSweep) -> int:
    """How many companies the sweep will compare."""
    return db.session.scalar(select(func.count()).select_from(IndexEntry).where(*_to_compare(sweep))) or 0


@dataclass(frozen=True, slots=True)
class Chunk:
    """The next companies of a sweep, behind `start`, and whom to compare with whom; None: the index is asked for each."""

    ids: list[int]
    start: int
    pairs: "Screened | None" = None


@dataclass(frozen=True, slots=True)
class Part:
    """Chunks that are compared together, and what the index kept of the companies in their pairs, packed."""

    chunks: list[Chunk]
    entries: dict[int, bytes] = field(default_factory=dict)


def next_chunk(sweep_id: int, whole: "Whole | None" = None) -> Compared:
    """Compare the next companies behind the sweep's position; an empty answer when it is through.

    `whole` tells whom to compare with these companies; without it the index is asked company by company.
    """
    sweep = sweep_of(sweep_id)
    for part in parts(sweep_id, whole, at_once=1):
        return compare_part(part)[0]
    return Compared({}, frozenset(), sweep.position)


def parts(sweep_id: int, whole: "Whole | None", *, at_once: int = AT_ONCE, spread: bool = False) -> Iterator[Part]:
    """What the sweep has still to compare from its position on, `at_once` chunks together. `spread`: others compare the parts, so
    names in two scripts, the dearest ones, are left to them.
    """
    sweep = sweep_of(sweep_id)
    behind, where = sweep.position, _to_compare(sweep)
    while True:
        query = select(IndexEntry.subject_id).where(*where, IndexEntry.subject_id > behind)
        ids = list(db.session.scalars(query.order_by(IndexEntry.subject_id).limit(CHUNK * at_once)))
        if not ids:
            return
        cut = [ids[first : first + CHUNK] for first in range(0, len(ids), CHUNK)]
        told: Sequence[Screened | None] = (
            [None] * len(cut) if whole is None else whole.screened(cut, leave=ACROSS if spread else ())
        )
        starts = [behind, *(some[-1] for some in cut)]
        chunks = [Chunk(some, start, pairs) for some, start, pairs in zip(cut, starts, told, strict=False)]
        behind = starts[-1]
        known = {company_id for both in _pairs(chunks) for company_id in both}
        yield Part(chunks, {} if whole is None else whole.entries(sorted(known)))


def compare_part(part: Part, whole: "Whole | None" = None) -> list[Compared]:
    """Compare the companies of a part; an answer for each of its chunks. `whole`: the index as the part was made of it, at hand.

    By what the index kept of them a while ago most pairs are told from one firm; the others are judged by what it says now. What
    the model was found to say of two companies on that occasion is not asked again, unless one of them changed since.
    """
    asked = _may_be_asked(part, whole)
    found = []
    for chunk in part.chunks:
        if chunk.pairs is None:
            one = compare(chunk.ids)
        else:
            worth = chunk.pairs.worth | {both: asked[both] for both in chunk.pairs.unsure if both in asked}
            one = compare_pairs(chunk.ids, worth, chunk.start, entries=part.entries)
        found.append(Compared(one.found, one.gone, chunk.start, chunk.ids[-1], len(chunk.ids)))
    return found


def _unsure(chunks: list[Chunk]) -> list[Pair]:
    return [both for chunk in chunks if chunk.pairs is not None for both in chunk.pairs.unsure]


def _pairs(chunks: list[Chunk]) -> Iterator[Pair]:
    for chunk in chunks:
        if chunk.pairs is not None:
            yield from chain(chunk.pairs.worth, chunk.pairs.unsure)


def _may_be_asked(part: Part, whole: "Whole | None") -> "dict[Pair, Beforehand]":
    """Those of a part's unsure pairs that may bring up a question: most are told at a fraction of the price of a judgement."""
    pairs = _unsure(part.chunks)
    if not pairs:
        return {}
    if whole is not None:
        return whole.worth_judging(pairs)
    from crm.matching.rules.firms_many import worth_judging  # it loads numpy, which no web worker should hold

    return worth_judging(pairs, part.entries)


def late_leads() -> MadeUp:
    """Make up for the comparison of the next leads that were saved before it had come to its end; none when there are no more."""
    leads = coordination.unchecked(LATE_AT_ONCE)
    kin = {lead.id: [other.id for other in hits.kin_of(lead.investor)] if lead.investor else [] for lead in leads}
    companies = sorted({lead.investor_id for lead in leads if lead.investor_id is not None})
    return MadeUp(kin, compare(companies) if companies else Compared({}, frozenset()))


def compare(ids: list[int]) -> Compared:
    """Compare some companies with the base: each with its nearest only, the surest pairs of each company kept."""
    subjects = matching.stored_subjects(COMPANY, ids)
    judged: dict[Pair, Judgement] = {}
    own = {company_id: company_id for company_id in subjects}
    for company_id, hits_of in matching.judged_each(subjects, kind=COMPANY, limit=NEAREST, leave_out=own).items():
        for hit in hits_of:
            judged.setdefault(_pair(company_id, hit.subject_id), hit.judgement)
    waiting = undecided(ids)
    judged |= _judged_again(waiting - judged.keys(), subjects)
    return _compared(judged, set(ids), waiting)


def _compared(judged: dict[Pair, Judgement], ids: set[int], waiting: set[Pair]) -> Compared:
    """What of these judgements is asked about the companies `ids`; pairs that waited and are worth no question are gone."""
    asked = _with_groups({both: judgement for both, judgement in judged.items() if worth_asking(judgement)})
    surest = pairs_with_aliases(_surest(asked, ids))
    return Compared(surest, frozenset(both for both in waiting if both not in asked))


def _with_groups(judged: dict[Pair, Judgement]) -> dict[Pair, Judgement]:
    """The same, of two firms of one group on record saying so: only their names tell whether they are one."""
    tops = tops_of({company_id for both in judged for company_id in both})
    return {both: on_record(found) if tops[both[0]] == tops[both[1]] else found for both, found in judged.items()}


def everything(sweep_id: int, beat: Callable[[], None], beside: "Readers | None" = None) -> "Whole | None":
    """Whom to compare with whom, for a sweep of everything; None for one of a few companies, which asks for each of them.

    What is read for it stays in memory as long as the answer is held. `beat` is called every now and then while reading. A
    process of `beside` reads a part of it meanwhile.
    """
    if sweep_of(sweep_id).since is not None:
        return None
    from crm.matching.bulk import Whole, read_tokens  # it loads numpy, which no web worker should hold

    return Whole(COMPANY, beat, beside.beside(read_tokens, COMPANY) if beside else None)


def compare_pairs(
    ids: list[int], pairs: "Mapping[Pair, Beforehand]", behind: int, *, entries: Mapping[int, bytes] = MappingProxyType({})
) -> Compared:
    """Judge these pairs, and those of the companies `ids` that wait; a pair of one up to `behind` had its turn with that one.

    What the model is known to say of pairs holds for companies that the index still has as their `entries` say.
    """
    waiting = {both for both in undecided(ids) if both[0] > behind}
    asked = waiting | pairs.keys()
    companies = {company_id for both in asked for company_id in both}
    stored = _entries(companies)
    as_told = {company_id for company_id, entry in stored.items() if entries.get(company_id) == entry}
    told = {both: weighed for both, weighed in pairs.items() if as_told.issuperset(both)}
    subjects = {company_id: subject_of(entry) for company_id, entry in stored.items()}
    return _compared(_judged(asked, subjects, told), companies, waiting)


def _entries(company_ids: Iterable[int]) -> dict[int, bytes]:
    wanted = sorted(set(company_ids))
    found: dict[int, bytes] = {}
    for start in range(0, len(wanted), READ):
        found |= matching.stored_entries(COMPANY, wanted[start : start + READ])
    return found


def _judged(
    pairs: Iterable[Pair], subjects: dict[int, Subject], told: "Mapping[Pair, Beforehand]" = MappingProxyType({})
) -> dict[Pair, Judgement]:
    """The judgement of each pair that is in the index still."""
    there = [both for both in sorted(pairs) if both[0] in subjects and both[1] in subjects]
    return {both: judge(subjects[both[0]], subjects[both[1]], told.get(both, {})) for both in there}


def _judged_again(pairs: set[Pair], known: dict[int, Subject]) -> dict[Pair, Judgement]:
    """Waiting pairs that the index did not bring up this time; none for one whose company left the index."""
    missing = sorted({company_id for both in pairs for company_id in both} - known.keys())
    subjects = known | (matching.stored_subjects(COMPANY, missing) if missing else {})
    return _judged(pairs, subjects)


def _pair(a_id: int, b_id: int) -> Pair:
    return (a_id, b_id) if a_id < b_id else (b_id, a_id)


def undecided(ids: Iterable[int]) -> set[Pair]:
    """The pairs of these companies that wait for an answer.

    The state is looked at here: asked for it too, SQLite reads every undecided pair there is.
    """
    wanted = list(ids)
    columns = (ReviewPair.a_id, ReviewPair.b_id, ReviewPair.state)
    found: set[Pair] = set()
    for side in (ReviewPair.a_id, ReviewPair.b_id) if wanted else ():
        rows = db.session.execute(select(*columns).where(one_of(side, wanted)))
        found |= {(a_id, b_id) for a_id, b_id, state in rows if state in UNDECIDED}
    return found


def _surest(asked: dict[Pair, Judgement], ids: set[int]) -> dict[Pair, Judgement]:
    brought: dict[int, int] = defaultdict(int)
    kept: dict[Pair, Judgement] = {}
    for both, judgement in sorted(asked.items(), key=lambda item: (-item[1].score, item[0])):
        mine = [company_id for company_id in both if company_id in ids]
        if any(brought[company_id] < BROUGHT for company_id in mine):
            kept[both] = judgement
            for company_id in mine:
                brought[company_id] += 1
    return kept


@dataclass(frozen=True, slots=True)
class Stake:
    """What hangs on a company: the sum of its leads in fen, and the units that follow them."""

    money: int = 0
    units: frozenset[int] = frozenset()


def stakes(company_ids: set[int]) -> dict[int, Stake]:
    """What hangs on each of these companies; none for one without leads."""
    found: dict[int, Stake] = defaultdict(Stake)
    query = (
        select(Lead.investor_id, Lead.following_unit_id, func.sum(Lead.total_cny))
        .where(Lead.investor_id.in_(company_ids), Lead.merged_into_id.is_(None))
        .group_by(Lead.investor_id, Lead.following_unit_id)
    )
    for company_id, unit_id, money in db.session.execute(query) if company_ids else ():
        before = found[company_id or 0]
        found[company_id or 0] = Stake(before.money + int(money or 0), before.units | {unit_id})
    return found


def changed_at(company_ids: set[int]) -> dict[int, list[Any]]:
    """When the key facts of companies changed last: names added or retired, identifiers added."""
    found: dict[int, list[Any]] = defaultdict(list)
    names = select(CompanyName.company_id, func.max(CompanyName.added_at), func.max(CompanyName.retired_at))
    rest = select(CompanyIdentifier.company_id, func.max(CompanyIdentifier.added_at))
    for query, column in ((names, CompanyName.company_id), (rest, CompanyIdentifier.company_id)):
        for company_id, *moments in db.session.execute(query.where(column.in_(company_ids)).group_by(column)):
            found[company_id] += moments
    return found


def reasons_of(judgement: Judgement) -> list[Any]:
    """A judgement's reasons as JSON: code, weight, facts."""
    return [[reason.code, reason.weight, reason.as_dict()] for reason in judgement.reasons]
