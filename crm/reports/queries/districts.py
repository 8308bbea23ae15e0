"""实际使用外资 by district and month: the official table's rows, given to units by the attribution ledger as the assessment gives
them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select

from crm.core.db import db, one_of
from crm.money.models import Utilised
from crm.policy.rules import Actor, in_one_line
from crm.targets.queries.credited import Part, Wanted, parts_of
from crm.units import queries as units
from crm.units.models import Unit

FULL = 10_000  # parts of a whole
MOST = 500


@dataclass(frozen=True, slots=True)
class DistrictRow:
    """A district's official sums of a year: cents by month, January first. `unit` None: units that belong to no district."""

    unit: Unit | None
    months: tuple[int, ...]

    @property
    def total(self) -> int:
        """The year so far."""
        return sum(self.months)


@dataclass(frozen=True, slots=True)
class DistrictTable:
    """A year up to its newest official month (0: none yet); `there`: the months that have an official table. `unlinked`: what no
    project of the board accounts for, `total`: what the official table says; None to who reads only their own districts.
    """

    year: int
    last: int
    there: frozenset[int]
    rows: Sequence[DistrictRow]
    unlinked: DistrictRow | None
    total: DistrictRow | None


@dataclass(frozen=True, slots=True)
class Given:
    """An official row and how much of it (of 10,000) a district is given."""

    row: Utilised
    parts: int

    @property
    def usd(self) -> int:
        """The district's cents of it, rounded."""
        return (self.row.usd * self.parts + FULL // 2) // FULL


def years() -> list[int]:
    """The years for which there is an official row, the newest first."""
    query = select(Utilised.month).where(Utilised.state == "live").distinct()
    return sorted({month.year for month in db.session.scalars(query)}, reverse=True)


def district_table(year: int, actor: Actor) -> DistrictTable:
    """The table of a year: the city's people read all of it, others the districts of their unit. The caller asks the policy."""
    official = _official(year)
    last, areas = max(official, default=0), units.areas()
    sums: dict[int | None, list[int]] = {}
    for part, area in _by_area(year, areas):
        months = sums.setdefault(area, [0] * last)
        months[part.piece.day.month - 1] += part.piece.value * part.parts
    seen = [area for area in areas if actor.city_wide or in_one_line(actor.unit_path, area.path)]
    rows = [_row(area, sums.get(area.id, [0] * last)) for area in seen]
    if not actor.city_wide:
        return DistrictTable(year, last, frozenset(official), rows, None, None)
    if None in sums:
        rows.append(_row(None, sums[None]))
    total = DistrictRow(None, tuple(official.get(month, 0) for month in range(1, last + 1)))
    given = [sum(row.months[month] for row in rows) for month in range(last)]
    unlinked = DistrictRow(None, tuple(whole - part for whole, part in zip(total.months, given, strict=True)))
    return DistrictTable(year, last, frozenset(official), rows, unlinked, total)


def given_to(year: int, month: int | None, unit_id: int) -> list[Given]:
    """The official rows that a district is given in a year or one month of it, the largest first, at most `MOST`; for who reads
    the whole table.
    """
    found: dict[int, int] = {}
    for part, area in _by_area(year, units.areas()):
        if area == unit_id and month in (None, part.piece.day.month):
            found[part.piece.ref] = found.get(part.piece.ref, 0) + part.parts
    rows = db.session.scalars(select(Utilised).where(one_of(Utilised.id, found)))
    given = [Given(row, found[row.id]) for row in rows]
    return sorted(given, key=lambda one: (-one.usd, one.row.id))[:MOST]


def _row(unit: Unit | None, months: list[int]) -> DistrictRow:
    return DistrictRow(unit, tuple((cents + FULL // 2) // FULL for cents in months))


def _official(year: int) -> dict[int, int]:
    query = select(Utilised.month, func.sum(Utilised.usd)).where(
        Utilised.state == "live", Utilised.month >= date(year, 1, 1), Utilised.month <= date(year, 12, 31)
    )  # fmt: skip
    return {month.month: int(usd) for month, usd in db.session.execute(query.group_by(Utilised.month))}


def _by_area(year: int, areas: Sequence[Unit]) -> list[tuple[Part, int | None]]:
    """Every unit's part of the year's rows, with the district that the unit lies in (None: in none)."""
    paths = {row.id: row.path for row in db.session.execute(select(Unit.id, Unit.path))}
    wanted = Wanted(frozenset({"utilised"}), date(year, 1, 1), date(year, 12, 31))
    inside: dict[int, int | None] = {
        unit_id: next((area.id for area in areas if path.startswith(area.path)), None) for unit_id, path in paths.items()
    }
    return [(part, inside[part.unit_id]) for part in parts_of(wanted)]
