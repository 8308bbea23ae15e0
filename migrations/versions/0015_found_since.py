"""which names of companies a person confirmed; indexes for daughters, claims of a lead, leads that wait for their assessment

Number 0015, after 0014.
"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

PARENT = sa.text("parent_id IS NOT NULL")
NOT_ADMITTED = sa.text("admitted_at IS NULL AND merged_into_id IS NULL")


def upgrade() -> None:
    op.add_column("company_name", sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True))
    op.drop_index("ix_company_parent_id", table_name="company")
    op.create_index("ix_company_parent_id", "company", ["parent_id"], sqlite_where=PARENT, postgresql_where=PARENT)
    op.create_index("ix_claim_lead_id", "claim", ["lead_id"])
    op.drop_index("ix_lead_queue", table_name="lead")
    op.create_index(
        "ix_lead_queue", "lead", ["registered_at", "id"], sqlite_where=NOT_ADMITTED, postgresql_where=NOT_ADMITTED
    )  # fmt: skip


def downgrade() -> None:
    op.drop_index("ix_lead_queue", table_name="lead")
    op.create_index("ix_lead_queue", "lead", ["assessed_at", "registered_at"])
    op.drop_index("ix_claim_lead_id", table_name="claim")
    op.drop_index("ix_company_parent_id", table_name="company")
    op.create_index("ix_company_parent_id", "company", ["parent_id"])
    op.drop_column("company_name", "confirmed_at")
