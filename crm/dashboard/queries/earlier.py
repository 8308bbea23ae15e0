"""The same question a year before: where the leads registered then were at that time."""

from collections import defaultdict
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, func, select

from crm.core.db import db
from crm.dashboard.queries.scope import counted, in_cohort
from crm.dashboard.rules import Ask, Reader
from crm.leads.models import Lead
from crm.leads.rules.lead import Stage
from crm.pipeline.models import StageChange


def stages_a_year_ago(ask: Ask, reader: Reader) -> dict[Stage, int] | None:
    """Leads registered in the same days of the year before, by the stage each was in a year ago; None where all days are asked
    for.
    """
    then = ask.last_year
    if then is None or then.until is None:
        return None
    return _stages_on(then.until, [*counted(then, reader), *in_cohort(then)])


def _stages_on(day: date, where: list[ColumnElement[bool]]) -> dict[Stage, int]:
    """In which stages leads were at the end of a day: what the first move after it left, else where they are now."""
    left: Any = (
        select(StageChange.from_stage).where(StageChange.lead_id == Lead.id, StageChange.on_date > day)
        .order_by(StageChange.on_date, StageChange.id).limit(1).correlate(Lead).scalar_subquery()
    )  # fmt: skip
    inner = select(func.coalesce(left, Lead.stage).label("stage")).where(*where).subquery()
    found: dict[Stage, int] = defaultdict(int)
    for stage, number in db.session.execute(select(inner.c.stage, func.count()).group_by(inner.c.stage)):
        found[Stage(stage)] += int(number)
    return dict(found)
