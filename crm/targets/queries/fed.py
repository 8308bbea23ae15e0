"""What the system feeds targets with: 实际使用外资 out of the official table, and its share from elsewhere than Hong Kong."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import case, func, select

from crm.core import clock
from crm.core.db import db, known, one_of
from crm.credit.rules import FULL
from crm.leads.models import Lead, LeadCluster
from crm.money.models import Utilised
from crm.targets.queries.credited import CENTS, Part, Wanted, parts_of
from crm.targets.rules import SCALE
from crm.units.models import Unit

UTILISED, NOT_HONG_KONG = "FI-01", "FI-02"
_CENTS_OF_WAN = 1_000_000  # ten-thousandths of 亿美元 are 万美元
_HONG_KONG = "HK"
# Indicators that are counted from facts, and how many ten-thousandths of the indicator's unit one of the fact's value is:
# 亿美元 of cents, 万美元 of cents, projects.
COUNTED = {
    UTILISED: ("utilised", 1, _CENTS_OF_WAN), "CR-01": ("signed", SCALE, 1), "CR-02": ("contracted", SCALE, CENTS),
    "CR-03": ("received", SCALE, CENTS), "CR-04": ("registered", SCALE, 1), "CR-05": ("started", SCALE, 1),
}  # fmt: skip


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
    return _monthly(year, year)[0]


def two_years(year: int) -> tuple[Monthly, Monthly]:
    """The city's official figures of the year before and of a year, in one statement."""
    before, now = _monthly(year - 1, year)
    return before, now


def _monthly(first: int, last: int) -> list[Monthly]:
    query = select(Utilised.month, func.sum(Utilised.usd)).where(
        Utilised.state == "live", Utilised.month >= date(first, 1, 1), Utilised.month <= date(last, 12, 31)
    )  # fmt: skip
    found: dict[int, dict[int, int]] = {year: {} for year in range(first, last + 1)}
    for month, usd in db.session.execute(query.group_by(Utilised.month)):
        found[month.year][month.month] = int(usd)
    return [Monthly(year, months) for year, months in found.items()]


def newest_year(upto: date) -> int | None:
    """The year of the newest official figure, no later than a day; None before the first one."""
    query = select(func.max(Utilised.month)).where(Utilised.state == "live", Utilised.month <= upto)
    found = known(f"targets.newest.{upto}", lambda: db.session.scalar(query))
    return found.year if found else None


def newest_month(first: date, last: date) -> date | None:
    """The newest month of a period of which an official figure has come."""
    query = select(func.max(Utilised.month)).where(Utilised.state == "live", Utilised.month >= first, Utilised.month <= last)
    return db.session.scalar(query)


def utilised(first: date, last: date) -> Fed | None:
    """实际使用外资 of the months of a period, in 万美元; None when none has come."""
    query = select(func.sum(Utilised.usd), func.max(Utilised.month)).where(
        Utilised.state == "live", Utilised.month >= first, Utilised.month <= last
    )
    usd, month = db.session.execute(query).one()
    return None if month is None else Fed(int(usd) // _CENTS_OF_WAN, month)


def utilised_share(first: date, last: date) -> Fed | None:
    """Which share of it came from elsewhere than Hong Kong, by the jurisdiction of the immediate investor, as far as that is
    known of the companies; None when it is known of none, or where what was taken back (冲减) leaves nothing to share.
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
    if min(hong_kong, other) < 0 or not hong_kong + other:
        return None
    month = max(month for _usd, month in sums.values())
    hundredths = 10_000 * other // (hong_kong + other)
    return Fed(hundredths * SCALE // 100, month, sums.get("unknown", (0, None))[0])


def whole(first: date, last: date) -> bool:
    """Whether official figures have come of every month of these days: only then is one year held against another."""
    live = select(Utilised.month).where(Utilised.state == "live").distinct()
    there = known("targets.months", lambda: set(db.session.scalars(live)))
    begin, end = (day.year * 12 + day.month - 1 for day in (first, last))
    return {date(n // 12, n % 12 + 1, 1) for n in range(begin, end + 1)} <= there


def credited_before(indicator: str, first: date, last: date, *, unit_id: int | None, cluster_id: int | None) -> Fed | None:
    """The same of days of the year before; None also where nothing at all was counted of anybody in them: that is not known then,
    rather than none.
    """
    if indicator not in COUNTED or not _parts(COUNTED[indicator][0], first, last):
        return None
    return credited(indicator, first, last, unit_id=unit_id, cluster_id=cluster_id)


def _parts(measure: str, first: date, last: date) -> list[Part]:
    """What counts in these days. An official row counts in its month whatever else is asked: those of two years are read at once,
    for all periods of a page and the year before.
    """
    if measure != "utilised":
        return known(f"targets.parts.{measure}.{first}.{last}", lambda: parts_of(Wanted(frozenset({measure}), first, last)))
    this = clock.today().year
    begin, end = (this - 1, this) if this - 1 <= first.year <= last.year <= this else (first.year, last.year)
    days = date(begin, 1, 1), date(end, 12, 31)
    there = known(f"targets.parts.utilised.{begin}.{end}", lambda: parts_of(Wanted(frozenset({"utilised"}), *days)))
    return [part for part in there if first <= part.piece.day <= last]


def credited(indicator: str, first: date, last: date, *, unit_id: int | None, cluster_id: int | None) -> Fed | None:
    """What a unit (with those under it) is credited with in these days, or what the projects of a cluster (by their first tag) or
    of the city come to; None for what is not counted from facts, and for 实际使用外资 before its first official row.
    """
    if indicator not in COUNTED:
        return None
    measure, up, down = COUNTED[indicator]
    parts = _parts(measure, first, last)
    if unit_id is not None:
        below = _below(unit_id)
        sum_ = sum(part.piece.value * part.parts for part in parts if part.unit_id in below)
    else:
        sum_ = FULL * sum(value for _key, value in _once(parts, cluster_id))
    if measure == "utilised" and not parts:
        return None
    month = max((part.piece.day for part in parts), default=last) if measure == "utilised" else min(last, clock.today())
    return Fed(sum_ * up // (down * FULL), month.replace(day=1))


def _below(unit_id: int) -> frozenset[int]:
    paths = known("units.paths", lambda: {row.id: row.path for row in db.session.execute(select(Unit.id, Unit.path))})
    mine = paths.get(unit_id, "-")
    return frozenset(id_ for id_, path in paths.items() if path.startswith(mine))


def _once(parts: list[Part], cluster_id: int | None) -> set[tuple[tuple[str, int], int]]:
    """Each fact once, whoever shares it, of the projects of a cluster or of all."""
    tagged = None
    if cluster_id is not None:
        ids = {part.piece.lead_id for part in parts}
        query = select(LeadCluster.lead_id).where(
            one_of(LeadCluster.lead_id, ids), LeadCluster.rank == 0, LeadCluster.cluster_id == cluster_id
        )
        tagged = set(db.session.scalars(query))
    return {
        ((part.piece.kind, part.piece.ref), part.piece.value) for part in parts if tagged is None or part.piece.lead_id in tagged
    }
