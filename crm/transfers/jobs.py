"""The nightly pass over transfers: what nobody answered in time has lapsed, and both sides are told."""

from typing import Any

from crm.core import clock
from crm.core.db import db, lock_key, unit_of_work
from crm.jobs.jobs import Progress, job
from crm.transfers import queries, services

CHUNK = 50  # transfers that are looked at in one transaction


@job("transfers.lapse", daily=True)
def lapse(_progress: Progress) -> dict[str, Any]:
    """Once a night; begun again, or twice, it tells nobody twice."""
    return {"lapsed": lapse_now()}


def lapse_now() -> int:
    """The same, here and now; how many have lapsed."""
    count = 0
    while True:
        with unit_of_work():
            lock_key("transfers.lapse")
            now = clock.now()
            found = [(row.id, row.lead_id) for row in queries.lapsed(clock.city_day(now), size=CHUNK)]
            done = [services.lapse(transfer_id, lead_id, now=now) for transfer_id, lead_id in found]
        count += sum(done)
        db.session.expire_all()
        if len(found) < CHUNK or not any(done):
            return count
