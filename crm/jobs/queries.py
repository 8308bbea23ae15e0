"""Named reads of jobs."""

from datetime import datetime

from sqlalchemy import or_, select

from crm.core.db import db
from crm.core.errors import NotFound
from crm.jobs.models import Job
from crm.jobs.rules import JobState
from crm.policy import rules as policy


def visible_job(public_id: str, *, actor: policy.Actor) -> Job:
    """The job that `actor` asked for; NotFound for anybody else's."""
    job = db.session.scalar(select(Job).where(Job.public_id == public_id))
    if job is None or not policy.can(policy.towards_self(actor, job.asked_by_id), "job", "read"):
        raise NotFound
    return job


def left_behind(now: datetime, *, limit: int = 20) -> list[int]:
    """Ids of jobs that nobody works on: waiting ones, and ones whose worker stopped beating."""
    lost = (Job.state == JobState.RUNNING) & (Job.leased_until < now)
    query = select(Job.id).where(or_(Job.state == JobState.WAITING, lost)).order_by(Job.created_at).limit(limit)
    return list(db.session.scalars(query))


def asked_since(kind: str, moment: datetime) -> bool:
    """Whether somebody asked for a kind of work since a moment."""
    return db.session.scalar(select(Job.id).where(Job.kind == kind, Job.created_at >= moment).limit(1)) is not None


def waits(kind: str) -> bool:
    """Whether somebody has asked for a kind of work that nobody has begun."""
    return db.session.scalar(select(Job.id).where(Job.kind == kind, Job.state == JobState.WAITING).limit(1)) is not None
