"""an office's own Word templates; versions of the gate table; official months below zero

Number 0035, after 0034.
"""

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "paper_template",
        sa.Column("paper", sa.String(length=20), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=True),
        sa.Column("note", sa.String(length=200), nullable=True),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["user_account.id"], name=op.f("fk_paper_template_by_id")),
        sa.ForeignKeyConstraint(["file_id"], ["stored_file.id"], name=op.f("fk_paper_template_file_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paper_template")),
        sa.UniqueConstraint("paper", "number", name=op.f("uq_paper_template_paper_number")),
        sa.UniqueConstraint("public_id", name=op.f("uq_paper_template_public_id")),
    )
    op.create_index("ix_paper_template_file_id", "paper_template", ["file_id"])
    op.create_table(
        "gate_table",
        sa.Column("name", sa.String(length=20), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("added_by_id", sa.Integer(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_by_id", sa.Integer(), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.ForeignKeyConstraint(["added_by_id"], ["user_account.id"], name=op.f("fk_gate_table_added_by_id")),
        sa.ForeignKeyConstraint(["withdrawn_by_id"], ["user_account.id"], name=op.f("fk_gate_table_withdrawn_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gate_table")),
        sa.UniqueConstraint("name", name=op.f("uq_gate_table_name")),
        sa.UniqueConstraint("public_id", name=op.f("uq_gate_table_public_id")),
    )
    op.create_index(
        "uq_gate_table_valid_from", "gate_table", ["valid_from"], unique=True,
        sqlite_where=sa.text("withdrawn_at IS NULL"), postgresql_where=sa.text("withdrawn_at IS NULL"),
    )  # fmt: skip
    op.add_column("stage_change", sa.Column("rules_version", sa.String(length=20), nullable=True))
    with op.batch_alter_table("utilised") as batch:
        batch.drop_constraint(op.f("ck_utilised_usd"), type_="check")


def downgrade() -> None:
    with op.batch_alter_table("utilised") as batch:
        batch.create_check_constraint(op.f("ck_utilised_usd"), "usd >= 0")
    with op.batch_alter_table("stage_change") as batch:
        batch.drop_column("rules_version")
    op.drop_table("gate_table")
    op.drop_table("paper_template")
