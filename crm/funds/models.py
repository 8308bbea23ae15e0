"""Which arrival a milestone of first funds stands for."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm.core.db import Model
from crm.core.types import UtcDateTime
from crm.money.models import Receipt
from crm.pipeline.models import Milestone


class FundsLink(Model):
    """The milestone 首笔到资 is this line of the ledger: the same day, sum and proof. Money is counted out of the ledger alone,
    the milestone's sum never joins it.
    """

    __tablename__ = "funds_link"
    __table_args__ = (UniqueConstraint("milestone_id"), Index("ix_funds_link_receipt_id", "receipt_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    milestone_id: Mapped[int] = mapped_column(ForeignKey("milestone.id"))
    receipt_id: Mapped[int] = mapped_column(ForeignKey("receipt.id"))
    by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    milestone: Mapped[Milestone] = relationship(lazy="joined", innerjoin=True)
    receipt: Mapped[Receipt] = relationship(lazy="joined", innerjoin=True)
