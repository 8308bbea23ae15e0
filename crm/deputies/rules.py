"""Who may do whose desk, and for how long. The colleague acts as themselves; what they do there is noted as for the other."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from crm.core.errors import AlreadyDone, Refusal
from crm.policy.rules import WORKS_IN_A_UNIT, Actor, Role, Standing

MOST_DAYS = 92  # a leave; who is away for longer hands their leads over
AHEAD_DAYS = 92


class DeputyUnfit(Refusal):
    """Not an active officer or manager of the same unit, or the very person."""

    code = "deputy_unfit"


class DeputyDays(Refusal):
    """The days are no days to come, or too many. `facts`: most, ahead."""

    code = "deputy_days"


class DeputyThere(AlreadyDone):
    """Somebody does this desk on one of these days already."""

    code = "deputy_there"


class DeputyEnded(AlreadyDone):
    """It has ended."""

    code = "deputy_ended"


class DeputyState(StrEnum):
    """Where it stands today; nobody need end it."""

    COMING = "coming"
    NOW = "now"
    OVER = "over"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Person:
    """What of somebody decides."""

    id: int
    role: Role
    unit_id: int
    unit_path: str
    active: bool


def check_pair(whose: Person, to: Person) -> None:
    """Raise DeputyUnfit unless `to` may do the desk of `whose`: two people who work in the same unit."""
    both_work = {whose.role, to.role} <= WORKS_IN_A_UNIT
    if whose.id == to.id or not both_work or whose.unit_id != to.unit_id or not to.active:
        raise DeputyUnfit


def check_days(first: date, last: date, today: date) -> None:
    """Raise DeputyDays unless it begins today or within three months, and lasts at most three."""
    begins = today <= first <= today + timedelta(days=AHEAD_DAYS)
    if not begins or not first <= last <= first + timedelta(days=MOST_DAYS):
        raise DeputyDays(most=MOST_DAYS, ahead=AHEAD_DAYS)


def overlap(days: Iterable[tuple[date, date]], first: date, last: date) -> bool:
    """Whether one of these periods shares a day with another."""
    return any(begins <= last and first <= ends for begins, ends in days)


def state_of(first: date, last: date, *, ended: bool, today: date) -> DeputyState:
    """Where it stands on a day."""
    if ended:
        return DeputyState.ENDED
    if today > last:
        return DeputyState.OVER
    return DeputyState.NOW if today >= first else DeputyState.COMING


def stands(actor: Actor, whose: Person, to_id: int | None = None) -> Standing:
    """How somebody stands to a desk: whose it is, who manages that person's unit, and who does it (`to_id`)."""
    words: set[str] = set()
    if actor.role in WORKS_IN_A_UNIT:
        if whose.id == actor.user_id:
            words.add("desk_holder")
        if actor.role is Role.DISTRICT_MANAGER and whose.unit_path.startswith(actor.unit_path):
            words.add("manager")
        if to_id == actor.user_id:
            words.add("delegate")
    return Standing(frozenset(words))
