"""Rules as data: versions by name, each valid from a day on. Old ones are never edited; a decision keeps the name of the version
that it was taken under.
"""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Protocol, TypeVar

from crm.core.errors import AlreadyDone, Refusal

FARTHEST = 3 * 366  # days ahead


class VersionThere(AlreadyDone):
    """There is a version of this name."""

    code = "rules_version_there"


class VersionDayThere(VersionThere):
    """There is a version valid from this day."""

    code = "rules_day_there"


class ValidFromPast(Refusal):
    """Rules do not reach back: a version is valid from today at the earliest."""

    code = "rules_from_past"


class ValidFromFar(Refusal):
    """A year that was mistyped: such a version could not be taken back. `facts`: day, the last that would do."""

    code = "rules_from_far"


class Dated(Protocol):
    """A version of some rules."""

    @property
    def version(self) -> str:
        """Its name."""

    @property
    def valid_from(self) -> date:
        """The first day on which it holds."""


V = TypeVar("V", bound=Dated)


def in_force(versions: Iterable[V], on: date) -> V | None:
    """The version in force on a day; None before the first one."""
    return max((one for one in versions if one.valid_from <= on), key=lambda one: one.valid_from, default=None)


def check_new(versions: Iterable[Dated], new: Dated, today: date) -> None:
    """Raise VersionThere, VersionDayThere, ValidFromPast or ValidFromFar unless a version may be added."""
    there, last = list(versions), today + timedelta(days=FARTHEST)
    if any(one.version == new.version for one in there):
        raise VersionThere
    if any(one.valid_from == new.valid_from for one in there):
        raise VersionDayThere
    if new.valid_from < today:
        raise ValidFromPast
    if new.valid_from > last:
        raise ValidFromFar(day=last.isoformat())
