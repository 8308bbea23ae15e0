"""预计节点: the days on which a lead's next milestones are expected, how far they have slipped since they were first promised."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from crm.core.errors import AlreadyDone, Refusal
from crm.pipeline.rules.milestones import Dated, Kind, check_order

FARTHEST = timedelta(days=3653)  # ten years: what is promised beyond is a slip of the finger


class Slip(StrEnum):
    """How a promise stands: kept so far, slipped (amber), slipped far or overdue (red)."""

    KEPT = "kept"
    AMBER = "amber"
    RED = "red"


@dataclass(frozen=True, slots=True)
class SlipLimits:
    """From how many days moved, or how many times moved, a promise is amber, and from how many it is red."""

    amber_days: int
    red_days: int
    amber_moves: int
    red_moves: int


@dataclass(frozen=True, slots=True)
class Change:
    """One row of the history: a promise of `kind` was first made (old None), moved, or taken back (new None)."""

    kind: Kind
    old: date | None
    new: date | None


@dataclass(frozen=True, slots=True)
class Promise:
    """What a milestone's changes come to: the day in force, the first one, how many times it was moved. `slipped`: days between
    the two, below zero when it was brought forward.
    """

    kind: Kind
    on: date
    first_on: date
    moves: int

    @property
    def slipped(self) -> int:
        """Days moved since first promised."""
        return (self.on - self.first_on).days

    def overdue(self, today: date) -> bool:
        """Whether its day is past and the milestone is not there."""
        return today > self.on


class ExpectedPast(Refusal):
    """What is expected lies ahead. `facts`: kind."""

    code = "expected_past"


class ExpectedTooFar(Refusal):
    """Nobody promises so far ahead. `facts`: kind."""

    code = "expected_too_far"


class ExpectedReached(AlreadyDone):
    """The milestone is there: nothing is expected of it any more. `facts`: kind."""

    code = "expected_reached"


class ExpectedUnfit(Refusal):
    """Projects of this type have no such milestone to come. `facts`: kind."""

    code = "expected_unfit"


class ExpectedReason(Refusal):
    """Moving or taking back a promise says why."""

    code = "expected_reason"


class ExpectedSame(Refusal):
    """Nothing was changed."""

    code = "expected_same"


class ExpectedMoved(AlreadyDone):
    """A colleague has changed the expected dates meanwhile."""

    code = "expected_moved"


def promises_of(changes: Iterable[Change]) -> dict[Kind, Promise]:
    """The promises in force, out of the rows of one lead in the order in which they were entered. One that was taken back and
    made anew still counts from the first day: taking back is no way to start afresh.
    """
    found: dict[Kind, Promise | None] = {}
    first: dict[Kind, date] = {}
    moves: dict[Kind, int] = {}
    for change in changes:
        if change.new is None:
            found[change.kind] = None
            continue
        if change.kind in first:
            moves[change.kind] += 1
        first.setdefault(change.kind, change.new)
        moves.setdefault(change.kind, 0)
        found[change.kind] = Promise(change.kind, change.new, first[change.kind], moves[change.kind])
    return {kind: promise for kind, promise in found.items() if promise is not None}


def next_of(promises: Mapping[Kind, Promise], there: Iterable[Kind]) -> Promise | None:
    """The nearest promise still open: the earliest day first, the path's order on one day. What a later milestone has passed by
    (a direct registration needs no contract) is waited for no more.
    """
    done, order = passed(there), list(Kind)
    waiting = [promise for kind, promise in promises.items() if kind not in done]
    return min(waiting, key=lambda one: (one.on, order.index(one.kind)), default=None)


def passed(there: Iterable[Kind]) -> set[Kind]:
    """The milestones that are there, and those before the last of them."""
    order = list(Kind)
    last = max((order.index(kind) for kind in there), default=-1)
    return set(order[: last + 1])


def slip_of(slipped: int, moves: int, *, overdue: bool, limits: SlipLimits) -> Slip:
    """The state of a promise: overdue is red; else by the days and the times it moved, whichever is worse."""
    if overdue or slipped >= limits.red_days or moves >= limits.red_moves:
        return Slip.RED
    return Slip.AMBER if slipped >= limits.amber_days or moves >= limits.amber_moves else Slip.KEPT


def changes_wanted(old: Mapping[Kind, Promise], wanted: Mapping[Kind, date | None]) -> list[Change]:
    """What has to be written so that the promises are as wanted, in the path's order. ExpectedSame for nothing."""
    before = {kind: promise.on for kind, promise in old.items()}
    found = [Change(kind, before.get(kind), new) for kind, new in wanted.items() if before.get(kind) != new]
    if not found:
        raise ExpectedSame
    return sorted(found, key=lambda change: list(Kind).index(change.kind))


def check_changes(
    changes: Sequence[Change], *, promises: Mapping[Kind, Promise], held: Sequence[Dated], path: Sequence[Kind],
    may_expect: Iterable[Kind], reason: str, today: date,
) -> None:  # fmt: skip
    """Raise unless the promises may be changed so. `held`: the milestones that are there; `may_expect`: the kinds of which a day
    may be promised; a promise of another kind may only be taken back. All of them lie in the order of the path, after what is
    there.
    """
    there = {one.kind for one in held}
    for change in changes:
        if change.new is not None:
            _check_one(change.kind, change.new, may_expect=may_expect, there=there, today=today)
    if any(change.old is not None for change in changes) and not reason.strip():
        raise ExpectedReason
    after = {kind: promise.on for kind, promise in promises.items() if kind not in there}
    after |= {change.kind: change.new for change in changes if change.new is not None}
    gone = {change.kind for change in changes if change.new is None}
    dated = [Dated(kind, on) for kind, on in after.items() if kind not in gone]
    for change in changes:
        if change.new is not None:
            check_order(change.kind, change.new, [*held, *dated], path)


def _check_one(kind: Kind, on: date, *, may_expect: Iterable[Kind], there: set[Kind], today: date) -> None:
    if kind in there:
        raise ExpectedReached(kind=kind.value)
    if kind not in set(may_expect):
        raise ExpectedUnfit(kind=kind.value)
    if on < today:
        raise ExpectedPast(kind=kind.value)
    if on > today + FARTHEST:
        raise ExpectedTooFar(kind=kind.value)
