"""who asked the city to coordinate when reporting a lead again gets an answer

Number 0038, after 0037. What was asked before waits for an answer too: none was ever given in the system.
"""

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None

UNANSWERED = sa.column("wants_coordination").is_(True) & sa.column("answered_at").is_(None)


def upgrade() -> None:
    with op.batch_alter_table("second_report") as batch:
        batch.add_column(sa.Column("answered_by_id", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True))
        batch.add_column(sa.Column("answer", sa.String(400), nullable=True))
        batch.create_foreign_key(op.f("fk_second_report_answered_by_id"), "user_account", ["answered_by_id"], ["id"])
    op.create_index(
        "ix_second_report_unanswered", "second_report", ["lead_id"], sqlite_where=UNANSWERED, postgresql_where=UNANSWERED
    )


def downgrade() -> None:
    op.drop_index("ix_second_report_unanswered", table_name="second_report")
    with op.batch_alter_table("second_report") as batch:
        batch.drop_constraint(op.f("fk_second_report_answered_by_id"), type_="foreignkey")
        for name in ("answer", "answered_at", "answered_by_id"):
            batch.drop_column(name)
