"""What was brought in a window, where it meets, what of that is settled. Not cut for a reader: services and `shown` ask it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, select

from crm.claims import queries as claims
from crm.claims.models import Claim, GoLiveConflict, GoLiveSide, GoLiveWindow
from crm.companies import queries as companies
from crm.core import clock
from crm.core.db import db, one_of
from crm.exchange.models import Import
from crm.golive.rules import Brought, Met, conflicts, uncovered
from crm.leads.models import Lead, SecondReport
from crm.leads.queries.evidenced import Basis, brought_by, evidenced_of, pieces_of
from crm.matching.rules import Verdict
from crm.review.models import ReviewPair
from crm.review.queries.finding import UNDECIDED


@dataclass(frozen=True, slots=True)
class Found:
    """A conflict: written down (`row`), or as it is found now; its sides in their order."""

    kind: str
    sides: tuple[Brought, ...]
    row: GoLiveConflict | None = None

    @property
    def key(self) -> frozenset[tuple[int, int]]:
        """Its sides."""
        return frozenset(side.key for side in self.sides)

    @property
    def settled(self) -> bool:
        """Whether there is an answer."""
        return self.row is not None and self.row.answer is not None


def brought_in(window: GoLiveWindow) -> list[Brought]:
    """All leads registered in a window, and the second reports of other units on them."""
    query = select(Lead).where(_during(Lead.registered_at, window), Lead.merged_into_id.is_(None), Lead.investor_id.is_not(None))
    leads = list(db.session.scalars(query.order_by(Lead.id)))
    units, days = brought_by(leads), evidenced_of([lead.id for lead in leads])
    found = []
    for lead in leads:
        day = days[lead.id]
        place = (lead.id, None, units[lead.id], lead.investor_id or 0)
        found.append(Brought(*place, lead.registered_at, day.on, day.basis, day.pieces))
    return [*found, *_reports({one.lead_id: one for one in found}, window)]


def _reports(leads: dict[int, Brought], window: GoLiveWindow) -> list[Brought]:
    """The earliest second report of each other unit on each lead. What a merge made a second report was a lead of its own, and is
    settled by the merge.
    """
    query = select(SecondReport).where(_during(SecondReport.reported_at, window), one_of(SecondReport.lead_id, leads))
    rows = [row for row in db.session.scalars(query.order_by(SecondReport.id)) if "number" not in row.typed]
    batches = {int(row.typed["import_id"]) for row in rows if row.typed.get("import_id")}
    told = db.session.execute(select(Import.id, Import.unit_id).where(one_of(Import.id, batches))) if batches else ()
    unit_of: dict[int, int] = {row[0]: row[1] for row in told}
    first: dict[tuple[int, int], Brought] = {}
    for row in rows:
        unit_id = unit_of.get(int(row.typed.get("import_id") or 0), row.unit_id)
        on, basis = _reported_on(row)
        one = Brought(row.lead_id, row.id, unit_id, leads[row.lead_id].company_id, row.reported_at, on, basis)
        place = (row.lead_id, unit_id)
        if unit_id != leads[row.lead_id].unit_id and (place not in first or one.rank < first[place].rank):
            first[place] = one
    return list(first.values())


def _reported_on(row: SecondReport) -> tuple[date, str]:
    """The day that a second report proves: its own, or the first talks in the list that it was imported with."""
    own = clock.city_day(row.reported_at)
    told = row.typed.get("first_talks_on") if row.typed.get("origin") == "import" else None
    day = date.fromisoformat(str(told)) if told else own
    return (day, Basis.IMPORTED) if day < own else (own, Basis.REGISTERED)


def _during(column: Any, window: GoLiveWindow) -> ColumnElement[bool]:
    return and_(column >= window.begins_at, column < (window.ended_at or window.ends_at))


def met_now(window: GoLiveWindow, written: Iterable[GoLiveConflict] | None = None) -> list[Met]:
    """Where what was brought in a window meets, without what is settled; `written`: its conflicts, for who has read them."""
    brought = brought_in(window)
    ids = {one.company_id for one in brought}
    found = conflicts(brought, companies.tops_of(ids), _same(ids))
    kept = claims.conflicts_of(window.id) if written is None else [row for row in written if row.window_id == window.id]
    settled = [frozenset((side.lead_id, side.report_id or 0) for side in row.sides) for row in kept if row.answer is not None]
    return uncovered(found, settled)


def _same(ids: set[int]) -> list[tuple[int, int]]:
    """The open pairs among some companies that are called the same."""
    query = select(ReviewPair.a_id, ReviewPair.b_id).where(
        ReviewPair.state.in_(UNDECIDED), ReviewPair.verdict == Verdict.SAME, one_of(ReviewPair.a_id, ids),
        one_of(ReviewPair.b_id, ids),
    )  # fmt: skip
    return [(a, b) for a, b in db.session.execute(query)]


def all_found(window: GoLiveWindow | None) -> list[Found]:
    """The conflicts of a window, the unsettled ones first; and whatever is left unsettled of earlier windows."""
    rows = claims.conflicts_of(window.id, unsettled=True) if window is not None else []
    found = _written(rows)
    if window is not None and window.ended_at is None:
        found += [Found(met.kind, met.sides) for met in met_now(window, rows)]
    return sorted(found, key=lambda one: (one.settled, one.sides[0].rank))


def sides_of(row: GoLiveConflict, live: Mapping[int, Claim]) -> list[GoLiveSide]:
    """The sides of a conflict that was written down. Of those that a merge made one, the one that it was decided for or that has
    the live claim, else the first.
    """
    kept: dict[tuple[int, int], GoLiveSide] = {}

    def has_it(side: GoLiveSide) -> bool:
        return side.lead_id in live and live[side.lead_id].unit_id == side.unit_id

    for side in sorted(row.sides, key=lambda side: (not side.holds, not has_it(side), side.id)):
        kept.setdefault((side.lead_id, side.report_id or 0), side)
    return list(kept.values())


def _written(rows: list[GoLiveConflict]) -> list[Found]:
    """Conflicts as they were written down: the days are those of then."""
    if not rows:
        return []
    lead_ids = {side.lead_id for row in rows for side in row.sides}
    report_ids = {side.report_id for row in rows for side in row.sides if side.report_id is not None}
    told = db.session.execute(select(Lead.id, Lead.investor_id, Lead.registered_at).where(one_of(Lead.id, lead_ids)))
    leads = {lead_id: (company or 0, at) for lead_id, company, at in told}
    said = db.session.execute(select(SecondReport.id, SecondReport.reported_at).where(one_of(SecondReport.id, report_ids)))
    reported: dict[int, datetime] = {row[0]: row[1] for row in said}
    pieces, live = pieces_of(lead_ids), claims.live_for_all(list(lead_ids))
    found = []
    for row in rows:
        sides = []
        for side in sides_of(row, live):
            company, at = leads[side.lead_id]
            at = reported.get(side.report_id or 0, at)
            place = (side.lead_id, side.report_id, side.unit_id, company)
            sides.append(Brought(*place, at, side.evidenced_on, side.basis, pieces.get(side.lead_id, 0)))
        found.append(Found(row.kind, tuple(sorted(sides, key=lambda one: one.rank)), row))
    return found
