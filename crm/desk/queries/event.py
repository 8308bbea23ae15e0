"""What came of an event, as far as somebody may read it: every figure is the count of a list that they may open."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date
from statistics import median
from typing import Any

from sqlalchemy import func, select

from crm.core.db import db, one_of
from crm.events import queries as events
from crm.events.rules import LinkRole
from crm.leads.models import Lead
from crm.leads.queries import listing
from crm.leads.queries.rows import Row, rows_of
from crm.leads.rules.lead import SIGNED_STAGES, Stage
from crm.leads.rules.listing import Question, Scope, Totals, together
from crm.pipeline.models import StageChange
from crm.policy.rules import Actor

STARTED = frozenset({Stage.UNDER_CONSTRUCTION, Stage.OPERATING})
SHOWN = 50


@dataclass(frozen=True, slots=True)
class Yield:
    """What came of an event somewhere: leads that came from it, of those in negotiation, and signed or later; projects signed at
    it with their sums (verified, unverified and foreign capital, each alone), and how many of them have begun.
    """

    came: int = 0
    negotiating: int = 0
    came_signed: int = 0
    signed: Totals = field(default_factory=Totals)
    started: int = 0

    @property
    def part(self) -> int | None:
        """Of those signed at it the part that began, in per cent; None when none was signed."""
        return round(100 * self.started / self.signed.count) if self.signed.count else None


@dataclass(frozen=True, slots=True)
class Turned:
    """A project signed at the event: when it was signed, when it began, and the days between; None while it has not."""

    row: Row
    signed_on: date | None
    started_on: date | None

    @property
    def days(self) -> int | None:
        """From signing to beginning."""
        return (self.started_on - self.signed_on).days if self.started_on and self.signed_on else None


@dataclass(frozen=True, slots=True)
class Outcome:
    """All of it: together, by following unit, by primary cluster (0: none), the newest leads from it, what was signed at it."""

    all: Yield
    by_unit: dict[int, Yield]
    by_cluster: dict[int, Yield]
    came: list[Row]
    signed: list[Turned]

    @property
    def median_days(self) -> int | None:
        """The median of the days from signing to beginning."""
        days = [one.days for one in self.signed if one.days is not None]
        return round(median(days)) if days else None


def asked(event_id: int, role: LinkRole, **more: Any) -> Question:
    """The list behind a figure: the whole board, as far as the reader sees it."""
    return Question(stage=None, scope=Scope.CITY, event_id=event_id, event_role=role.value).on(**more)


def asked_signed(event_id: int) -> Question:
    """The list of what was signed at an event, is signed still, and was admitted."""
    return asked(event_id, LinkRole.SIGNED, reached=Stage.SIGNED, admitted=True)


def outcome_of(event_id: int, actor: Actor) -> Outcome:
    """What came of an event, under the reader's rights."""
    came = listing.by_place(asked(event_id, LinkRole.SOURCE), actor)
    signed = listing.by_place(asked_signed(event_id), actor)
    ids = listing.page_ids(asked_signed(event_id).on(size=SHOWN), actor)
    return Outcome(
        _yield(came, signed),
        _split(came, signed, 0), _split(came, signed, 1),
        listing.page_of(asked(event_id, LinkRole.SOURCE, size=20), actor), _turned(ids, actor),
    )  # fmt: skip


_Cells = dict[tuple[int, int, Stage], Totals]


def _yield(came: _Cells, signed: _Cells) -> Yield:
    def count(cells: _Cells, stages: Collection[Stage]) -> int:
        return sum(totals.count for (_unit, _tag, stage), totals in cells.items() if stage in stages)

    return Yield(
        count(came, frozenset(Stage)), count(came, {Stage.NEGOTIATING}), count(came, SIGNED_STAGES),
        together(signed.values()), count(signed, STARTED),
    )  # fmt: skip


def _split(came: _Cells, signed: _Cells, place: int) -> dict[int, Yield]:
    """By unit (place 0) or cluster (1), the fullest first."""
    parts: dict[int, tuple[_Cells, _Cells]] = defaultdict(lambda: ({}, {}))
    for which, cells in enumerate((came, signed)):
        for key, totals in cells.items():
            parts[int(key[place])][which][key] = totals
    found = {key: _yield(*both) for key, both in parts.items()}
    return dict(sorted(found.items(), key=lambda item: (-item[1].signed.count, -item[1].came, item[0])))


def _turned(ids: list[int], actor: Actor) -> list[Turned]:
    """The newest signings of the event with their days: the last signing, and the first beginning since."""
    signed = select(StageChange.lead_id, func.max(StageChange.on_date)).where(
        one_of(StageChange.lead_id, ids), StageChange.to_stage == Stage.SIGNED,
        StageChange.from_stage.in_([Stage.LEAD, Stage.NEGOTIATING]),
    )  # fmt: skip
    signed_on = {row[0]: row[1] for row in db.session.execute(signed.group_by(StageChange.lead_id))}
    begun = select(StageChange.lead_id, StageChange.on_date).where(
        one_of(StageChange.lead_id, ids), StageChange.to_stage.in_(sorted(STARTED))
    )
    started_on: dict[int, date] = {}
    for lead_id, on in db.session.execute(begun.order_by(StageChange.on_date)):
        if on >= signed_on.get(lead_id, on):
            started_on.setdefault(lead_id, on)
    rows = rows_of(ids, actor)
    found = [Turned(row, signed_on.get(id_), started_on.get(id_) if row.stage in STARTED else None) for id_, row in rows.items()]
    return sorted(found, key=lambda one: one.signed_on or date.min, reverse=True)


def names_by_public_id(public_ids: Collection[str]) -> dict[str, dict[LinkRole, str]]:
    """The names of the events that leads are put to, by the leads' public ids: for rows of a list."""
    found = db.session.execute(select(Lead.id, Lead.public_id).where(Lead.public_id.in_(public_ids)))
    ids = {row.id: row.public_id for row in found}
    return {ids[lead_id]: names for lead_id, names in events.names_of(list(ids)).items()}
