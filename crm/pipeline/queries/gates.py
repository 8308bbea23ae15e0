"""What the gates miss of a lead, what somebody let through; pauses and overrides whose day has come."""

from collections.abc import Container
from dataclasses import dataclass
from datetime import date

from sqlalchemy import exists, select

from crm.core import clock
from crm.core.db import db
from crm.leads.models import Lead
from crm.leads.rules.lead import STAGES, ProjectType, Stage
from crm.pipeline.models import GateOverride, Milestone, MilestoneFile, StatusChange
from crm.pipeline.queries.gate_tables import gates
from crm.pipeline.rules import LIVE, Kind, LeadState, MilestoneState, Missing, Shown, missing, simplified

EVERYTHING = frozenset({"milestone", "override"})


def type_of(lead: Lead) -> ProjectType | None:
    """The type of a project; None when nobody has said it."""
    return ProjectType(lead.project_type) if lead.project_type else None


def state_of(lead: Lead, there: Container[str] = EVERYTHING) -> LeadState:
    """What of a lead the gates look at; without asking for milestones that are not `there`."""
    return LeadState(type_of(lead), filled(lead), _shown(lead.id) if "milestone" in there else {})


def _shown(lead_id: int) -> dict[Kind, Shown]:
    query = select(Milestone.kind, Milestone.state, exists().where(MilestoneFile.milestone_id == Milestone.id))
    held: dict[Kind, Shown] = {}
    for kind, state, shown in db.session.execute(query.where(Milestone.lead_id == lead_id, Milestone.state.in_(sorted(LIVE)))):
        old = held.get(Kind(kind), Shown())
        held[Kind(kind)] = Shown(old.evidence or shown, old.confirmed or state == MilestoneState.CONFIRMED)
    return held


def filled(lead: Lead) -> frozenset[str]:
    """The fields of a lead that a gate may ask for and that are there."""
    there = {
        "investor": lead.investor_id, "project_type": lead.project_type, "contracted": lead.contracted_amount,
        "total": lead.total_amount, "cluster": lead.clusters, "country": lead.country, "industry": lead.industry,
        "district": lead.districts, "park": lead.park, "owner": lead.owner_id,
    }  # fmt: skip
    return frozenset(name for name, value in there.items() if value)


def missing_for(lead: Lead, to_stage: Stage, there: Container[str] = EVERYTHING) -> list[Missing]:
    """What is missing before a lead may move on to `to_stage`: of all gates between, and what an override let be missing before.
    Nothing when it is there or beyond. What is not `there` (milestone, override) is not asked for.
    """
    between = gates().between(type_of(lead), Stage(lead.stage), to_stage)
    if not between:
        return []
    found = missing(between, state_of(lead, there))
    have = {(one.code, one.what) for one in found}
    overrides = overrides_of(lead) if "override" in there else []
    before = [one for held in overrides for one in held.missing if (one.code, one.what) not in have]
    return simplified([*{(one.code, one.what): one for one in before}.values(), *found])


def missing_of_reached(lead: Lead) -> list[Missing]:
    """What is missing of the stage where a lead is, and of those before."""
    return missing(gates().between(type_of(lead), STAGES[0], Stage(lead.stage)), state_of(lead))


@dataclass(frozen=True, slots=True)
class Held:
    """An override of which something is missing still. `over`: its day is past."""

    row: GateOverride
    missing: tuple[Missing, ...]
    over: bool


def overrides_of(lead: Lead) -> list[Held]:
    """The overrides of a lead of which something is missing still, newest first; none of a stage that it went back from."""
    query = select(GateOverride).where(GateOverride.lead_id == lead.id).order_by(GateOverride.id.desc())
    found = [Held(row, tuple(still_missing(lead, row)), clock.today() > row.until) for row in db.session.scalars(query)]
    return [held for held in found if held.missing]


def still_missing(lead: Lead, row: GateOverride) -> list[Missing]:
    """What of an override's gaps is open today, of the stages that the lead has reached."""
    reached = {(one.code, one.what): one for one in missing_of_reached(lead)}
    asked = {one.what for one in (Missing.of_data(item) for item in row.missing)}
    return [one for one in reached.values() if one.what in asked]


def overrides_over(today: date, *, size: int) -> list[GateOverride]:
    """Overrides whose day is past and of which nobody was told."""
    query = select(GateOverride).where(GateOverride.until < today, GateOverride.told_at.is_(None))
    return list(db.session.scalars(query.order_by(GateOverride.id).limit(size)))


def pauses_over(today: date, *, size: int) -> list[StatusChange]:
    """Pauses whose day has come and of which nobody was told."""
    query = select(StatusChange).where(StatusChange.wake_on <= today, StatusChange.woken_at.is_(None))
    return list(db.session.scalars(query.order_by(StatusChange.id).limit(size)))


def statuses_of(lead_id: int) -> list[StatusChange]:
    """Pauses, endings and new beginnings of a lead, newest first. The caller has asked the policy."""
    return list(db.session.scalars(select(StatusChange).where(StatusChange.lead_id == lead_id).order_by(StatusChange.id.desc())))


def last_status(lead_id: int) -> StatusChange | None:
    """The newest of them; None for a lead that has been active all along."""
    query = select(StatusChange).where(StatusChange.lead_id == lead_id).order_by(StatusChange.id.desc())
    return db.session.scalar(query.limit(1))
