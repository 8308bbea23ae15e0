"""meeting packs: which edition, for whom, the two files that came of it

Number 0032, after 0031.
"""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "meeting_pack",
        sa.Column("serial", sa.String(length=24), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("why", sa.String(length=200), nullable=True),
        sa.Column("lang", sa.String(length=2), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("job_id", sa.Integer(), nullable=True),
        sa.Column("docx_id", sa.Integer(), nullable=True),
        sa.Column("pdf_id", sa.Integer(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.CheckConstraint("state IN ('waiting', 'done', 'failed')", name=op.f("ck_meeting_pack_state")),
        sa.CheckConstraint(
            "state <> 'done' OR (docx_id IS NOT NULL AND pdf_id IS NOT NULL)", name=op.f("ck_meeting_pack_files")
        ),
        sa.ForeignKeyConstraint(["edition_id"], ["edition.id"], name=op.f("fk_meeting_pack_edition_id")),
        sa.ForeignKeyConstraint(["asked_by_id"], ["user_account.id"], name=op.f("fk_meeting_pack_asked_by_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_meeting_pack_unit_id")),
        sa.ForeignKeyConstraint(["job_id"], ["job.id"], name=op.f("fk_meeting_pack_job_id")),
        sa.ForeignKeyConstraint(["docx_id"], ["stored_file.id"], name=op.f("fk_meeting_pack_docx_id")),
        sa.ForeignKeyConstraint(["pdf_id"], ["stored_file.id"], name=op.f("fk_meeting_pack_pdf_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting_pack")),
        sa.UniqueConstraint("public_id", name=op.f("uq_meeting_pack_public_id")),
        sa.UniqueConstraint("serial", name=op.f("uq_meeting_pack_serial")),
    )
    for name in ("edition_id", "job_id", "docx_id", "pdf_id"):
        op.create_index(f"ix_meeting_pack_{name}", "meeting_pack", [name])
    op.create_index("ix_meeting_pack_asked_by_id", "meeting_pack", ["asked_by_id", "id"])


def downgrade() -> None:
    op.drop_table("meeting_pack")
