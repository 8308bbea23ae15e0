"""What an event is, what may be typed of one, and when a lead may be put to one."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from crm.core.errors import Refusal
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
