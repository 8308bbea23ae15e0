"""Tables of the audit trail."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm.core.db import Model
from crm.core.types import JSONType, UtcDateTime


class AuditLine(Model):
    """One business act. UNIQUE(prev_hash) makes a forked chain impossible (reliability study, M9)."""

    __tablename__ = "audit_line"
    __table_args__ = (Index("ix_audit_line_subject", "subject_type", "subject_id"),)

    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    prev_hash: Mapped[str] = mapped_column(String(64), unique=True)
    hash: Mapped[str] = mapped_column(String(64), unique=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    action: Mapped[str] = mapped_column(String(60))
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    subject_type: Mapped[str | None] = mapped_column(String(40))
    subject_id: Mapped[int | None] = mapped_column()
    payload_digest: Mapped[str] = mapped_column(String(64))
    payload: Mapped["AuditPayload | None"] = relationship(back_populates="line", uselist=False)


class AuditPayload(Model):
    """What changed, apart from the chain: may be erased, the digest stays."""

    __tablename__ = "audit_payload"

    line_seq: Mapped[int] = mapped_column(ForeignKey("audit_line.seq"), primary_key=True)
    facts: Mapped[dict[str, Any]] = mapped_column(JSONType)
    line: Mapped[AuditLine] = relationship(back_populates="payload")
