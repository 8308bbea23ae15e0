"""Tables of the office's own brands: rows over the shipped table, and the stamp that tells every process of a change."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm.core.db import Model
from crm.core.models import Identified
from crm.core.types import UtcDateTime


class Brand(Identified, Model):
    """A brand that the office added, or a shipped one that it changed. `code`: its id in the matching. Retired, never deleted."""

    __tablename__ = "brand"

    code: Mapped[str] = mapped_column(String(120), unique=True)
    is_shipped: Mapped[bool] = mapped_column(default=False)
    title: Mapped[str] = mapped_column(String(100))
    added_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    added_at: Mapped[datetime] = mapped_column(UtcDateTime)
    retired_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    names: Mapped[list["BrandName"]] = relationship(back_populates="brand", order_by="BrandName.id")


class BrandName(Model):
    """One name of a brand: the office's own, or a shipped one that it retired (or brought back).

    `taken` is the key while the name is the office's and in use: no two brands have one name.
    """

    __tablename__ = "brand_name"
    __table_args__ = (UniqueConstraint("brand_id", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    brand_id: Mapped[int] = mapped_column(ForeignKey("brand.id"))
    text: Mapped[str] = mapped_column(String(100))
    key: Mapped[str] = mapped_column(String(100))
    taken: Mapped[str | None] = mapped_column(String(100), unique=True)
    is_shipped: Mapped[bool] = mapped_column(default=False)
    alone: Mapped[bool] = mapped_column(default=False)
    source: Mapped[str | None] = mapped_column(String(400))
    note: Mapped[str | None] = mapped_column(String(400))
    added_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    added_at: Mapped[datetime] = mapped_column(UtcDateTime)
    retired_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    brand: Mapped[Brand] = relationship(back_populates="names")


class BrandStamp(Model):
    """One row: a word that is another one after each change. Never a number: one that was rolled back would come again."""

    __tablename__ = "brand_stamp"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    token: Mapped[str] = mapped_column(String(22))
