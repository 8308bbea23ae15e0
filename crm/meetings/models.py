"""The table of meeting packs."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm.accounts.models import User
from crm.batches.models import Edition
from crm.core.db import Model
from crm.core.models import Identified
from crm.core.types import UtcDateTime
from crm.files.models import StoredFile
from crm.jobs.models import Job
from crm.meetings.rules import PackState


class MeetingPack(Identified, Model):
    """One pack that somebody had made of an edition, as they read it then (`role`, `unit_id`: as whom), in their language: a
    paper and a pdf with one serial number. `why`: what stopped it.
    """

    __tablename__ = "meeting_pack"
    __table_args__ = (
        CheckConstraint("state IN ('waiting', 'done', 'failed')", name="state"),
        CheckConstraint("state <> 'done' OR (docx_id IS NOT NULL AND pdf_id IS NOT NULL)", name="files"),
        Index("ix_meeting_pack_asked_by_id", "asked_by_id", "id"),
        Index("ix_meeting_pack_edition_id", "edition_id"),
        Index("ix_meeting_pack_job_id", "job_id"),
        Index("ix_meeting_pack_docx_id", "docx_id"),
        Index("ix_meeting_pack_pdf_id", "pdf_id"),
    )

    serial: Mapped[str] = mapped_column(String(24), unique=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"))
    state: Mapped[str] = mapped_column(String(8), default=PackState.WAITING)
    why: Mapped[str | None] = mapped_column(String(200))
    lang: Mapped[str] = mapped_column(String(2))
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    role: Mapped[str] = mapped_column(String(20))
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    job_id: Mapped[int | None] = mapped_column(ForeignKey("job.id"))
    docx_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))
    pdf_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))
    edition: Mapped[Edition] = relationship(lazy="joined", innerjoin=True)
    asked_by: Mapped[User] = relationship(lazy="joined", innerjoin=True)
    job: Mapped[Job | None] = relationship()
    docx: Mapped[StoredFile | None] = relationship(foreign_keys=[docx_id])
    pdf: Mapped[StoredFile | None] = relationship(foreign_keys=[pdf_id])
