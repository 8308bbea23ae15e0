"""The nightly passes over first reports (tell those whose clock turned amber or ran out, release where the rules say so) and over
code names.
"""

from datetime import datetime, timedelta
from typing import Any

from crm.accounts import queries as accounts
from crm.claims import queries as claims
from crm.claims.queries import Running
from crm.claims.rules.clock import State
from crm.core import clock
from crm.core.db import lock_key, unit_of_work
from crm.core.errors import Refusal
from crm.jobs.jobs import Progress, job, look_over
from crm.leads import services
from crm.leads.models import Lead
from crm.leads.queries.claims import calling_after
from crm.leads.services import share as shared
from crm.notifications import services as notifications
from crm.policy.rules import Role
from crm.sharing import queries as sharing
from crm.sharing.rules import settings

CHUNK = 50  # claims that are told of in one transaction


@job("claims.watch", daily=True)
def watch(progress: Progress) -> dict[str, Any]:
    """Once a night; begun again, or twice, it tells nobody twice."""
    return watch_now(progress)


def watch_now(progress: Progress | None = None) -> dict[str, int]:
    """The same, here and now; how many were told of as amber, as run out, and how many released."""
    counts = {"amber": 0, "due": 0, "released": 0}
    after: int | None = 0
    seen = 0
    while after is not None:
        after, count = one_chunk(after, counts)
        seen += count
        if progress is not None and after is not None:
            progress.count(seen)
    if counts["due"]:
        facts = {"due_count": counts["due"], "amber": counts["amber"]}
        people = [user.id for user in accounts.coordinators()]
        with unit_of_work():
            notifications.notify(people, "claim.watched", subject=None, facts=facts, actor=None, now=clock.now())
    return counts


@job("seals.watch", daily=True)
def watch_seals(_progress: Progress) -> dict[str, Any]:
    """代号项目, once a night; begun again, or twice, it tells nobody twice."""
    return watch_seals_now()


def watch_seals_now() -> dict[str, int]:
    """The same, here and now; how many were told of as near their day, ended on it, and ended unanswered."""
    counts, ahead = {"soon": 0, "over": 0, "unanswered": 0}, timedelta(days=settings()["seal_days_ahead"])
    look = shared.look_after_seal
    return look_over("seals.watch", sharing.seals_to_watch, look, counts, ahead=ahead, of=lambda seal: seal.lead_id)


def one_chunk(after: int, counts: dict[str, int]) -> tuple[int | None, int]:
    """Tell of the next claims; where to go on (None: through), and how many were read."""
    with unit_of_work():
        lock_key("claims.watch")  # a second pass waits, and finds who was told
        now = clock.now()
        found = calling_after(after, size=CHUNK, now=now)
        known = claims.told_of([running.claim_id for _lead, running in found])
        managers = accounts.of_role(Role.DISTRICT_MANAGER) if found else []
        for lead, running in found:
            kind = "amber" if running.clock.state is State.AMBER else "due"
            if (running.claim_id, f"told_{kind}", running.clock.due) not in known:
                services.tell_holder(lead, running, managers=managers, now=now)
                counts[kind] += 1
            counts["released"] += _released(lead, running, now)
    return (found[-1][1].claim_id if len(found) == CHUNK else None), len(found)


def _released(lead: Lead, running: Running, now: datetime) -> bool:
    """Release it where its rules say so, once the days of its notice are over; whether that was done."""
    release_from = running.clock.release_from
    if release_from is None or clock.city_day(now) < release_from:
        return False
    if not claims.named(running.rules_version).settings.automatic_release:
        return False
    try:
        services.release_by_rules(lead.id, now=now)
    except Refusal:  # somebody has just extended or released it
        return False
    return True
