"""待承接项目: putting a lead there without its name, answering, and the coordinator's choice."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from crm.accounts import queries as accounts
from crm.audit import services as audit
from crm.core import clock
from crm.core.db import db
from crm.core.errors import NotFound
from crm.credit.rules import Terms
from crm.leads.models import Lead
from crm.leads.queries import access
from crm.leads.rules.lead import band_of
from crm.notifications import services as notifications
from crm.policy import rules as policy
from crm.policy.rules import WORKS_IN_A_UNIT, Actor, Role
from crm.transfers import queries
from crm.transfers.models import OpenAnswer, OpenOffer, Transfer
from crm.transfers.rules import (
    AnswerGone,
    CardClosed,
    CardOpen,
    CardState,
    ProposalsOver,
    TransferKind,
    TransferMove,
    TransferState,
    UnitUnfit,
)
from crm.transfers.services.holding import (
    check_movable,
    check_reason,
    check_telling,
    check_unit,
    close,
    coordinators,
    hold,
    managers_of,
    note,
    tell,
    who,
)
from crm.transfers.services.move import change_hands
from crm.transfers.services.offer import NewOffer, answer_by, free_lead, new_transfer


@dataclass(frozen=True, slots=True)
class NewCard:
    """What strangers are to read: a free text, what is needed; and the terms of attribution."""

    text: str
    terms: Terms
    site: str | None = None
    energy: str | None = None
    people: str | None = None


@dataclass(frozen=True, slots=True)
class NewAnswer:
    """What a unit proposes: where, by which published policies, from when."""

    site: str
    ready_on: date
    policies: str | None = None
    note: str | None = None


def put_in_pool(public_id: str, new: NewCard, *, actor: Actor, now: datetime) -> OpenOffer:
    """Put an anonymous card among the open projects; all managers elsewhere and the coordinators are told.

    Raises NotFound, Forbidden, LeadMerged, LeadEnded, TransferOpen, CardOpen, WhyNeeded, TermsUnfit, TellsInvestor.
    """
    lead = free_lead(public_id, "pool", "put", actor=actor, now=now)
    text = check_reason(new.text)
    new.terms.check()
    if queries.open_card(lead.id) is not None:
        raise CardOpen
    for field, said in (("text", text), ("site", new.site), ("energy", new.energy), ("people", new.people)):
        check_telling(lead, said, field=field)
    card = OpenOffer(
        lead_id=lead.id, unit_id=lead.following_unit_id, state=CardState.OPEN, band=lead.amount_band or band_of(lead.total_cny),
        needs_site=_short(new.site), needs_energy=_short(new.energy), needs_people=_short(new.people), text=text,
        answer_by=answer_by(now, "pool_working_days"), put_by_id=actor.user_id, put_at=now,
    )  # fmt: skip
    card.terms = new.terms
    db.session.add(card)
    db.session.flush()
    audit.record("pool.put", subject=("lead", lead), facts={"text": text, "ref": card.public_id}, actor=actor, now=now)
    others = [user.id for user in accounts.of_role(Role.DISTRICT_MANAGER) if user.unit_id != lead.following_unit_id]
    _tell([*others, *coordinators()], "pool.put", card, {}, actor, now)
    return card


def answer_card(public_id: str, new: NewAnswer, *, actor: Actor, now: datetime) -> OpenAnswer:
    """A unit's proposal; another one of the same unit takes its place. The coordinators are told.

    Raises NotFound, Forbidden, CardClosed, UnitUnfit, ProposalsOver, LeadMerged, LeadEnded, WhyNeeded.
    """
    policy.require(policy.of_role(actor), "pool", "answer", seen_by="list")
    card, lead = _hold_card(public_id)
    if actor.role not in WORKS_IN_A_UNIT or policy.in_one_line(lead.following_unit_path, actor.unit_path):
        raise UnitUnfit
    if clock.city_day(now) > card.answer_by:
        raise ProposalsOver(day=card.answer_by.isoformat())
    mine = (OpenAnswer.offer_id == card.id) & (OpenAnswer.unit_id == actor.unit_id) & OpenAnswer.replaced_at.is_(None)
    before = db.session.scalar(select(OpenAnswer).where(mine))
    said = {
        "site": check_reason(new.site)[:200], "policies": _short(new.policies), "ready_on": new.ready_on,
        "note": (new.note or "").strip()[:400] or None,
    }  # fmt: skip
    if before is not None:
        if all(getattr(before, name) == value for name, value in said.items()):
            return before  # the same form sent twice: nothing new to tell
        before.replaced_at = now
        db.session.flush()
    row = OpenAnswer(offer_id=card.id, unit_id=actor.unit_id, by_id=actor.user_id, at=now, **said)
    db.session.add(row)
    db.session.flush()
    facts = {"ref": card.public_id, "unit": actor.unit_id, "ready_on": new.ready_on.isoformat()}
    audit.record("pool.answered", subject=("lead", lead), facts=facts, actor=actor, now=now)
    _tell(coordinators(), "pool.answered", card, who(actor), actor, now)
    return row


def assign_card(public_id: str, answer_id: str, reason: str, *, actor: Actor, now: datetime) -> Transfer:
    """The coordinator gives the project to a unit by its proposal: it changes hands at once, whoever proposed leads it, the other
    units are told.

    Raises NotFound, Forbidden, CardClosed, AnswerGone, WhyNeeded, LeadMerged, LeadEnded, TransferOpen.
    """
    policy.require(policy.of_role(actor), "pool", "assign", seen_by="list")
    card, lead = _hold_card(public_id)
    query = select(OpenAnswer).where(OpenAnswer.public_id == answer_id).execution_options(populate_existing=True)
    chosen = db.session.scalar(query)
    if chosen is None or chosen.offer_id != card.id:
        raise NotFound
    if chosen.replaced_at is not None:
        raise AnswerGone
    why = check_reason(reason)
    free_lead(lead.public_id, "transfer", "assign", actor=actor, now=now)
    check_unit(lead, chosen.unit)
    offer = NewOffer(chosen.unit, why, card.terms)
    transfer = new_transfer(lead, offer, TransferKind.POOL, reason=why, actor=actor, now=now)
    note(transfer, TransferMove.ASSIGNED, actor=actor, now=now, reason=why)
    givers = [*managers_of(lead.following_unit_id), card.put_by_id, *([lead.owner_id] if lead.owner_id else [])]
    owner_id = chosen.by_id if chosen.by.is_active else None
    change_hands(transfer, lead, owner_id, why, actor=actor, now=now)
    card.transfer_id = transfer.id
    losers = _who_proposed(card, besides=chosen.unit_id)
    _close(card, CardState.ASSIGNED, why, actor, now)
    audit.record(
        "pool.assigned", subject=("lead", lead), facts={"ref": card.public_id, "unit": chosen.unit.code}, actor=actor, now=now
    )
    winners = [chosen.by_id, *managers_of(chosen.unit_id)]
    tell(winners, "pool.yours", transfer, who(actor), actor=actor, now=now)
    tell(givers, "transfer.assigned", transfer, {**who(actor), "to": chosen.unit.zh, "why": why}, actor=actor, now=now)
    _tell([one for one in losers if one not in winners], "pool.closed", card, {}, actor, now)
    return transfer


def withdraw_card(public_id: str, reason: str, *, actor: Actor, now: datetime) -> OpenOffer:
    """Take the card off; the units that answered are told. Raises NotFound, Forbidden, CardClosed, WhyNeeded."""
    found = queries.card(public_id)
    lead = hold(found.lead_id)
    policy.require(policy.towards_lead(actor, access.staying(lead)), "pool", "withdraw", seen_by="none")
    card = _fresh(found)
    if card.state != CardState.OPEN:
        raise CardClosed
    why = check_reason(reason)
    _take_off(card, lead, why, actor, now)
    return card


def overtake(lead: Lead, reason: str, *, actor: Actor, now: datetime) -> None:
    """Somebody above has decided who follows a lead: what is under way about giving it away ends, and both sides, or the units
    that made proposals, are told. Call after the policy said yes.
    """
    hold(lead.id)
    live, card = queries.live_for(lead.id), queries.open_card(lead.id)
    if live is not None:
        people = [*managers_of(live.from_unit_id), *managers_of(live.to_unit_id)]
        close(live, TransferState.WITHDRAWN, now)
        note(live, TransferMove.WITHDRAWN, actor=actor, now=now, reason=reason)
        audit.record("transfer.withdrawn", subject=("lead", lead), facts={"ref": live.public_id}, actor=actor, now=now)
        tell(people, "transfer.withdrawn", live, who(actor), actor=actor, now=now)
    if card is not None:
        _take_off(card, lead, reason, actor, now)


def _take_off(card: OpenOffer, lead: Lead, reason: str, actor: Actor, now: datetime) -> None:
    _close(card, CardState.WITHDRAWN, reason, actor, now)
    audit.record("pool.withdrawn", subject=("lead", lead), facts={"ref": card.public_id, "reason": reason}, actor=actor, now=now)
    _tell(_who_proposed(card), "pool.withdrawn", card, {}, actor, now)


def _who_proposed(card: OpenOffer, *, besides: int = 0) -> list[int]:
    """Whoever wrote a proposal that is in use, and the managers of their units."""
    rows = [row for row in queries.answers_of([card.id])[card.id] if row.unit_id != besides]
    return [person for row in rows for person in (row.by_id, *managers_of(row.unit_id))]


def _hold_card(public_id: str) -> tuple[OpenOffer, Lead]:
    found = queries.card(public_id)
    lead = hold(found.lead_id)
    card = _fresh(found)
    if card.state != CardState.OPEN:
        raise CardClosed
    check_movable(lead)
    return card, lead


def _fresh(card: OpenOffer) -> OpenOffer:
    query = select(OpenOffer).where(OpenOffer.id == card.id).execution_options(populate_existing=True)
    return db.session.scalars(query).one()


def _close(card: OpenOffer, state: CardState, reason: str, actor: Actor, now: datetime) -> None:
    card.state, card.closed_by_id, card.closed_at, card.close_reason = state, actor.user_id, now, reason
    db.session.flush()
    about = ("pool", card.public_id)
    notifications.mark_read_about(about, codes=("pool.put", "pool.answered"), now=now)  # nobody need answer those


def _short(text: str | None) -> str | None:
    return (text or "").strip()[:200] or None


def _tell(people: list[int], code: str, card: OpenOffer, facts: dict[str, str], actor: Actor, now: datetime) -> None:
    told = {**facts, "about": db.session.get_one(Lead, card.lead_id).public_id}
    notifications.notify(people, code, subject=("pool", card.public_id), facts=told, actor=actor, now=now)
