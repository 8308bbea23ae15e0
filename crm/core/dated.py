"""Rules as data: versions by name, each valid from a day on. Old ones are never edited; a decision keeps the name of the version
that it was taken under.
"""

from collections.abc import Iterable
from datetime import date
from typing import Protocol, TypeVar

from crm.core.errors import AlreadyDone, Refusal


class VersionThere(AlreadyDone):
    """There is a version of this name, or one valid from this day."""

    code = "rules_version_there"


class ValidFromPast(Refusal):
    """Rules do not reach back: a version is valid from today at the earliest."""

    code = "rules_from_past"


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
    """Raise VersionThere or ValidFromPast unless a version may be added."""
    if any(one.version == new.version or one.valid_from == new.valid_from for one in versions):
        raise VersionThere
    if new.valid_from < today:
        raise ValidFromPast
