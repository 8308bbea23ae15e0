"""A year before: where the leads registered by then were at that time, all of them and those of the days asked for."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import and_, case, false, func, select

from crm.core import clock
from crm.core.db import db
from crm.core.yearly import year_before
from crm.dashboard.queries.scope import counted, in_cohort
from crm.dashboard.rules import Ask, Reader
from crm.leads.models import Lead
from crm.leads.queries import listing
from crm.leads.rules.lead import Stage
from crm.pipeline.models import StageChange, StatusChange


@dataclass(frozen=True, slots=True)
class YearAgo:
    """Leads by the stage in which each was a year ago today: `stock` of all registered by then and not paused or ended by then,
    `cohort` of those registered in the same days of the year before (None: all days are asked for), `talks` in negotiation then
    by the path of the unit that follows now.
    """

    stock: dict[Stage, int]
    cohort: dict[Stage, int] | None
    talks: dict[str, int]


def a_year_ago(ask: Ask, reader: Reader) -> YearAgo:
    """How things stood then, of the leads that are counted now. One statement."""
    then, day = ask.last_year, year_before(clock.today())
    where = [*counted(ask, reader), Lead.registered_at < clock.start_of(day, days=1)]
    of_days = and_(True, *in_cohort(then)) if then else false()
    stock: dict[Stage, int] = defaultdict(int)
    cohort: dict[Stage, int] = defaultdict(int)
    talks: dict[str, int] = defaultdict(int)
    for path, stage, inside, stood, number in db.session.execute(_stages_on(day, where, case((of_days, 1), else_=0))):
        if inside:
            cohort[Stage(stage)] += int(number)
        if not stood:
            continue
        stock[Stage(stage)] += int(number)
        if stage == Stage.NEGOTIATING:
            talks[path] += int(number)
    return YearAgo(dict(stock), dict(cohort) if then else None, dict(talks))


def _stages_on(day: date, where: list[Any], inside: Any) -> Any:
    """In which stages leads were at the end of a day: what the first move after it left, else where they are now."""
    left: Any = (
        select(StageChange.from_stage).where(StageChange.lead_id == Lead.id, StageChange.on_date > day)
        .order_by(StageChange.on_date, StageChange.id).limit(1).correlate(Lead).scalar_subquery()
    )  # fmt: skip
    stopped = (
        select(StatusChange.id).where(StatusChange.lead_id == Lead.id, StatusChange.at < clock.start_of(day, days=1)).exists()
    )
    stood = case((and_(~listing.is_pursued(), stopped), 0), else_=1).label("stood")
    path = Lead.following_unit_path.concat("").label("path")
    stage = func.coalesce(left, Lead.stage).label("stage")
    inner = select(path, stage, inside.label("inside"), stood).where(*where).subquery()
    return select(*inner.c, func.count()).group_by(*inner.c)
