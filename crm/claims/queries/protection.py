"""The rules by version, and the calendar of working days. Both are small and read once a request."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from operator import itemgetter
from typing import Any

from sqlalchemy import select

from crm.claims.models import Claim, ProtectionRules, SpecialDay
from crm.claims.rules.calendar import Calendar
from crm.claims.rules.clock import Lines
from crm.claims.rules.protection import Protection, Settings, in_force, shipped
from crm.core.clock import city_day
from crm.core.db import db
from crm.core.small import SmallTable


def _as_versions(rows: list[Sequence[Any]]) -> tuple[Protection, ...]:
    found = (
        Protection(name, date.fromisoformat(on), Settings(**settings), source, bool(verified))
        for on, name, settings, source, verified in sorted(rows, key=itemgetter(0))
    )
    return tuple(found) or shipped()


def _as_calendar(rows: list[Sequence[Any]]) -> Calendar:
    said = [(date.fromisoformat(day), bool(is_worked)) for day, is_worked in rows]
    return Calendar(frozenset(day for day, worked in said if worked), frozenset(day for day, worked in said if not worked))


_versions = SmallTable(
    lambda: select(
        ProtectionRules.valid_from,
        ProtectionRules.name,
        ProtectionRules.settings,
        ProtectionRules.source,
        ProtectionRules.verified,
    ),
    _as_versions,
)
_calendar = SmallTable(
    lambda: select(SpecialDay.day, SpecialDay.is_worked).where(SpecialDay.taken_back_at.is_(None)), _as_calendar
)


def versions() -> tuple[Protection, ...]:
    """All versions, the earliest first; those that the product brings until some are stored."""
    return _versions()


def force_on(day: date) -> Protection:
    """The version in force on a day."""
    return in_force(versions(), day)


def rules_of(claim: Claim) -> Protection:
    """The version that a claim was granted under, whatever came after it."""
    return named(claim.rules_version)


def named(version: str) -> Protection:
    """A version by its name; the earliest for a name that nobody stored."""
    found: Iterable[Protection] = (one for one in versions() if one.version == version)
    return next(iter(found), versions()[0])


def calendar() -> Calendar:
    """Working days, with what the administrator says."""
    return _calendar()


def assess_due(registered_at: datetime) -> date:
    """Until when a lead is to be assessed, by the rules in force when it was registered."""
    registered = city_day(registered_at)
    return Lines(force_on(registered), calendar(), major=False).assess(registered)


def special_days() -> list[SpecialDay]:
    """The days of which something is said, the latest first."""
    query = select(SpecialDay).where(SpecialDay.taken_back_at.is_(None)).order_by(SpecialDay.day.desc())
    return list(db.session.scalars(query.limit(400)))
