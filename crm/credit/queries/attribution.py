"""A lead's attribution as its page shows it: who has what today, since when and why, and all lines behind it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from crm.credit.models import CreditLine
from crm.credit.queries.lines import as_line
from crm.credit.rules import FULL, Indicator, ShareModel, counted, standing
from crm.units.models import Unit


@dataclass(frozen=True, slots=True)
class Holding:
    """A unit with its parts of each indicator, and the line that says so (None: implied by the registration)."""

    unit: Unit
    parts: dict[Indicator, int]
    line: CreditLine | None = None

    @property
    def same(self) -> int | None:
        """Its parts, when they are the same for every indicator."""
        found = set(self.parts.values())
        return found.pop() if len(found) == 1 and len(self.parts) == len(Indicator) else None


@dataclass(slots=True)
class Past:
    """Lines that were written together and say the same of several indicators. `corrected`: others stand in their place."""

    line: CreditLine
    unit: Unit
    corrected: bool
    indicators: list[Indicator] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Attribution:
    """What a page shows. `twice`: several units count in full, so that the parts add up to more than the whole. `uneven`: they do
    not make the whole, and no such model says why.
    """

    holdings: list[Holding]
    history: list[Past]
    coming: list[Past]
    twice: bool
    uneven: bool


def attribution_of(rows: Sequence[CreditLine], following: Unit, today: date) -> Attribution:
    """The attribution of a lead out of its lines; without any, the following unit has all."""
    if not rows:
        whole = Holding(following, dict.fromkeys(Indicator, FULL))
        return Attribution([whole], [], [], twice=False, uneven=False)
    parts: dict[int, dict[Indicator, int]] = {}
    behind: dict[int, CreditLine] = {}
    by_id = {row.id: row for row in rows}
    unit_of = {following.id: following} | {row.unit_id: row.unit for row in rows}
    twice = uneven = False
    for indicator in Indicator:
        lines = [as_line(row) for row in rows if row.indicator == indicator]
        held = standing(lines, today) if lines else {following.id: FULL}
        for unit_id, number in held.items():
            parts.setdefault(unit_id, {})[indicator] = number
        says = {line.unit_id: by_id[line.id] for line in counted(lines) if line.valid_from <= today}
        behind |= says
        total, both = sum(held.values()), any(row.model == ShareModel.BOTH and row.parts for row in says.values())
        twice = twice or (total > FULL and both)
        uneven = uneven or (total != FULL and not (total > FULL and both))
    holdings = [Holding(unit_of[unit_id], found, behind.get(unit_id)) for unit_id, found in parts.items()]
    holdings.sort(key=lambda one: (-max(one.parts.values()), one.unit.id))
    past = _together(rows)
    coming = [one for one in past if one.line.valid_from > today and not one.corrected]
    return Attribution(holdings, past, coming, twice, uneven)


def _together(rows: Sequence[CreditLine]) -> list[Past]:
    """Newest first."""
    gone = {row.corrects_id for row in rows}
    found: dict[tuple[object, ...], Past] = {}
    for row in rows:
        corrected = row.id in gone
        key = (row.at, row.unit_id, row.parts, row.valid_from, row.source, row.corrects_id is None, corrected)
        one = found.setdefault(key, Past(row, row.unit, corrected))
        one.indicators.append(Indicator(row.indicator))
    return list(reversed(found.values()))
