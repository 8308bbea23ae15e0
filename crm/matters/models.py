"""Tables of matters and of what happened to them."""

from datetime import date, datetime
from typing import ClassVar

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, and_, or_, select, text
from sqlalchemy.orm import Mapped, MappedSQLExpression, aliased, column_property, mapped_column, relationship

from crm.accounts.models import User
from crm.core.db import Model
from crm.core.models import Identified
from crm.core.types import UtcDateTime
from crm.policy.rules import Role
from crm.units.models import Unit

_LEVELS = "level IN ('district', 'city', 'headquarters')"


class Matter(Identified, Model):
    """需协调事项: what a lead needs, with whom it lies. `level`, `state`, `unit_id`, `due_on` repeat the newest events."""

    __tablename__ = "matter"
    __table_args__ = (
        CheckConstraint(_LEVELS, name="level"),
        CheckConstraint("state IN ('open', 'answered', 'closed')", name="state"),
        Index("ix_matter_lead_id", "lead_id"),
        Index("ix_matter_unit_id", "unit_id", "state"),
        Index("ix_matter_raised_unit_id", "raised_unit_id", "state"),
        Index("ix_matter_state", "state", "level", "due_on"),
    )

    lead_id: Mapped[int] = mapped_column(ForeignKey("lead.id"))
    text: Mapped[str] = mapped_column(String(1000))
    level: Mapped[str] = mapped_column(String(12))
    state: Mapped[str] = mapped_column(String(8), default="open")
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    due_on: Mapped[date] = mapped_column()
    raised_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    raised_unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    raised_at: Mapped[datetime] = mapped_column(UtcDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    answered_by_id: ClassVar[MappedSQLExpression[int | None]]  # whose the last answer is
    is_deserted: ClassVar[MappedSQLExpression[bool]]  # it is answered, and nobody of those who raised it can settle it
    unit: Mapped[Unit] = relationship(foreign_keys=[unit_id], lazy="joined", innerjoin=True)
    raised_unit: Mapped[Unit] = relationship(foreign_keys=[raised_unit_id], lazy="joined", innerjoin=True)
    user: Mapped[User | None] = relationship(foreign_keys=[user_id], lazy="joined")
    raised_by: Mapped[User] = relationship(foreign_keys=[raised_by_id], lazy="joined", innerjoin=True)


class MatterEvent(Model):
    """What happened to a matter, with level and day to answer by as they are from then on. Added, never changed. `about_on`: the
    day that a reminder or an escalation is about: once for each, a unique index is the last word. Without a person: by itself.
    """

    __tablename__ = "matter_event"
    __table_args__ = (
        CheckConstraint(
            "kind IN ('raised', 'answered', 'accepted', 'reopened', 'escalated', 'lifted', 'reminded', 'told_late')", name="kind"
        ),
        CheckConstraint(_LEVELS, name="level"),
        Index("ix_matter_event_matter_id", "matter_id"),
        Index("ix_matter_event_kind", "kind", "at"),
        Index(
            "uq_matter_event_told", "matter_id", "kind", "about_on", unique=True,
            sqlite_where=text("about_on IS NOT NULL"), postgresql_where=text("about_on IS NOT NULL"),
        ),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    matter_id: Mapped[int] = mapped_column(ForeignKey("matter.id"))
    kind: Mapped[str] = mapped_column(String(10))
    level: Mapped[str] = mapped_column(String(12))
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    due_on: Mapped[date] = mapped_column()
    about_on: Mapped[date | None] = mapped_column()
    text: Mapped[str | None] = mapped_column(String(1000))
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    by_unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    by: Mapped[User | None] = relationship(lazy="joined")


Matter.answered_by_id = column_property(
    select(MatterEvent.by_id)
    .where(MatterEvent.matter_id == Matter.id, MatterEvent.kind == "answered")
    .order_by(MatterEvent.id.desc())
    .limit(1)
    .correlate_except(MatterEvent)
    .scalar_subquery()
)


def _deserted() -> MappedSQLExpression[bool]:
    """SQL: of those who may settle it (who raised it, managers of their unit or above it, the coordinator of the coordinating
    office) nobody is left but the one whose answer it is. Read when it is asked for, which is once a matter that is answered.
    """
    person, own, raising = aliased(User), aliased(Unit), aliased(Unit)
    manages = and_(person.role == Role.DISTRICT_MANAGER, raising.path.startswith(own.path))
    coordinates = and_(person.role == Role.COORDINATOR, own.id == raising.id)
    others = (
        select(person.id)
        .join(own, own.id == person.unit_id)
        .join(raising, raising.id == Matter.raised_unit_id)
        .where(person.disabled_at.is_(None), person.id.is_distinct_from(Matter.answered_by_id.expression))
        .where(or_(person.id == Matter.raised_by_id, manages, coordinates))
        .correlate(Matter.__table__)
    )
    return column_property(and_(Matter.state == "answered", ~others.exists()), deferred=True)


Matter.is_deserted = _deserted()
