"""One A4: how many lines of each part stand on it, how long a line may be. What is left out is counted."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from crm.reports.rules.fitting import ems

T = TypeVar("T")
# Lines of a part on one sheet.
CAPS = {"changes": 3, "matters": 4, "sponsored": 7, "tasks": 5, "progress": 3, "milestones": 7, "open": 4}


@dataclass(frozen=True, slots=True)
class Cut(Generic[T]):
    """The first lines of a part, and how many more there are."""

    rows: Sequence[T]
    left: int


def cut(rows: Sequence[T], part: str) -> Cut[T]:
    """As many as stand on the sheet. KeyError for a part without a cap: a bug."""
    most = CAPS[part]
    return Cut(rows[:most], max(len(rows) - most, 0))


def shortened(text: str, most: int = 46) -> str:
    """A text no wider than so many Chinese signs (Latin letters take about half of one), with an ellipsis where it goes on."""
    flat = " ".join(text.split())
    if ems(flat) <= most:
        return flat
    room, end = most - 1.0, 0
    while end < len(flat) and (room := room - ems(flat[end])) >= 0:
        end += 1
    return flat[:end] + "…"
