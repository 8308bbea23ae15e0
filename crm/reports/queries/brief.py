"""项目简报: one lead on one A4, cut by the policy like its row and its page."""

from dataclasses import dataclass

from crm.core.money import Money
from crm.leads.models import Lead
from crm.leads.queries import access
from crm.leads.queries.rows import Row, rows_of
from crm.matters import queries as matters
from crm.matters.rules import MatterState
from crm.money import queries as money
from crm.money.queries.ledger import Ledger
from crm.pipeline import queries as pipeline
from crm.pipeline.queries.page import Stone
from crm.policy import rules as policy
from crm.policy.rules import Actor
from crm.supervision import queries as supervision
from crm.supervision.models import LeadSponsor
from crm.supervision.rules import InstructionState
from crm.visits import queries as visits
from crm.visits.models import Interaction


@dataclass(frozen=True, slots=True)
class Brief:
    """What the brief says. `row` is the list's own, with only what the reader may read; parts that they may not read are
    empty. `contract`: the confirmed one, where it is not what the lead says.
    """

    lead: Lead
    row: Row
    sponsors: list[LeadSponsor]
    stones: list[Stone]
    contract: Money | None
    ledger: Ledger | None
    progress: list[Interaction]
    matters: list[matters.Seen]
    tasks: list[supervision.Seen]


def brief_of(public_id: str, actor: Actor) -> Brief:
    """The brief of a lead; NotFound, Forbidden, Moved as its page."""
    lead = access.visible_lead(public_id, actor=actor)
    stands = policy.towards_lead(actor, lead)
    policy.require(stands, "brief", "take", seen_by="none")
    stones = pipeline.milestones_of(lead.id) if policy.can(stands, "milestone", "read") else []
    reads = {record: policy.can(stands, record, "read") for record in ("receipt", "sponsor")}
    return Brief(
        lead, rows_of([lead.id], actor)[lead.id], supervision.sponsors_of(lead.id) if reads["sponsor"] else [],
        pipeline.stones_of(lead, stones) if stones else [], pipeline.confirmed_of(lead, stones),
        money.ledger_of(lead) if reads["receipt"] else None, visits.of_lead(lead.id, limit=10),
        [one for one in matters.of_lead(lead, actor) if one.matter.state != MatterState.CLOSED],
        [one for one in supervision.of_lead(lead, actor) if one.row.state != InstructionState.CLOSED],
    )  # fmt: skip
