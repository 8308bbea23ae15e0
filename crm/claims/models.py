"""Tables of first-report rights: the rights, what happened to them, go-live windows, the rules, the days that are worked."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm.claims.rules.evidence import Evidenced, evidence_level
from crm.core.db import Model
from crm.core.models import Identified, Versioned
from crm.core.types import JSONType, UtcDateTime


class Claim(Identified, Versioned, Model):
    """首报: number, unit and person (for life), granted after 研判 with evidence, counted back to the registered time.

    One live claim per lead: a partial unique index, so that no race grants two. `rules_version` is the version of the
    protection rules it was granted under, `is_major` what was decided then about its size: an edited sum changes neither.
    `evidence_level` is how well it was
    evidenced then, by the types of what was handed in; none: granted before there were types, its count says it.
    There is no due day here: it is read off the events (crm.claims.rules.clock). After a dispute, for which
    its clock rested, `runs_from` lies as many days after `counts_from`, and `resumed_on` is when it last went on.
    """

    __tablename__ = "claim"
    __table_args__ = (
        CheckConstraint("state IN ('live', 'released', 'withdrawn')", name="state"),
        Index(
            "uq_claim_live_lead", "lead_id", unique=True,
            sqlite_where=text("state = 'live'"), postgresql_where=text("state = 'live'"),
        ),
        Index("ix_claim_unit_id", "unit_id"),
        Index("ix_claim_lead_id", "lead_id"),
    )  # fmt: skip

    number: Mapped[str] = mapped_column(String(20), unique=True)
    lead_id: Mapped[int] = mapped_column(ForeignKey("lead.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    state: Mapped[str] = mapped_column(String(10), default="live")
    counts_from: Mapped[datetime] = mapped_column(UtcDateTime)
    granted_at: Mapped[datetime] = mapped_column(UtcDateTime)
    granted_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    evidence_count: Mapped[int] = mapped_column()
    evidence_level: Mapped[str | None] = mapped_column(String(10))
    rules_version: Mapped[str] = mapped_column(String(20))
    is_major: Mapped[bool] = mapped_column(default=False)
    runs_from: Mapped[datetime | None] = mapped_column(UtcDateTime)
    resumed_on: Mapped[date | None] = mapped_column()

    @property
    def evidenced(self) -> Evidenced:
        """How well it was evidenced when it was granted; without types each piece is a point, as it was then."""
        return Evidenced(self.evidence_level) if self.evidence_level else evidence_level(self.evidence_count)


class ClaimEvent(Model):
    """What happened to a lead, as far as its first report's clock listens. Added, never overwritten.

    note and progress: what was entered, of which only progress counts (counterpart named, proof attached). extended, noticed,
    released: acts on a claim. told_amber, told_due: its holder was told for the due day `about_on`, once.
    """

    __tablename__ = "claim_event"
    __table_args__ = (
        CheckConstraint(
            "kind IN ('note', 'progress', 'extended', 'noticed', 'released', 'told_amber', 'told_due')", name="kind"
        ),
        Index("ix_claim_event_lead_id", "lead_id", "kind", "on_date"),
        Index("ix_claim_event_claim_id", "claim_id", "kind", "on_date"),
        Index("ix_claim_event_interaction_id", "interaction_id"),
        Index(
            "uq_claim_event_told", "claim_id", "kind", "about_on", unique=True,
            sqlite_where=text("about_on IS NOT NULL"), postgresql_where=text("about_on IS NOT NULL"),
        ),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    lead_id: Mapped[int] = mapped_column(ForeignKey("lead.id"))
    claim_id: Mapped[int | None] = mapped_column(ForeignKey("claim.id"))
    kind: Mapped[str] = mapped_column(String(12))
    on_date: Mapped[date] = mapped_column()
    about_on: Mapped[date | None] = mapped_column()
    interaction_id: Mapped[int | None] = mapped_column(ForeignKey("interaction.id"))
    reason: Mapped[str | None] = mapped_column(String(400))
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class GoLiveWindow(Identified, Model):
    """上线窗口: all units bring their histories in these days. One that has not ended a city: a partial unique index.

    First reports granted from `begins_at` until its end are provisional (crm.claims.rules.clock); which those are is read off
    their grant, nothing is written on them. It ends when somebody closes it, or with its last day (`ends_at` is the moment after
    it); `ended_at` says when that was.
    """

    __tablename__ = "go_live_window"
    __table_args__ = (
        CheckConstraint("begins_at < ends_at", name="days"),
        Index(
            "uq_go_live_window_open", "city", unique=True,
            sqlite_where=text("ended_at IS NULL"), postgresql_where=text("ended_at IS NULL"),
        ),
    )  # fmt: skip

    city: Mapped[str] = mapped_column(String(10))
    begins_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime)
    reason: Mapped[str] = mapped_column(String(400))
    opened_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    end_reason: Mapped[str | None] = mapped_column(String(400))


class GoLiveConflict(Identified, Model):
    """上线冲突: an investor that more than one unit brought in a window. Without an `answer` it is unsettled: first reports stay
    provisional. holder: one side's first report stands; different: these are different projects; merged: the leads are one now.
    """

    __tablename__ = "go_live_conflict"
    __table_args__ = (
        CheckConstraint("kind IN ('company', 'group', 'pair')", name="kind"),
        CheckConstraint("answer IS NULL OR answer IN ('holder', 'different', 'merged')", name="answer"),
        CheckConstraint("(answer IS NULL) = (settled_at IS NULL)", name="settled"),
        Index("ix_go_live_conflict_window_id", "window_id", "answer"),
    )

    window_id: Mapped[int] = mapped_column(ForeignKey("go_live_window.id"))
    kind: Mapped[str] = mapped_column(String(10))
    found_at: Mapped[datetime] = mapped_column(UtcDateTime)
    answer: Mapped[str | None] = mapped_column(String(10))
    reason: Mapped[str | None] = mapped_column(String(400))
    settled_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    settled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    sides: Mapped[list["GoLiveSide"]] = relationship(order_by="GoLiveSide.id", lazy="selectin")


class GoLiveSide(Model):
    """One side of a conflict: a unit with its lead, or (`report_id`) with its second report on another's. `evidenced_on` and
    `basis` are what was on the table when the conflict was written down; `holds`: the first report is this side's.
    """

    __tablename__ = "go_live_side"
    __table_args__ = (
        Index("ix_go_live_side_conflict_id", "conflict_id"),
        Index("ix_go_live_side_lead_id", "lead_id", "conflict_id"),
        Index("ix_go_live_side_report_id", "report_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    conflict_id: Mapped[int] = mapped_column(ForeignKey("go_live_conflict.id"))
    lead_id: Mapped[int] = mapped_column(ForeignKey("lead.id"))
    report_id: Mapped[int | None] = mapped_column(ForeignKey("second_report.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    evidenced_on: Mapped[date] = mapped_column()
    basis: Mapped[str] = mapped_column(String(12))
    holds: Mapped[bool] = mapped_column(default=False)


class ProtectionRules(Model):
    """One version of the protection rules, valid from a day on. Never edited: a new version is added."""

    __tablename__ = "protection_rules"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(20), unique=True)
    valid_from: Mapped[date] = mapped_column(unique=True)
    settings: Mapped[dict[str, Any]] = mapped_column(JSONType)
    source: Mapped[str] = mapped_column(String(600))
    verified: Mapped[bool] = mapped_column()
    added_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    added_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class SpecialDay(Identified, Model):
    """A day of which an administrator says whether it is worked. Taken back, never deleted; one live word about a day."""

    __tablename__ = "special_day"
    __table_args__ = (
        Index(
            "uq_special_day_live", "day", unique=True,
            sqlite_where=text("taken_back_at IS NULL"), postgresql_where=text("taken_back_at IS NULL"),
        ),
    )  # fmt: skip

    day: Mapped[date] = mapped_column()
    is_worked: Mapped[bool] = mapped_column()
    note: Mapped[str] = mapped_column(String(200))
    added_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    added_at: Mapped[datetime] = mapped_column(UtcDateTime)
    taken_back_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    taken_back_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
