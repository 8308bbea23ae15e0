"""scores beside the year before

Number 0036, after 0035.
"""

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("score_line", sa.Column("raw_before", sa.Text(), nullable=True))


def downgrade() -> None:
    op.execute("ALTER TABLE score_line DROP COLUMN raw_before")  # no rebuild: the table's triggers stay
