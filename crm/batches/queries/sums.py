"""The numbers of the rolling list: added up by the database for the whole city, kept for a while, cut for each reader anew."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, not_, or_, select, union_all

from crm.batches.rules.rolling import BATCHES, Batch, Cell, roughly
from crm.core import clock
from crm.core.db import db, one_of
from crm.leads.models import Lead, LeadCluster
from crm.leads.queries import listing
from crm.leads.queries.access import LeadFacts, led_by
from crm.leads.rules.lead import SIGNED_STAGES
from crm.leads.rules.telling import Told
from crm.policy import rules as policy
from crm.policy.rules import Actor
from crm.sharing import queries as sharing
from crm.sharing.rules import read_seal, read_shares
from crm.units.models import Unit

Key = tuple[Batch, int, int]  # batch, following unit, primary cluster (0: none)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a page is about: a unit with all below it, a primary cluster (0: those without), or everything."""

    unit_path: str | None = None
    cluster_id: int | None = None


@dataclass(frozen=True, slots=True)
class Numbers:
    """What one reader is told: each batch, and each batch by area (by its id; None: what no area follows) and by cluster. Sums of
    clusters are whole only for who reads the city's numbers exactly. `area_of`: the area above each unit.
    """

    batches: dict[Batch, Cell]
    areas: dict[int | None, dict[Batch, Told[Cell]]]
    clusters: dict[int, dict[Batch, Cell]]
    counted_at: datetime
    area_of: dict[int, int | None]


@dataclass(frozen=True, slots=True)
class _City:
    """All cells, and the same by unit and by cluster alone: most pages ask for those."""

    cells: dict[Key, Cell]
    by_unit: dict[tuple[Batch, int], Cell]
    by_cluster: dict[tuple[Batch, int], Cell]
    counted_at: datetime


_kept: dict[Any, _City] = {}
_MOST_KEPT = 16
_PRIMARY = and_(LeadCluster.lead_id == Lead.id, LeadCluster.rank == 0)
_CLUSTER = func.coalesce(LeadCluster.cluster_id, 0)
UNITS = select(Unit.id, Unit.path, Unit.is_area, Unit.retired_on).order_by(Unit.id)


def forget() -> None:
    """Count anew at the next question (for tests and measurements)."""
    _kept.clear()


def on_list() -> list[ColumnElement[bool]]:
    """SQL: leads that stand on the rolling list."""
    return [Lead.merged_into_id.is_(None), Lead.stage.in_(sorted(BATCHES)), *listing.on_rolling_list()]


def sealed_ids() -> list[int]:
    """The leads that go by a code name today."""
    return sorted(db.session.scalars(sharing.SEALED_IDS, {"today": clock.today()}))


def kept_for(kept: dict[Any, Any], where: tuple[Any, ...], seconds: int, now: datetime) -> Any:
    """What is kept under a key when it is not older than so many seconds, else None."""
    found = kept.get(where)
    return found if found is not None and timedelta(0) <= now - found.counted_at < timedelta(seconds=seconds) else None


def keep(kept: dict[Any, Any], where: tuple[Any, ...], found: Any) -> Any:
    """Keep it, and let go of the oldest when there are many."""
    while len(kept) >= _MOST_KEPT:
        kept.pop(next(iter(kept)), None)
    kept[where] = found
    return found


def _city(sealed: list[int], idle_days: int, keep_seconds: int) -> _City:
    now = clock.now()
    where = (str(db.engine.url), idle_days, clock.today(), *sealed)
    found = kept_for(_kept, where, keep_seconds, now)
    return found if found is not None else keep(_kept, where, _summed(_counted(sealed, idle_days), now))


