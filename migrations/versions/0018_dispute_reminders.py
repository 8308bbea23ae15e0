"""what was last told of a dispute's day

Number 0018, after 0017.
"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("dispute", sa.Column("reminded", sa.String(length=20), nullable=True))


def downgrade() -> None:
    op.drop_column("dispute", "reminded")
