"""Tables of events, and of leads put to them."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, column
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm.accounts.models import User
from crm.core.db import Model
from crm.core.models import Identified, Versioned
from crm.core.types import UtcDateTime
from crm.units.models import Unit

_LIVE = column("ended_at").is_(None)
_HELD = column("withdrawn_at").is_(None)


class Event(Identified, Versioned, Model):
    """招商活动: by whom, where, from which day to which; one number for life. `name_key`: the name as it is searched and told
    apart. One that was entered by mistake is withdrawn, with the reason, never deleted.
    """

    __tablename__ = "event"
    __table_args__ = (
        CheckConstraint("kind IN ('fair', 'roadshow', 'ceremony', 'matchmaking', 'trip', 'forum', 'other')", name="kind"),
        CheckConstraint("last_on >= first_on", name="days"),
        UniqueConstraint("number"),
        CheckConstraint("(withdrawn_at IS NULL) = (withdrawn_reason IS NULL)", name="withdrawn"),
        Index("uq_event_name", "name_key", "first_on", unique=True, sqlite_where=_HELD, postgresql_where=_HELD),
        Index("ix_event_first_on", "first_on", "id"),
        Index("ix_event_unit_id", "unit_id"),
    )

    number: Mapped[str] = mapped_column(String(20))
    name: Mapped[str] = mapped_column(String(120))
    name_key: Mapped[str] = mapped_column(String(240))
    kind: Mapped[str] = mapped_column(String(12))
    first_on: Mapped[date] = mapped_column()
    last_on: Mapped[date] = mapped_column()
    country: Mapped[str] = mapped_column(String(2))
    city: Mapped[str] = mapped_column(String(80))
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    note: Mapped[str | None] = mapped_column(String(1000))
    made_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    withdrawn_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    withdrawn_reason: Mapped[str | None] = mapped_column(String(400))
    is_demo: Mapped[bool] = mapped_column(default=False)
    unit: Mapped[Unit] = relationship(lazy="joined", innerjoin=True)
    made_by: Mapped[User] = relationship(foreign_keys=[made_by_id], lazy="select")


class EventLink(Model):
    """A lead came from an event, or was signed at one. One live row for each lead and role; what is over stays."""

    __tablename__ = "event_link"
    __table_args__ = (
        CheckConstraint("role IN ('source', 'signed')", name="role"),
        Index("uq_event_link_live", "lead_id", "role", unique=True, sqlite_where=_LIVE, postgresql_where=_LIVE),
        Index("ix_event_link_event_id", "event_id", "role", "lead_id"),
        Index("ix_event_link_lead_id", "lead_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"))
    lead_id: Mapped[int] = mapped_column(ForeignKey("lead.id"))
    role: Mapped[str] = mapped_column(String(8))
    by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_reason: Mapped[str | None] = mapped_column(String(400))
    event: Mapped[Event] = relationship(lazy="joined", innerjoin=True)
    by: Mapped[User] = relationship(foreign_keys=[by_id], lazy="joined", innerjoin=True)
