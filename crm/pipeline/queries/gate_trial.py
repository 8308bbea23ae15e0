"""What another table of gates would change for the leads that are there: who would miss something more on the way to the next
stage, who something less. Nothing is written.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import exists, select

from crm.companies.models import Company
from crm.core.db import db
from crm.leads.models import Lead, LeadCluster, LeadDistrict
from crm.leads.rules.lead import STAGES, ProjectType, Stage, Status
from crm.pipeline.models import Milestone, MilestoneFile
from crm.pipeline.rules import LIVE, Gates, Kind, LeadState, MilestoneState, Missing, Shown, missing

CHUNK = 4_000
NAMED = 100  # leads that a trial lists
_FIELDS = {
    "investor": Lead.investor_id.is_not(None), "project_type": Lead.project_type.is_not(None),
    "contracted": Lead.contracted_amount > 0, "total": Lead.total_amount > 0,
    "cluster": exists().where(LeadCluster.lead_id == Lead.id), "country": Lead.country.is_not(None),
    "industry": Lead.industry.is_not(None), "district": exists().where(LeadDistrict.lead_id == Lead.id),
    "park": Lead.park.is_not(None), "owner": Lead.owner_id.is_not(None),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Hit:
    """A lead that would miss more, or less, before its next stage."""

    public_id: str
    number: str
    name: str | None
    title: str
    unit_id: int
    stage: Stage
    more: tuple[Missing, ...]
    less: tuple[Missing, ...]


@dataclass(slots=True)
class Trial:
    """What came of a trial: leads looked at; those that would miss something more and something less; how many leads each thing
    is (to, code, what), by unit; the first of the leads by name.
    """

    looked_at: int = 0
    worse: int = 0
    better: int = 0
    more: Counter[Missing] = field(default_factory=Counter)
    less: Counter[Missing] = field(default_factory=Counter)
    units: Counter[int] = field(default_factory=Counter)
    named: list[Hit] = field(default_factory=list)


def trial(old: Gates, new: Gates) -> Trial:
    """Compare two tables over all active leads that have a stage before them."""
    found = Trial()
    known: dict[Any, tuple[tuple[Missing, ...], tuple[Missing, ...]]] = {}
    for hit, state in _leads():
        stage = hit[5]
        key = (state.project_type, stage, state.filled, tuple(sorted(state.milestones.items(), key=lambda pair: pair[0].value)))
        if key not in known:
            known[key] = _compared(old, new, stage, state)
        more, less = known[key]
        found.looked_at += 1
        if more or less:
            _count(found, Hit(*hit, more, less))
    return found


def _count(found: Trial, hit: Hit) -> None:
    found.worse += bool(hit.more)
    found.better += bool(hit.less) and not hit.more
    found.more.update(hit.more)
    found.less.update(hit.less)
    if hit.more:
        found.units[hit.unit_id] += 1
        if len(found.named) < NAMED:
            found.named.append(hit)


def _compared(old: Gates, new: Gates, stage: Stage, state: LeadState) -> tuple[tuple[Missing, ...], tuple[Missing, ...]]:
    to = STAGES[STAGES.index(stage) + 1]
    before, after = (missing(table.between(state.project_type, stage, to), state) for table in (old, new))
    return tuple(one for one in after if one not in before), tuple(one for one in before if one not in after)


def _leads() -> Iterator[tuple[tuple[str, str, str | None, str, int, Stage], LeadState]]:
    query = select(
        Lead.id, Lead.public_id, Lead.number, Company.name, Lead.title, Lead.following_unit_id, Lead.stage, Lead.project_type,
        *_FIELDS.values(),
    )  # fmt: skip
    query = query.outerjoin(Company, Company.id == Lead.investor_id)
    query = query.where(Lead.status == Status.ACTIVE, Lead.merged_into_id.is_(None), Lead.stage != STAGES[-1])
    last = 0
    while True:
        rows = db.session.execute(query.where(Lead.id > last).order_by(Lead.id).limit(CHUNK)).all()
        if not rows:
            return
        held = _milestones(last, rows[-1][0])
        for row in rows:
            yield _one(row, held.get(row[0], {}))
        last = rows[-1][0]


def _one(row: Sequence[Any], held: dict[Kind, Shown]) -> tuple[tuple[str, str, str | None, str, int, Stage], LeadState]:
    _id, public_id, number, name, title, unit_id, stage, project_type, *there = row
    filled = frozenset(field for field, value in zip(_FIELDS, there, strict=True) if value)
    state = LeadState(ProjectType(project_type) if project_type else None, filled, held)
    return (public_id, number, name, title, unit_id, Stage(stage)), state


def _milestones(after: int, last: int) -> dict[int, dict[Kind, Shown]]:
    query = select(
        Milestone.lead_id, Milestone.kind, Milestone.state, exists().where(MilestoneFile.milestone_id == Milestone.id)
    ).where(Milestone.lead_id > after, Milestone.lead_id <= last, Milestone.state.in_(sorted(LIVE)))
    found: dict[int, dict[Kind, Shown]] = {}
    for lead_id, kind, state, shown in db.session.execute(query):
        held = found.setdefault(lead_id, {})
        before = held.get(Kind(kind), Shown())
        held[Kind(kind)] = Shown(before.evidence or shown, before.confirmed or state == MilestoneState.CONFIRMED)
    return found
