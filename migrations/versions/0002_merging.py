"""merging

Number 0002, after 0001.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
# Indexes that answer a list or its numbers alone: they hold the mark too, because every list leaves out what was merged away.
COVERING = {
    "ix_lead_stage_touched": ["stage", "touched_at", "id", "following_unit_path", "owner_id"],
    "ix_lead_touched": ["touched_at", "id", "following_unit_path", "owner_id"],
    "ix_lead_numbers": [
        "stage", "admitted_at", "total_verified", "total_cny", "contracted_usd", "following_unit_path", "owner_id",
    ],
}  # fmt: skip


def upgrade() -> None:
    op.create_table(
        "merge_act",
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("keep_id", sa.Integer(), nullable=False),
        sa.Column("lose_ids", JSON, nullable=False),
        sa.Column("choices", JSON, nullable=False),
        sa.Column("units", JSON, nullable=False),
        sa.Column("reason", sa.String(length=400), nullable=False),
        sa.Column("decided_by_id", sa.Integer(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("undone_by_id", sa.Integer(), nullable=True),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.CheckConstraint("kind IN ('company', 'lead', 'contact')", name=op.f("ck_merge_act_kind")),
        sa.ForeignKeyConstraint(["decided_by_id"], ["user_account.id"], name=op.f("fk_merge_act_decided_by_id")),
        sa.ForeignKeyConstraint(["undone_by_id"], ["user_account.id"], name=op.f("fk_merge_act_undone_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_merge_act")),
        sa.UniqueConstraint("public_id", name=op.f("uq_merge_act_public_id")),
    )
    op.create_index("ix_merge_act_keep", "merge_act", ["kind", "keep_id"])
    op.create_table(
        "merge_line",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("merge_id", sa.Integer(), nullable=False),
        sa.Column("table_name", sa.String(length=40), nullable=False),
        sa.Column("row_id", sa.Integer(), nullable=False),
        sa.Column("column_name", sa.String(length=40), nullable=False),
        sa.Column("old", JSON, nullable=True),
        sa.Column("new", JSON, nullable=True),
        sa.Column("outcome", sa.String(length=6), nullable=True),
        sa.CheckConstraint("outcome IN ('back', 'left', 'over')", name=op.f("ck_merge_line_outcome")),
        sa.ForeignKeyConstraint(["merge_id"], ["merge_act.id"], name=op.f("fk_merge_line_merge_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_merge_line")),
    )
    op.create_index("ix_merge_line_merge_id", "merge_line", ["merge_id"])
    op.create_index("ix_merge_line_row", "merge_line", ["table_name", "row_id"])
    for table in ("company", "lead", "contact"):
        op.add_column(table, sa.Column("merged_into_id", sa.Integer(), nullable=True))
        if table != "contact":
            op.create_index(f"ix_{table}_merged_into_id", table, ["merged_into_id"])
    for name, columns in COVERING.items():
        op.drop_index(name, table_name="lead")
        op.create_index(name, "lead", [*columns, "merged_into_id"])


def downgrade() -> None:
    for name, columns in COVERING.items():
        op.drop_index(name, table_name="lead")
        op.create_index(name, "lead", columns)
    for table in ("company", "lead", "contact"):
        if table != "contact":
            op.drop_index(f"ix_{table}_merged_into_id", table_name=table)
        op.drop_column(table, "merged_into_id")
    op.drop_table("merge_line")
    op.drop_table("merge_act")
