"""Moving along the pipeline: which way, on which day, when a reason is needed, and who lets a lead through a closed gate."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from crm.core.errors import AlreadyDone, Refusal
from crm.leads.rules.lead import STAGES, NotAdmitted, ReasonNeeded, Stage, Status
from crm.pipeline.rules.gates import Gate, Gates, Missing


class SameStage(Refusal):
    """The lead is there already."""

    code = "same_stage"


class StageInFuture(Refusal):
    """A stage is reached when it happened."""

    code = "stage_in_future"


class StageBeforeLast(Refusal):
    """The event lies before the last change of stage."""

    code = "stage_before_last"


class FinalStage(Refusal):
    """From the last stage only the city takes a project back."""

    code = "stage_final"


class NotActive(AlreadyDone):
    """A paused or ended lead is taken up again before it moves."""

    code = "lead_not_active"


class GateClosed(Refusal):
    """Something is missing. `facts`: missing (what), number."""

    code = "gate_closed"


class GateNotYours(Refusal):
    """Somebody else takes a project through this gate. `facts`: stage."""

    code = "gate_not_yours"


class OverrideUnfit(Refusal):
    """An override needs a reason and a day in the near future. `facts`: days."""

    code = "gate_override_unfit"


@dataclass(frozen=True, slots=True)
class NewOverride:
    """Letting a lead through though something is missing: why, and until when it may be missing."""

    reason: str
    until: date


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


def day_between(on: date, before: date | None, after: date | None) -> date:
    """The day, or the nearest that is not before the one nor after the other."""
    if after is not None and on > after:
        return after
    return before if before is not None and on < before else on


def check_status(status: Status) -> None:
    """Raise NotActive for a lead that was paused or ended."""
    if status is not Status.ACTIVE:
        raise NotActive(status=status.value)


def check_passes(gates: Sequence[Gate], principals: frozenset[str]) -> None:
    """Raise GateNotYours when one of the gates is not for somebody who stands so to the lead."""
    for gate in gates:
        if gate.passes and gate.passes.isdisjoint(principals):
            raise GateNotYours(stage=gate.to.value)


def may_override(gates: Sequence[Gate], principals: frozenset[str]) -> bool:
    """Whether somebody who stands so to the lead may let it through all of these gates."""
    return bool(gates) and all(not gate.overrides.isdisjoint(principals) for gate in gates)


def check_override(new: NewOverride, *, table: Gates, today: date) -> None:
    """Raise OverrideUnfit without a reason, or for a day that is past or too far off."""
    at_most = today + timedelta(days=table.override_days_at_most)
    if not new.reason.strip() or not today < new.until <= at_most:
        raise OverrideUnfit(days=table.override_days_at_most)


def check_gate(missing: Sequence[Missing]) -> None:
    """Raise GateClosed when something is missing."""
    if missing:
        raise GateClosed(missing=tuple(missing), number=len(missing))
