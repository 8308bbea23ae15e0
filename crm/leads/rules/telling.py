"""How numbers of leads add up, and how exactly somebody is told of others' work."""

from collections.abc import Callable
from dataclasses import dataclass, fields
from functools import cache
from operator import add, attrgetter
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
        values = _values_of(cast(Any, type(self)))
        return type(self)(*map(add, values(self), values(other)))


@cache
def _values_of(kind: type[Any]) -> Callable[[Any], tuple[Any, ...]]:
    """What reads all values of such a dataclass at once: a page of the city adds up hundreds of them."""
    return cast(Callable[[Any], tuple[Any, ...]], attrgetter(*(field.name for field in fields(kind))))


@dataclass(frozen=True, slots=True)
class Told(Generic[C]):
    """A cell of numbers as somebody is told of it. `exact`: else the numbers are in fives, and there are no sums."""

    cell: C
    exact: bool
