"""A company and its group, as pages show them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from crm.accounts import queries as accounts
from crm.accounts.models import User
from crm.companies.models import Company, CompanyIdentifier, CompanyName
from crm.core.db import db
from crm.leads.models import Lead
from crm.leads.queries import groups
from crm.policy.rules import Actor


def group_on_page(lead: Lead, actor: Actor, there: set[str]) -> dict[str, Any]:
    """The group of a lead's investor; of one that stands alone there is nothing to read."""
    if lead.investor is None:
        return {"tree": None}
    if lead.investor.parent_id is None and "daughter" not in there:
        return {"tree": groups.Tree((groups.Member(0, lead.investor, here=True),)), "said_by": ""}
    return group_of(lead.investor, actor)


def group_of(company: Company, actor: Actor) -> dict[str, Any]:
    """A company's group, and who put its parent on record."""
    tree = groups.tree_of(company, actor)
    who = accounts.by_id(tree.said.changed_by_id) if tree.said else None
    return {"tree": tree, "said_by": who.name if who else ""}


@dataclass(frozen=True, slots=True)
class Said:
    """A name or number of a company: of which kind, who gave it (for colleagues of theirs and the city) and when. `confirmed`: a
    person said of the company they chose that it is called so too.
    """

    kind: str
    text: str
    lang: str | None
    by: str
    at: datetime
    confirmed: bool = False


def names_of(company: Company, actor: Actor) -> list[Said]:
    """What the company is called, its present names first; who gave another unit's is not told to a district."""
    query = (
        select(CompanyName, User)
        .join(User, User.id == CompanyName.added_by_id)
        .where(CompanyName.company_id == company.id, CompanyName.retired_at.is_(None))
        .order_by(CompanyName.id)
    )
    found = [
        Said(row.kind, row.text, row.lang, _told(user, actor), row.added_at, row.confirmed_at is not None)
        for row, user in db.session.execute(query)
    ]
    order = ("official", "original", "short", "alias", "former")
    return sorted(found, key=lambda one: order.index(one.kind))


def identifiers_of(company: Company, actor: Actor) -> list[Said]:
    """The numbers and domains that are the company's alone."""
    query = (
        select(CompanyIdentifier, User)
        .join(User, User.id == CompanyIdentifier.added_by_id)
        .where(CompanyIdentifier.company_id == company.id)
        .order_by(CompanyIdentifier.id)
    )
    return [Said(row.scheme, row.value, None, _told(user, actor), row.added_at) for row, user in db.session.execute(query)]


def _told(user: User, actor: Actor) -> str:
    return user.name if actor.city_wide or user.unit_id == actor.unit_id else ""
