"""A long run as a job, in chunks of well under a second; begun again after a crash it goes on where it was."""

from typing import Any

from crm.bulk import queries, services
from crm.bulk.models import BulkRun
from crm.bulk.rules import CHUNK
from crm.core import clock
from crm.core.db import db, unit_of_work
from crm.core.errors import NotFound
from crm.jobs.jobs import Progress, job


@job("bulk.apply")
def apply(progress: Progress) -> dict[str, Any]:
    """Do what waits of a run; counts by state."""
    done, run_id = 0, progress.args["run_id"]
    while True:
        with unit_of_work():
            run = db.session.get_one(BulkRun, run_id)
            actor = services.starter(run)
            if actor is None:
                raise NotFound
            did = services.do_some(run, CHUNK, actor=actor, now=clock.now())
            if not did:
                if run.finished_at is None:
                    services.finish_run(run, actor=actor, now=clock.now())
                return dict(queries.counts_of(run))
        done += did
        progress.count(done)
