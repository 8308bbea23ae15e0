"""签约转在建(实施): of what was signed in a period how much began, added up for the city, kept for a short while."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, func, select

from crm.batches.queries.sums import keep, kept_for, sealed_ids
from crm.batches.rules.rolling import Conversion, Window, window_of
from crm.core import clock
from crm.core.db import db
from crm.leads.models import Lead, LeadCluster
from crm.leads.rules.lead import SIGNED_STAGES, Stage
from crm.pipeline.models import StageChange
from crm.policy import rules as policy
from crm.policy.rules import Actor

_STARTED = (Stage.UNDER_CONSTRUCTION, Stage.OPERATING)


@dataclass(frozen=True, slots=True)
class Conversions:
    """By following unit and primary cluster (0: none), and when it was counted."""

    cells: dict[tuple[int, int], Conversion]
    counted_at: datetime


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
        found = keep(_kept, where, _Both(Conversions(open_, now), Conversions(all_, now), now))
    chosen: Conversions = found.all if policy.may(actor, "board", "read_sealed") else found.open
    return chosen


def _counted(first: Any, last: Any, sealed: frozenset[int]) -> tuple[Any, Any]:
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
        select(Lead.id, Lead.following_unit_id, func.coalesce(LeadCluster.cluster_id, 0), signed.c.on, begun)
        .select_from(signed).join(Lead, Lead.id == signed.c.lead_id)
        .outerjoin(LeadCluster, and_(LeadCluster.lead_id == Lead.id, LeadCluster.rank == 0))
        .where(Lead.merged_into_id.is_(None), Lead.admitted_at.is_not(None), Lead.stage.in_(sorted(SIGNED_STAGES)))
    )  # fmt: skip
    found: tuple[Any, Any] = (defaultdict(lambda: [0, []]), defaultdict(lambda: [0, []]))
    for lead_id, unit_id, cluster_id, on, start in db.session.execute(query):
        for cells in found if lead_id not in sealed else found[1:]:
            cell = cells[unit_id, cluster_id]
            cell[0] += 1
            if start is not None:
                cell[1].append((start - on).days)
    made = [{key: Conversion(n, tuple(days)) for key, (n, days) in cells.items()} for cells in found]
    return made[0], made[1]
