"""Tables of readings and of questions to the duplicate check."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm.accounts.models import User
from crm.core.db import Model
from crm.core.types import UtcDateTime


class Reading(Model):
    """Somebody read a confidential lead on a day: one row a day, with the first time."""

    __tablename__ = "reading"
    __table_args__ = (UniqueConstraint("lead_id", "user_id", "on_date"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    lead_id: Mapped[int] = mapped_column(ForeignKey("lead.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    on_date: Mapped[date] = mapped_column()
    first_at: Mapped[datetime] = mapped_column(UtcDateTime)
    user: Mapped[User] = relationship(lazy="joined", innerjoin=True)


class Probe(Model):
    """A name that somebody typed hit a lead that they may not see: one row a day, person and lead, with the name typed last.
    While a name is typed its beginnings hit the same lead, which is why leads are counted and not names. `saved_at`: it became a
    registration.
    """

    __tablename__ = "probe"
    __table_args__ = (
        UniqueConstraint("user_id", "on_date", "lead_id"),
        Index("ix_probe_on_date", "on_date", "user_id"),
        Index("ix_probe_lead_id", "lead_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    lead_id: Mapped[int] = mapped_column(ForeignKey("lead.id"))
    on_date: Mapped[date] = mapped_column()
    typed: Mapped[str] = mapped_column(String(200))
    last_at: Mapped[datetime] = mapped_column(UtcDateTime)
    saved_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class ProbeAlert(Model):
    """The coordinators were told of somebody's questions of a day: once."""

    __tablename__ = "probe_alert"
    __table_args__ = (UniqueConstraint("user_id", "on_date"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    on_date: Mapped[date] = mapped_column()
    told_at: Mapped[datetime] = mapped_column(UtcDateTime)
