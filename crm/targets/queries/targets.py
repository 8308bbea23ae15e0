"""Targets in force with what has come of each; one target with its versions and figures."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import select

from crm.core.db import db
from crm.core.errors import NotFound
from crm.targets.models import Target, TargetFigure
from crm.targets.queries import fed
from crm.targets.queries.figures import figures_of, newest_of
from crm.targets.rules import Indicator, Period, Place, Progress, indicators, period_of, progress_of


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
    """A target in force, what has come of it (None: nothing entered yet), how far that is. `planned`: the plan set it first."""

    target: Target
    indicator: Indicator
    period: Period
    present: Present | None
    progress: Progress
    planned: bool = False


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
    newest = newest_of({key_of(row) for row in targets})
    planned = set(db.session.scalars(select(Target.key).where(Target.set_by_id.is_(None))))
    found = [_row(row, newest.get(key_of(row)), today) for row in targets if row.indicator in indicators()]
    return [replace(row, planned=row.target.key in planned) for row in found]


def _row(target: Target, typed: TargetFigure | None, today: date) -> Row:
    indicator, period = indicators()[target.indicator], period_of(target.period)
    present = _fed(target, period, today)
    if present is None and typed is not None:
        present = Present(typed.value, typed.month, typed)
    value, month = (present.value, present.month) if present else (None, None)
    return Row(target, indicator, period, present, progress_of(indicator, period, target.value, value, month, today))


def _fed(target: Target, period: Period, today: date) -> Present | None:
    """What the board knows itself. Of the city what the official table says: of the period once it has begun, else of the newest
    year there is. Of districts and clusters, and of what the board counts itself, what is confirmed and credited in the period.
    """
    reads = {fed.UTILISED: fed.utilised, fed.NOT_HONG_KONG: fed.utilised_share}.get(target.indicator)
    if reads is None or target.place != Place.CITY:
        return _credited(target, period, today)
    found = reads(period.first, period.last)
    if found is None and today < period.first and (year := fed.newest_year(today)) is not None:
        found = reads(date(year, 1, 1), date(year, 12, 31))
    return Present(found.value, found.month, unknown=found.unknown) if found else None


def _credited(target: Target, period: Period, today: date) -> Present | None:
    if today < period.first:
        return None
    found = fed.credited(target.indicator, period.first, period.last, unit_id=target.unit_id, cluster_id=target.cluster_id)
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
    return Story(_row(now, newest_of([kept]).get(kept), today), versions, figures_of(kept))


def first_of_figure(row: TargetFigure) -> Target | None:
    """A target in force that a figure belongs to: whose page shows it."""
    query = select(Target).where(
        Target.indicator == row.indicator, Target.place == row.place, Target.replaced_at.is_(None),
        Target.unit_id.is_not_distinct_from(row.unit_id), Target.cluster_id.is_not_distinct_from(row.cluster_id),
    )  # fmt: skip
    return db.session.scalar(query.order_by(Target.period, Target.id).limit(1))
