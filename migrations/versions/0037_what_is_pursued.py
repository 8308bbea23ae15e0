"""the indexes that numbers and pages are read from know whether a lead is pursued

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
_TOUCHED = ["touched_at", "id", "following_unit_path", "owner_id", "merged_into_id"]


def _rebuild(*more: str) -> None:
    indexes = {
        "ix_lead_stage_country": _COUNTRY, "ix_lead_numbers": _NUMBERS, "ix_lead_stage_touched": ["stage", *_TOUCHED],
        "ix_lead_touched": _TOUCHED,
    }  # fmt: skip
    for name, columns in indexes.items():
        op.drop_index(name, table_name="lead")
        op.create_index(name, "lead", [*columns, *more])


def upgrade() -> None:
    _rebuild("status")


def downgrade() -> None:
    _rebuild()
