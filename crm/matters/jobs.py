"""The nightly pass over matters: remind those whose day is near, send up what is late."""

from datetime import timedelta
from typing import Any

from crm.jobs.jobs import Progress, job, look_over
from crm.matters import queries, services

AHEAD = timedelta(days=14)  # a working day before may lie behind a long holiday


@job("matters.watch", daily=True)
def watch(_progress: Progress) -> dict[str, Any]:
    """Once a night; begun again, or twice, it does nothing twice."""
    return watch_now()


def watch_now() -> dict[str, int]:
    """The same, here and now; how many were reminded of, sent up, and told of as late at the top."""
    counts = {"reminded": 0, "escalated": 0, "late": 0}
    return look_over("matters.watch", queries.to_watch, services.look_after, counts, ahead=AHEAD)
