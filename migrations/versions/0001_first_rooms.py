"""first rooms

Number 0001, after .
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "cluster",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("taxonomy", sa.String(length=8), nullable=False),
        sa.Column("code", sa.String(length=8), nullable=False),
        sa.Column("zh", sa.String(length=40), nullable=False),
        sa.Column("en", sa.String(length=80), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("sort", sa.Integer(), nullable=False),
        sa.Column("retired_on", sa.Date(), nullable=True),
        sa.CheckConstraint("kind IN ('strategic', 'future', 'outside')", name=op.f("ck_cluster_kind")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cluster")),
        sa.UniqueConstraint("taxonomy", "code", name=op.f("uq_cluster_taxonomy_code")),
    )
    op.create_table(
        "exchange_rate",
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("nano_cny", sa.BigInteger(), nullable=False),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("verified", sa.Boolean(), nullable=False),
        sa.CheckConstraint("nano_cny > 0", name=op.f("ck_exchange_rate_nano_cny")),
        sa.PrimaryKeyConstraint("currency", "day", name=op.f("pk_exchange_rate")),
    )
    op.create_table(
        "guess",
        sa.Column("key", sa.String(length=120), nullable=False),
        sa.Column("window_start", sa.DateTime(timezone=True), nullable=False),
        sa.Column("spent", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_guess")),
    )
    op.create_table(
        "index_entry",
        sa.Column("kind", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("subject_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("names", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=True),
        sa.Column("identifiers", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("tokens", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.PrimaryKeyConstraint("kind", "subject_id", name=op.f("pk_index_entry")),
    )
    op.create_table(
        "name_token",
        sa.Column("value", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("subject_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("channel", sa.SmallInteger(), nullable=False),
        sa.PrimaryKeyConstraint("value", "kind", "subject_id", name=op.f("pk_name_token")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "number_series",
        sa.Column("series", sa.String(length=20), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("series", "year", name=op.f("pk_number_series")),
    )
    op.create_table(
        "unit",
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("zh", sa.String(length=80), nullable=False),
        sa.Column("en", sa.String(length=120), nullable=False),
        sa.Column("short_zh", sa.String(length=40), nullable=False),
        sa.Column("short_en", sa.String(length=80), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.Column("path", sa.String(length=200), nullable=False),
        sa.Column("is_coordinating", sa.Boolean(), nullable=False),
        sa.Column("is_area", sa.Boolean(), nullable=False),
        sa.Column("tile_column", sa.Integer(), nullable=True),
        sa.Column("tile_row", sa.Integer(), nullable=True),
        sa.Column("verified", sa.Boolean(), nullable=False),
        sa.Column("retired_on", sa.Date(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('city_office','headquarters','district','department','overseas_office','subdistrict','task_force')",
            name=op.f("ck_unit_kind"),
        ),
        sa.ForeignKeyConstraint(["parent_id"], ["unit.id"], name=op.f("fk_unit_parent_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unit")),
        sa.UniqueConstraint("code", name=op.f("uq_unit_code")),
        sa.UniqueConstraint("public_id", name=op.f("uq_unit_public_id")),
    )
    with op.batch_alter_table("unit", schema=None) as batch_op:
        batch_op.create_index("ix_unit_path", ["path"], unique=False)

    op.create_table(
        "user_account",
        sa.Column("username", sa.String(length=60), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=True),
        sa.Column("must_change_password", sa.Boolean(), nullable=False),
        sa.Column("is_demo", sa.Boolean(), nullable=False),
        sa.Column("locale", sa.String(length=5), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("disabled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_sign_in_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "role IN ('officer','district_manager','coordinator','leader','auditor','system_admin','security_admin')",
            name=op.f("ck_user_account_role"),
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_user_account_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_account")),
        sa.UniqueConstraint("public_id", name=op.f("uq_user_account_public_id")),
        sa.UniqueConstraint("username", name=op.f("uq_user_account_username")),
    )
    with op.batch_alter_table("user_account", schema=None) as batch_op:
        batch_op.create_index("ix_user_account_unit_id", ["unit_id"], unique=False)

    op.create_table(
        "audit_line",
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("prev_hash", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("action", sa.String(length=60), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("subject_type", sa.String(length=40), nullable=True),
        sa.Column("subject_id", sa.Integer(), nullable=True),
        sa.Column("payload_digest", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["actor_id"], ["user_account.id"], name=op.f("fk_audit_line_actor_id")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_audit_line")),
        sa.UniqueConstraint("hash", name=op.f("uq_audit_line_hash")),
        sa.UniqueConstraint("prev_hash", name=op.f("uq_audit_line_prev_hash")),
    )
    with op.batch_alter_table("audit_line", schema=None) as batch_op:
        batch_op.create_index("ix_audit_line_subject", ["subject_type", "subject_id"], unique=False)

    op.create_table(
        "company",
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("original_name", sa.String(length=200), nullable=True),
        sa.Column("original_lang", sa.String(length=10), nullable=True),
        sa.Column("name_key", sa.String(length=260), nullable=False),
        sa.Column("sort_key", sa.String(length=400), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=True),
        sa.Column("website", sa.String(length=300), nullable=True),
        sa.Column("industry_text", sa.String(length=100), nullable=True),
        sa.Column("note", sa.String(length=1000), nullable=True),
        sa.Column("is_target", sa.Boolean(), nullable=False),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.Column("import_id", sa.Integer(), nullable=True),
        sa.Column("is_demo", sa.Boolean(), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["created_by_id"], ["user_account.id"], name=op.f("fk_company_created_by_id")),
        sa.ForeignKeyConstraint(["parent_id"], ["company.id"], name=op.f("fk_company_parent_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_company")),
        sa.UniqueConstraint("name_key", name=op.f("uq_company_name_key")),
        sa.UniqueConstraint("public_id", name=op.f("uq_company_public_id")),
    )
    with op.batch_alter_table("company", schema=None) as batch_op:
        batch_op.create_index("ix_company_parent_id", ["parent_id"], unique=False)
        batch_op.create_index("ix_company_sort_key", ["sort_key"], unique=False)

    op.create_table(
        "held_form",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("path", sa.String(length=400), nullable=False),
        sa.Column("fields", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("held_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_held_form_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_held_form")),
    )
    with op.batch_alter_table("held_form", schema=None) as batch_op:
        batch_op.create_index("ix_held_form_user_path", ["user_id", "path"], unique=False)

    op.create_table(
        "job",
        sa.Column("kind", sa.String(length=60), nullable=False),
        sa.Column("args", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("leased_by", sa.String(length=60), nullable=True),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=True),
        sa.Column("result", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=True),
        sa.Column("error", sa.String(length=400), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.CheckConstraint("state IN ('waiting', 'running', 'done', 'failed')", name=op.f("ck_job_state")),
        sa.ForeignKeyConstraint(["asked_by_id"], ["user_account.id"], name=op.f("fk_job_asked_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job")),
        sa.UniqueConstraint("public_id", name=op.f("uq_job_public_id")),
    )
    with op.batch_alter_table("job", schema=None) as batch_op:
        batch_op.create_index("ix_job_open", ["state", "created_at"], unique=False)

    op.create_table(
        "login_link",
        sa.Column("token_digest", sa.String(length=64), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_login_link_user_id")),
        sa.PrimaryKeyConstraint("token_digest", name=op.f("pk_login_link")),
    )
    with op.batch_alter_table("login_link", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_login_link_user_id"), ["user_id"], unique=False)

    op.create_table(
        "notification",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("facts", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("subject_type", sa.String(length=20), nullable=True),
        sa.Column("subject_public_id", sa.String(length=22), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_notification_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notification")),
        sa.UniqueConstraint("public_id", name=op.f("uq_notification_public_id")),
    )
    with op.batch_alter_table("notification", schema=None) as batch_op:
        batch_op.create_index("ix_notification_user", ["user_id", "read_at", "created_at"], unique=False)

    op.create_table(
        "once_key",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("body_digest", sa.String(length=64), nullable=False),
        sa.Column("answer", sa.String(length=400), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_once_key_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_once_key")),
        sa.UniqueConstraint("key", name=op.f("uq_once_key_key")),
    )
    with op.batch_alter_table("once_key", schema=None) as batch_op:
        batch_op.create_index("ix_once_key_created_at", ["created_at"], unique=False)

    op.create_table(
        "session_row",
        sa.Column("token_digest", sa.String(length=64), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("data", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_session_row_user_id")),
        sa.PrimaryKeyConstraint("token_digest", name=op.f("pk_session_row")),
    )
    with op.batch_alter_table("session_row", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_session_row_last_seen_at"), ["last_seen_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_session_row_user_id"), ["user_id"], unique=False)

    op.create_table(
        "audit_payload",
        sa.Column("line_seq", sa.Integer(), nullable=False),
        sa.Column("facts", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.ForeignKeyConstraint(["line_seq"], ["audit_line.seq"], name=op.f("fk_audit_payload_line_seq")),
        sa.PrimaryKeyConstraint("line_seq", name=op.f("pk_audit_payload")),
    )
    op.create_table(
        "company_identifier",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("company_id", sa.Integer(), nullable=False),
        sa.Column("scheme", sa.String(length=12), nullable=False),
        sa.Column("value", sa.String(length=100), nullable=False),
        sa.Column("added_by_id", sa.Integer(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["added_by_id"], ["user_account.id"], name=op.f("fk_company_identifier_added_by_id")),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name=op.f("fk_company_identifier_company_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_company_identifier")),
        sa.UniqueConstraint("scheme", "value", name=op.f("uq_company_identifier_scheme_value")),
    )
    with op.batch_alter_table("company_identifier", schema=None) as batch_op:
        batch_op.create_index("ix_company_identifier_company_id", ["company_id"], unique=False)

    op.create_table(
        "company_name",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("company_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("lang", sa.String(length=10), nullable=True),
        sa.Column("key", sa.String(length=250), nullable=False),
        sa.Column("added_by_id", sa.Integer(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("kind IN ('official', 'original', 'short', 'former', 'alias')", name=op.f("ck_company_name_kind")),
        sa.ForeignKeyConstraint(["added_by_id"], ["user_account.id"], name=op.f("fk_company_name_added_by_id")),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name=op.f("fk_company_name_company_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_company_name")),
        sa.UniqueConstraint("company_id", "text", name=op.f("uq_company_name_company_id_text")),
    )
    with op.batch_alter_table("company_name", schema=None) as batch_op:
        batch_op.create_index("ix_company_name_key", ["key"], unique=False)

    op.create_table(
        "lead",
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("investor_id", sa.Integer(), nullable=True),
        sa.Column("project_slot", sa.Integer(), nullable=False),
        sa.Column("another_project_reason", sa.String(length=400), nullable=True),
        sa.Column("intermediary", sa.String(length=120), nullable=True),
        sa.Column("amount_band", sa.String(length=12), nullable=True),
        sa.Column("country", sa.String(length=2), nullable=True),
        sa.Column("controlling_country", sa.String(length=2), nullable=True),
        sa.Column("source", sa.String(length=20), nullable=False),
        sa.Column("introducer", sa.String(length=120), nullable=True),
        sa.Column("industry", sa.String(length=3), nullable=True),
        sa.Column("park", sa.String(length=120), nullable=True),
        sa.Column("external_number", sa.String(length=60), nullable=True),
        sa.Column("note", sa.String(length=2000), nullable=True),
        sa.Column("total_amount", sa.BigInteger(), nullable=True),
        sa.Column("total_currency", sa.String(length=3), nullable=True),
        sa.Column("total_cny", sa.BigInteger(), nullable=True),
        sa.Column("total_verified", sa.Boolean(), nullable=False),
        sa.Column("contracted_amount", sa.BigInteger(), nullable=True),
        sa.Column("contracted_currency", sa.String(length=3), nullable=True),
        sa.Column("contracted_usd", sa.BigInteger(), nullable=True),
        sa.Column("rate_day", sa.Date(), nullable=True),
        sa.Column("stage", sa.String(length=20), nullable=False),
        sa.Column("stage_since", sa.Date(), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("first_talks_on", sa.Date(), nullable=True),
        sa.Column("admitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("assessed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("assessment", sa.String(length=12), nullable=True),
        sa.Column("next_due", sa.Date(), nullable=True),
        sa.Column("next_step", sa.String(length=200), nullable=True),
        sa.Column("last_progress_on", sa.Date(), nullable=True),
        sa.Column("following_unit_id", sa.Integer(), nullable=False),
        sa.Column("following_unit_path", sa.String(length=200), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=True),
        sa.Column("registered_by_id", sa.Integer(), nullable=False),
        sa.Column("registered_unit_id", sa.Integer(), nullable=False),
        sa.Column("registered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("touched_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("origin", sa.String(length=10), nullable=False),
        sa.Column("import_id", sa.Integer(), nullable=True),
        sa.Column("is_demo", sa.Boolean(), nullable=False),
        sa.Column("sort_key", sa.String(length=400), nullable=False),
        sa.Column("total_order", sa.BigInteger(), sa.Computed("coalesce(total_cny, -1)", persisted=True), nullable=False),
        sa.Column("due_order", sa.Date(), sa.Computed("coalesce(next_due, '9999-12-31')", persisted=True), nullable=False),
        sa.Column("search_text", sa.String(length=2000), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "stage IN ('lead', 'negotiating', 'signed', 'under_construction', 'operating')", name=op.f("ck_lead_stage")
        ),
        sa.CheckConstraint("status IN ('active', 'paused', 'ended')", name=op.f("ck_lead_status")),
        sa.CheckConstraint("contracted_amount IS NULL OR contracted_amount >= 0", name=op.f("ck_lead_contracted_amount")),
        sa.CheckConstraint("total_amount IS NULL OR total_amount >= 0", name=op.f("ck_lead_total_amount")),
        sa.ForeignKeyConstraint(["following_unit_id"], ["unit.id"], name=op.f("fk_lead_following_unit_id")),
        sa.ForeignKeyConstraint(["investor_id"], ["company.id"], name=op.f("fk_lead_investor_id")),
        sa.ForeignKeyConstraint(["owner_id"], ["user_account.id"], name=op.f("fk_lead_owner_id")),
        sa.ForeignKeyConstraint(["registered_by_id"], ["user_account.id"], name=op.f("fk_lead_registered_by_id")),
        sa.ForeignKeyConstraint(["registered_unit_id"], ["unit.id"], name=op.f("fk_lead_registered_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lead")),
        sa.UniqueConstraint("investor_id", "project_slot", name=op.f("uq_lead_investor_id_project_slot")),
        sa.UniqueConstraint("number", name=op.f("uq_lead_number")),
        sa.UniqueConstraint("public_id", name=op.f("uq_lead_public_id")),
    )
    with op.batch_alter_table("lead", schema=None) as batch_op:
        batch_op.create_index("ix_lead_due", ["due_order", "id"], unique=False)
        batch_op.create_index("ix_lead_import_id", ["import_id"], unique=False)
        batch_op.create_index("ix_lead_next_due", ["owner_id", "next_due"], unique=False)
        batch_op.create_index(
            "ix_lead_numbers",
            ["stage", "admitted_at", "total_verified", "total_cny", "contracted_usd", "following_unit_path", "owner_id"],
            unique=False,
        )
        batch_op.create_index("ix_lead_owner_stage", ["owner_id", "stage", "touched_at"], unique=False)
        batch_op.create_index("ix_lead_queue", ["assessed_at", "registered_at"], unique=False)
        batch_op.create_index("ix_lead_registered", ["registered_at", "id"], unique=False)
        batch_op.create_index("ix_lead_registered_by", ["registered_by_id"], unique=False)
        batch_op.create_index("ix_lead_sort_key", ["sort_key", "id"], unique=False)
        batch_op.create_index("ix_lead_stage_due", ["stage", "due_order", "id"], unique=False)
        batch_op.create_index("ix_lead_stage_registered", ["stage", "registered_at", "id"], unique=False)
        batch_op.create_index("ix_lead_stage_since", ["stage", "stage_since", "id"], unique=False)
        batch_op.create_index("ix_lead_stage_sort_key", ["stage", "sort_key", "id"], unique=False)
        batch_op.create_index("ix_lead_stage_total", ["stage", "total_order", "id"], unique=False)
        batch_op.create_index(
            "ix_lead_stage_touched", ["stage", "touched_at", "id", "following_unit_path", "owner_id"], unique=False
        )
        batch_op.create_index("ix_lead_total", ["total_order", "id"], unique=False)
        batch_op.create_index("ix_lead_touched", ["touched_at", "id", "following_unit_path", "owner_id"], unique=False)
        batch_op.create_index("ix_lead_unit_path_stage", ["following_unit_path", "stage"], unique=False)
        batch_op.create_index("ix_lead_unit_stage_touched", ["following_unit_id", "stage", "touched_at", "id"], unique=False)

    op.create_table(
        "pair_decision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("a_id", sa.Integer(), nullable=False),
        sa.Column("b_id", sa.Integer(), nullable=False),
        sa.Column("verdict", sa.String(length=10), nullable=False),
        sa.Column("reason", sa.String(length=400), nullable=False),
        sa.Column("decided_by_id", sa.Integer(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("verdict IN ('same', 'related', 'different')", name=op.f("ck_pair_decision_verdict")),
        sa.CheckConstraint("a_id < b_id", name=op.f("ck_pair_decision_order")),
        sa.ForeignKeyConstraint(["a_id"], ["company.id"], name=op.f("fk_pair_decision_a_id")),
        sa.ForeignKeyConstraint(["b_id"], ["company.id"], name=op.f("fk_pair_decision_b_id")),
        sa.ForeignKeyConstraint(["decided_by_id"], ["user_account.id"], name=op.f("fk_pair_decision_decided_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pair_decision")),
        sa.UniqueConstraint("a_id", "b_id", name=op.f("uq_pair_decision_a_id_b_id")),
    )
    with op.batch_alter_table("pair_decision", schema=None) as batch_op:
        batch_op.create_index("ix_pair_decision_b_id", ["b_id"], unique=False)

    op.create_table(
        "assessment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("lead_id", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.String(length=12), nullable=False),
        sa.Column("reason", sa.String(length=1000), nullable=True),
        sa.Column("assessed_by_id", sa.Integer(), nullable=False),
        sa.Column("assessed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("outcome IN ('admitted', 'more_needed', 'not_admitted')", name=op.f("ck_assessment_outcome")),
        sa.ForeignKeyConstraint(["assessed_by_id"], ["user_account.id"], name=op.f("fk_assessment_assessed_by_id")),
        sa.ForeignKeyConstraint(["lead_id"], ["lead.id"], name=op.f("fk_assessment_lead_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assessment")),
    )
    with op.batch_alter_table("assessment", schema=None) as batch_op:
        batch_op.create_index("ix_assessment_lead_id", ["lead_id"], unique=False)

    op.create_table(
        "claim",
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("lead_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("counts_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("granted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("granted_by_id", sa.Integer(), nullable=False),
        sa.Column("evidence_count", sa.Integer(), nullable=False),
        sa.Column("rules_version", sa.String(length=20), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("state IN ('live', 'released', 'withdrawn')", name=op.f("ck_claim_state")),
        sa.ForeignKeyConstraint(["granted_by_id"], ["user_account.id"], name=op.f("fk_claim_granted_by_id")),
        sa.ForeignKeyConstraint(["lead_id"], ["lead.id"], name=op.f("fk_claim_lead_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_claim_unit_id")),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_claim_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_claim")),
        sa.UniqueConstraint("number", name=op.f("uq_claim_number")),
        sa.UniqueConstraint("public_id", name=op.f("uq_claim_public_id")),
    )
    with op.batch_alter_table("claim", schema=None) as batch_op:
        batch_op.create_index("ix_claim_unit_id", ["unit_id"], unique=False)
        batch_op.create_index(
            "uq_claim_live_lead",
            ["lead_id"],
            unique=True,
            sqlite_where=sa.text("state = 'live'"),
            postgresql_where=sa.text("state = 'live'"),
        )

    op.create_table(
        "contact",
        sa.Column("company_id", sa.Integer(), nullable=True),
        sa.Column("lead_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("title", sa.String(length=80), nullable=True),
        sa.Column("phone", sa.String(length=40), nullable=True),
        sa.Column("phone_key", sa.String(length=20), nullable=True),
        sa.Column("email", sa.String(length=200), nullable=True),
        sa.Column("added_by_id", sa.Integer(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["added_by_id"], ["user_account.id"], name=op.f("fk_contact_added_by_id")),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name=op.f("fk_contact_company_id")),
        sa.ForeignKeyConstraint(["lead_id"], ["lead.id"], name=op.f("fk_contact_lead_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact")),
        sa.UniqueConstraint("public_id", name=op.f("uq_contact_public_id")),
    )
    with op.batch_alter_table("contact", schema=None) as batch_op:
        batch_op.create_index("ix_contact_company_id", ["company_id"], unique=False)
        batch_op.create_index("ix_contact_lead_id", ["lead_id"], unique=False)

    op.create_table(
        "field_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("lead_id", sa.Integer(), nullable=False),
        sa.Column("field", sa.String(length=40), nullable=False),
        sa.Column("old", sa.String(length=2000), nullable=True),
        sa.Column("new", sa.String(length=2000), nullable=True),
        sa.Column("changed_by_id", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["changed_by_id"], ["user_account.id"], name=op.f("fk_field_change_changed_by_id")),
        sa.ForeignKeyConstraint(["lead_id"], ["lead.id"], name=op.f("fk_field_change_lead_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_field_change")),
    )
    with op.batch_alter_table("field_change", schema=None) as batch_op:
        batch_op.create_index("ix_field_change_lead_id", ["lead_id", "changed_at"], unique=False)

    op.create_table(
        "interaction",
        sa.Column("lead_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("on_date", sa.Date(), nullable=False),
        sa.Column("whom", sa.String(length=120), nullable=True),
        sa.Column("text", sa.String(length=2000), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("entered_by_id", sa.Integer(), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.CheckConstraint(
            "kind IN ('talks', 'visit', 'incoming', 'reception', 'call', 'other')", name=op.f("ck_interaction_kind")
        ),
        sa.ForeignKeyConstraint(["entered_by_id"], ["user_account.id"], name=op.f("fk_interaction_entered_by_id")),
        sa.ForeignKeyConstraint(["lead_id"], ["lead.id"], name=op.f("fk_interaction_lead_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_interaction_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_interaction")),
        sa.UniqueConstraint("public_id", name=op.f("uq_interaction_public_id")),
    )
    with op.batch_alter_table("interaction", schema=None) as batch_op:
        batch_op.create_index("ix_interaction_by", ["entered_by_id", "on_date"], unique=False)
        batch_op.create_index("ix_interaction_lead_on", ["lead_id", "on_date"], unique=False)

    op.create_table(
        "lead_cluster",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("lead_id", sa.Integer(), nullable=False),
        sa.Column("cluster_id", sa.Integer(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("tagged_by_id", sa.Integer(), nullable=False),
        sa.Column("tagged_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("rank >= 0 AND rank <= 2", name=op.f("ck_lead_cluster_rank")),
        sa.ForeignKeyConstraint(["cluster_id"], ["cluster.id"], name=op.f("fk_lead_cluster_cluster_id")),
        sa.ForeignKeyConstraint(["lead_id"], ["lead.id"], name=op.f("fk_lead_cluster_lead_id")),
        sa.ForeignKeyConstraint(["tagged_by_id"], ["user_account.id"], name=op.f("fk_lead_cluster_tagged_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lead_cluster")),
        sa.UniqueConstraint("lead_id", "cluster_id", name=op.f("uq_lead_cluster_lead_id_cluster_id")),
        sa.UniqueConstraint("lead_id", "rank", name=op.f("uq_lead_cluster_lead_id_rank")),
    )
    with op.batch_alter_table("lead_cluster", schema=None) as batch_op:
        batch_op.create_index("ix_lead_cluster_cluster_id", ["cluster_id", "rank", "lead_id"], unique=False)

    op.create_table(
        "lead_district",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("lead_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["lead_id"], ["lead.id"], name=op.f("fk_lead_district_lead_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_lead_district_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lead_district")),
        sa.UniqueConstraint("lead_id", "unit_id", name=op.f("uq_lead_district_lead_id_unit_id")),
    )
    with op.batch_alter_table("lead_district", schema=None) as batch_op:
        batch_op.create_index("ix_lead_district_unit_id", ["unit_id", "lead_id"], unique=False)

    op.create_table(
        "lead_party",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("lead_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.CheckConstraint(
            "role IN ('other_investor', 'chinese_partner', 'project_company', 'introducer')", name=op.f("ck_lead_party_role")
        ),
        sa.ForeignKeyConstraint(["lead_id"], ["lead.id"], name=op.f("fk_lead_party_lead_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lead_party")),
    )
    with op.batch_alter_table("lead_party", schema=None) as batch_op:
        batch_op.create_index("ix_lead_party_lead_id", ["lead_id"], unique=False)

    op.create_table(
        "next_step",
        sa.Column("lead_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(length=200), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("assignee_id", sa.Integer(), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_by_id", sa.Integer(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["assignee_id"], ["user_account.id"], name=op.f("fk_next_step_assignee_id")),
        sa.ForeignKeyConstraint(["created_by_id"], ["user_account.id"], name=op.f("fk_next_step_created_by_id")),
        sa.ForeignKeyConstraint(["done_by_id"], ["user_account.id"], name=op.f("fk_next_step_done_by_id")),
        sa.ForeignKeyConstraint(["lead_id"], ["lead.id"], name=op.f("fk_next_step_lead_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_next_step")),
        sa.UniqueConstraint("public_id", name=op.f("uq_next_step_public_id")),
    )
    with op.batch_alter_table("next_step", schema=None) as batch_op:
        batch_op.create_index("ix_next_step_lead_id", ["lead_id"], unique=False)
        batch_op.create_index("ix_next_step_open", ["assignee_id", "done_at", "due_on"], unique=False)

    op.create_table(
        "second_report",
        sa.Column("lead_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("reported_by_id", sa.Integer(), nullable=False),
        sa.Column("reported_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("typed", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("wants_coordination", sa.Boolean(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.ForeignKeyConstraint(["lead_id"], ["lead.id"], name=op.f("fk_second_report_lead_id")),
        sa.ForeignKeyConstraint(["reported_by_id"], ["user_account.id"], name=op.f("fk_second_report_reported_by_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_second_report_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_second_report")),
        sa.UniqueConstraint("public_id", name=op.f("uq_second_report_public_id")),
    )
    with op.batch_alter_table("second_report", schema=None) as batch_op:
        batch_op.create_index("ix_second_report_lead_id", ["lead_id"], unique=False)
        batch_op.create_index("ix_second_report_unit_id", ["unit_id"], unique=False)

    op.create_table(
        "stage_change",
        sa.Column("lead_id", sa.Integer(), nullable=False),
        sa.Column("from_stage", sa.String(length=20), nullable=False),
        sa.Column("to_stage", sa.String(length=20), nullable=False),
        sa.Column("on_date", sa.Date(), nullable=False),
        sa.Column("note", sa.String(length=400), nullable=True),
        sa.Column("entered_by_id", sa.Integer(), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.ForeignKeyConstraint(["entered_by_id"], ["user_account.id"], name=op.f("fk_stage_change_entered_by_id")),
        sa.ForeignKeyConstraint(["lead_id"], ["lead.id"], name=op.f("fk_stage_change_lead_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stage_change")),
        sa.UniqueConstraint("public_id", name=op.f("uq_stage_change_public_id")),
    )
    with op.batch_alter_table("stage_change", schema=None) as batch_op:
        batch_op.create_index("ix_stage_change_lead_id", ["lead_id", "on_date"], unique=False)

    op.create_table(
        "stored_file",
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("purpose", sa.String(length=12), nullable=False),
        sa.Column("lead_id", sa.Integer(), nullable=True),
        sa.Column("interaction_id", sa.Integer(), nullable=True),
        sa.Column("stored_by_id", sa.Integer(), nullable=False),
        sa.Column("stored_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.CheckConstraint(
            "purpose IN ('evidence', 'attachment', 'progress', 'import', 'result')", name=op.f("ck_stored_file_purpose")
        ),
        sa.ForeignKeyConstraint(["interaction_id"], ["interaction.id"], name=op.f("fk_stored_file_interaction_id")),
        sa.ForeignKeyConstraint(["lead_id"], ["lead.id"], name=op.f("fk_stored_file_lead_id")),
        sa.ForeignKeyConstraint(["stored_by_id"], ["user_account.id"], name=op.f("fk_stored_file_stored_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stored_file")),
        sa.UniqueConstraint("public_id", name=op.f("uq_stored_file_public_id")),
    )
    with op.batch_alter_table("stored_file", schema=None) as batch_op:
        batch_op.create_index("ix_stored_file_interaction_id", ["interaction_id"], unique=False)
        batch_op.create_index("ix_stored_file_lead_id", ["lead_id"], unique=False)
        batch_op.create_index("ix_stored_file_sha256", ["sha256"], unique=False)

    op.create_table(
        "file_access",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["file_id"], ["stored_file.id"], name=op.f("fk_file_access_file_id")),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_file_access_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_file_access")),
    )
    with op.batch_alter_table("file_access", schema=None) as batch_op:
        batch_op.create_index("ix_file_access_file_id", ["file_id", "at"], unique=False)

    op.create_table(
        "import_batch",
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("admit", sa.Boolean(), nullable=False),
        sa.Column("started_by_id", sa.Integer(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("job_id", sa.Integer(), nullable=True),
        sa.Column("sheet", sa.String(length=100), nullable=True),
        sa.Column("header_row", sa.Integer(), nullable=True),
        sa.Column("columns", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=True),
        sa.Column("unmapped", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=True),
        sa.Column("refusal", sa.String(length=40), nullable=True),
        sa.Column("refusal_facts", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=True),
        sa.Column("result_file_id", sa.Integer(), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("kind IN ('leads', 'companies')", name=op.f("ck_import_batch_kind")),
        sa.CheckConstraint(
            "state IN ('waiting', 'judging', 'judged', 'applying', 'done', 'refused')", name=op.f("ck_import_batch_state")
        ),
        sa.ForeignKeyConstraint(["file_id"], ["stored_file.id"], name=op.f("fk_import_batch_file_id")),
        sa.ForeignKeyConstraint(["job_id"], ["job.id"], name=op.f("fk_import_batch_job_id")),
        sa.ForeignKeyConstraint(["result_file_id"], ["stored_file.id"], name=op.f("fk_import_batch_result_file_id")),
        sa.ForeignKeyConstraint(["started_by_id"], ["user_account.id"], name=op.f("fk_import_batch_started_by_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_import_batch_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_batch")),
        sa.UniqueConstraint("public_id", name=op.f("uq_import_batch_public_id")),
    )
    with op.batch_alter_table("import_batch", schema=None) as batch_op:
        batch_op.create_index("ix_import_batch_by", ["started_by_id", "started_at"], unique=False)

    op.create_table(
        "import_row",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("import_id", sa.Integer(), nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.String(length=10), nullable=False),
        sa.Column("reasons", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("cells", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("values", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("duplicate_rows", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("matches", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("decision", sa.String(length=20), nullable=True),
        sa.Column("lead_id", sa.Integer(), nullable=True),
        sa.Column("company_id", sa.Integer(), nullable=True),
        sa.Column("applied_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "outcome IN ('ready', 'warning', 'refused', 'duplicate', 'imported', 'skipped')", name=op.f("ck_import_row_outcome")
        ),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name=op.f("fk_import_row_company_id")),
        sa.ForeignKeyConstraint(["import_id"], ["import_batch.id"], name=op.f("fk_import_row_import_id")),
        sa.ForeignKeyConstraint(["lead_id"], ["lead.id"], name=op.f("fk_import_row_lead_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_row")),
        sa.UniqueConstraint("import_id", "row", name=op.f("uq_import_row_import_id_row")),
    )
    with op.batch_alter_table("import_row", schema=None) as batch_op:
        batch_op.create_index("ix_import_row_outcome", ["import_id", "outcome", "row"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("import_row", schema=None) as batch_op:
        batch_op.drop_index("ix_import_row_outcome")

    op.drop_table("import_row")
    with op.batch_alter_table("import_batch", schema=None) as batch_op:
        batch_op.drop_index("ix_import_batch_by")

    op.drop_table("import_batch")
    with op.batch_alter_table("file_access", schema=None) as batch_op:
        batch_op.drop_index("ix_file_access_file_id")

    op.drop_table("file_access")
    with op.batch_alter_table("stored_file", schema=None) as batch_op:
        batch_op.drop_index("ix_stored_file_sha256")
        batch_op.drop_index("ix_stored_file_lead_id")
        batch_op.drop_index("ix_stored_file_interaction_id")

    op.drop_table("stored_file")
    with op.batch_alter_table("stage_change", schema=None) as batch_op:
        batch_op.drop_index("ix_stage_change_lead_id")

    op.drop_table("stage_change")
    with op.batch_alter_table("second_report", schema=None) as batch_op:
        batch_op.drop_index("ix_second_report_unit_id")
        batch_op.drop_index("ix_second_report_lead_id")

    op.drop_table("second_report")
    with op.batch_alter_table("next_step", schema=None) as batch_op:
        batch_op.drop_index("ix_next_step_open")
        batch_op.drop_index("ix_next_step_lead_id")

    op.drop_table("next_step")
    with op.batch_alter_table("lead_party", schema=None) as batch_op:
        batch_op.drop_index("ix_lead_party_lead_id")

    op.drop_table("lead_party")
    with op.batch_alter_table("lead_district", schema=None) as batch_op:
        batch_op.drop_index("ix_lead_district_unit_id")

    op.drop_table("lead_district")
    with op.batch_alter_table("lead_cluster", schema=None) as batch_op:
        batch_op.drop_index("ix_lead_cluster_cluster_id")

    op.drop_table("lead_cluster")
    with op.batch_alter_table("interaction", schema=None) as batch_op:
        batch_op.drop_index("ix_interaction_lead_on")
        batch_op.drop_index("ix_interaction_by")

    op.drop_table("interaction")
    with op.batch_alter_table("field_change", schema=None) as batch_op:
        batch_op.drop_index("ix_field_change_lead_id")

    op.drop_table("field_change")
    with op.batch_alter_table("contact", schema=None) as batch_op:
        batch_op.drop_index("ix_contact_lead_id")
        batch_op.drop_index("ix_contact_company_id")

    op.drop_table("contact")
    with op.batch_alter_table("claim", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_claim_live_lead", sqlite_where=sa.text("state = 'live'"), postgresql_where=sa.text("state = 'live'")
        )
        batch_op.drop_index("ix_claim_unit_id")

    op.drop_table("claim")
    with op.batch_alter_table("assessment", schema=None) as batch_op:
        batch_op.drop_index("ix_assessment_lead_id")

    op.drop_table("assessment")
    with op.batch_alter_table("pair_decision", schema=None) as batch_op:
        batch_op.drop_index("ix_pair_decision_b_id")

    op.drop_table("pair_decision")
    with op.batch_alter_table("lead", schema=None) as batch_op:
        batch_op.drop_index("ix_lead_unit_stage_touched")
        batch_op.drop_index("ix_lead_unit_path_stage")
        batch_op.drop_index("ix_lead_touched")
        batch_op.drop_index("ix_lead_total")
        batch_op.drop_index("ix_lead_stage_touched")
        batch_op.drop_index("ix_lead_stage_total")
        batch_op.drop_index("ix_lead_stage_sort_key")
        batch_op.drop_index("ix_lead_stage_since")
        batch_op.drop_index("ix_lead_stage_registered")
        batch_op.drop_index("ix_lead_stage_due")
        batch_op.drop_index("ix_lead_sort_key")
        batch_op.drop_index("ix_lead_registered_by")
        batch_op.drop_index("ix_lead_registered")
        batch_op.drop_index("ix_lead_queue")
        batch_op.drop_index("ix_lead_owner_stage")
        batch_op.drop_index("ix_lead_numbers")
        batch_op.drop_index("ix_lead_next_due")
        batch_op.drop_index("ix_lead_import_id")
        batch_op.drop_index("ix_lead_due")

    op.drop_table("lead")
    with op.batch_alter_table("company_name", schema=None) as batch_op:
        batch_op.drop_index("ix_company_name_key")

    op.drop_table("company_name")
    with op.batch_alter_table("company_identifier", schema=None) as batch_op:
        batch_op.drop_index("ix_company_identifier_company_id")

    op.drop_table("company_identifier")
    op.drop_table("audit_payload")
    with op.batch_alter_table("session_row", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_session_row_user_id"))
        batch_op.drop_index(batch_op.f("ix_session_row_last_seen_at"))

    op.drop_table("session_row")
    with op.batch_alter_table("once_key", schema=None) as batch_op:
        batch_op.drop_index("ix_once_key_created_at")

    op.drop_table("once_key")
    with op.batch_alter_table("notification", schema=None) as batch_op:
        batch_op.drop_index("ix_notification_user")

    op.drop_table("notification")
    with op.batch_alter_table("login_link", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_login_link_user_id"))

    op.drop_table("login_link")
    with op.batch_alter_table("job", schema=None) as batch_op:
        batch_op.drop_index("ix_job_open")

    op.drop_table("job")
    with op.batch_alter_table("held_form", schema=None) as batch_op:
        batch_op.drop_index("ix_held_form_user_path")

    op.drop_table("held_form")
    with op.batch_alter_table("company", schema=None) as batch_op:
        batch_op.drop_index("ix_company_sort_key")
        batch_op.drop_index("ix_company_parent_id")

    op.drop_table("company")
    with op.batch_alter_table("audit_line", schema=None) as batch_op:
        batch_op.drop_index("ix_audit_line_subject")

    op.drop_table("audit_line")
    with op.batch_alter_table("user_account", schema=None) as batch_op:
        batch_op.drop_index("ix_user_account_unit_id")

    op.drop_table("user_account")
    with op.batch_alter_table("unit", schema=None) as batch_op:
        batch_op.drop_index("ix_unit_path")

    op.drop_table("unit")
    op.drop_table("number_series")
    op.drop_table("name_token")
    op.drop_table("index_entry")
    op.drop_table("guess")
    op.drop_table("exchange_rate")
    op.drop_table("cluster")
