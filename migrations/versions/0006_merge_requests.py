"""requests to the units concerned by a merge; dated notes of companies

Number 0006, after 0005.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    op.create_table(
        "company_note",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("company_id", sa.Integer(), nullable=False),
        sa.Column("about", sa.String(length=200), nullable=False),
        sa.Column("text", sa.String(length=1000), nullable=False),
        sa.Column("noted_by_id", sa.Integer(), nullable=False),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name=op.f("fk_company_note_company_id")),
        sa.ForeignKeyConstraint(["noted_by_id"], ["user_account.id"], name=op.f("fk_company_note_noted_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_company_note")),
    )
    op.create_index("ix_company_note_company_id", "company_note", ["company_id", "noted_at"])
    op.create_table(
        "merge_request",
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("keep_id", sa.Integer(), nullable=False),
        sa.Column("lose_ids", JSON, nullable=False),
        sa.Column("choices", JSON, nullable=False),
        sa.Column("reason", sa.String(length=400), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_by_id", sa.Integer(), nullable=True),
        sa.Column("closing_reason", sa.String(length=400), nullable=True),
        sa.Column("merge_public_id", sa.String(length=22), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.CheckConstraint("kind IN ('company', 'lead', 'contact')", name=op.f("ck_merge_request_kind")),
        sa.CheckConstraint(
            "state IN ('open', 'agreed', 'declined', 'withdrawn', 'decided')", name=op.f("ck_merge_request_state")
        ),
        sa.ForeignKeyConstraint(["asked_by_id"], ["user_account.id"], name=op.f("fk_merge_request_asked_by_id")),
        sa.ForeignKeyConstraint(["closed_by_id"], ["user_account.id"], name=op.f("fk_merge_request_closed_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_merge_request")),
        sa.UniqueConstraint("public_id", name=op.f("uq_merge_request_public_id")),
    )
    op.create_index("ix_merge_request_state", "merge_request", ["state", "due_at"])
    op.create_index("ix_merge_request_asked_by_id", "merge_request", ["asked_by_id"])
    op.create_table(
        "merge_consent",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("request_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("agreed", sa.Boolean(), nullable=True),
        sa.Column("reason", sa.String(length=400), nullable=True),
        sa.Column("answered_by_id", sa.Integer(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["answered_by_id"], ["user_account.id"], name=op.f("fk_merge_consent_answered_by_id")),
        sa.ForeignKeyConstraint(["request_id"], ["merge_request.id"], name=op.f("fk_merge_consent_request_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_merge_consent_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_merge_consent")),
        sa.UniqueConstraint("request_id", "unit_id", name=op.f("uq_merge_consent_request_id_unit_id")),
    )
    op.create_index("ix_merge_consent_unit_id", "merge_consent", ["unit_id"])


def downgrade() -> None:
    op.drop_table("merge_consent")
    op.drop_table("merge_request")
    op.drop_table("company_note")
