"""Arrivals that may become a lead's first funds, and the one that did."""

from collections.abc import Sequence

from sqlalchemy import select

from crm.core.db import db, one_of
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


def overtaken(rows: Sequence[Milestone]) -> dict[int, Receipt]:
    """Of milestones of first funds those whose arrival was corrected or taken back since, by id, with the newest line that stands
    in its place (the amount 0: taken back). One that says the new day and sum by now is not among them.
    """
    funds = [row for row in rows if row.kind == Kind.FIRST_FUNDS]
    meant = {row.id for row in funds} | {row.replaces_id for row in funds if row.replaces_id}
    query = select(FundsLink).where(one_of(FundsLink.milestone_id, meant))
    links = {link.milestone_id: link.receipt for link in db.session.scalars(query)} if meant else {}
    if not links:
        return {}
    leads = {receipt.lead_id for receipt in links.values()}
    lines = db.session.scalars(select(Receipt).where(one_of(Receipt.lead_id, leads), Receipt.corrects_id.is_not(None)))
    instead = {line.corrects_id: line for line in lines}
    found = {}
    for row in funds:
        first = links.get(row.id) or links.get(row.replaces_id or 0)
        newest = first
        while newest is not None and newest.id in instead:
            newest = instead[newest.id]
        if newest is first or newest is None:
            continue
        if (newest.amount, newest.currency, newest.received_on) != (row.amount, row.currency, row.on_date):
            found[row.id] = newest
    return found
