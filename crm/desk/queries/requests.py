"""What waits to be answered about shares and code names."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload

from crm.core.db import db
from crm.leads.models import Lead
from crm.leads.queries.access import led_by
from crm.policy import rules as policy
from crm.policy.rules import Actor
from crm.sharing import queries as sharing


@dataclass(frozen=True, slots=True)
class Waiting:
    """A request to share, or for a code name, with its lead; and whether it is the reader's to answer."""

    lead: Lead
    request: Any
    mine: bool


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
    with_names = (joinedload(Lead.investor), joinedload(Lead.following_unit, innerjoin=True))
    found = db.session.scalars(select(Lead).where(Lead.id.in_(ids)).options(*with_names)) if ids else ()
    leads = {lead.id: lead for lead in found}
    stands = {key: policy.towards_lead(actor, lead) for key, lead in leads.items()}

    def shown(rows: list[Any], sees: tuple[str, str], answers: tuple[str, str]) -> list[Waiting]:
        kept = [row for row in rows if policy.can(stands[row.lead_id], *sees)]
        return [Waiting(leads[row.lead_id], row, policy.can(stands[row.lead_id], *answers)) for row in kept]

    return {
        "waiting": shown(waiting, ("share", "give"), ("share", "answer")),
        "seals": shown(seals, ("seal", "ask"), ("seal", "consent")),
        "asked": [Waiting(leads[x.lead_id], x, policy.can(stands[x.lead_id], "lead", "read_detail")) for x in asked],
    }
