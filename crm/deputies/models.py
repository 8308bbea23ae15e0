"""Table of who does whose desk."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm.accounts.models import User
from crm.core.db import Model
from crm.core.models import Identified
from crm.core.types import UtcDateTime


class Deputy(Identified, Model):
    """工作代理: `to` does the desk of `whose` from a day until a day. It ends by itself; a person may end it before, nothing is
    deleted. `User.desk_text` of `to` repeats those that have not ended.
    """

    __tablename__ = "deputy"
    __table_args__ = (
        CheckConstraint("until_on >= from_on", name="days"),
        CheckConstraint("whose_id <> to_id", name="two_people"),
        Index("ix_deputy_whose_id", "whose_id"),
        Index("ix_deputy_to_id", "to_id"),
    )

    whose_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    to_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    from_on: Mapped[date] = mapped_column()
    until_on: Mapped[date] = mapped_column()
    note: Mapped[str | None] = mapped_column(String(200))
    added_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    added_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    whose: Mapped[User] = relationship(foreign_keys=[whose_id], lazy="joined", innerjoin=True)
    to: Mapped[User] = relationship(foreign_keys=[to_id], lazy="joined", innerjoin=True)
