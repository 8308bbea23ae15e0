"""The one clock. Every other module takes `now` as an argument or asks here, so that tests can hold time still."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

CITY_ZONE = ZoneInfo("Asia/Shanghai")
_held: ContextVar[datetime | None] = ContextVar("held_now", default=None)


def now() -> datetime:
    """The present moment, aware, in UTC."""
    return _held.get() or datetime.now(UTC)


def today() -> date:
    """Today's date in the city's time zone: days and periods are the city's, moments are UTC."""
    return city_day(now())


def city_day(moment: datetime) -> date:
    """The date a moment falls on in the city."""
    return moment.astimezone(CITY_ZONE).date()


@contextmanager
def fixed(moment: datetime) -> Iterator[None]:
    """Hold the clock at `moment` (aware) while the block runs."""
    token = _held.set(moment.astimezone(UTC))
    try:
        yield
    finally:
        _held.reset(token)


def deadline_in(seconds: float) -> float:
    """When work that may take so many seconds has to stop, on a clock that nobody sets (see `is_past`)."""
    return time.monotonic() + seconds


def is_past(deadline: float | None) -> bool:
    """Whether a deadline has come; never when there is none."""
    return deadline is not None and time.monotonic() >= deadline


def ticks() -> float:
    """Seconds on a clock that nobody sets: the difference of two is how long something took."""
    return time.monotonic()


def start_of(day: date, *, days: int = 0) -> datetime:
    """The moment a day (plus `days`) begins in the city."""
    moment = datetime(day.year, day.month, day.day, tzinfo=CITY_ZONE) + timedelta(days=days)
    return moment.astimezone(UTC)
