"""attribution: lines that are added and never changed or deleted

Number 0009, after 0008.
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

GUARDS = {
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


def upgrade() -> None:
    op.create_table(
        "credit_line",
        sa.Column("lead_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("indicator", sa.String(length=12), nullable=False),
        sa.Column("parts", sa.Integer(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("model", sa.String(length=12), nullable=False),
        sa.Column("source", sa.String(length=12), nullable=False),
        sa.Column("ref", sa.String(length=22), nullable=True),
        sa.Column("corrects_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(length=400), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.CheckConstraint("indicator IN ('signed', 'contracted', 'received', 'utilised')", name=op.f("ck_credit_line_indicator")),
        sa.CheckConstraint("parts >= 0 AND parts <= 10000", name=op.f("ck_credit_line_parts")),
        sa.CheckConstraint("model IN ('whole', 'even', 'both', 'introducer', 'agreed')", name=op.f("ck_credit_line_model")),
        sa.CheckConstraint("source IN ('registration', 'transfer', 'dispute', 'agreement')", name=op.f("ck_credit_line_source")),
        sa.ForeignKeyConstraint(["by_id"], ["user_account.id"], name=op.f("fk_credit_line_by_id")),
        sa.ForeignKeyConstraint(["corrects_id"], ["credit_line.id"], name=op.f("fk_credit_line_corrects_id")),
        sa.ForeignKeyConstraint(["lead_id"], ["lead.id"], name=op.f("fk_credit_line_lead_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_credit_line_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_credit_line")),
        sa.UniqueConstraint("public_id", name=op.f("uq_credit_line_public_id")),
    )
    op.create_index("ix_credit_line_lead_id", "credit_line", ["lead_id", "indicator", "valid_from"])
    op.create_index("ix_credit_line_unit_id", "credit_line", ["unit_id", "lead_id"])
    op.create_index("uq_credit_line_corrects_id", "credit_line", ["corrects_id"], unique=True)
    for statement in GUARDS[op.get_bind().dialect.name]:
        op.execute(statement)


def downgrade() -> None:
    op.drop_table("credit_line")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION credit_line_stays()")
