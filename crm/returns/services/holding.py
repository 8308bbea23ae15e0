"""The return, locked; the line that every act leaves; who is told."""

from datetime import datetime
from typing import Any

from sqlalchemy import select

from crm.accounts import queries as accounts
from crm.audit import services as audit
from crm.core.db import db, lock_key
from crm.core.versions import check_version
from crm.notifications import services as notifications
from crm.policy import rules as policy
from crm.policy.rules import Actor
from crm.returns.models import ReturnEvent, WeeklyReturn
from crm.returns.queries import returns


def hold(public_id: str, action: str, opened: int, actor: Actor) -> WeeklyReturn:
    """A return, locked and as it is now, for somebody who may do `action` and saw its version `opened`. NotFound, Forbidden,
    StaleVersion.
    """
    row = again(returns.by_public_id(public_id).id)
    policy.require(returns.stands(actor, row), "weekly_return", action, seen_by="read")
    check_version(row, opened)
    return row


def again(return_id: int) -> WeeklyReturn:
    """A return, locked until the transaction ends."""
    lock_key(f"return:{return_id}")
    query = select(WeeklyReturn).where(WeeklyReturn.id == return_id).with_for_update(of=WeeklyReturn)
    return db.session.scalars(query.execution_options(populate_existing=True)).one()


def note(row: WeeklyReturn, kind: str, *, actor: Actor, now: datetime, text: str | None = None, **facts: Any) -> None:
    """Write down what happened, in the return's history and in the audit trail."""
    db.session.add(ReturnEvent(return_id=row.id, kind=kind, text=text, by_id=actor.user_id, at=now))
    db.session.flush()
    facts |= {"unit": row.unit_id, "week": row.week_on.isoformat(), "number": row.number}
    audit.record(f"return.{kind}", subject=("weekly_return", row), facts=facts, actor=actor, now=now)


def tell(people: list[int | None], code: str, row: WeeklyReturn, *, actor: Actor, now: datetime, **facts: str) -> None:
    """A message about a return. It says of which unit and week, never what stands in it."""
    told = {"unit": row.unit.zh, "week": row.week_on.isoformat(), **facts}
    ids = [one for one in people if one is not None]
    notifications.notify(ids, code, subject=("weekly_return", row.public_id), facts=told, actor=actor, now=now)


def writers(row: WeeklyReturn) -> list[int | None]:
    """Who is told on the unit's side: who wrote and handed it in, and the unit's managers."""
    managers = [user.id for user in accounts.managers_of(row.unit.path)]
    return [row.opened_by_id, row.saved_by_id, row.submitted_by_id, *managers]
