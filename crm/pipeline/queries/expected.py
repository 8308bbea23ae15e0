"""预计节点: what was promised of a lead's milestones and how it stands; whose day has passed."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select

from crm.core.db import db
from crm.leads.models import Lead
from crm.leads.queries.rows import Row
from crm.leads.rules.lead import Status
from crm.pipeline.models import ExpectedDate, Milestone
from crm.pipeline.queries.gate_tables import gates
from crm.pipeline.queries.gates import type_of
from crm.pipeline.rules import LIVE, Change, Dated, Kind, Promise, Slip, passed, promises_of, slip_of


@dataclass(frozen=True, slots=True)
class Expected:
    """A milestone with what was promised of it (None: nothing) and the day on which it came (None: not yet). `rows`: how the
    promise changed, oldest first. `late`: days from the first promise to the day it came, below zero when it came early.
    `skipped`: a later milestone is there, this one is waited for no more.
    """

    kind: Kind
    promise: Promise | None
    reached_on: date | None
    slip: Slip | None
    overdue: bool
    rows: tuple[ExpectedDate, ...]
    skipped: bool = False

    @property
    def late(self) -> int | None:
        """None while it has not come, or nothing was promised."""
        if self.promise is None or self.reached_on is None:
            return None
        return (self.reached_on - self.promise.first_on).days


def expected_rows(lead_id: int) -> list[ExpectedDate]:
    """Every change of a lead's expected dates, in the order in which they were entered. The caller has asked the policy."""
    query = select(ExpectedDate).where(ExpectedDate.lead_id == lead_id).order_by(ExpectedDate.at, ExpectedDate.id)
    return list(db.session.scalars(query))


def expected_count(lead_id: int) -> int:
    """How many changes there were: a form that was opened on fewer is stale."""
    return db.session.scalar(select(func.count()).where(ExpectedDate.lead_id == lead_id)) or 0


def promises(rows: Iterable[ExpectedDate]) -> dict[Kind, Promise]:
    """The promises in force."""
    return promises_of(Change(Kind(row.kind), row.old_on, row.new_on) for row in rows)


def held(lead_id: int) -> list[Dated]:
    """The milestones that are there: nothing is expected of them any more."""
    query = select(Milestone.kind, Milestone.on_date).where(Milestone.lead_id == lead_id, Milestone.state.in_(sorted(LIVE)))
    return [Dated(Kind(kind), on) for kind, on in db.session.execute(query)]


def expected_of(lead: Lead, rows: list[ExpectedDate], there: Iterable[Milestone], today: date) -> list[Expected]:
    """The milestones of the project's type of which a day may be promised, and others of which one was, in the path's order."""
    promised, table = promises(rows), gates()
    reached = {Kind(row.kind): row.on_date for row in there if row.state in LIVE}
    kinds = [*table.expectable(type_of(lead)), *(kind for kind in promised if kind not in table.expectable(type_of(lead)))]
    done = passed(reached)
    return [
        _expected(lead, kind, promised.get(kind), reached.get(kind), rows, today, skipped=kind in done and kind not in reached)
        for kind in kinds
    ]


def _expected(
    lead: Lead,
    kind: Kind,
    promise: Promise | None,
    reached: date | None,
    rows: list[ExpectedDate],
    today: date,
    *,
    skipped: bool,
) -> Expected:
    history = tuple(row for row in rows if row.kind == kind)
    if promise is None or reached is not None or skipped:
        return Expected(kind, promise, reached, None, False, history, skipped)
    overdue = promise.overdue(today) and lead.status == Status.ACTIVE
    slip = slip_of(promise.slipped, promise.moves, overdue=overdue, limits=gates().slip)
    return Expected(kind, promise, None, slip, overdue, history)


@dataclass(frozen=True, slots=True)
class Nearest:
    """The next expected milestone of a row of a list, as its reader may see it."""

    kind: Kind
    on: date
    slipped: int
    moves: int
    overdue: bool
    slip: Slip


def nearest_of(row: Row | Lead, today: date) -> Nearest | None:
    """That of a row, or of a lead that its reader reads; None when nothing is expected, or the reader does not read so far."""
    if row.expected_on is None or row.expected_kind is None:
        return None
    slipped, moves = row.expected_slip or 0, row.expected_moves or 0
    overdue = row.expected_on < today and row.status == Status.ACTIVE
    slip = slip_of(slipped, moves, overdue=overdue, limits=gates().slip)
    return Nearest(Kind(row.expected_kind), row.expected_on, slipped, moves, overdue, slip)


def promises_over(today: date, *, size: int) -> list[ExpectedDate]:
    """Promises in force whose day has passed, of leads that are pursued, and of which nobody was told."""
    query = (
        select(ExpectedDate).join(Lead, Lead.id == ExpectedDate.lead_id)
        .where(
            Lead.expected_on < today, Lead.status == Status.ACTIVE, Lead.merged_into_id.is_(None),
            ExpectedDate.kind == Lead.expected_kind, ExpectedDate.new_on == Lead.expected_on, ExpectedDate.told_at.is_(None),
        )
        .order_by(ExpectedDate.id).limit(size)
    )  # fmt: skip
    return list(db.session.scalars(query))
