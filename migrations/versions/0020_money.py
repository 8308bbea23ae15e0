"""money: arrivals as lines that are never changed; official tables with their rows

Number 0020, after 0019.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

LIVE = sa.column("state") == "live"
JSON_TYPE = sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql")
FIXED = (
    "id, public_id, amount, currency, usd, rate_day, received_on, month, kind, payer_country, file_id, note, entered_by_id, "
    "entered_unit_id, entered_at, corrects_id, reason"
)
GUARDS = {
    "sqlite": (
        f"CREATE TRIGGER receipt_unchanged BEFORE UPDATE OF {FIXED} ON receipt "
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
        f"CREATE TRIGGER receipt_stays BEFORE UPDATE OF {FIXED} OR DELETE ON receipt "
        "FOR EACH ROW EXECUTE FUNCTION receipt_stays()",
    ),
}


def upgrade() -> None:
    op.create_table(
        "receipt",
        sa.Column("lead_id", sa.Integer(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("usd", sa.BigInteger(), nullable=False),
        sa.Column("rate_day", sa.Date(), nullable=True),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("payer_country", sa.String(length=2), nullable=True),
        sa.Column("file_id", sa.Integer(), nullable=True),
        sa.Column("note", sa.String(length=400), nullable=True),
        sa.Column("entered_by_id", sa.Integer(), nullable=False),
        sa.Column("entered_unit_id", sa.Integer(), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("corrects_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(length=400), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.CheckConstraint(
            "kind IN ('cash', 'kind', 'intangible', 'equity', 'reinvested', 'shareholder_loan', 'other')",
            name=op.f("ck_receipt_kind"),
        ),
        sa.CheckConstraint("amount > 0 OR (amount = 0 AND corrects_id IS NOT NULL)", name=op.f("ck_receipt_amount")),
        sa.CheckConstraint("usd >= 0", name=op.f("ck_receipt_usd")),
        sa.CheckConstraint("(corrects_id IS NULL) = (reason IS NULL)", name=op.f("ck_receipt_reason")),
        sa.ForeignKeyConstraint(["lead_id"], ["lead.id"], name=op.f("fk_receipt_lead_id")),
        sa.ForeignKeyConstraint(["file_id"], ["stored_file.id"], name=op.f("fk_receipt_file_id")),
        sa.ForeignKeyConstraint(["entered_by_id"], ["user_account.id"], name=op.f("fk_receipt_entered_by_id")),
        sa.ForeignKeyConstraint(["entered_unit_id"], ["unit.id"], name=op.f("fk_receipt_entered_unit_id")),
        sa.ForeignKeyConstraint(["corrects_id"], ["receipt.id"], name=op.f("fk_receipt_corrects_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_receipt")),
        sa.UniqueConstraint("public_id", name=op.f("uq_receipt_public_id")),
    )
    op.create_index("ix_receipt_lead_id", "receipt", ["lead_id", "received_on"])
    op.create_index("ix_receipt_month", "receipt", ["month", "lead_id", "usd", "file_id"])
    op.create_index("ix_receipt_file_id", "receipt", ["file_id"])
    op.create_index("uq_receipt_corrects_id", "receipt", ["corrects_id"], unique=True)
    for statement in GUARDS[op.get_bind().dialect.name]:
        op.execute(statement)
    op.create_table(
        "utilised_import",
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("sheet", sa.String(length=100), nullable=False),
        sa.Column("header_row", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("usd", sa.BigInteger(), nullable=False),
        sa.Column("refused", JSON_TYPE, nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("applied_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("is_demo", sa.Boolean(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.CheckConstraint("state IN ('judged', 'applied', 'undone')", name=op.f("ck_utilised_import_state")),
        sa.ForeignKeyConstraint(["file_id"], ["stored_file.id"], name=op.f("fk_utilised_import_file_id")),
        sa.ForeignKeyConstraint(["by_id"], ["user_account.id"], name=op.f("fk_utilised_import_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_utilised_import")),
        sa.UniqueConstraint("public_id", name=op.f("uq_utilised_import_public_id")),
    )
    op.create_index("ix_utilised_import_file_id", "utilised_import", ["file_id"])
    op.create_index("ix_utilised_import_at", "utilised_import", ["at"])
    op.create_table(
        "utilised",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("import_id", sa.Integer(), nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("credit_code", sa.String(length=18), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("usd", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("company_id", sa.Integer(), nullable=True),
        sa.Column("replaces_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("state IN ('waiting', 'live', 'superseded', 'undone')", name=op.f("ck_utilised_state")),
        sa.CheckConstraint("usd >= 0", name=op.f("ck_utilised_usd")),
        sa.ForeignKeyConstraint(["import_id"], ["utilised_import.id"], name=op.f("fk_utilised_import_id")),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name=op.f("fk_utilised_company_id")),
        sa.ForeignKeyConstraint(["replaces_id"], ["utilised.id"], name=op.f("fk_utilised_replaces_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_utilised")),
    )
    op.create_index(
        "uq_utilised_live", "utilised", ["credit_code", "month"], unique=True, sqlite_where=LIVE, postgresql_where=LIVE
    )  # fmt: skip
    op.create_index(
        "ix_utilised_month", "utilised", ["month", "company_id", "usd"], sqlite_where=LIVE, postgresql_where=LIVE
    )  # fmt: skip
    op.create_index("ix_utilised_company_id", "utilised", ["company_id", "month"])
    op.create_index("ix_utilised_import_id", "utilised", ["import_id", "row"])
    op.create_index("ix_utilised_credit_code", "utilised", ["credit_code", "month"])
    op.create_index("ix_utilised_replaces_id", "utilised", ["replaces_id"])


def downgrade() -> None:
    op.drop_table("utilised")
    op.drop_table("utilised_import")
    op.drop_table("receipt")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION receipt_stays()")
