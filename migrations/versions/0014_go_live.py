"""go-live windows, the conflicts they leave and their sides

Number 0014, after 0013.
"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

OPEN = sa.text("ended_at IS NULL")


def _named() -> list[sa.Column]:
    return [
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
    ]


def _key(table, column, target):
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=op.f(f"fk_{table}_{column}"))


def upgrade() -> None:
    op.create_table(
        "go_live_window",
        *_named(),
        sa.Column("city", sa.String(length=10), nullable=False),
        sa.Column("begins_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.String(length=400), nullable=False),
        sa.Column("opened_by_id", sa.Integer(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by_id", sa.Integer(), nullable=True),
        sa.Column("end_reason", sa.String(length=400), nullable=True),
        sa.CheckConstraint("begins_at < ends_at", name=op.f("ck_go_live_window_days")),
        _key("go_live_window", "opened_by_id", "user_account"),
        _key("go_live_window", "ended_by_id", "user_account"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_go_live_window")),
        sa.UniqueConstraint("public_id", name=op.f("uq_go_live_window_public_id")),
    )
    op.create_index("uq_go_live_window_open", "go_live_window", ["city"], unique=True, sqlite_where=OPEN, postgresql_where=OPEN)
    op.create_table(
        "go_live_conflict",
        *_named(),
        sa.Column("window_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer", sa.String(length=10), nullable=True),
        sa.Column("reason", sa.String(length=400), nullable=True),
        sa.Column("settled_by_id", sa.Integer(), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("kind IN ('company', 'group', 'pair')", name=op.f("ck_go_live_conflict_kind")),
        sa.CheckConstraint(
            "answer IS NULL OR answer IN ('holder', 'different', 'merged')", name=op.f("ck_go_live_conflict_answer")
        ),
        sa.CheckConstraint("(answer IS NULL) = (settled_at IS NULL)", name=op.f("ck_go_live_conflict_settled")),
        _key("go_live_conflict", "window_id", "go_live_window"),
        _key("go_live_conflict", "settled_by_id", "user_account"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_go_live_conflict")),
        sa.UniqueConstraint("public_id", name=op.f("uq_go_live_conflict_public_id")),
    )
    op.create_index("ix_go_live_conflict_window_id", "go_live_conflict", ["window_id", "answer"])
    op.create_table(
        "go_live_side",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("conflict_id", sa.Integer(), nullable=False),
        sa.Column("lead_id", sa.Integer(), nullable=False),
        sa.Column("report_id", sa.Integer(), nullable=True),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("evidenced_on", sa.Date(), nullable=False),
        sa.Column("basis", sa.String(length=12), nullable=False),
        sa.Column("holds", sa.Boolean(), nullable=False),
        _key("go_live_side", "conflict_id", "go_live_conflict"),
        _key("go_live_side", "lead_id", "lead"),
        _key("go_live_side", "report_id", "second_report"),
        _key("go_live_side", "unit_id", "unit"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_go_live_side")),
    )
    op.create_index("ix_go_live_side_conflict_id", "go_live_side", ["conflict_id"])
    op.create_index("ix_go_live_side_lead_id", "go_live_side", ["lead_id", "conflict_id"])
    op.create_index("ix_go_live_side_report_id", "go_live_side", ["report_id"])


def downgrade() -> None:
    op.drop_table("go_live_side")
    op.drop_table("go_live_conflict")
    op.drop_table("go_live_window")
