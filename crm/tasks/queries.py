"""Named reads of next steps."""

from collections.abc import Iterable
from datetime import date

from sqlalchemy import ScalarSelect, Select, func, select

from crm.accounts import queries as accounts
from crm.accounts.models import User
from crm.core.db import db
from crm.tasks.models import NextStep


def open_for(lead_id: int) -> NextStep | None:
    """The open next step of a lead: the newest one."""
    query = select(NextStep).where(NextStep.lead_id == lead_id, NextStep.done_at.is_(None))
    return db.session.scalar(query.order_by(NextStep.id.desc()).limit(1))


def due_for(user_ids: Iterable[int], *, until: date, limit: int) -> list[NextStep]:
    """What a person is to do until a day, most urgent first; with the people whose desk they do."""
    query = select(NextStep).where(
        NextStep.assignee_id.in_(list(user_ids)),
        NextStep.done_at.is_(None),
        NextStep.due_on.is_not(None),
        NextStep.due_on <= until,
    )
    return list(db.session.scalars(query.order_by(NextStep.due_on, NextStep.id).limit(limit)))


def due_before(user_ids: Iterable[int], day: date) -> ScalarSelect[int]:
    """SQL: how many of people's steps were due before a day."""
    query = select(func.count()).where(
        NextStep.assignee_id.in_(list(user_ids)), NextStep.done_at.is_(None), NextStep.due_on < day
    )
    return query.scalar_subquery()


def _to_do(user: User) -> Select[int]:
    return select(func.count()).where(NextStep.assignee_id == user.id, NextStep.done_at.is_(None))


accounts.left_of.add(steps=_to_do)
