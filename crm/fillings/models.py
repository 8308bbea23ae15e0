"""Tables of filled tables, and of the templates that keep what a table's columns hold."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, column
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm.accounts.models import User
from crm.core.db import Model
from crm.core.models import Identified
from crm.core.types import JSONType, UtcDateTime
from crm.files.models import StoredFile
from crm.jobs.models import Job
from crm.units.models import Unit

_IN_FORCE = column("replaced_at").is_(None)


class FillingTemplate(Identified, Model):
    """填报模板: what the columns of one heading hold, under a name, for a unit or the city; with the empty table it came from.
    Never changed: the next version (`number`) takes its place (`replaced_at`), or nothing does when it is thrown away.
    """

    __tablename__ = "filling_template"
    __table_args__ = (
        CheckConstraint("reach IN ('unit', 'city')", name="reach"),
        Index("uq_filling_template_in_force", "shelf", "name", unique=True, sqlite_where=_IN_FORCE, postgresql_where=_IN_FORCE),
        Index("ix_filling_template_fingerprint", "fingerprint"),
        Index("ix_filling_template_file_id", "file_id"),
        Index("ix_filling_template_unit_id", "unit_id"),
        Index("ix_filling_template_kept_by_id", "kept_by_id"),
    )

    name: Mapped[str] = mapped_column(String(60))
    reach: Mapped[str] = mapped_column(String(8))
    shelf: Mapped[str] = mapped_column(String(20))
    number: Mapped[int] = mapped_column()
    fingerprint: Mapped[str] = mapped_column(String(64))
    layout: Mapped[dict[str, Any]] = mapped_column(JSONType)
    columns: Mapped[dict[str, Any]] = mapped_column(JSONType)
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_file.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    kept_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    kept_at: Mapped[datetime] = mapped_column(UtcDateTime)
    replaced_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    file: Mapped[StoredFile] = relationship(lazy="joined", innerjoin=True)
    unit: Mapped[Unit] = relationship(lazy="joined", innerjoin=True)
    kept_by: Mapped[User] = relationship(lazy="joined", innerjoin=True)


class Filling(Identified, Model):
    """One table on its way: read (`mapping`), being filled (`running`), filled (`done`). `asked`: the list's question as its
    address says it, `chosen`: what that is called ("scope:" and a code, or a view's name); `found`: how many projects it finds,
    `rows`: how many stand in the table. `told`: what could not be filled, by column, and the rates.
    """

    __tablename__ = "filling"
    __table_args__ = (
        CheckConstraint("state IN ('mapping', 'running', 'done')", name="state"),
        Index("ix_filling_asked_by_id", "asked_by_id", "asked_at"),
        Index("ix_filling_file_id", "file_id"),
        Index("ix_filling_result_file_id", "result_file_id"),
        Index("ix_filling_template_id", "template_id"),
        Index("ix_filling_job_id", "job_id"),
    )

    state: Mapped[str] = mapped_column(String(8), default="mapping")
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_file.id"))
    layout: Mapped[dict[str, Any]] = mapped_column(JSONType)
    columns: Mapped[dict[str, Any]] = mapped_column(JSONType)
    asked: Mapped[str | None] = mapped_column(String(2000))
    chosen: Mapped[str | None] = mapped_column(String(120))
    found: Mapped[int | None] = mapped_column()
    rows: Mapped[int | None] = mapped_column()
    told: Mapped[dict[str, Any] | None] = mapped_column(JSONType)
    refusal: Mapped[str | None] = mapped_column(String(40))
    serial: Mapped[str | None] = mapped_column(String(24))
    template_id: Mapped[int | None] = mapped_column(ForeignKey("filling_template.id"))
    result_file_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))
    job_id: Mapped[int | None] = mapped_column(ForeignKey("job.id"))
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    file: Mapped[StoredFile] = relationship(foreign_keys=[file_id], lazy="joined", innerjoin=True)
    result: Mapped[StoredFile | None] = relationship(foreign_keys=[result_file_id], lazy="joined")
    template: Mapped[FillingTemplate | None] = relationship(lazy="select")
    job: Mapped[Job | None] = relationship(lazy="select")
