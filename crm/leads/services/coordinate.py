"""需协调: telling the coordinators that a lead's group or investor is somebody else's too, and noting that they have seen it."""

from collections.abc import Iterable
from datetime import datetime

from crm.accounts import queries as accounts
from crm.audit import services as audit
from crm.core.db import db
from crm.leads.models import CoordinationMatter, Lead
from crm.leads.queries import access, coordination
from crm.leads.rules.lead import Decision, Decisions, Matter, MatterSeen, ReasonNeeded
from crm.notifications import services as notifications
from crm.policy import rules as policy
from crm.policy.rules import Actor
from crm.units import queries as units

MOST = 8  # leads that are named to the coordinators of one new lead


def raise_matters(lead: Lead, related: Iterable[Lead], decisions: Decisions, *, actor: Actor, now: datetime) -> None:
    """Put before the coordinators that a new lead's group has live leads of other units (`related`, and the group on record), or
    that its investor has another project by a person's word. One message a lead.

    An import by somebody who coordinates raises nothing: they have seen it.
    """
    if lead.investor is None or (lead.origin != "form" and policy.may(actor, "coordination", "settle")):
        return
    said = {choice.company_public_id: choice for choice in decisions.hits}
    mine = said.get(lead.investor.public_id)
    if lead.project_slot and mine is not None and mine.decision is Decision.ANOTHER_PROJECT:
        for other in coordination.projects_of(lead)[:1]:
            _raise(lead, other, Matter.ANOTHER_PROJECT, mine.reason, actor.user_id, now)
    group = [] if lead.investor.created_at == now else coordination.leads_of_group(lead.investor.id)  # one just made has none
    for other in coordination.of_other_units(lead, [*related, *group])[:MOST]:
        choice = said.get(other.investor.public_id) if other.investor else None
        _raise(lead, other, Matter.SAME_GROUP, choice.reason if choice else "", actor.user_id, now)
    _tell(lead, actor, now)


def make_up_for(lead: Lead, related: Iterable[Lead], *, now: datetime) -> None:
    """The comparison that a lead was saved without is made up for: what it shows goes to the coordinators, the mark goes."""
    if lead.unchecked_since is None:
        return
    lead.unchecked_since = None
    if lead.merged_into_id is not None or lead.investor_id is None:
        return
    known = coordination.matters_of(lead.id)
    others = {matter.other_lead_id for matter in known}
    for other in coordination.of_other_units(lead, [*related, *coordination.leads_of_group(lead.investor_id)])[:MOST]:
        if other.id not in others:
            _raise(lead, other, Matter.SAME_GROUP, "", lead.registered_by_id, now)
    if not known:
        _tell(lead, None, now)


def settle_matters(public_id: str, note: str, *, actor: Actor, now: datetime) -> None:
    """A coordinator has seen what a lead raised, and says a word; who reported it again and asked for it is told that word.
    Raises NotFound, Forbidden, ReasonNeeded, MatterSeen.
    """
    lead = access.locked_lead(public_id, actor=actor, action="read_detail")
    policy.require(policy.of_role(actor), "coordination", "settle", seen_by="list")
    if not note.strip():
        raise ReasonNeeded
    open_ = [matter for matter in coordination.matters_of(lead.id) if matter.seen_at is None]
    asked = [report for report in coordination.asked_of(lead.id) if report.answered_at is None]
    if not open_ and not asked:
        raise MatterSeen
    said = note.strip()[:400]
    for matter in open_:
        matter.seen_by_id, matter.seen_at, matter.note = actor.user_id, now, said
    for report in asked:
        report.answered_by_id, report.answered_at, report.answer = actor.user_id, now, said
        told = {"name": report.typed.get("investor") or report.typed.get("title") or "—", "why": said}
        notifications.notify([report.reported_by_id], "lead.coordinated", subject=None, facts=told, actor=actor, now=now)
    facts = {"matters": len(open_), "reports": len(asked), "note": said}
    audit.record("lead.coordination_seen", subject=("lead", lead), facts=facts, actor=actor, now=now)


def _raise(lead: Lead, other: Lead, kind: Matter, reason: str, by_id: int, now: datetime) -> None:
    matter = CoordinationMatter(
        lead_id=lead.id, other_lead_id=other.id, kind=kind, reason=reason[:400] or None, raised_by_id=by_id, raised_at=now
    )
    db.session.add(matter)


def _tell(lead: Lead, actor: Actor | None, now: datetime) -> None:
    """One message to each coordinator about what was raised; none for an import, whose leads would fill the bell."""
    if lead.origin != "form":
        return
    db.session.flush()
    matters = coordination.matters_of(lead.id)
    if not matters:
        return
    people = [user.id for user in accounts.coordinators()]
    facts = {
        "number": lead.number, "name": lead.display_name or lead.title, "unit": units.by_id(lead.registered_unit_id).zh,
        "matter": matters[0].kind,
    }  # fmt: skip
    notifications.notify(people, "lead.to_coordinate", subject=("lead", lead.public_id), facts=facts, actor=actor, now=now)