def _summed(cells: dict[Key, Cell], now: datetime) -> _City:
    by_unit: dict[tuple[Batch, int], Cell] = defaultdict(Cell)
    by_cluster: dict[tuple[Batch, int], Cell] = defaultdict(Cell)
    for (batch, unit_id, cluster_id), cell in cells.items():
        by_unit[batch, unit_id] += cell
        by_cluster[batch, cluster_id] += cell
    return _City(cells, dict(by_unit), dict(by_cluster), now)


def _counted(sealed: list[int], idle_days: int) -> dict[Key, Cell]:
    idle = listing.idle_since(idle_days, clock.today())
    query = (
        select(
            Lead.stage, Lead.following_unit_id, _CLUSTER, func.count(),
            func.sum(case((Lead.total_verified, Lead.total_cny), else_=0)),
            func.sum(case((Lead.total_verified.is_(False), Lead.total_cny), else_=0)), func.sum(Lead.contracted_usd),
            func.sum(case((idle, 1), else_=0)),
        )
        .select_from(Lead).outerjoin(LeadCluster, _PRIMARY).where(*on_list())
        .group_by(Lead.stage, Lead.following_unit_id, _CLUSTER)
    )  # fmt: skip
    if sealed:
        query = query.where(Lead.id.not_in(sealed))
    rows = db.session.execute(query)
    return {(Batch(stage), unit, cluster): Cell(*(int(n or 0) for n in numbers)) for stage, unit, cluster, *numbers in rows}


def numbers_for(actor: Actor, asked: Asked, *, idle_days: int, keep_seconds: int) -> Numbers:
    """The list's numbers as `actor` may read them: counts of what the list shows them, sums and lateness of what is in their own
    sight. What is kept is the whole city's; who may read what is decided each time, and a code name counts at once.
    """
    sealed = sealed_ids()
    city = _city(sealed, idle_days, keep_seconds)
    rows = db.session.execute(UNITS).all()
    path_of = {row.id: row.path for row in rows}
    own = {id_ for id_, path in path_of.items() if actor.city_wide or policy.in_one_line(actor.unit_path, path)}
    named = asked.unit_path is not None  # a filter by unit tells whose a project is: only where its name may be read
    if asked == Asked():
        units = {key: cell if key[1] in own else Cell(count=cell.count) for key, cell in city.by_unit.items()}
        tags = {key: cell if actor.city_wide else Cell(count=cell.count) for key, cell in city.by_cluster.items()}
    else:
        cells = {key: _told(cell, key, own, named) for key, cell in city.cells.items() if _is_asked(key, asked, path_of)}
        part = _summed(cells, city.counted_at)
        units, tags = part.by_unit, part.by_cluster
    for (batch, unit_id, cluster_id), cell in _extras(actor, asked, sealed, idle_days, named):
        units[batch, unit_id] = units.get((batch, unit_id), Cell()) + cell
        tags[batch, cluster_id] = tags.get((batch, cluster_id), Cell()) + cell
    return _sorted_out(units, tags, rows, actor, city.counted_at)


def _is_asked(key: Key, asked: Asked, path_of: dict[int, str]) -> bool:
    _batch, unit_id, cluster_id = key
    here = asked.cluster_id is None or cluster_id == asked.cluster_id
    return here and (asked.unit_path is None or path_of[unit_id].startswith(asked.unit_path))


def _told(cell: Cell, key: Key, own: set[int], named: bool) -> Cell:
    if key[1] in own:
        return cell
    return Cell() if named and key[0] is Batch.NEGOTIATING else Cell(count=cell.count)


