"""Arrivals that may become a lead's first funds, and the one that did."""

from sqlalchemy import select

from crm.core.db import db
from crm.funds.models import FundsLink
from crm.leads.models import Lead
from crm.money import queries as money
from crm.money.models import Receipt
from crm.pipeline import queries as pipeline
from crm.pipeline.models import Milestone
from crm.pipeline.rules import LIVE, Kind


def links_of(lead_id: int) -> list[FundsLink]:
    """The links of a lead's milestones that hold. The caller has asked the policy."""
    query = select(FundsLink).join(Milestone, Milestone.id == FundsLink.milestone_id)
    return list(db.session.scalars(query.where(Milestone.lead_id == lead_id, Milestone.state.in_(sorted(LIVE)))))


def milestone_there(lead: Lead) -> Milestone | None:
    """The lead's milestone of first funds that holds."""
    found = (row for row in pipeline.milestones_of(lead.id) if row.kind == Kind.FIRST_FUNDS and row.state in LIVE)
    return next(found, None)


def candidates(lead: Lead) -> list[Receipt]:
    """The arrivals in force with their proof, in the order of their days: the first is what usually is meant."""
    return [line.receipt for line in money.ledger_of(lead).lines if line.receipt.file_id is not None and line.receipt.amount > 0]
