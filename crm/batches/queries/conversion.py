"""签约转在建(实施): of what was signed in a period how much began, added up for the city, kept for a short while."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import and_, func, select

from crm.batches.queries.sums import keep, kept_for, sealed_ids
from crm.batches.rules.rolling import Conversion, Window, window_of
from crm.core import clock
from crm.core.db import db
from crm.events.models import EventLink
from crm.events.rules import LinkRole
from crm.leads.models import Lead, LeadCluster
from crm.leads.rules.lead import SIGNED_STAGES, Stage
from crm.pipeline.models import StageChange
from crm.policy import rules as policy
from crm.policy.rules import Actor

K = TypeVar("K")
_STARTED = (Stage.UNDER_CONSTRUCTION, Stage.OPERATING)


@dataclass(frozen=True, slots=True)
class Conversions:
    """By following unit, primary cluster (0: none) and the event at which it was signed (0: none); the same by unit, by cluster
    and by event alone.
    """

    cells: dict[tuple[int, int, int], Conversion]
    by_unit: dict[int, Conversion]
    by_cluster: dict[int, Conversion]
    by_event: dict[int, Conversion]

    def of_units(self, cluster_id: int | None) -> dict[int, Conversion]:
        """By unit, of one cluster when it is named."""
        if cluster_id is None:
            return self.by_unit
        found: dict[int, Conversion] = {}
        for (unit, cluster, _event), one in self.cells.items():
            if cluster == cluster_id:
                found[unit] = found.get(unit, Conversion()) + one
        return found

    def of_clusters(self, unit_ids: Collection[int] | None) -> dict[int, Conversion]:
        """By cluster, of some units when they are named."""
        if unit_ids is None:
            return self.by_cluster
        found: dict[int, Conversion] = {}
        for (unit, cluster, _event), one in self.cells.items():
            if unit in unit_ids:
                found[cluster] = found.get(cluster, Conversion()) + one
        return found

    def of_events(self, unit_ids: Collection[int] | None, cluster_id: int | None) -> dict[int, Conversion]:
        """By event, of some units and of one cluster when they are named."""
        if unit_ids is None and cluster_id is None:
            return self.by_event
        found: dict[int, Conversion] = {}
        for (unit, cluster, event), one in self.cells.items():
            if (unit_ids is None or unit in unit_ids) and cluster_id in (None, cluster):
                found[event] = found.get(event, Conversion()) + one
        return found


_kept: dict[Any, "_Both"] = {}


@dataclass(frozen=True, slots=True)
class _Both:
    open: Conversions
    all: Conversions
    counted_at: datetime


def conversions_for(actor: Actor, window: Window, *, keep_seconds: int) -> Conversions:
    """Of the projects signed in the window (that are signed still, and admitted) how many began in it. Signed projects are known
    to all; those that go by a code name count for who is told the city's numbers with them.
    """
    sealed, now = sealed_ids(), clock.now()
    where = (str(db.engine.url), window, clock.today(), *sealed)
    found = kept_for(_kept, where, keep_seconds, now)
    if found is None:
        first, last = window_of(window, clock.today())
        open_, all_ = _counted(first, last, frozenset(sealed))
        found = keep(_kept, where, _Both(open_, all_, now))
    chosen: Conversions = found.all if policy.may(actor, "board", "read_sealed") else found.open
    return chosen


def _counted(first: Any, last: Any, sealed: frozenset[int]) -> tuple[Conversions, Conversions]:
    signed = (
        select(StageChange.lead_id, func.max(StageChange.on_date).label("on"))
        .where(
            StageChange.to_stage == Stage.SIGNED, StageChange.from_stage.in_([Stage.LEAD, Stage.NEGOTIATING]),
            StageChange.on_date >= first, StageChange.on_date <= last,
        )
        .group_by(StageChange.lead_id).subquery()
    )  # fmt: skip
    begun = (
        select(func.min(StageChange.on_date))
        .where(
            StageChange.lead_id == signed.c.lead_id, StageChange.to_stage.in_(_STARTED), StageChange.on_date >= signed.c.on,
            StageChange.on_date <= last,
        )
        .scalar_subquery()
    )  # fmt: skip
    query = (
        select(
            Lead.id, Lead.following_unit_id, func.coalesce(LeadCluster.cluster_id, 0), func.coalesce(EventLink.event_id, 0),
            signed.c.on, begun,
        )
        .select_from(signed).join(Lead, Lead.id == signed.c.lead_id)
        .outerjoin(LeadCluster, and_(LeadCluster.lead_id == Lead.id, LeadCluster.rank == 0))
        .outerjoin(
            EventLink, and_(EventLink.lead_id == Lead.id, EventLink.role == LinkRole.SIGNED, EventLink.ended_at.is_(None))
        )
        .where(Lead.merged_into_id.is_(None), Lead.admitted_at.is_not(None), Lead.stage.in_(sorted(SIGNED_STAGES)))
    )  # fmt: skip
    both: tuple[_Gathered, _Gathered] = (_Gathered(), _Gathered())
    for lead_id, unit_id, cluster_id, event_id, on, start in db.session.execute(query):
        for gathered in both if lead_id not in sealed else both[1:]:
            gathered.add((unit_id, cluster_id, event_id), None if start is None else (start - on).days)
    return both[0].made(), both[1].made()


class _Gathered:
    """Signings as they are read."""

    def __init__(self) -> None:
        self.cells: dict[tuple[int, int, int], list[int | None]] = defaultdict(list)

    def add(self, place: tuple[int, int, int], days: int | None) -> None:
        """One signing of a unit, cluster and event, and how long it took to begin."""
        self.cells[place].append(days)

    def made(self) -> Conversions:
        """All of them, added up."""
        units: dict[int, list[int | None]] = defaultdict(list)
        tags: dict[int, list[int | None]] = defaultdict(list)
        events: dict[int, list[int | None]] = defaultdict(list)
        for (unit_id, cluster_id, event_id), days in self.cells.items():
            units[unit_id] += days
            tags[cluster_id] += days
            events[event_id] += days
        return Conversions(_each(self.cells), _each(units), _each(tags), _each(events))


def _each(found: Mapping[K, list[int | None]]) -> dict[K, Conversion]:
    # Days in order: whoever takes a median of these, or of several together, finds the sorting done but for a merge.
    return {key: Conversion(len(days), tuple(sorted(n for n in days if n is not None))) for key, days in found.items()}
