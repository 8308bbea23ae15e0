"""Tables of the pipeline: tables of gates, stage changes, milestones with their files, expected dates, overridden gates, changes
of status.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, column
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm.accounts.models import User
from crm.core.db import Model
from crm.core.models import Identified
from crm.core.money import Money
from crm.core.types import CurrencyCode, JSONType, UtcDateTime
from crm.files.models import StoredFile
from crm.units.models import Unit

_STATES = "('reported', 'reviewed', 'confirmed', 'returned', 'withdrawn', 'replaced')"
_KINDS = (
    "('first_talks', 'framework', 'contract_signed', 'registered', 'first_funds', 'construction_started', 'fitout_started', "
    "'in_operation')"
)
_STANDS = column("withdrawn_at").is_(None)
_WAITS = column("state").in_(["reported", "reviewed"])


class GateTable(Identified, Model):
    """One version of the table of gates, an office's own: its text word for word, valid from a day on. Never edited; one that is
    not in force yet may be withdrawn, its name is not given again.
    """

    __tablename__ = "gate_table"
    __table_args__ = (
        Index(
            "uq_gate_table_valid_from", "valid_from", unique=True,
            sqlite_where=_STANDS, postgresql_where=_STANDS,
        ),
    )  # fmt: skip

    name: Mapped[str] = mapped_column(String(20), unique=True)
    valid_from: Mapped[date] = mapped_column()
    text: Mapped[str] = mapped_column(Text)
    sha256: Mapped[str] = mapped_column(String(64))
    added_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    added_at: Mapped[datetime] = mapped_column(UtcDateTime)
    withdrawn_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    added_by: Mapped[User] = relationship(foreign_keys=[added_by_id], lazy="joined", innerjoin=True)
    withdrawn_by: Mapped[User | None] = relationship(foreign_keys=[withdrawn_by_id], lazy="joined")


class StageChange(Identified, Model):
    """A lead went from one stage to another: when it happened (event), when and by whom it was entered, by which table of gates
    (`rules_version`; None for what was entered before that was kept). `on_date` follows a correction of the milestone that led
    there; each day that it had is kept as a dated change of the lead.
    """

    __tablename__ = "stage_change"
    __table_args__ = (Index("ix_stage_change_lead_id", "lead_id", "on_date"),)

    lead_id: Mapped[int] = mapped_column(ForeignKey("lead.id"))
    from_stage: Mapped[str] = mapped_column(String(20))
    to_stage: Mapped[str] = mapped_column(String(20))
    on_date: Mapped[date] = mapped_column()
    note: Mapped[str | None] = mapped_column(String(400))
    entered_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    entered_at: Mapped[datetime] = mapped_column(UtcDateTime)
    rules_version: Mapped[str | None] = mapped_column(String(20))
    entered_by: Mapped[User] = relationship(lazy="select")


class Milestone(Identified, Model):
    """节点: a dated fact of a lead. `on_date` is when it happened, `entered_at` when it was entered: a late entry counts in the
    period of its entry. `amount` is what was reported (申报值), `confirmed_amount` what the city says (认定值): both are kept.
    What is confirmed is never changed: a correction is a new row that names the old one (`replaces_id`), which counts until
    the new one is confirmed. Each act checks and raises `version`.
    """

    __tablename__ = "milestone"
    __table_args__ = (
        CheckConstraint(f"kind IN {_KINDS}", name="kind"),
        CheckConstraint(f"state IN {_STATES}", name="state"),
        CheckConstraint("amount IS NULL OR amount > 0", name="amount"),
        CheckConstraint("confirmed_amount IS NULL OR confirmed_amount > 0", name="confirmed_amount"),
        Index("ix_milestone_lead_id", "lead_id", "kind"),
        Index("ix_milestone_confirmed", "kind", "confirmed_on"),
        Index("ix_milestone_replaces_id", "replaces_id"),
        Index("ix_milestone_queue", "state", "entered_at", sqlite_where=_WAITS, postgresql_where=_WAITS),
    )

    lead_id: Mapped[int] = mapped_column(ForeignKey("lead.id"))
    kind: Mapped[str] = mapped_column(String(24))
    on_date: Mapped[date] = mapped_column()
    amount: Mapped[int | None] = mapped_column(BigInteger)
    currency: Mapped[str | None] = mapped_column(CurrencyCode)
    note: Mapped[str | None] = mapped_column(String(400))
    entered_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    entered_unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    entered_at: Mapped[datetime] = mapped_column(UtcDateTime)
    state: Mapped[str] = mapped_column(String(10), default="reported")
    due_on: Mapped[date | None] = mapped_column()
    reviewed_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    reviewed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    confirmed_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    confirmed_on: Mapped[date | None] = mapped_column()
    confirmed_amount: Mapped[int | None] = mapped_column(BigInteger)
    confirmed_currency: Mapped[str | None] = mapped_column(CurrencyCode)
    confirmed_note: Mapped[str | None] = mapped_column(String(400))
    returned_reason: Mapped[str | None] = mapped_column(String(400))
    closed_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    rules_version: Mapped[str] = mapped_column(String(20))
    replaces_id: Mapped[int | None] = mapped_column(ForeignKey("milestone.id"))
    version: Mapped[int] = mapped_column(default=1)
    entered_by: Mapped[User] = relationship(foreign_keys=[entered_by_id], lazy="joined", innerjoin=True)
    entered_unit: Mapped[Unit] = relationship(foreign_keys=[entered_unit_id], lazy="joined", innerjoin=True)
    reviewed_by: Mapped[User | None] = relationship(foreign_keys=[reviewed_by_id], lazy="joined")
    confirmed_by: Mapped[User | None] = relationship(foreign_keys=[confirmed_by_id], lazy="joined")
    closed_by: Mapped[User | None] = relationship(foreign_keys=[closed_by_id], lazy="joined")

    @property
    def reported_sum(self) -> Money | None:
        """申报值."""
        return Money(self.amount, self.currency) if self.amount is not None and self.currency else None

    @property
    def confirmed_sum(self) -> Money | None:
        """认定值; None until it is confirmed, or when there is no sum."""
        there = self.confirmed_amount is not None and self.confirmed_currency
        return Money(self.confirmed_amount, self.confirmed_currency) if there else None  # type: ignore[arg-type]


class MilestoneFile(Model):
    """A file that shows a milestone; the file is the lead's and is guarded as such."""

    __tablename__ = "milestone_file"
    __table_args__ = (UniqueConstraint("milestone_id", "file_id"), Index("ix_milestone_file_file_id", "file_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    milestone_id: Mapped[int] = mapped_column(ForeignKey("milestone.id"))
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_file.id"))
    file: Mapped[StoredFile] = relationship(lazy="joined", innerjoin=True)


class GateOverride(Identified, Model):
    """Somebody let a lead through a gate though something was missing: what, why, and until when it may be missing."""

    __tablename__ = "gate_override"
    __table_args__ = (Index("ix_gate_override_lead_id", "lead_id"),)

    lead_id: Mapped[int] = mapped_column(ForeignKey("lead.id"))
    to_stage: Mapped[str] = mapped_column(String(20))
    missing: Mapped[list[dict[str, Any]]] = mapped_column(JSONType)
    reason: Mapped[str] = mapped_column(String(400))
    by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    until: Mapped[date] = mapped_column()
    told_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    rules_version: Mapped[str] = mapped_column(String(20))
    by: Mapped[User] = relationship(lazy="joined", innerjoin=True)


class ExpectedDate(Identified, Model):
    """预计节点: the day on which a milestone is expected was promised (`old_on` None), moved, or taken back (`new_on` None): rows
    are added, never changed. The lead repeats the nearest that is open. `told_at`: its day passed and people were told so.
    """

    __tablename__ = "expected_date"
    __table_args__ = (
        CheckConstraint(f"kind IN {_KINDS}", name="kind"),
        CheckConstraint("old_on IS NOT NULL OR new_on IS NOT NULL", name="one_day"),
        Index("ix_expected_date_lead_id", "lead_id", "kind"),
    )

    lead_id: Mapped[int] = mapped_column(ForeignKey("lead.id"))
    kind: Mapped[str] = mapped_column(String(24))
    old_on: Mapped[date | None] = mapped_column()
    new_on: Mapped[date | None] = mapped_column()
    reason: Mapped[str | None] = mapped_column(String(400))
    by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    told_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    by: Mapped[User] = relationship(lazy="joined", innerjoin=True)


class StatusChange(Identified, Model):
    """A lead was paused (until a day), ended (why, lost to where, what would have won it) or taken up again. The lead repeats the
    newest status.
    """

    __tablename__ = "status_change"
    __table_args__ = (
        CheckConstraint("to_status IN ('active', 'paused', 'ended')", name="to_status"),
        Index("ix_status_change_lead_id", "lead_id"),
        Index("ix_status_change_wake_on", "wake_on"),
    )

    lead_id: Mapped[int] = mapped_column(ForeignKey("lead.id"))
    from_status: Mapped[str] = mapped_column(String(10))
    to_status: Mapped[str] = mapped_column(String(10))
    wake_on: Mapped[date | None] = mapped_column()
    woken_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    cause: Mapped[str | None] = mapped_column(String(16))
    reason: Mapped[str] = mapped_column(String(1000))
    lost_to: Mapped[str | None] = mapped_column(String(120))
    would_have_won: Mapped[str | None] = mapped_column(String(400))
    by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    by: Mapped[User] = relationship(lazy="joined", innerjoin=True)
