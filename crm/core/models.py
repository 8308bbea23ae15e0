"""What many tables share, and the few tables that belong to no room: number series and idempotency keys."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, declared_attr, mapped_column

from crm.core import ids
from crm.core.db import Model
from crm.core.types import PublicId, UtcDateTime


class Identified:
    """An integer key inside, a random 128-bit name outside."""

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(PublicId, unique=True, default=lambda: ids.new_public_id())


class Versioned:
    """Counts its changes: a flush that was based on an older count fails, a form that was opened on one is refused."""

    version: Mapped[int] = mapped_column(default=1)

    @declared_attr.directive
    def __mapper_args__(cls) -> dict[str, Any]:
        """Let SQLAlchemy check and raise the version in each UPDATE."""
        return {"version_id_col": cls.version}


class NumberSeries(Model):
    """The last number given out in a series and year."""

    __tablename__ = "number_series"

    series: Mapped[str] = mapped_column(String(20), primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True)
    last: Mapped[int] = mapped_column(default=0)


class OnceKey(Model):
    """An act that a form or client has named: the same name again gets the first answer, never a second act (M6)."""

    __tablename__ = "once_key"
    __table_args__ = (Index("ix_once_key_created_at", "created_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    key: Mapped[str] = mapped_column(String(64), unique=True)
    body_digest: Mapped[str] = mapped_column(String(64))
    answer: Mapped[str | None] = mapped_column(String(400))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
