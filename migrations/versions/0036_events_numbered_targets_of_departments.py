"""scores beside the year before; targets of departments

Number 0036, after 0035.
"""

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None

_OF_ONE = (
    "(place = 'city' AND unit_id IS NULL AND cluster_id IS NULL) OR ({unit} AND unit_id IS NOT NULL AND cluster_id IS NULL) "
    "OR (place = 'cluster' AND unit_id IS NULL AND cluster_id IS NOT NULL)"
)
OLD = "place IN ('city', 'district', 'cluster')", _OF_ONE.format(unit="place = 'district'")
NEW = "place IN ('city', 'district', 'bureau', 'cluster')", _OF_ONE.format(unit="place IN ('district', 'bureau')")


def _whose(checks: tuple[str, str]) -> None:
    """Whose a target and a figure may be."""
    for table in ("target", "target_figure"):
        with op.batch_alter_table(table) as batch:
            for name, check in zip(("place", "of_one"), checks, strict=True):
                batch.drop_constraint(op.f(f"ck_{table}_{name}"), type_="check")
                batch.create_check_constraint(op.f(f"ck_{table}_{name}"), check)


def upgrade() -> None:
    _whose(NEW)
    op.add_column("score_line", sa.Column("raw_before", sa.Text(), nullable=True))


def downgrade() -> None:
    for table in ("target_figure", "target"):
        op.execute(f"DELETE FROM {table} WHERE place = 'bureau'")
    _whose(OLD)
    op.execute("ALTER TABLE score_line DROP COLUMN raw_before")  # no rebuild: the table's triggers stay
