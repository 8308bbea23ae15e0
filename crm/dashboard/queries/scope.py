"""Which leads a dashboard counts, in SQL: the same as the list behind each figure."""

from sqlalchemy import ColumnElement, and_, exists, false, or_, select
from sqlalchemy.orm import aliased

from crm.core import clock
from crm.core.db import db, known
from crm.dashboard.rules import Ask, Reader
from crm.leads.models import Lead, LeadCluster
from crm.leads.queries import access
from crm.units.models import Unit


def path_of(unit_id: int) -> str:
    """A unit's place in the tree; one that leads nowhere when there is no such unit."""
    query = select(Unit.path).where(Unit.id == unit_id)
    return known(f"unit.path.{unit_id}", lambda: db.session.scalar(query)) or "-"


def counted(ask: Ask, reader: Reader, *, unit: bool = True) -> list[ColumnElement[bool]]:
    """SQL: the leads that are counted. Without `unit`: of every unit."""
    found: list[ColumnElement[bool]] = [Lead.merged_into_id.is_(None)]
    if not reader.sealed and (sealed := access.sealed_ids()):
        found.append(Lead.id.not_in(sealed))
    if unit and ask.unit_id is not None:
        found.append(Lead.following_unit_path.startswith(path_of(ask.unit_id)))
    if ask.cluster_id is not None:
        tag = aliased(LeadCluster)  # a count by cluster names the table too
        tagged = exists().where(tag.lead_id == Lead.id, tag.rank == 0)
        found.append(tagged.where(tag.cluster_id == ask.cluster_id) if ask.cluster_id else ~tagged)
    if ask.country is not None:
        found.append(Lead.country.is_(None) if ask.country == "-" else Lead.country == ask.country)
    return found


def in_cohort(ask: Ask) -> list[ColumnElement[bool]]:
    """SQL: registered on the days asked for."""
    found: list[ColumnElement[bool]] = []
    if ask.since is not None:
        found.append(Lead.registered_at >= clock.start_of(ask.since))
    if ask.until is not None:
        found.append(Lead.registered_at < clock.start_of(ask.until, days=1))
    return found


def with_year_before(ask: Ask) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """SQL: registered on the days asked for or on the same days of the year before; and which of the two (the days of the two
    years never meet: a spell is no longer than a year).
    """
    then = ask.last_year
    if then is None or ask.since is None:
        return and_(True, *in_cohort(ask)), false()
    return or_(and_(*in_cohort(ask)), and_(*in_cohort(then))), Lead.registered_at < clock.start_of(ask.since)
