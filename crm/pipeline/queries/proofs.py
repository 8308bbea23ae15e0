"""What a stage stands on: the milestones that the gates up to it ask for. One that was withdrawn or returned leaves the stage
where it is; the lead's page says so and the list finds it (`missing=proof`), by the same gates.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, false, or_, select

from crm.leads.models import Lead
from crm.leads.queries import listing
from crm.leads.rules.lead import STAGES, Stage
from crm.pipeline.models import Milestone, MilestoneFile
from crm.pipeline.queries.gate_tables import gates
from crm.pipeline.queries.gates import Held, filled, type_of
from crm.pipeline.rules import LIVE, Kind, LeadState, MilestoneState, Missing, Need, Shown, missing
from crm.pipeline.rules.gates import TYPE_UNSAID

_GONE = (MilestoneState.RETURNED, MilestoneState.WITHDRAWN)


@dataclass(frozen=True, slots=True)
class Unproven:
    """A milestone, a file of it or its confirmation that a stage stands without; `gone`: what was there before, and holds no
    more.
    """

    missing: Missing
    gone: Milestone | None


def unproven_of(
    lead: Lead, rows: Sequence[Milestone], files: Mapping[int, Sequence[Any]], overrides: Iterable[Held]
) -> list[Unproven]:  # fmt: skip
    """What the stage of a lead, or one before it, stands without, by all of its milestones and their files; what an override
    says already is left out.
    """
    held: dict[Kind, Shown] = {}
    for row in rows:
        if row.state in LIVE:
            old, sure = held.get(Kind(row.kind), Shown()), row.state == MilestoneState.CONFIRMED
            held[Kind(row.kind)] = Shown(old.evidence or bool(files[row.id]), old.confirmed or sure)
    between = gates().between(type_of(lead), STAGES[0], Stage(lead.stage))
    said = {(one.code, one.what) for over in overrides for one in over.missing}
    found = missing(between, LeadState(type_of(lead), filled(lead), held))
    return [Unproven(one, _gone(one, rows)) for one in found if one.kinds and (one.code, one.what) not in said]


def _gone(one: Missing, rows: Sequence[Milestone]) -> Milestone | None:
    if one.code != "milestone":
        return None
    gone = [row for row in rows if row.kind in one.kinds and row.state in _GONE]
    return max(gone, key=lambda row: row.id, default=None)


def unproven() -> list[ColumnElement[bool]]:
    """SQL: leads of which `unproven_of` would say something, were there no overrides."""
    found = []
    for gate in gates().gates:
        of_type: ColumnElement[bool] = Lead.project_type.in_(gate.types)
        if TYPE_UNSAID in gate.types:
            of_type = or_(of_type, Lead.project_type.is_(None))
        lacks = [one for need in gate.needs if need.milestones for one in _lacks(need)]
        found.append(and_(listing.reached(gate.to), of_type, or_(false(), *lacks)))
    return [or_(false(), *found)]


def _lacks(need: Need) -> list[ColumnElement[bool]]:
    there = and_(Milestone.lead_id == Lead.id, Milestone.kind.in_(need.milestones))
    live = Milestone.state.in_(sorted(LIVE))
    if need.evidence:
        shown = select(Milestone.id).join(MilestoneFile, MilestoneFile.milestone_id == Milestone.id)
        found = [~shown.where(there, live).correlate(Lead).exists()]
    else:
        found = [~exists().where(there, live).correlate(Lead)]
    sure = exists().where(there, Milestone.state == MilestoneState.CONFIRMED).correlate(Lead)
    return [*found, ~sure] if need.confirmed else found


listing.LACKING["proof"] = unproven  # the list asks for it: it lies below and knows no milestones
