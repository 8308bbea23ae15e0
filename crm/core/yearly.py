"""Year on year (同比): the same days of the year before, and by how much something has grown since."""

from dataclasses import dataclass
from datetime import date
from fractions import Fraction


def year_before(day: date) -> date:
    """The same day a year earlier; of a 29th of February the 28th."""
    try:
        return day.replace(year=day.year - 1)
    except ValueError:
        return day.replace(year=day.year - 1, day=28)


@dataclass(frozen=True, slots=True)
class Growth:
    """How much more there is than a year before: in tenths of a percent, or `first`: there was nothing then. Neither: nothing can
    be said (nothing then and now, less than nothing then, or one of the two is not known).
    """

    tenths: int | None = None
    first: bool = False


def growth(now: Fraction | int | None, before: Fraction | int | None) -> Growth:
    """Growth from a year before until now, rounded half away from zero; nothing is divided by nothing."""
    if now is None or before is None or before < 0:
        return Growth()
    if before == 0:
        return Growth(first=now > 0)
    exact = Fraction(now - before) / before * 1000
    whole = int(abs(exact) + Fraction(1, 2))
    return Growth(whole if exact >= 0 else -whole)
