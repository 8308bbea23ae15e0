"""Named writes of dataset runs: ask for one, keep what was made."""

from datetime import datetime
from typing import Any

from crm.accounts import queries as accounts
from crm.core.db import db
from crm.datasets import queries
from crm.datasets.models import DatasetRun
from crm.files import services as files
from crm.jobs import services as jobs
from crm.notifications import services as notifications
from crm.policy import rules as policy
from crm.policy.rules import Actor
from crm.reports import services as reports


def ask(*, actor: Actor, now: datetime) -> DatasetRun:
    """Ask for the files of what this person reads; a job makes them. Raises NotFound for who may not."""
    policy.require(policy.of_role(actor), "dataset", "make", seen_by="make")
    run = DatasetRun(asked_by_id=actor.user_id, asked_at=now, state="waiting")
    db.session.add(run)
    db.session.flush()
    total = queries.numbers_in_sight(actor)
    run.job_id = jobs.enqueue("datasets.make", {"run_id": run.id}, actor=actor, now=now, total=total).id
    db.session.flush()
    return run


def note_made(rows: dict[str, int], way: str, *, run: DatasetRun | None, city: str, actor: Actor, now: datetime) -> str:
    """Note that the files leave the house, by page or by command; the serial number that stands in their manifest."""
    policy.require(policy.of_role(actor), "dataset", "make", seen_by="make")
    subject: tuple[str, Any] = ("dataset", run) if run is not None else ("user", actor.user_id)
    return reports.note_taken("report.datasets", subject, {"rows": rows, "way": way}, city=city, actor=actor, now=now)


def keep(run: DatasetRun, content: bytes, name: str, manifest: dict[str, Any], *, root: str, actor: Actor, now: datetime) -> None:
    """The archive is made: store it, and tell who asked."""
    stored = files.store_made(content, name, "zip", root=root, actor=actor, now=now)
    run.state, run.file_id, run.manifest, run.serial, run.finished_at = "done", stored.id, manifest, manifest["serial"], now
    count = sum(one["rows"] for one in manifest["files"])
    notifications.notify(
        [run.asked_by_id], "dataset.done", subject=("dataset", run.public_id), facts={"count": count}, actor=None, now=now
    )
    db.session.flush()


def starter(run: DatasetRun) -> Actor | None:
    """Who asked for a run, as they stand today; None when their account is closed."""
    user = accounts.by_id(run.asked_by_id)
    return user.as_actor() if user is not None and user.is_active else None
