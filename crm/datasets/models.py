"""The table of dataset runs."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm.core.db import Model
from crm.core.models import Identified
from crm.core.types import JSONType, UtcDateTime
from crm.files.models import StoredFile
from crm.jobs.models import Job


class DatasetRun(Identified, Model):
    """数据集: the files made for one person, with what they hold (`manifest`: when, by which rates, how many rows)."""

    __tablename__ = "dataset_run"
    __table_args__ = (
        CheckConstraint("state IN ('waiting', 'done')", name="state"),
        Index("ix_dataset_run_asked_by_id", "asked_by_id", "asked_at"),
        Index("ix_dataset_run_file_id", "file_id"),
        Index("ix_dataset_run_job_id", "job_id"),
    )

    state: Mapped[str] = mapped_column(String(8), default="waiting")
    manifest: Mapped[dict[str, Any] | None] = mapped_column(JSONType)
    serial: Mapped[str | None] = mapped_column(String(24))
    file_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))
    job_id: Mapped[int | None] = mapped_column(ForeignKey("job.id"))
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    file: Mapped[StoredFile | None] = relationship(lazy="joined")
    job: Mapped[Job | None] = relationship(lazy="joined")
