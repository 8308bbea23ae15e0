"""Tables of gates by version: the one in force, all there are. Which versions there are is read once a request; what a version
says is worked out once a process, by what its text hashes to.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from sqlalchemy import select

from crm.core import clock
from crm.core.dated import in_force
from crm.core.db import db
from crm.core.errors import NotFound
from crm.core.small import SmallTable
from crm.pipeline.models import GateTable
from crm.pipeline.rules import Gates, load, shipped, shipped_text

SHIPPED = "shipped"  # what stands in an address for the product's own table


@dataclass(frozen=True, slots=True)
class Known:
    """A version as far as every request knows it."""

    version: str
    valid_from: date
    sha256: str


def _as_known(rows: list[Sequence[Any]]) -> tuple[Known, ...]:
    return tuple(Known(name, date.fromisoformat(on), sha256) for name, on, sha256 in rows)


_known = SmallTable(
    lambda: select(GateTable.name, GateTable.valid_from, GateTable.sha256).where(GateTable.withdrawn_at.is_(None)), _as_known
)


def gates() -> Gates:
    """The table of gates in force today."""
    return gates_on(clock.today())


def gates_on(day: date) -> Gates:
    """The table in force on a day: the office's own of the latest day, the product's before the first of them."""
    found = in_force(_known(), day)
    return shipped() if found is None else _read(found.sha256)


@lru_cache(maxsize=32)
def _read(sha256: str) -> Gates:
    text = db.session.scalar(select(GateTable.text).where(GateTable.sha256 == sha256).limit(1))
    if text is None:
        raise NotFound
    return load(text)


@dataclass(frozen=True, slots=True)
class Version:
    """A version for its page. state: current, coming, past, withdrawn. `row` is None for the product's own."""

    table: Gates
    text: str
    state: str
    row: GateTable | None

    @property
    def address(self) -> str:
        """What stands for it in an address."""
        return self.row.public_id if self.row is not None else SHIPPED


def versions(today: date) -> list[Version]:
    """All of them, the latest first, the product's own last."""
    rows = db.session.scalars(select(GateTable).order_by(GateTable.valid_from.desc(), GateTable.id.desc()).limit(100))
    current = gates_on(today).version
    own = [Version(load(row.text), row.text, _state(row, current, today), row) for row in rows]
    return [*own, _shipped(current)]


def version(public_id: str, today: date) -> Version:
    """One of them. Raises NotFound."""
    current = gates_on(today).version
    if public_id == SHIPPED:
        return _shipped(current)
    row = by_public_id(public_id)
    return Version(load(row.text), row.text, _state(row, current, today), row)


def current(today: date) -> Version:
    """The one in force."""
    found = in_force(_known(), today)
    if found is None:
        return _shipped(shipped().version)
    row = db.session.scalars(select(GateTable).where(GateTable.name == found.version)).one()
    return Version(_read(row.sha256), row.text, "current", row)


def by_public_id(public_id: str, *, locked: bool = False) -> GateTable:
    """The office's version. Raises NotFound."""
    query = select(GateTable).where(GateTable.public_id == public_id)
    found = db.session.scalar(query.with_for_update(of=GateTable) if locked else query)
    if found is None:
        raise NotFound
    return found


def names_and_days() -> list[Known]:
    """Every name that was given, withdrawn ones too; the days of those that are not withdrawn."""
    found = db.session.execute(select(GateTable.name, GateTable.valid_from, GateTable.withdrawn_at))
    given = [Known(name, date.min if withdrawn else on, "") for name, on, withdrawn in found]
    return [*given, Known(shipped().version, date.min, "")]


def _shipped(current_name: str) -> Version:
    return Version(shipped(), shipped_text(), "current" if current_name == shipped().version else "past", None)


def _state(row: GateTable, current_name: str, today: date) -> str:
    if row.withdrawn_at is not None:
        return "withdrawn"
    if row.name == current_name:
        return "current"
    return "coming" if row.valid_from > today else "past"
