"""流转: offering a lead to another unit."""

from dataclasses import dataclass
from datetime import date, datetime

from crm.audit import services as audit
from crm.claims import queries as claims
from crm.core import clock
from crm.core.db import db
from crm.core.errors import Forbidden, NotFound
from crm.credit.rules import Terms
from crm.leads.models import Lead
from crm.leads.queries import access
from crm.leads.rules.lead import LeadDisputed
from crm.policy import rules as policy
from crm.policy.rules import Actor
from crm.transfers import queries
from crm.transfers.models import Transfer
from crm.transfers.rules import CardOpen, TransferKind, TransferMove, TransferOpen, TransferState, Turn, is_over, settings
from crm.transfers.services.answer import write_lapse
from crm.transfers.services.holding import (
    check_movable,
    check_reason,
    check_telling,
    check_unit,
    hold,
    managers_of,
    note,
    tell,
    who,
)
from crm.units.models import Unit


@dataclass(frozen=True, slots=True)
class NewOffer:
    """To whom, why not here, on which terms, and whether the receiving unit reads who it is."""

    unit: Unit
    reason: str
    terms: Terms
    shows_names: bool = False


def offer_transfer(public_id: str, offer: NewOffer, *, actor: Actor, now: datetime) -> Transfer:
    """Offer a lead to a unit, which has some working days to answer. Its managers are told.

    Raises NotFound, Forbidden, LeadMerged, LeadEnded, UnitUnfit, WhyNeeded, TermsUnfit, TellsInvestor, TransferOpen, CardOpen.
    """
    lead = free_lead(public_id, "transfer", "offer", actor=actor, now=now)
    check_unit(lead, offer.unit)
    reason = check_reason(offer.reason)
    offer.terms.check()
    if lead.sealed or not offer.shows_names:
        check_telling(lead, reason)
    if queries.open_card(lead.id) is not None:
        raise CardOpen
    transfer = new_transfer(lead, offer, TransferKind.OFFER, reason=reason, actor=actor, now=now)
    note(transfer, TransferMove.OFFERED, actor=actor, now=now, reason=reason)
    facts = {
        "to": offer.unit.code,
        "model": transfer.model,
        "parts": transfer.giver_parts,
        "years": transfer.years,
        "reason": reason,
    }
    audit.record("transfer.offered", subject=("lead", lead), facts=facts, actor=actor, now=now)
    told = {**who(actor), "due": clock.start_of(transfer.answer_by).isoformat()}
    tell(managers_of(offer.unit.id), "transfer.offered", transfer, told, actor=actor, now=now)
    return transfer


def free_lead(public_id: str, record: str, action: str, *, actor: Actor, now: datetime) -> Lead:
    """The lead, locked, for somebody who may do `action` with it, when no transfer of it is under way. One that nobody answered
    in time is none any more. Raises NotFound, Forbidden, LeadMerged, LeadEnded, TransferOpen.
    """
    lead = hold(access.any_lead(public_id, actor=actor).id)
    stand = policy.towards_lead(actor, lead)
    if not policy.can(stand, record, action):
        raise Forbidden(record=record, action=action) if policy.can(stand, "lead", "read_detail") else NotFound
    check_movable(lead)
    if lead.disputed_on is not None:
        raise LeadDisputed
    live = queries.live_for(lead.id)
    if live is not None:
        if not is_over(live.state, live.answer_by, clock.city_day(now)):
            raise TransferOpen
        write_lapse(live, lead, now=now)
    return lead


def new_transfer(lead: Lead, offer: NewOffer, kind: TransferKind, *, reason: str, actor: Actor, now: datetime) -> Transfer:
    """Store it, open."""
    transfer = Transfer(
        lead_id=lead.id, kind=kind, state=TransferState.OPEN, turn=Turn.RECEIVER, from_unit_id=lead.following_unit_id,
        to_unit_id=offer.unit.id, reason=reason, shows_names=offer.shows_names, answer_by=answer_by(now),
        offered_by_id=actor.user_id, offered_at=now,
    )  # fmt: skip
    transfer.terms = offer.terms
    db.session.add(transfer)
    db.session.flush()
    db.session.refresh(transfer)
    return transfer


def answer_by(now: datetime, days: str = "answer_working_days") -> date:
    """The last day for an answer."""
    return claims.calendar().after(clock.city_day(now), settings()[days], working=True)
