"""The table of clusters."""

from datetime import date

from sqlalchemy import CheckConstraint, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from crm.core.db import Model


class Cluster(Model):
    """An item of one version of the taxonomy. A tag keeps its version: a new one re-tags nothing silently."""

    __tablename__ = "cluster"
    __table_args__ = (
        UniqueConstraint("taxonomy", "code"),
        CheckConstraint("kind IN ('strategic', 'future', 'outside')", name="kind"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    taxonomy: Mapped[str] = mapped_column(String(8))
    code: Mapped[str] = mapped_column(String(8))
    zh: Mapped[str] = mapped_column(String(40))
    en: Mapped[str] = mapped_column(String(80))
    kind: Mapped[str] = mapped_column(String(10))
    sort: Mapped[int] = mapped_column()
    retired_on: Mapped[date | None] = mapped_column()

    def name(self, lang: str) -> str:
        """The official name; English is our translation, no official list exists."""
        return self.en if lang.startswith("en") else self.zh
