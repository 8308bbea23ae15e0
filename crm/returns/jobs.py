"""The nightly pass over weekly returns: remind before the day, name the late ones after it."""

from typing import Any

from crm.core import clock
from crm.core.db import lock_key, unit_of_work
from crm.jobs.jobs import Progress, job
from crm.returns import services
from crm.returns.queries import weeks


@job("returns.watch", daily=True)
def watch(_progress: Progress) -> dict[str, Any]:
    """Once a night; begun again, or twice, it tells nobody twice."""
    return watch_now()


def watch_now() -> dict[str, int]:
    """The same, here and now; how many units were reminded, and named as late."""
    with unit_of_work():
        lock_key("returns.watch")  # a second pass waits, and finds what was done
        now = clock.now()
        soon, late = weeks.to_tell(clock.city_day(now))
        for owes in soon:
            services.remind(owes, now=now)
        return {"reminded": len(soon), "late": services.name_late(late, now=now)}
