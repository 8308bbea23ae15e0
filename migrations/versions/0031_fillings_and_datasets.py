"""tables that are filled, their templates; dataset files

Number 0031, after 0030.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    op.create_table(
        "filling_template",
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("reach", sa.String(length=8), nullable=False),
        sa.Column("shelf", sa.String(length=20), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("layout", JSON, nullable=False),
        sa.Column("columns", JSON, nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("kept_by_id", sa.Integer(), nullable=False),
        sa.Column("kept_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("replaced_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.CheckConstraint("reach IN ('unit', 'city')", name=op.f("ck_filling_template_reach")),
        sa.ForeignKeyConstraint(["file_id"], ["stored_file.id"], name=op.f("fk_filling_template_file_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_filling_template_unit_id")),
        sa.ForeignKeyConstraint(["kept_by_id"], ["user_account.id"], name=op.f("fk_filling_template_kept_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_filling_template")),
        sa.UniqueConstraint("public_id", name=op.f("uq_filling_template_public_id")),
    )
    in_force = sa.text("replaced_at IS NULL")
    op.create_index(
        "uq_filling_template_in_force", "filling_template", ["shelf", "name"], unique=True, sqlite_where=in_force,
        postgresql_where=in_force,
    )  # fmt: skip
    op.create_index("ix_filling_template_fingerprint", "filling_template", ["fingerprint"])
    op.create_index("ix_filling_template_file_id", "filling_template", ["file_id"])
    op.create_index("ix_filling_template_unit_id", "filling_template", ["unit_id"])
    op.create_index("ix_filling_template_kept_by_id", "filling_template", ["kept_by_id"])
    op.create_table(
        "filling",
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.Column("layout", JSON, nullable=False),
        sa.Column("columns", JSON, nullable=False),
        sa.Column("asked", sa.String(length=2000), nullable=True),
        sa.Column("chosen", sa.String(length=120), nullable=True),
        sa.Column("found", sa.Integer(), nullable=True),
        sa.Column("rows", sa.Integer(), nullable=True),
        sa.Column("told", JSON, nullable=True),
        sa.Column("refusal", sa.String(length=40), nullable=True),
        sa.Column("serial", sa.String(length=24), nullable=True),
        sa.Column("template_id", sa.Integer(), nullable=True),
        sa.Column("result_file_id", sa.Integer(), nullable=True),
        sa.Column("job_id", sa.Integer(), nullable=True),
        sa.Column("asked_by_id", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.CheckConstraint("state IN ('mapping', 'running', 'done')", name=op.f("ck_filling_state")),
        sa.ForeignKeyConstraint(["file_id"], ["stored_file.id"], name=op.f("fk_filling_file_id")),
        sa.ForeignKeyConstraint(["template_id"], ["filling_template.id"], name=op.f("fk_filling_template_id")),
        sa.ForeignKeyConstraint(["result_file_id"], ["stored_file.id"], name=op.f("fk_filling_result_file_id")),
        sa.ForeignKeyConstraint(["job_id"], ["job.id"], name=op.f("fk_filling_job_id")),
        sa.ForeignKeyConstraint(["asked_by_id"], ["user_account.id"], name=op.f("fk_filling_asked_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_filling")),
        sa.UniqueConstraint("public_id", name=op.f("uq_filling_public_id")),
    )
    op.create_index("ix_filling_asked_by_id", "filling", ["asked_by_id", "asked_at"])
    for column in ("file_id", "result_file_id", "template_id", "job_id"):
        op.create_index(f"ix_filling_{column}", "filling", [column])
    op.create_table(
        "dataset_run",
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("manifest", JSON, nullable=True),
        sa.Column("serial", sa.String(length=24), nullable=True),
        sa.Column("file_id", sa.Integer(), nullable=True),
        sa.Column("job_id", sa.Integer(), nullable=True),
        sa.Column("asked_by_id", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.CheckConstraint("state IN ('waiting', 'done')", name=op.f("ck_dataset_run_state")),
        sa.ForeignKeyConstraint(["file_id"], ["stored_file.id"], name=op.f("fk_dataset_run_file_id")),
        sa.ForeignKeyConstraint(["job_id"], ["job.id"], name=op.f("fk_dataset_run_job_id")),
        sa.ForeignKeyConstraint(["asked_by_id"], ["user_account.id"], name=op.f("fk_dataset_run_asked_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dataset_run")),
        sa.UniqueConstraint("public_id", name=op.f("uq_dataset_run_public_id")),
    )
    op.create_index("ix_dataset_run_asked_by_id", "dataset_run", ["asked_by_id", "asked_at"])
    for column in ("file_id", "job_id"):
        op.create_index(f"ix_dataset_run_{column}", "dataset_run", [column])


def downgrade() -> None:
    op.drop_table("dataset_run")
    op.drop_table("filling")
    op.drop_table("filling_template")
