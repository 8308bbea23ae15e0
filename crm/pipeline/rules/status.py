"""Pausing a lead until a day, ending it, taking it up again."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from crm.core.errors import AlreadyDone, Refusal
from crm.leads.rules.lead import Status

LONGEST_PAUSE = timedelta(days=730)


class Cause(StrEnum):
    """Why a lead ended: 落户其他地区, 投资方取消, 条件不符, 长期失联, 其他."""

    LOST = "lost"
    CANCELLED = "cancelled"
    UNFIT = "unfit"
    SILENT = "silent"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Ending:
    """终止 as typed: why, in words; lost to where, and what would have won it."""

    cause: Cause
    reason: str
    lost_to: str | None = None
    would_have_won: str | None = None


class StatusThere(AlreadyDone):
    """The lead has this status already."""

    code = "status_there"


class StatusReason(Refusal):
    """A pause or an ending says why."""

    code = "status_reason"


class LostToNeeded(Refusal):
    """A project that went elsewhere went somewhere."""

    code = "status_lost_to"


class WakeUnfit(Refusal):
    """The day to wake up lies in the future, within two years."""

    code = "status_wake"


def check_pause(status: Status, wake_on: date, reason: str, today: date) -> None:
    """Raise unless an active lead may be paused until `wake_on`."""
    if status is not Status.ACTIVE:
        raise StatusThere
    if not today < wake_on <= today + LONGEST_PAUSE:
        raise WakeUnfit
    _check_reason(reason)


def check_end(status: Status, ending: Ending) -> None:
    """Raise unless a lead may be ended so."""
    if status is Status.ENDED:
        raise StatusThere
    _check_reason(ending.reason)
    if ending.cause is Cause.LOST and not (ending.lost_to or "").strip():
        raise LostToNeeded


def check_resume(status: Status, reason: str) -> None:
    """Raise unless a paused or ended lead may be taken up again."""
    if status is Status.ACTIVE:
        raise StatusThere
    _check_reason(reason)


def _check_reason(reason: str) -> None:
    if not reason.strip():
        raise StatusReason
