"""Named writes: enter an event, change or withdraw it, put a lead to one and take it off."""

from collections.abc import Collection, Iterable
from dataclasses import astuple
from datetime import datetime

from sqlalchemy import select

from crm.audit import services as audit
from crm.core import clock
from crm.core.db import db, lock_key
from crm.core.errors import Forbidden, Refusal
from crm.core.numbers import next_number
from crm.core.versions import check_version
from crm.events import queries
from crm.events.models import Event, EventLink
from crm.events.rules import (
    EventInUse,
    EventThere,
    EventUnknown,
    EventWithdrawn,
    LinkMoved,
    LinkRole,
    NewEvent,
    OrganiserUnfit,
    ReasonMissing,
    check,
    check_link,
    event_number,
    key_of,
    towards_event,
)
from crm.policy import rules as policy
from crm.policy.rules import Actor, NamedLead
from crm.units import queries as units

_FIELDS = ("name", "kind", "first_on", "last_on", "country", "city", "unit_id", "note")


def enter_event(new: NewEvent, *, city: str, actor: Actor, now: datetime, is_demo: bool = False) -> Event:
    """Put an event on record under the next number of the year (`city`: the code that numbers begin with). Raises what is wrong
    with its days, OrganiserUnfit, EventThere, Forbidden.
    """
    policy.require(policy.of_role(actor), "event", "make", seen_by="read")
    _check(new, actor, now)
    _no_other(new, None)
    year = clock.city_day(now).year
    row = Event(
        number=event_number(city, year, next_number("event", year)), made_by_id=actor.user_id, made_at=now, is_demo=is_demo,
        name_key=key_of(new.name), **_values(new),
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    facts = {"event": row.public_id, "number": row.number, **{name: _text(value) for name, value in _values(new).items()}}
    audit.record("event.entered", subject=None, facts=facts, actor=actor, now=now)
    return row


def change_event(public_id: str, new: NewEvent, *, opened: int, actor: Actor, now: datetime) -> Event:
    """Change an event. Raises StaleVersion when a colleague saved since version `opened`, EventWithdrawn, and what
    `enter_event` raises.
    """
    row = _locked(public_id, actor)
    check_version(row, opened)
    _check(new, actor, now)
    _no_other(new, row.id)
    there = {name: getattr(row, name) for name in _FIELDS}
    changed = {name: [_text(there[name]), _text(value)] for name, value in _values(new).items() if there[name] != value}
    if changed:
        for name, value in _values(new).items():
            setattr(row, name, value)
        row.name_key = key_of(new.name)
        db.session.flush()
        db.session.expire(row, ["unit"])
        audit.record("event.changed", subject=None, facts={"event": row.public_id, **changed}, actor=actor, now=now)
    return row


def withdraw_event(public_id: str, reason: str, *, actor: Actor, now: datetime) -> Event:
    """Take an event that nothing hangs on off the list, for a reason. Raises EventInUse, ReasonMissing, EventWithdrawn."""
    row = _locked(public_id, actor)
    if not reason.strip():
        raise ReasonMissing
    if used := queries.in_use(row.id):
        raise EventInUse(n=used)
    row.withdrawn_at, row.withdrawn_by_id, row.withdrawn_reason = now, actor.user_id, reason.strip()[:400]
    db.session.flush()
    facts = {"event": row.public_id, "name": row.name, "reason": row.withdrawn_reason}
    audit.record("event.withdrawn", subject=None, facts=facts, actor=actor, now=now)
    return row


def put_lead(
    lead: NamedLead, role: LinkRole, event_id: int | None, *, was: int | None, reason: str, actor: Actor, now: datetime
) -> EventLink | None:
    """Put a lead, which the caller holds and whose standing it asked, to an event in a role instead of `was` (the event's key
    that the page showed), or to none. Raises EventUnknown, EventWithdrawn, NotYet, NotSigned, LinkMoved, and ReasonMissing when
    an event is replaced or taken off.
    """
    old = queries.live_of(lead.id).get(role)
    if (old.event_id if old else None) != was:
        raise LinkMoved
    if event_id == was:
        return old
    event = _fit(event_id, role, lead, now) if event_id is not None else None
    if old is not None:
        if not reason.strip():
            raise ReasonMissing
        old.ended_at, old.ended_by_id, old.ended_reason = now, actor.user_id, reason.strip()[:400]
        db.session.flush()
    facts = {"role": role.value, "was": old.event.name if old else None, "reason": reason.strip()[:400] or None}
    if event is None:
        audit.record("lead.event_left", subject=("lead", lead), facts=facts, actor=actor, now=now)
        return None
    row = EventLink(event_id=event.id, lead_id=lead.id, role=role, by_id=actor.user_id, at=now)
    db.session.add(row)
    db.session.flush()
    facts |= {"event": event.public_id, "name": event.name}
    audit.record("lead.event_put", subject=("lead", lead), facts=facts, actor=actor, now=now)
    return row


def hold_sources(event_ids: Collection[int], *, now: datetime) -> dict[int, Event]:
    """Of these events those that a new lead may have come from, held so that nobody withdraws them meanwhile; in one order, so
    that two who hold several do not wait for each other.
    """
    query = select(Event).where(Event.id.in_(event_ids)).order_by(Event.id).with_for_update(of=Event)
    found = {}
    for event in db.session.scalars(query.execution_options(populate_existing=True)) if event_ids else ():
        try:
            check_link(
                LinkRole.SOURCE, event.first_on, signed=False, withdrawn=event.withdrawn_at is not None, today=clock.city_day(now)
            )
        except Refusal:
            continue
        found[event.id] = event
    return found


def put_new(pairs: Iterable[tuple[NamedLead, Event]], *, actor: Actor, now: datetime) -> None:
    """Note of leads that were stored just now from which event each came. The caller holds the events (`hold_sources`)."""
    for lead, event in pairs:
        db.session.add(EventLink(event_id=event.id, lead_id=lead.id, role=LinkRole.SOURCE, by_id=actor.user_id, at=now))
        facts = {"role": "source", "was": None, "reason": None, "event": event.public_id, "name": event.name}
        audit.record("lead.event_put", subject=("lead", lead), facts=facts, actor=actor, now=now)


def _fit(event_id: int, role: LinkRole, lead: NamedLead, now: datetime) -> Event:
    """The event, held so that nobody withdraws it meanwhile."""
    query = select(Event).where(Event.id == event_id).with_for_update(of=Event).execution_options(populate_existing=True)
    event = db.session.scalar(query)
    if event is None:
        raise EventUnknown
    withdrawn = event.withdrawn_at is not None
    check_link(role, event.first_on, signed=lead.signed, withdrawn=withdrawn, today=clock.city_day(now))
    return event


def _locked(public_id: str, actor: Actor) -> Event:
    row = queries.by_public_id(public_id)
    query = select(Event).where(Event.id == row.id).with_for_update(of=Event).execution_options(populate_existing=True)
    row = db.session.scalars(query).one()
    policy.require(towards_event(actor, row.unit.path), "event", "edit", seen_by="read")
    if row.withdrawn_at is not None:
        raise EventWithdrawn
    return row


def _check(new: NewEvent, actor: Actor, now: datetime) -> None:
    check(new, clock.city_day(now))
    unit = units.labels().get(new.unit_id)
    if unit is None or unit.retired:
        raise OrganiserUnfit
    try:
        policy.require(towards_event(actor, units.by_id(new.unit_id).path), "event", "edit", seen_by="read")
    except Forbidden as error:
        raise OrganiserUnfit from error


def _no_other(new: NewEvent, own_id: int | None) -> None:
    key = key_of(new.name)
    lock_key(f"event:{key}")
    same = select(Event.id).where(Event.name_key == key, Event.first_on == new.first_on, Event.withdrawn_at.is_(None))
    if any(found != own_id for found in db.session.scalars(same)):
        raise EventThere


def _values(new: NewEvent) -> dict[str, object]:
    values = dict(zip(_FIELDS, astuple(new), strict=True))
    return values | {"kind": new.kind.value, "note": new.note.strip() or None}


def _text(value: object) -> str | None:
    return None if value is None else str(value)
