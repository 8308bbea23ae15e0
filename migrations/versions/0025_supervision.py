"""supervised tasks with what became of them, who acts for a leader, leaders who sponsor a project

Number 0025, after 0024.
"""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "delegation",
        sa.Column("leader_id", sa.Integer(), nullable=False),
        sa.Column("delegate_id", sa.Integer(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=False),
        sa.Column("added_by_id", sa.Integer(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_by_id", sa.Integer(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.CheckConstraint("until_on >= from_on", name=op.f("ck_delegation_days")),
        sa.ForeignKeyConstraint(["added_by_id"], ["user_account.id"], name=op.f("fk_delegation_added_by_id")),
        sa.ForeignKeyConstraint(["delegate_id"], ["user_account.id"], name=op.f("fk_delegation_delegate_id")),
        sa.ForeignKeyConstraint(["ended_by_id"], ["user_account.id"], name=op.f("fk_delegation_ended_by_id")),
        sa.ForeignKeyConstraint(["leader_id"], ["user_account.id"], name=op.f("fk_delegation_leader_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delegation")),
        sa.UniqueConstraint("public_id", name=op.f("uq_delegation_public_id")),
    )
    op.create_index("ix_delegation_delegate_id", "delegation", ["delegate_id"], unique=False)
    op.create_index("ix_delegation_leader_id", "delegation", ["leader_id"], unique=False)

    op.create_table(
        "instruction",
        sa.Column("number", sa.String(length=24), nullable=False),
        sa.Column("lead_id", sa.Integer(), nullable=True),
        sa.Column("text", sa.String(length=2000), nullable=False),
        sa.Column("way", sa.String(length=10), nullable=False),
        sa.Column("given_by_id", sa.Integer(), nullable=False),
        sa.Column("given_on", sa.Date(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("asked_on", sa.Date(), nullable=True),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("recorded_by_id", sa.Integer(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("is_demo", sa.Boolean(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.CheckConstraint("state IN ('open', 'reported', 'closed')", name=op.f("ck_instruction_state")),
        sa.CheckConstraint("way IN ('written', 'meeting', 'telephone')", name=op.f("ck_instruction_way")),
        sa.ForeignKeyConstraint(["given_by_id"], ["user_account.id"], name=op.f("fk_instruction_given_by_id")),
        sa.ForeignKeyConstraint(["lead_id"], ["lead.id"], name=op.f("fk_instruction_lead_id")),
        sa.ForeignKeyConstraint(["recorded_by_id"], ["user_account.id"], name=op.f("fk_instruction_recorded_by_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_instruction_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_instruction")),
        sa.UniqueConstraint("number", name=op.f("uq_instruction_number")),
        sa.UniqueConstraint("public_id", name=op.f("uq_instruction_public_id")),
    )
    op.create_index("ix_instruction_given_by_id", "instruction", ["given_by_id", "state"], unique=False)
    op.create_index("ix_instruction_lead_id", "instruction", ["lead_id"], unique=False)
    op.create_index("ix_instruction_state", "instruction", ["state", "due_on"], unique=False)
    op.create_index("ix_instruction_unit_id", "instruction", ["unit_id", "state"], unique=False)

    op.create_table(
        "lead_sponsor",
        sa.Column("lead_id", sa.Integer(), nullable=False),
        sa.Column("leader_id", sa.Integer(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("set_by_id", sa.Integer(), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_by_id", sa.Integer(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.ForeignKeyConstraint(["ended_by_id"], ["user_account.id"], name=op.f("fk_lead_sponsor_ended_by_id")),
        sa.ForeignKeyConstraint(["lead_id"], ["lead.id"], name=op.f("fk_lead_sponsor_lead_id")),
        sa.ForeignKeyConstraint(["leader_id"], ["user_account.id"], name=op.f("fk_lead_sponsor_leader_id")),
        sa.ForeignKeyConstraint(["set_by_id"], ["user_account.id"], name=op.f("fk_lead_sponsor_set_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lead_sponsor")),
        sa.UniqueConstraint("public_id", name=op.f("uq_lead_sponsor_public_id")),
    )
    op.create_index("ix_lead_sponsor_lead_id", "lead_sponsor", ["lead_id"], unique=False)
    op.create_index("ix_lead_sponsor_leader_id", "lead_sponsor", ["leader_id"], unique=False)

    op.create_table(
        "instruction_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("instruction_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("about_on", sa.Date(), nullable=True),
        sa.Column("text", sa.String(length=2000), nullable=True),
        sa.Column("way", sa.String(length=10), nullable=True),
        sa.Column("for_id", sa.Integer(), nullable=True),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("by_unit_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "kind IN ('given', 'fed_back', 'reported', 'asked_time', 'given_time', 'refused_time', 'returned', 'closed', 'reminded', 'told_late')",
            name=op.f("ck_instruction_event_kind"),
        ),
        sa.CheckConstraint("way IN ('written', 'meeting', 'telephone')", name=op.f("ck_instruction_event_way")),
        sa.ForeignKeyConstraint(["by_id"], ["user_account.id"], name=op.f("fk_instruction_event_by_id")),
        sa.ForeignKeyConstraint(["by_unit_id"], ["unit.id"], name=op.f("fk_instruction_event_by_unit_id")),
        sa.ForeignKeyConstraint(["for_id"], ["user_account.id"], name=op.f("fk_instruction_event_for_id")),
        sa.ForeignKeyConstraint(["instruction_id"], ["instruction.id"], name=op.f("fk_instruction_event_instruction_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_instruction_event")),
    )
    op.create_index("ix_instruction_event_instruction_id", "instruction_event", ["instruction_id"], unique=False)
    op.create_index(
        "uq_instruction_event_told",
        "instruction_event",
        ["instruction_id", "kind", "about_on"],
        unique=True,
        sqlite_where=sa.text("about_on IS NOT NULL"),
        postgresql_where=sa.text("about_on IS NOT NULL"),
    )

    op.create_table(
        "instruction_unit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("instruction_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["instruction_id"], ["instruction.id"], name=op.f("fk_instruction_unit_instruction_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_instruction_unit_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_instruction_unit")),
        sa.UniqueConstraint("instruction_id", "unit_id", name=op.f("uq_instruction_unit_instruction_id_unit_id")),
    )
    op.create_index("ix_instruction_unit_unit_id", "instruction_unit", ["unit_id"], unique=False)

    op.create_table(
        "instruction_file",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["instruction_event.id"], name=op.f("fk_instruction_file_event_id")),
        sa.ForeignKeyConstraint(["file_id"], ["stored_file.id"], name=op.f("fk_instruction_file_file_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_instruction_file")),
        sa.UniqueConstraint("event_id", "file_id", name=op.f("uq_instruction_file_event_id_file_id")),
    )
    op.create_index("ix_instruction_file_file_id", "instruction_file", ["file_id"], unique=False)


def downgrade() -> None:
    for table in ("instruction_file", "instruction_unit", "instruction_event", "lead_sponsor", "instruction", "delegation"):
        op.drop_table(table)
