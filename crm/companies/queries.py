"""Named reads of companies."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from sqlalchemy import Select, case, desc, func, literal, or_, select, union_all
from sqlalchemy.orm import aliased, joinedload, selectinload

from crm.companies.models import Company, CompanyIdentifier, CompanyName, CompanyNote, Contact, PairDecision, ParentChange
from crm.companies.rules import Known, NameKind, chain, namesake_keys, on_record, pair, say_alias
from crm.core.clock import city_day
from crm.core.db import among, db, is_sqlite, one_of, rows_of_columns
from crm.core.errors import NotFound
from crm.matching import queries as matching
from crm.matching.rules import Judgement, Subject, Verdict, judge, name_key

COMPANY = 1  # the matching index's kind of subject
_WHOLE = (selectinload(Company.names), selectinload(Company.identifiers))  # what subject_of reads


@dataclass(frozen=True, slots=True)
class Hit:
    """A company that may be the one asked about, and why.

    `via`: companies that are called the same as the one asked about and have this one in their group on record; `plain` is the
    judgement on the names alone then, None where they have nothing in common.
    """

    company: Company
    judgement: Judgement
    via: frozenset[int] = frozenset()
    plain: Judgement | None = None


def by_public_id(public_id: str) -> Company:
    """The company named in a URL or form, or the one that it was merged into; NotFound."""
    company = db.session.scalar(select(Company).where(Company.public_id == public_id))
    if company is None:
        raise NotFound
    return staying(company)


def staying(company: Company) -> Company:
    """The company that stays of those merged with this one; itself when it was not merged away."""
    while company.merged_into_id is not None:
        company = db.session.get_one(Company, company.merged_into_id)
    return company


def by_name_key(name: str) -> list[Company]:
    """Companies that are called exactly so, in any disguise: several only where a person said that they differ. One that was
    merged away keeps its key and means the one that stays.
    """
    query = select(Company).where(Company.name_key.in_(namesake_keys(name)))
    return list(dict.fromkeys(staying(company) for company in db.session.scalars(query.order_by(Company.id))))


def by_identifiers(identifiers: Iterable[tuple[str, str]]) -> list[Company]:
    """Companies that own one of these identifiers."""
    wanted = [(CompanyIdentifier.scheme == scheme) & (CompanyIdentifier.value == value) for scheme, value in identifiers]
    if not wanted:
        return []
    query = select(Company).join(CompanyIdentifier).where(or_(*wanted)).distinct().order_by(Company.id)
    return list(db.session.scalars(query.options(*_WHOLE)))


def hits_for_each(
    subjects: Mapping[int, Subject],
    *,
    limit: int = 12,
    own: Mapping[int, int] | None = None,
    deadline: float | None = None,
    kin: bool = False,
) -> dict[int, list[Hit]]:
    """For each subject, by the caller's key: companies in the base that are the same, related or alike, surest first; then those
    that are in one group on record with one that is the same. `own` names the company that a subject is: it is no hit itself.
    `kin`: who asks does not want those that are only alike; where that is cheaper they are left out.

    Raises Late past `deadline`.
    """
    own = own or {}
    found = matching.judged_each(subjects, kind=COMPANY, limit=limit, leave_out=own, deadline=deadline, kin=kin)
    same = {key: {hit.subject_id for hit in hits if hit.judgement.verdict is Verdict.SAME} for key, hits in found.items()}
    for key, company_id in own.items():
        same[key].add(company_id)
    groups = groups_of(set().union(*same.values()))
    if kin:  # of the firms of a group it is told what their names say, alike or not
        grouped = {key: subjects[key] for key, ids in same.items() if not ids.isdisjoint(groups)}
        found |= matching.judged_each(grouped, kind=COMPANY, limit=limit, leave_out=own, deadline=deadline)
    wanted = {key: _wanted(hits, same[key], own.get(key), groups) for key, hits in found.items()}
    ids = set().union(*wanted.values())
    found_now = db.session.scalars(_live_query(sqlite=is_sqlite()), {"ids": list(ids)}).unique() if ids else ()
    companies = {company.id: company for company in found_now}
    return {key: _with_groups(hits, wanted[key], companies) for key, hits in found.items()}


@cache
def _live_query(*, sqlite: bool) -> Select[Company]:
    """Those of some companies that were not merged away, with their names. Put together once: every check asks it."""
    query = select(Company).where(among(Company.id, "ids", sqlite=sqlite), Company.merged_into_id.is_(None))
    return query.options(joinedload(Company.names))


_ORDER = {Verdict.SAME: 0, Verdict.RELATED: 1, Verdict.DIFFERENT: 2}
RELATED_MOST = 12  # so many firms of a group are brought up, whose names alone would not


def _wanted(hits: list[matching.Hit], same: set[int], own: int | None, groups: dict[int, set[int]]) -> dict[int, frozenset[int]]:
    """The companies that the names bring up, and some of their groups that these do not; each with those that are the same and
    have it in their group.
    """
    via: dict[int, set[int]] = defaultdict(set)
    for anchor in same:
        for company_id in groups.get(anchor, ()):
            via[company_id].add(anchor)
    judged = [hit.subject_id for hit in hits]
    unnamed = sorted(via.keys() - set(judged) - {own})[:RELATED_MOST]
    return {company_id: frozenset(via.get(company_id, ())) for company_id in (*judged, *unnamed)}


def _with_groups(hits: list[matching.Hit], wanted: dict[int, frozenset[int]], companies: dict[int, Company]) -> list[Hit]:
    """What the names say, and what the groups of those that are the same add to it."""
    judged = {hit.subject_id: hit.judgement for hit in hits}
    made = []
    for company_id, anchors in wanted.items():
        if company_id in companies:
            plain = judged.get(company_id)
            judgement = on_record(plain) if anchors or plain is None else plain
            made.append(Hit(companies[company_id], judgement, anchors, plain))
    return sorted(made, key=lambda hit: _ORDER[hit.judgement.verdict])


def exact_hits(subject: Subject) -> list[Hit]:
    """Companies that have one of these names, in any disguise, or identifiers: found by their keys at once, however long the
    comparison with all the others takes.
    """
    keys = [name_key(name)[:250] for name in subject.names]
    named = select(CompanyName.company_id).where(CompanyName.key.in_(keys), CompanyName.retired_at.is_(None))
    query = select(Company).where(Company.id.in_(named), Company.merged_into_id.is_(None)).order_by(Company.id).limit(8)
    found = dict.fromkeys((*db.session.scalars(query.options(*_WHOLE)), *by_identifiers(subject.identifiers)))
    return [Hit(company, judge(subject, subject_of(company))) for company in found]


def parents_above(company_ids: Iterable[int]) -> dict[int, int | None]:
    """Each of these companies and all above them, with its parent."""
    parents: dict[int, int | None] = {}
    asked = set(company_ids)
    while asked:
        query = select(Company.id, Company.parent_id).where(one_of(Company.id, asked))
        parents.update((row[0], row[1]) for row in db.session.execute(query))
        asked = {parent for parent in parents.values() if parent is not None} - parents.keys()
    return parents


def tops_of(company_ids: Iterable[int]) -> dict[int, int]:
    """The company at the top of the group on record of each; two of one top are of one group."""
    ids = set(company_ids)
    parents = parents_above(ids)
    return {company_id: [company_id, *chain(company_id, parents)][-1] for company_id in ids}


def line_above(company_id: int) -> list[int]:
    """The companies above one in its group, the nearest first."""
    return chain(company_id, parents_above([company_id]))


def storeys_below(company_ids: Iterable[int]) -> list[dict[int, int]]:
    """The companies below these in their groups, storey by storey, each with its parent. One read a storey for all of them."""
    storeys: list[dict[int, int]] = []
    seen = set(company_ids)
    here = set(seen)
    while here:
        query = select(Company.id, Company.parent_id).where(Company.parent_id.in_(here), Company.merged_into_id.is_(None))
        rows = db.session.execute(query.order_by(Company.id))
        below = {one: parent for one, parent in rows if parent is not None and one not in seen}
        here = set(below)
        seen |= here
        storeys += [below] if below else []
    return storeys


@cache
def _family_query(*, sqlite: bool) -> Any:
    """Which of some companies have a parent, and which are below one of them."""
    mine = select(Company.id).where(among(Company.id, "ids", sqlite=sqlite), Company.parent_id.is_not(None))
    below = select(Company.id).where(among(Company.parent_id, "ids", sqlite=sqlite), Company.merged_into_id.is_(None))
    return union_all(mine, below)


def groups_of(company_ids: set[int]) -> dict[int, set[int]]:
    """The group on record of each of these companies, without itself; none for one that has no group."""
    if not company_ids or not rows_of_columns(_family_query(sqlite=is_sqlite()), {"ids": list(company_ids)}).all():
        return {}  # nearly every firm stands alone: one small read says so
    tops = tops_of(company_ids)
    top_of = {top: top for top in tops.values()}
    for storey in storeys_below(list(top_of)):
        top_of |= {company_id: top_of[parent] for company_id, parent in storey.items()}
    members: dict[int, set[int]] = defaultdict(set)
    for company_id, top in top_of.items():
        members[top].add(company_id)
    return {one: members[top] - {one} for one, top in tops.items() if len(members[top]) > 1}


def parent_on_record(company: Company) -> ParentChange | None:
    """Who put the company's present parent on record, when and why."""
    if company.parent_id is None:
        return None
    query = select(ParentChange).where(ParentChange.company_id == company.id).order_by(ParentChange.id.desc()).limit(1)
    said = db.session.scalar(query)
    return said if said is not None and said.parent_id is not None else None


