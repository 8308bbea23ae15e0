"""Moving along the pipeline: which way, on which day, and when a reason is needed."""

from datetime import date

from crm.core.errors import Refusal
from crm.leads.rules.lead import STAGES, NotAdmitted, ReasonNeeded, Stage


class SameStage(Refusal):
    """The lead is there already."""

    code = "same_stage"


class StageInFuture(Refusal):
    """A stage is reached when it happened."""

    code = "stage_in_future"


class StageBeforeLast(Refusal):
    """The event lies before the last change of stage."""

    code = "stage_before_last"


def is_backward(old: Stage, new: Stage) -> bool:
    """Whether a move goes back along the pipeline."""
    return STAGES.index(new) < STAGES.index(old)


def check_move(old: Stage, new: Stage, *, on: date, last_on: date, today: date, admitted: bool, note: str) -> None:
    """Raise unless the move may be made: admitted first, not to where it is, not in the future nor before the last change,
    backward only with a reason.
    """
    if old is new:
        raise SameStage
    if on > today:
        raise StageInFuture
    if on < last_on:
        raise StageBeforeLast(last=last_on.isoformat())
    if is_backward(old, new) and not note.strip():
        raise ReasonNeeded(stage=new.value)
    if not is_backward(old, new) and not admitted:
        raise NotAdmitted
