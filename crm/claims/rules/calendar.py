"""Working days: the country's holidays and the weekends that are worked for them, and what an administrator says of a day."""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache, lru_cache
from typing import Any

from crm.core.errors import AlreadyDone

ONE = timedelta(days=1)


class DayThere(AlreadyDone):
    """Somebody has said of this day what it is."""

    code = "special_day_there"


@cache
def _country() -> Any:
    from holidays.countries.china import China  # half a second: only who counts working days pays it

    return China()  # type: ignore[no-untyped-call, unused-ignore]


@lru_cache(maxsize=4_000)
def _usually_worked(day: date) -> bool:
    return bool(_country().is_working_day(day))


@dataclass(frozen=True, slots=True)
class Calendar:
    """`worked` and `off`: days of which an administrator says something else than the country's calendar."""

    worked: frozenset[date] = frozenset()
    off: frozenset[date] = frozenset()

    def is_working(self, day: date) -> bool:
        """Whether offices work on a day."""
        return day in self.worked or (day not in self.off and _usually_worked(day))

    def roll(self, day: date) -> date:
        """The day itself when it is worked, else the next one that is: a period never ends on a holiday."""
        for _step in range(60):  # an administrator's slip must not keep a worker busy for ever
            if self.is_working(day):
                return day
            day += ONE
        return day

    def before(self, day: date) -> date:
        """The last working day before one."""
        for _step in range(60):
            day -= ONE
            if self.is_working(day):
                break
        return day

    def after(self, day: date, days: int, *, working: bool) -> date:
        """The end of a period of so many days from a day, which does not count itself."""
        return _after(self, day, days, working)


@lru_cache(maxsize=20_000)  # a list asks about the same few days again and again
def _after(calendar: Calendar, day: date, days: int, working: bool) -> date:
    if not working:
        return calendar.roll(day + timedelta(days=days))
    for _count in range(days):
        day = calendar.roll(day + ONE)
    return day