def decisions_about(company_id: int) -> dict[int, PairDecision]:
    """What was decided about this company and others, by the other's id."""
    query = select(PairDecision).where(or_(PairDecision.a_id == company_id, PairDecision.b_id == company_id))
    return {(d.b_id if d.a_id == company_id else d.a_id): d for d in db.session.scalars(query)}


def decision(a_id: int, b_id: int) -> PairDecision | None:
    """What was decided about two companies."""
    first, second = pair(a_id, b_id)
    return db.session.scalar(select(PairDecision).where(PairDecision.a_id == first, PairDecision.b_id == second))


def contacts_of(lead_id: int) -> list[Contact]:
    """The contacts known through a lead."""
    here = (Contact.lead_id == lead_id) & Contact.merged_into_id.is_(None)
    return list(db.session.scalars(select(Contact).where(here).order_by(Contact.id)))


def contact(public_id: str) -> Contact:
    """One contact, or the one that it was merged into; NotFound. The caller asks the policy of its lead."""
    found = db.session.scalar(select(Contact).where(Contact.public_id == public_id))
    if found is None:
        raise NotFound
    while found.merged_into_id is not None:
        found = db.session.get_one(Contact, found.merged_into_id)
    return found


def count() -> int:
    """How many companies the base holds (said by the strip when it found nothing)."""
    return db.session.scalar(select(func.count()).select_from(Company).where(Company.merged_into_id.is_(None))) or 0


