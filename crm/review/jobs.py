"""The sweep as a job: chunk after chunk, each read without a lock and stored by a short transaction of its own."""

from typing import Any

from crm.accounts import queries as accounts
from crm.core import clock
from crm.core.db import unit_of_work
from crm.jobs.jobs import Progress, job
from crm.notifications import services as notifications
from crm.policy.rules import Actor
from crm.review import services
from crm.review.queries import finding
from crm.review.queries.finding import PairsOf


@job("review.sweep")
def sweep(progress: Progress) -> dict[str, Any]:
    """Compare what the sweep is to compare; begun again after a crash it goes on where it was."""
    counts = sweep_now(progress.args["sweep_id"], progress)
    if progress.asked_by_id is not None:
        with unit_of_work():
            people, now = [progress.asked_by_id], clock.now()
            notifications.notify(people, "review.swept", subject=None, facts=counts, actor=None, now=now)
    return counts


def sweep_now(sweep_id: int, progress: Progress | None = None) -> dict[str, int]:
    """The same, here and now; how many companies were compared and pairs added. What was saved uncompared comes first."""

    def beat() -> None:
        if progress is not None:
            sweep = finding.sweep_of(sweep_id)
            progress.count(sweep.compared, max(sweep.total, sweep.compared))

    while take_up_late():
        pass
    pairs_of = finding.everything(sweep_id, beat)
    going_on = True
    while going_on:
        going_on = one_chunk(sweep_id, progress, pairs_of)
    done = finding.sweep_of(sweep_id)
    return {"compared": done.compared, "added": done.added}


def take_up_late() -> bool:
    """Compare the next leads that were saved before they were; False when there are no more."""
    late = finding.late_leads()
    if late.kin:
        with unit_of_work():
            services.take_up_late(late, now=clock.now())
    return bool(late.kin)


def one_chunk(sweep_id: int, progress: Progress | None = None, pairs_of: PairsOf | None = None) -> bool:
    """Compare and store the next companies; False when the sweep is through."""
    compared = finding.next_chunk(sweep_id, pairs_of)
    with unit_of_work():
        swept = services.store_chunk(sweep_id, compared, now=clock.now())
        if compared.last is None:
            services.finish_sweep(swept, actor=_starter(swept.started_by_id), now=clock.now())
        done, total = swept.compared, swept.total
    if progress is not None and compared.last is not None:
        progress.count(done, max(total, done))
    return compared.last is not None


def _starter(user_id: int) -> Actor | None:
    user = accounts.by_id(user_id)
    return user.as_actor() if user else None
