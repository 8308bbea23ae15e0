"""The table of messages to people."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from crm.core.db import Model
from crm.core.models import Identified
from crm.core.types import JSONType, UtcDateTime


class Notification(Identified, Model):
    """One message: a code with facts, which the page turns into words. The link is checked again when it is opened."""

    __tablename__ = "notification"
    __table_args__ = (Index("ix_notification_user", "user_id", "read_at", "created_at"),)

    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    code: Mapped[str] = mapped_column(String(40))
    facts: Mapped[dict[str, Any]] = mapped_column(JSONType)
    subject_type: Mapped[str | None] = mapped_column(String(20))
    subject_public_id: Mapped[str | None] = mapped_column(String(22))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    read_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