def subject_of(company: Company) -> Subject:
    """A stored company as the matching sees it."""
    return Subject(
        names=tuple(name.text for name in company.names if name.retired_at is None) or (company.name,),
        country=company.country,
        identifiers=frozenset((i.scheme, i.value) for i in company.identifiers),
    )


def confirmed_names(companies: Iterable[Company]) -> dict[int, Known]:
    """For companies of which a person confirmed an alias ("it is this one"): what they are called, and since when each is."""
    found = {}
    for company in companies:
        live = [n for n in company.names if n.kind == NameKind.ALIAS and n.retired_at is None]
        days = {n.text: city_day(n.confirmed_at).isoformat() for n in live if n.confirmed_at is not None}
        if days:
            found[company.id] = Known(company.name, days)
    return found


def with_aliases(found: Mapping[int, list[Hit]], subjects: Mapping[int, Subject]) -> dict[int, list[Hit]]:
    """The hits; those that meet by a name that a person confirmed say so, and when."""
    known = confirmed_names({hit.company for hits in found.values() for hit in hits})
    stored = matching.stored_subjects(COMPANY, sorted(known)) if known else {}

    def told(key: int, hit: Hit) -> Hit:
        if hit.company.id not in stored:
            return hit
        judgement = say_alias(hit.judgement, subjects[key], stored[hit.company.id], known[hit.company.id])
        return replace(hit, judgement=judgement)

    return {key: [told(key, hit) for hit in hits] for key, hits in found.items()}


