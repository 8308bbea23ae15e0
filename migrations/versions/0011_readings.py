"""who read a confidential lead; who asked the duplicate check about what others keep to themselves

Number 0011, after 0010.
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def _key(table, column, target):
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=op.f(f"fk_{table}_{column}"))


def upgrade() -> None:
    op.create_table(
        "reading",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("lead_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("on_date", sa.Date(), nullable=False),
        sa.Column("first_at", sa.DateTime(timezone=True), nullable=False),
        _key("reading", "lead_id", "lead"),
        _key("reading", "user_id", "user_account"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reading")),
        sa.UniqueConstraint("lead_id", "user_id", "on_date", name=op.f("uq_reading_lead_id_user_id_on_date")),
    )
    op.create_table(
        "probe",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("lead_id", sa.Integer(), nullable=False),
        sa.Column("on_date", sa.Date(), nullable=False),
        sa.Column("typed", sa.String(length=200), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=True),
        _key("probe", "user_id", "user_account"),
        _key("probe", "lead_id", "lead"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_probe")),
        sa.UniqueConstraint("user_id", "on_date", "lead_id", name=op.f("uq_probe_user_id_on_date_lead_id")),
    )
    op.create_index("ix_probe_on_date", "probe", ["on_date", "user_id"])
    op.create_index("ix_probe_lead_id", "probe", ["lead_id"])
    op.create_table(
        "probe_alert",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("on_date", sa.Date(), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
        _key("probe_alert", "user_id", "user_account"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_probe_alert")),
        sa.UniqueConstraint("user_id", "on_date", name=op.f("uq_probe_alert_user_id_on_date")),
    )


def downgrade() -> None:
    op.drop_table("probe_alert")
    op.drop_table("probe")
    op.drop_table("reading")
