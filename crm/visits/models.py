"""The table of interactions."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm.accounts.models import User
from crm.core.db import Model
from crm.core.models import Identified
from crm.core.types import UtcDateTime


class Interaction(Identified, Model):
    """One piece of progress: on which day, of which kind, with whom, one paragraph. Added, never overwritten."""

    __tablename__ = "interaction"
    __table_args__ = (
        CheckConstraint("kind IN ('talks', 'visit', 'incoming', 'reception', 'call', 'other')", name="kind"),
        Index("ix_interaction_lead_on", "lead_id", "on_date"),
        Index("ix_interaction_by", "entered_by_id", "on_date"),
    )

    lead_id: Mapped[int] = mapped_column(ForeignKey("lead.id"))
    kind: Mapped[str] = mapped_column(String(10))
    on_date: Mapped[date] = mapped_column()
    whom: Mapped[str | None] = mapped_column(String(120))
    text: Mapped[str] = mapped_column(String(2000))
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    entered_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    entered_at: Mapped[datetime] = mapped_column(UtcDateTime)
    entered_by: Mapped[User] = relationship(lazy="select")
