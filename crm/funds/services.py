"""Making the milestone of first funds out of an arrival: one that is in the ledger, or one that is entered in the same act."""

from datetime import datetime

from crm.audit import services as audit
from crm.core.db import db
from crm.core.money import Money
from crm.funds import queries
from crm.funds.models import FundsLink
from crm.funds.rules import NoProof, NotChosen, NotStanding
from crm.leads.models import Lead
from crm.leads.queries import access
from crm.money import services as money
from crm.money.models import Receipt
from crm.money.rules import NewReceipt
from crm.money.services import Proof
from crm.pipeline import services as pipeline
from crm.pipeline.rules import Kind, NewMilestone
from crm.policy import rules as policy
from crm.policy.rules import Actor


def take_receipt(lead_public_id: str, receipt_public_id: str, *, root: str, actor: Actor, now: datetime) -> FundsLink:
    """A line of the ledger becomes the lead's milestone of first funds, with its day, sum and proof. Raises NotChosen,
    NotStanding for a line of another lead or one that was corrected, NoProof, and what entering a milestone raises.
    """
    lead = access.locked_lead(lead_public_id, actor=actor, action="read_detail")
    policy.require(policy.towards_lead(actor, lead), "receipt", "read", seen_by="none")
    if not receipt_public_id:
        raise NotChosen
    found = next((row for row in queries.candidates(lead) if row.public_id == receipt_public_id), None)
    if found is None:
        raise NotStanding
    return _link(lead, found, root=root, actor=actor, now=now)


def add_first_funds(
    lead_public_id: str, new: NewReceipt, proof: Proof, *, checked: str = "", root: str, actor: Actor, now: datetime
) -> FundsLink:  # fmt: skip
    """Enter an arrival and make it the milestone, both or neither. Raises NoProof, and what the two raise."""
    if proof.content is None and not proof.public_id:
        raise NoProof
    row = money.add_receipt(lead_public_id, new, proof, checked=checked, root=root, actor=actor, now=now)
    lead = access.locked_lead(lead_public_id, actor=actor, action="read_detail")
    return _link(lead, row, root=root, actor=actor, now=now)


def _link(lead: Lead, receipt: Receipt, *, root: str, actor: Actor, now: datetime) -> FundsLink:
    if receipt.file_id is None:
        raise NoProof
    new = NewMilestone(
        Kind.FIRST_FUNDS, receipt.received_on, Money(receipt.amount, receipt.currency), None, shown_by=(receipt.file_id,)
    )  # fmt: skip
    milestone = pipeline.enter_milestone(lead.public_id, new, root=root, actor=actor, now=now)
    row = FundsLink(milestone_id=milestone.id, receipt_id=receipt.id, by_id=actor.user_id, at=now)
    db.session.add(row)
    db.session.flush()
    facts = {"milestone": milestone.public_id, "receipt": receipt.public_id}
    audit.record("milestone.funds_linked", subject=("lead", lead), facts=facts, actor=actor, now=now)
    return row
