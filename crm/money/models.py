"""Tables of money: the ledger of arrivals, and the rows of the official table with the files they came in."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import DDL, BigInteger, CheckConstraint, ForeignKey, Index, String, column, event
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm.accounts.models import User
from crm.companies.models import Company
from crm.core.db import Model
from crm.core.models import Identified
from crm.core.types import CurrencyCode, JSONType, UtcDateTime
from crm.files.models import StoredFile
from crm.units.models import Unit

_LIVE = column("state") == "live"


class Receipt(Identified, Model):
    """到资: money that arrived for a lead, as one line of a ledger that both databases let nobody change or shorten. `usd`: cents
    at the rate of `rate_day` (None for dollars). `month`: the first day of the month it arrived in. `corrects_id`: it stands in
    the place of another line, for a `reason`; with the amount 0 it only takes that one back. Without `file_id` its proof is
    missing and it is not counted. `lead_id` alone may change: a merge takes the lines along.
    """

    __tablename__ = "receipt"
    __table_args__ = (
        CheckConstraint(
            "kind IN ('cash', 'kind', 'intangible', 'equity', 'reinvested', 'shareholder_loan', 'other')", name="kind"
        ),
        CheckConstraint("amount > 0 OR (amount = 0 AND corrects_id IS NOT NULL)", name="amount"),
        CheckConstraint("usd >= 0", name="usd"),
        CheckConstraint("(corrects_id IS NULL) = (reason IS NULL)", name="reason"),
        Index("ix_receipt_lead_id", "lead_id", "received_on"),
        Index("ix_receipt_month", "month", "lead_id", "usd", "file_id"),
        Index("ix_receipt_file_id", "file_id"),
        Index("uq_receipt_corrects_id", "corrects_id", unique=True),
    )

    lead_id: Mapped[int] = mapped_column(ForeignKey("lead.id"))
    amount: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str] = mapped_column(CurrencyCode)
    usd: Mapped[int] = mapped_column(BigInteger)
    rate_day: Mapped[date | None] = mapped_column()
    received_on: Mapped[date] = mapped_column()
    month: Mapped[date] = mapped_column()
    kind: Mapped[str] = mapped_column(String(16))
    payer_country: Mapped[str | None] = mapped_column(String(2))
    file_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))
    note: Mapped[str | None] = mapped_column(String(400))
    entered_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    entered_unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    entered_at: Mapped[datetime] = mapped_column(UtcDateTime)
    corrects_id: Mapped[int | None] = mapped_column(ForeignKey("receipt.id"))
    reason: Mapped[str | None] = mapped_column(String(400))
    file: Mapped[StoredFile | None] = relationship(lazy="joined")
    entered_by: Mapped[User] = relationship(lazy="joined", innerjoin=True)
    entered_unit: Mapped[Unit] = relationship(lazy="joined", innerjoin=True)


class UtilisedImport(Identified, Model):
    """One official table on its way in: judged (its rows wait), applied (they count), undone. `refused`: rows that were not
    taken, each with its reason.
    """

    __tablename__ = "utilised_import"
    __table_args__ = (
        CheckConstraint("state IN ('judged', 'applied', 'undone')", name="state"),
        Index("ix_utilised_import_file_id", "file_id"),
        Index("ix_utilised_import_at", "at"),
    )

    file_id: Mapped[int] = mapped_column(ForeignKey("stored_file.id"))
    file_name: Mapped[str] = mapped_column(String(200))
    sheet: Mapped[str] = mapped_column(String(100))
    header_row: Mapped[int] = mapped_column()
    state: Mapped[str] = mapped_column(String(8), default="judged")
    rows: Mapped[int] = mapped_column()
    usd: Mapped[int] = mapped_column(BigInteger)
    refused: Mapped[list[Any]] = mapped_column(JSONType)
    by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    applied_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    undone_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    is_demo: Mapped[bool] = mapped_column(default=False)
    by: Mapped[User] = relationship(lazy="joined", innerjoin=True)


class Utilised(Model):
    """实际使用外资 of one credit code in one month, as the official table says, in cents, below zero where
    it takes back what was counted before. One is live for each code and month;
    the one that a later import replaced stays, and the later one names it. `company_id`: whose code it is, once that is known.
    """

    __tablename__ = "utilised"
    __table_args__ = (
        CheckConstraint("state IN ('waiting', 'live', 'superseded', 'undone')", name="state"),
        Index("uq_utilised_live", "credit_code", "month", unique=True, sqlite_where=_LIVE, postgresql_where=_LIVE),
        Index("ix_utilised_month", "month", "company_id", "usd", sqlite_where=_LIVE, postgresql_where=_LIVE),
        Index("ix_utilised_company_id", "company_id", "month"),
        Index("ix_utilised_import_id", "import_id", "row"),
        Index("ix_utilised_credit_code", "credit_code", "month"),
        Index("ix_utilised_replaces_id", "replaces_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    import_id: Mapped[int] = mapped_column(ForeignKey("utilised_import.id"))
    row: Mapped[int] = mapped_column()
    credit_code: Mapped[str] = mapped_column(String(18))
    name: Mapped[str] = mapped_column(String(200))
    month: Mapped[date] = mapped_column()
    usd: Mapped[int] = mapped_column(BigInteger)
    state: Mapped[str] = mapped_column(String(10), default="waiting")
    company_id: Mapped[int | None] = mapped_column(ForeignKey("company.id"))
    replaces_id: Mapped[int | None] = mapped_column(ForeignKey("utilised.id"))
    company: Mapped[Company | None] = relationship(lazy="select")
    batch: Mapped[UtilisedImport] = relationship(lazy="joined", innerjoin=True)


_FIXED = (
    "id, public_id, amount, currency, usd, rate_day, received_on, month, kind, payer_country, file_id, note, entered_by_id, "
    "entered_unit_id, entered_at, corrects_id, reason"
)
GUARDS: dict[str, tuple[str, ...]] = {
    "sqlite": (
        f"CREATE TRIGGER receipt_unchanged BEFORE UPDATE OF {_FIXED} ON receipt "
        "BEGIN SELECT RAISE(ABORT, 'a line of arrivals is never changed'); END",
        "CREATE TRIGGER receipt_kept BEFORE DELETE ON receipt "
        "WHEN NOT EXISTS (SELECT 1 FROM lead WHERE lead.id = OLD.lead_id AND lead.is_demo) "
        "BEGIN SELECT RAISE(ABORT, 'a line of arrivals is never deleted'); END",
    ),
    "postgresql": (
        "CREATE OR REPLACE FUNCTION receipt_stays() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN "
        "IF TG_OP = 'DELETE' AND EXISTS (SELECT 1 FROM lead WHERE lead.id = OLD.lead_id AND lead.is_demo) "
        "THEN RETURN OLD; END IF; "
        "RAISE EXCEPTION 'a line of arrivals is never changed or deleted' USING ERRCODE = 'restrict_violation'; END $guard$",
        f"CREATE TRIGGER receipt_stays BEFORE UPDATE OF {_FIXED} OR DELETE ON receipt "
        "FOR EACH ROW EXECUTE FUNCTION receipt_stays()",
    ),
}
for _dialect, _statements in GUARDS.items():
    for _statement in _statements:
        _guard = DDL(_statement)  # type: ignore[no-untyped-call]
        event.listen(Receipt.__table__, "after_create", _guard.execute_if(dialect=_dialect))
