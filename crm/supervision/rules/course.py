"""The course of a supervised task: 办理中 -> 待销号 -> 已销号. Where one stands is read off its events: the same ones, the same
answer.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from pathlib import Path

from crm.claims.rules.calendar import Calendar


class Way(StrEnum):
    """How a leader said it: written on a paper, at a meeting, by telephone."""

    WRITTEN = "written"
    MEETING = "meeting"
    TELEPHONE = "telephone"


class InstructionState(StrEnum):
    """open: the unit works on it. reported: it says that it is done. closed: whoever gave it, or the coordinator, says so
    (销号).
    """

    OPEN = "open"
    REPORTED = "reported"
    CLOSED = "closed"


class Deed(StrEnum):
    """What happens to a supervised task. fed_back: how far it is; reported: it is done, says the unit; asked_time, given_time,
    refused_time: a later day; reminded and told_late: its day is near, or past.
    """

    GIVEN = "given"
    FED_BACK = "fed_back"
    REPORTED = "reported"
    ASKED_TIME = "asked_time"
    GIVEN_TIME = "given_time"
    REFUSED_TIME = "refused_time"
    RETURNED = "returned"
    CLOSED = "closed"
    REMINDED = "reminded"
    TOLD_LATE = "told_late"


_SETS_DAY = (Deed.GIVEN, Deed.GIVEN_TIME, Deed.RETURNED)
_STATES = {
    Deed.GIVEN: InstructionState.OPEN, Deed.REPORTED: InstructionState.REPORTED, Deed.RETURNED: InstructionState.OPEN,
    Deed.CLOSED: InstructionState.CLOSED,
}  # fmt: skip
_ABOUT_TIME = (Deed.ASKED_TIME, Deed.GIVEN_TIME, Deed.REFUSED_TIME, Deed.RETURNED, Deed.REPORTED, Deed.CLOSED)


@dataclass(frozen=True, slots=True)
class Happened:
    """An event as the course hears it. `due`: the day it is to be done by from then on (of a wish for more time the day that is
    asked for); `about`: the day that a reminder was about.
    """

    deed: Deed
    due: date
    about: date | None = None


@dataclass(frozen=True, slots=True)
class Now:
    """Where a task stands: its state, the day it is to be done by, the day somebody asks for instead (None: nobody does); what
    the nightly pass is to do about it.
    """

    state: InstructionState
    due: date
    asked: date | None
    late: bool
    reminds: bool
    tells_late: bool


def read(events: Sequence[Happened], calendar: Calendar, today: date) -> Now:
    """Read it off the events, in order: reminded of a working day before its day, told of as late the day after, once for each
    day. ValueError without the giving.
    """
    days = [event for event in events if event.deed in _SETS_DAY]
    if not days:
        raise ValueError("a task that nobody gave")
    state = [_STATES[event.deed] for event in events if event.deed in _STATES][-1]
    due = days[-1].due
    wishes = [event for event in events if event.deed in _ABOUT_TIME]
    asked = wishes[-1].due if wishes and wishes[-1].deed is Deed.ASKED_TIME else None
    told = {event.deed for event in events if event.about == due}
    works = state is InstructionState.OPEN
    late = works and today > due
    return Now(
        state, due, asked, late,
        reminds=works and not late and today >= calendar.before(due) and Deed.REMINDED not in told,
        tells_late=late and Deed.TOLD_LATE not in told,
    )  # fmt: skip


@cache
def settings() -> dict[str, int]:
    """Working days in force, by name."""
    loaded = json.loads((Path(__file__).parent.parent / "rules.json").read_text("utf-8"))
    return {name: value for name, value in loaded.items() if isinstance(value, int)}


@dataclass(frozen=True, slots=True)
class NewInstruction:
    """What a leader (`leader_id`) said, how and on which day; which unit is to do it, with whose help, by when (None: in the
    usual time); about which lead (its public id; None: about none).
    """

    leader_id: int
    text: str
    way: Way
    given_on: date
    unit_id: int
    supporting: tuple[int, ...] = ()
    due_on: date | None = None
    lead: str | None = None


@dataclass(frozen=True, slots=True)
class Said:
    """A decision about a task: its words; how the leader said it, where somebody acts for them; a new day, where there is one."""

    text: str
    way: Way | None = None
    due_on: date | None = None
