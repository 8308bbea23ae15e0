"""What an event is, what may be typed of one, which one a written name means, and when a lead may be put to one."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from crm.core.errors import Refusal
from crm.core.text import clean
from crm.policy.rules import WORKS_IN_A_UNIT, Actor, Role, Standing, of_role


class EventKind(StrEnum):
    """What sort of event: an exhibition, a roadshow, a signing ceremony, a matchmaking meeting, a trip abroad, a forum."""

    FAIR = "fair"
    ROADSHOW = "roadshow"
    CEREMONY = "ceremony"
    MATCHMAKING = "matchmaking"
    TRIP = "trip"
    FORUM = "forum"
    OTHER = "other"


class LinkRole(StrEnum):
    """What an event is to a lead: where it came from, where it was signed. One event at a time in each."""

    SOURCE = "source"
    SIGNED = "signed"


PAGE = 30
HOME = "CN"
OLDEST = date(2000, 1, 1)
MOST_DAYS = 60  # a trade fair of several phases lasts three weeks; what is longer is a slip of the year
AHEAD_DAYS = 730
SOURCE_AHEAD_DAYS = 30  # firms are spoken to before the fair opens
_DAY = r"(?P<year>\d{4})[-/.](?P<month>\d{1,2})[-/.](?P<day>\d{1,2})"
_WITH_DAY = (re.compile(rf"^{_DAY}\s+(?P<name>\S.*)$"), re.compile(rf"^(?P<name>.*\S)\s*[(（]{_DAY}[)）]$"))


_NUMBER = re.compile(r"^[A-Z]{1,6}-HD-\d{4}-\d{4,}$")


def event_number(city: str, year: int, serial: int) -> str:
    """SZ-HD-2026-0007."""
    return f"{city}-HD-{year}-{serial:04d}"


def number_in(text: str) -> str | None:
    """The event's number that a search consists of; None when it is anything else."""
    typed = clean(text).strip().upper()
    return typed if _NUMBER.match(typed) else None


class DatesBackwards(Refusal):
    """The last day is before the first."""

    code = "event_backwards"


class TooLong(Refusal):
    """It lasts longer than any event does. `facts`: most."""

    code = "event_too_long"


class DayUnlikely(Refusal):
    """It is too long ago, or too far ahead."""

    code = "event_day"


class EventThere(Refusal):
    """There is one of that name beginning on that day."""

    code = "event_there"
    status = 409


class OrganiserUnfit(Refusal):
    """A manager's event is organised by the manager's own unit or one below it."""

    code = "event_organiser"


class EventWithdrawn(Refusal):
    """It was withdrawn."""

    code = "event_withdrawn"
    status = 409


class EventInUse(Refusal):
    """Leads are attached to it, so it stays. `facts`: n."""

    code = "event_in_use"
    status = 409


class ReasonMissing(Refusal):
    """Withdrawing, or detaching, needs a reason."""

    code = "event_reason"


class EventUnknown(Refusal):
    """No such event to choose."""

    code = "event_unknown"


class EventAmbiguous(Refusal):
    """Several events are called so: the day must be said too."""

    code = "event_ambiguous"


class NotYet(Refusal):
    """It has not begun (to sign at), or begins too late (to have come from)."""

    code = "event_not_yet"


class NotSigned(Refusal):
    """What is not signed was signed nowhere."""

    code = "event_not_signed"


class LinkMoved(Refusal):
    """Somebody put the lead to another event meanwhile, or took it off."""

    code = "event_link_moved"
    status = 409


@dataclass(frozen=True, slots=True)
class NewEvent:
    """An event as typed: by days in the city's calendar, both included."""

    name: str
    kind: EventKind
    first_on: date
    last_on: date
    country: str
    city: str
    unit_id: int
    note: str = ""


def check(new: NewEvent, today: date) -> None:
    """Raise DatesBackwards, TooLong or DayUnlikely."""
    if new.last_on < new.first_on:
        raise DatesBackwards
    if (new.last_on - new.first_on).days >= MOST_DAYS:
        raise TooLong(most=MOST_DAYS)
    if new.first_on < OLDEST or new.first_on > today + timedelta(days=AHEAD_DAYS):
        raise DayUnlikely


def check_link(role: LinkRole, first_on: date, *, signed: bool, withdrawn: bool, today: date) -> None:
    """Whether a lead may be put to an event: raise EventWithdrawn, NotYet or NotSigned."""
    if withdrawn:
        raise EventWithdrawn
    if role is LinkRole.SIGNED and not signed:
        raise NotSigned
    ahead = SOURCE_AHEAD_DAYS if role is LinkRole.SOURCE else 0
    if first_on > today + timedelta(days=ahead):
        raise NotYet


def towards_event(actor: Actor, unit_path: str) -> Standing:
    """The standing towards an event: by role, and a manager of the organising unit or one above it as its manager."""
    if actor.role not in WORKS_IN_A_UNIT:
        return of_role(actor)
    words = {actor.role.value}
    if actor.role is Role.DISTRICT_MANAGER and unit_path.startswith(actor.unit_path):
        words.add("manager")
    return Standing(frozenset(words))


def key_of(name: str) -> str:
    """The name as it is searched and told apart: without case and spaces."""
    return "".join(clean(name).casefold().split())


@dataclass(frozen=True, slots=True)
class KnownEvent:
    """As much of an event as tells which one is meant."""

    id: int
    public_id: str
    name: str
    first_on: date


def meant(text: str, known: Mapping[str, Sequence[KnownEvent]]) -> KnownEvent:
    """Of the `known` events (by `key_of` their names and numbers) the one that a sheet means: by its whole name, its number,
    its first day and name ("2026-09-08 Name", "Name (2026-09-08)") or the id of its page; never by likeness. Raises EventUnknown,
    EventAmbiguous.
    """
    text = clean(text)
    same = known.get(key_of(text), ())
    if not same:
        same = _of_day(text, known) or [one for ones in known.values() for one in ones if one.public_id == text]
    if not same:
        raise EventUnknown
    if len(same) > 1:
        raise EventAmbiguous
    return same[0]


def _of_day(text: str, known: Mapping[str, Sequence[KnownEvent]]) -> list[KnownEvent]:
    found = next((match for shape in _WITH_DAY if (match := shape.match(text))), None)
    if found is None:
        return []
    try:
        on = date(int(found["year"]), int(found["month"]), int(found["day"]))
    except ValueError:
        return []
    return [one for one in known.get(key_of(found["name"]), ()) if one.first_on == on]
