"""Tables of merges, their journal, and the requests to the units concerned. They name records by number, without foreign keys: a
journal outlives what it is about.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm.accounts.models import User
from crm.core.db import Model
from crm.core.models import Identified
from crm.core.types import JSONType, PublicId, UtcDateTime
from crm.units.models import Unit


class Merge(Identified, Model):
    """One merge: which record stays (`keep_id`), which were merged away (`lose_ids`), who decided it and why.

    `units` are the units concerned when it was decided.
    """

    __tablename__ = "merge_act"
    __table_args__ = (
        CheckConstraint("kind IN ('company', 'lead', 'contact')", name="kind"),
        Index("ix_merge_act_keep", "kind", "keep_id"),
    )

    kind: Mapped[str] = mapped_column(String(10))
    keep_id: Mapped[int] = mapped_column()
    lose_ids: Mapped[list[Any]] = mapped_column(JSONType)
    choices: Mapped[dict[str, Any]] = mapped_column(JSONType)
    units: Mapped[list[Any]] = mapped_column(JSONType)
    reason: Mapped[str] = mapped_column(String(400))
    decided_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    decided_at: Mapped[datetime] = mapped_column(UtcDateTime)
    undone_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    undone_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class MergeLine(Model):
    """One value that a merge wrote: old and new; both alike where it only wrote another column of the same field. Without a
    column name: a row that it added, with its content as `new`.

    `outcome` says what an undo made of it: back, left (somebody changed it since), over (the undo of an earlier merge of a
    chain took it along).
    """

    __tablename__ = "merge_line"
    __table_args__ = (
        CheckConstraint("outcome IN ('back', 'left', 'over')", name="outcome"),
        Index("ix_merge_line_merge_id", "merge_id"),
        Index("ix_merge_line_row", "table_name", "row_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    merge_id: Mapped[int] = mapped_column(ForeignKey("merge_act.id"))
    table_name: Mapped[str] = mapped_column(String(40))
    row_id: Mapped[int] = mapped_column()
    column_name: Mapped[str] = mapped_column(String(40))
    old: Mapped[Any] = mapped_column(JSONType, nullable=True)
    new: Mapped[Any] = mapped_column(JSONType, nullable=True)
    outcome: Mapped[str | None] = mapped_column(String(6))

    @property
    def went_back(self) -> bool:
        """Whether an undo brought back another value than there was."""
        return self.outcome == "back" and self.old != self.new


class MergeRequest(Identified, Model):
    """Somebody's wish that records of several units, or of a unit that is not theirs to decide for, become one; with the choices
    that would be taken. The units answer until `due_at`; the coordinator may decide at any time.
    """

    __tablename__ = "merge_request"
    __table_args__ = (
        CheckConstraint("kind IN ('company', 'lead', 'contact')", name="kind"),
        CheckConstraint("state IN ('open', 'agreed', 'declined', 'withdrawn', 'decided')", name="state"),
        Index("ix_merge_request_state", "state", "due_at"),
        Index("ix_merge_request_asked_by_id", "asked_by_id"),
    )

    kind: Mapped[str] = mapped_column(String(10))
    keep_id: Mapped[int] = mapped_column()
    lose_ids: Mapped[list[Any]] = mapped_column(JSONType)
    choices: Mapped[dict[str, Any]] = mapped_column(JSONType)
    reason: Mapped[str] = mapped_column(String(400))
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    state: Mapped[str] = mapped_column(String(10), default="open")
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closed_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    closing_reason: Mapped[str | None] = mapped_column(String(400))
    merge_public_id: Mapped[str | None] = mapped_column(PublicId)
    asked_by: Mapped[User] = relationship(foreign_keys=asked_by_id, lazy="joined")
    consents: Mapped[list["MergeConsent"]] = relationship(order_by="MergeConsent.id", lazy="selectin")


class MergeConsent(Model):
    """One unit's answer to a request; `agreed` is empty until it is there."""

    __tablename__ = "merge_consent"
    __table_args__ = (UniqueConstraint("request_id", "unit_id"), Index("ix_merge_consent_unit_id", "unit_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    request_id: Mapped[int] = mapped_column(ForeignKey("merge_request.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    agreed: Mapped[bool | None] = mapped_column()
    reason: Mapped[str | None] = mapped_column(String(400))
    answered_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    unit: Mapped[Unit] = relationship(lazy="joined", innerjoin=True)
