"""Named reads of companies."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import func, or_, select
from sqlalchemy.orm import selectinload

from crm.companies.models import Company, CompanyIdentifier, CompanyName, CompanyNote, Contact, PairDecision
from crm.companies.rules import namesake_keys, pair
from crm.core.db import db
from crm.core.errors import NotFound
from crm.matching import queries as matching
from crm.matching.rules import Judgement, Subject, Verdict, name_key

COMPANY = 1  # the matching index's kind of subject


@dataclass(frozen=True, slots=True)
class Hit:
    """A company that may be the one asked about, and why."""

    company: Company
    judgement: Judgement


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
    return list(db.session.scalars(query))


def hits_for_each(subjects: Mapping[int, Subject], *, limit: int = 12) -> dict[int, list[Hit]]:
    """For each subject, by the caller's key: companies in the base that are the same, related or alike, surest first."""
    found = {key: matching.judged(subject, kind=COMPANY, limit=limit) for key, subject in subjects.items()}
    ids = {hit.subject_id for hits in found.values() for hit in hits}
    query = select(Company).where(Company.id.in_(ids), Company.merged_into_id.is_(None)).options(selectinload(Company.names))
    companies = {company.id: company for company in db.session.scalars(query)} if ids else {}
    return {
        key: [Hit(companies[hit.subject_id], hit.judgement) for hit in hits if hit.subject_id in companies]
        for key, hits in found.items()
    }


def decisions_about(company_id: int) -> dict[int, PairDecision]:
    """What was decided about this company and others, by the other's id."""
    query = select(PairDecision).where(or_(PairDecision.a_id == company_id, PairDecision.b_id == company_id))
    return {(d.b_id if d.a_id == company_id else d.a_id): d for d in db.session.scalars(query)}


def decision(a_id: int, b_id: int) -> PairDecision | None:
    """What was decided about two companies."""
    first, second = pair(a_id, b_id)
    return db.session.scalar(select(PairDecision).where(PairDecision.a_id == first, PairDecision.b_id == second))


def live_names(company_ids: list[int]) -> dict[int, list[CompanyName]]:
    """The names in use of several companies."""
    names: dict[int, list[CompanyName]] = {company_id: [] for company_id in company_ids}
    query = select(CompanyName).where(CompanyName.company_id.in_(company_ids), CompanyName.retired_at.is_(None))
    for name in db.session.scalars(query.order_by(CompanyName.id)):
        names[name.company_id].append(name)
    return names


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


__all__ = [
    "COMPANY", "Hit", "Judgement", "Subject", "Verdict", "by_identifiers", "by_name_key", "by_public_id", "contact",
    "contacts_of", "count", "decision", "decisions_about", "hits_for_each", "live_names", "name_key", "staying", "subject_of",
]  # fmt: skip


def notes_of(company_id: int) -> list[CompanyNote]:
    """The dated notes about a company, newest first."""
    query = select(CompanyNote).where(CompanyNote.company_id == company_id)
    return list(db.session.scalars(query.order_by(CompanyNote.noted_at.desc(), CompanyNote.id.desc())))
