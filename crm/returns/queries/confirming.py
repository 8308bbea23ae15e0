"""Of a week's returns that were picked: which the city may confirm now, and why not the others."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from crm.core import clock
from crm.core.db import db
from crm.core.errors import Forbidden, Refusal
from crm.policy import rules as policy
from crm.policy.rules import Actor
from crm.returns.models import WeeklyReturn
from crm.returns.queries.returns import Seen, newest_numbers, parts_of_many, stands
from crm.returns.rules import ReturnMoved, State, Week, check_confirm

MOST = 100  # picked at once: more than a week has units


@dataclass(frozen=True, slots=True)
class Candidate:
    """A return that was picked, as it is read; what stands against confirming it, None for nothing."""

    one: Seen
    refusal: Refusal | None


def to_confirm(week: Week, items: Sequence[tuple[str, int]], actor: Actor) -> list[Candidate]:
    """Of what was picked (public id, version that was seen), by unit, what would be confirmed and what would not. What is of
    another week, or not to be read, is not there.
    """
    versions = dict(items[:MOST])
    query = select(WeeklyReturn).where(WeeklyReturn.week_on == week.first, WeeklyReturn.public_id.in_(versions))
    rows = [row for row in db.session.scalars(query) if policy.can(stands(actor, row), "weekly_return", "read")]
    rows.sort(key=lambda row: row.unit_id)
    parts, newest, today = parts_of_many(rows, actor), newest_numbers(rows), clock.today()
    return [
        Candidate(
            Seen(row, stands(actor, row), parts[row.id], today, newest[row.id] == row.number),
            _against(row, versions[row.public_id], actor),
        )
        for row in rows
    ]


def _against(row: WeeklyReturn, opened: int, actor: Actor) -> Refusal | None:
    if not policy.can(stands(actor, row), "weekly_return", "confirm"):
        return Forbidden(record="weekly_return", action="confirm")
    try:
        check_confirm(State(row.state))
    except Refusal as refusal:
        return refusal
    return None if row.version == opened else ReturnMoved()
