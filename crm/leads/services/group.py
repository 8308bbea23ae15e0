"""Whose parent is whose, as those say who may edit the company."""

from datetime import datetime

from crm.companies import queries as company_queries
from crm.companies import services as companies
from crm.companies.models import Company
from crm.companies.rules import NewCompany
from crm.core.errors import Forbidden
from crm.leads.queries import groups
from crm.leads.rules.lead import ParentUnclear, ReasonNeeded
from crm.policy.rules import Actor

NEW = "new"


def declare_parent(public_id: str, typed: str, chosen: str | None, reason: str, *, actor: Actor, now: datetime) -> Company:
    """Put on record which company stands above this one; the parent. `typed` is its name, `chosen` which of the candidates is
    meant, or NEW for one that the base does not have yet.

    Raises NotFound, Forbidden, ReasonNeeded, ParentUnclear while nobody has chosen, ParentMasked, and what set_parent raises.
    """
    companies.hold_groups()
    company = _editable(public_id, actor)
    if not reason.strip():
        raise ReasonNeeded
    parent = _meant(company, typed, chosen, actor, now)
    companies.set_parent(company, parent, reason.strip(), actor=actor, now=now)
    return parent


def take_parent_off(public_id: str, reason: str, *, actor: Actor, now: datetime) -> None:
    """The company has no parent on record any more. Raises NotFound, Forbidden, ReasonNeeded, ParentSame."""
    companies.hold_groups()
    company = _editable(public_id, actor)
    if not reason.strip():
        raise ReasonNeeded
    companies.set_parent(company, None, reason.strip(), actor=actor, now=now)


def _editable(public_id: str, actor: Actor) -> Company:
    company = groups.visible_company(public_id, actor=actor)
    if not groups.may_edit(company, actor):
        raise Forbidden(record="company", action="edit")
    return company


def _meant(company: Company, typed: str, chosen: str | None, actor: Actor, now: datetime) -> Company:
    if chosen and chosen != NEW:
        return groups.visible_company(chosen, actor=actor)
    found = groups.candidates(typed, company, actor=actor)
    if chosen == NEW:
        return companies.create_company(NewCompany(name=typed), actor=actor, now=now)
    named = [one for one in company_queries.by_name_key(typed) if one in found]
    if len(named) != 1:
        raise ParentUnclear
    return named[0]
