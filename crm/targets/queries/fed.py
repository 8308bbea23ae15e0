"""What the system feeds targets with: 实际使用外资 out of the official table, and its share from elsewhere than Hong Kong."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import case, func, select

from crm.core.db import db
from crm.leads.models import Lead
from crm.money.models import Utilised
from crm.targets.rules import SCALE

UTILISED, NOT_HONG_KONG = "FI-01", "FI-02"
_CENTS_OF_WAN = 1_000_000  # ten-thousandths of 亿美元 are 万美元
_HONG_KONG = "HK"


@dataclass(frozen=True, slots=True)
class Monthly:
    """A year's official figures in cents, month by month from January to the newest one that has come, without gaps filled in."""

    year: int
    months: dict[int, int]

    @property
    def last(self) -> int:
        """The newest month that has come; 0 for none."""
        return max(self.months, default=0)

    @property
    def total(self) -> int:
        """All of them together, in cents."""
        return sum(self.months.values())

    @property
    def missing(self) -> list[int]:
        """Months before the newest of which nothing has come."""
        return [month for month in range(1, self.last) if month not in self.months]

    def running(self) -> list[tuple[int, int]]:
        """(month, cents since January) for each month up to the newest."""
        found, sum_ = [], 0
        for month in range(1, self.last + 1):
            sum_ += self.months.get(month, 0)
            found.append((month, sum_))
        return found


@dataclass(frozen=True, slots=True)
class Fed:
    """A value that the system knows: in ten-thousandths of the unit, up to which month. `unknown`: cents of a sum of which it
    cannot be told.
    """

    value: int
    month: date
    unknown: int = 0


def monthly(year: int) -> Monthly:
    """The city's official figures of a year."""
    query = select(Utilised.month, func.sum(Utilised.usd)).where(
        Utilised.state == "live", Utilised.month >= date(year, 1, 1), Utilised.month <= date(year, 12, 31)
    )  # fmt: skip
    return Monthly(year, {month.month: int(usd) for month, usd in db.session.execute(query.group_by(Utilised.month))})


def newest_year(upto: date) -> int | None:
    """The year of the newest official figure, no later than a day; None before the first one."""
    query = select(func.max(Utilised.month)).where(Utilised.state == "live", Utilised.month <= upto)
    found = db.session.scalar(query)
    return found.year if found else None


def utilised(first: date, last: date) -> Fed | None:
    """实际使用外资 of the months of a period, in 万美元; None when none has come."""
    query = select(func.sum(Utilised.usd), func.max(Utilised.month)).where(
        Utilised.state == "live", Utilised.month >= first, Utilised.month <= last
    )
    usd, month = db.session.execute(query).one()
    return None if month is None else Fed(int(usd) // _CENTS_OF_WAN, month)


def utilised_share(first: date, last: date) -> Fed | None:
    """Which share of it came from elsewhere than Hong Kong, by the jurisdiction of the immediate investor, as far as that is
    known of the companies; None when it is known of none.
    """
    live = (Utilised.state == "live", Utilised.month >= first, Utilised.month <= last)
    companies = select(Utilised.company_id).where(*live, Utilised.company_id.is_not(None))
    earliest = (
        select(Lead.investor_id.label("company_id"), func.min(Lead.id).label("lead_id"))
        .where(Lead.investor_id.in_(companies), Lead.merged_into_id.is_(None), Lead.country.is_not(None))
        .group_by(Lead.investor_id).subquery()
    )  # fmt: skip
    here = case((Lead.country == _HONG_KONG, "hk"), (Lead.country.is_not(None), "else"), else_="unknown")
    query = (
        select(here, func.sum(Utilised.usd), func.max(Utilised.month)).select_from(Utilised)
        .outerjoin(earliest, earliest.c.company_id == Utilised.company_id)
        .outerjoin(Lead, Lead.id == earliest.c.lead_id).where(*live).group_by(here)
    )  # fmt: skip
    sums = {kind: (int(usd), month) for kind, usd, month in db.session.execute(query)}
    hong_kong, other = (sums.get(kind, (0, None))[0] for kind in ("hk", "else"))
    if not hong_kong + other:
        return None
    month = max(month for _usd, month in sums.values())
    hundredths = 10_000 * other // (hong_kong + other)
    return Fed(hundredths * SCALE // 100, month, sums.get("unknown", (0, None))[0])
