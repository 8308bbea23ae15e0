"""editions of the three batches: frozen rows that are never added to, changed or deleted

Number 0021, after 0020.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

GUARDS = {
    "sqlite": (
        "CREATE TRIGGER edition_unchanged BEFORE UPDATE ON edition WHEN OLD.status <> 'freezing' "
        "BEGIN SELECT RAISE(ABORT, 'an edition is never changed'); END",
        "CREATE TRIGGER edition_kept BEFORE DELETE ON edition WHEN NOT OLD.is_demo "
        "BEGIN SELECT RAISE(ABORT, 'an edition is never deleted'); END",
    ),
    "postgresql": (
        "CREATE OR REPLACE FUNCTION edition_stays() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN "
        "IF TG_OP = 'DELETE' AND OLD.is_demo THEN RETURN OLD; END IF; "
        "IF TG_OP = 'UPDATE' AND OLD.status = 'freezing' THEN RETURN NEW; END IF; "
        "RAISE EXCEPTION 'an edition is never changed or deleted' USING ERRCODE = 'restrict_violation'; END $guard$",
        "CREATE TRIGGER edition_stays BEFORE UPDATE OR DELETE ON edition FOR EACH ROW EXECUTE FUNCTION edition_stays()",
    ),
}
ROW_GUARDS = {
    "sqlite": (
        "CREATE TRIGGER edition_row_added BEFORE INSERT ON edition_row "
        "WHEN NOT EXISTS (SELECT 1 FROM edition WHERE edition.id = NEW.edition_id AND edition.status = 'freezing') "
        "BEGIN SELECT RAISE(ABORT, 'a frozen edition gets no more rows'); END",
        "CREATE TRIGGER edition_row_unchanged BEFORE UPDATE ON edition_row "
        "BEGIN SELECT RAISE(ABORT, 'a frozen row is never changed'); END",
        "CREATE TRIGGER edition_row_kept BEFORE DELETE ON edition_row "
        "WHEN NOT EXISTS (SELECT 1 FROM lead WHERE lead.id = OLD.lead_id AND lead.is_demo) "
        "BEGIN SELECT RAISE(ABORT, 'a frozen row is never deleted'); END",
    ),
    "postgresql": (
        "CREATE OR REPLACE FUNCTION edition_row_stays() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN "
        "IF TG_OP = 'INSERT' AND EXISTS "
        "(SELECT 1 FROM edition WHERE edition.id = NEW.edition_id AND edition.status = 'freezing') THEN RETURN NEW; END IF; "
        "IF TG_OP = 'DELETE' AND EXISTS (SELECT 1 FROM lead WHERE lead.id = OLD.lead_id AND lead.is_demo) "
        "THEN RETURN OLD; END IF; "
        "RAISE EXCEPTION 'a frozen row is never added, changed or deleted' USING ERRCODE = 'restrict_violation'; END $guard$",
        "CREATE TRIGGER edition_row_stays BEFORE INSERT OR UPDATE OR DELETE ON edition_row "
        "FOR EACH ROW EXECUTE FUNCTION edition_row_stays()",
    ),
}


def upgrade() -> None:
    op.create_table(
        "edition",
        sa.Column("city", sa.String(length=8), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("first_on", sa.Date(), nullable=False),
        sa.Column("last_on", sa.Date(), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("status", sa.String(length=8), nullable=False),
        sa.Column("frozen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("frozen_by_id", sa.Integer(), nullable=False),
        sa.Column("previous_id", sa.Integer(), nullable=True),
        sa.Column("summary", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("is_demo", sa.Boolean(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.CheckConstraint("kind IN ('weekly', 'monthly')", name=op.f("ck_edition_kind")),
        sa.CheckConstraint("status IN ('freezing', 'frozen')", name=op.f("ck_edition_status")),
        sa.CheckConstraint("number > 0", name=op.f("ck_edition_number")),
        sa.ForeignKeyConstraint(["frozen_by_id"], ["user_account.id"], name=op.f("fk_edition_frozen_by_id")),
        sa.ForeignKeyConstraint(["previous_id"], ["edition.id"], name=op.f("fk_edition_previous_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_edition")),
        sa.UniqueConstraint("city", "kind", "number", name=op.f("uq_edition_city_kind_number")),
        sa.UniqueConstraint("city", "kind", "first_on", name=op.f("uq_edition_city_kind_first_on")),
        sa.UniqueConstraint("public_id", name=op.f("uq_edition_public_id")),
    )
    op.create_index("ix_edition_frozen_at", "edition", ["frozen_at"])
    op.create_index("ix_edition_previous_id", "edition", ["previous_id"])
    op.create_table(
        "edition_row",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("lead_id", sa.Integer(), nullable=False),
        sa.Column("batch", sa.String(length=20), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=True),
        sa.Column("country", sa.String(length=2), nullable=True),
        sa.Column("cluster_id", sa.Integer(), nullable=True),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("stage", sa.String(length=20), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("idle", sa.Boolean(), nullable=False),
        sa.Column("framework", sa.Boolean(), nullable=False),
        sa.Column("sealed", sa.Boolean(), nullable=False),
        sa.Column("code_name", sa.String(length=40), nullable=True),
        sa.Column("total_cny", sa.BigInteger(), nullable=True),
        sa.Column("total_verified", sa.Boolean(), nullable=False),
        sa.Column("contracted_usd", sa.BigInteger(), nullable=True),
        sa.Column("reported_on", sa.Date(), nullable=True),
        sa.Column("confirmed_on", sa.Date(), nullable=True),
        sa.Column("confirmed_usd", sa.BigInteger(), nullable=True),
        sa.Column("change", sa.String(length=8), nullable=False),
        sa.Column("money_changed", sa.Boolean(), nullable=False),
        sa.Column("was_batch", sa.String(length=20), nullable=True),
        sa.Column("was_total_cny", sa.BigInteger(), nullable=True),
        sa.Column("was_total_verified", sa.Boolean(), nullable=True),
        sa.Column("was_contracted_usd", sa.BigInteger(), nullable=True),
        sa.Column("was_confirmed_usd", sa.BigInteger(), nullable=True),
        sa.Column("was_unit_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(length=16), nullable=True),
        sa.Column("reason_ref", sa.String(length=20), nullable=True),
        sa.CheckConstraint(
            "batch IN ('negotiating', 'signed', 'under_construction', 'left')", name=op.f("ck_edition_row_batch")
        ),
        sa.CheckConstraint(
            "change IN ('new', 'again', 'moved', 'money', 'unit', 'kept', 'left')", name=op.f("ck_edition_row_change")
        ),
        sa.CheckConstraint("(batch = 'left') = (change = 'left')", name=op.f("ck_edition_row_left")),
        sa.CheckConstraint("(reason IS NOT NULL) = (change = 'left')", name=op.f("ck_edition_row_reason")),
        sa.ForeignKeyConstraint(["edition_id"], ["edition.id"], name=op.f("fk_edition_row_edition_id")),
        sa.ForeignKeyConstraint(["lead_id"], ["lead.id"], name=op.f("fk_edition_row_lead_id")),
        sa.ForeignKeyConstraint(["cluster_id"], ["cluster.id"], name=op.f("fk_edition_row_cluster_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_edition_row_unit_id")),
        sa.ForeignKeyConstraint(["was_unit_id"], ["unit.id"], name=op.f("fk_edition_row_was_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_edition_row")),
        sa.UniqueConstraint("edition_id", "lead_id", name=op.f("uq_edition_row_edition_id_lead_id")),
    )
    op.create_index("ix_edition_row_batch", "edition_row", ["edition_id", "batch", "position"])
    op.create_index("ix_edition_row_lead_id", "edition_row", ["lead_id"])
    for statement in (*GUARDS[op.get_bind().dialect.name], *ROW_GUARDS[op.get_bind().dialect.name]):
        op.execute(statement)


def downgrade() -> None:
    op.drop_table("edition_row")
    op.drop_table("edition")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION edition_row_stays()")
        op.execute("DROP FUNCTION edition_stays()")
