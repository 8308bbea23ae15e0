"""The table of attribution. Both databases refuse to change or delete a line, whoever asks (invented leads may be taken away)."""

from datetime import date, datetime

from sqlalchemy import DDL, CheckConstraint, ForeignKey, Index, String, event
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm.accounts.models import User
from crm.core.db import Model
from crm.core.models import Identified
from crm.core.types import UtcDateTime
from crm.units.models import Unit


class CreditLine(Identified, Model):
    """From a day on a unit is credited with so many parts per 10,000 of an indicator of a lead. `corrects_id`: it stands in the
    place of another line. `ref`: the public id of the transfer or dispute behind it.
    """

    __tablename__ = "credit_line"
    __table_args__ = (
        CheckConstraint("indicator IN ('signed', 'contracted', 'received', 'utilised')", name="indicator"),
        CheckConstraint("parts >= 0 AND parts <= 10000", name="parts"),
        CheckConstraint("model IN ('whole', 'even', 'both', 'introducer', 'agreed')", name="model"),
        CheckConstraint("source IN ('registration', 'transfer', 'dispute', 'agreement')", name="source"),
        Index("ix_credit_line_lead_id", "lead_id", "indicator", "valid_from"),
        Index("ix_credit_line_unit_id", "unit_id", "lead_id"),
        Index("uq_credit_line_corrects_id", "corrects_id", unique=True),
    )

    lead_id: Mapped[int] = mapped_column(ForeignKey("lead.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    indicator: Mapped[str] = mapped_column(String(12))
    parts: Mapped[int] = mapped_column()
    valid_from: Mapped[date] = mapped_column()
    model: Mapped[str] = mapped_column(String(12))
    source: Mapped[str] = mapped_column(String(12))
    ref: Mapped[str | None] = mapped_column(String(22))
    corrects_id: Mapped[int | None] = mapped_column(ForeignKey("credit_line.id"))
    reason: Mapped[str] = mapped_column(String(400))
    by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    by: Mapped[User] = relationship(lazy="select")
    unit: Mapped[Unit] = relationship(lazy="select")


GUARDS: dict[str, tuple[str, ...]] = {
    "sqlite": (
        "CREATE TRIGGER credit_line_unchanged BEFORE UPDATE ON credit_line "
        "BEGIN SELECT RAISE(ABORT, 'a line of attribution is never changed'); END",
        "CREATE TRIGGER credit_line_kept BEFORE DELETE ON credit_line "
        "WHEN NOT EXISTS (SELECT 1 FROM lead WHERE lead.id = OLD.lead_id AND lead.is_demo) "
        "BEGIN SELECT RAISE(ABORT, 'a line of attribution is never deleted'); END",
    ),
    "postgresql": (
        "CREATE OR REPLACE FUNCTION credit_line_stays() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN "
        "IF TG_OP = 'DELETE' AND EXISTS (SELECT 1 FROM lead WHERE lead.id = OLD.lead_id AND lead.is_demo) "
        "THEN RETURN OLD; END IF; "
        "RAISE EXCEPTION 'a line of attribution is never changed or deleted' USING ERRCODE = 'restrict_violation'; END $guard$",
        "CREATE TRIGGER credit_line_stays BEFORE UPDATE OR DELETE ON credit_line "
        "FOR EACH ROW EXECUTE FUNCTION credit_line_stays()",
    ),
}
for _dialect, _statements in GUARDS.items():
    for _statement in _statements:
        _guard = DDL(_statement)  # type: ignore[no-untyped-call]
        event.listen(CreditLine.__table__, "after_create", _guard.execute_if(dialect=_dialect))
