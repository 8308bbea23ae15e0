"""Transfers, and how somebody stands to one: the parties see more of its lead on its page than strangers do."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from crm.core import clock
from crm.core.db import db
from crm.core.errors import NotFound
from crm.leads.models import Lead
from crm.leads.queries import access
from crm.leads.rules.lead import band_of
from crm.policy import rules as policy
from crm.policy.rules import WORKS_IN_A_UNIT, Actor, Role, Standing
from crm.transfers.models import OpenAnswer, OpenOffer, Transfer, TransferAnswer
from crm.transfers.rules import LIVE, CardState, TransferState, Turn, is_over
from crm.units import queries as units
from crm.units.models import Unit

SIZE = 50


def stands(actor: Actor, transfer: Transfer, lead: Lead) -> Standing:
    """How somebody stands to a transfer: as to its lead (of one that was merged away, as to the one that stays), and besides as
    one of the two units.

    The offer itself opens the lead's card to the receiving unit while it is under way, and its names where those who offer it say
    so. A code name opens the card to that unit's managers alone, and the names to nobody. Of a lead that was merged away it opens
    nothing: whose the other lead is offered nobody anything.
    """
    lead = access.staying(lead)
    words = set(policy.towards_lead(actor, lead).principals)
    if actor.role not in WORKS_IN_A_UNIT:
        return Standing(frozenset(words))
    manages = actor.role is Role.DISTRICT_MANAGER
    if policy.in_one_line(actor.unit_path, transfer.to_unit.path):
        live = transfer.state in LIVE and lead.id == transfer.lead_id
        if live and (manages or not lead.sealed):
            words.add("host")
        if manages and transfer.to_unit.path.startswith(actor.unit_path):
            words.add("host_manager")
        if live and transfer.shows_names and not lead.sealed:
            words.add("host_names")
    gives = policy.in_one_line(actor.unit_path, transfer.from_unit.path) and (manages or not lead.sealed)
    if gives or transfer.offered_by_id == actor.user_id:
        words.add("giver")
    return Standing(frozenset(words))


@dataclass(frozen=True, slots=True)
class Seen:
    """A transfer as somebody sees it: whether with the lead's names, with its page, whether it is theirs to answer, to hand over;
    `lead`: the one that stays, when its own was merged away; `over`: nobody answered in time.
    """

    transfer: Transfer
    lead: Lead
    standing: Standing
    over: bool

    @property
    def names(self) -> bool:
        """Whether they may read who it is."""
        return policy.can(self.standing, "lead", "read_names")

    @property
    def number(self) -> bool:
        """Whether they may read its number: with the names, and as the unit that gave it away and is credited with it."""
        return self.names or ("giver" in self.standing.principals and not self.lead.sealed and not self.merged)

    @property
    def card(self) -> bool:
        """Whether they may read its card: not as the unit that it was offered to and did not go to, once that is over; nor, by
        the offer, that of another lead.
        """
        known = self.names or "giver" in self.standing.principals
        offered = self.transfer.state in LIVE and not self.merged
        return (known or offered) and policy.can(self.standing, "lead", "read_card")

    @property
    def band(self) -> str:
        """The band of its sum."""
        return self.lead.amount_band or band_of(self.lead.total_cny)

    @property
    def under_way(self) -> bool:
        """Whether something is still to be done about it."""
        return self.transfer.state in LIVE and not self.over

    @property
    def detail(self) -> bool:
        """Whether the lead has a page for them."""
        return policy.can(self.standing, "lead", "read_detail")

    @property
    def mine(self) -> bool:
        """Whether the answer that is due is theirs, and may be yes."""
        return self._due and not self.merged

    @property
    def _due(self) -> bool:
        if self.transfer.state != TransferState.OPEN or self.over:
            return False
        if self.transfer.turn == Turn.RECEIVER:
            return policy.can(self.standing, "transfer", "answer")
        return policy.can(self.standing, "transfer", "answer_back")

    @property
    def takes(self) -> bool:
        """Whether it is theirs to choose who leads it, and so to take it over."""
        agreed = self.transfer.state == TransferState.ACCEPTED and not self.merged
        return (agreed or (self._here and self.lead.owner_id is None)) and policy.can(self.standing, "transfer", "take_over")

    @property
    def declines(self) -> bool:
        """Whether they may still say no: until it is handed over."""
        agreed = self.transfer.state == TransferState.ACCEPTED and policy.can(self.standing, "transfer", "answer")
        return self._due or agreed

    @property
    def withdraws(self) -> bool:
        """Whether they may take it back before it is agreed."""
        return self.transfer.state == TransferState.OPEN and policy.can(self.standing, "transfer", "withdraw")

    @property
    def returns(self) -> bool:
        """Whether they may give the lead back."""
        within = self.transfer.return_by is not None and clock.today() <= self.transfer.return_by
        return within and self._here and policy.can(self.standing, "transfer", "return")

    @property
    def merged(self) -> bool:
        """Whether its lead was merged into another meanwhile: then it can only be closed."""
        return self.lead.id != self.transfer.lead_id

    @property
    def _here(self) -> bool:
        """Whether the receiving unit has the lead by it."""
        done = self.transfer.state == TransferState.HANDED_OVER and not self.merged
        return done and self.lead.following_unit_id == self.transfer.to_unit_id


def seen(transfer: Transfer, lead: Lead, actor: Actor) -> Seen:
    """The transfer as this person sees it."""
    over = is_over(transfer.state, transfer.answer_by, clock.today())
    return Seen(transfer, access.staying(lead), stands(actor, transfer, lead), over)


def by_public_id(public_id: str) -> Transfer:
    """The transfer named in a URL; NotFound. The caller asks the policy."""
    found = db.session.scalar(select(Transfer).where(Transfer.public_id == public_id))
    if found is None:
        raise NotFound
    return found


def visible_transfer(public_id: str, *, actor: Actor) -> Seen:
    """The transfer when it concerns this person; NotFound."""
    transfer = by_public_id(public_id)
    found = seen(transfer, _leads([transfer.lead_id])[transfer.lead_id], actor)
    policy.require(found.standing, "transfer", "read", seen_by="none")
    return found


def _leads(ids: list[int]) -> dict[int, Lead]:
    if not ids:
        return {}
    query = select(Lead).where(Lead.id.in_(ids)).options(joinedload(Lead.investor), selectinload(Lead.clusters))
    return {lead.id: lead for lead in db.session.scalars(query)}


def moves_of(transfer_id: int) -> list[TransferAnswer]:
    """What was done about a transfer, in order."""
    query = select(TransferAnswer).where(TransferAnswer.transfer_id == transfer_id).order_by(TransferAnswer.id)
    return list(db.session.scalars(query))


def live_for(lead_id: int) -> Transfer | None:
    """The transfer of a lead that waits for an answer or for the handing over, in time or not."""
    return db.session.scalar(select(Transfer).where(Transfer.lead_id == lead_id, Transfer.state.in_(LIVE)))


def last_of(lead_id: int) -> Transfer | None:
    """The latest transfer by which a lead changed hands."""
    done = Transfer.state == TransferState.HANDED_OVER
    return db.session.scalar(select(Transfer).where(Transfer.lead_id == lead_id, done).order_by(Transfer.id.desc()).limit(1))


def lapsed(today: date, *, size: int) -> list[Transfer]:
    """Transfers that nobody answered in time, in the order in which all rooms lock leads."""
    late = and_(Transfer.state == TransferState.OPEN, Transfer.answer_by < today)
    return list(db.session.scalars(select(Transfer).where(late).order_by(Transfer.lead_id).limit(size)))


def of_lead(lead: Lead, actor: Actor) -> list[Seen]:
    """The transfers of a lead, newest first, as this person sees them."""
    query = select(Transfer).where(Transfer.lead_id == lead.id).order_by(Transfer.id.desc()).limit(10)
    return [seen(transfer, lead, actor) for transfer in db.session.scalars(query)]


def _received(actor: Actor) -> ColumnElement[bool]:
    return Transfer.to_unit_id.in_(units.under(actor.unit_path))


def _sent(actor: Actor) -> ColumnElement[bool]:
    return or_(Transfer.from_unit_id.in_(units.under(actor.unit_path)), Transfer.offered_by_id == actor.user_id)


def inbox(actor: Actor) -> dict[str, list[Seen]]:
    """我收到的 and 我发出的, what waits first, then the newest. The coordinator finds everything under 我收到的."""
    everything = policy.may(actor, "transfer", "assign")
    asked = {"received": [] if everything else [_received(actor)], "sent": [_sent(actor)]}
    order = (Transfer.state.in_(LIVE).desc(), Transfer.id.desc())
    rows = {
        key: list(db.session.scalars(select(Transfer).where(*where).order_by(*order).limit(SIZE))) for key, where in asked.items()
    }
    leads = _leads(list({row.lead_id for found in rows.values() for row in found}))
    shown = {key: [seen(row, leads[row.lead_id], actor) for row in found] for key, found in rows.items()}
    return {key: [one for one in found if policy.can(one.standing, "transfer", "read")] for key, found in shown.items()}


@dataclass(frozen=True, slots=True)
class Waiting:
    """What a home page says: transfers that wait for this person, and open cards with proposals that wait for the coordinator."""

    transfers: int = 0
    cards: int = 0

    def __bool__(self) -> bool:
        return bool(self.transfers or self.cards)


def waiting_for(actor: Actor) -> Waiting:
    """How many there are: for a manager what the unit is to answer or to take over, for an officer what came back to them with
    other terms. One statement.
    """
    if policy.may(actor, "pool", "assign"):
        answered = exists().where(OpenAnswer.offer_id == OpenOffer.id, OpenAnswer.replaced_at.is_(None))
        query = select(func.count()).select_from(OpenOffer).join(Lead, Lead.id == OpenOffer.lead_id)
        query = query.where(OpenOffer.state == CardState.OPEN, Lead.merged_into_id.is_(None), answered)
        return Waiting(cards=db.session.scalar(query) or 0)
    if not policy.may(actor, "transfer", "list"):
        return Waiting()
    due = and_(Transfer.state == TransferState.OPEN, Transfer.answer_by >= clock.today())
    back = and_(due, Transfer.turn == Turn.GIVER)
    if actor.role is Role.DISTRICT_MANAGER:
        below = select(Unit.id).where(Unit.path.startswith(actor.unit_path, autoescape=True))
        asked = or_(and_(due, Transfer.turn == Turn.RECEIVER), Transfer.state == TransferState.ACCEPTED)
        where = or_(and_(Transfer.to_unit_id.in_(below), asked), and_(Transfer.from_unit_id.in_(below), back))
    else:
        where = and_(Transfer.offered_by_id == actor.user_id, back)
    query = select(func.count()).select_from(Transfer).join(Lead, Lead.id == Transfer.lead_id)
    return Waiting(db.session.scalar(query.where(where, Lead.merged_into_id.is_(None))) or 0)


def _under_way(unit: Unit) -> Select[int]:
    here = or_(Transfer.from_unit_id == unit.id, Transfer.to_unit_id == unit.id)
    return select(func.count()).where(here, Transfer.state.in_(LIVE))


def _put_out(unit: Unit) -> Select[int]:
    return select(func.count()).where(OpenOffer.unit_id == unit.id, OpenOffer.state == CardState.OPEN)


def _proposed(unit: Unit) -> Select[int]:
    open_ = select(OpenOffer.id).where(OpenOffer.state == CardState.OPEN)
    return select(func.count()).where(
        OpenAnswer.unit_id == unit.id, OpenAnswer.replaced_at.is_(None), OpenAnswer.offer_id.in_(open_)
    )


units.hanging_on.add(transfers=_under_way, cards=_put_out, proposals=_proposed)
