"""Named writes of targets: bring the plan's, set or replace one, enter a figure, put another in its place."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from crm.audit import services as audit
from crm.clusters.models import Cluster
from crm.core import clock
from crm.core.db import db, lock_key
from crm.policy import rules as policy
from crm.policy.rules import Actor
from crm.targets import queries
from crm.targets.models import Target, TargetFigure
from crm.targets.queries.targets import key_of, target_key
from crm.targets.rules import (
    FigureCorrected,
    FigureThere,
    Indicator,
    IndicatorUnknown,
    Operator,
    Place,
    PlaceUnfit,
    Shipped,
    SourceNeeded,
    TargetMoved,
    TargetUnchanged,
    ValidTooEarly,
    ValueZero,
    indicators,
    month_of,
    period_of,
    plan_as_of,
    plan_source,
    read_value,
    shipped,
)
from crm.units import queries as units
from crm.units.models import Unit
from crm.units.rules import UnitKind


@dataclass(frozen=True, slots=True)
class NewTarget:
    """What is aimed at: the value as typed, in the indicator's unit."""

    indicator: str
    period: str
    place: Place
    value: str
    source: str
    operator: Operator = Operator.AT_LEAST
    place_id: int | None = None
    valid_from: date | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class NewFigure:
    """What has come: the value as typed, up to a month (2026-10), with its source."""

    month: str
    value: str
    source: str


def load_reference() -> int:
    """Store the plan's targets of which no version is there yet, and how many. What an office has set stays as it is."""
    there = set(db.session.scalars(select(Target.key)))
    made = [row for row in map(_shipped_row, shipped()) if row.key not in there]
    db.session.add_all(made)
    db.session.flush()
    return len(made)


def _shipped_row(one: Shipped) -> Target:
    unit = None if one.scope == "city" else units.by_code(one.scope)
    place = Place.CITY if unit is None else Place.DISTRICT
    unit_id = unit.id if unit else None
    return Target(
        key=target_key(one.indicator, str(one.year), place, unit_id, None), indicator=one.indicator, period=str(one.year),
        place=place, unit_id=unit_id, operator=one.operator, value=one.value, aspirational=one.aspirational,
        verified=one.verified, source=plan_source(), valid_from=plan_as_of(), set_at=clock.now(),
    )  # fmt: skip


