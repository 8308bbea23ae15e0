"""saved views of the list, and the one with which a person starts

Number 0027, after 0023.
"""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "saved_view",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("reach", sa.String(length=8), nullable=False),
        sa.Column("shelf", sa.String(length=20), nullable=False),
        sa.Column("place", sa.String(length=8), nullable=False),
        sa.Column("state", sa.String(length=2000), nullable=False),
        sa.Column("kept_by_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("reach IN ('mine', 'unit', 'city')", name=op.f("ck_saved_view_reach")),
        sa.CheckConstraint("place IN ('list', 'board')", name=op.f("ck_saved_view_place")),
        sa.ForeignKeyConstraint(["kept_by_id"], ["user_account.id"], name=op.f("fk_saved_view_kept_by_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_saved_view_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_view")),
        sa.UniqueConstraint("public_id", name=op.f("uq_saved_view_public_id")),
        sa.UniqueConstraint("shelf", "name", name=op.f("uq_saved_view_shelf_name")),
    )
    op.create_index("ix_saved_view_kept_by_id", "saved_view", ["kept_by_id"])
    op.create_index("ix_saved_view_unit_id", "saved_view", ["unit_id"])
    op.create_table(
        "start_view",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("view_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_start_view_user_id")),
        sa.ForeignKeyConstraint(["view_id"], ["saved_view.id"], name=op.f("fk_start_view_view_id")),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_start_view")),
    )
    op.create_index("ix_start_view_view_id", "start_view", ["view_id"])


def downgrade() -> None:
    op.drop_table("start_view")
    op.drop_table("saved_view")
