"""Runs and objections: their states, and when what may be done."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from enum import StrEnum

from crm.assessment.rules.refusals import (
    ContestPeriod,
    ObjectionClosed,
    PeriodAhead,
    PeriodOpen,
    PointsUnfit,
    SchemeNotYet,
    TooManyPeriods,
)
from crm.assessment.rules.schemes import Scheme
from crm.assessment.rules.scoring import SCALE
from crm.targets.rules import Period, period_of

MOST_PERIODS = 4
_MOST_POINTS = 1000


class RunState(StrEnum):
    """provisional: may be computed again. published: frozen under a number."""

    PROVISIONAL = "provisional"
    PUBLISHED = "published"


class ObjectionState(StrEnum):
    """open: waits for an answer. upheld: an adjustment follows in the next run. rejected: with reasons."""

    OPEN = "open"
    UPHELD = "upheld"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class Answer:
    """What the coordinator answers: upheld with so many points (as typed, may be negative), or rejected; why."""

    upheld: bool
    points: str
    text: str


def check_period(scheme: Scheme, period: Period, today: date, *, tried: bool = False) -> None:
    """Raise unless the scheme can be computed for the period today; one that is only tried need not be in force then."""
    if scheme.contest and period.code != scheme.period and not tried:
        raise ContestPeriod(period=scheme.period)
    if period.first > today:
        raise PeriodAhead
    if scheme.valid_from > period.last and not tried:
        raise SchemeNotYet(valid_from=scheme.valid_from.isoformat())


def check_over(last: date, today: date) -> None:
    """Raise unless the period is over."""
    if today <= last:
        raise PeriodOpen(last=last.isoformat())


def check_objection(until: date | None, today: date) -> None:
    """Raise unless objections are taken today."""
    if until is None or today > until:
        raise ObjectionClosed(until=until.isoformat() if until else "")


def days_after(day: date, days: int) -> date:
    """So many days later."""
    return day + timedelta(days=days)


def read_points(text: str, places: int) -> int:
    """Typed points of an adjustment, in ten-thousandths. Raises PointsUnfit."""
    typed = text.strip().replace("－", "-").replace("+", "").replace("−", "-")
    try:
        value = Decimal(typed)
    except InvalidOperation:
        raise PointsUnfit(places=places) from None
    if not value.is_finite() or not value or abs(value) > _MOST_POINTS or value != value.quantize(Decimal(1).scaleb(-places)):
        raise PointsUnfit(places=places)
    return int(value * SCALE)


def read_periods(text: str) -> list[Period]:
    """The periods typed for a trial, parted by commas or spaces. Raises PeriodUnreadable, TooManyPeriods."""
    typed = text.replace("，", " ").replace(",", " ").replace("、", " ").split()
    if len(typed) > MOST_PERIODS:
        raise TooManyPeriods(most=MOST_PERIODS)
    return [period_of(one) for one in dict.fromkeys(typed)] or [period_of("")]
