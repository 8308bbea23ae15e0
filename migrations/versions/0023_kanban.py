"""numbers of the stages with the days in them, from the index alone

Number 0023, after 0022.
"""

from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

OLD = [
    "stage",
    "admitted_at",
    "total_verified",
    "total_cny",
    "contracted_usd",
    "following_unit_path",
    "owner_id",
    "merged_into_id",
]
NEW = [
    "stage",
    "stage_since",
    "merged_into_id",
    "total_verified",
    "admitted_at",
    "total_cny",
    "contracted_usd",
    "following_unit_path",
    "owner_id",
]


def upgrade() -> None:
    op.drop_index("ix_lead_numbers", table_name="lead")
    op.create_index("ix_lead_numbers", "lead", NEW)


def downgrade() -> None:
    op.drop_index("ix_lead_numbers", table_name="lead")
    op.create_index("ix_lead_numbers", "lead", OLD)
