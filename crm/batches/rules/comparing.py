"""One edition against the last: what came, moved, changed its money or its unit, stayed, and left for which reason. Last edition
+ changes = this edition.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from crm.batches.rules.rolling import Batch, LeftReason


class Change(StrEnum):
    """What happened to a row since the last edition; of several the first of this order: 新增, 重新列入 (it had been on the list
    before, not in the last edition), 转段, 金额变化, 跟进单位变化, 延续, 退出.
    """

    NEW = "new"
    AGAIN = "again"
    MOVED = "moved"
    MONEY = "money"
    UNIT = "unit"
    KEPT = "kept"
    LEFT = "left"


@dataclass(frozen=True, slots=True)
class Entry:
    """What of a row is compared: batch, money as reported (total investment in fen and whether it was verified, contracted
    foreign capital in cents), the sum that the city confirmed (cents), the following unit.
    """

    batch: Batch
    total_cny: int | None
    total_verified: bool
    contracted_usd: int | None
    confirmed_usd: int | None
    unit_id: int

    @property
    def money(self) -> tuple[object, ...]:
        """All that is money, or says how sure it is."""
        return (self.total_cny, self.total_cny is not None and self.total_verified, self.contracted_usd, self.confirmed_usd)


@dataclass(frozen=True, slots=True)
class Line:
    """A lead's row of an edition: its entry (of one that left: the last one), what it was in the last edition, what changed."""

    lead_id: int
    entry: Entry
    was: Entry | None
    change: Change
    reason: LeftReason | None = None

    @property
    def money_changed(self) -> bool:
        """Whether its money is another than in the last edition."""
        return self.was is not None and self.change is not Change.LEFT and self.was.money != self.entry.money


def compare(
    last: Mapping[int, Entry], now: Mapping[int, Entry], why: Callable[[int], LeftReason], *, before: Collection[int] = ()
) -> list[Line]:
    """The lines of an edition, by lead: first what stands on the list (in the order of `now`), then what left it (in the order of
    `last`). `before`: leads of earlier editions, which are not new again.
    """
    lines = [_line(lead_id, entry, last.get(lead_id), lead_id in before) for lead_id, entry in now.items()]
    gone = [(lead_id, entry) for lead_id, entry in last.items() if lead_id not in now]
    return lines + [Line(lead_id, entry, entry, Change.LEFT, why(lead_id)) for lead_id, entry in gone]


def _line(lead_id: int, entry: Entry, was: Entry | None, known: bool) -> Line:
    if was is None:
        return Line(lead_id, entry, None, Change.AGAIN if known else Change.NEW)
    if was.batch is not entry.batch:
        return Line(lead_id, entry, was, Change.MOVED)
    if was.money != entry.money:
        return Line(lead_id, entry, was, Change.MONEY)
    return Line(lead_id, entry, was, Change.UNIT if was.unit_id != entry.unit_id else Change.KEPT)


def replay(last: Mapping[int, Entry], lines: Iterable[Line]) -> dict[int, Entry]:
    """The edition that follows from the last one and the lines. ValueError when a line does not fit to what was there."""
    found = dict(last)
    for line in lines:
        if found.get(line.lead_id) != line.was:
            raise ValueError(f"line of {line.lead_id} does not follow")
        if line.change is Change.LEFT:
            del found[line.lead_id]
        else:
            found[line.lead_id] = line.entry
    return found


@dataclass(frozen=True, slots=True)
class Expecting:
    """The milestone that a row expects next, by its code, and the day; none of both when nothing is expected."""

    kind: str | None
    on: date | None


def slipped(was: Expecting, now: Expecting) -> int | None:
    """How many days the expected day moved since the last edition, below zero when it was brought forward. None where there is
    nothing to compare: another milestone is expected now (the one before came, or was taken back), or none was.
    """
    if was.on is None or now.on is None or was.kind != now.kind:
        return None
    return (now.on - was.on).days
