"""milestones with their files, overridden gates, changes of status; the type of a project

Number 0018, after 0017.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

STATES = "state IN ('reported', 'reviewed', 'confirmed', 'returned', 'withdrawn', 'replaced')"
KINDS = (
    "kind IN ('first_talks', 'framework', 'contract_signed', 'registered', 'first_funds', 'construction_started', "
    "'fitout_started', 'in_operation')"
)
WAITS = sa.text("state IN ('reported', 'reviewed')")
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def _keys(table: str, **columns: str) -> list[sa.ForeignKeyConstraint]:
    return [
        sa.ForeignKeyConstraint([column], [f"{target}.id"], name=op.f(f"fk_{table}_{column}"))
        for column, target in columns.items()
    ]


def _identity(table: str) -> list[sa.Column | sa.Constraint]:
    return [
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        sa.UniqueConstraint("public_id", name=op.f(f"uq_{table}_public_id")),
    ]


def upgrade() -> None:
    op.add_column("lead", sa.Column("project_type", sa.String(length=16), nullable=True))
    op.create_table(
        "milestone",
        sa.Column("lead_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("on_date", sa.Date(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=True),
        sa.Column("note", sa.String(length=400), nullable=True),
        sa.Column("entered_by_id", sa.Integer(), nullable=False),
        sa.Column("entered_unit_id", sa.Integer(), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("reviewed_by_id", sa.Integer(), nullable=True),
        sa.Column("reviewed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("confirmed_by_id", sa.Integer(), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("confirmed_on", sa.Date(), nullable=True),
        sa.Column("confirmed_amount", sa.BigInteger(), nullable=True),
        sa.Column("confirmed_currency", sa.String(length=3), nullable=True),
        sa.Column("confirmed_note", sa.String(length=400), nullable=True),
        sa.Column("returned_reason", sa.String(length=400), nullable=True),
        sa.Column("closed_by_id", sa.Integer(), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("rules_version", sa.String(length=20), nullable=False),
        sa.Column("replaces_id", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(KINDS, name=op.f("ck_milestone_kind")),
        sa.CheckConstraint(STATES, name=op.f("ck_milestone_state")),
        sa.CheckConstraint("amount IS NULL OR amount > 0", name=op.f("ck_milestone_amount")),
        sa.CheckConstraint("confirmed_amount IS NULL OR confirmed_amount > 0", name=op.f("ck_milestone_confirmed_amount")),
        *_keys(
            "milestone",
            lead_id="lead",
            entered_by_id="user_account",
            entered_unit_id="unit",
            reviewed_by_id="user_account",
            confirmed_by_id="user_account",
            closed_by_id="user_account",
            replaces_id="milestone",
        ),
        *_identity("milestone"),
    )
    op.create_index("ix_milestone_lead_id", "milestone", ["lead_id", "kind"])
    op.create_index("ix_milestone_confirmed", "milestone", ["kind", "confirmed_on"])
    op.create_index("ix_milestone_replaces_id", "milestone", ["replaces_id"])
    op.create_index("ix_milestone_queue", "milestone", ["state", "entered_at"], sqlite_where=WAITS, postgresql_where=WAITS)
    op.create_table(
        "milestone_file",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("milestone_id", sa.Integer(), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=False),
        *_keys("milestone_file", milestone_id="milestone", file_id="stored_file"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_milestone_file")),
        sa.UniqueConstraint("milestone_id", "file_id", name=op.f("uq_milestone_file_milestone_id_file_id")),
    )
    op.create_index("ix_milestone_file_file_id", "milestone_file", ["file_id"])
    op.create_table(
        "gate_override",
        sa.Column("lead_id", sa.Integer(), nullable=False),
        sa.Column("to_stage", sa.String(length=20), nullable=False),
        sa.Column("missing", JSON, nullable=False),
        sa.Column("reason", sa.String(length=400), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("rules_version", sa.String(length=20), nullable=False),
        *_keys("gate_override", lead_id="lead", by_id="user_account"),
        *_identity("gate_override"),
    )
    op.create_index("ix_gate_override_lead_id", "gate_override", ["lead_id"])
    op.create_table(
        "status_change",
        sa.Column("lead_id", sa.Integer(), nullable=False),
        sa.Column("from_status", sa.String(length=10), nullable=False),
        sa.Column("to_status", sa.String(length=10), nullable=False),
        sa.Column("wake_on", sa.Date(), nullable=True),
        sa.Column("woken_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cause", sa.String(length=16), nullable=True),
        sa.Column("reason", sa.String(length=1000), nullable=False),
        sa.Column("lost_to", sa.String(length=120), nullable=True),
        sa.Column("would_have_won", sa.String(length=400), nullable=True),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("to_status IN ('active', 'paused', 'ended')", name=op.f("ck_status_change_to_status")),
        *_keys("status_change", lead_id="lead", by_id="user_account"),
        *_identity("status_change"),
    )
    op.create_index("ix_status_change_lead_id", "status_change", ["lead_id"])
    op.create_index("ix_status_change_wake_on", "status_change", ["wake_on"])


def downgrade() -> None:
    op.drop_table("status_change")
    op.drop_table("gate_override")
    op.drop_table("milestone_file")
    op.drop_table("milestone")
    op.drop_column("lead", "project_type")
