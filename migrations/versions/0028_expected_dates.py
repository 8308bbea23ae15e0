"""expected dates of milestones, and what of them a lead repeats

Number 0028, after 0027.
"""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

KINDS = (
    "kind IN ('first_talks', 'framework', 'contract_signed', 'registered', 'first_funds', 'construction_started', "
    "'fitout_started', 'in_operation')"
)
EXPECTED = sa.column("expected_on").is_not(None)


def upgrade() -> None:
    op.add_column("lead", sa.Column("expected_kind", sa.String(length=24), nullable=True))
    op.add_column("lead", sa.Column("expected_on", sa.Date(), nullable=True))
    op.add_column("lead", sa.Column("expected_slip", sa.Integer(), nullable=True))
    op.add_column("lead", sa.Column("expected_moves", sa.Integer(), nullable=True))
    op.create_index("ix_lead_expected_on", "lead", ["expected_on", "id"], sqlite_where=EXPECTED, postgresql_where=EXPECTED)
    op.create_table(
        "expected_date",
        sa.Column("lead_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("old_on", sa.Date(), nullable=True),
        sa.Column("new_on", sa.Date(), nullable=True),
        sa.Column("reason", sa.String(length=400), nullable=True),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.CheckConstraint(KINDS, name=op.f("ck_expected_date_kind")),
        sa.CheckConstraint("old_on IS NOT NULL OR new_on IS NOT NULL", name=op.f("ck_expected_date_one_day")),
        sa.ForeignKeyConstraint(["lead_id"], ["lead.id"], name=op.f("fk_expected_date_lead_id")),
        sa.ForeignKeyConstraint(["by_id"], ["user_account.id"], name=op.f("fk_expected_date_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_expected_date")),
        sa.UniqueConstraint("public_id", name=op.f("uq_expected_date_public_id")),
    )
    op.create_index("ix_expected_date_lead_id", "expected_date", ["lead_id", "kind"])


def downgrade() -> None:
    op.drop_table("expected_date")
    op.drop_index("ix_lead_expected_on", "lead")
    for name in ("expected_moves", "expected_slip", "expected_on", "expected_kind"):
        op.drop_column("lead", name)
