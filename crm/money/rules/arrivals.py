"""Arrivals: what may be entered, what looks like a slip, which lines stand, what they come to. All in whole cents."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from crm.core.money import REMARKABLE, Money, tenfold
from crm.money.rules.refusals import NotPositive, ReceiptFuture, ReceiptTooLarge, ReceiptTooOld

FIRST_DAY = date(1979, 7, 1)  # the law on joint ventures: nothing arrived before
LARGEST = 10_000_000_000_00  # USD 10 bn at once has not occurred
_TINY = 1_000_00  # without anything to compare with: less than USD 1,000
_MANY, _UNIT = 5, 1_000  # 万 for 亿 is ten thousandfold; a thousandfold difference is no other tranche


class ReceiptKind(StrEnum):
    """In what form it arrived: 现汇, 实物, 无形资产, 股权, 利润再投资, 股东贷款."""

    CASH = "cash"
    KIND = "kind"
    INTANGIBLE = "intangible"
    EQUITY = "equity"
    REINVESTED = "reinvested"
    SHAREHOLDER_LOAN = "shareholder_loan"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class NewReceipt:
    """What somebody enters."""

    money: Money
    received_on: date
    kind: ReceiptKind = ReceiptKind.CASH
    payer_country: str | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """A line as the arithmetic sees it."""

    id: int
    usd: int
    proven: bool = True
    corrects: int | None = None


@dataclass(frozen=True, slots=True)
class Totals:
    """Cents that count, cents whose proof is missing, and how many lines of each."""

    counted: int = 0
    unproven: int = 0
    counted_lines: int = 0
    unproven_lines: int = 0


def in_force(entries: Iterable[Entry]) -> list[Entry]:
    """The lines in whose place no other stands, without those that only took one back."""
    entries = list(entries)
    corrected = {entry.corrects for entry in entries}
    return [entry for entry in entries if entry.id not in corrected and entry.usd]


def total(entries: Iterable[Entry]) -> Totals:
    """What the lines in force come to."""
    stand = in_force(entries)
    proven, bare = [e.usd for e in stand if e.proven], [e.usd for e in stand if not e.proven]
    return Totals(sum(proven), sum(bare), len(proven), len(bare))


def first_of(day: date) -> date:
    """The first day of its month."""
    return day.replace(day=1)


def check(new: NewReceipt, usd: int, *, today: date) -> None:
    """Raise what is wrong with an arrival beyond all doubt."""
    if new.received_on > today:
        raise ReceiptFuture
    if new.received_on < FIRST_DAY:
        raise ReceiptTooOld
    if new.money.amount <= 0 or usd <= 0:
        raise NotPositive
    if usd > LARGEST:
        raise ReceiptTooLarge


class SlipCode(StrEnum):
    """What makes a sum look like a slip of the hand."""

    WAN_YI = "wan_yi"
    UNIT_LOW = "unit_low"
    TENFOLD_CONTRACTED = "tenfold_contracted"
    OVER_CONTRACTED = "over_contracted"
    TENFOLD_UP = "tenfold_up"
    TENFOLD_DOWN = "tenfold_down"
    REMARKABLE = "remarkable"
    TINY = "tiny"
    ALIKE = "alike"


@dataclass(frozen=True, slots=True)
class Slip:
    """A doubt about a sum; `times`: how many times the one it was compared with."""

    code: SlipCode
    times: int = 0


@dataclass(frozen=True, slots=True)
class Before:
    """What a new line is compared with: contracted foreign capital in cents, and the other lines in force as (cents,
    sum, day).
    """

    contracted: int | None = None
    lines: Sequence[tuple[int, Money, date]] = ()

    @property
    def usd(self) -> int:
        """What they come to."""
        return sum(usd for usd, _money, _day in self.lines)


def slips(new: NewReceipt, usd: int, before: Before) -> tuple[Slip, ...]:
    """Doubts about a sum, the gravest first: against contracted foreign capital, then against the lead's other arrivals."""
    found = [*_unit_slip(usd, before)] or [*_against_contracted(usd, before), *_against_others(usd, before)]
    if not before.contracted and not before.lines:
        found += [Slip(SlipCode.REMARKABLE)] if usd >= REMARKABLE else [Slip(SlipCode.TINY)] if usd < _TINY else []
    if any(money == new.money and day == new.received_on for _usd, money, day in before.lines):
        found.append(Slip(SlipCode.ALIKE))
    return tuple(found)


def _unit_slip(usd: int, before: Before) -> Iterable[Slip]:
    known = [usd_ for usd_, _money, _day in before.lines] + ([before.contracted] if before.contracted else [])
    if known and usd >= _UNIT * max(known):
        yield Slip(SlipCode.WAN_YI, usd // max(known))
    elif known and usd * _UNIT <= min(known):
        yield Slip(SlipCode.UNIT_LOW, min(known) // usd)


def _against_contracted(usd: int, before: Before) -> Iterable[Slip]:
    if before.contracted and usd >= _MANY * before.contracted:
        yield Slip(SlipCode.TENFOLD_CONTRACTED, usd // before.contracted)
    elif before.contracted and before.usd + usd > before.contracted:
        yield Slip(SlipCode.OVER_CONTRACTED)


def _against_others(usd: int, before: Before) -> Iterable[Slip]:
    others = [usd_ for usd_, _money, _day in before.lines]
    if others and (times := tenfold(usd, max(others))) > 0:
        yield Slip(SlipCode.TENFOLD_UP, times)
    elif others and (times := tenfold(usd, min(others))) < 0:
        yield Slip(SlipCode.TENFOLD_DOWN, -times)


def signature(new: NewReceipt, found: Sequence[Slip]) -> str:
    """What "checked" was said about: another sum, day or doubt is to be checked anew."""
    codes = ",".join(f"{slip.code}:{slip.times}" for slip in found)
    return f"{new.money.currency}{new.money.amount}@{new.received_on}/{codes}"
