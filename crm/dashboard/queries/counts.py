"""Leads added up by the database: by stage, by following unit, by primary cluster, by country; what is missing."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, case, func, select
from sqlalchemy.orm import aliased

from crm.core.db import db
from crm.dashboard.queries.scope import counted, in_cohort
from crm.dashboard.queries.spans import Response, days_between, responses
from crm.dashboard.rules import Ask, Reader
from crm.leads.models import Lead, LeadCluster
from crm.leads.queries import listing
from crm.leads.rules.lead import Stage
from crm.pipeline.models import Milestone, MilestoneFile
from crm.pipeline.rules import LIVE

_VERIFIED = case((and_(Lead.admitted_at.is_not(None), Lead.total_verified), Lead.total_cny), else_=0)
_FACTS = ("country", "amount", "next")
_CONTRACTED = case((Lead.admitted_at.is_not(None), Lead.contracted_usd), else_=0)


@dataclass(frozen=True, slots=True)
class Counts:
    """All numbers of one dashboard. `stock` and `sums` (fen, verified and admitted) by stage now; `cohort` by stage of leads of
    the days asked for; `units` by (following unit's path, signed or not); `clusters` by primary cluster (0: none) and `countries`
    in negotiation: (how many, contracted cents); `lacking` by fact; `days` by stage moved into; `milestones` that count and
    how many of them no file shows.
    """

    stock: dict[Stage, int]
    sums: dict[Stage, int]
    cohort: dict[Stage, int]
    units: dict[tuple[str, bool], int]
    clusters: dict[int, int]
    countries: dict[str | None, tuple[int, int]]
    lacking: dict[str, int]
    days: dict[Stage, dict[int, int]]
    responses: dict[str, Response]
    milestones: int
    unproven: int


def counts_of(ask: Ask, reader: Reader) -> Counts:
    """Count them all now."""
    where = counted(ask, reader)
    stock, sums, lacking = _by_stage(where)
    cohort = [*where, *in_cohort(ask)]
    return Counts(
        stock, sums, _plain(select(Lead.stage, func.count()).where(*cohort).group_by(Lead.stage)), _units(ask, reader),
        _clusters(where), _countries(where), {**lacking, "cluster": _untagged(where)}, days_between(cohort), responses(cohort),
        *_milestones(where),
    )  # fmt: skip


def _plain(query: Any) -> dict[Stage, int]:
    return {Stage(stage): int(number) for stage, number in db.session.execute(query)}


def _by_stage(where: list[Any]) -> tuple[dict[Stage, int], dict[Stage, int], dict[str, int]]:
    """How many in each stage, their sums, and how many lack a fact: in negotiation or beyond; of next steps, in negotiation."""
    lacks = [func.sum(case((and_(*listing.lacking(fact)), 1), else_=0)) for fact in _FACTS]
    query = select(Lead.stage, func.count(), func.sum(_VERIFIED), *lacks).where(*where).group_by(Lead.stage)
    rows = {Stage(stage): numbers for stage, *numbers in db.session.execute(query)}
    lacking = dict.fromkeys(_FACTS, 0)
    for stage, (_number, _total, *missing) in rows.items():
        for fact, number in zip(_FACTS, missing, strict=True):
            counts = stage is Stage.NEGOTIATING if fact == "next" else stage is not Stage.LEAD
            lacking[fact] += int(number) if counts else 0
    return (
        {stage: int(numbers[0]) for stage, numbers in rows.items()},
        {stage: int(numbers[1] or 0) for stage, numbers in rows.items()},
        lacking,
    )


def _units(ask: Ask, reader: Reader) -> dict[tuple[str, bool], int]:
    """In negotiation (False) and signed or beyond (True), of every unit."""
    signed = Lead.stage != Stage.NEGOTIATING
    query = select(Lead.following_unit_path, signed, func.count()).where(
        Lead.stage != Stage.LEAD, *counted(ask, reader, unit=False)
    )
    rows = db.session.execute(query.group_by(Lead.following_unit_path, signed))
    return {(path, bool(signed)): int(number) for path, signed, number in rows}


def _clusters(where: list[Any]) -> dict[int, int]:
    primary = and_(LeadCluster.lead_id == Lead.id, LeadCluster.rank == 0)
    key = func.coalesce(LeadCluster.cluster_id, 0)
    query = select(key, func.count()).select_from(Lead).outerjoin(LeadCluster, primary)
    rows = db.session.execute(query.where(*where, Lead.stage == Stage.NEGOTIATING).group_by(key))
    return {int(cluster): int(number) for cluster, number in rows}


def _countries(where: list[Any]) -> dict[str | None, tuple[int, int]]:
    query = select(Lead.country, func.count(), func.sum(_CONTRACTED)).where(*where, Lead.stage == Stage.NEGOTIATING)
    rows = db.session.execute(query.group_by(Lead.country))
    return {country: (int(number), int(usd or 0)) for country, number, usd in rows}


def _untagged(where: list[Any]) -> int:
    """In negotiation or beyond without a primary cluster."""
    tag = aliased(LeadCluster)
    tagged = select(tag.id).where(tag.lead_id == Lead.id, tag.rank == 0).exists()
    query = select(func.count()).select_from(Lead).where(*where, listing.reached(Stage.NEGOTIATING), ~tagged)
    return int(db.session.scalar(query) or 0)


def counting(where: list[Any]) -> Any:
    """SQL: the milestones that count of some leads, with whether no file shows them."""
    bare = ~select(MilestoneFile.id).where(MilestoneFile.milestone_id == Milestone.id).exists()
    live = Milestone.state.in_(sorted(LIVE))
    return select(Milestone.id, bare.label("bare")).join(Lead, Lead.id == Milestone.lead_id).where(live, *where)


def _milestones(where: list[Any]) -> tuple[int, int]:
    all_ = counting(where).subquery()
    number, bare = db.session.execute(select(func.count(), func.sum(case((all_.c.bare, 1), else_=0)))).one()
    return int(number), int(bare or 0)
