"""Telling people, and noting that they read it."""

from collections.abc import Callable, Iterable
from datetime import date, datetime
from typing import Any

from sqlalchemy import update

from crm.accounts import services as accounts
from crm.core import clock
from crm.core.db import db
from crm.notifications.models import Notification
from crm.policy.rules import Actor

# What messages are about that concern a desk, not a person.
_OF_A_DESK = frozenset({"lead", "transfer", "dispute", "matter", "instruction", "share_request"})
_deputies: list[Callable[[set[int], date], set[int]]] = []


def deputies_with(deputies: Callable[[set[int], date], set[int]]) -> None:
    """Say who does whose desk on a day (crm.deputies does): messages lie below and do not know."""
    _deputies[:] = [deputies]


def notify(
    user_ids: Iterable[int],
    code: str,
    *,
    subject: tuple[str, str] | None,
    facts: dict[str, Any],
    actor: Actor | None,
    now: datetime,
) -> int:
    """One message to each person, never to the one who acts; of what is about a lead also to who does their desk today.
    `subject` is (record type, public id). How many were told.
    """
    people = set(user_ids)
    if subject is not None and subject[0] in _OF_A_DESK and people and _deputies:
        people |= _deputies[0](people, clock.city_day(now))
    told = sorted(people - {actor.user_id if actor else 0})
    for user_id in told:
        db.session.add(
            Notification(
                user_id=user_id,
                code=code,
                facts=facts,
                subject_type=subject[0] if subject else None,
                subject_public_id=subject[1] if subject else None,
                created_at=now,
            )
        )
    return len(told)


def mark_read(message: Notification, *, now: datetime) -> None:
    """The person has seen it."""
    message.read_at = message.read_at or now


def mark_read_about(subject: tuple[str, str], *, codes: tuple[str, ...], now: datetime) -> None:
    """What some messages asked of people is settled: nobody needs to answer them any more."""
    about = (Notification.subject_type == subject[0]) & (Notification.subject_public_id == subject[1])
    statement = update(Notification).where(about, Notification.code.in_(codes), Notification.read_at.is_(None))
    db.session.execute(statement.values(read_at=now).execution_options(synchronize_session=False))


def mark_all_read(*, actor: Actor, now: datetime) -> None:
    """The person has seen them all."""
    mine = (Notification.user_id == actor.user_id) & Notification.read_at.is_(None)
    statement = update(Notification).where(mine).values(read_at=now)
    db.session.execute(statement.execution_options(synchronize_session=False))


accounts.tell_with(notify)
