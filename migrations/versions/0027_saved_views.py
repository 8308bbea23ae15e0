"""saved views of the list, and the one with which a person starts; bulk runs

Number 0027, after 0026.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


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
    op.create_table(
        "bulk_run",
        sa.Column("act", sa.String(length=10), nullable=False),
        sa.Column("wanted", JSON, nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("unseen", sa.Integer(), nullable=False),
        sa.Column("over", sa.Integer(), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("job_id", sa.Integer(), nullable=True),
        sa.Column("undoes_id", sa.Integer(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.CheckConstraint("act IN ('owner', 'cluster', 'next', 'share')", name=op.f("ck_bulk_run_act")),
        sa.CheckConstraint("state IN ('ready', 'running', 'done')", name=op.f("ck_bulk_run_state")),
        sa.ForeignKeyConstraint(["asked_by_id"], ["user_account.id"], name=op.f("fk_bulk_run_asked_by_id")),
        sa.ForeignKeyConstraint(["job_id"], ["job.id"], name=op.f("fk_bulk_run_job_id")),
        sa.ForeignKeyConstraint(["undoes_id"], ["bulk_run.id"], name=op.f("fk_bulk_run_undoes_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bulk_run")),
        sa.UniqueConstraint("public_id", name=op.f("uq_bulk_run_public_id")),
    )
    op.create_index("ix_bulk_run_asked_by_id", "bulk_run", ["asked_by_id"])
    op.create_index("ix_bulk_run_job_id", "bulk_run", ["job_id"])
    op.create_index("uq_bulk_run_undoes_id", "bulk_run", ["undoes_id"], unique=True)
    op.create_table(
        "bulk_item",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("lead_id", sa.Integer(), nullable=False),
        sa.Column("seen", sa.Integer(), nullable=False),
        sa.Column("after", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("why", sa.String(length=40), nullable=True),
        sa.Column("before", JSON, nullable=True),
        sa.Column("wanted", JSON, nullable=True),
        sa.CheckConstraint("state IN ('waiting', 'done', 'skipped')", name=op.f("ck_bulk_item_state")),
        sa.ForeignKeyConstraint(["run_id"], ["bulk_run.id"], name=op.f("fk_bulk_item_run_id")),
        sa.ForeignKeyConstraint(["lead_id"], ["lead.id"], name=op.f("fk_bulk_item_lead_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bulk_item")),
        sa.UniqueConstraint("run_id", "lead_id", name=op.f("uq_bulk_item_run_id_lead_id")),
    )
    op.create_index("ix_bulk_item_lead_id", "bulk_item", ["lead_id"])


def downgrade() -> None:
    op.drop_table("bulk_item")
    op.drop_table("bulk_run")
    op.drop_table("start_view")
    op.drop_table("saved_view")
