"""Periods of targets (a year, a quarter, a month), the month up to which a figure counts, and how far time has gone."""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date

from crm.targets.rules.indicators import Indicator, Nature
from crm.targets.rules.refusals import FigureFuture, MonthUnreadable, PeriodUnreadable

_YEAR = re.compile(r"^(20\d{2})$")
_QUARTER = re.compile(r"^(20\d{2})Q([1-4])$")
_MONTH = re.compile(r"^(20\d{2})-(0[1-9]|1[0-2])$")


@dataclass(frozen=True, slots=True)
class Period:
    """Days that a target is about, both included. `code`: 2027, 2027Q1 or 2027-03."""

    code: str
    first: date
    last: date

    def gone(self, today: date) -> int:
        """How much of it has passed by the end of today, in tenths of a percent."""
        days = (self.last - self.first).days + 1
        passed = min(max((today - self.first).days + 1, 0), days)
        return 1000 * passed // days

    @property
    def year_before(self) -> "Period":
        """The same period of the year before."""
        return period_of(f"{self.first.year - 1:04d}{self.code[4:]}")

    def begins_in(self, today: date) -> int:
        """Days until it begins; 0 once it has."""
        return max((self.first - today).days, 0)


def period_of(code: str) -> Period:
    """A period by its code. Raises PeriodUnreadable."""
    typed = code.strip().upper()
    if found := _YEAR.match(typed):
        year = int(found[1])
        return Period(typed, date(year, 1, 1), date(year, 12, 31))
    if found := _QUARTER.match(typed):
        year, first = int(found[1]), 3 * int(found[2]) - 2
        return Period(typed, date(year, first, 1), _end(year, first + 2))
    if found := _MONTH.match(typed):
        year, month = int(found[1]), int(found[2])
        return Period(typed, date(year, month, 1), _end(year, month))
    raise PeriodUnreadable


def month_of(code: str, *, today: date) -> date:
    """The first day of the month up to which a figure counts. Raises MonthUnreadable, FigureFuture."""
    found = _MONTH.match(code.strip())
    if not found:
        raise MonthUnreadable
    month = date(int(found[1]), int(found[2]), 1)
    if month > today:
        raise FigureFuture
    return month


def _end(year: int, month: int) -> date:
    return date(year, month, monthrange(year, month)[1])


def end_of(month: date) -> date:
    """The last day of a month."""
    return _end(month.year, month.month)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a value is, in tenths of a percent of the target; how much of the year its figure covers (None: it stands at a
    day); how much of the target's own period is gone (None: it has not begun). `inside`: the figure is of that period, not of a
    year before it.
    """

    done: int | None
    covered: int | None
    gone: int | None
    inside: bool = False

    @property
    def behind(self) -> bool:
        """Whether less is done than the part of the period that the figure covers."""
        return self.inside and self.done is not None and self.covered is not None and self.done < self.covered


def progress_of(
    indicator: Indicator, period: Period, target: int, value: int | None, month: date | None, today: date
) -> Progress:
    """How far a target is. A target of 0 has no share done (there is nothing to divide by)."""
    done = 1000 * value // target if value is not None and target else None
    covered = None
    if month is not None and indicator.nature is Nature.FLOW:
        covered = _covered(period, month)
    inside = month is not None and period.first <= month <= period.last
    return Progress(done, covered, period.gone(today) if today >= period.first else None, inside)


def _covered(period: Period, month: date) -> int:
    """A figure adds up from the first of the year, or of the period when it lies in that; its share of twelve months or of it."""
    months = (period.last.year - period.first.year) * 12 + period.last.month - period.first.month + 1
    if period.first <= month <= period.last:
        return 1000 * ((month.year - period.first.year) * 12 + month.month - period.first.month + 1) // months
    return 1000 * month.month // 12
