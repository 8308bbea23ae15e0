"""How many processes compare the rows of a file, and what each of them has at hand."""

from collections.abc import Callable

from crm.brands import queries as brands
from crm.core.readers import Readers as _Readers
from crm.core.readers import processors
from crm.matching.rules import get_ready

MANY = 400  # a file of fewer rows is compared before a process has started


def worth(rows: int) -> int:
    """How many processes are worth starting for a file of so many rows: none for a small one, or on one processor."""
    return processors() if rows >= MANY and processors() > 1 else 0


class Readers(_Readers):
    """Reading processes that know the office's brands and judge."""

    def __init__(self, count: int, *, heard: Callable[[], None] = lambda: None) -> None:
        """`count` and `heard` as for any."""
        super().__init__(count, ready=(brands.hold_table, get_ready), heard=heard)
