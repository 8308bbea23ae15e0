"""Last night's sweep of the demo: the duplicates in its leads wait in the review queue as they would on any morning."""

from datetime import datetime

from crm.accounts import queries as accounts
from crm.core.db import unit_of_work
from crm.review import services
from crm.review.jobs import sweep_now


def make_sweep(now: datetime) -> dict[str, int]:
    """Compare all companies as the nightly job does; how many were compared and how many pairs wait. Commits chunk by chunk."""
    with unit_of_work():
        sweep_id = services.start_sweep(full=True, actor=accounts.actor_named("coordinator"), now=now).id
    return sweep_now(sweep_id)
