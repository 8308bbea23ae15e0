"""shares of leads, requests for one, code names

Number 0007, after 0006.
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

LIVE = {"sqlite_where": sa.text("ended_at IS NULL"), "postgresql_where": sa.text("ended_at IS NULL")}
OPEN = {"sqlite_where": sa.text("state = 'open'"), "postgresql_where": sa.text("state = 'open'")}
TERMS = (
    ("role", "role IN ('main', 'assist', 'host', 'refer')"),
    ("level", "level IN ('read', 'edit')"),
    ("tier", "tier IN ('card', 'detail', 'contacts')"),
    ("edit_needs_detail", "level = 'read' OR tier <> 'card'"),
)


def _checks(table):
    return [sa.CheckConstraint(said, name=op.f(f"ck_{table}_{name}")) for name, said in TERMS]


def _key(table, column, target):
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=op.f(f"fk_{table}_{column}"))


def upgrade() -> None:
    op.create_table(
        "lead_share",
        sa.Column("lead_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("role", sa.String(length=8), nullable=False),
        sa.Column("level", sa.String(length=4), nullable=False),
        sa.Column("tier", sa.String(length=8), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("note", sa.String(length=200), nullable=True),
        sa.Column("granted_by_id", sa.Integer(), nullable=False),
        sa.Column("granted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_by_id", sa.Integer(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("end_reason", sa.String(length=200), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        *_checks("lead_share"),
        sa.CheckConstraint("(unit_id IS NULL) <> (user_id IS NULL)", name=op.f("ck_lead_share_one_holder")),
        _key("lead_share", "ended_by_id", "user_account"),
        _key("lead_share", "granted_by_id", "user_account"),
        _key("lead_share", "lead_id", "lead"),
        _key("lead_share", "unit_id", "unit"),
        _key("lead_share", "user_id", "user_account"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lead_share")),
        sa.UniqueConstraint("public_id", name=op.f("uq_lead_share_public_id")),
    )
    op.create_index("uq_lead_share_live_unit", "lead_share", ["unit_id", "lead_id"], unique=True, **LIVE)
    op.create_index("uq_lead_share_live_user", "lead_share", ["user_id", "lead_id"], unique=True, **LIVE)
    op.create_index("ix_lead_share_lead_id", "lead_share", ["lead_id", "ended_at"])
    op.create_table(
        "share_request",
        sa.Column("lead_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=8), nullable=False),
        sa.Column("level", sa.String(length=4), nullable=False),
        sa.Column("tier", sa.String(length=8), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("note", sa.String(length=200), nullable=True),
        sa.Column("from_outside", sa.Boolean(), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("answered_by_id", sa.Integer(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answer", sa.String(length=200), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        *_checks("share_request"),
        sa.CheckConstraint("state IN ('open', 'granted', 'declined')", name=op.f("ck_share_request_state")),
        _key("share_request", "answered_by_id", "user_account"),
        _key("share_request", "asked_by_id", "user_account"),
        _key("share_request", "lead_id", "lead"),
        _key("share_request", "unit_id", "unit"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_share_request")),
        sa.UniqueConstraint("public_id", name=op.f("uq_share_request_public_id")),
    )
    op.create_index("uq_share_request_open", "share_request", ["lead_id", "unit_id"], unique=True, **OPEN)
    op.create_index("ix_share_request_lead_id", "share_request", ["lead_id", "state"])
    op.create_table(
        "lead_seal",
        sa.Column("lead_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("code_name", sa.String(length=40), nullable=False),
        sa.Column("reason", sa.String(length=400), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("consented_by_id", sa.Integer(), nullable=True),
        sa.Column("consented_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("consent_reason", sa.String(length=400), nullable=True),
        sa.Column("ended_by_id", sa.Integer(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("end_reason", sa.String(length=400), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        _key("lead_seal", "asked_by_id", "user_account"),
        _key("lead_seal", "consented_by_id", "user_account"),
        _key("lead_seal", "ended_by_id", "user_account"),
        _key("lead_seal", "lead_id", "lead"),
        _key("lead_seal", "unit_id", "unit"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lead_seal")),
        sa.UniqueConstraint("public_id", name=op.f("uq_lead_seal_public_id")),
    )
    op.create_index("uq_lead_seal_live", "lead_seal", ["lead_id"], unique=True, **LIVE)
    op.create_index("ix_lead_seal_lead_id", "lead_seal", ["lead_id"])
    op.create_index("ix_lead_seal_unit_id", "lead_seal", ["unit_id", "ended_at"])


def downgrade() -> None:
    op.drop_table("lead_seal")
    op.drop_table("share_request")
    op.drop_table("lead_share")
