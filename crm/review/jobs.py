"""The sweep as a job: chunk after chunk, each read without a lock and stored by a short transaction of its own."""

from functools import partial
from typing import TYPE_CHECKING, Any

from crm.accounts import queries as accounts
from crm.brands import queries as brands
from crm.core import clock
from crm.core.db import unit_of_work
from crm.core.readers import Readers, held, processors
from crm.jobs.jobs import Progress, job
from crm.matching.rules import get_ready
from crm.notifications import services as notifications
from crm.policy.rules import Actor
from crm.review import services
from crm.review.models import ReviewSweep
from crm.review.queries import finding
from crm.review.queries.finding import Compared

if TYPE_CHECKING:
    from crm.matching.bulk import Whole

MANY = 4_000  # companies: fewer are compared before a process has started


@job("review.sweep")
def sweep(progress: Progress) -> dict[str, Any]:
    """Compare what the sweep is to compare; begun again after a crash it goes on where it was."""
    counts = sweep_now(progress.args["sweep_id"], progress)
    if progress.asked_by_id is not None:
        with unit_of_work():
            people, now = [progress.asked_by_id], clock.now()
            notifications.notify(people, "review.swept", subject=None, facts=counts, actor=None, now=now)
    return counts


def sweep_now(sweep_id: int, progress: Progress | None = None, *, readers: int | None = None) -> dict[str, int]:
    """The same, here and now; how many companies were compared and pairs added. What was saved uncompared comes first.

    `readers`: so many processes compare besides this one; None: as many as are worth it.
    """

    def beat() -> None:
        if progress is not None:
            sweep = finding.sweep_of(sweep_id)
            progress.count(sweep.compared, max(sweep.total, sweep.compared))

    while take_up_late():
        pass
    begun = finding.sweep_of(sweep_id)
    count = 0 if begun.since is not None else _worth(begun) if readers is None else readers
    # Reading everything makes millions of things that stay: looking through them took a quarter of its time.
    with held(), Readers(count, ready=(brands.hold_table, get_ready), heard=beat, helps=True) as spread:
        whole = finding.everything(sweep_id, beat, spread)
        with held():
            while finding.sweep_of(sweep_id).finished_at is None:
                here = partial(finding.compare_part, whole=whole)
                found = spread(finding.compare_part, finding.parts(sweep_id, whole, spread=count > 0), here=here)
                if all(_kept(sweep_id, some, progress) for some in found):
                    break  # else somebody else went on with it meanwhile: on from where that is
    with unit_of_work():
        swept = finding.sweep_of(sweep_id)
        services.finish_sweep(swept, actor=_starter(swept.started_by_id), now=clock.now())
    done = finding.sweep_of(sweep_id)
    return {"compared": done.compared, "added": done.added}


def _worth(sweep: ReviewSweep) -> int:
    """How many reading processes are worth starting: one beside this one, for a sweep of very many companies."""
    return int(sweep.total - sweep.compared >= MANY and processors() > 1)


def _kept(sweep_id: int, found: list[Compared], progress: Progress | None) -> bool:
    """Store what was found, each chunk by itself; False when the sweep is not where these chunks begin."""
    for compared in found:
        with unit_of_work():
            swept = services.store_chunk(sweep_id, compared, now=clock.now())
            done, total, going_on = swept.compared, swept.total, swept.position == compared.last
        if progress is not None:
            progress.count(done, max(total, done))
        if not going_on:
            return False
    return True


def take_up_late() -> bool:
    """Compare the next leads that were saved before they were; False when there are no more."""
    late = finding.late_leads()
    if late.kin:
        with unit_of_work():
            services.take_up_late(late, now=clock.now())
    return bool(late.kin)


def one_chunk(sweep_id: int, progress: Progress | None = None, whole: "Whole | None" = None) -> bool:
    """Compare and store the next companies; False when the sweep is through."""
    compared = finding.next_chunk(sweep_id, whole)
    return compared.last is not None and _kept(sweep_id, [compared], progress)


def _starter(user_id: int) -> Actor | None:
    user = accounts.by_id(user_id)
    return user.as_actor() if user else None
