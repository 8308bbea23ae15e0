"""需协调: which leads meet others of the same group or investor, or were reported again by somebody who asks the city to
coordinate, and what coordinators said about it.
"""

from collections.abc import Iterable

from sqlalchemy import ColumnElement, select, union_all
from sqlalchemy.orm import joinedload

from crm.companies import queries as companies
from crm.core.db import db
from crm.leads.models import CoordinationMatter, Lead, SecondReport
from crm.leads.rules.lead import Status
from crm.policy.rules import in_one_line

# A group of hundreds of firms is not read whole for one lead.
_FIRMS = 200


def of_other_units(lead: Lead, others: Iterable[Lead]) -> list[Lead]:
    """Those that a unit follows which stands neither above nor below this lead's, of other investors; earliest first."""
    here = lead.following_unit_path
    found = {other.id: other for other in others if other.id != lead.id and other.investor_id != lead.investor_id}
    far = [other for other in found.values() if not in_one_line(other.following_unit_path, here)]
    return sorted(far, key=lambda other: (other.registered_at, other.id))


def leads_of_group(company_id: int) -> list[Lead]:
    """The live leads of the other firms of a company's group on record."""
    group = companies.groups_of({company_id}).get(company_id, set())
    query = select(Lead).where(Lead.investor_id.in_(sorted(group)[:_FIRMS]), *_live()).order_by(Lead.registered_at, Lead.id)
    return list(db.session.scalars(query)) if group else []


def projects_of(lead: Lead) -> list[Lead]:
    """The investor's other leads, earliest first."""
    here = (Lead.investor_id == lead.investor_id) & (Lead.id != lead.id) & Lead.merged_into_id.is_(None)
    return list(db.session.scalars(select(Lead).where(here).order_by(Lead.registered_at, Lead.id)))


def _live() -> list[ColumnElement[bool]]:
    return [Lead.merged_into_id.is_(None), Lead.status != Status.ENDED]


def matters_of(lead_id: int) -> list[CoordinationMatter]:
    """What a lead raised, in the order in which it was raised. The caller asks the policy (coordination.list)."""
    query = select(CoordinationMatter).where(CoordinationMatter.lead_id == lead_id)
    query = query.options(joinedload(CoordinationMatter.other).joinedload(Lead.following_unit))
    return list(db.session.scalars(query.order_by(CoordinationMatter.id)))


def asked_of(lead_id: int) -> list[SecondReport]:
    """The second reports of a lead that ask the city to coordinate (请市级协调), earliest first. The caller asks the policy
    (coordination.list).
    """
    query = select(SecondReport).where(SecondReport.lead_id == lead_id, SecondReport.wants_coordination.is_(True))
    return list(db.session.scalars(query.order_by(SecondReport.reported_at, SecondReport.id)))


def is_open() -> ColumnElement[bool]:
    """SQL: leads that wait for a coordinator: to see what they met, or to answer who reported them again."""
    met = select(CoordinationMatter.lead_id).where(CoordinationMatter.seen_at.is_(None))
    asked = select(SecondReport.lead_id).where(SecondReport.wants_coordination.is_(True), SecondReport.answered_at.is_(None))
    return Lead.id.in_(union_all(met, asked))


def unchecked(limit: int) -> list[Lead]:
    """Leads that were saved before they were compared, longest waiting first."""
    query = select(Lead).where(Lead.unchecked_since.is_not(None)).options(joinedload(Lead.investor))
    return list(db.session.scalars(query.order_by(Lead.unchecked_since, Lead.id).limit(limit)))