def pairs_with_aliases(judged: Mapping[tuple[int, int], Judgement]) -> dict[tuple[int, int], Judgement]:
    """The same for judgements on pairs of stored companies."""
    ids = {company_id for both in judged for company_id in both}
    confirmed = select(CompanyName.company_id).where(CompanyName.company_id.in_(ids), CompanyName.confirmed_at.is_not(None))
    few = set(db.session.scalars(confirmed)) if ids else set()  # most have none: their records are not read
    query = select(Company).where(Company.id.in_(few)).options(selectinload(Company.names))
    known = confirmed_names(db.session.scalars(query)) if few else {}
    touched = [both for both in judged if not known.keys().isdisjoint(both)]
    subjects = matching.stored_subjects(COMPANY, sorted({one for both in touched for one in both})) if touched else {}
    told = dict(judged)
    for both in touched:
        for asked, company in (both, both[::-1]):
            if company in known and asked in subjects and company in subjects:
                told[both] = say_alias(told[both], subjects[asked], subjects[company], known[company])
    return told


def learned_pairs() -> list[tuple[str, str, int, str]]:
    """What people said here about names, as (name, other name, 1 for one firm and 0 for two, the firm it is learned from).

    One firm: names that were confirmed, companies that were merged, pairs decided same. Two: pairs decided related or different,
    unless a later word made them one.
    """
    said: list[tuple[str, str, int, str]] = []
    named = select(CompanyName.company_id).where(CompanyName.confirmed_at.is_not(None), CompanyName.retired_at.is_(None))
    query = select(Company).where(Company.id.in_(named)).options(selectinload(Company.names)).order_by(Company.id)
    companies = list(db.session.scalars(query))
    known = confirmed_names(companies)
    for company in companies:
        for alias in known[company.id].confirmed if company.id in known else ():
            mine = dict.fromkeys((company.name, company.original_name or company.name))
            said += [(name, alias, 1, company.public_id) for name in mine]
    one, two = aliased(Company), aliased(Company)
    merged = select(one.name, two.name, literal(1), two.public_id).join(two, one.merged_into_id == two.id).order_by(one.id)
    decided = select(one.name, two.name, case((PairDecision.verdict == "same", 1), else_=0).label("same"), one.public_id)
    decided = decided.select_from(PairDecision).join(one, one.id == PairDecision.a_id).join(two, two.id == PairDecision.b_id)
    for pairs in (merged, decided.order_by(desc("same"), PairDecision.id)):
        said += [(a, b, same, firm) for a, b, same, firm in db.session.execute(pairs)]
    kept: dict[frozenset[str], tuple[str, str, int, str]] = {}
    for row in said:
        keys = frozenset({name_key(row[0]), name_key(row[1])})
        if len(keys) == 2:
            kept.setdefault(keys, row)
    return list(kept.values())


def notes_of(company_id: int) -> list[CompanyNote]:
    """The dated notes about a company, newest first."""
    query = select(CompanyNote).where(CompanyNote.company_id == company_id)
    return list(db.session.scalars(query.order_by(CompanyNote.noted_at.desc(), CompanyNote.id.desc())))


__all__ = [
    "COMPANY", "Hit", "Judgement", "Subject", "Verdict", "by_identifiers", "by_name_key", "by_public_id", "confirmed_names",
    "contact", "contacts_of", "count", "decision", "decisions_about", "exact_hits", "groups_of", "hits_for_each", "learned_pairs",
    "line_above", "name_key", "notes_of", "pairs_with_aliases", "parent_on_record", "parents_above", "staying",
    "storeys_below", "subject_of", "tops_of", "with_aliases",
]  # fmt: skip
