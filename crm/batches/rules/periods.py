"""Weeks and months of editions: which days they have, which may be frozen today."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

ONE = timedelta(days=1)


class EditionKind(StrEnum):
    """周报 or 月报."""

    WEEKLY = "weekly"
    MONTHLY = "monthly"


@dataclass(frozen=True, slots=True)
class Period:
    """A week (from Monday) or a month, by its first and last day."""

    kind: EditionKind
    first: date
    last: date

    @property
    def before(self) -> "Period":
        """The one before."""
        return period_of(self.kind, self.first - ONE)


def period_of(kind: EditionKind, day: date) -> Period:
    """The week or month that a day lies in."""
    if kind is EditionKind.WEEKLY:
        first = day - timedelta(days=day.weekday())
        return Period(kind, first, first + timedelta(days=6))
    first = day.replace(day=1)
    return Period(kind, first, (first + timedelta(days=31)).replace(day=1) - ONE)


def may_freeze(kind: EditionKind, today: date, last_first: date | None) -> list[Period]:
    """The periods that may get an edition today, the present one first: it, or the one before, when no edition of it or of a
    later one is there. What is frozen is always what the list says today.
    """
    now = period_of(kind, today)
    return [period for period in (now, now.before) if last_first is None or period.first > last_first]
