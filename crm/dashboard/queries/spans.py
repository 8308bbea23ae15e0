"""How long things took: days from stage to stage, hours to the first answer and to the assessment."""

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Date, Integer, cast, func, select
from sqlalchemy.orm import aliased

from crm.core import clock
from crm.core.db import db, is_sqlite
from crm.leads.models import Assessment, Lead
from crm.leads.rules.lead import STAGES, Stage
from crm.pipeline.models import StageChange
from crm.visits.models import Interaction


@dataclass(slots=True)
class Response:
    """Of one following unit's leads: how many, how often the first answer and the assessment took so many hours, how many are
    not admitted.
    """

    leads: int = 0
    first: dict[int, int] = field(default_factory=dict)
    assessed: dict[int, int] = field(default_factory=dict)
    waiting: int = 0

    def __add__(self, other: "Response") -> "Response":
        def both(one: dict[int, int], two: dict[int, int]) -> dict[int, int]:
            return {key: one.get(key, 0) + two.get(key, 0) for key in one.keys() | two.keys()}

        return Response(
            self.leads + other.leads, both(self.first, other.first), both(self.assessed, other.assessed),
            self.waiting + other.waiting,
        )  # fmt: skip


def _days(later: Any, earlier: Any) -> ColumnElement[int]:
    """SQL: days between two dates."""
    if is_sqlite():
        return cast(func.julianday(later) - func.julianday(earlier), Integer)
    return cast(later - earlier, Integer)


def _hours(later: Any, earlier: Any) -> ColumnElement[int]:
    """SQL: whole hours between two moments."""
    if is_sqlite():
        return cast((func.julianday(later) - func.julianday(earlier)) * 24 + 0.0001, Integer)
    return cast(func.floor(func.extract("epoch", later - earlier) / 3600), Integer)


def _city_date(moment: Any) -> ColumnElement[Any]:
    """SQL: the city's day of a moment."""
    if is_sqlite():
        hours = int(clock.now().astimezone(clock.CITY_ZONE).utcoffset().total_seconds() // 3600)  # type: ignore[union-attr]
        return func.date(moment, f"+{hours} hours")
    return cast(func.timezone(clock.CITY_ZONE.key, moment), Date)


def days_between(where: list[ColumnElement[bool]]) -> dict[Stage, dict[int, int]]:
    """How often a move into the next stage took so many days, since the lead came into the stage before or was registered."""
    before = aliased(StageChange)
    came = select(func.max(before.on_date)).where(
        before.lead_id == StageChange.lead_id, before.id < StageChange.id, before.to_stage == StageChange.from_stage
    ).scalar_subquery()  # fmt: skip
    took = _days(StageChange.on_date, func.coalesce(came, _city_date(Lead.registered_at)))
    query = select(StageChange.from_stage, StageChange.to_stage, took, func.count()).join(Lead, Lead.id == StageChange.lead_id)
    found: dict[Stage, dict[int, int]] = defaultdict(dict)
    grouped = query.where(*where).group_by(StageChange.from_stage, StageChange.to_stage, took)
    for old, new, days, number in db.session.execute(grouped):
        if STAGES.index(Stage(new)) == STAGES.index(Stage(old)) + 1:
            kept = found[Stage(new)]
            kept[max(int(days), 0)] = kept.get(max(int(days), 0), 0) + int(number)
    return dict(found)


def responses(where: list[ColumnElement[bool]], before: ColumnElement[bool]) -> tuple[dict[str, Response], dict[str, Response]]:
    """By following unit's path, of the leads asked for and of those among them that are of the year `before`: the first answer is
    the first progress written or the assessment, whichever came first. One statement for both.
    """
    now: dict[str, Response] = defaultdict(Response)
    then: dict[str, Response] = defaultdict(Response)
    assessed = select(func.min(Assessment.assessed_at)).where(Assessment.lead_id == Lead.id).scalar_subquery()
    written = select(func.min(Interaction.entered_at)).where(
        Interaction.lead_id == Lead.id, Interaction.entered_at >= Lead.registered_at
    ).scalar_subquery()  # fmt: skip
    hours = select(
        before.label("before"), Lead.following_unit_path.label("path"), _hours(assessed, Lead.registered_at).label("assessed"),
        _hours(written, Lead.registered_at).label("written"), Lead.admitted_at.is_(None).label("waits"),
    ).where(*where).subquery()  # fmt: skip
    query: Any = select(*hours.c, func.count()).group_by(*hours.c)
    for earlier, path, of_assessment, of_progress, waits, number in db.session.execute(query):
        row = (then if earlier else now)[path]
        row.leads += number
        answers = [max(int(one), 0) for one in (of_assessment, of_progress) if one is not None]
        if answers:
            row.first[min(answers)] = row.first.get(min(answers), 0) + number
        row.waiting += number if waits else 0
        if of_assessment is not None:
            row.assessed[max(int(of_assessment), 0)] = row.assessed.get(max(int(of_assessment), 0), 0) + number
    return dict(now), dict(then)
