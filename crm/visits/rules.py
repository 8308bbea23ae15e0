"""What progress is."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from crm.core.errors import Refusal


class Kind(StrEnum):
    """洽谈, 走访, 来访, 会见, 电话, 其他."""

    TALKS = "talks"
    VISIT = "visit"
    INCOMING = "incoming"
    RECEPTION = "reception"
    CALL = "call"
    OTHER = "other"


class InTheFuture(Refusal):
    """Progress is what happened."""

    code = "date_in_future"


@dataclass(frozen=True, slots=True)
class NewProgress:
    """写进展 as typed: when, how, with whom, what, and what comes next."""

    kind: Kind
    on: date
    text: str
    whom: str | None = None
    next_step: str | None = None
    next_due: date | None = None


def check_day(on: date, today: date) -> None:
    """Raise InTheFuture for a day that has not come yet."""
    if on > today:
        raise InTheFuture
