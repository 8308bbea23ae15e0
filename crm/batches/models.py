"""Tables of editions. Both databases refuse to change or delete what was frozen, whoever asks (invented leads may go)."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import DDL, BigInteger, CheckConstraint, ForeignKey, Index, String, UniqueConstraint, event
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm.accounts.models import User
from crm.core.db import Model
from crm.core.models import Identified
from crm.core.types import JSONType, UtcDateTime


class Edition(Identified, Model):
    """第 N 期: the list of the three batches as it was at a moment (`frozen_at`, in the city on the day `as_of`), for a week or
    month. Numbers run on per city and kind. `summary`: counts and sums of each batch, and how many rows changed how. Rows come
    in while it is `freezing`; then it is `frozen`, in the same transaction.
    """

    __tablename__ = "edition"
    __table_args__ = (
        CheckConstraint("kind IN ('weekly', 'monthly')", name="kind"),
        CheckConstraint("status IN ('freezing', 'frozen')", name="status"),
        CheckConstraint("number > 0", name="number"),
        UniqueConstraint("city", "kind", "number"),
        UniqueConstraint("city", "kind", "first_on"),
        Index("ix_edition_frozen_at", "frozen_at"),
        Index("ix_edition_previous_id", "previous_id"),
    )

    city: Mapped[str] = mapped_column(String(8))
    kind: Mapped[str] = mapped_column(String(8))
    number: Mapped[int] = mapped_column()
    first_on: Mapped[date] = mapped_column()
    last_on: Mapped[date] = mapped_column()
    as_of: Mapped[date] = mapped_column()
    status: Mapped[str] = mapped_column(String(8), default="freezing")
    frozen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    frozen_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    previous_id: Mapped[int | None] = mapped_column(ForeignKey("edition.id"))
    summary: Mapped[dict[str, Any]] = mapped_column(JSONType)
    is_demo: Mapped[bool] = mapped_column(default=False)
    frozen_by: Mapped[User] = relationship(lazy="joined", innerjoin=True)


class EditionRow(Model):
    """A project in an edition: what it said then, and what had changed since the edition before. `batch` "left": it stood in the
    last edition and left, for `reason`; it says what it said there. `total_cny` (fen) and `contracted_usd` (cents) are what was
    reported, `confirmed_usd` and `confirmed_on` what the city confirmed. `sealed`, `code_name`: it went by that name then.
    `expected_kind`, `expected_on`: the milestone that was expected next, and its day; `was_expected_on`: the day that the edition
    before said of the same milestone, `slipped`: days between the two, below zero when it was brought forward.
    """

    __tablename__ = "edition_row"
    __table_args__ = (
        CheckConstraint("batch IN ('negotiating', 'signed', 'under_construction', 'left')", name="batch"),
        CheckConstraint("change IN ('new', 'again', 'moved', 'money', 'unit', 'kept', 'left')", name="change"),
        CheckConstraint("(batch = 'left') = (change = 'left')", name="left"),
        CheckConstraint("(reason IS NOT NULL) = (change = 'left')", name="reason"),
        UniqueConstraint("edition_id", "lead_id"),
        Index("ix_edition_row_batch", "edition_id", "batch", "position"),
        Index("ix_edition_row_lead_id", "lead_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"))
    lead_id: Mapped[int] = mapped_column(ForeignKey("lead.id"))
    batch: Mapped[str] = mapped_column(String(20))
    position: Mapped[int] = mapped_column()
    number: Mapped[str] = mapped_column(String(20))
    title: Mapped[str] = mapped_column(String(120))
    name: Mapped[str | None] = mapped_column(String(200))
    country: Mapped[str | None] = mapped_column(String(2))
    cluster_id: Mapped[int | None] = mapped_column(ForeignKey("cluster.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    stage: Mapped[str] = mapped_column(String(20))
    since: Mapped[date] = mapped_column()
    idle: Mapped[bool] = mapped_column()
    framework: Mapped[bool] = mapped_column()
    sealed: Mapped[bool] = mapped_column()
    code_name: Mapped[str | None] = mapped_column(String(40))
    total_cny: Mapped[int | None] = mapped_column(BigInteger)
    total_verified: Mapped[bool] = mapped_column()
    contracted_usd: Mapped[int | None] = mapped_column(BigInteger)
    reported_on: Mapped[date | None] = mapped_column()
    confirmed_on: Mapped[date | None] = mapped_column()
    confirmed_usd: Mapped[int | None] = mapped_column(BigInteger)
    expected_kind: Mapped[str | None] = mapped_column(String(24))
    expected_on: Mapped[date | None] = mapped_column()
    was_expected_on: Mapped[date | None] = mapped_column()
    slipped: Mapped[int | None] = mapped_column()
    change: Mapped[str] = mapped_column(String(8))
    money_changed: Mapped[bool] = mapped_column()
    was_batch: Mapped[str | None] = mapped_column(String(20))
    was_total_cny: Mapped[int | None] = mapped_column(BigInteger)
    was_total_verified: Mapped[bool | None] = mapped_column()
    was_contracted_usd: Mapped[int | None] = mapped_column(BigInteger)
    was_confirmed_usd: Mapped[int | None] = mapped_column(BigInteger)
    was_unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    reason: Mapped[str | None] = mapped_column(String(16))
    reason_ref: Mapped[str | None] = mapped_column(String(20))


GUARDS: dict[str, tuple[str, ...]] = {
    "sqlite": (
        "CREATE TRIGGER edition_unchanged BEFORE UPDATE ON edition WHEN OLD.status <> 'freezing' "
        "BEGIN SELECT RAISE(ABORT, 'an edition is never changed'); END",
        "CREATE TRIGGER edition_kept BEFORE DELETE ON edition WHEN NOT OLD.is_demo "
        "BEGIN SELECT RAISE(ABORT, 'an edition is never deleted'); END",
    ),
    "postgresql": (
        "CREATE OR REPLACE FUNCTION edition_stays() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN "
        "IF TG_OP = 'DELETE' AND OLD.is_demo THEN RETURN OLD; END IF; "
        "IF TG_OP = 'UPDATE' AND OLD.status = 'freezing' THEN RETURN NEW; END IF; "
        "RAISE EXCEPTION 'an edition is never changed or deleted' USING ERRCODE = 'restrict_violation'; END $guard$",
        "CREATE TRIGGER edition_stays BEFORE UPDATE OR DELETE ON edition FOR EACH ROW EXECUTE FUNCTION edition_stays()",
    ),
}
ROW_GUARDS: dict[str, tuple[str, ...]] = {
    "sqlite": (
        "CREATE TRIGGER edition_row_added BEFORE INSERT ON edition_row "
        "WHEN NOT EXISTS (SELECT 1 FROM edition WHERE edition.id = NEW.edition_id AND edition.status = 'freezing') "
        "BEGIN SELECT RAISE(ABORT, 'a frozen edition gets no more rows'); END",
        "CREATE TRIGGER edition_row_unchanged BEFORE UPDATE ON edition_row "
        "BEGIN SELECT RAISE(ABORT, 'a frozen row is never changed'); END",
        "CREATE TRIGGER edition_row_kept BEFORE DELETE ON edition_row "
        "WHEN NOT EXISTS (SELECT 1 FROM lead WHERE lead.id = OLD.lead_id AND lead.is_demo) "
        "BEGIN SELECT RAISE(ABORT, 'a frozen row is never deleted'); END",
    ),
    "postgresql": (
        "CREATE OR REPLACE FUNCTION edition_row_stays() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN "
        "IF TG_OP = 'INSERT' AND EXISTS "
        "(SELECT 1 FROM edition WHERE edition.id = NEW.edition_id AND edition.status = 'freezing') THEN RETURN NEW; END IF; "
        "IF TG_OP = 'DELETE' AND EXISTS (SELECT 1 FROM lead WHERE lead.id = OLD.lead_id AND lead.is_demo) "
        "THEN RETURN OLD; END IF; "
        "RAISE EXCEPTION 'a frozen row is never added, changed or deleted' USING ERRCODE = 'restrict_violation'; END $guard$",
        "CREATE TRIGGER edition_row_stays BEFORE INSERT OR UPDATE OR DELETE ON edition_row "
        "FOR EACH ROW EXECUTE FUNCTION edition_row_stays()",
    ),
}
for _table, _guards in ((Edition.__table__, GUARDS), (EditionRow.__table__, ROW_GUARDS)):
    for _dialect, _statements in _guards.items():
        for _statement in _statements:
            _guard = DDL(_statement)  # type: ignore[no-untyped-call]
            event.listen(_table, "after_create", _guard.execute_if(dialect=_dialect))
