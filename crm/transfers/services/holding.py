"""The lead and its transfer, locked; what is refused whatever is to be done; and the line that every move leaves."""

from datetime import datetime

from sqlalchemy import select

from crm.accounts import queries as accounts
from crm.core.db import db, lock_key
from crm.leads.models import Lead
from crm.leads.queries import access
from crm.leads.rules.lead import Status
from crm.matching.rules.telling import told_in
from crm.notifications import services as notifications
from crm.policy import rules as policy
from crm.policy.rules import Actor, Role
from crm.transfers import queries
from crm.transfers.models import Transfer, TransferAnswer
from crm.transfers.rules import (
    LeadEnded,
    LeadMerged,
    TellsInvestor,
    TransferMove,
    TransferState,
    UnitUnfit,
    WhyNeeded,
)
from crm.units import queries as units
from crm.units.models import Unit


def hold(lead_id: int) -> Lead:
    """The lead, locked: nobody else does anything about its transfers until the transaction ends."""
    lock_key(f"transfer:{lead_id}")
    return access.locked_for_room(lead_id)


def hold_transfer(public_id: str, action: str, actor: Actor) -> tuple[Transfer, Lead]:
    """A transfer and its lead, locked and as they are now, for somebody who may do `action`. NotFound, Forbidden. What is to move
    the lead on asks check_movable besides; saying no needs not.
    """
    found = queries.by_public_id(public_id)
    lead = hold(found.lead_id)
    query = select(Transfer).where(Transfer.id == found.id).execution_options(populate_existing=True)
    transfer = db.session.scalars(query).one()
    policy.require(queries.stands(actor, transfer, lead), "transfer", action, seen_by="read")
    return transfer, lead


def check_movable(lead: Lead) -> None:
    """Raise LeadMerged or LeadEnded for what is not to change hands."""
    if lead.merged_into_id is not None:
        raise LeadMerged
    if lead.status == Status.ENDED:
        raise LeadEnded


def check_unit(lead: Lead, unit: Unit) -> None:
    """Raise UnitUnfit unless another unit in use is to have the lead."""
    if unit.id == lead.following_unit_id or unit.retired_on is not None:
        raise UnitUnfit


def check_reason(reason: str | None) -> str:
    """The reason, or WhyNeeded."""
    if not (reason or "").strip():
        raise WhyNeeded
    return (reason or "").strip()[:400]


def check_telling(lead: Lead, text: str | None, field: str = "reason") -> None:
    """Raise TellsInvestor when a text that strangers will read, typed into a field, tells who it is."""
    if not text:
        return
    firms, people = queries.names_that_tell(lead)
    word = told_in([text], firms, exact=people)
    if word:
        raise TellsInvestor(word=word, field=field)


def check_answer(transfer: Transfer, lead: Lead, text: str, actor: Actor) -> None:
    """The same for what somebody writes about a transfer who reads the names, when the other side does not."""
    knows = policy.can(policy.towards_lead(actor, lead), "lead", "read_names")
    if knows and (access.staying(lead).sealed or not transfer.shows_names):
        check_telling(lead, text)


def note(
    transfer: Transfer, move: TransferMove, *, actor: Actor | None, now: datetime, reason: str | None = None
) -> TransferAnswer:  # fmt: skip
    """Write down what was done, with the terms on the table."""
    row = TransferAnswer(
        transfer_id=transfer.id, move=move, model=transfer.model, giver_parts=transfer.giver_parts, years=transfer.years,
        reason=reason, unit_id=actor.unit_id if actor else None, by_id=actor.user_id if actor else None, at=now,
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    about = ("transfer", transfer.public_id)
    notifications.mark_read_about(about, codes=("transfer.offered", "transfer.countered"), now=now)  # nobody need answer those
    return row


def close(transfer: Transfer, state: TransferState, now: datetime) -> None:
    """It has come to its end."""
    transfer.state, transfer.closed_at = state, now
    db.session.flush()


def managers_of(unit_id: int) -> list[int]:
    """Who answers for a unit: its managers and those above; the coordinators where there are none."""
    path = units.by_id(unit_id).path
    found = [user.id for user in accounts.of_role(Role.DISTRICT_MANAGER) if path.startswith(user.unit.path)]
    return found or coordinators()


def coordinators() -> list[int]:
    """市统筹."""
    return [user.id for user in accounts.of_role(Role.COORDINATOR)]


def givers(transfer: Transfer, lead: Lead) -> list[int]:
    """Who is told on the giving side: its managers, whoever offered it, its owner."""
    return [*managers_of(transfer.from_unit_id), transfer.offered_by_id, *([lead.owner_id] if lead.owner_id else [])]


def tell(
    people: list[int], code: str, transfer: Transfer, facts: dict[str, str], *, actor: Actor | None, now: datetime
) -> None:  # fmt: skip
    """A message about a transfer. It names no investor: who may read that reads it on the page. What somebody wrote is said only
    to those who may read the lead's names when they read the message.
    """
    lead = db.session.get_one(Lead, transfer.lead_id).public_id
    facts = {**facts, "about": lead, **({"lead": lead} if "why" in facts else {})}
    notifications.notify(people, code, subject=("transfer", transfer.public_id), facts=facts, actor=actor, now=now)


def who(actor: Actor) -> dict[str, str]:
    """Who acts, for a message."""
    return {"unit": units.by_id(actor.unit_id).zh, "person": actor.name}
