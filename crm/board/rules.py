"""What the city's board counts, in which period, and how exactly somebody is told of others' work."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from itertools import pairwise

from crm.leads.rules.telling import Summed, Told, in_fives


class Period(StrEnum):
    """For what time the new ones are counted: this week (from Monday), this month, this year, each until today."""

    WEEK = "week"
    MONTH = "month"
    YEAR = "year"


class Show(StrEnum):
    """What the tiles say: in negotiation, newly admitted, without progress, first reports that ran out."""

    STOCK = "stock"
    FRESH = "fresh"
    IDLE = "idle"
    DUE = "due"


@dataclass(frozen=True, slots=True)
class Span:
    """A period's days, both included, and as many days of the one before it to compare with."""

    first: date
    last: date
    before_first: date
    before_last: date


def span_of(period: Period, today: date) -> Span:
    """The period that today lies in, until today, and the same days of the one before (of a shorter month, its last day)."""
    if period is Period.WEEK:
        first = today - timedelta(days=today.weekday())
        return Span(first, today, first - timedelta(days=7), today - timedelta(days=7))
    if period is Period.MONTH:
        first = today.replace(day=1)
        before_last = first - timedelta(days=1)
        before = before_last.replace(day=1)
        return Span(first, today, before, min(before_last, before + timedelta(days=today.day - 1)))
    first = today.replace(month=1, day=1)
    # 29 February has no counterpart: the year before ends with the 28th.
    last = today.replace(year=today.year - 1, day=min(today.day, 28) if today.month == 2 else today.day)
    return Span(first, today, first.replace(year=today.year - 1), last)


@dataclass(frozen=True, slots=True)
class Cell(Summed):
    """What one unit or cluster has: leads in negotiation and their verified admitted total (fen), newly admitted ones in the
    period and in the one before, those without progress, and those whose first report ran out.
    """

    stock: int = 0
    total_cny: int = 0
    fresh: int = 0
    fresh_before: int = 0
    idle: int = 0
    due: int = 0

    def of(self, show: Show) -> int:
        """The number that a tile shows."""
        return int(getattr(self, show))


def roughly(cell: Cell) -> Told[Cell]:
    """The cell in fives and without its sum; nothing about whose progress or first report is late."""
    stock, fresh, before = map(in_fives, (cell.stock, cell.fresh, cell.fresh_before))
    return Told(Cell(stock=stock, fresh=fresh, fresh_before=before), False)


def bounds_of(numbers: Iterable[int]) -> list[int]:
    """The upper bounds of the first four of five shades: fifths of the largest number, at least one apart."""
    most = max([*numbers, 5])
    return [max(round(most * part / 5), part) for part in (1, 2, 3, 4)]


def shade_of(number: int, bounds: list[int]) -> int:
    """Which of the five shades, 0 to 4."""
    return sum(number > bound for bound in bounds)


# A tile of the sketch in the drawing's own units, and how far every second row is set in.
WIDE, HIGH, GAP, INSET = 127, 102, 6, 66
_IN_A_ROW = 6


@dataclass(frozen=True, slots=True)
class Sketch:
    """Where the tiles stand: the upper left corner of each, in the order asked; where a dotted line sets one apart (x, y); the
    drawing's width and height.
    """

    corners: list[tuple[int, int]]
    apart: list[tuple[int, int]]
    width: int
    height: int


def sketch(spots: Sequence[tuple[int, int] | None]) -> Sketch:
    """The sketch of places at (column, row); a place without a spot of its own stands in a row below the others. A tile that
    leaves more than one column free before it lies apart from the city.
    """
    below = max((spot[1] for spot in spots if spot), default=-1) + 1
    homeless = iter(range(len(spots)))
    placed = []
    for spot in spots:
        number = next(homeless) if spot is None else 0
        column, row = spot or (number % _IN_A_ROW, below + number // _IN_A_ROW)
        placed.append((2 + column * (WIDE + GAP) + INSET * (row % 2), 2 + row * (HIGH + GAP)))
    in_order = sorted(placed, key=lambda corner: (corner[1], corner[0]))
    far = [b for a, b in pairwise(in_order) if a[1] == b[1] and b[0] - a[0] > 2 * (WIDE + GAP)]
    width, height = (max((corner[axis] for corner in placed), default=0) for axis in (0, 1))
    return Sketch(placed, [(x - 24, y) for x, y in far], width + WIDE + 2, height + HIGH + 2)
