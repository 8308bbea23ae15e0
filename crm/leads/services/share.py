"""Acts on who else works on a lead, and on its code name: the lead is locked here, crm.sharing decides and writes.

Each raises what the service of the same name in crm.sharing raises, and NotFound.
"""

from datetime import date, datetime

from crm.accounts import queries as accounts
from crm.core.db import db
from crm.leads.models import Lead
from crm.leads.queries import access
from crm.matching import queries as matching
from crm.policy.rules import Actor
from crm.sharing import queries, services
from crm.sharing.models import LeadSeal, LeadShare, ShareRequest
from crm.sharing.rules import Sealing, ShareRole, Terms
from crm.units import queries as units


def share_lead(
    public_id: str, terms: Terms, *, unit_id: int | None, user_id: int | None, actor: Actor, now: datetime
) -> LeadShare | ShareRequest:
    """Share with a unit or a person; a request comes back where an owner may only propose it."""
    lead = _locked(public_id, actor)
    holder = services.Holder(units.by_id(unit_id) if unit_id else None, accounts.by_id(user_id) if user_id else None)
    return services.share_lead(lead, holder, terms, actor=actor, now=now)


def end_share(share_id: str, reason: str, *, actor: Actor, now: datetime) -> None:
    """End a share, named by its own public id, before its day."""
    share = queries.share(share_id)
    services.end_share(_locked(_lead_of(share), actor), share, reason, actor=actor, now=now)


def ask_to_assist(public_id: str, role: ShareRole, note: str, *, actor: Actor, now: datetime) -> ShareRequest:
    """Offer help with a lead of which one sees a card."""
    lead = access.locked_lead(public_id, actor=actor, action="read_card")
    return services.ask_to_assist(lead, role, note, actor=actor, now=now)


def answer_request(request_id: str, *, agreed: bool, reason: str, actor: Actor, now: datetime) -> None:
    """Yes or no to a request, named by its own public id."""
    request = queries.request(request_id)
    lead = _locked(_lead_of(request), actor)
    services.answer_request(lead, request, agreed=agreed, reason=reason, actor=actor, now=now)


def seal_lead(public_id: str, sealing: Sealing, *, actor: Actor, now: datetime) -> LeadSeal:
    """Ask for a code name, which resembles none of the names it is to hide."""
    lead = _locked(public_id, actor)
    return services.seal_lead(lead, sealing, telling=_telling(lead), actor=actor, now=now)


def consent_seal(public_id: str, *, agreed: bool, reason: str, actor: Actor, now: datetime) -> LeadSeal:
    """The coordinator's yes or no to a code name."""
    return services.consent_seal(_locked(public_id, actor), agreed=agreed, reason=reason, actor=actor, now=now)


def renew_seal(public_id: str, until: date, reason: str, *, actor: Actor, now: datetime) -> LeadSeal:
    """Let a code name stay until a later day."""
    return services.renew_seal(_locked(public_id, actor), until, reason, actor=actor, now=now)


def look_after_seal(lead_id: int, *, now: datetime) -> str:
    """What the nightly pass does about a lead's code name, if it still has one."""
    lead = access.locked_for_room(lead_id)
    seal = queries.live_seal(lead_id)
    return services.look_after_seal(lead, seal, now=now) if seal is not None else ""


def unseal_lead(public_id: str, reason: str, *, actor: Actor, now: datetime) -> None:
    """Take a code name, or the request for one, away."""
    services.unseal_lead(_locked(public_id, actor), reason, actor=actor, now=now)


def _locked(public_id: str, actor: Actor) -> Lead:
    return access.locked_lead(public_id, actor=actor, action="read_detail")


def _lead_of(row: LeadShare | ShareRequest) -> str:
    return db.session.get_one(Lead, row.lead_id).public_id


def _telling(lead: Lead) -> list[str]:
    """The names that a code name must not resemble."""
    matching.office_brands()
    names = [name.text for name in lead.investor.names] if lead.investor else []
    others = (lead.intermediary, lead.introducer, *(party.name for party in lead.parties))
    return [name for name in (lead.display_name, *others, *names) if name]
