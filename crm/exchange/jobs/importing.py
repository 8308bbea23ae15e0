"""The long halves of an import as jobs: judging the whole file, and writing it in chunks of well under a second."""

from collections.abc import Callable
from typing import Any

from flask import current_app

from crm.accounts import queries as accounts
from crm.core import clock
from crm.core.db import db, unit_of_work
from crm.core.errors import NotFound, Refusal
from crm.exchange import queries, services
from crm.exchange.jobs.readers import Readers, worth
from crm.exchange.models import Import
from crm.exchange.rules.pace import next_size
from crm.files import queries as files
from crm.jobs.jobs import Progress, ask_for_statistics, job
from crm.notifications import services as notifications
from crm.policy.rules import Actor
from crm.units import queries as units

LARGE = 1_000  # rows after which the database's picture of its tables is out of date
BEAT = 10.0  # seconds


def _starter(batch: Import) -> Actor:
    user = accounts.by_id(batch.started_by_id)
    if user is None or not user.is_active:
        raise NotFound
    return user.as_actor()


@job("exchange.judge")
def judge(progress: Progress) -> dict[str, Any]:
    """Read and judge the file; nothing of it is written yet."""
    return judge_now(progress.args["import_id"], progress)


def judge_now(import_id: int, progress: Progress | None = None, *, readers: int | None = None) -> dict[str, Any]:
    """The same, here and now. `readers`: so many processes compare the rows; None: as many as are worth it."""
    batch = db.session.get_one(Import, import_id)
    stored, kind, actor = files.by_id(batch.file_id), batch.kind, _starter(batch)
    content = files.path_of(current_app.config["FILES_PATH"], stored.sha256).read_bytes()
    file_kind = stored.kind
    db.session.rollback()  # reading takes its time: no transaction stays open meanwhile
    try:
        table = services.read_table(content, file_kind, kind)
        verdicts = services.judge_rows(table, kind, today=clock.today())
        with Readers(worth(len(verdicts)) if readers is None else readers, heard=_beat(progress)) as spread:
            rows = list(services.rows_for_store(verdicts, kind=kind, actor=actor, spread=spread))
        db.session.rollback()
    except Refusal as refusal:
        with unit_of_work():
            services.refuse_import(db.session.get_one(Import, import_id), refusal, now=clock.now())
        return {"refusal": refusal.code}
    with unit_of_work():
        batch = db.session.get_one(Import, import_id)
        services.store_judgement(batch, table, rows, now=clock.now())
        _tell(batch, "import.judged", {"file": batch.file_name})
    return {}


def _beat(progress: Progress | None) -> Callable[[], None]:
    """Tells that the judging goes on, so that no other worker takes the job."""
    due = clock.deadline_in(BEAT)

    def beat() -> None:
        nonlocal due
        if progress is not None and clock.is_past(due):
            due = clock.deadline_in(BEAT)
            progress.count(0)

    return beat


@job("exchange.apply")
def apply(progress: Progress) -> dict[str, Any]:
    """Write the rows, chunk by chunk; begun again after a crash it goes on where it was."""
    return apply_now(progress.args["import_id"], progress)


def apply_now(import_id: int, progress: Progress | None = None) -> dict[str, Any]:
    """The same, here and now; counts by outcome."""
    services.make_ready()
    done, size = 0, services.CHUNK
    while True:
        begun = clock.ticks()
        with unit_of_work():
            batch = db.session.get_one(Import, import_id)
            unit = units.by_id(batch.unit_id)
            city = current_app.config["CITY_CODE"]
            wrote = services.apply_chunk(batch, unit=unit, city=city, actor=_starter(batch), now=clock.now(), limit=size)
        if not wrote:
            break
        done, size = done + wrote, next_size(size, clock.ticks() - begun)
        if progress is not None:
            progress.count(done)
    with unit_of_work():
        batch = db.session.get_one(Import, import_id)
        services.finish_import(batch, now=clock.now())
        counts = queries.counts(import_id)
        imported = counts.get("imported", 0) + counts.get("warning", 0)
        if done >= LARGE:
            ask_for_statistics(now=clock.now())
        _tell(batch, "import.done", {"file": batch.file_name, "imported": imported})
    return counts


def _tell(batch: Import, code: str, facts: dict[str, Any]) -> None:
    notifications.notify(
        [batch.started_by_id], code, subject=("import", batch.public_id), facts=facts, actor=None, now=clock.now()
    )
