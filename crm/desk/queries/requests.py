"""What waits to be answered about shares and code names."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload, selectinload

from crm.core.db import db
from crm.leads.models import Lead
from crm.leads.queries.access import led_by
from crm.policy import rules as policy
from crm.policy.rules import Actor
from crm.sharing import queries as sharing


@dataclass(frozen=True, slots=True)
class Waiting:
    """A request to share, or for a code name, with its lead; and whether it is the reader's to answer. Of what their own unit
    asked: whether the lead has a page for them (`mine`), and else whether they may read its names, or its card.
    """

    lead: Lead
    request: Any
    mine: bool
    names: bool = False
    card: bool = False


def requests_for(actor: Actor) -> dict[str, list[Waiting]]:
    """What waits about the leads that this person leads or decides about (the coordinator: all), and what their unit asked."""
    query = select(Lead.id).where(Lead.merged_into_id.is_(None))
    if not policy.may(actor, "share", "answer"):
        below = Lead.following_unit_path.startswith(actor.unit_path, autoescape=True)
        query = query.where(or_(led_by(actor), below))
    waiting = sharing.open_requests(query)
    seals = sharing.waiting_seals(query) if policy.may(actor, "seal", "consent") else []
    asked = sharing.asked_by_unit(actor.unit_id) if actor.role in policy.WORKS_IN_A_UNIT else []
    rows: list[Any] = [*waiting, *seals, *asked]
    ids = {row.lead_id for row in rows}
    with_names = (joinedload(Lead.investor), joinedload(Lead.following_unit, innerjoin=True), selectinload(Lead.clusters))
    found = db.session.scalars(select(Lead).where(Lead.id.in_(ids)).options(*with_names)) if ids else ()
    leads = {lead.id: lead for lead in found}
    stands = {key: policy.towards_lead(actor, lead) for key, lead in leads.items()}

    def shown(rows: list[Any], sees: tuple[str, str], answers: tuple[str, str]) -> list[Waiting]:
        kept = [row for row in rows if policy.can(stands[row.lead_id], *sees)]
        return [Waiting(leads[row.lead_id], row, policy.can(stands[row.lead_id], *answers)) for row in kept]

    def asked_for(lead: Lead, row: Any) -> Waiting:
        there, stand = lead.merged_into_id is None, stands[lead.id]  # whose the other lead is asked nobody for anything
        reads = [policy.can(stand, "lead", action) for action in ("read_detail", "read_names", "read_card")]
        return Waiting(lead, row, reads[0], names=there and reads[1], card=there and reads[2])

    return {
        "waiting": shown(waiting, ("share", "give"), ("share", "answer")),
        "seals": shown(seals, ("seal", "ask"), ("seal", "consent")),
        "asked": [asked_for(leads[x.lead_id], x) for x in asked],
    }
