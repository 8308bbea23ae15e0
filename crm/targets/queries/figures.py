"""Figures that people entered: those that stand of each, all of one."""

from collections.abc import Iterable
from datetime import date

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import aliased

from crm.core.db import db
from crm.targets.models import TargetFigure


def standing_of(keys: Iterable[str]) -> dict[str, dict[date, TargetFigure]]:
    """The figures of each indicator and place by month, the newest month last; none that another stands in the place of."""
    wanted = list(keys)
    if not wanted:
        return {}
    query = select(TargetFigure).where(TargetFigure.key.in_(wanted), _stands())
    found: dict[str, dict[date, TargetFigure]] = {}
    for row in db.session.scalars(query.order_by(TargetFigure.month, TargetFigure.id)):
        found.setdefault(row.key, {})[row.month] = row
    return found


def figures_of(key: str) -> list[tuple[TargetFigure, bool]]:
    """All figures of one indicator and place, newest month first, and whether each stands."""
    rows = list(db.session.scalars(select(TargetFigure).where(TargetFigure.key == key)))
    corrected = {row.corrects_id for row in rows}
    rows.sort(key=lambda row: (row.month, row.id), reverse=True)
    return [(row, row.id not in corrected) for row in rows]


def _stands() -> ColumnElement[bool]:
    later = aliased(TargetFigure)
    return ~exists().where(later.corrects_id == TargetFigure.id)
