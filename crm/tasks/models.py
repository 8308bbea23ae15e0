"""The table of next steps."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from crm.core.db import Model
from crm.core.models import Identified, Versioned
from crm.core.types import UtcDateTime


class NextStep(Identified, Versioned, Model):
    """What is to be done about a lead, by whom, by when. `due_on` may be empty when `text` says why there is none."""

    __tablename__ = "next_step"
    __table_args__ = (
        Index("ix_next_step_open", "assignee_id", "done_at", "due_on"),
        Index("ix_next_step_lead_id", "lead_id"),
    )

    lead_id: Mapped[int] = mapped_column(ForeignKey("lead.id"))
    text: Mapped[str] = mapped_column(String(200))
    due_on: Mapped[date | None] = mapped_column()
    assignee_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    created_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    done_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
