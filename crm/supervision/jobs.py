"""The nightly pass over supervised tasks: remind those whose day is near, tell of what is late."""

from datetime import timedelta
from typing import Any

from crm.core import clock
from crm.core.db import db, lock_key, unit_of_work
from crm.jobs.jobs import Progress, job
from crm.supervision import queries, services

CHUNK = 50  # tasks that are looked at in one transaction
AHEAD = timedelta(days=14)  # a working day before may lie behind a long holiday


@job("supervision.watch", daily=True)
def watch(_progress: Progress) -> dict[str, Any]:
    """Once a night; begun again, or twice, it does nothing twice."""
    return watch_now()


def watch_now() -> dict[str, int]:
    """The same, here and now; how many were reminded of, and told of as late."""
    counts = {"reminded": 0, "late": 0}
    after, more = 0, True
    while more:
        with unit_of_work():
            lock_key("supervision.watch")  # a second pass waits, and finds what was done
            now = clock.now()
            found = [row.id for row in queries.to_watch(after, clock.city_day(now) + AHEAD, size=CHUNK)]
            for instruction_id in found:
                done = services.look_after(instruction_id, now=now)
                if done:
                    counts[done] += 1
        db.session.expire_all()
        after, more = (found[-1], True) if len(found) == CHUNK else (after, False)
    return counts
