"""Tables of instructions and what became of them, of who acts for a leader, of leaders who sponsor a project."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, column
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm.accounts.models import User
from crm.core.db import Model
from crm.core.models import Identified
from crm.core.types import UtcDateTime
from crm.files.models import StoredFile
from crm.units.models import Unit

_WAYS = "IN ('written', 'meeting', 'telephone')"
_TOLD = column("about_on").is_not(None)


class Instruction(Identified, Model):
    """领导批示 → 督办件: what a leader wants done, which unit does it, by when. Given in the leader's name by `recorded_by`,
    who is the leader or acts for them. `state`, `due_on` and `asked_on` (the day that is asked for instead) repeat the newest
    events.
    """

    __tablename__ = "instruction"
    __table_args__ = (
        CheckConstraint(f"way {_WAYS}", name="way"),
        CheckConstraint("state IN ('open', 'reported', 'closed')", name="state"),
        Index("ix_instruction_lead_id", "lead_id"),
        Index("ix_instruction_unit_id", "unit_id", "state"),
        Index("ix_instruction_given_by_id", "given_by_id", "state"),
        Index("ix_instruction_state", "state", "due_on"),
    )

    number: Mapped[str] = mapped_column(String(24), unique=True)
    lead_id: Mapped[int | None] = mapped_column(ForeignKey("lead.id"))
    text: Mapped[str] = mapped_column(String(2000))
    way: Mapped[str] = mapped_column(String(10))
    given_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    given_on: Mapped[date] = mapped_column()
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    due_on: Mapped[date] = mapped_column()
    asked_on: Mapped[date | None] = mapped_column()
    state: Mapped[str] = mapped_column(String(8), default="open")
    recorded_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    is_demo: Mapped[bool] = mapped_column(default=False)
    given_by: Mapped[User] = relationship(foreign_keys=[given_by_id], lazy="joined", innerjoin=True)
    recorded_by: Mapped[User] = relationship(foreign_keys=[recorded_by_id], lazy="joined", innerjoin=True)
    unit: Mapped[Unit] = relationship(lazy="joined", innerjoin=True)
    supporting: Mapped[list["InstructionUnit"]] = relationship(lazy="selectin", order_by="InstructionUnit.unit_id")


class InstructionUnit(Model):
    """A unit that helps with it (协办单位)."""

    __tablename__ = "instruction_unit"
    __table_args__ = (
        UniqueConstraint("instruction_id", "unit_id"),
        Index("ix_instruction_unit_unit_id", "unit_id"),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    instruction_id: Mapped[int] = mapped_column(ForeignKey("instruction.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    unit: Mapped[Unit] = relationship(lazy="joined", innerjoin=True)


class InstructionEvent(Model):
    """What happened to it, with the day it is to be done by from then on (of a wish for more time the day asked for). Added,
    never changed. `for_id`: the leader in whose name somebody acted, `way`: how that leader said it. `about_on`: the day that a
    reminder is about: once for each, a unique index is the last word. Without a person: by itself.
    """

    __tablename__ = "instruction_event"
    __table_args__ = (
        CheckConstraint(
            "kind IN ('given', 'fed_back', 'reported', 'asked_time', 'given_time', 'refused_time', 'returned', 'closed', "
            "'reminded', 'told_late')",
            name="kind",
        ),
        CheckConstraint(f"way {_WAYS}", name="way"),
        Index("ix_instruction_event_instruction_id", "instruction_id"),
        Index(
            "uq_instruction_event_told", "instruction_id", "kind", "about_on", unique=True, sqlite_where=_TOLD,
            postgresql_where=_TOLD,
        ),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    instruction_id: Mapped[int] = mapped_column(ForeignKey("instruction.id"))
    kind: Mapped[str] = mapped_column(String(12))
    due_on: Mapped[date] = mapped_column()
    about_on: Mapped[date | None] = mapped_column()
    text: Mapped[str | None] = mapped_column(String(2000))
    way: Mapped[str | None] = mapped_column(String(10))
    for_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    by_unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    by: Mapped[User | None] = relationship(foreign_keys=[by_id], lazy="joined")
    for_whom: Mapped[User | None] = relationship(foreign_keys=[for_id], lazy="joined")
    files: Mapped[list["InstructionFile"]] = relationship(lazy="selectin", order_by="InstructionFile.id")


class InstructionFile(Model):
    """A file that shows what was fed back. Read through its task: whoever may read that may read it."""

    __tablename__ = "instruction_file"
    __table_args__ = (
        UniqueConstraint("event_id", "file_id"),
        Index("ix_instruction_file_file_id", "file_id"),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("instruction_event.id"))
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_file.id"))
    file: Mapped[StoredFile] = relationship(lazy="joined", innerjoin=True)


class Delegation(Identified, Model):
    """联络员: somebody acts for a leader from a day until a day. Ended earlier by a person, never deleted."""

    __tablename__ = "delegation"
    __table_args__ = (
        CheckConstraint("until_on >= from_on", name="days"),
        Index("ix_delegation_leader_id", "leader_id"),
        Index("ix_delegation_delegate_id", "delegate_id"),
    )

    leader_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    delegate_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    from_on: Mapped[date] = mapped_column()
    until_on: Mapped[date] = mapped_column()
    added_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    added_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    leader: Mapped[User] = relationship(foreign_keys=[leader_id], lazy="joined", innerjoin=True)
    delegate: Mapped[User] = relationship(foreign_keys=[delegate_id], lazy="joined", innerjoin=True)


class LeadSponsor(Identified, Model):
    """挂点领导: a leader sponsors a project since a day. Ended, never deleted."""

    __tablename__ = "lead_sponsor"
    __table_args__ = (
        Index("ix_lead_sponsor_lead_id", "lead_id"),
        Index("ix_lead_sponsor_leader_id", "leader_id"),
    )  # fmt: skip

    lead_id: Mapped[int] = mapped_column(ForeignKey("lead.id"))
    leader_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    from_on: Mapped[date] = mapped_column()
    set_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    set_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    leader: Mapped[User] = relationship(foreign_keys=[leader_id], lazy="joined", innerjoin=True)
