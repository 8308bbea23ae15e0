"""events have numbers; targets of departments; scores beside the year before

Number 0036, after 0035.
"""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from alembic import op
from flask import current_app, has_app_context

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


EVENT = sa.table("event", sa.column("id"), sa.column("number"), sa.column("made_at", sa.DateTime(timezone=True)))
SERIES = sa.table("number_series", sa.column("series"), sa.column("year"), sa.column("last"))
CITY = ZoneInfo("Asia/Shanghai")


def _number_events() -> None:
    """Those that are there, in the order in which they were entered, year by year."""
    code = current_app.config["CITY_CODE"] if has_app_context() else "SZ"
    bind, last = op.get_bind(), {}
    for id_, at in bind.execute(sa.select(EVENT.c.id, EVENT.c.made_at).order_by(EVENT.c.made_at, EVENT.c.id)).all():
        year = _aware(at).astimezone(CITY).year
        last[year] = last.get(year, 0) + 1
        bind.execute(EVENT.update().where(EVENT.c.id == id_).values(number=f"{code}-HD-{year}-{last[year]:04d}"))
    there = set(bind.scalars(sa.select(SERIES.c.year).where(SERIES.c.series == "event")))  # left by a downgrade
    for year, number in last.items():
        if year in there:
            bind.execute(SERIES.update().where(SERIES.c.series == "event", SERIES.c.year == year).values(last=number))
        else:
            bind.execute(SERIES.insert().values(series="event", year=year, last=number))


def _aware(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def upgrade() -> None:
    op.add_column("event", sa.Column("number", sa.String(length=20), nullable=True))
    _number_events()
    with op.batch_alter_table("event") as batch:
        batch.alter_column("number", existing_type=sa.String(length=20), nullable=False)
        batch.create_unique_constraint(op.f("uq_event_number"), ["number"])
    _whose(NEW)
    op.add_column("score_line", sa.Column("raw_before", sa.Text(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("event") as batch:
        batch.drop_constraint(op.f("uq_event_number"), type_="unique")
        batch.drop_column("number")
    for table in ("target_figure", "target"):
        op.execute(f"DELETE FROM {table} WHERE place = 'bureau'")
    _whose(OLD)
    op.execute("ALTER TABLE score_line DROP COLUMN raw_before")  # no rebuild: the table's triggers stay
