"""Tables of weekly returns. Both databases refuse to change what was confirmed, whoever asks (invented ones may go)."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import DDL, CheckConstraint, ForeignKey, Index, String, UniqueConstraint, event
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm.accounts.models import User
from crm.core.db import Model
from crm.core.models import Identified, Versioned
from crm.core.types import JSONType, UtcDateTime
from crm.units.models import Unit

_SECTIONS = "section IN ('progress', 'problems', 'next')"


class WeeklyReturn(Identified, Versioned, Model):
    """区级周报 of a unit for the week that begins on `week_on`. `number` counts its versions: 1 is the first, each correction has
    the next and names the one before (`corrects_id`); what is confirmed never changes. `due_on` and `rules_version`: as they were
    when it was drafted. `submitted_at` is the newest handing in, `first_submitted_at` the one that decides whether it was late.
    `left_out`: how many statements of the week were too many to be taken over.
    """

    __tablename__ = "weekly_return"
    __table_args__ = (
        CheckConstraint("state IN ('draft', 'submitted', 'returned', 'confirmed')", name="state"),
        CheckConstraint("number > 0", name="number"),
        CheckConstraint("(number = 1) = (corrects_id IS NULL)", name="corrects"),
        UniqueConstraint("unit_id", "week_on", "number"),
        Index("ix_weekly_return_week_on", "week_on", "unit_id"),
        Index("ix_weekly_return_corrects_id", "corrects_id"),
    )

    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    week_on: Mapped[date] = mapped_column()
    number: Mapped[int] = mapped_column(default=1)
    state: Mapped[str] = mapped_column(String(10), default="draft")
    due_on: Mapped[date] = mapped_column()
    rules_version: Mapped[str] = mapped_column(String(20))
    progress_text: Mapped[str | None] = mapped_column(String(2000))
    problems_text: Mapped[str | None] = mapped_column(String(2000))
    next_text: Mapped[str | None] = mapped_column(String(2000))
    empty_reason: Mapped[str | None] = mapped_column(String(400))
    left_out: Mapped[int] = mapped_column(default=0)
    opened_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    taken_at: Mapped[datetime] = mapped_column(UtcDateTime)
    saved_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    saved_at: Mapped[datetime] = mapped_column(UtcDateTime)
    submitted_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    submitted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    first_submitted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    confirmed_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    reason: Mapped[str | None] = mapped_column(String(400))
    corrects_id: Mapped[int | None] = mapped_column(ForeignKey("weekly_return.id"))
    is_demo: Mapped[bool] = mapped_column(default=False)
    unit: Mapped[Unit] = relationship(lazy="joined", innerjoin=True)
    saved_by: Mapped[User] = relationship(foreign_keys=[saved_by_id], lazy="select")
    submitted_by: Mapped[User | None] = relationship(foreign_keys=[submitted_by_id], lazy="select")
    confirmed_by: Mapped[User | None] = relationship(foreign_keys=[confirmed_by_id], lazy="select")


class ReturnLine(Model):
    """A statement of a return. `source`, `source_id`, `facts`: the row of the base that it was made of and what that said;
    `text`: what a person wrote instead, or by themselves. `lead_number`, `lead_name`, `lead_title`: as the lead was called then;
    `code_name` and `sealed`: it went by that name then. `listed` off: it was taken out, and is not taken over again.
    """

    __tablename__ = "return_line"
    __table_args__ = (
        CheckConstraint(_SECTIONS, name="section"),
        CheckConstraint(
            "source IN ('interaction', 'stage', 'milestone', 'status', 'registered', 'matter', 'step', 'typed')", name="source"
        ),
        CheckConstraint("(source = 'typed') = (source_id IS NULL)", name="source_id"),
        CheckConstraint("source <> 'typed' OR text IS NOT NULL", name="text"),
        UniqueConstraint("return_id", "section", "source", "source_id"),
        Index("ix_return_line_return_id", "return_id", "section", "place"),
        Index("ix_return_line_lead_id", "lead_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    return_id: Mapped[int] = mapped_column(ForeignKey("weekly_return.id"))
    section: Mapped[str] = mapped_column(String(8))
    place: Mapped[int] = mapped_column()
    source: Mapped[str] = mapped_column(String(12))
    source_id: Mapped[int | None] = mapped_column()
    facts: Mapped[dict[str, Any]] = mapped_column(JSONType)
    text: Mapped[str | None] = mapped_column(String(2000))
    listed: Mapped[bool] = mapped_column(default=True)
    lead_id: Mapped[int | None] = mapped_column(ForeignKey("lead.id"))
    lead_number: Mapped[str | None] = mapped_column(String(20))
    lead_name: Mapped[str | None] = mapped_column(String(200))
    lead_title: Mapped[str | None] = mapped_column(String(120))
    sealed: Mapped[bool] = mapped_column(default=False)
    code_name: Mapped[str | None] = mapped_column(String(40))


class ReturnEvent(Model):
    """What happened to a return, by whom, with which words. Added, never changed."""

    __tablename__ = "return_event"
    __table_args__ = (
        CheckConstraint(
            "kind IN ('opened', 'refreshed', 'submitted', 'sent_back', 'confirmed', 'corrected')", name="kind"
        ),
        Index("ix_return_event_return_id", "return_id"),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    return_id: Mapped[int] = mapped_column(ForeignKey("weekly_return.id"))
    kind: Mapped[str] = mapped_column(String(10))
    text: Mapped[str | None] = mapped_column(String(400))
    by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    by: Mapped[User] = relationship(lazy="joined", innerjoin=True)


class ReturnNotice(Model):
    """The nightly pass told a unit of a week once: soon due, or late. The unique key is the last word."""

    __tablename__ = "return_notice"
    __table_args__ = (
        CheckConstraint("kind IN ('soon', 'late')", name="kind"),
        UniqueConstraint("unit_id", "week_on", "kind"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    week_on: Mapped[date] = mapped_column()
    kind: Mapped[str] = mapped_column(String(4))
    told_at: Mapped[datetime] = mapped_column(UtcDateTime)


GUARDS: dict[str, tuple[str, ...]] = {
    "sqlite": (
        "CREATE TRIGGER weekly_return_unchanged BEFORE UPDATE ON weekly_return WHEN OLD.state = 'confirmed' "
        "BEGIN SELECT RAISE(ABORT, 'a confirmed return is never changed'); END",
        "CREATE TRIGGER weekly_return_kept BEFORE DELETE ON weekly_return WHEN NOT OLD.is_demo "
        "BEGIN SELECT RAISE(ABORT, 'a return is never deleted'); END",
    ),
    "postgresql": (
        "CREATE OR REPLACE FUNCTION weekly_return_stays() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN "
        "IF TG_OP = 'DELETE' AND OLD.is_demo THEN RETURN OLD; END IF; "
        "IF TG_OP = 'UPDATE' AND OLD.state <> 'confirmed' THEN RETURN NEW; END IF; "
        "RAISE EXCEPTION 'a confirmed return is never changed or deleted' USING ERRCODE = 'restrict_violation'; END $guard$",
        "CREATE TRIGGER weekly_return_stays BEFORE UPDATE OR DELETE ON weekly_return "
        "FOR EACH ROW EXECUTE FUNCTION weekly_return_stays()",
    ),
}
_OPEN = "EXISTS (SELECT 1 FROM weekly_return WHERE weekly_return.id = {row}.return_id AND weekly_return.state <> 'confirmed')"
_INVENTED = (
    "EXISTS (SELECT 1 FROM weekly_return WHERE weekly_return.id = OLD.return_id AND weekly_return.is_demo) "
    "OR EXISTS (SELECT 1 FROM lead WHERE lead.id = OLD.lead_id AND lead.is_demo)"
)
LINE_GUARDS: dict[str, tuple[str, ...]] = {
    "sqlite": (
        f"CREATE TRIGGER return_line_added BEFORE INSERT ON return_line WHEN NOT {_OPEN.format(row='NEW')} "
        "BEGIN SELECT RAISE(ABORT, 'a confirmed return gets no more lines'); END",
        f"CREATE TRIGGER return_line_unchanged BEFORE UPDATE ON return_line WHEN NOT {_OPEN.format(row='OLD')} "
        "BEGIN SELECT RAISE(ABORT, 'a line of a confirmed return is never changed'); END",
        f"CREATE TRIGGER return_line_kept BEFORE DELETE ON return_line WHEN NOT ({_INVENTED}) "
        "BEGIN SELECT RAISE(ABORT, 'a line of a return is never deleted'); END",
    ),
    "postgresql": (
        "CREATE OR REPLACE FUNCTION return_line_stays() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN "
        f"IF TG_OP = 'INSERT' AND {_OPEN.format(row='NEW')} THEN RETURN NEW; END IF; "
        f"IF TG_OP = 'UPDATE' AND {_OPEN.format(row='OLD')} THEN RETURN NEW; END IF; "
        f"IF TG_OP = 'DELETE' AND ({_INVENTED}) THEN RETURN OLD; END IF; "
        "RAISE EXCEPTION 'a line of a confirmed return is never added, changed or deleted' "
        "USING ERRCODE = 'restrict_violation'; END $guard$",
        "CREATE TRIGGER return_line_stays BEFORE INSERT OR UPDATE OR DELETE ON return_line "
        "FOR EACH ROW EXECUTE FUNCTION return_line_stays()",
    ),
}
for _table, _guards in ((WeeklyReturn.__table__, GUARDS), (ReturnLine.__table__, LINE_GUARDS)):
    for _dialect, _statements in _guards.items():
        for _statement in _statements:
            _guard = DDL(_statement)  # type: ignore[no-untyped-call]
            event.listen(_table, "after_create", _guard.execute_if(dialect=_dialect))
