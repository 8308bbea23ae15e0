"""types of evidence, and how well a first report was evidenced when it was granted; who does whose desk

Number 0033, after 0032.
"""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """What is there stays without a type, and counts as it did."""
    op.add_column("stored_file", sa.Column("evidence_type", sa.String(length=20), nullable=True))
    op.add_column("claim", sa.Column("evidence_level", sa.String(length=10), nullable=True))
    op.add_column("user_account", sa.Column("desk_text", sa.String(length=2000), nullable=True))
    op.create_table(
        "deputy",
        sa.Column("whose_id", sa.Integer(), nullable=False),
        sa.Column("to_id", sa.Integer(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=False),
        sa.Column("note", sa.String(length=200), nullable=True),
        sa.Column("added_by_id", sa.Integer(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_by_id", sa.Integer(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.CheckConstraint("until_on >= from_on", name=op.f("ck_deputy_days")),
        sa.CheckConstraint("whose_id <> to_id", name=op.f("ck_deputy_two_people")),
        sa.ForeignKeyConstraint(["whose_id"], ["user_account.id"], name=op.f("fk_deputy_whose_id")),
        sa.ForeignKeyConstraint(["to_id"], ["user_account.id"], name=op.f("fk_deputy_to_id")),
        sa.ForeignKeyConstraint(["added_by_id"], ["user_account.id"], name=op.f("fk_deputy_added_by_id")),
        sa.ForeignKeyConstraint(["ended_by_id"], ["user_account.id"], name=op.f("fk_deputy_ended_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deputy")),
        sa.UniqueConstraint("public_id", name=op.f("uq_deputy_public_id")),
    )
    op.create_index("ix_deputy_whose_id", "deputy", ["whose_id"])
    op.create_index("ix_deputy_to_id", "deputy", ["to_id"])


def downgrade() -> None:
    op.drop_table("deputy")
    op.drop_column("user_account", "desk_text")
    op.drop_column("claim", "evidence_level")
    op.drop_column("stored_file", "evidence_type")
