"""Tables of saved views, and of the one with which a person's list starts."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm.accounts.models import User
from crm.core.db import Model
from crm.core.models import Identified, Versioned
from crm.core.types import UtcDateTime
from crm.units.models import Unit


class SavedView(Identified, Versioned, Model):
    """保存的视图. `state`: the question as an address says it (crm.shelves.rules). `shelf` names for whom it is in one word, on
    which a name stands once. `kept_by`: who made it, or last took it over. `unit`: of whoever keeps it when it was made; a unit's
    view is that unit's.
    """

    __tablename__ = "saved_view"
    __table_args__ = (
        CheckConstraint("reach IN ('mine', 'unit', 'city')", name="reach"),
        CheckConstraint("place IN ('list', 'board')", name="place"),
        UniqueConstraint("shelf", "name"),
        Index("ix_saved_view_kept_by_id", "kept_by_id"),
        Index("ix_saved_view_unit_id", "unit_id"),
    )

    name: Mapped[str] = mapped_column(String(40))
    reach: Mapped[str] = mapped_column(String(8))
    shelf: Mapped[str] = mapped_column(String(20))
    place: Mapped[str] = mapped_column(String(8))
    state: Mapped[str] = mapped_column(String(2000))
    kept_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    kept_by: Mapped[User] = relationship(lazy="joined", innerjoin=True)
    unit: Mapped[Unit] = relationship(lazy="joined", innerjoin=True)


class StartView(Model):
    """The view with which a person's list starts."""

    __tablename__ = "start_view"
    __table_args__ = (Index("ix_start_view_view_id", "view_id"),)

    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), primary_key=True)
    view_id: Mapped[int] = mapped_column(ForeignKey("saved_view.id"))
    view: Mapped[SavedView] = relationship(lazy="joined", innerjoin=True)
