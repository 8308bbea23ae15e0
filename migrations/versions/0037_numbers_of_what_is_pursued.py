"""the indexes that numbers are read from know whether a lead is pursued

Number 0037, after 0036.
"""

from alembic import op

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None

_COUNTRY = ["stage", "country", "admitted_at", "contracted_usd", "following_unit_path", "merged_into_id"]
_NUMBERS = [
    "stage", "stage_since", "merged_into_id", "total_verified", "admitted_at", "total_cny", "contracted_usd", "following_unit_path",
    "owner_id",
]  # fmt: skip


def _rebuild(*more: str) -> None:
    for name, columns in (("ix_lead_stage_country", _COUNTRY), ("ix_lead_numbers", _NUMBERS)):
        op.drop_index(name, table_name="lead")
        op.create_index(name, "lead", [*columns, *more])


def upgrade() -> None:
    _rebuild("status")


def downgrade() -> None:
    _rebuild()
