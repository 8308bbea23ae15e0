"""Milestones of leads: all of one's, the ones that hold of many, what a gate misses."""

from collections.abc import Iterable

from sqlalchemy import exists, select

from crm.core.db import db, one_of
from crm.core.errors import NotFound
from crm.leads.models import Lead
from crm.leads.rules.lead import STAGES, ProjectType, Stage
from crm.pipeline.models import Milestone, MilestoneFile
from crm.pipeline.rules import (
    LIVE,
    Gates,
    Kind,
    LeadState,
    MilestoneState,
    Missing,
    Shown,
    missing,
    shipped,
)


def gates() -> Gates:
    """The table of gates in force."""
    return shipped()


def type_of(lead: Lead) -> ProjectType | None:
    """The type of a project; None when nobody has said it."""
    return ProjectType(lead.project_type) if lead.project_type else None


def milestones_of(lead_id: int) -> list[Milestone]:
    """All milestones of a lead, also those that hold no more, in the order of their days. The caller has asked the policy."""
    query = select(Milestone).where(Milestone.lead_id == lead_id).order_by(Milestone.on_date, Milestone.id)
    return list(db.session.scalars(query))


def counted(lead_ids: Iterable[int]) -> dict[int, dict[Kind, Milestone]]:
    """Of each lead one milestone of each kind: the newest confirmed one, else the newest that was reported or reviewed (`state`
    says which). What was withdrawn, returned or replaced does not count, nor does a correction before it is confirmed.
    """
    ids = list(lead_ids)
    found: dict[int, dict[Kind, Milestone]] = {lead_id: {} for lead_id in ids}
    if not ids:
        return found
    query = select(Milestone).where(one_of(Milestone.lead_id, ids), Milestone.state.in_(sorted(LIVE)))
    for row in db.session.scalars(query.order_by(Milestone.id)):
        kinds = found[row.lead_id]
        old = kinds.get(Kind(row.kind))
        if old is None or row.state == MilestoneState.CONFIRMED or old.state != MilestoneState.CONFIRMED:
            kinds[Kind(row.kind)] = row
    return found


def evidence_of(milestone_ids: Iterable[int]) -> dict[int, list[MilestoneFile]]:
    """The files that show some milestones."""
    ids = list(milestone_ids)
    found: dict[int, list[MilestoneFile]] = {one: [] for one in ids}
    if ids:
        for row in db.session.scalars(
            select(MilestoneFile).where(one_of(MilestoneFile.milestone_id, ids)).order_by(MilestoneFile.id)
        ):
            found[row.milestone_id].append(row)
    return found


def state_of(lead: Lead) -> LeadState:
    """What of a lead the gates look at."""
    query = select(Milestone.kind, Milestone.state, exists().where(MilestoneFile.milestone_id == Milestone.id))
    held: dict[Kind, Shown] = {}
    for kind, state, shown in db.session.execute(query.where(Milestone.lead_id == lead.id, Milestone.state.in_(sorted(LIVE)))):
        old = held.get(Kind(kind), Shown())
        held[Kind(kind)] = Shown(old.evidence or shown, old.confirmed or state == MilestoneState.CONFIRMED)
    return LeadState(type_of(lead), _filled(lead), held)


def _filled(lead: Lead) -> frozenset[str]:
    there = {
        "investor": lead.investor_id, "project_type": lead.project_type, "contracted": lead.contracted_amount,
        "total": lead.total_amount, "cluster": lead.clusters, "country": lead.country, "industry": lead.industry,
        "district": lead.districts, "park": lead.park, "owner": lead.owner_id,
    }  # fmt: skip
    return frozenset(name for name, value in there.items() if value)


def missing_for(lead: Lead, to_stage: Stage) -> list[Missing]:
    """What is missing before a lead may move on to `to_stage`: of all gates between. Nothing when it is there or beyond."""
    return missing(gates().between(type_of(lead), Stage(lead.stage), to_stage), state_of(lead))


def missing_of_reached(lead: Lead) -> list[Missing]:
    """What is missing of the stage where a lead is, and of those before."""
    return missing(gates().between(type_of(lead), STAGES[0], Stage(lead.stage)), state_of(lead))


def by_public_id(public_id: str) -> Milestone:
    """The milestone named in a URL; NotFound. The caller asks the policy."""
    found = db.session.scalar(select(Milestone).where(Milestone.public_id == public_id))
    if found is None:
        raise NotFound
    return found
