"""The table of units."""

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from crm.core.db import Model
from crm.core.models import Identified, Versioned


class Unit(Identified, Versioned, Model):
    """A unit of the board. `is_area`: one of the city's reporting areas, a possible 拟落户区. Retired, never deleted."""

    __tablename__ = "unit"
    __table_args__ = (
        CheckConstraint(
            "kind IN ('city_office','headquarters','district','department','overseas_office','subdistrict','task_force')",
            name="kind",
        ),
        Index("ix_unit_path", "path"),
    )

    code: Mapped[str] = mapped_column(String(20), unique=True)
    zh: Mapped[str] = mapped_column(String(80))
    en: Mapped[str] = mapped_column(String(120))
    short_zh: Mapped[str] = mapped_column(String(40))
    short_en: Mapped[str] = mapped_column(String(80))
    kind: Mapped[str] = mapped_column(String(20))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    path: Mapped[str] = mapped_column(String(200), default="/")
    is_coordinating: Mapped[bool] = mapped_column(default=False)
    is_area: Mapped[bool] = mapped_column(default=False)
    tile_column: Mapped[int | None] = mapped_column()
    tile_row: Mapped[int | None] = mapped_column()
    verified: Mapped[bool] = mapped_column(default=True)
    retired_on: Mapped[date | None] = mapped_column()

    def name(self, lang: str) -> str:
        """The full name in the page's language."""
        return self.en if lang.startswith("en") else self.zh

    def short(self, lang: str) -> str:
        """The short name in the page's language: what an area is called in a list."""
        return self.short_en if lang.startswith("en") else self.short_zh
