"""Scores of a period, computed from what is confirmed and credited now."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from sqlalchemy import ColumnElement, func, or_, select

from crm.assessment.rules.measures import measures
from crm.assessment.rules.refusals import NobodyScored
from crm.assessment.rules.schemes import Scheme, Scope
from crm.assessment.rules.scoring import Given, Line, placed, placed_in_groups, score, total
from crm.core import clock
from crm.core.db import db
from crm.core.yearly import year_before
from crm.credit.rules import FULL
from crm.leads.models import Lead
from crm.targets.models import Target
from crm.targets.queries import CENTS, Part, Wanted, newest_month, parts_of
from crm.targets.rules import SCALE, Period
from crm.units.models import Unit
from crm.units.rules import UnitKind
from crm.visits.models import Interaction

_VISITS = ("visit", "incoming", "reception", "talks")


@dataclass(frozen=True, slots=True)
class Computed:
    """Lines of every scored unit; what stands behind the counts, by scored unit; what is credited to none of them, by measure."""

    scheme: Scheme
    period: Period
    units: Sequence[Unit]
    lines: Mapping[int, Sequence[Line]]
    parts: Sequence[tuple[int, Part]]
    elsewhere: Mapping[str, Fraction]

    @property
    def totals(self) -> dict[int, int]:
        """The score of each unit, in ten-thousandths."""
        return {unit: total(lines) for unit, lines in self.lines.items()}

    @property
    def places(self) -> dict[int, int]:
        """The place of each unit: among all, or within its group where scores are measured so."""
        return placed_in_groups(self.totals, self.group_of) if self.scheme.apart else placed(self.totals)

    @property
    def group_of(self) -> dict[int, str]:
        """The group of each unit that stands in one."""
        return {unit.id: group.id for unit in self.units if (group := self.scheme.group_of(unit.code))}


def scored_units(scheme: Scheme) -> list[Unit]:
    """The units that a scheme scores: those of its groups, else all of its scope; in the order of the units' table."""
    of: list[ColumnElement[bool]] = []
    scope = scheme.scope
    if scheme.groups:
        of.append(Unit.code.in_([code for group in scheme.groups for code in group.units]))
    elif scope is not Scope.DEPARTMENTS:
        of.append(Unit.is_area.is_(True))
    if scope is not Scope.DISTRICTS and not scheme.groups:
        of.append(Unit.kind == UnitKind.DEPARTMENT.value)
    return list(db.session.scalars(select(Unit).where(or_(*of), Unit.retired_on.is_(None)).order_by(Unit.id)))


def compute(scheme: Scheme, period: Period) -> Computed:
    """Score a period, each count beside that of the same days of the year before. Raises NobodyScored."""
    units = scored_units(scheme)
    if not units:
        raise NobodyScored
    home = _home_of(units)
    counts, placed_parts, elsewhere = _counted(scheme, [_wanted(scheme, period.first, period.last)], units, home)
    before = _counted(scheme, _year_before(scheme, period), units, home)[0]
    given = Given(counts, _targets(scheme, period, units), {unit.id: unit.code for unit in units}, before)
    return Computed(scheme, period, units, score(scheme, given), placed_parts, dict(elsewhere))


def _wanted(scheme: Scheme, first: date, last: date, *, measures_: frozenset[str] | None = None) -> Wanted:
    asked = scheme.measures() if measures_ is None else measures_
    return Wanted(asked, first, last, scheme.big * CENTS, scheme.start_days)


def _year_before(scheme: Scheme, period: Period) -> list[Wanted]:
    """The same days of the year before: of a period that is not over those until today, of the official table the months that
    this year's has.
    """
    then, today = period.year_before, clock.today()
    last = then.last if period.last <= today else year_before(today)
    asked = scheme.measures()
    found = [_wanted(scheme, then.first, last, measures_=asked - {"utilised"})]
    month = newest_month(period.first, period.last) if "utilised" in asked else None
    if month is not None:
        found.append(_wanted(scheme, then.first, year_before(month), measures_=frozenset({"utilised"})))
    return found


def _counted(
    scheme: Scheme, wanted: Sequence[Wanted], units: Sequence[Unit], home: Mapping[int, int]
) -> tuple[dict[int, dict[str, Fraction]], list[tuple[int, Part]], dict[str, Fraction]]:
    """What is counted: for each scored unit by measure, each part with its scored unit, what is nobody's. What is only shown
    beside is of the days of the first.
    """
    elsewhere: dict[str, Fraction] = defaultdict(Fraction)
    counts: dict[int, dict[str, Fraction]] = {unit.id: defaultdict(Fraction) for unit in units}
    placed_parts: list[tuple[int, Part]] = []
    for part in (part for one in wanted for part in parts_of(one)):
        value = Fraction(part.piece.value * part.parts, FULL * (CENTS if _in_wan(part.piece.measure) else 1))
        unit = home.get(part.unit_id)
        if unit is None:
            elsewhere[part.piece.measure] += value
        else:
            counts[unit][part.piece.measure] += value
            placed_parts.append((unit, part))
    _shown(scheme, wanted[0], home, counts)
    return counts, placed_parts, elsewhere


def _in_wan(measure: str) -> bool:
    return measures()[measure].unit == "wan_usd"


def _home_of(units: Sequence[Unit]) -> dict[int, int]:
    """Which scored unit each unit belongs to: itself, or the nearest one above it."""
    scored = {unit.id for unit in units}
    found = {}
    for id_, path in db.session.execute(select(Unit.id, Unit.path)):
        above = [int(part) for part in path.split("/") if part and int(part) in scored]
        if above:
            found[id_] = above[-1]
    return found


def _targets(scheme: Scheme, period: Period, units: Sequence[Unit]) -> dict[str, dict[int, Fraction]]:
    """The targets in force of the period, in their own unit."""
    wanted = scheme.targets()
    found: dict[str, dict[int, Fraction]] = {code: {} for code in wanted}
    query = select(Target.indicator, Target.unit_id, Target.value).where(
        Target.indicator.in_(sorted(wanted)), Target.period == period.code, Target.place.in_(("district", "bureau")),
        Target.replaced_at.is_(None), Target.unit_id.in_([unit.id for unit in units]),
    )  # fmt: skip
    for code, unit_id, value in db.session.execute(query) if wanted else ():
        if unit_id is not None:
            found[code][unit_id] = Fraction(value, SCALE)
    return found


def _shown(scheme: Scheme, days: Wanted, home: Mapping[int, int], counts: dict[int, dict[str, Fraction]]) -> None:
    """Counts that are shown beside: by the unit that did it."""
    asked = scheme.measures()
    for measure, column, where in _shown_counts(days.first, days.last):
        if measure in asked:
            for unit_id, number in db.session.execute(select(column, func.count()).where(*where).group_by(column)):
                if (unit := home.get(unit_id)) is not None:
                    counts[unit][measure] += number


def _shown_counts(first: date, last: date) -> list[tuple[str, ColumnElement[int], list[ColumnElement[bool]]]]:
    begin, end = clock.start_of(first), clock.start_of(last, days=1)
    there = Lead.merged_into_id.is_(None)
    return [
        ("leads", Lead.registered_unit_id, [Lead.registered_at >= begin, Lead.registered_at < end, there]),  # type: ignore[list-item]
        ("admitted", Lead.following_unit_id, [Lead.admitted_at >= begin, Lead.admitted_at < end, there]),  # type: ignore[list-item]
        (
            "visits",
            Interaction.unit_id,
            [Interaction.kind.in_(_VISITS), Interaction.on_date >= first, Interaction.on_date <= last],
        ),  # type: ignore[list-item]
    ]
