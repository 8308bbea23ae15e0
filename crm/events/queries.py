"""Named reads: events of a page, one to choose, what a lead is put to. Who may read which lead is asked above."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select

from crm.core import regions
from crm.core.db import db, one_of
from crm.core.errors import NotFound
from crm.core.small import SmallTable
from crm.events.models import Event, EventLink
from crm.events.rules import PAGE, SOURCE_AHEAD_DAYS, EventKind, KnownEvent, LinkRole, key_of
from crm.units import queries as units

CHOICES = 300
OFFERED = 100  # by a filter that stands on every list
_LANGUAGES = ("zh", "en")


def _in_order(rows: list[Sequence[Any]]) -> list[tuple[int, date, str]]:
    found = [(int(id_), date.fromisoformat(on), str(name)) for id_, on, name in rows]
    return sorted(found, key=lambda one: (one[1], one[0]), reverse=True)


_newest = SmallTable(
    lambda: select(Event.id, Event.first_on, Event.name)
    .where(Event.withdrawn_at.is_(None)).order_by(Event.first_on.desc(), Event.id.desc()).limit(OFFERED + 1),
    _in_order,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Asked:
    """What the list of events is asked: words of name or place, a kind, a year, an organising unit (with those below it)."""

    text: str = ""
    kind: EventKind | None = None
    year: int | None = None
    unit_path: str | None = None
    page: int = 1


@dataclass(frozen=True, slots=True)
class Found:
    """A page of events, the newest first, and how many there are in all."""

    events: list[Event]
    total: int
    page: int

    @property
    def more(self) -> bool:
        """Whether a page follows."""
        return self.page * PAGE < self.total


def page_of(asked: Asked) -> Found:
    """One page of the list; a page behind the last is the last."""
    query = _asked(asked)
    total = db.session.scalar(select(func.count()).select_from(query.subquery())) or 0
    page = min(asked.page, max(-(-total // PAGE), 1))
    rows = query.order_by(Event.first_on.desc(), Event.id.desc()).limit(PAGE).offset((page - 1) * PAGE)
    return Found(list(db.session.scalars(rows)), total, page)


def _asked(asked: Asked) -> Select[Any]:
    query = select(Event).where(Event.withdrawn_at.is_(None))
    for word in asked.text.split():
        named_so = (one for lang in _LANGUAGES for one in regions.choices(lang))
        places = [code for code, name in named_so if word.casefold() in name.casefold()]
        named = or_(Event.name_key.contains(key_of(word), autoescape=True), Event.number.contains(word.upper(), autoescape=True))
        at = func.lower(Event.city).contains(word.casefold(), autoescape=True)
        query = query.where(or_(named, at, Event.country.in_(places)))
    if asked.kind is not None:
        query = query.where(Event.kind == asked.kind)
    if asked.year is not None:
        query = query.where(Event.first_on <= date(asked.year, 12, 31), Event.last_on >= date(asked.year, 1, 1))
    if asked.unit_path is not None:
        query = query.where(Event.unit_id.in_(units.under(asked.unit_path)))
    return query


def years() -> list[int]:
    """The years in which events began, the newest first."""
    first, last = db.session.execute(
        select(func.min(Event.first_on), func.max(Event.first_on)).where(Event.withdrawn_at.is_(None))
    ).one()
    return list(range(last.year, first.year - 1, -1)) if first else []


def by_public_id(public_id: str) -> Event:
    """The event named in a URL; NotFound."""
    found = db.session.scalar(select(Event).where(Event.public_id == public_id))
    if found is None:
        raise NotFound
    return found


def by_number(number: str) -> Event | None:
    """The event of a number; None."""
    return db.session.scalar(select(Event).where(Event.number == number))


def by_id(event_id: int) -> Event | None:
    """An event by its key."""
    return db.session.get(Event, event_id)


def to_choose(role: LinkRole, today: date, *, beside: Collection[int] = ()) -> list[Event]:
    """The newest events that a lead may be put to in a role, and those of `beside` (what it is put to now)."""
    last = today + timedelta(days=SOURCE_AHEAD_DAYS if role is LinkRole.SOURCE else 0)
    fits = (Event.withdrawn_at.is_(None)) & (Event.first_on <= last)
    query = select(Event).where(or_(fits, Event.id.in_(sorted(beside)))).order_by(Event.first_on.desc(), Event.id.desc())
    return list(db.session.scalars(query.limit(CHOICES)))


def newest() -> list[tuple[int, date, str]]:
    """The newest events (key, first day, name) that a filter offers, one more than `OFFERED` where there are more."""
    return _newest()


def known() -> dict[str, list[KnownEvent]]:
    """All events that stand, by the keys of their names and of their numbers."""
    query = select(Event.name_key, Event.number, Event.id, Event.public_id, Event.name, Event.first_on).where(
        Event.withdrawn_at.is_(None)
    )
    found: dict[str, list[KnownEvent]] = defaultdict(list)
    for row in db.session.execute(query.order_by(Event.first_on, Event.id)):
        for key in (row.name_key, key_of(row.number)):
            found[key].append(KnownEvent(row.id, row.public_id, row.name, row.first_on))
    return dict(found)


def live_of(lead_id: int) -> dict[LinkRole, EventLink]:
    """What a lead is put to now."""
    query = select(EventLink).where(EventLink.lead_id == lead_id, EventLink.ended_at.is_(None))
    return {LinkRole(link.role): link for link in db.session.scalars(query)}


def names_of(lead_ids: Collection[int]) -> dict[int, dict[LinkRole, str]]:
    """The names of the events that leads are put to, in one statement."""
    query = select(EventLink.lead_id, EventLink.role, Event.name).join(Event, Event.id == EventLink.event_id)
    found: dict[int, dict[LinkRole, str]] = defaultdict(dict)
    for lead_id, role, name in db.session.execute(query.where(one_of(EventLink.lead_id, lead_ids), EventLink.ended_at.is_(None))):
        found[lead_id][LinkRole(role)] = name
    return found


def leads_of(event_id: int, role: LinkRole | None = None) -> Select[int]:
    """SQL: the leads put to an event now, in one role or in any."""
    query = select(EventLink.lead_id).where(EventLink.event_id == event_id, EventLink.ended_at.is_(None))
    return query if role is None else query.where(EventLink.role == role)


def put_to(event_id: int, role: LinkRole | None, lead_id: Any) -> ColumnElement[bool]:
    """SQL: that the lead is put to an event, in one role or in any."""
    return lead_id.in_(leads_of(event_id, role))  # type: ignore[no-any-return]


def in_use(event_id: int) -> int:
    """How many leads are put to an event now."""
    return db.session.scalar(select(func.count()).select_from(leads_of(event_id).distinct().subquery())) or 0


def labels(event_ids: Collection[int]) -> dict[int, Event]:
    """Events by their keys."""
    return {event.id: event for event in db.session.scalars(select(Event).where(one_of(Event.id, event_ids)))}
