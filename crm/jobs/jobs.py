"""The worker: which function does which kind of job, and the loop around it.

huey only carries ids: SqliteHuey in a file of its own by default, PostgresHuey when the product runs on PostgreSQL.
A periodic task picks up what was left behind by a worker that died or a wake-up that was lost.
"""

import logging
import os
import socket
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from flask import Flask, current_app
from huey import SqliteHuey, crontab

from crm.core import clock
from crm.core.db import db, is_sqlite, lock_key, refresh_statistics, unit_of_work
from crm.jobs import queries, services
from crm.jobs.models import Job

log = logging.getLogger(__name__)
CHUNK = 50  # rows that a nightly pass looks at in one transaction


@dataclass(slots=True)
class Progress:
    """Handed to a job's function: the job's arguments, and a way to count."""

    job_id: int
    public_id: str
    args: dict[str, Any]
    asked_by_id: int | None
    worker: str

    def count(self, done: int, total: int | None = None) -> None:
        """Store how far the work is and keep the lease. Raises LeaseLost when another worker took over."""
        with unit_of_work():
            if not services.beat(self.job_id, worker=self.worker, done=done, total=total, now=clock.now()):
                raise LeaseLost


class LeaseLost(Exception):
    """Another worker has the job now; this one stops without a word."""


Handler = Callable[[Progress], dict[str, Any]]
_handlers: dict[str, Handler] = {}
_daily: list[str] = []


def job(kind: str, *, daily: bool = False) -> Callable[[Handler], Handler]:
    """Register the function that does `kind` of work. It opens its own units of work, each at most a second long. What is `daily`
    is asked for by the worker itself, once each day in the city.
    """

    def register(function: Handler) -> Handler:
        _handlers[kind] = function
        if daily and kind not in _daily:
            _daily.append(kind)
        return function

    return register


def kinds() -> frozenset[str]:
    """All kinds that somebody can do."""
    return frozenset(_handlers)


STATISTICS = "jobs.statistics"


@job(STATISTICS, daily=True)
def look_at_tables(_progress: Progress) -> dict[str, Any]:
    """Once a day, so that lists stay quick as the board fills up."""
    return {"indexes": refresh_statistics()}


def ask_for_statistics(*, now: datetime) -> None:
    """Much was written at once: have the tables looked at soon, not only tomorrow. PostgreSQL does so by itself."""
    if is_sqlite() and not queries.waits(STATISTICS):
        services.enqueue(STATISTICS, {}, actor=None, now=now)


def look_over(
    key: str,
    to_watch: Callable[..., Sequence[Any]],
    look: Callable[..., str],
    counts: dict[str, int],
    *,
    ahead: timedelta,
    of: Callable[[Any], int] = lambda row: int(row.id),
) -> dict[str, int]:
    """A nightly pass: every row that `to_watch(after, until, size=…)` gives, in the order of their ids, with a day up to `ahead`
    of today's; some in each unit of work. `look(of(row), now=…)` says what it did, which is counted, or nothing. A second pass
    waits and finds what was done.
    """
    after, more = 0, True
    while more:
        with unit_of_work():
            lock_key(key)
            now = clock.now()
            found = [(row.id, of(row)) for row in to_watch(after, clock.city_day(now) + ahead, size=CHUNK)]
            for _row_id, about in found:
                done = look(about, now=now)
                if done:
                    counts[done] += 1
        db.session.expire_all()
        after, more = (found[-1][0], True) if len(found) == CHUNK else (after, False)
    return counts


def run_job(job_id: int) -> bool:
    """Take the job and do it here. False when it was not to be had. Failures are stored on the row, not raised."""
    worker = f"{socket.gethostname()}:{os.getpid()}:{job_id}:{clock.now().timestamp():.3f}"[:60]
    with unit_of_work():
        taken: Job | None = services.take(job_id, worker=worker, now=clock.now())
        if taken is None:
            return False
        progress = Progress(taken.id, taken.public_id, dict(taken.args), taken.asked_by_id, worker)
        kind = taken.kind
    try:
        result = _handlers[kind](progress)
    except LeaseLost:
        return False
    except Exception as error:
        log.exception("job failed", extra={"job": progress.public_id, "kind": kind})
        db.session.rollback()
        with unit_of_work():
            services.fail(job_id, worker=worker, error=f"{type(error).__name__}: {error}", now=clock.now())
        return True
    with unit_of_work():
        services.finish(job_id, worker=worker, result=result, now=clock.now())
    return True


def ask_daily() -> list[str]:
    """Ask for the work of today that nobody has asked for yet, however many workers look; what was asked for."""
    start, asked = clock.start_of(clock.today()), []
    for kind in _daily:
        if queries.asked_since(kind, start):
            continue
        with unit_of_work():
            lock_key(f"daily:{kind}")
            if not queries.asked_since(kind, start):
                services.enqueue(kind, {}, actor=None, now=clock.now())
                asked.append(kind)
    return asked


def make_queue(app: Flask) -> Any:
    """The queue for this app's database."""
    url = app.config["SQLALCHEMY_DATABASE_URI"]
    if url.startswith("postgresql"):
        return _on_postgres(url.replace("postgresql+psycopg://", "postgresql://", 1))
    path = Path(app.config["QUEUE_PATH"])
    path.parent.mkdir(parents=True, exist_ok=True)
    return SqliteHuey("one_board", filename=str(path), results=False, timeout=15)


def _on_postgres(dsn: str) -> Any:
    """The queue makes its tables itself, and PostgreSQL's CREATE TABLE IF NOT EXISTS looks first and creates later: of
    processes that start together on an empty database all but one would fail. So one after the other, by a lock of the database.
    """
    import psycopg  # only where PostgreSQL is used
    from huey import PostgresHuey

    try:
        held = psycopg.connect(dsn, autocommit=True)
    except psycopg.OperationalError as error:
        sys.stderr.write(f"DATABASE_URL: PostgreSQL does not answer: {next(iter(str(error).splitlines()), '')}\n")
        raise SystemExit(2) from None
    with held as one_at_a_time:
        one_at_a_time.execute("SELECT pg_advisory_lock(hashtext('the tables of the queue'))")
        return PostgresHuey("one_board", dsn=dsn, results=False)


def register(app: Flask) -> None:
    """Make the queue part of `app`: `app.extensions["queue"]`."""
    if app.config["JOBS_INLINE"]:
        services.wake_with(lambda _job_id: None)
        return
    queue = make_queue(app)
    app.extensions["queue"] = queue

    @queue.task(name="run_job")  # type: ignore[untyped-decorator]
    def carry(job_id: int) -> None:
        with app.app_context():
            run_job(job_id)

    @queue.periodic_task(crontab(minute="*"), name="pick_up")  # type: ignore[untyped-decorator]
    def pick_up() -> None:
        with app.app_context():
            ask_daily()
            for job_id in queries.left_behind(clock.now()):
                run_job(job_id)

    services.wake_with(carry)


def work_off(limit: int = 100) -> int:
    """Do everything that waits, here and now; how many were done. For tests, the command line and inline mode."""
    count = 0
    for _ in range(limit):
        waiting = queries.left_behind(clock.now(), limit=1)
        db.session.rollback()
        if not waiting:
            break
        count += run_job(waiting[0])
    return count


def consume() -> None:
    """Work until stopped (the worker process)."""
    queue = current_app.extensions["queue"]
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    with app.app_context():
        work_off()
    queue.create_consumer(workers=2, worker_type="thread", periodic=True, check_worker_health=True).run()
