"""The stored keys of companies and of their names, worked out anew after the rules of taking names apart have changed."""

from collections.abc import Collection
from itertools import groupby

from sqlalchemy import select, update

from crm.companies import queries
from crm.companies.models import Company, CompanyName
from crm.companies.rules import namesake_keys
from crm.companies.services.companies import free_of
from crm.core.db import db, lock_keys, one_of
from crm.matching.rules import name_key

CHUNK = 300  # companies, or names, of a transaction

_Named = list[tuple[str, str]]  # (name, its stored key)


def renew_company_keys(*, after: int, count: int = CHUNK) -> int | None:
    """Renew the unique keys of the next `count` companies behind the id `after`; the last id, None at the end.

    To be run over all companies before `renew_name_keys`: a company's key is of one of its names, which the old key of the name
    tells. Two companies whose names are now one stay two, as namesakes do ("#2"): who types the name is asked which one, and a
    sweep finds the pair. A company that was merged away keeps a key as well; its names are with the one that stays.
    """
    query = select(Company).where(Company.id > after).order_by(Company.id).limit(count)
    companies = list(db.session.scalars(query))
    names = _names_of(companies)
    wanted = {
        company.id: keys for company in companies if (keys := _other_keys(company, names.get(queries.staying(company).id, [])))
    }
    all_keys = {key for keys in wanted.values() for key in keys}
    lock_keys(f"company:{key}" for key in all_keys)
    taken = set(db.session.scalars(select(Company.name_key).where(Company.name_key.in_(all_keys)))) if all_keys else set[str]()
    for company_id, keys in wanted.items():
        key = free_of(keys, taken)
        taken.add(key)
        db.session.execute(update(Company).where(Company.id == company_id).values(name_key=key))
    return companies[-1].id if companies else None


def _names_of(companies: Collection[Company]) -> dict[int, _Named]:
    """The names of the companies that stay of these, retired ones too."""
    query = select(CompanyName.company_id, CompanyName.text, CompanyName.key)
    query = query.where(one_of(CompanyName.company_id, {queries.staying(company).id for company in companies}))
    rows = db.session.execute(query.order_by(CompanyName.company_id, CompanyName.id))
    return {company_id: [(text, key) for _id, text, key in some] for company_id, some in groupby(rows, lambda row: row[0])}


def _other_keys(company: Company, names: _Named) -> list[str]:
    """The keys that a company could have now, the best one first; none when it has such a key."""
    texts = [company.name, *(text for text, _key in names)]
    if any(_is_of(company.name_key, name_key(text)[:250]) for text in texts):
        return []
    return namesake_keys(next((text for text, key in names if _is_of(company.name_key, key)), company.name))


def _is_of(stored: str, key: str) -> bool:
    """Whether a company's stored key is this key of a name, or that of a namesake."""
    return stored == key or stored.startswith(f"{key}#")


def renew_name_keys(*, after: int, count: int = CHUNK) -> int | None:
    """Renew the keys of the next `count` names of companies behind the id `after`; the last id, None at the end."""
    query = select(CompanyName.id, CompanyName.text, CompanyName.key).where(CompanyName.id > after)
    rows = list(db.session.execute(query.order_by(CompanyName.id).limit(count)))
    for row_id, text, stored in rows:
        if (key := name_key(text)[:250]) != stored:
            db.session.execute(update(CompanyName).where(CompanyName.id == row_id).values(key=key))
    return rows[-1][0] if rows else None
