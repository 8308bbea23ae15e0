"""targets with their versions, figures that people enter

Number 0022, after 0021.
"""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

PLACES = "place IN ('city', 'district', 'cluster')"
OF_ONE = "(place = 'city' AND unit_id IS NULL AND cluster_id IS NULL) OR (place = 'district' AND unit_id IS NOT NULL AND cluster_id IS NULL) OR (place = 'cluster' AND unit_id IS NULL AND cluster_id IS NOT NULL)"
IN_FORCE = sa.text("replaced_at IS NULL")


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
    op.create_table(
        "target",
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("indicator", sa.String(length=8), nullable=False),
        sa.Column("period", sa.String(length=8), nullable=False),
        sa.Column("place", sa.String(length=8), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("cluster_id", sa.Integer(), nullable=True),
        sa.Column("operator", sa.String(length=2), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.Column("aspirational", sa.Boolean(), nullable=False),
        sa.Column("verified", sa.Boolean(), nullable=False),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("note", sa.String(length=400), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("set_by_id", sa.Integer(), nullable=True),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("replaces_id", sa.Integer(), nullable=True),
        sa.Column("replaced_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("is_demo", sa.Boolean(), nullable=False),
        *_identity("target"),
        sa.CheckConstraint(PLACES, name=op.f("ck_target_place")),
        sa.CheckConstraint(OF_ONE, name=op.f("ck_target_of_one")),
        sa.CheckConstraint("operator IN ('>', '>=', '~')", name=op.f("ck_target_operator")),
        sa.CheckConstraint("value > 0", name=op.f("ck_target_value")),
        *_keys("target", unit_id="unit", cluster_id="cluster", set_by_id="user_account", replaces_id="target"),
    )
    op.create_index("uq_target_in_force", "target", ["key"], unique=True, sqlite_where=IN_FORCE, postgresql_where=IN_FORCE)
    op.create_index("ix_target_key", "target", ["key", "id"])
    op.create_index("ix_target_unit_id", "target", ["unit_id"])
    op.create_index("ix_target_cluster_id", "target", ["cluster_id"])
    op.create_index("ix_target_replaces_id", "target", ["replaces_id"])
    op.create_table(
        "target_figure",
        sa.Column("key", sa.String(length=32), nullable=False),
        sa.Column("indicator", sa.String(length=8), nullable=False),
        sa.Column("place", sa.String(length=8), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("cluster_id", sa.Integer(), nullable=True),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("entered_by_id", sa.Integer(), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("corrects_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(length=400), nullable=True),
        sa.Column("is_demo", sa.Boolean(), nullable=False),
        *_identity("target_figure"),
        sa.CheckConstraint(PLACES, name=op.f("ck_target_figure_place")),
        sa.CheckConstraint(OF_ONE, name=op.f("ck_target_figure_of_one")),
        sa.CheckConstraint("value >= 0", name=op.f("ck_target_figure_value")),
        *_keys(
            "target_figure", unit_id="unit", cluster_id="cluster", entered_by_id="user_account", corrects_id="target_figure",
        ),
    )
    op.create_index("ix_target_figure_of", "target_figure", ["key", "month", "id"])
    op.create_index("ix_target_figure_unit_id", "target_figure", ["unit_id"])
    op.create_index("ix_target_figure_cluster_id", "target_figure", ["cluster_id"])
    op.create_index("uq_target_figure_corrects_id", "target_figure", ["corrects_id"], unique=True)
    op.create_index(
        "ix_lead_stage_country", "lead",
        ["stage", "country", "admitted_at", "contracted_usd", "following_unit_path", "merged_into_id"],
    )


def downgrade() -> None:
    op.drop_index("ix_lead_stage_country", "lead")
    op.drop_table("target_figure")
    op.drop_table("target")
