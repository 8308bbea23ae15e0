"""The table of official maps."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from crm.core.db import Model
from crm.core.models import Identified
from crm.core.types import JSONType, UtcDateTime


class CityMap(Identified, Model):
    """An official map as drawn (`rules.Drawing` as JSON), with its approval number and where it is from. One at a time is in
    use; retired, never deleted.
    """

    __tablename__ = "city_map"
    __table_args__ = (Index("ix_city_map_retired_at", "retired_at", "id"),)

    approval_number: Mapped[str] = mapped_column(String(60))
    source: Mapped[str] = mapped_column(String(200))
    sha256: Mapped[str] = mapped_column(String(64))
    drawing: Mapped[dict[str, Any]] = mapped_column(JSONType)
    uploaded_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    uploaded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    retired_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
