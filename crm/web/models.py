"""Session rows, and forms kept for people whose session ran out while they typed."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from crm.core.db import Model
from crm.core.types import JSONType, UtcDateTime


class SessionRow(Model):
    """One signed-in browser. The cookie holds a random token, the row its digest: deleted at sign-out (M8)."""

    __tablename__ = "session_row"

    token_digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    data: Mapped[dict[str, Any]] = mapped_column(JSONType)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_seen_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class HeldForm(Model):
    """A form that was posted after the session had run out: given back after sign-in, then forgotten."""

    __tablename__ = "held_form"
    __table_args__ = (Index("ix_held_form_user_path", "user_id", "path"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    path: Mapped[str] = mapped_column(String(400))
    fields: Mapped[list[Any]] = mapped_column(JSONType)
    held_at: Mapped[datetime] = mapped_column(UtcDateTime)
