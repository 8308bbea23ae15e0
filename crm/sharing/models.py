"""Tables of shares, requests for one, and code names."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ColumnElement, ForeignKey, Index, ScalarSelect, String, cast, func, select, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm.accounts.models import User
from crm.core.db import Model
from crm.core.models import Identified
from crm.core.types import UtcDateTime
from crm.units.models import Unit

_LIVE: dict[str, Any] = {"sqlite_where": text("ended_at IS NULL"), "postgresql_where": text("ended_at IS NULL")}
_OPEN: dict[str, Any] = {"sqlite_where": text("state = 'open'"), "postgresql_where": text("state = 'open'")}


def _terms() -> tuple[CheckConstraint, ...]:
    return (
        CheckConstraint("role IN ('main', 'assist', 'host', 'refer')", name="role"),
        CheckConstraint("level IN ('read', 'edit')", name="level"),
        CheckConstraint("tier IN ('card', 'detail', 'contacts')", name="tier"),
        CheckConstraint("level = 'read' OR tier <> 'card'", name="edit_needs_detail"),
    )


def shares_in_text(lead_id: Any) -> ScalarSelect[str | None]:
    """SQL: the shares of a lead that nobody has ended, as one text that `rules.read_shares` reads: a lead brings them along
    without a statement of its own.
    """
    share = LeadShare.__table__.c
    facts = (share.unit_id, share.user_id, share.level, share.tier, share.role, share.until)
    parts = [func.coalesce(cast(fact, String), "") for fact in facts]
    line: ColumnElement[str] = parts[0]
    for part in parts[1:]:
        line = line + ":" + part
    live = select(func.aggregate_strings(line, ";")).where(share.lead_id == lead_id, share.ended_at.is_(None))
    return live.scalar_subquery()


def seal_in_text(lead_id: Any) -> ScalarSelect[str | None]:
    """SQL: the last day and the code name that a lead was given, for `rules.read_seal`."""
    seal = LeadSeal.__table__.c
    given = select(cast(seal.until, String) + ":" + seal.code_name)
    return given.where(seal.lead_id == lead_id, seal.ended_at.is_(None), seal.consented_at.is_not(None)).scalar_subquery()


class LeadShare(Identified, Model):
    """A lead in the hands of another unit (with all below it) or person, until a day: then it ends by itself, or before, when
    somebody ends it. What changes is a new row. One live row for each holder and lead.
    """

    __tablename__ = "lead_share"
    __table_args__ = (
        *_terms(),
        CheckConstraint("(unit_id IS NULL) <> (user_id IS NULL)", name="one_holder"),
        Index("uq_lead_share_live_unit", "unit_id", "lead_id", unique=True, **_LIVE),
        Index("uq_lead_share_live_user", "user_id", "lead_id", unique=True, **_LIVE),
        Index("ix_lead_share_lead_id", "lead_id", "ended_at"),
    )

    lead_id: Mapped[int] = mapped_column(ForeignKey("lead.id"))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    role: Mapped[str] = mapped_column(String(8))
    level: Mapped[str] = mapped_column(String(4))
    tier: Mapped[str] = mapped_column(String(8))
    until: Mapped[date] = mapped_column()
    note: Mapped[str | None] = mapped_column(String(200))
    granted_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    granted_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    end_reason: Mapped[str | None] = mapped_column(String(200))
    unit: Mapped[Unit | None] = relationship(lazy="select")
    user: Mapped[User | None] = relationship(foreign_keys=[user_id], lazy="select")
    granted_by: Mapped[User] = relationship(foreign_keys=[granted_by_id], lazy="select")


class ShareRequest(Identified, Model):
    """Somebody wants a unit to have a share: the unit itself (申请协办), or the lead's owner for a unit elsewhere. The following
    unit's manager or the coordinator answers. One open row for each unit and lead.
    """

    __tablename__ = "share_request"
    __table_args__ = (
        *_terms(),
        CheckConstraint("state IN ('open', 'granted', 'declined')", name="state"),
        Index("uq_share_request_open", "lead_id", "unit_id", unique=True, **_OPEN),
        Index("ix_share_request_lead_id", "lead_id", "state"),
    )

    lead_id: Mapped[int] = mapped_column(ForeignKey("lead.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    role: Mapped[str] = mapped_column(String(8))
    level: Mapped[str] = mapped_column(String(4))
    tier: Mapped[str] = mapped_column(String(8))
    until: Mapped[date] = mapped_column()
    note: Mapped[str | None] = mapped_column(String(200))
    from_outside: Mapped[bool] = mapped_column()
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    state: Mapped[str] = mapped_column(String(8), default="open")
    answered_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    answer: Mapped[str | None] = mapped_column(String(200))
    unit: Mapped[Unit] = relationship(lazy="joined", innerjoin=True)
    asked_by: Mapped[User] = relationship(foreign_keys=[asked_by_id], lazy="joined", innerjoin=True)


class LeadSeal(Identified, Model):
    """代号项目: asked for by the owner or a manager, in force once the coordinator consents, until a day. `unit_id` is the
    following unit, whose quota it counts against. One live row for each lead.
    """

    __tablename__ = "lead_seal"
    __table_args__ = (
        Index("uq_lead_seal_live", "lead_id", unique=True, **_LIVE),
        Index("ix_lead_seal_lead_id", "lead_id"),
        Index("ix_lead_seal_unit_id", "unit_id", "ended_at"),
    )

    lead_id: Mapped[int] = mapped_column(ForeignKey("lead.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    code_name: Mapped[str] = mapped_column(String(40))
    reason: Mapped[str] = mapped_column(String(400))
    until: Mapped[date] = mapped_column()
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    consented_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    consented_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    consent_reason: Mapped[str | None] = mapped_column(String(400))
    ended_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    end_reason: Mapped[str | None] = mapped_column(String(400))
    asked_by: Mapped[User] = relationship(foreign_keys=[asked_by_id], lazy="joined", innerjoin=True)
    consented_by: Mapped[User | None] = relationship(foreign_keys=[consented_by_id], lazy="select")
