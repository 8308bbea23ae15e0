"""Noting who read what, and who asked about what."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import or_, select

from crm.accounts import queries as accounts
from crm.core import clock
from crm.core.db import db, lock_key
from crm.notifications import services as notifications
from crm.policy.rules import Actor, Role
from crm.readings import queries
from crm.readings.models import Probe, ProbeAlert, Reading
from crm.readings.rules import is_alarming

_LONGEST = 200


def note_reading(lead_id: int, *, actor: Actor, now: datetime) -> None:
    """Note that somebody read a lead today; a second time on the same day changes nothing."""
    today = clock.city_day(now)
    lock_key(f"reading:{lead_id}:{actor.user_id}")
    if not queries.was_noted(lead_id, actor.user_id, today):
        db.session.add(Reading(lead_id=lead_id, user_id=actor.user_id, on_date=today, first_at=now))
        db.session.flush()


def note_probes(lead_ids: Iterable[int], typed: str, *, actor: Actor, now: datetime) -> bool:
    """Note that a typed name hit leads that somebody may not see. From a number of leads on that were hit in a day without a
    registration the coordinators and the security administrators are told, once a day; nobody is kept from anything. Whether
    they were told now.
    """
    today = clock.city_day(now)
    lock_key(f"probes:{actor.user_id}")
    mine = (Probe.user_id == actor.user_id) & (Probe.on_date == today)
    known = {probe.lead_id: probe for probe in db.session.scalars(select(Probe).where(mine))}
    for lead_id in sorted(set(lead_ids)):
        probe = known.get(lead_id)
        if probe is None:
            probe = Probe(lead_id=lead_id, user_id=actor.user_id, on_date=today)
            db.session.add(probe)
        probe.typed, probe.last_at = typed[:_LONGEST], now
    db.session.flush()
    return _alert(actor, now)


def settle_probes(typed: str, lead_id: int, *, actor: Actor, now: datetime) -> None:
    """What somebody typed became a registration, or a second report of a lead: their questions of today about it are none."""
    mine = (Probe.user_id == actor.user_id) & (Probe.on_date == clock.city_day(now)) & Probe.saved_at.is_(None)
    about = or_(Probe.typed == typed[:_LONGEST], Probe.lead_id == lead_id)
    for probe in db.session.scalars(select(Probe).where(mine, about)):
        probe.saved_at = now


def _alert(actor: Actor, now: datetime) -> bool:
    today = clock.city_day(now)
    if not is_alarming(queries.open_probes(actor.user_id, today)):
        return False
    if db.session.scalar(select(ProbeAlert.id).where(ProbeAlert.user_id == actor.user_id, ProbeAlert.on_date == today)):
        return False
    db.session.add(ProbeAlert(user_id=actor.user_id, on_date=today, told_at=now))
    people = [user.id for user in (*accounts.coordinators(), *accounts.of_role(Role.SECURITY_ADMIN))]
    unit = accounts.by_id(actor.user_id)
    facts = {"person": actor.name, "unit": unit.unit.zh if unit else "", "count": queries.open_probes(actor.user_id, today)}
    notifications.notify(people, "probe.many", subject=None, facts=facts, actor=None, now=now)
    return True
