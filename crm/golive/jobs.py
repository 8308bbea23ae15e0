"""The nightly pass of go-live: a window whose last day is over ends, and its conflicts are written down."""

from typing import Any

from crm.core import clock
from crm.core.db import unit_of_work
from crm.golive import services
from crm.jobs.jobs import Progress, job


@job("golive.close", daily=True)
def close(_progress: Progress) -> dict[str, Any]:
    """Once a night; most nights there is nothing to do."""
    return {"closed": close_now()}


def close_now() -> bool:
    """The same, here and now; whether a window ended."""
    with unit_of_work():
        return services.end_overdue(now=clock.now()) is not None
