"""Tables of assessment. Both databases refuse to change or delete a scheme, and a run with its lines once it is published
(invented ones may go).
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import DDL, BigInteger, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, column, event
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm.accounts.models import User
from crm.core.db import Model
from crm.core.models import Identified
from crm.core.types import JSONType, UtcDateTime
from crm.files.models import StoredFile
from crm.units.models import Unit

_OPEN = column("state") == "open"


class ScoreScheme(Identified, Model):
    """考核方案: one version of a formula file, word for word. Never changed: a change is a new version."""

    __tablename__ = "score_scheme"
    __table_args__ = (UniqueConstraint("code", "version"),)

    code: Mapped[str] = mapped_column(String(24))
    version: Mapped[str] = mapped_column(String(20))
    name: Mapped[str] = mapped_column(String(80))
    name_en: Mapped[str] = mapped_column(String(120))
    valid_from: Mapped[date] = mapped_column()
    source: Mapped[str] = mapped_column(String(400))
    example: Mapped[bool] = mapped_column(default=False)
    text: Mapped[str] = mapped_column(Text)
    sha256: Mapped[str] = mapped_column(String(64))
    loaded_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    loaded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    is_demo: Mapped[bool] = mapped_column(default=False)
    loaded_by: Mapped[User] = relationship(lazy="joined", innerjoin=True)


class ScoreRun(Identified, Model):
    """One period scored by one scheme: provisional (computed again at will), then published under a number, frozen. `version`
    rises with each computing. `summary`: what was credited to nobody who is scored; among whom units were held
    against each other ("group": their own).
    """

    __tablename__ = "score_run"
    __table_args__ = (
        CheckConstraint("state IN ('provisional', 'published')", name="state"),
        CheckConstraint("(state = 'published') = (number IS NOT NULL)", name="number"),
        UniqueConstraint("code", "period"),
        UniqueConstraint("code", "number"),
        Index("ix_score_run_scheme_id", "scheme_id"),
    )

    scheme_id: Mapped[int] = mapped_column(ForeignKey("score_scheme.id"))
    code: Mapped[str] = mapped_column(String(24))
    period: Mapped[str] = mapped_column(String(8))
    first_on: Mapped[date] = mapped_column()
    last_on: Mapped[date] = mapped_column()
    state: Mapped[str] = mapped_column(String(12), default="provisional")
    number: Mapped[int | None] = mapped_column()
    computed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    computed_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    published_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    published_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    object_until: Mapped[date | None] = mapped_column()
    summary: Mapped[dict[str, Any]] = mapped_column(JSONType)
    version: Mapped[int] = mapped_column(default=1)
    is_demo: Mapped[bool] = mapped_column(default=False)
    scheme: Mapped[ScoreScheme] = relationship(lazy="joined", innerjoin=True)
    computed_by: Mapped[User] = relationship(foreign_keys=[computed_by_id], lazy="joined", innerjoin=True)
    published_by: Mapped[User | None] = relationship(foreign_keys=[published_by_id], lazy="joined")


class ScoreLine(Identified, Model):
    """One indicator of one scored unit. Counts and rates are exact fractions ("7/3"), `points` ten-thousandths; a unit's score is
    the sum of its lines. `raw_before`: the count of the same period of the year before, counted with the run. `kind`
    "adjustment": what an objection (`ref`: its public id) to an earlier run changed, dated `on_date`.
    """

    __tablename__ = "score_line"
    __table_args__ = (
        CheckConstraint("kind IN ('scored', 'bonus', 'deduction', 'shown', 'adjustment')", name="kind"),
        CheckConstraint("(kind = 'adjustment') = (ref IS NOT NULL)", name="adjustment"),
        UniqueConstraint("run_id", "unit_id", "position"),
        Index("ix_score_line_unit_id", "unit_id"),
        Index("ix_score_line_ref", "ref"),
    )

    run_id: Mapped[int] = mapped_column(ForeignKey("score_run.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    position: Mapped[int] = mapped_column()
    rule: Mapped[str] = mapped_column(String(24))
    kind: Mapped[str] = mapped_column(String(12))
    raw: Mapped[str | None] = mapped_column(Text)
    reference: Mapped[str | None] = mapped_column(Text)
    rate: Mapped[str | None] = mapped_column(Text)
    used: Mapped[str | None] = mapped_column(Text)
    place: Mapped[int | None] = mapped_column()
    points: Mapped[int] = mapped_column()
    note: Mapped[str] = mapped_column(String(16))
    raw_before: Mapped[str | None] = mapped_column(Text)
    on_date: Mapped[date | None] = mapped_column()
    ref: Mapped[str | None] = mapped_column(String(22))
    unit: Mapped[Unit] = relationship(lazy="joined", innerjoin=True)
    run: Mapped[ScoreRun] = relationship(lazy="joined", innerjoin=True)


class ScoreSource(Model):
    """What stands behind a count of a unit: a fact (`kind`, `ref`) of a lead, its value (1, or cents), and how many of 10,000
    parts the ledger credits the unit `credited_unit_id` (the scored one, or one under it) with.
    """

    __tablename__ = "score_source"
    __table_args__ = (
        CheckConstraint("kind IN ('milestone', 'receipt', 'utilised')", name="kind"),
        CheckConstraint("parts > 0 AND parts <= 10000", name="parts"),
        Index("ix_score_source_of", "run_id", "unit_id", "measure"),
        Index("ix_score_source_lead_id", "lead_id"),
        Index("ix_score_source_unit_id", "unit_id"),
        Index("ix_score_source_credited_unit_id", "credited_unit_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("score_run.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    measure: Mapped[str] = mapped_column(String(16))
    lead_id: Mapped[int] = mapped_column(ForeignKey("lead.id"))
    credited_unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    kind: Mapped[str] = mapped_column(String(10))
    ref: Mapped[int] = mapped_column()
    day: Mapped[date] = mapped_column()
    value: Mapped[int] = mapped_column(BigInteger)
    parts: Mapped[int] = mapped_column()


class ScoreObjection(Identified, Model):
    """异议: a scored unit objects to a line of a published run; the coordinator answers by `due_on`. Upheld with so many `points`
    it becomes a dated adjustment in the next run.
    """

    __tablename__ = "score_objection"
    __table_args__ = (
        CheckConstraint("state IN ('open', 'upheld', 'rejected')", name="state"),
        CheckConstraint("(state = 'upheld') = (points IS NOT NULL)", name="points"),
        CheckConstraint("(state = 'open') = (answered_at IS NULL)", name="answered"),
        Index("uq_score_objection_open", "line_id", unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN),
        Index("ix_score_objection_unit_id", "unit_id"),
        Index("ix_score_objection_state", "state", "due_on"),
    )

    line_id: Mapped[int] = mapped_column(ForeignKey("score_line.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    reason: Mapped[str] = mapped_column(String(1000))
    by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    due_on: Mapped[date] = mapped_column()
    state: Mapped[str] = mapped_column(String(10), default="open")
    answer: Mapped[str | None] = mapped_column(String(1000))
    points: Mapped[int | None] = mapped_column()
    answered_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    line: Mapped[ScoreLine] = relationship(foreign_keys=[line_id], lazy="joined", innerjoin=True)
    unit: Mapped[Unit] = relationship(lazy="joined", innerjoin=True)
    by: Mapped[User] = relationship(foreign_keys=[by_id], lazy="joined", innerjoin=True)
    answered_by: Mapped[User | None] = relationship(foreign_keys=[answered_by_id], lazy="joined")


class ScoreObjectionFile(Model):
    """A file that an objection brings."""

    __tablename__ = "score_objection_file"
    __table_args__ = (UniqueConstraint("objection_id", "file_id"), Index("ix_score_objection_file_file_id", "file_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    objection_id: Mapped[int] = mapped_column(ForeignKey("score_objection.id"))
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_file.id"))
    file: Mapped[StoredFile] = relationship(lazy="joined", innerjoin=True)


def _of_a_run(table: str, goes: str = "") -> dict[str, tuple[str, ...]]:
    """Rows of a run come and go while it is provisional, and stay as they are once it is published."""
    there = "(SELECT 1 FROM score_run WHERE score_run.id = {row}.run_id AND score_run.state = 'published'{more})"
    found = []
    for act, row, more in (("INSERT", "NEW", ""), ("UPDATE", "OLD", ""), ("DELETE", "OLD", f" AND NOT score_run.is_demo{goes}")):
        found.append(
            f"CREATE TRIGGER {table}_{act.lower()} BEFORE {act} ON {table} WHEN EXISTS {there.format(row=row, more=more)} "
            "BEGIN SELECT RAISE(ABORT, 'what was published stays as it is'); END"
        )
    return {
        "sqlite": tuple(found),
        "postgresql": (
            f"CREATE OR REPLACE FUNCTION {table}_stays() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN "
            f"IF TG_OP = 'DELETE' THEN IF NOT EXISTS {there.format(row='OLD', more=' AND NOT score_run.is_demo' + goes)} "
            "THEN RETURN OLD; END IF; "
            f"ELSIF TG_OP = 'INSERT' THEN IF NOT EXISTS {there.format(row='NEW', more='')} THEN RETURN NEW; END IF; "
            f"ELSIF NOT EXISTS {there.format(row='OLD', more='')} THEN RETURN NEW; END IF; "
            "RAISE EXCEPTION 'what was published stays as it is' USING ERRCODE = 'restrict_violation'; END $guard$",
            f"CREATE TRIGGER {table}_stays BEFORE INSERT OR UPDATE OR DELETE ON {table} "
            f"FOR EACH ROW EXECUTE FUNCTION {table}_stays()",
        ),
    }


def _of_itself(table: str, stays: str) -> dict[str, tuple[str, ...]]:
    """A row that neither changes nor goes once `stays` holds of it; an invented one may go."""
    return {
        "sqlite": (
            f"CREATE TRIGGER {table}_unchanged BEFORE UPDATE ON {table} WHEN {stays.format(row='OLD')} "
            "BEGIN SELECT RAISE(ABORT, 'what was published stays as it is'); END",
            f"CREATE TRIGGER {table}_kept BEFORE DELETE ON {table} WHEN {stays.format(row='OLD')} AND NOT OLD.is_demo "
            "BEGIN SELECT RAISE(ABORT, 'what was published stays as it is'); END",
        ),
        "postgresql": (
            f"CREATE OR REPLACE FUNCTION {table}_stays() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN "
            f"IF TG_OP = 'DELETE' AND (OLD.is_demo OR NOT ({stays.format(row='OLD')})) THEN RETURN OLD; END IF; "
            f"IF TG_OP = 'UPDATE' AND NOT ({stays.format(row='OLD')}) THEN RETURN NEW; END IF; "
            "RAISE EXCEPTION 'what was published stays as it is' USING ERRCODE = 'restrict_violation'; END $guard$",
            f"CREATE TRIGGER {table}_stays BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION {table}_stays()",
        ),
    }


GUARDS: dict[str, dict[str, tuple[str, ...]]] = {
    "score_scheme": _of_itself("score_scheme", "1 = 1"),
    "score_run": _of_itself("score_run", "{row}.state = 'published'"),
    "score_line": _of_a_run("score_line"),
    "score_source": _of_a_run(
        "score_source", " AND NOT EXISTS (SELECT 1 FROM lead WHERE lead.id = OLD.lead_id AND lead.is_demo)"
    ),
}
for _table in (ScoreScheme, ScoreRun, ScoreLine, ScoreSource):
    for _dialect, _statements in GUARDS[_table.__tablename__].items():
        for _statement in _statements:
            _guard = DDL(_statement.replace("%", "%%"))  # type: ignore[no-untyped-call]
            event.listen(_table.__table__, "after_create", _guard.execute_if(dialect=_dialect))
