"""Asking for long work, taking it, counting it, ending it."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select, update

from crm.core.db import db, on_commit
from crm.jobs.models import Job
from crm.jobs.rules import LEASE, MAX_ATTEMPTS, JobState
from crm.policy.rules import Actor

_wake: list[Callable[[int], None]] = []


def rows_of(result: Any) -> int:
    """How many rows an UPDATE touched."""
    return int(result.rowcount)


def wake_with(call: Callable[[int], None]) -> None:
    """Say how a worker is woken for a job id after the commit (crm.jobs.worker does)."""
    _wake[:] = [call]


def enqueue(kind: str, args: dict[str, Any], *, actor: Actor | None, now: datetime, total: int | None = None) -> Job:
    """Ask for long work in the present unit of work. A worker is woken after the commit, never before."""
    job = Job(kind=kind, args=args, asked_by_id=actor.user_id if actor else None, created_at=now, total=total)
    db.session.add(job)
    db.session.flush()
    job_id = job.id
    on_commit(lambda: _wake[0](job_id) if _wake else None)
    return job


def take(job_id: int, *, worker: str, now: datetime) -> Job | None:
    """Lease the job to `worker` by one atomic update; None when somebody else has it or it is over.

    A job that took its worker down as often as it may be tried is over too: it would take the next one down.
    """
    lost = (Job.state == JobState.RUNNING) & (Job.leased_until < now) & (Job.attempts >= MAX_ATTEMPTS)
    db.session.execute(
        update(Job)
        .where(Job.id == job_id, lost)
        .values(state=JobState.FAILED, error="the worker died", leased_by=None, leased_until=None, finished_at=now)
        .execution_options(synchronize_session=False)
    )
    free = or_(Job.state == JobState.WAITING, (Job.state == JobState.RUNNING) & (Job.leased_until < now))
    taken = db.session.execute(
        update(Job)
        .where(Job.id == job_id, free)
        .values(state=JobState.RUNNING, leased_by=worker, leased_until=now + LEASE, attempts=Job.attempts + 1, started_at=now)
        .execution_options(synchronize_session=False)
    )
    if rows_of(taken) != 1:
        return None
    return db.session.scalar(select(Job).where(Job.id == job_id).execution_options(populate_existing=True))


def beat(job_id: int, *, worker: str, done: int, total: int | None, now: datetime) -> bool:
    """Say that the work goes on and how far it is. False when the lease was lost to another worker: stop then."""
    values: dict[str, Any] = {"leased_until": now + LEASE, "done": done}
    if total is not None:
        values["total"] = total
    result = db.session.execute(
        update(Job)
        .where(Job.id == job_id, Job.leased_by == worker, Job.state == JobState.RUNNING)
        .values(**values)
        .execution_options(synchronize_session=False)
    )
    return bool(rows_of(result))


def finish(job_id: int, *, worker: str, result: dict[str, Any], now: datetime) -> None:
    """The work is done; `result` is small JSON for the page."""
    _end(job_id, worker, now, state=JobState.DONE, result=result)


def fail(job_id: int, *, worker: str, error: str, now: datetime) -> None:
    """The try failed: wait for another one, or give up after MAX_ATTEMPTS."""
    job = db.session.get_one(Job, job_id, populate_existing=True)
    state = JobState.FAILED if job.attempts >= MAX_ATTEMPTS else JobState.WAITING
    _end(job_id, worker, now, state=state, error=error[:400])


def _end(job_id: int, worker: str, now: datetime, **values: Any) -> None:
    if values["state"] is not JobState.WAITING:
        values["finished_at"] = now
    db.session.execute(
        update(Job)
        .where(Job.id == job_id, Job.leased_by == worker)
        .values(leased_until=None, leased_by=None, **values)
        .execution_options(synchronize_session=False)
    )
