"""Milestones 节点: dated, evidenced facts of a lead; what may be entered, corrected, reviewed and confirmed."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from crm.core.errors import AlreadyDone, Refusal
from crm.core.money import REMARKABLE, Money, tenfold

EARLIEST = date(1980, 1, 1)  # the year the zone was founded: what is dated before is a slip of the finger
MOST_MAJOR = 10_000 * 100_000_000  # a trillion of any currency in one milestone is a slip too


class Kind(StrEnum):
    """节点, in the order in which they usually come. The codes are stored."""

    FIRST_TALKS = "first_talks"
    FRAMEWORK = "framework"
    CONTRACT_SIGNED = "contract_signed"
    REGISTERED = "registered"
    FIRST_FUNDS = "first_funds"
    CONSTRUCTION_STARTED = "construction_started"
    FITOUT_STARTED = "fitout_started"
    IN_OPERATION = "in_operation"


class MilestoneState(StrEnum):
    """reported: entered (申报). reviewed: the district agrees (初审). confirmed: the city agrees (认定). returned: for a reason.
    withdrawn: taken back by the side that entered it. replaced: a newer row corrects it.
    """

    REPORTED = "reported"
    REVIEWED = "reviewed"
    CONFIRMED = "confirmed"
    RETURNED = "returned"
    WITHDRAWN = "withdrawn"
    REPLACED = "replaced"


@dataclass(frozen=True, slots=True)
class KindRule:
    """What a milestone of a kind needs: a second pair of eyes, a sum (none, optional, required), a file."""

    confirmed: bool
    sum: str
    evidence: bool


WAITING = frozenset({MilestoneState.REPORTED, MilestoneState.REVIEWED})
LIVE = WAITING | {MilestoneState.CONFIRMED}  # what holds; a returned one does not until it is corrected


@dataclass(frozen=True, slots=True)
class NewMilestone:
    """A milestone as typed. `proofs`: names and bytes of the files that show it; `shown_by`: ids of files that the
    lead has already.
    """

    kind: Kind
    on: date
    amount: Money | None = None
    note: str | None = None
    proofs: tuple[tuple[str, bytes], ...] = ()
    shown_by: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Dated:
    """A milestone that is there, as the order along the path sees it."""

    kind: Kind
    on: date


class MilestoneInFuture(Refusal):
    """A milestone is what happened."""

    code = "milestone_in_future"


class MilestoneTooEarly(Refusal):
    """A day before anything of the kind could have happened."""

    code = "milestone_too_early"


class OutOfOrder(Refusal):
    """It lies before what comes before it on the path, or after what comes after. `facts`: kind, on; `other`, `other_on`."""

    code = "milestone_out_of_order"


class NotOnPath(Refusal):
    """Projects of this type have no such milestone. `facts`: kind, project_type."""

    code = "milestone_not_on_path"


class KindThere(AlreadyDone):
    """The lead has this milestone: it is corrected, not entered again."""

    code = "milestone_there"


class SumAbsurd(Refusal):
    """No sum that a project could have."""

    code = "milestone_sum"


class SumSlip(Refusal):
    """The sum is ten times what it is held against, or a tenth of it: to be sent again by somebody who has looked. `facts`:
    `against` (contracted, total, reported, nothing), `up`, `times`, `signature`.
    """

    code = "milestone_slip"


class SumNeeded(Refusal):
    """This milestone says how much."""

    code = "milestone_sum_needed"


class SumNone(Refusal):
    """A milestone of this kind has no sum."""

    code = "milestone_no_sum"


class ProofType(Refusal):
    """A file of this type shows nothing. `facts`: name, types."""

    code = "milestone_proof_type"


class ProofNeeded(Refusal):
    """This milestone is shown by a file."""

    code = "milestone_proof_needed"


class MilestoneMoved(AlreadyDone):
    """Somebody has reviewed, confirmed, returned, corrected or withdrawn it meanwhile."""

    code = "milestone_moved"


class OwnMilestone(Refusal):
    """Whoever entered it is not the second pair of eyes."""

    code = "milestone_own"
    status = 409


class NoConfirmation(Refusal):
    """Milestones of this kind are not confirmed by anybody."""

    code = "milestone_unconfirmed_kind"


class WordsNeeded(Refusal):
    """A return, a withdrawal, another sum than the reported one needs its reason."""

    code = "milestone_reason"


def check_day(on: date, today: date) -> None:
    """Raise for a day that has not come yet, or that no project here can have seen."""
    if on > today:
        raise MilestoneInFuture
    if on < EARLIEST:
        raise MilestoneTooEarly


def check_sum(amount: Money | None) -> None:
    """Raise SumAbsurd for a sum that is nothing, negative or beyond all measure."""
    if amount is not None and not 0 < amount.major <= MOST_MAJOR:
        raise SumAbsurd


def check_slip(sum_: Money, usd: int, known: Mapping[str, int | None], checked: str, *, both: bool) -> None:
    """Raise SumSlip for a sum (`usd` in cents) that is tenfold the first of `known` that there is, or with `both` a tenth of it:
    a zero too many, 万 for 亿. Not where `checked` says that this very sum was looked at.
    """
    against, other = next(((name, cents) for name, cents in known.items() if cents), ("nothing", 0))
    times = tenfold(usd, other) if other and usd else 0
    up = times > 0 if other else usd >= REMARKABLE
    down = times < 0 and both and against != "total"
    signature = f"{sum_.currency}{sum_.amount}"
    if (up or down) and checked != signature:
        raise SumSlip(against=against, up=up, times=f"{abs(times):,}", signature=signature)


def check_order(kind: Kind, on: date, others: Iterable[Dated], path: Sequence[Kind]) -> None:
    """Raise OutOfOrder unless `on` lies between what comes before and after it on the path; the same day is no disorder.
    A framework agreement stands beside the path: it is held against nothing but the first talks.
    """
    place = {one: number for number, one in enumerate(path)}
    if kind not in place:
        return
    for other in others:
        if other.kind is kind or other.kind not in place or not _bound(kind, other.kind):
            continue
        before = place[other.kind] < place[kind]
        if (before and on < other.on) or (not before and on > other.on):
            raise OutOfOrder(kind=kind.value, on=on.isoformat(), other=other.kind.value, other_on=other.on.isoformat())


def _bound(kind: Kind, other: Kind) -> bool:
    return Kind.FRAMEWORK not in (kind, other) or Kind.FIRST_TALKS in (kind, other)


def check_new(new: NewMilestone, rule: KindRule, *, proofs: int, path: Sequence[Kind] | None, today: date) -> None:
    """Raise unless a milestone may be entered as typed, whatever else there is. `proofs`: files that show it; `path`: the kinds
    of the project's type, None while nobody has said it.
    """
    check_day(new.on, today)
    if path is not None and new.kind not in path:
        raise NotOnPath(kind=new.kind.value)
    if rule.sum == "none" and new.amount is not None:
        raise SumNone
    if rule.sum == "required" and new.amount is None:
        raise SumNeeded
    check_sum(new.amount)
    if rule.evidence and not proofs:
        raise ProofNeeded
