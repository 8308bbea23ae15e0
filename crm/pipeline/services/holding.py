"""A milestone with its lead, locked and as they are now; who is told about it."""

from datetime import date, datetime

from sqlalchemy import select

from crm.accounts import queries as accounts
from crm.claims import queries as claims
from crm.core import clock
from crm.core.db import db
from crm.leads.models import Lead
from crm.leads.queries import access
from crm.notifications import services as notifications
from crm.pipeline import queries
from crm.pipeline.models import Milestone
from crm.pipeline.rules import MilestoneMoved, MilestoneState
from crm.policy import rules as policy
from crm.policy.rules import Actor


def lead_for(public_id: str, action: str, actor: Actor) -> Lead:
    """A lead, locked, for somebody who may do `action` to its milestones. NotFound, Forbidden, Moved."""
    lead = access.locked_lead(public_id, actor=actor, action="read_detail")
    policy.require(policy.towards_lead(actor, lead), "milestone", action, seen_by="read")
    return lead


def hold(public_id: str, action: str, actor: Actor, *, opened: int | None = None) -> tuple[Milestone, Lead]:
    """A milestone and its lead, locked, the lead first as everybody locks them. MilestoneMoved when somebody has done something
    about it since version `opened`.
    """
    lead = access.locked_for_room(queries.by_public_id(public_id).lead_id)
    query = select(Milestone).where(Milestone.public_id == public_id).with_for_update(of=Milestone)
    milestone = db.session.scalars(query.execution_options(populate_existing=True)).one()
    if milestone.lead_id != lead.id:  # its lead was merged away while this one waited
        raise MilestoneMoved
    policy.require(policy.towards_lead(actor, lead), "milestone", action, seen_by="read")
    if opened is not None and milestone.version != opened:
        raise MilestoneMoved
    return milestone, lead


def settle(milestone: Milestone, state: MilestoneState, *, due_on: date | None = None) -> None:
    """The milestone has another state, and somebody has until `due_on`."""
    milestone.state, milestone.due_on = state, due_on
    milestone.version += 1
    db.session.flush()


def due_after(days: int, now: datetime) -> date:
    """The end of so many working days from now."""
    return claims.calendar().after(clock.city_day(now), days, working=True)


def reviewers(lead: Lead) -> list[int]:
    """Who reviews a lead's milestones: the managers of its following unit and of those above."""
    return [user.id for user in accounts.managers_of(lead.following_unit_path)]


def confirmers() -> list[int]:
    """Who confirms milestones."""
    return [user.id for user in accounts.coordinators()]


def concerned(milestone: Milestone, lead: Lead) -> list[int]:
    """Who is told what became of a milestone: whoever entered and reviewed it, and who leads the project."""
    return [user_id for user_id in (milestone.entered_by_id, milestone.reviewed_by_id, lead.owner_id) if user_id]


def tell(
    people: list[int], code: str, milestone: Milestone, lead: Lead, *, actor: Actor | None, now: datetime, why: str = ""
) -> None:  # fmt: skip
    """A message about a milestone."""
    facts = {"number": lead.number, "name": lead.display_name or lead.title, "milestone": milestone.kind, "why": why}
    if milestone.due_on is not None:
        facts["due"] = clock.start_of(milestone.due_on).isoformat()
    notifications.notify(people, code, subject=("lead", lead.public_id), facts=facts, actor=actor, now=now)


def facts_of(milestone: Milestone) -> dict[str, object]:
    """What the audit line says of a milestone."""
    return {
        "ref": milestone.public_id, "kind": milestone.kind, "on": milestone.on_date.isoformat(), "state": milestone.state,
        "amount": milestone.amount, "currency": milestone.currency,
    }  # fmt: skip
