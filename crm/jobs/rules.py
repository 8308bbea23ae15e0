"""States of a job and when somebody may take it."""

from datetime import datetime, timedelta
from enum import StrEnum

LEASE = timedelta(seconds=60)
MAX_ATTEMPTS = 5


class JobState(StrEnum):
    """Where a job stands."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


def takeable(state: str, leased_until: datetime | None, now: datetime) -> bool:
    """Whether a worker may take the job: it waits, or the worker that had it stopped beating."""
    if state == JobState.WAITING:
        return True
    return state == JobState.RUNNING and leased_until is not None and leased_until < now
