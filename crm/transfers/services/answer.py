"""Answers to an offer: accept, decline, counter, withdraw; and what happens when nobody answers."""

from datetime import datetime

from crm.audit import services as audit
from crm.claims import queries as claims
from crm.core import clock
from crm.credit.rules import Terms
from crm.leads.models import Lead
from crm.leads.queries import access
from crm.policy import rules as policy
from crm.policy.rules import Actor
from crm.transfers import queries
from crm.transfers.models import Transfer
from crm.transfers.rules import (
    DeadlinePassed,
    NotYourTurn,
    TransferClosed,
    TransferMove,
    TransferState,
    Turn,
    is_over,
    settings,
)
from crm.transfers.services.holding import (
    check_answer,
    check_movable,
    check_reason,
    close,
    givers,
    hold,
    hold_transfer,
    managers_of,
    note,
    tell,
    who,
)

_ANSWERS = {Turn.RECEIVER: "answer", Turn.GIVER: "answer_back"}


def accept(public_id: str, *, actor: Actor, now: datetime) -> Transfer:
    """Agree to what is on the table; the other side is told. The lead changes hands when it is taken over.

    Raises NotFound, Forbidden, TransferClosed, DeadlinePassed, NotYourTurn, LeadMerged, LeadEnded.
    """
    transfer, lead = _due(public_id, actor, now)
    check_movable(lead)
    transfer.state = TransferState.ACCEPTED
    note(transfer, TransferMove.ACCEPTED, actor=actor, now=now)
    audit.record("transfer.accepted", subject=("lead", lead), facts={"ref": transfer.public_id}, actor=actor, now=now)
    both = [*givers(transfer, lead), *managers_of(transfer.to_unit_id)]
    tell(both, "transfer.accepted", transfer, who(actor), actor=actor, now=now)
    return transfer


def counter(public_id: str, terms: Terms, reason: str, *, actor: Actor, now: datetime) -> Transfer:
    """Propose other terms: the other side is to answer, with as many days. Raises what accept raises, TermsUnfit, WhyNeeded,
    TellsInvestor.
    """
    transfer, lead = _due(public_id, actor, now)
    check_movable(lead)
    terms.check()
    why = check_reason(reason)
    check_answer(transfer, lead, why, actor)
    transfer.terms = terms
    back = transfer.turn == Turn.RECEIVER
    transfer.turn = Turn.GIVER if back else Turn.RECEIVER
    transfer.answer_by = claims.calendar().after(clock.city_day(now), settings()["answer_working_days"], working=True)
    note(transfer, TransferMove.COUNTERED, actor=actor, now=now, reason=why)
    facts = {
        "ref": transfer.public_id,
        "model": terms.model.value,
        "parts": terms.giver_parts,
        "years": terms.years,
        "reason": why,
    }
    audit.record("transfer.countered", subject=("lead", lead), facts=facts, actor=actor, now=now)
    told = {**who(actor), "due": clock.start_of(transfer.answer_by).isoformat()}
    people = givers(transfer, lead) if back else managers_of(transfer.to_unit_id)
    tell(people, "transfer.countered", transfer, told, actor=actor, now=now)
    return transfer


def decline(public_id: str, reason: str, *, actor: Actor, now: datetime) -> Transfer:
    """Say no, until it is handed over: also when the lead has ended or was merged meanwhile.

    Raises NotFound, Forbidden, TransferClosed, DeadlinePassed, NotYourTurn, WhyNeeded, TellsInvestor.
    """
    found = queries.by_public_id(public_id)
    if found.state == TransferState.ACCEPTED:
        transfer, lead = hold_transfer(public_id, "answer", actor)
        if transfer.state != TransferState.ACCEPTED:
            raise TransferClosed
    else:
        transfer, lead = _due(public_id, actor, now)
    why = check_reason(reason)
    check_answer(transfer, lead, why, actor)
    close(transfer, TransferState.DECLINED, now)
    note(transfer, TransferMove.DECLINED, actor=actor, now=now, reason=why)
    facts = {"ref": transfer.public_id, "reason": why}
    audit.record("transfer.declined", subject=("lead", lead), facts=facts, actor=actor, now=now)
    both = [*givers(transfer, lead), *managers_of(transfer.to_unit_id)]
    tell(both, "transfer.declined", transfer, {**who(actor), "why": why}, actor=actor, now=now)
    return transfer


def withdraw(public_id: str, *, actor: Actor, now: datetime) -> Transfer:
    """Take an offer back before anybody has agreed. Raises NotFound, Forbidden, TransferClosed."""
    transfer, lead = hold_transfer(public_id, "withdraw", actor)
    if transfer.state != TransferState.OPEN:
        raise TransferClosed
    close(transfer, TransferState.WITHDRAWN, now)
    note(transfer, TransferMove.WITHDRAWN, actor=actor, now=now)
    audit.record("transfer.withdrawn", subject=("lead", lead), facts={"ref": transfer.public_id}, actor=actor, now=now)
    tell(managers_of(transfer.to_unit_id), "transfer.withdrawn", transfer, who(actor), actor=actor, now=now)
    return transfer


def _due(public_id: str, actor: Actor, now: datetime) -> tuple[Transfer, Lead]:
    """The transfer, locked, for the side whose answer is due. Whoever answers for the other side is told that it is not their
    turn, or that it is over: their page was drawn when it was theirs.
    """
    turn = queries.by_public_id(public_id).turn
    transfer, lead = hold_transfer(public_id, "read", actor)
    stands = queries.stands(actor, transfer, lead)
    if not any(policy.can(stands, "transfer", action) for action in _ANSWERS.values()):
        policy.require(stands, "transfer", _ANSWERS[Turn(transfer.turn)], seen_by="read")
    if transfer.state != TransferState.OPEN:
        raise TransferClosed
    if transfer.turn != turn or not policy.can(stands, "transfer", _ANSWERS[Turn(transfer.turn)]):
        raise NotYourTurn
    if is_over(transfer.state, transfer.answer_by, clock.city_day(now)):
        raise DeadlinePassed(day=transfer.answer_by.isoformat())
    return transfer, lead


def lapse(transfer_id: int, lead_id: int, *, now: datetime) -> bool:
    """Write down that nobody answered in time, and tell both sides; False when somebody has answered after all."""
    lead = hold(lead_id)
    transfer = queries.live_for(lead.id)
    if transfer is None or transfer.id != transfer_id:
        return False
    if not is_over(transfer.state, transfer.answer_by, clock.city_day(now)):
        return False
    write_lapse(transfer, lead, now=now)
    return True


def write_lapse(transfer: Transfer, lead: Lead, *, now: datetime) -> None:
    """The same, when the lead is locked and it is known that nobody did."""
    close(transfer, TransferState.LAPSED, now)
    note(transfer, TransferMove.LAPSED, actor=None, now=now)
    audit.record("transfer.lapsed", subject=("lead", lead), facts={"ref": transfer.public_id}, actor=None, now=now)
    stays = access.staying(lead)
    people = [*managers_of(transfer.to_unit_id), *managers_of(stays.following_unit_id), transfer.offered_by_id]
    tell(people, "transfer.lapsed", transfer, {}, actor=None, now=now)
