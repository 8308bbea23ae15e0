"""待承接项目: open cards, the units' proposals, and the names that a card must not tell."""

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload, selectinload

from crm.companies import queries as companies
from crm.core import clock
from crm.core.db import db
from crm.core.errors import NotFound
from crm.leads.models import Lead
from crm.leads.queries import access
from crm.matching import queries as matching
from crm.policy import rules as policy
from crm.policy.rules import WORKS_IN_A_UNIT, Actor
from crm.transfers.models import OpenAnswer, OpenOffer, Transfer
from crm.transfers.rules import CardState
from crm.units import queries as units

SIZE = 100


@dataclass(frozen=True, slots=True)
class SeenCard:
    """A card as somebody sees it. `lead`: the one that stays, when its own was merged away; `is_open`: it has not been, and the
    card is open; `own`: the lead's page is theirs; `gave`: their unit put it there; `answers`: those they may read (their unit's
    own; the coordinator all, `reads_all`); `count`: how many there are, for those who put it there and the coordinator.
    """

    card: OpenOffer
    lead: Lead
    is_open: bool
    own: bool
    gave: bool
    reads_all: bool
    answers: list[OpenAnswer]
    count: int | None
    may_answer: bool
    may_assign: bool
    may_withdraw: bool


def card(public_id: str) -> OpenOffer:
    """The card named in a URL; NotFound."""
    found = db.session.scalar(select(OpenOffer).where(OpenOffer.public_id == public_id))
    if found is None:
        raise NotFound
    return found


def open_card(lead_id: int) -> OpenOffer | None:
    """The open card of a lead."""
    return db.session.scalar(select(OpenOffer).where(OpenOffer.lead_id == lead_id, OpenOffer.state == CardState.OPEN))


def answer(public_id: str) -> OpenAnswer:
    """A proposal named in a form; NotFound."""
    found = db.session.scalar(select(OpenAnswer).where(OpenAnswer.public_id == public_id))
    if found is None:
        raise NotFound
    return found


def chosen(card: OpenOffer) -> Transfer | None:
    """The transfer by which the project of a card went to a unit; who may read it is asked of the transfer."""
    return db.session.get(Transfer, card.transfer_id) if card.transfer_id else None


def answers_of(offer_ids: list[int]) -> dict[int, list[OpenAnswer]]:
    """The proposals in use of each card, the earliest first."""
    found: dict[int, list[OpenAnswer]] = {offer_id: [] for offer_id in offer_ids}
    query = select(OpenAnswer).where(OpenAnswer.offer_id.in_(offer_ids), OpenAnswer.replaced_at.is_(None))
    for row in db.session.scalars(query.order_by(OpenAnswer.id)):
        found[row.offer_id].append(row)
    return found


@dataclass(frozen=True, slots=True)
class Cards:
    """How many cards are open, and how many proposals there are for them."""

    open: int
    proposals: int


def count_cards() -> Cards:
    """待承接项目 in numbers: cards are for everybody to see."""
    here = select(OpenOffer.id).join(Lead, Lead.id == OpenOffer.lead_id)
    ids = here.where(OpenOffer.state == CardState.OPEN, Lead.merged_into_id.is_(None))
    proposed = select(func.count()).select_from(OpenAnswer)
    proposed = proposed.where(OpenAnswer.offer_id.in_(ids), OpenAnswer.replaced_at.is_(None))
    open_ = select(func.count()).select_from(ids.subquery())
    return Cards(*db.session.execute(select(open_.scalar_subquery(), proposed.scalar_subquery())).one())


def cards(actor: Actor) -> list[SeenCard]:
    """The open cards, newest first."""
    query = select(OpenOffer).join(Lead, Lead.id == OpenOffer.lead_id)
    query = query.where(OpenOffer.state == CardState.OPEN, Lead.merged_into_id.is_(None))
    return _seen(list(db.session.scalars(query.order_by(OpenOffer.id.desc()).limit(SIZE))), actor)


def visible_card(public_id: str, *, actor: Actor) -> SeenCard:
    """One card. Closed ones, and those of leads that were merged away, for those who had to do with it; NotFound."""
    found = _seen([card(public_id)], actor)[0]
    concerned = found.own or found.gave or found.answers or found.count is not None
    if not found.is_open and not concerned:
        raise NotFound
    return found


def _seen(rows: list[OpenOffer], actor: Actor) -> list[SeenCard]:
    query = select(Lead).where(Lead.id.in_([row.lead_id for row in rows])).options(selectinload(Lead.clusters))
    leads = {lead.id: lead for lead in db.session.scalars(query.options(joinedload(Lead.investor)))} if rows else {}
    proposed = answers_of([row.id for row in rows]) if rows else {}
    reads_all, mine = policy.may(actor, "pool", "read_answers"), set(units.under(actor.unit_path))
    found = []
    for row in rows:
        lead = access.staying(leads[row.lead_id])
        standing = policy.towards_lead(actor, lead)
        own, is_open = policy.can(standing, "lead", "read_detail"), row.state == CardState.OPEN and lead.id == row.lead_id
        follows = policy.in_one_line(lead.following_unit_path, actor.unit_path)
        gave = actor.role in WORKS_IN_A_UNIT and lead.id == row.lead_id
        answers = is_open and clock.today() <= row.answer_by and not follows and actor.role in WORKS_IN_A_UNIT
        found.append(
            SeenCard(
                row, lead, is_open, own, gave and row.unit_id in mine, reads_all,
                [one for one in proposed[row.id] if reads_all or (one.unit_id in mine and not follows)],
                len(proposed[row.id]) if reads_all or policy.can(standing, "pool", "withdraw") else None,
                may_answer=answers and policy.may(actor, "pool", "answer"),
                may_assign=is_open and policy.may(actor, "pool", "assign"),
                may_withdraw=row.state == CardState.OPEN and policy.can(standing, "pool", "withdraw"),
            )
        )  # fmt: skip
    return found


def names_that_tell(lead: Lead) -> tuple[list[str | None], list[str | None]]:
    """The names of a lead's firms, and what its people are called and reached by: no stranger's text may hold any."""
    matching.office_brands()
    firms: list[str | None] = [lead.intermediary, lead.introducer, *(party.name for party in lead.parties)]
    if lead.investor is not None:
        known = [name.text for name in lead.investor.names if name.retired_at is None]
        firms += [lead.investor.name, lead.investor.original_name, *known]
    people: list[str | None] = [lead.code_name, lead.number, lead.external_number]
    for contact in companies.contacts_of(lead.id):
        people += [contact.name, contact.phone, contact.email]
    return firms, people
