"""disputes: sides, what was said and done, decisions; a lead in dispute is held and the clock of its first report rests

Number 0012, after 0011.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

LIVE = sa.text("state IN ('open', 'under_review')")
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def _keys(table: str, **columns: str) -> list[sa.ForeignKeyConstraint]:
    return [
        sa.ForeignKeyConstraint([column], [f"{target}.id"], name=op.f(f"fk_{table}_{column}"))
        for column, target in columns.items()
    ]


def upgrade() -> None:
    op.add_column("lead", sa.Column("disputed_on", sa.Date(), nullable=True))
    op.add_column("claim", sa.Column("runs_from", sa.DateTime(timezone=True), nullable=True))
    op.add_column("claim", sa.Column("resumed_on", sa.Date(), nullable=True))
    op.create_table(
        "dispute",
        sa.Column("lead_id", sa.Integer(), nullable=False),
        sa.Column("other_lead_id", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("opened_by_id", sa.Integer(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("review_until", sa.Date(), nullable=True),
        sa.Column("review_due_on", sa.Date(), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.CheckConstraint(
            "state IN ('open', 'decided', 'under_review', 'final', 'withdrawn')", name=op.f("ck_dispute_state")
        ),
        sa.CheckConstraint("other_lead_id IS NULL OR other_lead_id <> lead_id", name=op.f("ck_dispute_two_leads")),
        *_keys("dispute", lead_id="lead", other_lead_id="lead", opened_by_id="user_account"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dispute")),
        sa.UniqueConstraint("public_id", name=op.f("uq_dispute_public_id")),
    )
    op.create_index("uq_dispute_live", "dispute", ["lead_id"], unique=True, sqlite_where=LIVE, postgresql_where=LIVE)
    op.create_index(
        "uq_dispute_live_other", "dispute", ["other_lead_id"], unique=True, sqlite_where=LIVE, postgresql_where=LIVE
    )
    op.create_index("ix_dispute_lead_id", "dispute", ["lead_id"])
    op.create_index("ix_dispute_other_lead_id", "dispute", ["other_lead_id"])
    op.create_index("ix_dispute_state", "dispute", ["state", "due_on"])
    op.create_table(
        "dispute_side",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("dispute_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("basis", sa.String(length=10), nullable=False),
        sa.Column("opens", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "basis IN ('follows', 'registered', 'claim', 'reported', 'group')", name=op.f("ck_dispute_side_basis")
        ),
        *_keys("dispute_side", dispute_id="dispute", unit_id="unit"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dispute_side")),
        sa.UniqueConstraint("dispute_id", "unit_id", name=op.f("uq_dispute_side_dispute_id_unit_id")),
    )
    op.create_index("ix_dispute_side_unit_id", "dispute_side", ["unit_id", "dispute_id"])
    op.create_table(
        "dispute_step",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("dispute_id", sa.Integer(), nullable=False),
        sa.Column("move", sa.String(length=12), nullable=False),
        sa.Column("text", sa.String(length=2000), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "move IN ('opened', 'stated', 'withdrawn', 'decided', 'review_asked', 'reviewed')",
            name=op.f("ck_dispute_step_move"),
        ),
        *_keys("dispute_step", dispute_id="dispute", unit_id="unit", by_id="user_account"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dispute_step")),
    )
    op.create_index("ix_dispute_step_dispute_id", "dispute_step", ["dispute_id", "unit_id"])
    op.create_table(
        "dispute_decision",
        sa.Column("dispute_id", sa.Integer(), nullable=False),
        sa.Column("stage", sa.String(length=6), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=True),
        sa.Column("supporting", JSON, nullable=False),
        sa.Column("parts", JSON, nullable=False),
        sa.Column("reason", sa.String(length=1000), nullable=False),
        sa.Column("how", sa.String(length=10), nullable=False),
        sa.Column("decided_by", sa.String(length=80), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=False),
        sa.Column("upheld", sa.Boolean(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.CheckConstraint("stage IN ('first', 'review')", name=op.f("ck_dispute_decision_stage")),
        sa.CheckConstraint("how IN ('here', 'telephone')", name=op.f("ck_dispute_decision_how")),
        *_keys("dispute_decision", dispute_id="dispute", unit_id="unit", owner_id="user_account", by_id="user_account"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dispute_decision")),
        sa.UniqueConstraint("dispute_id", "stage", name=op.f("uq_dispute_decision_dispute_id_stage")),
        sa.UniqueConstraint("public_id", name=op.f("uq_dispute_decision_public_id")),
    )
    op.create_index("ix_dispute_decision_at", "dispute_decision", ["at"])


def downgrade() -> None:
    op.drop_table("dispute_decision")
    op.drop_table("dispute_step")
    op.drop_table("dispute_side")
    op.drop_table("dispute")
    op.drop_column("claim", "resumed_on")
    op.drop_column("claim", "runs_from")
    op.drop_column("lead", "disputed_on")
