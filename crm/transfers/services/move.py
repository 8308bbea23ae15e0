"""The lead changes hands: taken over after an agreement, assigned by the coordinator, given back."""

from datetime import datetime, timedelta

from crm.accounts import queries as accounts
from crm.audit import services as audit
from crm.core import clock
from crm.core.db import db
from crm.leads import services as leads
from crm.leads.models import Lead
from crm.leads.queries.moves import signed_in
from crm.leads.services import HandOver
from crm.notifications import services as notifications
from crm.policy.rules import WORKS_IN_A_UNIT, Actor
from crm.transfers import queries
from crm.transfers.models import Transfer
from crm.transfers.rules import (
    CardOpen,
    OwnerUnfit,
    ReturnTooLate,
    TransferClosed,
    TransferKind,
    TransferMove,
    TransferOpen,
    TransferState,
    moves_inside,
    settings,
)
from crm.transfers.services.holding import (
    check_movable,
    check_reason,
    check_unit,
    close,
    givers,
    hold_transfer,
    managers_of,
    note,
    tell,
    who,
)
from crm.transfers.services.offer import NewOffer, free_lead, new_transfer
from crm.units import queries as units
from crm.units.models import Unit


def take_over(public_id: str, owner_id: int, *, actor: Actor, now: datetime) -> Transfer:
    """The receiving unit says who leads the lead, and has it from now on: everything in this transaction. After an assignment
    without an owner it says so alone.

    Raises NotFound, Forbidden, TransferClosed, OwnerUnfit, LeadMerged, LeadEnded.
    """
    transfer, lead = hold_transfer(public_id, "take_over", actor)
    check_movable(lead)
    _check_owner(transfer.to_unit, owner_id)
    here = transfer.state == TransferState.HANDED_OVER and lead.following_unit_id == transfer.to_unit_id
    if here and lead.owner_id is None:
        leads.choose_owner(lead, owner_id, actor=actor, now=now)
        tell([owner_id], "transfer.yours", transfer, who(actor), actor=actor, now=now)
        return transfer
    if transfer.state != TransferState.ACCEPTED:
        raise TransferClosed
    people = givers(transfer, lead)
    change_hands(transfer, lead, owner_id, transfer.reason, actor=actor, now=now)
    tell([person for person in people if person != owner_id], "transfer.handed_over", transfer, who(actor), actor=actor, now=now)
    tell([owner_id], "transfer.yours", transfer, who(actor), actor=actor, now=now)
    return transfer


def assign(public_id: str, offer: NewOffer, owner_id: int | None, *, actor: Actor, now: datetime) -> Transfer:
    """定向分派: the coordinator gives a lead to a unit, for a reason, at once; to a person, or its manager says to whom.

    Raises NotFound, Forbidden, LeadMerged, LeadEnded, UnitUnfit, WhyNeeded, TermsUnfit, OwnerUnfit, TransferOpen, CardOpen.
    """
    lead = free_lead(public_id, "transfer", "assign", actor=actor, now=now)
    check_unit(lead, offer.unit)
    reason = check_reason(offer.reason)
    if owner_id is not None:
        _check_owner(offer.unit, owner_id)
    if queries.open_card(lead.id) is not None:
        raise CardOpen
    transfer = new_transfer(lead, offer, TransferKind.ASSIGNED, reason=reason, actor=actor, now=now)
    note(transfer, TransferMove.ASSIGNED, actor=actor, now=now, reason=reason)
    people = givers(transfer, lead)
    change_hands(transfer, lead, owner_id, reason, actor=actor, now=now)
    told = [*people, *managers_of(offer.unit.id), *([owner_id] if owner_id else [])]
    tell(told, "transfer.assigned", transfer, {**who(actor), "to": offer.unit.zh, "why": reason}, actor=actor, now=now)
    return transfer


def return_lead(public_id: str, reason: str, *, actor: Actor, now: datetime) -> Transfer:
    """退回: within some days the receiving unit gives the lead back; new lines correct its attribution.

    Raises NotFound, Forbidden, WhyNeeded, TransferClosed, TransferOpen, ReturnTooLate, LeadMerged, LeadEnded.
    """
    transfer, lead = hold_transfer(public_id, "return", actor)
    check_movable(lead)
    if transfer.state != TransferState.HANDED_OVER:
        raise TransferClosed
    days = settings()["return_days"]
    last = queries.last_of(lead.id)
    in_time = transfer.return_by is not None and clock.city_day(now) <= transfer.return_by
    if last is None or last.id != transfer.id or not in_time or lead.following_unit_id != transfer.to_unit_id:
        raise ReturnTooLate(days=days)
    if queries.live_for(lead.id) is not None or queries.open_card(lead.id) is not None:
        raise TransferOpen
    why = check_reason(reason)
    before = accounts.by_id(transfer.former_owner_id) if transfer.former_owner_id else None
    owner_id = before.id if before is not None and before.is_active else None
    told = [*givers(transfer, lead), *managers_of(transfer.to_unit_id), *([owner_id] if owner_id else [])]
    back = HandOver(transfer.from_unit, owner_id, why, transfer.public_id, city_move_on=transfer.city_move_before)
    leads.hand_over(lead, back, actor=actor, now=now)
    transfer.city_move = False
    close(transfer, TransferState.RETURNED, now)
    note(transfer, TransferMove.RETURNED, actor=actor, now=now, reason=why)
    facts = {"ref": transfer.public_id, "reason": why}
    audit.record("transfer.returned", subject=("lead", lead), facts=facts, actor=actor, now=now)
    tell(told, "transfer.returned", transfer, {**who(actor), "why": why}, actor=actor, now=now)
    return transfer


def change_hands(transfer: Transfer, lead: Lead, owner_id: int | None, reason: str, *, actor: Actor, now: datetime) -> None:
    """The lead is the receiving unit's from now on. A move inside the city is marked, and the districts in which the investor has
    signed are told.
    """
    today, signed = clock.city_day(now), signed_in(lead)
    transfer.former_owner_id, transfer.city_move_before = lead.owner_id, lead.city_move_on
    transfer.city_move = transfer.to_unit.is_area and moves_inside(transfer.to_unit.path, [unit.path for unit in signed])
    moved = today if transfer.city_move else lead.city_move_on
    to = HandOver(transfer.to_unit, owner_id, reason, transfer.public_id, transfer.terms, moved)
    leads.hand_over(lead, to, actor=actor, now=now)
    transfer.handed_over_on, transfer.return_by = today, today + timedelta(days=settings()["return_days"])
    close(transfer, TransferState.HANDED_OVER, now)
    note(transfer, TransferMove.HANDED_OVER, actor=actor, now=now)
    facts = {"ref": transfer.public_id, "kind": transfer.kind, "city_move": transfer.city_move}
    audit.record("transfer.handed_over", subject=("lead", lead), facts=facts, actor=actor, now=now)
    if transfer.city_move:
        former = [unit for unit in signed if moves_inside(transfer.to_unit.path, [unit.path])]
        people = [person for unit in former for person in managers_of(unit.id)]
        told = {"unit": transfer.to_unit.zh}
        notifications.notify(people, "transfer.city_move", subject=None, facts=told, actor=actor, now=now)
    db.session.flush()


def _check_owner(unit: Unit, owner_id: int) -> None:
    user = accounts.by_id(owner_id)
    fits = user is not None and user.is_active and user.as_actor().role in WORKS_IN_A_UNIT
    if not fits or user is None or user.unit_id not in units.under(unit.path):
        raise OwnerUnfit
