"""What each column gets: a field and, for sums, the unit in which they are written."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from crm.core.workbooks.tables import Unit
from crm.core.workbooks.units import USUAL_UNIT
from crm.fields.rules import FIELDS, Kind
from crm.fillings.rules.layout import CALLED, Layout
from crm.fillings.rules.refusals import NothingMapped

# The units that a table may ask for.
UNITS: dict[str, Unit] = {
    "CNY-4": (10**4, "CNY"), "CNY-8": (10**8, "CNY"), "CNY-0": (1, "CNY"), "CNY-6": (10**6, "CNY"),
    "USD-4": (10**4, "USD"), "USD-8": (10**8, "USD"), "USD-0": (1, "USD"), "USD-6": (10**6, "USD"),
    "HKD-4": (10**4, "HKD"), "HKD-8": (10**8, "HKD"), "EUR-4": (10**4, "EUR"), "EUR-6": (10**6, "EUR"),
}  # fmt: skip
_CODES = {unit: code for code, unit in UNITS.items()}


@dataclass(frozen=True, slots=True)
class Mapped:
    """A column with its field. `unit`: of a sum; `said`: the heading says it itself."""

    at: int
    heading: str
    code: str
    unit: Unit | None = None
    said: bool = False

    @property
    def is_own(self) -> bool:
        """Whether it is about the table and not about a project."""
        return self.code not in FIELDS

    @property
    def kind(self) -> Kind:
        """What is written there."""
        return FIELDS[self.code].kind


def is_sum(code: str) -> bool:
    """Whether a field is a sum, which needs a unit."""
    return code in FIELDS and FIELDS[code].kind is Kind.MONEY


def unit_code(unit: Unit | None) -> str:
    """A unit as a form names it; empty for none, or for one that no form offers."""
    return _CODES.get(unit, "") if unit else ""


def unit_for(layout: Layout, at: int, code: str) -> Unit:
    """The unit of a column's sums before anybody chose one: what the heading says, else what is usual for the field."""
    said = next((column.unit for column in layout.columns if column.at == at), None)
    return said or (FIELDS[code].unit if code in FIELDS else None) or USUAL_UNIT


def mapped(layout: Layout, chosen: dict[int, tuple[str, str]]) -> list[Mapped]:
    """The columns that get something: `chosen` is field and unit (as forms name them) by column. What names a column that cannot
    be filled, or a field that is none, is left out. Raises NothingMapped when no project's field is left.
    """
    found = []
    for column in layout.columns:
        code, unit = chosen.get(column.at, ("", ""))
        if column.merged or code not in CALLED:
            continue
        if is_sum(code):
            found.append(
                Mapped(
                    column.at, column.title, code, UNITS.get(unit) or unit_for(layout, column.at, code), column.unit is not None
                )
            )
        else:
            found.append(Mapped(column.at, column.title, code))
    if not any(not one.is_own for one in found):
        raise NothingMapped
    return found


def to_json(columns: Iterable[Mapped]) -> dict[str, Any]:
    """As it is stored: field and unit by column."""
    return {str(one.at): [one.code, unit_code(one.unit)] for one in columns}


def from_json(kept: dict[str, Any]) -> dict[int, tuple[str, str]]:
    """Out of the store."""
    return {int(at): (code, unit) for at, (code, unit) in kept.items()}
