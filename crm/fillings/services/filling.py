"""One table: taken in, its columns mapped, begun, finished."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from crm.accounts import queries as accounts
from crm.audit import services as audit
from crm.core.db import db
from crm.core.errors import Refusal
from crm.files.models import StoredFile
from crm.fillings import queries
from crm.fillings.models import Filling, FillingTemplate
from crm.fillings.rules.caps import at_once
from crm.fillings.rules.layout import Layout
from crm.fillings.rules.mapping import Mapped, from_json, is_sum, mapped, to_json, unit_code, unit_for
from crm.fillings.rules.refusals import IsRunning
from crm.jobs import services as jobs
from crm.notifications import services as notifications
from crm.policy import rules as policy
from crm.policy.rules import Actor


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a table: how many projects the condition finds, how many stand in it, what could not be filled."""

    found: int
    rows: int
    told: dict[str, Any]
    serial: str


def start_filling(
    file: StoredFile, layout: Layout, *, asked: str | None, template: FillingTemplate | None, actor: Actor, now: datetime
) -> Filling:
    """Take an empty table in. Its columns hold what the template for its heading says, else what the headings propose. `asked`:
    the list's question that it is for, when there is one already.
    """
    policy.require(policy.of_role(actor), "filling", "start", seen_by="start")
    if template is not None:
        columns = dict(template.columns)
    else:
        columns = {
            str(at): [code, unit_code(unit_for(layout, at, code)) if is_sum(code) else ""] for at, code in layout.proposed.items()
        }
    row = Filling(
        file_id=file.id, layout=layout.to_json(), columns=columns, asked=asked, template_id=template.id if template else None,
        asked_by_id=actor.user_id, asked_at=now, state="mapping",
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    return row


def lay_down(public_id: str, chosen: dict[int, tuple[str, str]], *, asked: str, called: str, actor: Actor) -> Filling:
    """Keep what the columns hold and for which projects. Raises NotFound, NothingMapped, IsRunning."""
    row = _locked(public_id, actor)
    if is_running(row):
        raise IsRunning
    columns = mapped(Layout.from_json(row.layout), chosen)
    row.columns, row.asked, row.chosen, row.refusal = to_json(columns), asked, called[:120], None
    db.session.flush()
    return row


def begin(row: Filling, found: int, *, actor: Actor, now: datetime) -> bool:
    """Begin to fill, once it is known how many projects there are: whether a job does it, because they are many."""
    row.state, row.found, row.job_id = "running", found, None
    later = found > at_once()
    if later:
        row.job_id = jobs.enqueue("fillings.fill", {"filling_id": row.id}, actor=actor, now=now, total=found).id
    db.session.flush()
    return later


def finish(row: Filling, result: StoredFile, outcome: Outcome, *, actor: Actor, now: datetime) -> None:
    """It is filled; who asked is told when a job did it."""
    row.state, row.result_file_id, row.finished_at, row.serial = "done", result.id, now, outcome.serial
    row.found, row.rows, row.told = outcome.found, outcome.rows, outcome.told
    if row.job_id is not None:
        facts = {"file": row.file.name, "count": outcome.rows}
        notifications.notify(
            [row.asked_by_id], "filling.done", subject=("filling", row.public_id), facts=facts, actor=None, now=now
        )
    facts = {"serial": outcome.serial, "sha256": result.sha256, "rows": outcome.rows, "found": outcome.found}
    audit.record("filling.filled", subject=("filling", row), facts=facts, actor=actor, now=now)


def unfinished(row: Filling, refusal: Refusal) -> None:
    """It could not be filled: back to its columns, which are still there, with the reason."""
    row.state, row.refusal = "mapping", refusal.code[:40]
    db.session.flush()


def columns_of(row: Filling) -> list[Mapped]:
    """What the columns of a table hold."""
    return mapped(Layout.from_json(row.layout), from_json(row.columns))


def is_running(row: Filling) -> bool:
    """Whether somebody fills it now: a job that failed for good does not."""
    return row.state == "running" and (row.job is None or row.job.state in ("waiting", "running")) and row.job_id is not None


def starter(row: Filling) -> Actor | None:
    """Who asked for a table, as they stand today; None when their account is closed."""
    user = accounts.by_id(row.asked_by_id)
    return user.as_actor() if user is not None and user.is_active else None


def _locked(public_id: str, actor: Actor) -> Filling:
    row = queries.visible_filling(public_id, actor=actor)
    held = select(Filling).where(Filling.id == row.id).with_for_update(of=Filling)
    return db.session.scalars(held.execution_options(populate_existing=True)).one()
