"""Tables of stored files and of who read them."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from crm.core.db import Model
from crm.core.models import Identified
from crm.core.types import UtcDateTime


class StoredFile(Identified, Model):
    """One uploaded or made file. The bytes lie under their SHA-256; the name is only for people.

    `evidence_type` is which kind of evidence a piece of it is (crm.claims.rules.evidence); none: stored before there were types.
    `lead_id` says whose rights guard it; a file without a lead belongs to the person who stored it (imports, results).
    """

    __tablename__ = "stored_file"
    __table_args__ = (
        CheckConstraint("purpose IN ('evidence', 'attachment', 'progress', 'import', 'result')", name="purpose"),
        Index("ix_stored_file_lead_id", "lead_id"),
        Index("ix_stored_file_interaction_id", "interaction_id"),
        Index("ix_stored_file_sha256", "sha256"),
    )

    name: Mapped[str] = mapped_column(String(200))
    kind: Mapped[str] = mapped_column(String(10))
    size: Mapped[int] = mapped_column()
    sha256: Mapped[str] = mapped_column(String(64))
    purpose: Mapped[str] = mapped_column(String(12))
    evidence_type: Mapped[str | None] = mapped_column(String(20))
    lead_id: Mapped[int | None] = mapped_column(ForeignKey("lead.id"))
    interaction_id: Mapped[int | None] = mapped_column(ForeignKey("interaction.id"))
    stored_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    stored_at: Mapped[datetime] = mapped_column(UtcDateTime)


class FileAccess(Model):
    """Who opened which file when."""

    __tablename__ = "file_access"
    __table_args__ = (Index("ix_file_access_file_id", "file_id", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_file.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
