"""Tables of bulk runs, and of the leads in each."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm.bulk.rules import ItemState, RunState
from crm.core.db import Model
from crm.core.models import Identified
from crm.core.types import JSONType, UtcDateTime
from crm.jobs.models import Job
from crm.leads.models import Lead


class BulkRun(Identified, Model):
    """One act for many leads. `wanted`: what is to be done (crm.bulk.rules.Wanted). `unseen`: how many of the chosen this person
    may not read; `over`: how many more the filter found than one run takes. `undoes`: the run that this one takes back.
    """

    __tablename__ = "bulk_run"
    __table_args__ = (
        CheckConstraint("act IN ('owner', 'cluster', 'next', 'share')", name="act"),
        CheckConstraint("state IN ('ready', 'running', 'done')", name="state"),
        Index("ix_bulk_run_asked_by_id", "asked_by_id"),
        Index("ix_bulk_run_job_id", "job_id"),
        Index("uq_bulk_run_undoes_id", "undoes_id", unique=True),
    )

    act: Mapped[str] = mapped_column(String(10))
    wanted: Mapped[dict[str, Any]] = mapped_column(JSONType)
    state: Mapped[str] = mapped_column(String(10), default=RunState.READY)
    unseen: Mapped[int] = mapped_column(default=0)
    over: Mapped[int] = mapped_column(default=0)
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    job_id: Mapped[int | None] = mapped_column(ForeignKey("job.id"))
    undoes_id: Mapped[int | None] = mapped_column(ForeignKey("bulk_run.id"))
    job: Mapped[Job | None] = relationship()


class BulkItem(Model):
    """A lead of a run. `seen`: its version when the run was seen, `after`: when it was done. `why`: the code of what stopped it.
    `before`: what it had, where that is put back by a counter-act; there it is `wanted`.
    """

    __tablename__ = "bulk_item"
    __table_args__ = (
        CheckConstraint("state IN ('waiting', 'done', 'skipped')", name="state"),
        UniqueConstraint("run_id", "lead_id"),
        Index("ix_bulk_item_lead_id", "lead_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("bulk_run.id"))
    lead_id: Mapped[int] = mapped_column(ForeignKey("lead.id"))
    seen: Mapped[int] = mapped_column()
    after: Mapped[int | None] = mapped_column()
    state: Mapped[str] = mapped_column(String(8), default=ItemState.WAITING)
    why: Mapped[str | None] = mapped_column(String(40))
    before: Mapped[dict[str, Any] | None] = mapped_column(JSONType)
    wanted: Mapped[dict[str, Any] | None] = mapped_column(JSONType)
    lead: Mapped[Lead] = relationship()
