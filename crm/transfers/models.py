"""Tables of transfers, of what was answered, and of open projects with the units' proposals."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm.accounts.models import User
from crm.core.db import Model
from crm.core.models import Identified
from crm.core.types import UtcDateTime
from crm.credit.rules import ShareModel, Terms
from crm.units.models import Unit

_LIVE: dict[str, Any] = {
    "sqlite_where": text("state IN ('open', 'accepted')"), "postgresql_where": text("state IN ('open', 'accepted')"),
}  # fmt: skip
_OPEN: dict[str, Any] = {"sqlite_where": text("state = 'open'"), "postgresql_where": text("state = 'open'")}
_USED: dict[str, Any] = {"sqlite_where": text("replaced_at IS NULL"), "postgresql_where": text("replaced_at IS NULL")}
_MODELS = "model IN ('even', 'both', 'introducer', 'agreed')"


class WithTerms:
    """The terms of attribution that a row speaks of."""

    model: Mapped[str] = mapped_column(String(12))
    giver_parts: Mapped[int] = mapped_column()
    years: Mapped[int | None] = mapped_column()

    @property
    def terms(self) -> Terms:
        """The same, as the rules know them."""
        return Terms(ShareModel(self.model), self.giver_parts, self.years)

    @terms.setter
    def terms(self, terms: Terms) -> None:
        self.model, self.giver_parts, self.years = terms.model.value, terms.giver_parts, terms.years


class Transfer(WithTerms, Identified, Model):
    """A lead that one unit is to give to another. The terms are those on the table; `turn` says who is to answer until
    `answer_by`. One live row a lead: a partial unique index, so that no race agrees twice.

    `former_owner_id` and `city_move_before` are what a return puts back.
    """

    __tablename__ = "transfer"
    __table_args__ = (
        CheckConstraint("kind IN ('offer', 'assigned', 'pool')", name="kind"),
        CheckConstraint(
            "state IN ('open', 'accepted', 'declined', 'withdrawn', 'lapsed', 'handed_over', 'returned')", name="state"
        ),
        CheckConstraint("turn IN ('receiver', 'giver')", name="turn"),
        CheckConstraint(_MODELS, name="model"),
        CheckConstraint("from_unit_id <> to_unit_id", name="two_units"),
        Index("uq_transfer_live", "lead_id", unique=True, **_LIVE),
        Index("ix_transfer_lead_id", "lead_id"),
        Index("ix_transfer_to_unit_id", "to_unit_id", "state"),
        Index("ix_transfer_from_unit_id", "from_unit_id", "state"),
        Index("ix_transfer_state", "state", "answer_by"),
    )

    lead_id: Mapped[int] = mapped_column(ForeignKey("lead.id"))
    kind: Mapped[str] = mapped_column(String(8))
    state: Mapped[str] = mapped_column(String(12), default="open")
    turn: Mapped[str] = mapped_column(String(8), default="receiver")
    from_unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    to_unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    reason: Mapped[str] = mapped_column(String(400))
    shows_names: Mapped[bool] = mapped_column(default=False)
    answer_by: Mapped[date] = mapped_column()
    offered_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    offered_at: Mapped[datetime] = mapped_column(UtcDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    handed_over_on: Mapped[date | None] = mapped_column()
    return_by: Mapped[date | None] = mapped_column()
    former_owner_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    city_move: Mapped[bool] = mapped_column(default=False)
    city_move_before: Mapped[date | None] = mapped_column()
    from_unit: Mapped[Unit] = relationship(foreign_keys=[from_unit_id], lazy="joined", innerjoin=True)
    to_unit: Mapped[Unit] = relationship(foreign_keys=[to_unit_id], lazy="joined", innerjoin=True)
    offered_by: Mapped[User] = relationship(foreign_keys=[offered_by_id], lazy="select")


class TransferAnswer(WithTerms, Model):
    """One move about a transfer with the terms on the table then. Added, never changed. Without a person: its days were over."""

    __tablename__ = "transfer_answer"
    __table_args__ = (
        CheckConstraint(
            "move IN ('offered', 'countered', 'accepted', 'declined', 'withdrawn', 'lapsed', 'assigned', 'handed_over', "
            "'returned')",
            name="move",
        ),
        CheckConstraint(_MODELS, name="model"),
        Index("ix_transfer_answer_transfer_id", "transfer_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    transfer_id: Mapped[int] = mapped_column(ForeignKey("transfer.id"))
    move: Mapped[str] = mapped_column(String(12))
    reason: Mapped[str | None] = mapped_column(String(400))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    by: Mapped[User | None] = relationship(lazy="joined")


class OpenOffer(WithTerms, Identified, Model):
    """待承接项目: an anonymous card of a lead that its unit cannot host. One open card a lead."""

    __tablename__ = "open_offer"
    __table_args__ = (
        CheckConstraint("state IN ('open', 'assigned', 'withdrawn')", name="state"),
        CheckConstraint(_MODELS, name="model"),
        Index("uq_open_offer_open", "lead_id", unique=True, **_OPEN),
        Index("ix_open_offer_lead_id", "lead_id"),
        Index("ix_open_offer_state", "state", "put_at"),
        Index("ix_open_offer_transfer_id", "transfer_id"),
    )

    lead_id: Mapped[int] = mapped_column(ForeignKey("lead.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    state: Mapped[str] = mapped_column(String(10), default="open")
    band: Mapped[str] = mapped_column(String(12))
    needs_site: Mapped[str | None] = mapped_column(String(200))
    needs_energy: Mapped[str | None] = mapped_column(String(200))
    needs_people: Mapped[str | None] = mapped_column(String(200))
    text: Mapped[str] = mapped_column(String(400))
    answer_by: Mapped[date] = mapped_column()
    put_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    put_at: Mapped[datetime] = mapped_column(UtcDateTime)
    closed_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    close_reason: Mapped[str | None] = mapped_column(String(400))
    transfer_id: Mapped[int | None] = mapped_column(ForeignKey("transfer.id"))


class OpenAnswer(Identified, Model):
    """承接申请: what a unit proposes for an open project. Changed by a new row; one in use for each unit."""

    __tablename__ = "open_answer"
    __table_args__ = (
        Index("uq_open_answer_used", "offer_id", "unit_id", unique=True, **_USED),
        Index("ix_open_answer_offer_id", "offer_id"),
    )

    offer_id: Mapped[int] = mapped_column(ForeignKey("open_offer.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    site: Mapped[str] = mapped_column(String(200))
    policies: Mapped[str | None] = mapped_column(String(200))
    ready_on: Mapped[date] = mapped_column()
    note: Mapped[str | None] = mapped_column(String(400))
    by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    replaced_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    unit: Mapped[Unit] = relationship(lazy="joined", innerjoin=True)
    by: Mapped[User] = relationship(lazy="joined", innerjoin=True)
