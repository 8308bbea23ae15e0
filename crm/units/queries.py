"""Named reads of units."""

from collections.abc import Sequence
from operator import itemgetter
from typing import Any

from sqlalchemy import Select, func, or_, select

from crm.core.counts import Counts
from crm.core.db import db, known
from crm.core.errors import NotFound
from crm.core.small import SmallTable
from crm.policy.rules import WORKS_IN_A_UNIT, Actor, units_of
from crm.units.models import Unit
from crm.units.rules import UnitKind, UnitLabel


def _in_order(rows: list[Sequence[Any]]) -> dict[int, UnitLabel]:
    return {
        id_: UnitLabel(id_, zh, en, short_zh, short_en, bool(area), bool(retired), path)
        for id_, zh, en, short_zh, short_en, area, retired, path in sorted(rows, key=itemgetter(0))
    }


_labels = SmallTable(
    lambda: select(
        Unit.id, Unit.zh, Unit.en, Unit.short_zh, Unit.short_en, Unit.is_area, Unit.retired_on.is_not(None), Unit.path
    ),
    _in_order,
)


# What a unit would leave behind if it were retired, by the words of "unit_hanging".
hanging_on: Counts[Unit] = Counts()


def _below(unit: Unit) -> Select[int]:
    below = Unit.path.startswith(unit.path, autoescape=True)
    return select(func.count()).where(below, Unit.id != unit.id, Unit.retired_on.is_(None))


hanging_on.add(units=_below)


def tree() -> list[Unit]:
    """All units, parents before children, in their usual order (a path as text would put 10 before 2)."""
    return sorted(db.session.scalars(select(Unit)), key=lambda unit: [int(id_) for id_ in unit.path.split("/") if id_])


def labels() -> dict[int, UnitLabel]:
    """The names of all units by id, retired ones too, in their usual order; read once a request."""
    return _labels()


def areas() -> list[Unit]:
    """The reporting areas in use, in their usual order."""
    return list(db.session.scalars(select(Unit).where(Unit.is_area, Unit.retired_on.is_(None)).order_by(Unit.id)))


def departments() -> list[Unit]:
    """The departments of the city in use, in their usual order."""
    query = select(Unit).where(Unit.kind == UnitKind.DEPARTMENT.value, Unit.retired_on.is_(None))
    return list(db.session.scalars(query.order_by(Unit.id)))


def working() -> list[Unit]:
    """Units in use that can follow a lead."""
    return list(db.session.scalars(select(Unit).where(Unit.retired_on.is_(None)).order_by(Unit.id)))


def by_code(code: str) -> Unit | None:
    """The unit of a code such as SZ-NS."""
    return db.session.scalar(select(Unit).where(Unit.code == code.strip().upper()))


def by_id(unit_id: int) -> Unit:
    """The unit of an id; NotFound."""
    unit = db.session.get(Unit, unit_id)
    if unit is None:
        raise NotFound
    return unit


def by_public_id(public_id: str) -> Unit:
    """The unit named in a URL; NotFound."""
    unit = db.session.scalar(select(Unit).where(Unit.public_id == public_id))
    if unit is None:
        raise NotFound
    return unit


def coordinating() -> Unit:
    """The coordinating office; NotFound before reference data is loaded."""
    unit = db.session.scalar(select(Unit).where(Unit.is_coordinating))
    if unit is None:
        raise NotFound
    return unit


def of_kind(kind: UnitKind) -> frozenset[int]:
    """The ids of units of a kind, in use; read once a request."""
    query = select(Unit.id).where(Unit.kind == kind, Unit.retired_on.is_(None))
    return known(f"units.{kind.value}", lambda: frozenset(db.session.scalars(query)))


def at_headquarters(actor: Actor) -> bool:
    """Whether somebody works in the headquarters (指挥部): an officer or manager of a unit of that kind, or below one."""
    return actor.role in WORKS_IN_A_UNIT and not units_of(actor).isdisjoint(of_kind(UnitKind.HEADQUARTERS))


def in_line_with(actor: Actor) -> Select[int]:
    """SQL: the ids of somebody's unit, of those above it and of all below it."""
    return select(Unit.id).where(
        or_(Unit.id.in_(sorted(units_of(actor))), Unit.path.startswith(actor.unit_path, autoescape=True))
    )


def under(path: str) -> list[int]:
    """Ids of a unit and everything below it."""
    return list(db.session.scalars(select(Unit.id).where(Unit.path.startswith(path, autoescape=True))))
