"""Telling people, and noting that they read it."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import update

from crm.accounts import services as accounts
from crm.core.db import db
from crm.notifications.models import Notification
from crm.policy.rules import Actor


def notify(
    user_ids: Iterable[int],
    code: str,
    *,
    subject: tuple[str, str] | None,
    facts: dict[str, Any],
    actor: Actor | None,
    now: datetime,
) -> int:
    """One message to each person, never to the one who acts. `subject` is (record type, public id). How many were told."""
    told = sorted(set(user_ids) - {actor.user_id if actor else 0})
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
