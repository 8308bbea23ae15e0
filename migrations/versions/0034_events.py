"""events and the leads put to them; expected days in frozen editions

Number 0034, after 0033.
"""

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

LIVE, HELD = sa.text("ended_at IS NULL"), sa.text("withdrawn_at IS NULL")
KINDS = "kind IN ('fair', 'roadshow', 'ceremony', 'matchmaking', 'trip', 'forum', 'other')"


def upgrade() -> None:
    op.create_table(
        "event",
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("name_key", sa.String(length=240), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("first_on", sa.Date(), nullable=False),
        sa.Column("last_on", sa.Date(), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("city", sa.String(length=80), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("note", sa.String(length=1000), nullable=True),
        sa.Column("made_by_id", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_by_id", sa.Integer(), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_reason", sa.String(length=400), nullable=True),
        sa.Column("is_demo", sa.Boolean(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(KINDS, name=op.f("ck_event_kind")),
        sa.CheckConstraint("last_on >= first_on", name=op.f("ck_event_days")),
        sa.CheckConstraint("(withdrawn_at IS NULL) = (withdrawn_reason IS NULL)", name=op.f("ck_event_withdrawn")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_event_unit_id")),
        sa.ForeignKeyConstraint(["made_by_id"], ["user_account.id"], name=op.f("fk_event_made_by_id")),
        sa.ForeignKeyConstraint(["withdrawn_by_id"], ["user_account.id"], name=op.f("fk_event_withdrawn_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event")),
        sa.UniqueConstraint("public_id", name=op.f("uq_event_public_id")),
    )
    op.create_index(
        "uq_event_name", "event", ["name_key", "first_on"], unique=True, sqlite_where=HELD, postgresql_where=HELD
    )
    op.create_index("ix_event_first_on", "event", ["first_on", "id"])
    op.create_index("ix_event_unit_id", "event", ["unit_id"])
    op.create_table(
        "event_link",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("lead_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=8), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_by_id", sa.Integer(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_reason", sa.String(length=400), nullable=True),
        sa.CheckConstraint("role IN ('source', 'signed')", name=op.f("ck_event_link_role")),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_event_link_event_id")),
        sa.ForeignKeyConstraint(["lead_id"], ["lead.id"], name=op.f("fk_event_link_lead_id")),
        sa.ForeignKeyConstraint(["by_id"], ["user_account.id"], name=op.f("fk_event_link_by_id")),
        sa.ForeignKeyConstraint(["ended_by_id"], ["user_account.id"], name=op.f("fk_event_link_ended_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event_link")),
    )
    op.create_index(
        "uq_event_link_live", "event_link", ["lead_id", "role"], unique=True, sqlite_where=LIVE, postgresql_where=LIVE
    )
    op.create_index("ix_event_link_event_id", "event_link", ["event_id", "role", "lead_id"])
    op.create_index("ix_event_link_lead_id", "event_link", ["lead_id"])
    op.add_column("edition_row", sa.Column("expected_kind", sa.String(length=24), nullable=True))
    op.add_column("edition_row", sa.Column("expected_on", sa.Date(), nullable=True))
    op.add_column("edition_row", sa.Column("was_expected_on", sa.Date(), nullable=True))
    op.add_column("edition_row", sa.Column("slipped", sa.Integer(), nullable=True))


def downgrade() -> None:
    for name in ("slipped", "was_expected_on", "expected_on", "expected_kind"):
        op.drop_column("edition_row", name)
    op.drop_table("event_link")
    op.drop_table("event")
