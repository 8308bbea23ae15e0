"""the review of likely duplicates

Number 0003, after 0002.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "review_sweep",
        sa.Column("since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("compared", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("added", sa.Integer(), nullable=False),
        sa.Column("job_public_id", sa.String(length=22), nullable=True),
        sa.Column("started_by_id", sa.Integer(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.ForeignKeyConstraint(["started_by_id"], ["user_account.id"], name=op.f("fk_review_sweep_started_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_sweep")),
        sa.UniqueConstraint("public_id", name=op.f("uq_review_sweep_public_id")),
    )
    with op.batch_alter_table("review_sweep", schema=None) as batch_op:
        batch_op.create_index("ix_review_sweep_finished", ["finished_at", "id"], unique=False)

    op.create_table(
        "review_decision",
        sa.Column("a_id", sa.Integer(), nullable=False),
        sa.Column("b_id", sa.Integer(), nullable=False),
        sa.Column("answer", sa.String(length=10), nullable=False),
        sa.Column("reason", sa.String(length=400), nullable=False),
        sa.Column("merge_public_id", sa.String(length=22), nullable=True),
        sa.Column("before", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("decided_by_id", sa.Integer(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.CheckConstraint(
            "answer IN ('same', 'related', 'different', 'later', 'proposed')", name=op.f("ck_review_decision_answer")
        ),
        sa.CheckConstraint("a_id < b_id", name=op.f("ck_review_decision_order")),
        sa.ForeignKeyConstraint(["a_id"], ["company.id"], name=op.f("fk_review_decision_a_id")),
        sa.ForeignKeyConstraint(["b_id"], ["company.id"], name=op.f("fk_review_decision_b_id")),
        sa.ForeignKeyConstraint(["decided_by_id"], ["user_account.id"], name=op.f("fk_review_decision_decided_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_decision")),
        sa.UniqueConstraint("public_id", name=op.f("uq_review_decision_public_id")),
    )
    with op.batch_alter_table("review_decision", schema=None) as batch_op:
        batch_op.create_index("ix_review_decision_a_id", ["a_id", "b_id"], unique=False)
        batch_op.create_index("ix_review_decision_b_id", ["b_id"], unique=False)
        batch_op.create_index("ix_review_decision_by", ["decided_by_id", "decided_at"], unique=False)

    op.create_table(
        "review_pair",
        sa.Column("a_id", sa.Integer(), nullable=False),
        sa.Column("b_id", sa.Integer(), nullable=False),
        sa.Column("verdict", sa.String(length=10), nullable=False),
        sa.Column("score", sa.Float(), nullable=False),
        sa.Column("certainty", sa.Integer(), nullable=False),
        sa.Column("reasons", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("a_money", sa.BigInteger(), nullable=False),
        sa.Column("b_money", sa.BigInteger(), nullable=False),
        sa.Column("units", sa.Integer(), nullable=False),
        sa.Column("group_key", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("later_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("proposed_by_id", sa.Integer(), nullable=True),
        sa.Column("decision_id", sa.Integer(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.CheckConstraint("state IN ('open', 'later', 'decided')", name=op.f("ck_review_pair_state")),
        sa.CheckConstraint("verdict IN ('same', 'related', 'different')", name=op.f("ck_review_pair_verdict")),
        sa.CheckConstraint("a_id < b_id", name=op.f("ck_review_pair_order")),
        sa.ForeignKeyConstraint(["a_id"], ["company.id"], name=op.f("fk_review_pair_a_id")),
        sa.ForeignKeyConstraint(["b_id"], ["company.id"], name=op.f("fk_review_pair_b_id")),
        sa.ForeignKeyConstraint(["decision_id"], ["review_decision.id"], name=op.f("fk_review_pair_decision_id")),
        sa.ForeignKeyConstraint(["proposed_by_id"], ["user_account.id"], name=op.f("fk_review_pair_proposed_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_pair")),
        sa.UniqueConstraint("a_id", "b_id", name=op.f("uq_review_pair_a_id_b_id")),
        sa.UniqueConstraint("public_id", name=op.f("uq_review_pair_public_id")),
    )
    with op.batch_alter_table("review_pair", schema=None) as batch_op:
        batch_op.create_index("ix_review_pair_b_id", ["b_id"], unique=False)
        batch_op.create_index("ix_review_pair_decision_id", ["decision_id"], unique=False)
        batch_op.create_index("ix_review_pair_group", ["group_key"], unique=False)
        batch_op.create_index("ix_review_pair_state", ["state", "group_key", "score"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("review_pair", schema=None) as batch_op:
        batch_op.drop_index("ix_review_pair_state")
        batch_op.drop_index("ix_review_pair_group")
        batch_op.drop_index("ix_review_pair_decision_id")
        batch_op.drop_index("ix_review_pair_b_id")

    op.drop_table("review_pair")
    with op.batch_alter_table("review_decision", schema=None) as batch_op:
        batch_op.drop_index("ix_review_decision_by")
        batch_op.drop_index("ix_review_decision_b_id")
        batch_op.drop_index("ix_review_decision_a_id")

    op.drop_table("review_decision")
    with op.batch_alter_table("review_sweep", schema=None) as batch_op:
        batch_op.drop_index("ix_review_sweep_finished")

    op.drop_table("review_sweep")
