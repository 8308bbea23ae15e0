"""A pack's measures: parts, caps, days."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Generic, TypeVar

from crm.core.errors import Refusal

T = TypeVar("T")
# Lines of a part on paper; how many more there are is said below it.
CAPS = {
    "new": 20, "moved": 20, "money": 20, "left": 20, "receipts": 15, "overdue": 20, "idle": 15, "disputes": 20, "matters": 20,
    "tasks": 20,
}  # fmt: skip


class PackState(StrEnum):
    """Where a pack stands: it is being made, it can be taken, it could not be made."""

    WAITING = "waiting"
    DONE = "done"
    FAILED = "failed"


class AskerGone(Refusal):
    """Who asked for a pack has no account any more, or works in another unit or role."""

    code = "pack_asker_gone"


@dataclass(frozen=True, slots=True)
class Part(Generic[T]):
    """The first lines of a part, and how many there are in all."""

    rows: Sequence[T]
    count: int

    @property
    def left(self) -> int:
        """How many more there are than stand here."""
        return max(self.count - len(self.rows), 0)


@dataclass(frozen=True, slots=True)
class Span:
    """The days since the last meeting, both included."""

    first: date
    last: date

    def holds(self, day: date) -> bool:
        """Whether a day is among them."""
        return self.first <= day <= self.last


def span_of(before: date | None, first_on: date, as_of: date) -> Span:
    """From the day after the last edition's (`before`; None: there was none, so from the period's first day) to this one's day.
    An edition frozen on the day of the last one has that day.
    """
    return Span(min(before + timedelta(days=1), as_of) if before is not None else min(first_on, as_of), as_of)


def horizon(kind: str, today: date) -> date:
    """Until when what is due is looked at: a week ahead in a weekly meeting, a month in a monthly one."""
    return today + timedelta(days=7 if kind == "weekly" else 31)
