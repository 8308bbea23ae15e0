"""What becomes of a return, and what is refused."""

from datetime import date
from enum import StrEnum

from crm.core.errors import AlreadyDone, Refusal


class State(StrEnum):
    """draft: the unit writes it. submitted: the city is to say whether it takes it. returned: the unit is to change it, for a
    reason. confirmed: it never changes again; a correction is a new return with the next number.
    """

    DRAFT = "draft"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    CONFIRMED = "confirmed"


EDITABLE = (State.DRAFT, State.RETURNED)


class Status(StrEnum):
    """How a unit stands in a week's list. none: nothing is drafted, the day has not come. late: the day is past and nothing was
    handed in. empty: handed in without a word of progress.
    """

    NONE = "none"
    DRAFT = "draft"
    SUBMITTED = "submitted"
    LATE = "late"
    EMPTY = "empty"
    RETURNED = "returned"
    CONFIRMED = "confirmed"


def status_of(state: State | None, due: date, today: date, *, handed_in: bool, empty: bool) -> Status:
    """The one word. `handed_in`: it was submitted before, whatever became of it then; `empty`: nothing stands under progress."""
    if state is State.RETURNED:
        return Status.RETURNED
    if state in (None, State.DRAFT) and not handed_in:
        if today > due:
            return Status.LATE
        return Status.NONE if state is None else Status.DRAFT
    if empty:
        return Status.EMPTY
    return Status(state) if state is not None else Status.NONE


class WeekNotOpen(Refusal):
    """Only the present week and a few before it may be drafted."""

    code = "return_week"


class NotOpen(AlreadyDone):
    """It is with the city, or confirmed: the unit cannot change it."""

    code = "return_not_open"


class ReturnMoved(AlreadyDone):
    """Somebody has acted on it since."""

    code = "return_moved"


class AlreadyConfirmed(ReturnMoved):
    """The city has taken it."""

    code = "return_confirmed"


class WithTheUnit(ReturnMoved):
    """The unit is at it: it was not handed in, or was sent back and not handed in again."""

    code = "return_with_unit"


def check_confirm(state: State) -> None:
    """Raise AlreadyConfirmed or WithTheUnit unless the city is to say its word."""
    if state is State.CONFIRMED:
        raise AlreadyConfirmed
    if state is not State.SUBMITTED:
        raise WithTheUnit


class ReasonNeeded(Refusal):
    """Sending back and correcting have a reason."""

    code = "return_reason"


class EmptyReason(Refusal):
    """A return without any progress says why."""

    code = "return_empty"
