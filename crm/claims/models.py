"""The table of first-report rights."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from crm.core.db import Model
from crm.core.models import Identified, Versioned
from crm.core.types import UtcDateTime


class Claim(Identified, Versioned, Model):
    """首报: number, unit and person (for life), granted after 研判 with evidence, counted back to the registered time.

    One live claim per lead: a partial unique index, so that no race grants two. `rules_version` is the version of the
    protection rules it was granted under.
    """

    __tablename__ = "claim"
    __table_args__ = (
        CheckConstraint("state IN ('live', 'released', 'withdrawn')", name="state"),
        Index(
            "uq_claim_live_lead", "lead_id", unique=True,
            sqlite_where=text("state = 'live'"), postgresql_where=text("state = 'live'"),
        ),
        Index("ix_claim_unit_id", "unit_id"),
    )  # fmt: skip

    number: Mapped[str] = mapped_column(String(20), unique=True)
    lead_id: Mapped[int] = mapped_column(ForeignKey("lead.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    state: Mapped[str] = mapped_column(String(10), default="live")
    counts_from: Mapped[datetime] = mapped_column(UtcDateTime)
    granted_at: Mapped[datetime] = mapped_column(UtcDateTime)
    granted_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    evidence_count: Mapped[int] = mapped_column()
    rules_version: Mapped[str] = mapped_column(String(20))
