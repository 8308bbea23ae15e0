"""the clock of first reports: what happened, protection rules by version, special days

Number 0008, after 0007.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    with op.batch_alter_table("claim", schema=None) as batch_op:
        batch_op.add_column(sa.Column("is_major", sa.Boolean(), nullable=True))
    # What was decided before there were thresholds was decided without them.
    op.execute("UPDATE claim SET is_major = false")
    with op.batch_alter_table("claim", schema=None) as batch_op:
        batch_op.alter_column("is_major", existing_type=sa.Boolean(), nullable=False)

    op.create_table(
        "claim_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("lead_id", sa.Integer(), nullable=False),
        sa.Column("claim_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("on_date", sa.Date(), nullable=False),
        sa.Column("about_on", sa.Date(), nullable=True),
        sa.Column("interaction_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(length=400), nullable=True),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "kind IN ('note', 'progress', 'extended', 'noticed', 'released', 'told_amber', 'told_due')",
            name=op.f("ck_claim_event_kind"),
        ),
        sa.ForeignKeyConstraint(["by_id"], ["user_account.id"], name=op.f("fk_claim_event_by_id")),
        sa.ForeignKeyConstraint(["claim_id"], ["claim.id"], name=op.f("fk_claim_event_claim_id")),
        sa.ForeignKeyConstraint(["interaction_id"], ["interaction.id"], name=op.f("fk_claim_event_interaction_id")),
        sa.ForeignKeyConstraint(["lead_id"], ["lead.id"], name=op.f("fk_claim_event_lead_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_claim_event")),
    )
    op.create_index("ix_claim_event_lead_id", "claim_event", ["lead_id", "kind", "on_date"])
    op.create_index("ix_claim_event_claim_id", "claim_event", ["claim_id", "kind", "on_date"])
    op.create_index("ix_claim_event_interaction_id", "claim_event", ["interaction_id"])
    op.create_index(
        "uq_claim_event_told", "claim_event", ["claim_id", "kind", "about_on"], unique=True,
        sqlite_where=sa.text("about_on IS NOT NULL"), postgresql_where=sa.text("about_on IS NOT NULL"),
    )  # fmt: skip
    # What was entered before the clock listened counts by the same rule: counterpart named, a file attached.
    op.execute(
        """INSERT INTO claim_event (lead_id, kind, on_date, interaction_id, by_id, at)
           SELECT i.lead_id,
                  CASE WHEN trim(coalesce(i.whom, '')) <> '' AND EXISTS (SELECT 1 FROM stored_file f WHERE f.interaction_id = i.id)
                       THEN 'progress' ELSE 'note' END,
                  i.on_date, i.id, i.entered_by_id, i.entered_at
           FROM interaction i"""
    )

    op.create_table(
        "protection_rules",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=20), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("settings", JSON, nullable=False),
        sa.Column("source", sa.String(length=600), nullable=False),
        sa.Column("verified", sa.Boolean(), nullable=False),
        sa.Column("added_by_id", sa.Integer(), nullable=True),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["added_by_id"], ["user_account.id"], name=op.f("fk_protection_rules_added_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_protection_rules")),
        sa.UniqueConstraint("name", name=op.f("uq_protection_rules_name")),
        sa.UniqueConstraint("valid_from", name=op.f("uq_protection_rules_valid_from")),
    )
    op.create_table(
        "special_day",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("is_worked", sa.Boolean(), nullable=False),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.Column("added_by_id", sa.Integer(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("taken_back_by_id", sa.Integer(), nullable=True),
        sa.Column("taken_back_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.ForeignKeyConstraint(["added_by_id"], ["user_account.id"], name=op.f("fk_special_day_added_by_id")),
        sa.ForeignKeyConstraint(["taken_back_by_id"], ["user_account.id"], name=op.f("fk_special_day_taken_back_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_special_day")),
        sa.UniqueConstraint("public_id", name=op.f("uq_special_day_public_id")),
    )
    op.create_index(
        "uq_special_day_live", "special_day", ["day"], unique=True,
        sqlite_where=sa.text("taken_back_at IS NULL"), postgresql_where=sa.text("taken_back_at IS NULL"),
    )  # fmt: skip


def downgrade() -> None:
    op.drop_table("special_day")
    op.drop_table("protection_rules")
    op.drop_table("claim_event")
    with op.batch_alter_table("claim", schema=None) as batch_op:
        batch_op.drop_column("is_major")
