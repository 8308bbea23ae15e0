"""Targets in force with what has come of each; one target with its versions and figures."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import Select, func, select

from crm.core.db import db
from crm.core.errors import NotFound
from crm.core.yearly import year_before
from crm.targets.models import Target, TargetFigure
from crm.targets.queries import fed
from crm.targets.queries.figures import figures_of, standing_of
from crm.targets.rules import Indicator, Period, Place, Progress, end_of, indicators, period_of, progress_of
from crm.units import queries as units
from crm.units.models import Unit


@dataclass(frozen=True, slots=True)
class Present:
    """What has come of a target so far, up to a month. `figure`: who entered it; None when the system knows it itself. `unknown`:
    cents of which the share is not known.
    """

    value: int
    month: date
    figure: TargetFigure | None = None
    unknown: int = 0

    @property
    def fed(self) -> bool:
        """Whether the system knows it itself."""
        return self.figure is None


@dataclass(frozen=True, slots=True)
class Row:
    """A target in force, what has come of it (None: nothing entered yet), how far that is, what had come in the same months of
    the year before (None: not known). `planned`: the plan set it first.
    """

    target: Target
    indicator: Indicator
    period: Period
    present: Present | None
    progress: Progress
    before: Present | None = None
    planned: bool = False

    @property
    def points(self) -> float:
        """By how many percentage points a share that is `present` lies above its target."""
        return (self.present.value - self.target.value) / 10_000 if self.present else 0.0


@dataclass(frozen=True, slots=True)
class Story:
    """One target: as it stands, its versions (newest first), the figures (newest first, with whether each stands)."""

    row: Row
    versions: Sequence[Target]
    figures: Sequence[tuple[TargetFigure, bool]]


def of_key(indicator: str, place: str, unit_id: int | None, cluster_id: int | None) -> str:
    """The word for an indicator of one place: what figures are kept under."""
    return f"{indicator}/{place}/{unit_id or cluster_id or 0}"


def target_key(indicator: str, period: str, place: str, unit_id: int | None, cluster_id: int | None) -> str:
    """The word for an indicator of one place and period, of which one target is in force."""
    return f"{of_key(indicator, place, unit_id, cluster_id)}/{period}"


def key_of(row: Target) -> str:
    """Under which word the figures of a target are kept."""
    return of_key(row.indicator, row.place, row.unit_id, row.cluster_id)


def in_force() -> list[Target]:
    """The targets in force, in the order of the plan, the city before districts before clusters, earlier periods first."""
    order = {code: place for place, code in enumerate(indicators())}
    places = [*Place]
    found = db.session.scalars(select(Target).where(Target.replaced_at.is_(None)))
    return sorted(
        found,
        key=lambda row: (
            order.get(row.indicator, 99), places.index(Place(row.place)), row.unit_id or 0, row.cluster_id or 0, row.period
        ),
    )  # fmt: skip


def rows(today: date) -> list[Row]:
    """Every target in force with what has come of it."""
    targets = in_force()
    typed = standing_of({key_of(row) for row in targets})
    planned = set(db.session.scalars(select(Target.key).where(Target.set_by_id.is_(None))))
    found = [_row(row, typed.get(key_of(row), {}), today) for row in targets if row.indicator in indicators()]
    return [replace(row, planned=row.target.key in planned) for row in found]


def _row(target: Target, typed: Mapping[date, TargetFigure], today: date) -> Row:
    indicator, period = indicators()[target.indicator], period_of(target.period)
    days = _days(target, period, today)
    present = _fed(target, *days) if days else None
    before = _fed_before(target, days[0], min(days[1], today), present.month) if days and present else None
    if present is None and typed:
        present = _entered(typed[max(typed)])
        then = typed.get(year_before(present.month))
        before = _entered(then) if then else None
    value, month = (present.value, present.month) if present else (None, None)
    return Row(target, indicator, period, present, progress_of(indicator, period, target.value, value, month, today), before)


def _entered(figure: TargetFigure) -> Present:
    return Present(figure.value, figure.month, figure)


def _by_table(target: Target) -> bool:
    """Whether the official table alone says what came of it."""
    return target.place == Place.CITY and target.indicator in (fed.UTILISED, fed.NOT_HONG_KONG)


def _days(target: Target, period: Period, today: date) -> tuple[date, date] | None:
    """The days that are counted: the period's once it has begun; of what the official table says else the newest year."""
    if today >= period.first:
        return period.first, period.last
    year = fed.newest_year(today) if _by_table(target) else None
    return None if year is None else (date(year, 1, 1), date(year, 12, 31))


def _fed(target: Target, first: date, last: date) -> Present | None:
    """What the board knows itself. Of the city what the official table says; of districts and clusters, and of what the board
    counts itself, what is confirmed and credited in these days.
    """
    if _by_table(target):
        found = (fed.utilised if target.indicator == fed.UTILISED else fed.utilised_share)(first, last)
    else:
        found = fed.credited(target.indicator, first, last, unit_id=target.unit_id, cluster_id=target.cluster_id)
    return Present(found.value, found.month, unknown=found.unknown) if found else None


def _fed_before(target: Target, first: date, last: date, month: date) -> Present | None:
    """The same of the year before: of the official table the months that this year's has, and only when none is missing; of all
    else the days until today's.
    """
    then = year_before(first)
    if target.indicator in (fed.UTILISED, fed.NOT_HONG_KONG):
        until = end_of(year_before(month))
        if not fed.whole(then, until):
            return None
        if _by_table(target):
            return _fed(target, then, until)
    else:
        until = year_before(last)
    unit_id, cluster_id = target.unit_id, target.cluster_id
    found = fed.credited_before(target.indicator, then, until, unit_id=unit_id, cluster_id=cluster_id)
    return Present(found.value, found.month) if found else None


def by_public_id(public_id: str) -> Target:
    """The target named in a URL; NotFound."""
    found = db.session.scalar(select(Target).where(Target.public_id == public_id))
    if found is None:
        raise NotFound
    return found


def figure(public_id: str) -> TargetFigure:
    """The figure named in a URL; NotFound."""
    found = db.session.scalar(select(TargetFigure).where(TargetFigure.public_id == public_id))
    if found is None:
        raise NotFound
    return found


def versions_of(key: str) -> list[Target]:
    """All versions of one target, newest first."""
    return list(db.session.scalars(select(Target).where(Target.key == key).order_by(Target.id.desc())))


def story(public_id: str, today: date) -> Story:
    """One target with its past; a version that was replaced shows the one in force. NotFound."""
    versions = versions_of(by_public_id(public_id).key)
    now = next((row for row in versions if row.replaced_at is None), versions[0])
    kept = key_of(now)
    return Story(_row(now, standing_of([kept]).get(kept, {}), today), versions, figures_of(kept))


def first_of_figure(row: TargetFigure) -> Target | None:
    """A target in force that a figure belongs to: whose page shows it."""
    query = select(Target).where(
        Target.indicator == row.indicator, Target.place == row.place, Target.replaced_at.is_(None),
        Target.unit_id.is_not_distinct_from(row.unit_id), Target.cluster_id.is_not_distinct_from(row.cluster_id),
    )  # fmt: skip
    return db.session.scalar(query.order_by(Target.period, Target.id).limit(1))


def _set_for(unit: Unit) -> Select[int]:
    return select(func.count()).where(Target.unit_id == unit.id, Target.replaced_at.is_(None))


units.hanging_on.add(targets=_set_for)
