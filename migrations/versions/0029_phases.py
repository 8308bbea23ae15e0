"""phases and expansions of a lead, and what of its sums other leads count

Number 0029, after 0028.
"""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

NOT_ENDED = sa.column("ended_at").is_(None)


def upgrade() -> None:
    op.add_column("lead", sa.Column("less_cny", sa.BigInteger(), nullable=True))
    op.add_column("lead", sa.Column("less_usd", sa.BigInteger(), nullable=True))
    op.add_column("lead", sa.Column("phase_kind", sa.String(length=10), nullable=True))
    op.add_column("lead", sa.Column("phase_number", sa.Integer(), nullable=True))
    op.create_table(
        "lead_phase",
        sa.Column("lead_id", sa.Integer(), nullable=False),
        sa.Column("parent_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("basis", sa.String(length=10), nullable=False),
        sa.Column("reason", sa.String(length=400), nullable=True),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_by_id", sa.Integer(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_reason", sa.String(length=400), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.CheckConstraint("kind IN ('phase', 'expansion')", name=op.f("ck_lead_phase_kind")),
        sa.CheckConstraint("basis IN ('own', 'cumulative', 'included')", name=op.f("ck_lead_phase_basis")),
        sa.CheckConstraint("number >= 1 AND number <= 99", name=op.f("ck_lead_phase_number")),
        sa.CheckConstraint("lead_id <> parent_id", name=op.f("ck_lead_phase_two_leads")),
        sa.ForeignKeyConstraint(["lead_id"], ["lead.id"], name=op.f("fk_lead_phase_lead_id")),
        sa.ForeignKeyConstraint(["parent_id"], ["lead.id"], name=op.f("fk_lead_phase_parent_id")),
        sa.ForeignKeyConstraint(["by_id"], ["user_account.id"], name=op.f("fk_lead_phase_by_id")),
        sa.ForeignKeyConstraint(["ended_by_id"], ["user_account.id"], name=op.f("fk_lead_phase_ended_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lead_phase")),
        sa.UniqueConstraint("public_id", name=op.f("uq_lead_phase_public_id")),
    )
    op.create_index(
        "uq_lead_phase_live", "lead_phase", ["lead_id"], unique=True, sqlite_where=NOT_ENDED, postgresql_where=NOT_ENDED
    )
    op.create_index("ix_lead_phase_lead_id", "lead_phase", ["lead_id"])
    op.create_index("ix_lead_phase_parent_id", "lead_phase", ["parent_id"])


def downgrade() -> None:
    op.drop_table("lead_phase")
    for name in ("phase_number", "phase_kind", "less_usd", "less_cny"):
        op.drop_column("lead", name)
