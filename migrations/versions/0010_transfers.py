"""transfers between units, what was answered, open projects and the units' proposals; a move inside the city is marked

Number 0010, after 0009.
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

MODELS = "model IN ('even', 'both', 'introducer', 'agreed')"
LIVE = sa.text("state IN ('open', 'accepted')")
OPEN = sa.text("state = 'open'")
USED = sa.text("replaced_at IS NULL")


def _terms() -> list[sa.Column]:
    return [
        sa.Column("model", sa.String(length=12), nullable=False),
        sa.Column("giver_parts", sa.Integer(), nullable=False),
        sa.Column("years", sa.Integer(), nullable=True),
    ]


def _named() -> list[sa.Column]:
    return [
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
    ]


def _keys(table: str, **columns: str) -> list[sa.ForeignKeyConstraint]:
    return [
        sa.ForeignKeyConstraint([column], [f"{target}.id"], name=op.f(f"fk_{table}_{column}"))
        for column, target in columns.items()
    ]


def upgrade() -> None:
    op.add_column("lead", sa.Column("city_move_on", sa.Date(), nullable=True))
    op.create_table(
        "transfer",
        sa.Column("lead_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("turn", sa.String(length=8), nullable=False),
        sa.Column("from_unit_id", sa.Integer(), nullable=False),
        sa.Column("to_unit_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=400), nullable=False),
        sa.Column("shows_names", sa.Boolean(), nullable=False),
        sa.Column("answer_by", sa.Date(), nullable=False),
        sa.Column("offered_by_id", sa.Integer(), nullable=False),
        sa.Column("offered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("handed_over_on", sa.Date(), nullable=True),
        sa.Column("return_by", sa.Date(), nullable=True),
        sa.Column("former_owner_id", sa.Integer(), nullable=True),
        sa.Column("city_move", sa.Boolean(), nullable=False),
        sa.Column("city_move_before", sa.Date(), nullable=True),
        *_terms(),
        *_named(),
        sa.CheckConstraint("kind IN ('offer', 'assigned', 'pool')", name=op.f("ck_transfer_kind")),
        sa.CheckConstraint(
            "state IN ('open', 'accepted', 'declined', 'withdrawn', 'lapsed', 'handed_over', 'returned')",
            name=op.f("ck_transfer_state"),
        ),
        sa.CheckConstraint("turn IN ('receiver', 'giver')", name=op.f("ck_transfer_turn")),
        sa.CheckConstraint(MODELS, name=op.f("ck_transfer_model")),
        sa.CheckConstraint("from_unit_id <> to_unit_id", name=op.f("ck_transfer_two_units")),
        *_keys(
            "transfer", lead_id="lead", from_unit_id="unit", to_unit_id="unit", offered_by_id="user_account",
            former_owner_id="user_account",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_transfer")),
        sa.UniqueConstraint("public_id", name=op.f("uq_transfer_public_id")),
    )
    op.create_index("uq_transfer_live", "transfer", ["lead_id"], unique=True, sqlite_where=LIVE, postgresql_where=LIVE)
    op.create_index("ix_transfer_lead_id", "transfer", ["lead_id"])
    op.create_index("ix_transfer_to_unit_id", "transfer", ["to_unit_id", "state"])
    op.create_index("ix_transfer_from_unit_id", "transfer", ["from_unit_id", "state"])
    op.create_index("ix_transfer_state", "transfer", ["state", "answer_by"])

    op.create_table(
        "transfer_answer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("transfer_id", sa.Integer(), nullable=False),
        sa.Column("move", sa.String(length=12), nullable=False),
        sa.Column("reason", sa.String(length=400), nullable=True),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        *_terms(),
        sa.CheckConstraint(
            "move IN ('offered', 'countered', 'accepted', 'declined', 'withdrawn', 'lapsed', 'assigned', 'handed_over', "
            "'returned')",
            name=op.f("ck_transfer_answer_move"),
        ),
        sa.CheckConstraint(MODELS, name=op.f("ck_transfer_answer_model")),
        *_keys("transfer_answer", transfer_id="transfer", unit_id="unit", by_id="user_account"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_transfer_answer")),
    )
    op.create_index("ix_transfer_answer_transfer_id", "transfer_answer", ["transfer_id"])

    op.create_table(
        "open_offer",
        sa.Column("lead_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("band", sa.String(length=12), nullable=False),
        sa.Column("needs_site", sa.String(length=200), nullable=True),
        sa.Column("needs_energy", sa.String(length=200), nullable=True),
        sa.Column("needs_people", sa.String(length=200), nullable=True),
        sa.Column("text", sa.String(length=400), nullable=False),
        sa.Column("answer_by", sa.Date(), nullable=False),
        sa.Column("put_by_id", sa.Integer(), nullable=False),
        sa.Column("put_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_by_id", sa.Integer(), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("close_reason", sa.String(length=400), nullable=True),
        sa.Column("transfer_id", sa.Integer(), nullable=True),
        *_terms(),
        *_named(),
        sa.CheckConstraint("state IN ('open', 'assigned', 'withdrawn')", name=op.f("ck_open_offer_state")),
        sa.CheckConstraint(MODELS, name=op.f("ck_open_offer_model")),
        *_keys(
            "open_offer", lead_id="lead", unit_id="unit", put_by_id="user_account", closed_by_id="user_account",
            transfer_id="transfer",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_open_offer")),
        sa.UniqueConstraint("public_id", name=op.f("uq_open_offer_public_id")),
    )
    op.create_index("uq_open_offer_open", "open_offer", ["lead_id"], unique=True, sqlite_where=OPEN, postgresql_where=OPEN)
    op.create_index("ix_open_offer_lead_id", "open_offer", ["lead_id"])
    op.create_index("ix_open_offer_state", "open_offer", ["state", "put_at"])
    op.create_index("ix_open_offer_transfer_id", "open_offer", ["transfer_id"])

    op.create_table(
        "open_answer",
        sa.Column("offer_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("site", sa.String(length=200), nullable=False),
        sa.Column("policies", sa.String(length=200), nullable=True),
        sa.Column("ready_on", sa.Date(), nullable=False),
        sa.Column("note", sa.String(length=400), nullable=True),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("replaced_at", sa.DateTime(timezone=True), nullable=True),
        *_named(),
        *_keys("open_answer", offer_id="open_offer", unit_id="unit", by_id="user_account"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_open_answer")),
        sa.UniqueConstraint("public_id", name=op.f("uq_open_answer_public_id")),
    )
    op.create_index(
        "uq_open_answer_used", "open_answer", ["offer_id", "unit_id"], unique=True, sqlite_where=USED, postgresql_where=USED
    )
    op.create_index("ix_open_answer_offer_id", "open_answer", ["offer_id"])


def downgrade() -> None:
    op.drop_table("open_answer")
    op.drop_table("open_offer")
    op.drop_table("transfer_answer")
    op.drop_table("transfer")
    op.drop_column("lead", "city_move_on")
