"""Handing a desk on, and ending that."""

from datetime import date, datetime

from crm.accounts import services as accounts
from crm.accounts.models import User
from crm.accounts.rules import write_desks
from crm.audit import services as audit
from crm.core import clock
from crm.core.db import db, lock_key
from crm.deputies import queries, rules
from crm.deputies.models import Deputy
from crm.notifications import services as notifications
from crm.policy import rules as policy
from crm.policy.rules import Actor


def hand_desk(whose: User, to: User, first: date, last: date, note: str, *, actor: Actor, now: datetime) -> Deputy:
    """Let a colleague do somebody's desk on some days: what that person leads is theirs to work on then (crm.policy says how
    far), as themselves. The person does it, or their manager for them. Raises NotFound, DeputyUnfit, DeputyDays, DeputyThere.
    """
    policy.require(rules.stands(actor, queries.person(whose)), "desk", "hand", seen_by="none")
    rules.check_pair(queries.person(whose), queries.person(to))
    rules.check_days(first, last, clock.city_day(now))
    lock_key(f"deputy:{whose.id}")
    if rules.overlap(((row.from_on, row.until_on) for row in queries.live_of(whose.id)), first, last):
        raise rules.DeputyThere
    row = Deputy(
        whose_id=whose.id, to_id=to.id, from_on=first, until_on=last, note=note.strip()[:200] or None, added_by_id=actor.user_id,
        added_at=now,
    )  # fmt: skip
    db.session.add(row)
    _repeat(to)
    facts = {"person": to.name, "first": first.isoformat(), "until": last.isoformat(), "note": row.note or ""}
    audit.record("desk.handed", subject=("user", whose), facts=facts, actor=actor, now=now)
    _tell(row, whose, to, "desk.handed", actor=actor, now=now)
    return row


def end_deputy(public_id: str, *, actor: Actor, now: datetime) -> Deputy:
    """End it before its day. Raises NotFound, DeputyEnded."""
    row = queries.by_public_id(public_id)
    policy.require(queries.standing(actor, row), "desk", "end", seen_by="none")
    lock_key(f"deputy:{row.whose_id}")
    db.session.refresh(row)
    if row.ended_at is not None or row.until_on < clock.city_day(now):
        raise rules.DeputyEnded
    _end(row, actor=actor, now=now)
    return row


def _end(row: Deputy, *, actor: Actor, now: datetime) -> None:
    row.ended_by_id, row.ended_at = actor.user_id, now
    _repeat(row.to)
    audit.record("desk.ended", subject=("user", row.whose), facts={"person": row.to.name}, actor=actor, now=now)
    _tell(row, row.whose, row.to, "desk.ended", actor=actor, now=now)


def _part(user: User, actor: Actor, now: datetime) -> None:
    """Only colleagues of one unit do each other's desk: whoever goes to another one does none any more, nor has one done."""
    today = clock.city_day(now)
    for row in [*queries.live_of(user.id), *queries.live_to(user.id)]:
        if row.until_on >= today:
            _end(row, actor=actor, now=now)


accounts.when_moved(_part)


def _repeat(to: User) -> None:
    """Their row says whose desks they do, so that a request need not ask."""
    db.session.flush()
    db.session.refresh(to, with_for_update=True)
    to.desk_text = write_desks((row.whose_id, row.from_on, row.until_on) for row in queries.live_to(to.id))


def _tell(row: Deputy, whose: User, to: User, code: str, *, actor: Actor, now: datetime) -> None:
    facts = {"person": whose.name, "to": to.name, "first": row.from_on.isoformat(), "until": row.until_on.isoformat()}
    notifications.notify([whose.id, to.id], code, subject=None, facts=facts, actor=actor, now=now)