def _extras(actor: Actor, asked: Asked, sealed: list[int], idle_days: int, named: bool) -> list[tuple[Key, Cell]]:
    """What the city's cells do not say for this reader: code names, and single leads of other units that they lead, share or,
    where names are asked for, registered.
    """
    # Each of these is a search of an index of its own; asked as one condition they would be a walk through all leads.
    which = [select(Lead.id).where(one_of(Lead.id, sealed))] if sealed else []
    if not actor.city_wide:
        above = sorted(policy.units_of(actor))
        line = or_(Lead.following_unit_path.startswith(actor.unit_path, autoescape=True), Lead.following_unit_id.in_(above))
        mine = [led_by(actor), sharing.shared_with(actor, Lead.id)]
        mine += [Lead.registered_by_id == actor.user_id] if named else []
        which += [select(Lead.id).where(one, not_(line)) for one in mine]
    if not which:
        return []
    query = (
        select(
            Lead.id, Lead.stage, Lead.following_unit_id, Lead.following_unit_path, Lead.owner_id, Lead.registered_by_id,
            Lead.share_text, Lead.seal_text, Lead.total_cny, Lead.total_verified, Lead.contracted_usd, _CLUSTER.label("cluster"),
            case((listing.idle_since(idle_days, clock.today()), 1), else_=0).label("idle"),
        )
        .select_from(Lead).outerjoin(LeadCluster, _PRIMARY).where(*on_list(), Lead.id.in_(union_all(*which)))
    )  # fmt: skip
    found, paths = [], {}
    for row in db.session.execute(query):
        key = (Batch(row.stage), row.following_unit_id, row.cluster)
        paths[row.following_unit_id] = row.following_unit_path
        if _is_asked(key, asked, paths):
            found.append((key, _extra(row, actor, row.id in sealed, named)))
    return found


def _extra(row: Any, actor: Actor, sealed: bool, named: bool) -> Cell:
    today, signed = clock.today(), row.stage in SIGNED_STAGES
    shares, code = read_shares(row.share_text, today), read_seal(row.seal_text, today)
    facts = LeadFacts(row.owner_id, row.registered_by_id, row.following_unit_path, signed, code is not None, shares)
    stands = policy.towards_lead(actor, facts)
    seen = policy.can(stands, "lead", "read_names" if named else "read_card")
    # Of what goes by no code name the city's cell has the count already, but where names were asked for of what is not signed.
    count = int(seen and (sealed or (named and not signed)))
    if not policy.can(stands, "lead", "read_amounts"):
        return Cell(count=count)
    total = row.total_cny or 0
    sure, unsure = (total, 0) if row.total_verified else (0, total)
    return Cell(count, sure, unsure, row.contracted_usd or 0, int(row.idle))


def _sorted_out(
    units: dict[tuple[Batch, int], Cell], tags: dict[tuple[Batch, int], Cell], rows: Any, actor: Actor, counted_at: datetime
) -> Numbers:  # fmt: skip
    exact = policy.may(actor, "board", "read_exact")
    area_of = areas_of(rows)
    mine = {area_of[row.id] for row in rows if row.path.startswith(actor.unit_path)}
    by_area: dict[int | None, dict[Batch, Cell]] = defaultdict(dict)
    by_cluster: dict[int, dict[Batch, Cell]] = defaultdict(dict)
    whole = dict.fromkeys(BATCHES, Cell())
    for (batch, unit_id), cell in units.items():
        cells = by_area[area_of[unit_id]]
        cells[batch] = cells.get(batch, Cell()) + cell
        whole[batch] += cell
    for (batch, cluster_id), cell in tags.items():
        by_cluster[cluster_id][batch] = cell
    told = {
        area: {batch: _as_told(cells.get(batch, Cell()), batch, exact or area in mine) for batch in BATCHES}
        for area, cells in by_area.items()
    }
    return Numbers(whole, told, dict(by_cluster), counted_at, area_of)


def areas_of(rows: Any) -> dict[int, int | None]:
    """Of each unit the area above it, or itself; None for those that no area holds."""
    areas = [row for row in rows if row.is_area]
    return {row.id: next((area.id for area in areas if row.path.startswith(area.path)), None) for row in rows}


def _as_told(cell: Cell, batch: Batch, exact: bool) -> Told[Cell]:
    if exact:
        return Told(cell, True)
    return roughly(cell) if batch is Batch.NEGOTIATING else Told(Cell(count=cell.count), False)
