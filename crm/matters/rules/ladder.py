"""The ladder: district -> city -> headquarters. Where a matter stands is read off its events: the same ones, the same answer."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from pathlib import Path

from crm.claims.rules.calendar import Calendar


class Level(StrEnum):
    """Who is to answer: 区, 市, 指挥部."""

    DISTRICT = "district"
    CITY = "city"
    HEADQUARTERS = "headquarters"


class MatterState(StrEnum):
    """open: an answer is due. answered: whoever raised it is to say whether that settles it. closed: it does."""

    OPEN = "open"
    ANSWERED = "answered"
    CLOSED = "closed"


class EventKind(StrEnum):
    """What happens to a matter. escalated: late, by itself; lifted: by a person, for a reason; reminded and told_late: its day is
    near, or past where there is no level above.
    """

    RAISED = "raised"
    ANSWERED = "answered"
    ACCEPTED = "accepted"
    REOPENED = "reopened"
    ESCALATED = "escalated"
    LIFTED = "lifted"
    REMINDED = "reminded"
    TOLD_LATE = "told_late"


_SETS = (EventKind.RAISED, EventKind.REOPENED, EventKind.ESCALATED, EventKind.LIFTED)  # a level, and a day to answer by
_STATES = {
    EventKind.RAISED: MatterState.OPEN, EventKind.REOPENED: MatterState.OPEN, EventKind.ESCALATED: MatterState.OPEN,
    EventKind.LIFTED: MatterState.OPEN, EventKind.ANSWERED: MatterState.ANSWERED, EventKind.ACCEPTED: MatterState.CLOSED,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Happened:
    """An event as the ladder hears it. `about`: the day to answer by that it was about."""

    kind: EventKind
    level: Level
    due: date
    about: date | None = None


@dataclass(frozen=True, slots=True)
class Now:
    """Where a matter stands: level, state, the day to answer by; what the nightly pass is to do about it."""

    level: Level
    state: MatterState
    due: date
    late: bool
    escalates: bool
    reminds: bool
    tells_late: bool


def read(events: Sequence[Happened], calendar: Calendar, today: date) -> Now:
    """Read it off the events, in order. ValueError without the raising."""
    last = [event for event in events if event.kind in _SETS]
    if not last:
        raise ValueError("a matter that nobody raised")
    state = [_STATES[event.kind] for event in events if event.kind in _STATES][-1]
    level, due = last[-1].level, last[-1].due
    told = {event.kind for event in events if event.about == due}
    waits = state is MatterState.OPEN
    late = waits and today > due
    top = above(level) is None
    return Now(
        level, state, due, late,
        escalates=late and not top and EventKind.ESCALATED not in told,
        reminds=waits and not late and today >= calendar.before(due) and EventKind.REMINDED not in told,
        tells_late=late and top and EventKind.TOLD_LATE not in told,
    )  # fmt: skip


def above(level: Level) -> Level | None:
    """The next level; None above the headquarters."""
    levels = list(Level)
    place = levels.index(level)
    return levels[place + 1] if place + 1 < len(levels) else None


@cache
def settings() -> dict[str, int]:
    """Working days in force, by name."""
    loaded = json.loads((Path(__file__).parent.parent / "rules.json").read_text("utf-8"))
    return {name: value for name, value in loaded.items() if isinstance(value, int)}


@dataclass(frozen=True, slots=True)
class NewMatter:
    """What is needed, from which level; of which unit (None: by the level) and person."""

    text: str
    level: Level = Level.DISTRICT
    unit_id: int | None = None
    user_id: int | None = None
