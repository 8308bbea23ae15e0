"""Tables of disputes: the dispute, its sides, what was said and done, and the decisions about it."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm.accounts.models import User
from crm.core.db import Model
from crm.core.models import Identified
from crm.core.types import JSONType, UtcDateTime
from crm.units.models import Unit

_LIVE: dict[str, Any] = {
    "sqlite_where": text("state IN ('open', 'under_review')"), "postgresql_where": text("state IN ('open', 'under_review')"),
}  # fmt: skip


class Dispute(Identified, Model):
    """争议: about one lead, or two that are one project. One live row a lead: a partial unique index
    for each of the two places, and across them the lead's lock and its `disputed_on`.

    `due_on` until when it is to be decided; after the decision `review_until` says how long a review may be asked for,
    `review_due_on` until when that is to be decided. `reminded`: what was last told of its day ("soon 2026-12-01").
    """

    __tablename__ = "dispute"
    __table_args__ = (
        CheckConstraint("state IN ('open', 'decided', 'under_review', 'final', 'withdrawn')", name="state"),
        CheckConstraint("other_lead_id IS NULL OR other_lead_id <> lead_id", name="two_leads"),
        Index("uq_dispute_live", "lead_id", unique=True, **_LIVE),
        Index("uq_dispute_live_other", "other_lead_id", unique=True, **_LIVE),
        Index("ix_dispute_lead_id", "lead_id"),
        Index("ix_dispute_other_lead_id", "other_lead_id"),
        Index("ix_dispute_state", "state", "due_on"),
    )

    lead_id: Mapped[int] = mapped_column(ForeignKey("lead.id"))
    other_lead_id: Mapped[int | None] = mapped_column(ForeignKey("lead.id"))
    state: Mapped[str] = mapped_column(String(12), default="open")
    opened_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    due_on: Mapped[date] = mapped_column()
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    review_until: Mapped[date | None] = mapped_column()
    review_due_on: Mapped[date | None] = mapped_column()
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    reminded: Mapped[str | None] = mapped_column(String(20))
    sides: Mapped[list["DisputeSide"]] = relationship(order_by="DisputeSide.id", lazy="selectin")
    opened_by: Mapped[User] = relationship(foreign_keys=[opened_by_id], lazy="joined", innerjoin=True)

    @property
    def lead_ids(self) -> list[int]:
        """The leads that it is about."""
        return [self.lead_id] if self.other_lead_id is None else [self.lead_id, self.other_lead_id]


class DisputeSide(Model):
    """A unit that the dispute concerns, and why. `opens`: it raised the dispute."""

    __tablename__ = "dispute_side"
    __table_args__ = (
        CheckConstraint("basis IN ('follows', 'registered', 'claim', 'reported', 'group')", name="basis"),
        UniqueConstraint("dispute_id", "unit_id"),
        Index("ix_dispute_side_unit_id", "unit_id", "dispute_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    dispute_id: Mapped[int] = mapped_column(ForeignKey("dispute.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    basis: Mapped[str] = mapped_column(String(10))
    opens: Mapped[bool] = mapped_column(default=False)
    unit: Mapped[Unit] = relationship(lazy="joined", innerjoin=True)


class DisputeStep(Model):
    """What somebody said or did about a dispute. Added, never changed."""

    __tablename__ = "dispute_step"
    __table_args__ = (
        CheckConstraint("move IN ('opened', 'stated', 'withdrawn', 'decided', 'review_asked', 'reviewed')", name="move"),
        Index("ix_dispute_step_dispute_id", "dispute_id", "unit_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    dispute_id: Mapped[int] = mapped_column(ForeignKey("dispute.id"))
    move: Mapped[str] = mapped_column(String(12))
    text: Mapped[str] = mapped_column(String(2000))
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    by: Mapped[User] = relationship(lazy="joined", innerjoin=True)


class DisputeDecision(Identified, Model):
    """A decision: the coordinator's (first), or the headquarters' after a review. Added, never changed. `upheld`: the review came
    to the same. `parts` are of 10,000, by unit id.
    """

    __tablename__ = "dispute_decision"
    __table_args__ = (
        CheckConstraint("stage IN ('first', 'review')", name="stage"),
        CheckConstraint("how IN ('here', 'telephone')", name="how"),
        UniqueConstraint("dispute_id", "stage"),
        Index("ix_dispute_decision_at", "at"),
    )

    dispute_id: Mapped[int] = mapped_column(ForeignKey("dispute.id"))
    stage: Mapped[str] = mapped_column(String(6))
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    supporting: Mapped[list[int]] = mapped_column(JSONType)
    parts: Mapped[dict[str, int]] = mapped_column(JSONType)
    reason: Mapped[str] = mapped_column(String(1000))
    how: Mapped[str] = mapped_column(String(10))
    decided_by: Mapped[str] = mapped_column(String(80))
    decided_on: Mapped[date] = mapped_column()
    upheld: Mapped[bool] = mapped_column(default=False)
    by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    unit: Mapped[Unit] = relationship(lazy="joined", innerjoin=True)
    owner: Mapped[User | None] = relationship(foreign_keys=[owner_id], lazy="joined")
    by: Mapped[User] = relationship(foreign_keys=[by_id], lazy="joined", innerjoin=True)

    @property
    def shares(self) -> dict[int, int]:
        """The parts by unit."""
        return {int(unit): number for unit, number in self.parts.items()}