def set_target(new: NewTarget, *, expects: str, actor: Actor, now: datetime) -> Target:
    """Put a target in force; the version before stays on record. `expects`: the public id of the one in force when the page was
    opened, empty for none. Raises Forbidden, what is wrong with the entry, TargetMoved, TargetUnchanged, ValidTooEarly.
    """
    policy.require(policy.of_role(actor), "target", "set", seen_by="read")
    indicator, value = _indicator(new.indicator), read_value(new.value, _indicator(new.indicator))
    if not value:
        raise ValueZero
    period, (unit_id, cluster_id) = period_of(new.period), _place(new.place, new.place_id)
    source = _source(new.source)
    key = target_key(indicator.code, period.code, new.place, unit_id, cluster_id)
    lock_key(f"target:{key}")
    old = _in_force(key)
    if (old.public_id if old else "") != expects:
        raise TargetMoved
    valid_from = new.valid_from or clock.city_day(now)
    _check_against(old, value, new, source, valid_from)
    if old is not None:
        old.replaced_at = now
        db.session.flush()
    row = Target(
        key=key, indicator=indicator.code, period=period.code, place=new.place, unit_id=unit_id, cluster_id=cluster_id,
        operator=new.operator, value=value, source=source, note=(new.note or "").strip() or None, valid_from=valid_from,
        set_by_id=actor.user_id, set_at=now, replaces_id=old.id if old else None,
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    facts = {"indicator": row.indicator, "period": row.period, "place": row.place, "unit": unit_id, "cluster": cluster_id,
             "operator": row.operator, "value": value, "before": old.value if old else None, "source": source}  # fmt: skip
    audit.record("target.replaced" if old else "target.set", subject=None, facts=facts, actor=actor, now=now)
    return row


def _check_against(old: Target | None, value: int, new: NewTarget, source: str, valid_from: date) -> None:
    if old is None:
        return
    if (old.value, old.operator, old.source) == (value, new.operator, source):
        raise TargetUnchanged
    if valid_from < old.valid_from:
        raise ValidTooEarly


def _indicator(code: str) -> Indicator:
    if code not in indicators():
        raise IndicatorUnknown
    return indicators()[code]


def _place(place: Place, place_id: int | None) -> tuple[int | None, int | None]:
    """The ids of a district, bureau or cluster in use. Raises PlaceUnfit."""
    if place is Place.CITY:
        return None, None
    if place_id is None:
        raise PlaceUnfit
    if place in (Place.DISTRICT, Place.BUREAU):
        unit = db.session.get(Unit, place_id)
        if unit is None or unit.retired_on is not None:
            raise PlaceUnfit
        if not (unit.is_area if place is Place.DISTRICT else unit.kind == UnitKind.DEPARTMENT):
            raise PlaceUnfit
        return unit.id, None
    cluster = db.session.get(Cluster, place_id)
    if cluster is None or cluster.retired_on is not None:
        raise PlaceUnfit
    return None, cluster.id


def _source(text: str) -> str:
    if not text.strip():
        raise SourceNeeded
    return text.strip()[:200]


def _in_force(key: str) -> Target | None:
    query = select(Target).where(Target.key == key, Target.replaced_at.is_(None))
    return db.session.scalar(query.execution_options(populate_existing=True))


def enter_figure(public_id: str, new: NewFigure, *, actor: Actor, now: datetime) -> TargetFigure:
    """Enter what has come of a target's indicator and place, up to a month. Raises NotFound, Forbidden, what is wrong with the
    entry, FigureThere.
    """
    policy.require(policy.of_role(actor), "target", "enter", seen_by="read")
    target = queries.by_public_id(public_id)
    value, month = read_value(new.value, _indicator(target.indicator)), month_of(new.month, today=clock.city_day(now))
    row = _figure(target, key_of(target), month, value, _source(new.source), actor, now)
    lock_key(f"figure:{row.key}")
    if any(stands and old.month == month for old, stands in queries.figures_of(row.key)):
        raise FigureThere
    return _entered(row, "figure.entered", {}, actor, now)


def correct_figure(public_id: str, new: NewFigure, reason: str, *, actor: Actor, now: datetime) -> TargetFigure:
    """Put another figure in the place of one, for a reason; the month stays. Raises NotFound, Forbidden, FigureCorrected, what is
    wrong with the entry.
    """
    policy.require(policy.of_role(actor), "target", "enter", seen_by="read")
    old = queries.figure(public_id)
    lock_key(f"figure:{old.key}")
    if not any(stands and row.id == old.id for row, stands in queries.figures_of(old.key)):
        raise FigureCorrected
    row = _figure(old, old.key, old.month, read_value(new.value, _indicator(old.indicator)), _source(new.source), actor, now)
    row.corrects_id, row.reason, row.is_demo = old.id, _source(reason), old.is_demo
    return _entered(row, "figure.corrected", {"before": old.value, "reason": row.reason}, actor, now)


def _figure(
    of: Target | TargetFigure, key: str, month: date, value: int, source: str, actor: Actor, now: datetime
) -> TargetFigure:
    return TargetFigure(
        key=key, indicator=of.indicator, place=of.place, unit_id=of.unit_id, cluster_id=of.cluster_id, month=month, value=value,
        source=source, entered_by_id=actor.user_id, entered_at=now,
    )  # fmt: skip


def _entered(row: TargetFigure, act: str, more: dict[str, object], actor: Actor, now: datetime) -> TargetFigure:
    db.session.add(row)
    db.session.flush()
    facts = {"indicator": row.indicator, "place": row.place, "unit": row.unit_id, "cluster": row.cluster_id,
             "month": row.month.isoformat(), "value": row.value, "source": row.source, **more}  # fmt: skip
    audit.record(act, subject=None, facts=facts, actor=actor, now=now)
    return row
