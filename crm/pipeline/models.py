"""The table of stage changes."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm.accounts.models import User
from crm.core.db import Model
from crm.core.models import Identified
from crm.core.types import UtcDateTime


class StageChange(Identified, Model):
    """A lead went from one stage to another: when it happened (event), when and by whom it was entered."""

    __tablename__ = "stage_change"
    __table_args__ = (Index("ix_stage_change_lead_id", "lead_id", "on_date"),)

    lead_id: Mapped[int] = mapped_column(ForeignKey("lead.id"))
    from_stage: Mapped[str] = mapped_column(String(20))
    to_stage: Mapped[str] = mapped_column(String(20))
    on_date: Mapped[date] = mapped_column()
    note: Mapped[str | None] = mapped_column(String(400))
    entered_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    entered_at: Mapped[datetime] = mapped_column(UtcDateTime)
    entered_by: Mapped[User] = relationship(lazy="select")
