"""The nightly pass over disputes: remind those who decide of a day that is near or past."""

from datetime import timedelta
from typing import Any

from crm.core import clock
from crm.core.db import db, unit_of_work
from crm.disputes import queries, services
from crm.disputes.models import Dispute
from crm.jobs.jobs import Progress, job

AHEAD = timedelta(days=14)  # a working day before may lie behind a long holiday


@job("disputes.watch", daily=True)
def watch(_progress: Progress) -> dict[str, Any]:
    """Once a night; begun again, or twice, it tells nobody twice."""
    return watch_now()


def watch_now() -> dict[str, int]:
    """The same, here and now; of how many disputes somebody was told. Each in a transaction of its own: a dispute locks its
    leads, and nobody holds those of two.
    """
    ids = queries.to_remind_of(clock.today() + AHEAD)
    reminded = 0
    for dispute_id in ids:
        with unit_of_work():
            reminded += services.remind(db.session.get_one(Dispute, dispute_id), now=clock.now())
    return {"reminded": reminded}
