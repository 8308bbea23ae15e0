"""The matter, locked; where a level lies; the line that every act leaves; who is told."""

from datetime import date, datetime

from sqlalchemy import select

from crm.accounts import queries as accounts
from crm.claims import queries as claims
from crm.core import clock
from crm.core.db import db, lock_key
from crm.leads.models import Lead
from crm.matters import queries
from crm.matters.models import Matter, MatterEvent
from crm.matters.rules import EventKind, Level, TextNeeded, settings
from crm.notifications import services as notifications
from crm.policy import rules as policy
from crm.policy.rules import Actor, Role
from crm.units import queries as units
from crm.units.rules import UnitKind


def hold(public_id: str, action: str, actor: Actor) -> tuple[Matter, Lead]:
    """A matter and its lead, locked and as they are now, for somebody who may do `action`. NotFound, Forbidden."""
    matter = again(queries.by_public_id(public_id).id)
    lead = db.session.get_one(Lead, matter.lead_id)
    policy.require(queries.stands(actor, matter, lead), "matter", action, seen_by="read")
    return matter, lead


def again(matter_id: int) -> Matter:
    """A matter, locked until the transaction ends."""
    lock_key(f"matter:{matter_id}")
    query = select(Matter).where(Matter.id == matter_id).with_for_update(of=Matter).execution_options(populate_existing=True)
    return db.session.scalars(query).one()


def unit_at(level: Level, following_unit_id: int) -> int | None:
    """With whom a matter lies at a level; None when there is no such unit."""
    if level is Level.DISTRICT:
        return following_unit_id
    if level is Level.CITY:
        return units.coordinating().id
    return min(units.of_kind(UnitKind.HEADQUARTERS), default=None)


def due_at(level: Level, now: datetime) -> date:
    """The day to answer by, for what comes to a level now."""
    return claims.calendar().after(clock.city_day(now), settings()[f"{level.value}_working_days"], working=True)


def note(
    matter: Matter, kind: EventKind, *, actor: Actor | None, now: datetime, text: str | None = None, about: date | None = None
) -> None:
    """Write down what happened, with level, unit and day as they are from now on."""
    event = MatterEvent(
        matter_id=matter.id, kind=kind, level=matter.level, unit_id=matter.unit_id, due_on=matter.due_on, about_on=about,
        text=text, by_id=actor.user_id if actor else None, by_unit_id=actor.unit_id if actor else None, at=now,
    )  # fmt: skip
    db.session.add(event)
    db.session.flush()


def check_text(text: str | None) -> str:
    """The words, or TextNeeded."""
    if not (text or "").strip():
        raise TextNeeded
    return (text or "").strip()[:1000]


def answerers(matter: Matter) -> list[int]:
    """Who is to answer: the person, the unit's managers (all of a unit without one who may), at the city the coordinators."""
    if matter.level == Level.CITY and matter.unit_id == units.coordinating().id:
        return [user.id for user in accounts.coordinators()]
    lead = db.session.get_one(Lead, matter.lead_id)
    stands = {user: queries.stands(user.as_actor(), matter, lead) for user in accounts.active_in([matter.unit_id])}
    people = [user for user, stand in stands.items() if policy.can(stand, "matter", "answer")]
    managers = [user.id for user in people if user.role == Role.DISTRICT_MANAGER]
    found = managers or [user.id for user in people] or [user.id for user in accounts.coordinators()]
    return [*found, *([matter.user_id] if matter.user_id else [])]


def raisers(matter: Matter) -> list[int]:
    """Who is told on the raising side: the person and their unit's managers; once nobody of them is left who could say that it
    is settled, those who say so in their place (the coordinators, without one the colleagues or the headquarters).
    """
    found = [matter.raised_by_id, *(user.id for user in accounts.managers_of(matter.raised_unit.path))]
    db.session.flush()
    db.session.expire(matter, ["answered_by_id", "is_deserted"])
    if not matter.is_deserted:
        return found
    lead = db.session.get_one(Lead, matter.lead_id)
    others = [user.id for user in accounts.coordinators() if user.id != matter.answered_by_id]
    near = accounts.active_in([matter.raised_unit_id, *units.of_kind(UnitKind.HEADQUARTERS)])
    fit = (user.id for user in near if policy.can(queries.stands(user.as_actor(), matter, lead), "matter", "accept"))
    return [*found, *(others or fit)]


def tell(
    people: list[int], code: str, matter: Matter, facts: dict[str, str], *, actor: Actor | None, now: datetime
) -> None:  # fmt: skip
    """A message about a matter. It says neither what it is about nor whom: that is read on its page."""
    who = {"unit": units.by_id(actor.unit_id).zh, "person": actor.name} if actor else {}
    told = who | facts | {"about": db.session.get_one(Lead, matter.lead_id).public_id}
    notifications.notify(people, code, subject=("matter", matter.public_id), facts=told, actor=actor, now=now)


def due_fact(matter: Matter) -> dict[str, str]:
    """The day to answer by, for a message."""
    return {"due": clock.start_of(matter.due_on).isoformat()}
