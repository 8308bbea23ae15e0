"""What stands on the rolling list, why something left it, how its numbers add up and how exactly somebody is told them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from statistics import median

from crm.leads.rules.lead import Stage, Status
from crm.leads.rules.telling import Summed, Told, in_fives


class Batch(StrEnum):
    """The three batches: 在谈, 签约, 在建(实施). Their codes are those of the stages."""

    NEGOTIATING = "negotiating"
    SIGNED = "signed"
    UNDER_CONSTRUCTION = "under_construction"


BATCHES = tuple(Batch)


class LeftReason(StrEnum):
    """Why a project left the list: it reached operation, ended, was paused, was merged into another, went back to a lead, or is
    not admitted any more.
    """

    OPERATING = "operating"
    ENDED = "ended"
    PAUSED = "paused"
    MERGED = "merged"
    BACK = "back"
    NOT_ADMITTED = "not_admitted"


@dataclass(frozen=True, slots=True)
class Where:
    """What of a lead decides whether it stands on the list."""

    stage: str
    status: str
    admitted: bool
    merged: bool = False


def batch_of(lead: Where) -> Batch | None:
    """Its batch; None when it does not stand on the list."""
    on = lead.admitted and not lead.merged and lead.status == Status.ACTIVE and lead.stage in set(Batch)
    return Batch(lead.stage) if on else None


def left_because(lead: Where) -> LeftReason:
    """Why a lead that stood on the list does not any more. Call only for one without a batch."""
    if lead.merged:
        return LeftReason.MERGED
    if lead.stage == Stage.OPERATING:
        return LeftReason.OPERATING
    if lead.status != Status.ACTIVE:
        return LeftReason.ENDED if lead.status == Status.ENDED else LeftReason.PAUSED
    return LeftReason.BACK if lead.stage == Stage.LEAD else LeftReason.NOT_ADMITTED


@dataclass(frozen=True, slots=True)
class Cell(Summed):
    """Projects and their sums, each alone: total investment that was verified, and that was not (fen, CNY), contracted foreign
    capital as reported (cents, USD), projects without progress.
    """

    count: int = 0
    total_cny: int = 0
    unverified_cny: int = 0
    contracted_usd: int = 0
    idle: int = 0


def roughly(cell: Cell) -> Told[Cell]:
    """The cell in fives, without sums."""
    return Told(Cell(count=in_fives(cell.count)), False)


@dataclass(frozen=True, slots=True)
class Conversion(Summed):
    """Of the projects signed in a period how many began within it, each with its days from signing to beginning."""

    signed: int = 0
    days: tuple[int, ...] = ()

    @property
    def started(self) -> int:
        """How many began."""
        return len(self.days)

    @property
    def part(self) -> float | None:
        """Their part in per cent; None when nothing was signed."""
        return 100 * len(self.days) / self.signed if self.signed else None

    @property
    def median_days(self) -> int | None:
        """The median of the days between; None when nothing began."""
        return round(median(self.days)) if self.days else None


def converted(all_of: Iterable[Conversion]) -> Conversion:
    """Several together."""
    return sum(all_of, Conversion())


class Window(StrEnum):
    """In which period signing and beginning are looked for: the last twelve months, this year, this quarter, each until today."""

    TWELVE = "twelve"
    YEAR = "year"
    QUARTER = "quarter"


def window_of(window: Window, today: date) -> tuple[date, date]:
    """The first and the last day of a window, both included."""
    if window is Window.YEAR:
        return today.replace(month=1, day=1), today
    if window is Window.QUARTER:
        return today.replace(month=(today.month - 1) // 3 * 3 + 1, day=1), today
    # 29 February has no counterpart: that year's window begins with 1 March.
    leap = (today.month, today.day) == (2, 29)
    return (date(today.year - 1, 3, 1) if leap else today.replace(year=today.year - 1)), today


def is_idle(progress_on: date | None, registered_on: date, *, days: int, today: date) -> bool:
    """长期无进展: whether the last progress (without any, the registration) lies more than so many days back."""
    return (today - (progress_on or registered_on)).days > days


def in_order(batches: Sequence[str]) -> bool:
    """Whether a move from the first to the second batch goes forward."""
    return BATCHES.index(Batch(batches[0])) < BATCHES.index(Batch(batches[1]))
