"""The nightly pass over supervised tasks: remind those whose day is near, tell of what is late."""

from datetime import timedelta
from typing import Any

from crm.jobs.jobs import Progress, job, look_over
from crm.supervision import queries, services

AHEAD = timedelta(days=14)  # a working day before may lie behind a long holiday


@job("supervision.watch", daily=True)
def watch(_progress: Progress) -> dict[str, Any]:
    """Once a night; begun again, or twice, it does nothing twice."""
    return watch_now()


def watch_now() -> dict[str, int]:
    """The same, here and now; how many were reminded of, and told of as late."""
    counts = {"reminded": 0, "late": 0}
    return look_over("supervision.watch", queries.to_watch, services.look_after, counts, ahead=AHEAD)
