"""groups of companies on record, matters for coordination, leads saved before they were compared

Number 0005, after 0004.
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "parent_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("company_id", sa.Integer(), nullable=False),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(length=400), nullable=False),
        sa.Column("changed_by_id", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["changed_by_id"], ["user_account.id"], name=op.f("fk_parent_change_changed_by_id")),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name=op.f("fk_parent_change_company_id")),
        sa.ForeignKeyConstraint(["parent_id"], ["company.id"], name=op.f("fk_parent_change_parent_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_parent_change")),
    )
    with op.batch_alter_table("parent_change", schema=None) as batch_op:
        batch_op.create_index("ix_parent_change_changed_at", ["changed_at"], unique=False)
        batch_op.create_index("ix_parent_change_company_id", ["company_id", "id"], unique=False)
        batch_op.create_index("ix_parent_change_parent_id", ["parent_id"], unique=False)

    op.create_table(
        "coordination_matter",
        sa.Column("lead_id", sa.Integer(), nullable=False),
        sa.Column("other_lead_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.String(length=400), nullable=True),
        sa.Column("raised_by_id", sa.Integer(), nullable=False),
        sa.Column("raised_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_by_id", sa.Integer(), nullable=True),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("note", sa.String(length=400), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.CheckConstraint("kind IN ('same_group', 'another_project')", name=op.f("ck_coordination_matter_kind")),
        sa.ForeignKeyConstraint(["lead_id"], ["lead.id"], name=op.f("fk_coordination_matter_lead_id")),
        sa.ForeignKeyConstraint(["other_lead_id"], ["lead.id"], name=op.f("fk_coordination_matter_other_lead_id")),
        sa.ForeignKeyConstraint(["raised_by_id"], ["user_account.id"], name=op.f("fk_coordination_matter_raised_by_id")),
        sa.ForeignKeyConstraint(["seen_by_id"], ["user_account.id"], name=op.f("fk_coordination_matter_seen_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_coordination_matter")),
        sa.UniqueConstraint("public_id", name=op.f("uq_coordination_matter_public_id")),
    )
    with op.batch_alter_table("coordination_matter", schema=None) as batch_op:
        batch_op.create_index("ix_coordination_matter_lead_id", ["lead_id"], unique=False)
        batch_op.create_index("ix_coordination_matter_other_lead_id", ["other_lead_id"], unique=False)
        batch_op.create_index("ix_coordination_matter_seen_at", ["seen_at", "lead_id"], unique=False)

    # Straight to the table: a batch would build the largest table anew for one empty column.
    op.add_column("lead", sa.Column("unchecked_since", sa.DateTime(timezone=True), nullable=True))
    op.create_index("ix_lead_unchecked_since", "lead", ["unchecked_since", "id"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_lead_unchecked_since", table_name="lead")
    op.drop_column("lead", "unchecked_since")

    with op.batch_alter_table("coordination_matter", schema=None) as batch_op:
        batch_op.drop_index("ix_coordination_matter_seen_at")
        batch_op.drop_index("ix_coordination_matter_other_lead_id")
        batch_op.drop_index("ix_coordination_matter_lead_id")

    op.drop_table("coordination_matter")
    with op.batch_alter_table("parent_change", schema=None) as batch_op:
        batch_op.drop_index("ix_parent_change_parent_id")
        batch_op.drop_index("ix_parent_change_company_id")
        batch_op.drop_index("ix_parent_change_changed_at")

    op.drop_table("parent_change")
