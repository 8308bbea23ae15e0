"""The city's numbers, added up by the database and kept for a short while."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, select

from crm.accounts import queries as accounts
from crm.accounts.models import User
from crm.board.rules import Cell, Period, Span, roughly, span_of
from crm.core import clock
from crm.core.db import db
from crm.core.kept import Kept
from crm.desk import queries as desk
from crm.disputes import queries as disputes
from crm.leads.models import Lead, LeadCluster
from crm.leads.queries import access, claims, listing, queue
from crm.leads.queries.rows import Row
from crm.leads.rules.lead import Stage
from crm.leads.rules.listing import Count, Question, Scope, Totals
from crm.leads.rules.telling import Told
from crm.merging.queries import consents
from crm.policy import rules as policy
from crm.policy.rules import Actor
from crm.review.queries import queue as review
from crm.transfers import queries as transfers
from crm.units.models import Unit


@dataclass(frozen=True, slots=True)
class Sums:
    """The cells of every following unit and of every primary cluster (0: none)."""

    units: dict[int, Cell]
    clusters: dict[int, Cell]


@dataclass(frozen=True, slots=True)
class City:
    """All that is open, apart from it what goes by a code name, and when it was counted."""

    open: Sums
    sealed: Sums
    counted_at: datetime


@dataclass(frozen=True, slots=True)
class Place:
    """A reporting area with its tile's (column, row) on the sketch (None: it has none yet)."""

    unit_id: int
    public_id: str
    spot: tuple[int, int] | None
    told: Told[Cell]
    mine: bool


@dataclass(frozen=True, slots=True)
class Board:
    """What one reader is shown. `direct`: what no area follows; `clusters` by the cluster's id, 0 for leads without a tag;
    `disputes`: how many are live and how many of them late, for those who read the city's numbers exactly.
    """

    places: list[Place]
    direct: Cell | None
    clusters: dict[int, Told[Cell]]
    together: Cell
    exact: bool
    span: Span
    counted_at: datetime
    cards: transfers.Cards
    disputes: tuple[int, int] | None


_kept: Kept[City] = Kept()
_RECENT = 12  # leads that moved last on a unit's page


def board_for(actor: Actor, period: Period, *, idle_days: int, keep_seconds: int) -> Board:
    """The board as `actor` may see it, by numbers that are at most `keep_seconds` old (the page says when they were counted).
    What somebody may see is cut out of them anew each time, and a code name that is given or ends counts at once.
    """
    city, sums = _seen(actor, period, idle_days, keep_seconds)
    exact = policy.may(actor, "board", "read_exact")
    rows = db.session.execute(_UNITS).all()
    areas = [row for row in rows if row.is_area]
    cells: dict[int | None, Cell] = defaultdict(Cell)
    own = Cell()
    for row in rows:
        cell = sums.units.get(row.id, Cell())
        cells[next((area.id for area in areas if row.path.startswith(area.path)), None)] += cell
        if row.path.startswith(actor.unit_path):
            own += cell
    whole = sum(sums.units.values(), Cell())
    return Board(
        places=[_place(row, cells[row.id], actor, exact) for row in areas if row.retired_on is None or cells[row.id] != Cell()],
        direct=cells[None] if exact else None,
        clusters={key: Told(cell if exact else replace(cell, total_cny=0), exact) for key, cell in sums.clusters.items()},
        together=whole if exact else replace(whole, total_cny=own.total_cny, idle=own.idle, due=own.due),
        exact=exact, span=span_of(period, clock.today()), counted_at=city.counted_at, cards=transfers.count_cards(),
        disputes=disputes.count_live(clock.today()) if exact else None,
    )  # fmt: skip


def _seen(actor: Actor, period: Period, idle_days: int, keep_seconds: int) -> tuple[City, Sums]:
    """The city, and the sums of it that this person's numbers are made of."""
    city = _city(period, idle_days, keep_seconds, clock.now())
    return city, _united(city.open, city.sealed) if policy.may(actor, "board", "read_sealed") else city.open


@dataclass(frozen=True, slots=True)
class UnitPage:
    """One unit with all below it: its numbers as the reader is told them, what it has in each stage that the reader may read, the
    leads that moved last, the units below and the people.
    """

    told: Told[Cell]
    span: Span
    counted_at: datetime
    stages: dict[Stage, Totals]
    recent: list[Row]
    below: list[Unit]
    people: list[User]


def unit_page(unit: Unit, actor: Actor, period: Period, *, idle_days: int, keep_seconds: int) -> UnitPage:
    """A unit's page, cut for `actor` like the board and the lists."""
    city, sums = _seen(actor, period, idle_days, keep_seconds)
    ids = {row.id for row in db.session.execute(_UNITS) if row.path.startswith(unit.path)}
    cell = sum((sums.units.get(unit_id, Cell()) for unit_id in ids), Cell())
    exact = policy.may(actor, "board", "read_exact") or unit.path.startswith(actor.unit_path)
    question = Question(stage=None, scope=Scope.CITY, unit_id=unit.id, size=_RECENT)
    below = select(Unit).where(Unit.parent_id == unit.id, Unit.retired_on.is_(None)).order_by(Unit.id)
    return UnitPage(
        told=Told(cell, True) if exact else roughly(cell), span=span_of(period, clock.today()), counted_at=city.counted_at,
        stages=listing.numbers_of(question, actor), recent=listing.page_of(question, actor),
        below=list(db.session.scalars(below)), people=accounts.of_unit(unit.path),
    )  # fmt: skip


