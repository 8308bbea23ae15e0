"""weekly returns of the districts: drafts, versions, what was confirmed and never changes

Number 0024, after 0023.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

GUARDS = {
    "sqlite": (
        "CREATE TRIGGER weekly_return_unchanged BEFORE UPDATE ON weekly_return WHEN OLD.state = 'confirmed' BEGIN SELECT RAISE(ABORT, 'a confirmed return is never changed'); END",
        "CREATE TRIGGER weekly_return_kept BEFORE DELETE ON weekly_return WHEN NOT OLD.is_demo BEGIN SELECT RAISE(ABORT, 'a return is never deleted'); END",
    ),
    "postgresql": (
        "CREATE OR REPLACE FUNCTION weekly_return_stays() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF TG_OP = 'DELETE' AND OLD.is_demo THEN RETURN OLD; END IF; IF TG_OP = 'UPDATE' AND OLD.state <> 'confirmed' THEN RETURN NEW; END IF; RAISE EXCEPTION 'a confirmed return is never changed or deleted' USING ERRCODE = 'restrict_violation'; END $guard$",
        "CREATE TRIGGER weekly_return_stays BEFORE UPDATE OR DELETE ON weekly_return FOR EACH ROW EXECUTE FUNCTION weekly_return_stays()",
    ),
}
LINE_GUARDS = {
    "sqlite": (
        "CREATE TRIGGER return_line_added BEFORE INSERT ON return_line WHEN NOT EXISTS (SELECT 1 FROM weekly_return WHERE weekly_return.id = NEW.return_id AND weekly_return.state <> 'confirmed') BEGIN SELECT RAISE(ABORT, 'a confirmed return gets no more lines'); END",
        "CREATE TRIGGER return_line_unchanged BEFORE UPDATE ON return_line WHEN NOT EXISTS (SELECT 1 FROM weekly_return WHERE weekly_return.id = OLD.return_id AND weekly_return.state <> 'confirmed') BEGIN SELECT RAISE(ABORT, 'a line of a confirmed return is never changed'); END",
        "CREATE TRIGGER return_line_kept BEFORE DELETE ON return_line WHEN NOT (EXISTS (SELECT 1 FROM weekly_return WHERE weekly_return.id = OLD.return_id AND weekly_return.is_demo) OR EXISTS (SELECT 1 FROM lead WHERE lead.id = OLD.lead_id AND lead.is_demo)) BEGIN SELECT RAISE(ABORT, 'a line of a return is never deleted'); END",
    ),
    "postgresql": (
        "CREATE OR REPLACE FUNCTION return_line_stays() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN IF TG_OP = 'INSERT' AND EXISTS (SELECT 1 FROM weekly_return WHERE weekly_return.id = NEW.return_id AND weekly_return.state <> 'confirmed') THEN RETURN NEW; END IF; IF TG_OP = 'UPDATE' AND EXISTS (SELECT 1 FROM weekly_return WHERE weekly_return.id = OLD.return_id AND weekly_return.state <> 'confirmed') THEN RETURN NEW; END IF; IF TG_OP = 'DELETE' AND (EXISTS (SELECT 1 FROM weekly_return WHERE weekly_return.id = OLD.return_id AND weekly_return.is_demo) OR EXISTS (SELECT 1 FROM lead WHERE lead.id = OLD.lead_id AND lead.is_demo)) THEN RETURN OLD; END IF; RAISE EXCEPTION 'a line of a confirmed return is never added, changed or deleted' USING ERRCODE = 'restrict_violation'; END $guard$",
        "CREATE TRIGGER return_line_stays BEFORE INSERT OR UPDATE OR DELETE ON return_line FOR EACH ROW EXECUTE FUNCTION return_line_stays()",
    ),
}


def upgrade() -> None:
    op.create_table(
        "weekly_return",
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("week_on", sa.Date(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("rules_version", sa.String(length=20), nullable=False),
        sa.Column("progress_text", sa.String(length=2000), nullable=True),
        sa.Column("problems_text", sa.String(length=2000), nullable=True),
        sa.Column("next_text", sa.String(length=2000), nullable=True),
        sa.Column("empty_reason", sa.String(length=400), nullable=True),
        sa.Column("left_out", sa.Integer(), nullable=False),
        sa.Column("opened_by_id", sa.Integer(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("saved_by_id", sa.Integer(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("submitted_by_id", sa.Integer(), nullable=True),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("first_submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("confirmed_by_id", sa.Integer(), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.String(length=400), nullable=True),
        sa.Column("corrects_id", sa.Integer(), nullable=True),
        sa.Column("is_demo", sa.Boolean(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("(number = 1) = (corrects_id IS NULL)", name=op.f("ck_weekly_return_corrects")),
        sa.CheckConstraint("number > 0", name=op.f("ck_weekly_return_number")),
        sa.CheckConstraint("state IN ('draft', 'submitted', 'returned', 'confirmed')", name=op.f("ck_weekly_return_state")),
        sa.ForeignKeyConstraint(["confirmed_by_id"], ["user_account.id"], name=op.f("fk_weekly_return_confirmed_by_id")),
        sa.ForeignKeyConstraint(["corrects_id"], ["weekly_return.id"], name=op.f("fk_weekly_return_corrects_id")),
        sa.ForeignKeyConstraint(["opened_by_id"], ["user_account.id"], name=op.f("fk_weekly_return_opened_by_id")),
        sa.ForeignKeyConstraint(["saved_by_id"], ["user_account.id"], name=op.f("fk_weekly_return_saved_by_id")),
        sa.ForeignKeyConstraint(["submitted_by_id"], ["user_account.id"], name=op.f("fk_weekly_return_submitted_by_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_weekly_return_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_weekly_return")),
        sa.UniqueConstraint("public_id", name=op.f("uq_weekly_return_public_id")),
        sa.UniqueConstraint("unit_id", "week_on", "number", name=op.f("uq_weekly_return_unit_id_week_on_number")),
    )
    op.create_index("ix_weekly_return_corrects_id", "weekly_return", ["corrects_id"])
    op.create_index("ix_weekly_return_week_on", "weekly_return", ["week_on", "unit_id"])
    op.create_table(
        "return_line",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("return_id", sa.Integer(), nullable=False),
        sa.Column("section", sa.String(length=8), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(length=12), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=True),
        sa.Column("facts", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("text", sa.String(length=2000), nullable=True),
        sa.Column("listed", sa.Boolean(), nullable=False),
        sa.Column("lead_id", sa.Integer(), nullable=True),
        sa.Column("lead_number", sa.String(length=20), nullable=True),
        sa.Column("lead_name", sa.String(length=200), nullable=True),
        sa.Column("lead_title", sa.String(length=120), nullable=True),
        sa.Column("sealed", sa.Boolean(), nullable=False),
        sa.Column("code_name", sa.String(length=40), nullable=True),
        sa.CheckConstraint("section IN ('progress', 'problems', 'next')", name=op.f("ck_return_line_section")),
        sa.CheckConstraint("source IN ('interaction', 'stage', 'milestone', 'status', 'registered', 'matter', 'step', 'typed')", name=op.f("ck_return_line_source")),
        sa.CheckConstraint("(source = 'typed') = (source_id IS NULL)", name=op.f("ck_return_line_source_id")),
        sa.CheckConstraint("source <> 'typed' OR text IS NOT NULL", name=op.f("ck_return_line_text")),
        sa.ForeignKeyConstraint(["lead_id"], ["lead.id"], name=op.f("fk_return_line_lead_id")),
        sa.ForeignKeyConstraint(["return_id"], ["weekly_return.id"], name=op.f("fk_return_line_return_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_return_line")),
        sa.UniqueConstraint("return_id", "section", "source", "source_id", name=op.f("uq_return_line_return_id_section_source_source_id")),
    )
    op.create_index("ix_return_line_lead_id", "return_line", ["lead_id"])
    op.create_index("ix_return_line_return_id", "return_line", ["return_id", "section", "place"])
    op.create_table(
        "return_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("return_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("text", sa.String(length=400), nullable=True),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('opened', 'refreshed', 'submitted', 'sent_back', 'confirmed', 'corrected')", name=op.f("ck_return_event_kind")),
        sa.ForeignKeyConstraint(["by_id"], ["user_account.id"], name=op.f("fk_return_event_by_id")),
        sa.ForeignKeyConstraint(["return_id"], ["weekly_return.id"], name=op.f("fk_return_event_return_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_return_event")),
    )
    op.create_index("ix_return_event_return_id", "return_event", ["return_id"])
    op.create_table(
        "return_notice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("week_on", sa.Date(), nullable=False),
        sa.Column("kind", sa.String(length=4), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('soon', 'late')", name=op.f("ck_return_notice_kind")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_return_notice_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_return_notice")),
        sa.UniqueConstraint("unit_id", "week_on", "kind", name=op.f("uq_return_notice_unit_id_week_on_kind")),
    )
    for statement in (*GUARDS[op.get_bind().dialect.name], *LINE_GUARDS[op.get_bind().dialect.name]):
        op.execute(statement)


def downgrade() -> None:
    op.drop_table("return_notice")
    op.drop_table("return_event")
    op.drop_table("return_line")
    op.drop_table("weekly_return")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION return_line_stays()")
        op.execute("DROP FUNCTION weekly_return_stays()")
