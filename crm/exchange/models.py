"""Tables of imports."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from crm.core.db import Model
from crm.core.models import Identified, Versioned
from crm.core.types import JSONType, UtcDateTime


class Import(Identified, Versioned, Model):
    """One uploaded workbook on its way in: judged whole without a write lock, decided on by a person, applied in chunks."""

    __tablename__ = "import_batch"
    __table_args__ = (
        CheckConstraint("kind IN ('leads', 'companies')", name="kind"),
        CheckConstraint("state IN ('waiting', 'judging', 'judged', 'applying', 'done', 'refused')", name="state"),
        Index("ix_import_batch_by", "started_by_id", "started_at"),
    )

    kind: Mapped[str] = mapped_column(String(10))
    state: Mapped[str] = mapped_column(String(10), default="waiting")
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_file.id"))
    file_name: Mapped[str] = mapped_column(String(200))
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    admit: Mapped[bool] = mapped_column(default=False)
    started_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    job_id: Mapped[int | None] = mapped_column(ForeignKey("job.id"))
    sheet: Mapped[str | None] = mapped_column(String(100))
    header_row: Mapped[int | None] = mapped_column()
    columns: Mapped[dict[str, Any] | None] = mapped_column(JSONType)
    unmapped: Mapped[list[Any] | None] = mapped_column(JSONType)
    refusal: Mapped[str | None] = mapped_column(String(40))
    refusal_facts: Mapped[dict[str, Any] | None] = mapped_column(JSONType)
    result_file_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class ImportRow(Model):
    """One data row: what was read, what was found, what was decided, what became of it. Applied exactly once."""

    __tablename__ = "import_row"
    __table_args__ = (
        UniqueConstraint("import_id", "row"),
        CheckConstraint("outcome IN ('ready', 'warning', 'refused', 'duplicate', 'imported', 'skipped')", name="outcome"),
        Index("ix_import_row_outcome", "import_id", "outcome", "row"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    import_id: Mapped[int] = mapped_column(ForeignKey("import_batch.id"))
    row: Mapped[int] = mapped_column()
    outcome: Mapped[str] = mapped_column(String(10))
    reasons: Mapped[list[Any]] = mapped_column(JSONType)
    cells: Mapped[dict[str, Any]] = mapped_column(JSONType)
    values: Mapped[dict[str, Any]] = mapped_column(JSONType)
    duplicate_rows: Mapped[list[Any]] = mapped_column(JSONType)
    matches: Mapped[list[Any]] = mapped_column(JSONType)
    decision: Mapped[str | None] = mapped_column(String(20))
    lead_id: Mapped[int | None] = mapped_column(ForeignKey("lead.id"))
    company_id: Mapped[int | None] = mapped_column(ForeignKey("company.id"))
    applied_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
