"""Tables of merges and their journal. They name records by number, without foreign keys: a journal outlives what it is about."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from crm.core.db import Model
from crm.core.models import Identified
from crm.core.types import JSONType, UtcDateTime


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
    """One value that a merge wrote: old and new. Without a column name: a row that it added, with its content as `new`.

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
