"""New versions of the protection rules, and days that are worked or not."""

from datetime import date, datetime

from sqlalchemy import select

from crm.audit import services as audit
from crm.claims import queries
from crm.claims.models import ProtectionRules, SpecialDay
from crm.claims.rules import protection as rules
from crm.claims.rules.calendar import DayThere
from crm.claims.rules.protection import Protection
from crm.core import clock
from crm.core.db import db, lock_key
from crm.core.errors import NotFound
from crm.policy import rules as policy
from crm.policy.rules import Actor


def load_reference() -> int:
    """Store the versions that the product brings where there are none, and how many. From then on the rules are the office's:
    a version that a later product brings displaces none of its own.
    """
    if db.session.scalar(select(ProtectionRules.id).limit(1)) is not None:
        return 0
    for one in rules.shipped():
        _store(one, None, None)
    db.session.flush()
    return len(rules.shipped())


def add_rules(new: Protection, *, actor: Actor, now: datetime) -> ProtectionRules:
    """Another version, valid from a day on; what was granted before keeps its own. Raises what check_new raises."""
    policy.require(policy.of_role(actor), "reference", "edit", seen_by="read")
    lock_key("protection-rules")
    rules.check_new(queries.versions(), new, clock.city_day(now))
    row = _store(new, actor, now)
    db.session.flush()
    facts = {"version": new.version, "valid_from": new.valid_from.isoformat(), "source": new.source, **new.settings.as_data()}
    audit.record("rules.added", subject=None, facts=facts, actor=actor, now=now)
    return row


def _store(one: Protection, actor: Actor | None, now: datetime | None) -> ProtectionRules:
    row = ProtectionRules(
        name=one.version, valid_from=one.valid_from, settings=one.settings.as_data(), source=one.source, verified=one.verified,
        added_by_id=actor.user_id if actor else None, added_at=now,
    )  # fmt: skip
    db.session.add(row)
    return row


def add_special_day(day: date, *, is_worked: bool, note: str, actor: Actor, now: datetime) -> SpecialDay:
    """Say of a day whether it is worked, whatever the country's calendar says. Raises DayThere."""
    policy.require(policy.of_role(actor), "reference", "edit", seen_by="read")
    lock_key(f"special-day:{day.isoformat()}")
    there = select(SpecialDay.id).where(SpecialDay.day == day, SpecialDay.taken_back_at.is_(None))
    if db.session.scalar(there) is not None:
        raise DayThere
    row = SpecialDay(day=day, is_worked=is_worked, note=note, added_by_id=actor.user_id, added_at=now)
    db.session.add(row)
    db.session.flush()
    facts = {"day": day.isoformat(), "worked": is_worked, "note": note}
    audit.record("rules.day_added", subject=None, facts=facts, actor=actor, now=now)
    return row


def take_day_back(public_id: str, *, actor: Actor, now: datetime) -> None:
    """The country's calendar holds again for a day. Raises NotFound when nothing is said of it."""
    policy.require(policy.of_role(actor), "reference", "edit", seen_by="read")
    live = (SpecialDay.public_id == public_id) & SpecialDay.taken_back_at.is_(None)
    row = db.session.scalar(select(SpecialDay).where(live).with_for_update())
    if row is None:
        raise NotFound
    row.taken_back_by_id, row.taken_back_at = actor.user_id, now
    audit.record("rules.day_taken_back", subject=None, facts={"day": row.day.isoformat()}, actor=actor, now=now)
