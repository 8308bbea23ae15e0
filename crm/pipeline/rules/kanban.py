"""The pipeline as columns: where a card may be moved and why not elsewhere; how long is long in a stage."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from crm.leads.rules.lead import STAGES, ProjectType, Stage, Status
from crm.pipeline.rules.gates import Gates
from crm.pipeline.rules.moving import is_backward


class Way(StrEnum):
    """Whether a card may go to a stage. open and reason (backward: say why) may; the others say why not."""

    OPEN = "open"
    REASON = "reason"
    HERE = "here"
    NOT_YOURS = "not_yours"
    PAUSED = "paused"
    ENDED = "ended"
    NOT_ADMITTED = "not_admitted"
    FINAL = "final"
    GATE = "gate"


class Age(StrEnum):
    """How long a lead has been in its stage, against the stage's limit."""

    PLANNED = "planned"
    SOON = "soon"
    LATE = "late"


@dataclass(frozen=True, slots=True)
class Facts:
    """What of a lead and of who looks at it decides where its card may go. status: None when they may not read it."""

    stage: Stage
    project_type: ProjectType | None
    status: Status | None
    admitted: bool
    may_move: bool
    may_reopen: bool
    principals: frozenset[str]


def ways_of(facts: Facts, gates: Gates) -> tuple[Way, ...]:
    """The way to every stage, in their order: what a move would be refused for before anything is typed. What is missing at a
    gate is asked for at the move itself.
    """
    fixed = _fixed(facts)
    if fixed is not None:
        return tuple(Way.HERE if stage is facts.stage else fixed for stage in STAGES)
    return tuple(_way(facts, stage, gates) for stage in STAGES)


def _fixed(facts: Facts) -> Way | None:
    if not facts.may_move:
        return Way.NOT_YOURS
    if facts.status is Status.ENDED:
        return Way.ENDED
    return Way.PAUSED if facts.status is Status.PAUSED else None


def _way(facts: Facts, to: Stage, gates: Gates) -> Way:
    if to is facts.stage:
        return Way.HERE
    if is_backward(facts.stage, to):
        return Way.FINAL if facts.stage is STAGES[-1] and not facts.may_reopen else Way.REASON
    if not facts.admitted:
        return Way.NOT_ADMITTED
    between = gates.between(facts.project_type, facts.stage, to)
    closed = any(gate.passes and gate.passes.isdisjoint(facts.principals) for gate in between)
    return Way.GATE if closed else Way.OPEN


def remembering(gates: Gates) -> Callable[[Facts], tuple[Way, ...]]:
    """`ways_of` for a page of cards, most of which are alike."""
    seen: dict[Facts, tuple[Way, ...]] = {}

    def ways(facts: Facts) -> tuple[Way, ...]:
        if facts not in seen:
            seen[facts] = ways_of(facts, gates)
        return seen[facts]

    return ways


def age_of(days: int, limit: int | None, near: int) -> Age:
    """Whether `days` in a stage are past its limit, or within `near` days of it. A stage without a limit is never late."""
    if limit is None or days < limit - near:
        return Age.PLANNED
    return Age.LATE if days > limit else Age.SOON
