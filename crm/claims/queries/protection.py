"""The rules by version, and the calendar of working days. Both are small and read once a request."""

from collections.abc import Iterable
from datetime import date, datetime

from sqlalchemy import exists, select

from crm.claims.models import Claim, GoLiveWindow, ProtectionRules, SpecialDay
from crm.claims.rules.calendar import Calendar
from crm.claims.rules.clock import Lines
from crm.claims.rules.protection import Protection, Settings, in_force, shipped
from crm.core.clock import city_day
from crm.core.db import db, known, rows_of_columns

ANY_WINDOW = "claims.windows"  # under which a request knows whether there ever was a go-live window
_RULES = select(
    ProtectionRules.name,
    ProtectionRules.valid_from,
    ProtectionRules.settings,
    ProtectionRules.source,
    ProtectionRules.verified,
    exists(select(GoLiveWindow.id)),
).order_by(ProtectionRules.valid_from)
_DAYS = select(SpecialDay.day, SpecialDay.is_worked).where(SpecialDay.taken_back_at.is_(None))


def versions() -> tuple[Protection, ...]:
    """All versions, the earliest first; those that the product brings until some are stored."""
    return known("claims.rules", _read_versions)


def _read_versions() -> tuple[Protection, ...]:
    rows = rows_of_columns(_RULES).all()
    if rows:
        known(ANY_WINDOW, lambda: bool(rows[0][-1]))  # read along: whoever reads clocks needs both
    found = tuple(
        Protection(name, on, Settings(**settings), source, verified) for name, on, settings, source, verified, _any in rows
    )
    return found or shipped()


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
    return known("claims.calendar", _read_calendar)


def _read_calendar() -> Calendar:
    said: dict[bool, set[date]] = {True: set(), False: set()}
    for day, is_worked in rows_of_columns(_DAYS):
        said[is_worked].add(day)
    return Calendar(frozenset(said[True]), frozenset(said[False]))


def assess_due(registered_at: datetime) -> date:
    """Until when a lead is to be assessed, by the rules in force when it was registered."""
    registered = city_day(registered_at)
    return Lines(force_on(registered), calendar(), major=False).assess(registered)


def special_days() -> list[SpecialDay]:
    """The days of which something is said, the latest first."""
    query = select(SpecialDay).where(SpecialDay.taken_back_at.is_(None)).order_by(SpecialDay.day.desc())
    return list(db.session.scalars(query.limit(400)))
