"""What a saved view may hold, for whom it is, what is refused. A view is the question in an address and nothing else: it gives
nobody a right, each reader's list is cut for that reader.
"""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from urllib.parse import parse_qsl, urlencode

from crm.core.errors import AlreadyDone, Refusal

STATE_LENGTH = 2000
MOST_EACH = 50  # views on one shelf
# What of an address belongs to a view: filters, order, columns, groups. Not the page one was on, nor a count asked for once.
PARAMETERS = (
    "stage", "scope", "q", "unit", "unit_only", "district", "cluster", "event", "event_as", "primary", "country", "owner", "band",
    "from", "to",
    "admitted", "admitted_from", "admitted_to", "idle", "expected", "overdue", "unchecked", "coordinate", "disputed", "claim",
    "status", "reached", "missing", "coded", "import", "sort", "dir", "size", "col", "group",
)  # fmt: skip
PASSING = ("page", "count", "view")  # of an address, but of no view


class Reach(StrEnum):
    """For whom a view is: whoever keeps it, a unit with all below it, everybody who reads the list."""

    MINE = "mine"
    UNIT = "unit"
    CITY = "city"


class Place(StrEnum):
    """Where it opens: as a list or as columns."""

    LIST = "list"
    BOARD = "board"


class NameTaken(AlreadyDone):
    """There is a view of that name on the same shelf."""

    code = "view_name_taken"


class ShelfFull(Refusal):
    """A shelf holds no more. `facts`: most."""

    code = "view_shelf_full"


class StateTooLong(Refusal):
    """The address holds more than a view keeps."""

    code = "view_too_long"


class NameNeeded(Refusal):
    """A view has a name."""

    code = "view_name_needed"


def state_of(pairs: Iterable[tuple[str, str]]) -> str:
    """The part of an address that a view keeps, in one order: equal questions are equal texts. Raises StateTooLong."""
    kept = [(name, value.strip()) for name, value in pairs if name in PARAMETERS and value.strip()]
    state = urlencode(sorted(set(kept), key=lambda pair: (PARAMETERS.index(pair[0]), pair[1])))
    if len(state) > STATE_LENGTH:
        raise StateTooLong
    return state


def pairs_of(state: str) -> list[tuple[str, str]]:
    """A kept state as parameters."""
    return parse_qsl(state)


def split(state: str, stands: Mapping[str, bool]) -> tuple[list[tuple[str, str]], list[str]]:
    """A kept state in what still makes sense and the names of what does not: `stands` says it for parameter=value."""
    pairs = pairs_of(state)
    good = [(name, value) for name, value in pairs if stands.get(f"{name}={value}", True)]
    return good, list(dict.fromkeys(name for name, value in pairs if not stands.get(f"{name}={value}", True)))


def shelf_of(reach: Reach, *, user_id: int, unit_id: int) -> str:
    """Where a view stands: names are unique on one shelf."""
    return {Reach.MINE: f"user:{user_id}", Reach.UNIT: f"unit:{unit_id}", Reach.CITY: "city"}[reach]
