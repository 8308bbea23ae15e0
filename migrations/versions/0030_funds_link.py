"""which arrival a milestone of first funds stands for

Number 0030, after 0029.
"""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "funds_link",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("milestone_id", sa.Integer(), nullable=False),
        sa.Column("receipt_id", sa.Integer(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["milestone_id"], ["milestone.id"], name=op.f("fk_funds_link_milestone_id")),
        sa.ForeignKeyConstraint(["receipt_id"], ["receipt.id"], name=op.f("fk_funds_link_receipt_id")),
        sa.ForeignKeyConstraint(["by_id"], ["user_account.id"], name=op.f("fk_funds_link_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_funds_link")),
        sa.UniqueConstraint("milestone_id", name=op.f("uq_funds_link_milestone_id")),
    )
    op.create_index("ix_funds_link_receipt_id", "funds_link", ["receipt_id"])


def downgrade() -> None:
    op.drop_table("funds_link")
