"""First reports as leads show them: whose clock is amber, what is 拟释放, scoped and cut like every list of leads."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import joinedload

from crm.claims import queries as claims
from crm.claims.models import Claim
from crm.claims.queries import Running
from crm.core.db import db
from crm.leads.models import Lead
from crm.leads.queries.access import in_own_sight, led_by, names_in_sight
from crm.leads.queries.rows import Row, ids_of
from crm.leads.rules.lead import SIGNED_STAGES, Status
from crm.policy.rules import Actor

SIZE = 50


def running_leads() -> tuple[ColumnElement[bool], ...]:
    """SQL: leads whose first report's clock runs."""
    live = (Lead.merged_into_id.is_(None), Lead.disputed_on.is_(None))
    return (*live, Lead.stage.not_in(sorted(SIGNED_STAGES)), Lead.status != Status.ENDED)


def marked(which: str, now: datetime) -> ColumnElement[bool]:
    """SQL: leads whose first report is amber ("amber") or 拟释放 ("due"); anything else: with a live first report."""
    where = {"amber": claims.is_amber, "due": claims.ran_out}.get(which)
    if where is None:
        return Lead.id.in_(select(Claim.lead_id).where(Claim.state == "live"))
    return Lead.id.in_(select(Claim.lead_id).where(where(now)))


def to_release(actor: Actor, *, now: datetime, page: int = 1, size: int = SIZE) -> tuple[list[int], int]:
    """拟释放: which leads' first reports ran out, one page of them, longest registered first; and how many there are."""
    where = (*running_leads(), marked("due", now), in_own_sight(actor))
    total = db.session.scalar(select(func.count()).select_from(Lead).where(*where)) or 0
    return ids_of(where, (Lead.registered_at, Lead.id), size=size, offset=(page - 1) * size) if total else [], total


def mine_running_out(actor: Actor, *, now: datetime) -> list[int]:
    """Which leads hold a person's first reports (held for life, or of leads they lead now) that are amber or 拟释放."""
    soon = select(Claim.lead_id).where(claims.amber_or_due(now))
    held = select(Claim.lead_id).where(Claim.user_id == actor.user_id, Claim.state == "live")
    mine = or_(led_by(actor), Lead.id.in_(held))
    where = (*running_leads(), mine, Lead.id.in_(soon), names_in_sight(actor))
    return ids_of(where, (Lead.registered_at, Lead.id), size=200)


def most_urgent(rows: Iterable[Row], *, size: int = 12) -> list[Row]:
    """Of some rows those whose clock this person reads, the day that comes first at the top."""
    return sorted((row for row in rows if row.clock is not None), key=lambda row: row.clock.due)[:size]  # type: ignore[union-attr]


def calling_after(claim_id: int, *, size: int, now: datetime) -> list[tuple[Lead, Running]]:
    """The next claims after one whose clock calls and whose lead does not rest, with their leads: what a pass reads at a time."""
    leads = select(Lead.id).where(*running_leads(), Lead.id == Claim.lead_id).correlate(Claim)
    found = claims.running_after(claim_id, claims.amber_or_due(now) & leads.exists(), size=size, now=now)
    query = select(Lead).where(Lead.id.in_([running.lead_id for running in found])).options(joinedload(Lead.investor))
    by_id = {lead.id: lead for lead in db.session.scalars(query)}
    return [(by_id[running.lead_id], running) for running in found]
