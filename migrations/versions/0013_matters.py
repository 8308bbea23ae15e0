"""matters for coordination, and what happened to them

Number 0013, after 0012.
"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

LEVELS = "level IN ('district', 'city', 'headquarters')"
TOLD = sa.text("about_on IS NOT NULL")


def _keys(table: str, **columns: str) -> list[sa.ForeignKeyConstraint]:
    return [
        sa.ForeignKeyConstraint([column], [f"{target}.id"], name=op.f(f"fk_{table}_{column}"))
        for column, target in columns.items()
    ]


def upgrade() -> None:
    op.create_table(
        "matter",
        sa.Column("lead_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(length=1000), nullable=False),
        sa.Column("level", sa.String(length=12), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("raised_by_id", sa.Integer(), nullable=False),
        sa.Column("raised_unit_id", sa.Integer(), nullable=False),
        sa.Column("raised_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.CheckConstraint(LEVELS, name=op.f("ck_matter_level")),
        sa.CheckConstraint("state IN ('open', 'answered', 'closed')", name=op.f("ck_matter_state")),
        *_keys(
            "matter", lead_id="lead", unit_id="unit", user_id="user_account", raised_by_id="user_account",
            raised_unit_id="unit",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_matter")),
        sa.UniqueConstraint("public_id", name=op.f("uq_matter_public_id")),
    )
    op.create_index("ix_matter_lead_id", "matter", ["lead_id"])
    op.create_index("ix_matter_unit_id", "matter", ["unit_id", "state"])
    op.create_index("ix_matter_raised_unit_id", "matter", ["raised_unit_id", "state"])
    op.create_index("ix_matter_state", "matter", ["state", "level", "due_on"])
    op.create_table(
        "matter_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("matter_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("level", sa.String(length=12), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("about_on", sa.Date(), nullable=True),
        sa.Column("text", sa.String(length=1000), nullable=True),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("by_unit_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "kind IN ('raised', 'answered', 'accepted', 'reopened', 'escalated', 'lifted', 'reminded', 'told_late')",
            name=op.f("ck_matter_event_kind"),
        ),
        sa.CheckConstraint(LEVELS, name=op.f("ck_matter_event_level")),
        *_keys("matter_event", matter_id="matter", unit_id="unit", by_id="user_account", by_unit_id="unit"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_matter_event")),
    )
    op.create_index("ix_matter_event_matter_id", "matter_event", ["matter_id"])
    op.create_index("ix_matter_event_kind", "matter_event", ["kind", "at"])
    op.create_index(
        "uq_matter_event_told", "matter_event", ["matter_id", "kind", "about_on"], unique=True, sqlite_where=TOLD,
        postgresql_where=TOLD,
    )


def downgrade() -> None:
    op.drop_table("matter_event")
    op.drop_table("matter")
