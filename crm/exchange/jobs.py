"""The long halves of an import as jobs: judging the whole file, and writing it in chunks of well under a second."""

from typing import Any

from flask import current_app

from crm.accounts import queries as accounts
from crm.core import clock
from crm.core.db import db, unit_of_work
from crm.core.errors import NotFound, Refusal
from crm.exchange import queries, services
from crm.exchange.models import Import
from crm.files import queries as files
from crm.jobs.jobs import Progress, job
from crm.notifications import services as notifications
from crm.policy.rules import Actor
from crm.units import queries as units


def _starter(batch: Import) -> Actor:
    user = accounts.by_id(batch.started_by_id)
    if user is None or not user.is_active:
        raise NotFound
    return user.as_actor()


@job("exchange.judge")
def judge(progress: Progress) -> dict[str, Any]:
    """Read and judge the file; nothing of it is written yet."""
    return judge_now(progress.args["import_id"])


def judge_now(import_id: int) -> dict[str, Any]:
    """The same, here and now; counts by outcome."""
    batch = db.session.get_one(Import, import_id)
    stored, kind, actor = files.by_id(batch.file_id), batch.kind, _starter(batch)
    content = files.path_of(current_app.config["FILES_PATH"], stored.sha256).read_bytes()
    file_kind = stored.kind
    db.session.rollback()  # reading takes its time: no transaction stays open meanwhile
    try:
        table = services.read_table(content, file_kind, kind)
        verdicts = services.judge_rows(table, kind, today=clock.today())
        rows = list(services.rows_for_store(verdicts, kind=kind, actor=actor))
    except Refusal as refusal:
        with unit_of_work():
            services.refuse_import(db.session.get_one(Import, import_id), refusal, now=clock.now())
        return {"refusal": refusal.code}
    with unit_of_work():
        batch = db.session.get_one(Import, import_id)
        services.store_judgement(batch, table, rows, now=clock.now())
        _tell(batch, "import.judged", {"file": batch.file_name})
    return {}


@job("exchange.apply")
def apply(progress: Progress) -> dict[str, Any]:
    """Write the rows, chunk by chunk; begun again after a crash it goes on where it was."""
    return apply_now(progress.args["import_id"], progress)


def apply_now(import_id: int, progress: Progress | None = None) -> dict[str, Any]:
    """The same, here and now; counts by outcome."""
    done = 0
    while True:
        with unit_of_work():
            batch = db.session.get_one(Import, import_id)
            unit = units.by_id(batch.unit_id)
            city = current_app.config["CITY_CODE"]
            wrote = services.apply_chunk(batch, unit=unit, city=city, actor=_starter(batch), now=clock.now())
        if not wrote:
            break
        done += wrote
        if progress is not None:
            progress.count(done)
    with unit_of_work():
        batch = db.session.get_one(Import, import_id)
        services.finish_import(batch, now=clock.now())
        counts = queries.counts(import_id)
        imported = counts.get("imported", 0) + counts.get("warning", 0)
        _tell(batch, "import.done", {"file": batch.file_name, "imported": imported})
    return counts


def _tell(batch: Import, code: str, facts: dict[str, Any]) -> None:
    notifications.notify(
        [batch.started_by_id], code, subject=("import", batch.public_id), facts=facts, actor=None, now=clock.now()
    )
