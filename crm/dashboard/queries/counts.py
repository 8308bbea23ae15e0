"""Leads added up by the database: by stage, by following unit, by primary cluster, by country; what is missing."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, case, func, select
from sqlalchemy.orm import aliased

from crm.core.db import db
from crm.dashboard.queries.earlier import YearAgo, a_year_ago
from crm.dashboard.queries.scope import counted, in_cohort, path_of, with_year_before
from crm.dashboard.queries.spans import Response, days_between, responses
from crm.dashboard.rules import Ask, Reader
from crm.events.models import Event, EventLink
from crm.events.rules import LinkRole
from crm.leads.models import Lead, LeadCluster
from crm.leads.queries import listing
from crm.leads.rules.lead import Stage
from crm.pipeline import queries as pipeline
from crm.pipeline.models import Milestone, MilestoneFile
from crm.pipeline.rules import LIVE

_VERIFIED = case((and_(Lead.admitted_at.is_not(None), Lead.total_verified), Lead.total_cny), else_=0)
_CONTRACTED = case((Lead.admitted_at.is_not(None), Lead.contracted_usd), else_=0)


@dataclass(frozen=True, slots=True)
class Counts:
    """All numbers of one dashboard. `stock` and `sums` (fen, verified and admitted) by stage now, of what is pursued; `cohort` by
    stage of leads of the days asked for; `units` by (following unit's path, signed or not); `clusters` by primary cluster (0:
    none) and `countries` in negotiation: (how many, contracted cents); `events`: by event of those days what came from it, was
    signed at it and began; `lacking` by fact; `days` by stage moved into; `milestones` that count and how many of them no file
    shows; `earlier`: how things stood a year ago; `responses_before`: of leads of the same days of the year before.
    """

    stock: dict[Stage, int]
    sums: dict[Stage, int]
    cohort: dict[Stage, int]
    units: dict[tuple[str, bool], int]
    clusters: dict[int, int]
    countries: dict[str | None, tuple[int, int]]
    events: dict[int, "Yield"]
    lacking: dict[str, int]
    days: dict[Stage, dict[int, int]]
    responses: dict[str, Response]
    milestones: int
    unproven: int
    earlier: YearAgo
    responses_before: dict[str, Response]


def counts_of(ask: Ask, reader: Reader) -> Counts:
    """Count them all now."""
    whole = counted(ask, reader)
    where = [*whole, listing.is_pursued()]
    cohort = [*whole, *in_cohort(ask)]
    everywhere = _by_unit([*counted(ask, reader, unit=False), listing.is_pursued()])
    path = "" if ask.unit_id is None else path_of(ask.unit_id)
    inside = [(stage, cell) for (unit, stage), cell in everywhere.items() if unit.startswith(path)]
    either, is_before = with_year_before(ask)
    now, before = responses([*whole, either], is_before)
    units: dict[tuple[str, bool], int] = defaultdict(int)
    for (unit, stage), cell in everywhere.items():
        if stage is not Stage.LEAD:
            units[unit, stage is not Stage.NEGOTIATING] += cell.leads
    return Counts(
        {stage: sum(cell.leads for one, cell in inside if one is stage) for stage in Stage},
        {stage: sum(cell.cny for one, cell in inside if one is stage) for stage in Stage},
        _plain(select(Lead.stage, func.count()).where(*cohort).group_by(Lead.stage)), dict(units), _clusters(where),
        _countries(where), _events(whole, ask),
        {"amount": sum(cell.bare for one, cell in inside if one is not Stage.LEAD), **_lacking(where)},
        days_between(cohort), now, *_milestones(whole), a_year_ago(ask, reader), before,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Yield:
    """What an event brought: leads that came from it; projects signed at it, that are signed still and were admitted; how many of
    these began.
    """

    came: int
    signed: int
    started: int


@dataclass(frozen=True, slots=True)
class _Cell:
    """What a unit has in a stage: leads, their verified sum, how many of them without one."""

    leads: int
    cny: int
    bare: int


def _by_unit(where: list[Any]) -> dict[tuple[str, Stage], _Cell]:
    """By following unit's path and stage: read from one index alone unless a cluster or country is asked for."""
    bare = func.sum(case((and_(*listing.lacking("amount")), 1), else_=0))
    # Grouped by the bare column, SQLite would walk the index of that order and fetch every row (measured: five times as dear).
    path = Lead.following_unit_path.concat("")
    query = select(path, Lead.stage, func.count(), func.sum(_VERIFIED), bare)
    rows = db.session.execute(query.where(*where).group_by(path, Lead.stage))
    return {(path, Stage(stage)): _Cell(int(leads), int(cny or 0), int(none or 0)) for path, stage, leads, cny, none in rows}


def _plain(query: Any) -> dict[Stage, int]:
    return {Stage(stage): int(number) for stage, number in db.session.execute(query)}


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


def _events(where: list[Any], ask: Ask) -> dict[int, Yield]:
    """By event held in the days asked for, of those to which a lead of these is put now; from the side of the links, of which
    there are few.
    """
    signed = and_(EventLink.role == LinkRole.SIGNED, Lead.admitted_at.is_not(None), listing.reached(Stage.SIGNED))
    which = (EventLink.role == LinkRole.SOURCE, signed, and_(signed, listing.reached(Stage.UNDER_CONSTRUCTION)))
    sums = (func.sum(case((one, 1), else_=0)) for one in which)
    query = select(EventLink.event_id, *sums).join(Lead, Lead.id == EventLink.lead_id).where(EventLink.ended_at.is_(None), *where)
    if ask.since is not None and ask.until is not None:
        held = select(Event.id).where(Event.last_on >= ask.since, Event.first_on <= ask.until)
        query = query.where(EventLink.event_id.in_(held))
    rows = db.session.execute(query.group_by(EventLink.event_id))
    return {int(event): Yield(*(int(number) for number in numbers)) for event, *numbers in rows}


def _lacking(where: list[Any]) -> dict[str, int]:
    """In negotiation or beyond without a country or a primary cluster; in negotiation, active, without a next step;
    signed or beyond, without a milestone that the gates up to there ask for.
    """
    tag = aliased(LeadCluster)
    tagged = select(tag.id).where(tag.lead_id == Lead.id, tag.rank == 0).exists()
    beyond = listing.reached(Stage.NEGOTIATING)
    asked = {
        "cluster": [beyond, ~tagged], "country": [beyond, *listing.lacking("country")],
        "next": [Lead.stage == Stage.NEGOTIATING, *listing.lacking("next")],
        "proof": [listing.reached(Stage.SIGNED), *listing.lacking("proof")],
    }  # fmt: skip
    counted_leads = select(func.count()).select_from(Lead).where(*where)
    query = select(*(counted_leads.where(*which).scalar_subquery().label(fact) for fact, which in asked.items()))
    return {fact: int(number) for fact, number in db.session.execute(query).one()._mapping.items()}


def counting(where: list[Any]) -> Any:
    """SQL: the milestones that count of some leads, with whether no file shows them."""
    bare = ~select(MilestoneFile.id).where(MilestoneFile.milestone_id == Milestone.id).exists()
    counts = (Milestone.state.in_(sorted(LIVE)), Milestone.kind.in_(sorted(pipeline.gates().counted)))
    return select(Milestone.id, bare.label("bare")).join(Lead, Lead.id == Milestone.lead_id).where(*counts, *where)


def _milestones(where: list[Any]) -> tuple[int, int]:
    all_ = counting(where).subquery()
    number, bare = db.session.execute(select(func.count(), func.sum(case((all_.c.bare, 1), else_=0)))).one()
    return int(number), int(bare or 0)
