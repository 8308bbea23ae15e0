"""How numbers of leads add up, and how exactly somebody is told of others' work."""

from dataclasses import astuple, dataclass
from typing import Any, Generic, Self, TypeVar, cast

C = TypeVar("C")

# Of other units' unsigned projects an officer or a district's manager is told in fives: exact small numbers, compared from day
# to day, would tell which project of whom came and went.
STEP = 5


def in_fives(number: int) -> int:
    """The number rounded down to fives."""
    return number // STEP * STEP


class Summed:
    """A dataclass whose values add up one by one."""

    __slots__ = ()

    def __add__(self, other: Self) -> Self:
        pairs = zip(astuple(cast(Any, self)), astuple(cast(Any, other)), strict=True)
        return type(self)(*(mine + theirs for mine, theirs in pairs))


@dataclass(frozen=True, slots=True)
class Told(Generic[C]):
    """A cell of numbers as somebody is told of it. `exact`: else the numbers are in fives, and there are no sums."""

    cell: C
    exact: bool