def _place(row: Any, cell: Cell, actor: Actor, exact: bool) -> Place:
    mine = row.path.startswith(actor.unit_path)
    spot = None if row.tile_column is None or row.tile_row is None else (row.tile_column, row.tile_row)
    return Place(row.id, row.public_id, spot, Told(cell, True) if exact or mine else roughly(cell), mine)


_UNITS = select(
    Unit.id, Unit.public_id, Unit.path, Unit.is_area, Unit.tile_column, Unit.tile_row, Unit.retired_on
).order_by(Unit.id)  # fmt: skip


def _united(a: Sums, b: Sums) -> Sums:
    def both(one: dict[int, Cell], other: dict[int, Cell]) -> dict[int, Cell]:
        if not other:
            return one
        return {key: one.get(key, Cell()) + other.get(key, Cell()) for key in one.keys() | other.keys()}

    return Sums(both(a.units, b.units), both(a.clusters, b.clusters))


def _city(period: Period, idle_days: int, keep_seconds: int, now: datetime) -> City:
    sealed = access.sealed_ids()
    where = (str(db.engine.url), period, idle_days, clock.today(), *sealed)

    def count() -> City:
        asked = (span_of(period, clock.today()), idle_days, now)
        hidden = _sums(Lead.id.in_(sealed), *asked) if sealed else Sums({}, {})
        return City(_sums(Lead.id.not_in(sealed), *asked), hidden, now)

    return _kept.get(where, count, seconds=keep_seconds, now=now)[1]


def _sums(which: ColumnElement[bool], span: Span, idle_days: int, now: datetime) -> Sums:
    live = (Lead.merged_into_id.is_(None), which)
    units = _cells(select(Lead.following_unit_id, *_columns(span, idle_days)).where(*live).group_by(Lead.following_unit_id))
    due = select(Lead.following_unit_id, func.count()).where(*claims.running_leads(), claims.marked("due", now), which)
    for unit_id, number in db.session.execute(due.group_by(Lead.following_unit_id)):
        units[unit_id] = replace(units.get(unit_id, Cell()), due=number)
    primary = and_(LeadCluster.lead_id == Lead.id, LeadCluster.rank == 0)
    key = func.coalesce(LeadCluster.cluster_id, 0)
    tagged = select(key, func.count(), func.sum(_TOTAL)).select_from(Lead).outerjoin(LeadCluster, primary)
    by_cluster = tagged.where(*live, _IN_TALKS).group_by(key)
    rows = db.session.execute(by_cluster)
    return Sums(units, {cluster: Cell(stock=count, total_cny=int(total or 0)) for cluster, count, total in rows})


_IN_TALKS = and_(Lead.stage == Stage.NEGOTIATING, listing.is_pursued())
_COUNTS = and_(_IN_TALKS, Lead.admitted_at.is_not(None), Lead.total_verified)
_TOTAL = case((_COUNTS, Lead.total_cny), else_=0)


def _columns(span: Span, idle_days: int) -> Iterable[ColumnElement[Any]]:
    def counted(condition: ColumnElement[bool]) -> ColumnElement[Any]:
        return func.sum(case((condition, 1), else_=0))

    def admitted(first: Any, last: Any) -> ColumnElement[bool]:
        since, until = clock.start_of(first), clock.start_of(last, days=1)
        return and_(Lead.admitted_at >= since, Lead.admitted_at < until, Lead.city_move_on.is_(None))

    return (
        counted(_IN_TALKS), func.sum(_TOTAL), counted(admitted(span.first, span.last)),
        counted(admitted(span.before_first, span.before_last)),
        counted(and_(Lead.stage == Stage.NEGOTIATING, listing.idle_since(idle_days, clock.today()))),
    )  # fmt: skip


def _cells(query: Any) -> dict[int, Cell]:
    return {key: Cell(*(int(value or 0) for value in values)) for key, *values in db.session.execute(query)}


@dataclass(frozen=True, slots=True)
class Waiting:
    """A kind of thing that waits for this person, and how many there are."""

    kind: str
    count: Count


def waiting_for(actor: Actor) -> list[Waiting]:
    """What this person is to decide, kind by kind; nothing that they may not decide, and no kind of which nothing waits."""
    now = clock.now()
    found = []

    def waits(kind: str, number: int) -> None:
        found.append(Waiting(kind, Count(number, False)))

    if policy.possible(actor.role, "lead", "queue"):
        found.append(Waiting("assess", queue.count_waiting(actor)))
    if policy.may(actor, "coordination", "settle"):
        whole = Question(stage=None, scope=Scope.CITY, to_coordinate=True)
        found.append(Waiting("coordinate", listing.count_of(whole, actor)))
    if policy.possible(actor.role, "claim", "queue"):
        waits("release", claims.to_release(actor, now=now, size=1)[1])
    if policy.possible(actor.role, "share", "answer"):
        asked = desk.requests_for(actor)
        waits("share", sum(one.mine for kind in ("waiting", "seals") for one in asked[kind]))
    moving = transfers.waiting_for(actor)
    waits("transfer", moving.transfers)
    waits("card", moving.cards)
    asked_of = desk.coordination_waiting(actor)
    waits("dispute", asked_of["waiting_disputes"])
    waits("matter", asked_of["waiting_matters"])
    waits("instruction", asked_of["waiting_instructions"])
    if policy.possible(actor.role, "merge_request", "answer") or policy.possible(actor.role, "merge_request", "decide"):
        waits("merge", consents.count_waiting(actor))
    if policy.possible(actor.role, "review", "decide"):
        waits("review", review.count_open(actor, now=now))
    return [one for one in found if one.count.number]
