"""Setting and finishing next steps."""

from datetime import date, datetime

from sqlalchemy import select

from crm.core.db import db
from crm.policy.rules import Actor
from crm.tasks.models import NextStep


def set_next_step(*, lead_id: int, text: str, due_on: date | None, assignee_id: int, actor: Actor, now: datetime) -> NextStep:
    """The lead's next step from now on; open ones before it count as done. Call after the policy said yes to the lead."""
    for old in db.session.scalars(select(NextStep).where(NextStep.lead_id == lead_id, NextStep.done_at.is_(None))):
        old.done_at, old.done_by_id = now, actor.user_id
    step = NextStep(
        lead_id=lead_id, text=text, due_on=due_on, assignee_id=assignee_id, created_by_id=actor.user_id, created_at=now
    )
    db.session.add(step)
    db.session.flush()
    return step


def reassign_steps(*, lead_id: int, assignee_id: int) -> int:
    """What is open on a lead is another person's to do from now on; how many there were."""
    steps = list(db.session.scalars(select(NextStep).where(NextStep.lead_id == lead_id, NextStep.done_at.is_(None))))
    for step in steps:
        step.assignee_id = assignee_id
    return len(steps)


def finish_steps(*, lead_id: int, actor: Actor, now: datetime) -> int:
    """Tick off what is open on a lead; how many there were."""
    steps = list(db.session.scalars(select(NextStep).where(NextStep.lead_id == lead_id, NextStep.done_at.is_(None))))
    for step in steps:
        step.done_at, step.done_by_id = now, actor.user_id
    return len(steps)
