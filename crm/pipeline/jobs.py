"""The nightly pass over pauses, overrides and expected milestones whose day has come."""

from typing import Any

from crm.core import clock
from crm.core.db import lock_key, unit_of_work
from crm.jobs.jobs import Progress, job
from crm.pipeline import queries, services

CHUNK = 50


@job("pipeline.watch", daily=True)
def watch(_progress: Progress) -> dict[str, Any]:
    """Once a night; begun again, or twice, it tells nobody twice."""
    return watch_now()


def watch_now() -> dict[str, int]:
    """The same, here and now; how many pauses, overrides and expected days people were told of."""
    counts = {"woken": 0, "run_out": 0, "overdue": 0}
    more = True
    while more:
        with unit_of_work():
            lock_key("pipeline.watch")  # a second pass waits, and finds what was done
            now = clock.now()
            pauses = queries.pauses_over(clock.city_day(now), size=CHUNK)
            overrides = queries.overrides_over(clock.city_day(now), size=CHUNK)
            counts["woken"] += sum(services.look_after_pause(row, now=now) for row in pauses)
            counts["run_out"] += sum(services.look_after_override(row, now=now) for row in overrides)
            promises = queries.promises_over(clock.city_day(now), size=CHUNK)
            counts["overdue"] += sum(services.look_after_promise(row, now=now) for row in promises)
        more = CHUNK in (len(pauses), len(overrides), len(promises))
    return counts
