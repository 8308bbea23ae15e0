"""The companies of an import's chunk: what the base has of them is read and held by a few statements, and what is new is stored
by as few. Each row sees what the rows before it made, as if they came one by one.
"""

from collections.abc import Collection, Iterable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from crm.audit import services as audit
from crm.companies import queries
from crm.companies.models import Company
from crm.companies.queries import COMPANY
from crm.companies.rules import IdentifierTaken, NewCompany, namesake_keys
from crm.companies.services.companies import composed, free_of, hold_company, keys_held, take_over
from crm.core.db import db, lock_keys, one_of
from crm.matching import services as matching
from crm.policy.rules import Actor


class Many:
    """Companies for many rows inside one unit of work, which `write` ends. Nobody else creates or merges away one of them."""

    def __init__(self, news: Collection[NewCompany], public_ids: Iterable[str], *, actor: Actor, now: datetime) -> None:
        """Hold the names and identifiers of all `news`, and the companies that have them or one of these public ids."""
        self._actor, self._now = actor, now
        lock_keys(key for new in news for key in keys_held((new.name, *new.other_names), new.identifiers))
        self._by_key: dict[str, Company] = {}
        self._by_identifier: dict[tuple[str, str], Company] = {}
        self._by_public_id: dict[str, Company] = {}
        self._place: dict[Company, int] = {}  # the order of their ids, also of those that have none yet
        self._new: list[Company] = []
        self._learned: dict[Company, None] = {}
        keys = dict.fromkeys(key for new in news for key in namesake_keys(new.name))
        owned = queries.by_identifiers(frozenset().union(*(new.identifiers for new in news)))
        found = {company.id for company in owned}
        for column, values in ((Company.name_key, keys), (Company.public_id, dict.fromkeys(public_ids))):
            if values:
                found.update(db.session.scalars(select(Company.id).where(column.in_(list(values)))))
        for company in _held(found):
            self._note(company)

    def _note(self, company: Company) -> None:
        self._place.setdefault(company, len(self._place))
        self._by_key[company.name_key] = self._by_public_id[company.public_id] = company
        self._by_identifier |= {(item.scheme, item.value): company for item in company.identifiers}

    def stored(self) -> list[int]:
        """The ids of the companies that the base has for these rows."""
        return [company.id for company in self._place if company.id is not None]

    def called(self, name: str) -> list[Company]:
        """The companies that are called exactly so, as `queries.by_name_key` says."""
        found = [self._by_key[key] for key in namesake_keys(name) if key in self._by_key]
        return list(dict.fromkeys(self._staying(company) for company in sorted(found, key=self._place.__getitem__)))

    def owners(self, identifiers: Iterable[tuple[str, str]]) -> list[Company]:
        """The companies that own one of these identifiers, as `queries.by_identifiers` says."""
        found = dict.fromkeys(self._by_identifier[item] for item in identifiers if item in self._by_identifier)
        return sorted(found, key=self._place.__getitem__)

    def company(self, public_id: str) -> Company:
        """The company of a public id, or the one that it was merged into; NotFound."""
        known = self._by_public_id.get(public_id)
        return self._staying(known) if known is not None else self._held_late(queries.by_public_id(public_id))

    def _staying(self, company: Company) -> Company:
        return company if company.merged_into_id is None else self._held_late(queries.staying(company))

    def _held_late(self, company: Company) -> Company:
        if company not in self._place:
            company = hold_company(company)
            self._note(company)
        return company

    def create(self, new: NewCompany) -> Company:
        """A new company, as `create_company` makes it; stored by `write`. Raises IdentifierTaken."""
        for owner in self.owners(new.identifiers):
            raise IdentifierTaken(name=owner.name, public_id=owner.public_id)
        company = composed(new, free_of(namesake_keys(new.name), self._by_key), self._actor, self._now)
        db.session.add(company)
        self._note(company)
        self._new.append(company)
        facts = {"name": company.name}
        audit.record("company.created", subject=("company", company), facts=facts, actor=self._actor, now=self._now)
        return company

    def learn(self, company: Company, new: NewCompany) -> None:
        """It is this one, as `learn` keeps it; stored by `write`."""
        if take_over(company, new, self._by_identifier, actor=self._actor, now=self._now):
            self._learned[company] = None
            self._by_identifier |= {(item.scheme, item.value): company for item in company.identifiers}

    def write(self) -> None:
        """Store what was made since the last time, and bring the index up to date."""
        db.session.flush()
        fresh, self._new = self._new, []
        matching.index_many(COMPANY, ((company.id, queries.subject_of(company), "") for company in fresh))
        changed = [company for company in self._learned if company not in fresh]
        self._learned = {}
        matching.index_subjects(COMPANY, {company.id: queries.subject_of(company) for company in changed})


def _held(ids: Iterable[int]) -> list[Company]:
    """These companies with names and identifiers, locked against being merged away, by their ids."""
    query = select(Company).where(one_of(Company.id, ids)).order_by(Company.id)
    whole = query.options(selectinload(Company.names), selectinload(Company.identifiers))
    held = whole.with_for_update(read=True, key_share=True).execution_options(populate_existing=True)
    return list(db.session.scalars(held))
