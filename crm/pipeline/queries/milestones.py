"""Milestones of leads: all of one's, the ones that hold of many; whether somebody may decide about one."""

from collections.abc import Iterable
from datetime import date

from sqlalchemy import select

from crm.accounts import queries as accounts
from crm.core.db import db, one_of
from crm.core.errors import NotFound
from crm.leads.models import Lead
from crm.leads.queries import access
from crm.pipeline.models import Milestone, MilestoneFile
from crm.pipeline.queries.gate_tables import gates
from crm.pipeline.rules import LIVE, Act, Kind, MilestoneState, check_act
from crm.policy import rules as policy
from crm.policy.rules import Actor


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
        query = select(MilestoneFile).where(one_of(MilestoneFile.milestone_id, ids)).order_by(MilestoneFile.id)
        for row in db.session.scalars(query):
            found[row.milestone_id].append(row)
    return found


def by_public_id(public_id: str) -> Milestone:
    """The milestone named in a URL; NotFound. The caller asks the policy."""
    found = db.session.scalar(select(Milestone).where(Milestone.public_id == public_id))
    if found is None:
        raise NotFound
    return found


def visible_milestone(public_id: str, *, actor: Actor) -> tuple[Milestone, Lead]:
    """The milestone with its lead, for somebody who reads the lead's working detail; NotFound."""
    row = by_public_id(public_id)
    lead = access.staying(db.session.get_one(Lead, row.lead_id))
    policy.require(policy.towards_lead(actor, lead), "milestone", "read", seen_by="none")
    return row, lead


def check(act: Act, row: Milestone, lead: Lead, actor: Actor, today: date) -> None:
    """Raise unless somebody may do this about a milestone now, whose right to such acts the caller has asked about."""
    alone = act is Act.CONFIRM and row.state == MilestoneState.REPORTED and _nobody_reviews(row, lead, today)
    check_act(
        act, MilestoneState(row.state), confirmed_kind=gates().kinds[Kind(row.kind)].confirmed,
        own=row.entered_by_id == actor.user_id, unreviewed_too=alone,
    )  # fmt: skip


def _nobody_reviews(row: Milestone, lead: Lead, today: date) -> bool:
    """Whether the district has nobody who could, or has let its time pass."""
    late = row.due_on is not None and today > row.due_on
    return late or all(user.id == row.entered_by_id for user in accounts.managers_of(lead.following_unit_path))
