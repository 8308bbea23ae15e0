"""assessment: schemes, runs with lines and sources, objections

Number 0026, after 0025.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def _of_a_run(table: str, goes: str = "") -> dict[str, tuple[str, ...]]:
    """Rows of a run come and go while it is provisional, and stay as they are once it is published."""
    there = "(SELECT 1 FROM score_run WHERE score_run.id = {row}.run_id AND score_run.state = 'published'{more})"
    found = []
    for act, row, more in (("INSERT", "NEW", ""), ("UPDATE", "OLD", ""), ("DELETE", "OLD", f" AND NOT score_run.is_demo{goes}")):
        found.append(
            f"CREATE TRIGGER {table}_{act.lower()} BEFORE {act} ON {table} WHEN EXISTS {there.format(row=row, more=more)} "
            "BEGIN SELECT RAISE(ABORT, 'what was published stays as it is'); END"
        )
    return {
        "sqlite": tuple(found),
        "postgresql": (
            f"CREATE OR REPLACE FUNCTION {table}_stays() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN "
            f"IF TG_OP = 'DELETE' THEN IF NOT EXISTS {there.format(row='OLD', more=' AND NOT score_run.is_demo' + goes)} "
            "THEN RETURN OLD; END IF; "
            f"ELSIF TG_OP = 'INSERT' THEN IF NOT EXISTS {there.format(row='NEW', more='')} THEN RETURN NEW; END IF; "
            f"ELSIF NOT EXISTS {there.format(row='OLD', more='')} THEN RETURN NEW; END IF; "
            "RAISE EXCEPTION 'what was published stays as it is' USING ERRCODE = 'restrict_violation'; END $guard$",
            f"CREATE TRIGGER {table}_stays BEFORE INSERT OR UPDATE OR DELETE ON {table} "
            f"FOR EACH ROW EXECUTE FUNCTION {table}_stays()",
        ),
    }


def _of_itself(table: str, stays: str) -> dict[str, tuple[str, ...]]:
    """A row that neither changes nor goes once `stays` holds of it; an invented one may go."""
    return {
        "sqlite": (
            f"CREATE TRIGGER {table}_unchanged BEFORE UPDATE ON {table} WHEN {stays.format(row='OLD')} "
            "BEGIN SELECT RAISE(ABORT, 'what was published stays as it is'); END",
            f"CREATE TRIGGER {table}_kept BEFORE DELETE ON {table} WHEN {stays.format(row='OLD')} AND NOT OLD.is_demo "
            "BEGIN SELECT RAISE(ABORT, 'what was published stays as it is'); END",
        ),
        "postgresql": (
            f"CREATE OR REPLACE FUNCTION {table}_stays() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN "
            f"IF TG_OP = 'DELETE' AND (OLD.is_demo OR NOT ({stays.format(row='OLD')})) THEN RETURN OLD; END IF; "
            f"IF TG_OP = 'UPDATE' AND NOT ({stays.format(row='OLD')}) THEN RETURN NEW; END IF; "
            "RAISE EXCEPTION 'what was published stays as it is' USING ERRCODE = 'restrict_violation'; END $guard$",
            f"CREATE TRIGGER {table}_stays BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION {table}_stays()",
        ),
    }


GUARDS = {
    "score_scheme": _of_itself("score_scheme", "1 = 1"),
    "score_run": _of_itself("score_run", "{row}.state = 'published'"),
    "score_line": _of_a_run("score_line"),
    "score_source": _of_a_run(
        "score_source", " AND NOT EXISTS (SELECT 1 FROM lead WHERE lead.id = OLD.lead_id AND lead.is_demo)"
    ),
}


def upgrade() -> None:
    op.create_table(
        "score_scheme",
        sa.Column("code", sa.String(length=24), nullable=False),
        sa.Column("version", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("name_en", sa.String(length=120), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("source", sa.String(length=400), nullable=False),
        sa.Column("example", sa.Boolean(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("loaded_by_id", sa.Integer(), nullable=False),
        sa.Column("loaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("is_demo", sa.Boolean(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.ForeignKeyConstraint(["loaded_by_id"], ["user_account.id"], name=op.f("fk_score_scheme_loaded_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_score_scheme")),
        sa.UniqueConstraint("code", "version", name=op.f("uq_score_scheme_code_version")),
        sa.UniqueConstraint("public_id", name=op.f("uq_score_scheme_public_id")),
    )
    op.create_table(
        "score_run",
        sa.Column("scheme_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=24), nullable=False),
        sa.Column("period", sa.String(length=8), nullable=False),
        sa.Column("first_on", sa.Date(), nullable=False),
        sa.Column("last_on", sa.Date(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column("computed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("computed_by_id", sa.Integer(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("published_by_id", sa.Integer(), nullable=True),
        sa.Column("object_until", sa.Date(), nullable=True),
        sa.Column("summary", sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("is_demo", sa.Boolean(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.CheckConstraint("(state = 'published') = (number IS NOT NULL)", name=op.f("ck_score_run_number")),
        sa.CheckConstraint("state IN ('provisional', 'published')", name=op.f("ck_score_run_state")),
        sa.ForeignKeyConstraint(["computed_by_id"], ["user_account.id"], name=op.f("fk_score_run_computed_by_id")),
        sa.ForeignKeyConstraint(["published_by_id"], ["user_account.id"], name=op.f("fk_score_run_published_by_id")),
        sa.ForeignKeyConstraint(["scheme_id"], ["score_scheme.id"], name=op.f("fk_score_run_scheme_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_score_run")),
        sa.UniqueConstraint("code", "number", name=op.f("uq_score_run_code_number")),
        sa.UniqueConstraint("code", "period", name=op.f("uq_score_run_code_period")),
        sa.UniqueConstraint("public_id", name=op.f("uq_score_run_public_id")),
    )
    op.create_index("ix_score_run_scheme_id", "score_run", ["scheme_id"], unique=False)
    op.create_table(
        "score_line",
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("rule", sa.String(length=24), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("raw", sa.Text(), nullable=True),
        sa.Column("reference", sa.Text(), nullable=True),
        sa.Column("rate", sa.Text(), nullable=True),
        sa.Column("used", sa.Text(), nullable=True),
        sa.Column("place", sa.Integer(), nullable=True),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("note", sa.String(length=16), nullable=False),
        sa.Column("on_date", sa.Date(), nullable=True),
        sa.Column("ref", sa.String(length=22), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.CheckConstraint("(kind = 'adjustment') = (ref IS NOT NULL)", name=op.f("ck_score_line_adjustment")),
        sa.CheckConstraint("kind IN ('scored', 'bonus', 'deduction', 'shown', 'adjustment')", name=op.f("ck_score_line_kind")),
        sa.ForeignKeyConstraint(["run_id"], ["score_run.id"], name=op.f("fk_score_line_run_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_score_line_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_score_line")),
        sa.UniqueConstraint("public_id", name=op.f("uq_score_line_public_id")),
        sa.UniqueConstraint("run_id", "unit_id", "position", name=op.f("uq_score_line_run_id_unit_id_position")),
    )
    op.create_index("ix_score_line_ref", "score_line", ["ref"], unique=False)
    op.create_index("ix_score_line_unit_id", "score_line", ["unit_id"], unique=False)
    op.create_table(
        "score_source",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("measure", sa.String(length=16), nullable=False),
        sa.Column("lead_id", sa.Integer(), nullable=False),
        sa.Column("credited_unit_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("ref", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.Column("parts", sa.Integer(), nullable=False),
        sa.CheckConstraint("kind IN ('milestone', 'receipt', 'utilised')", name=op.f("ck_score_source_kind")),
        sa.CheckConstraint("parts > 0 AND parts <= 10000", name=op.f("ck_score_source_parts")),
        sa.ForeignKeyConstraint(["credited_unit_id"], ["unit.id"], name=op.f("fk_score_source_credited_unit_id")),
        sa.ForeignKeyConstraint(["lead_id"], ["lead.id"], name=op.f("fk_score_source_lead_id")),
        sa.ForeignKeyConstraint(["run_id"], ["score_run.id"], name=op.f("fk_score_source_run_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_score_source_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_score_source")),
    )
    op.create_index("ix_score_source_credited_unit_id", "score_source", ["credited_unit_id"], unique=False)
    op.create_index("ix_score_source_lead_id", "score_source", ["lead_id"], unique=False)
    op.create_index("ix_score_source_of", "score_source", ["run_id", "unit_id", "measure"], unique=False)
    op.create_index("ix_score_source_unit_id", "score_source", ["unit_id"], unique=False)
    op.create_table(
        "score_objection",
        sa.Column("line_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=1000), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("answer", sa.String(length=1000), nullable=True),
        sa.Column("points", sa.Integer(), nullable=True),
        sa.Column("answered_by_id", sa.Integer(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.CheckConstraint("(state = 'open') = (answered_at IS NULL)", name=op.f("ck_score_objection_answered")),
        sa.CheckConstraint("(state = 'upheld') = (points IS NOT NULL)", name=op.f("ck_score_objection_points")),
        sa.CheckConstraint("state IN ('open', 'upheld', 'rejected')", name=op.f("ck_score_objection_state")),
        sa.ForeignKeyConstraint(["answered_by_id"], ["user_account.id"], name=op.f("fk_score_objection_answered_by_id")),
        sa.ForeignKeyConstraint(["by_id"], ["user_account.id"], name=op.f("fk_score_objection_by_id")),
        sa.ForeignKeyConstraint(["line_id"], ["score_line.id"], name=op.f("fk_score_objection_line_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_score_objection_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_score_objection")),
        sa.UniqueConstraint("public_id", name=op.f("uq_score_objection_public_id")),
    )
    op.create_index("ix_score_objection_state", "score_objection", ["state", "due_on"], unique=False)
    op.create_index("ix_score_objection_unit_id", "score_objection", ["unit_id"], unique=False)
    op.create_index(
        "uq_score_objection_open",
        "score_objection",
        ["line_id"],
        unique=True,
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_table(
        "score_objection_file",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("objection_id", sa.Integer(), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["file_id"], ["stored_file.id"], name=op.f("fk_score_objection_file_file_id")),
        sa.ForeignKeyConstraint(["objection_id"], ["score_objection.id"], name=op.f("fk_score_objection_file_objection_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_score_objection_file")),
        sa.UniqueConstraint("objection_id", "file_id", name=op.f("uq_score_objection_file_objection_id_file_id")),
    )
    op.create_index("ix_score_objection_file_file_id", "score_objection_file", ["file_id"], unique=False)
    for guards in GUARDS.values():
        for statement in guards[op.get_bind().dialect.name]:
            op.execute(statement)


def downgrade() -> None:
    for table in ("score_objection_file", "score_objection", "score_source", "score_line", "score_run", "score_scheme"):
        op.drop_table(table)
    if op.get_bind().dialect.name == "postgresql":
        for table in GUARDS:
            op.execute(f"DROP FUNCTION {table}_stays()")
