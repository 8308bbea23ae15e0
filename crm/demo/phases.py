"""Phases and expansions of the demo: projects with a second phase, with an expansion, with parts of their own."""

from datetime import datetime, timedelta

from sqlalchemy import select

from crm.accounts import queries as accounts
from crm.core.db import db
from crm.leads import services as leads
from crm.leads.models import Lead
from crm.leads.rules.lead import SIGNED_STAGES, Status
from crm.leads.rules.phases import Basis, NewPhase, PhaseKind

_REASON = "由集团新设公司实施，与原项目同一最终控制人"
_SHAPES = (
    (PhaseKind.PHASE, 2, Basis.OWN), (PhaseKind.EXPANSION, 1, Basis.CUMULATIVE), (PhaseKind.PHASE, 1, Basis.INCLUDED),
)  # fmt: skip


def make_phases(now: datetime) -> int:
    """A few relations in each of two districts, between projects of one owner; how many. Call inside a unit of work."""
    coordinator = accounts.by_username("coordinator")
    assert coordinator is not None
    made = 0
    for username in ("officer.nanshan", "officer.baoan"):
        owner = accounts.by_username(username)
        assert owner is not None
        query = select(Lead).where(
            Lead.is_demo, Lead.owner_id == owner.id, Lead.stage.in_(sorted(SIGNED_STAGES)), Lead.status == Status.ACTIVE,
            Lead.merged_into_id.is_(None), Lead.admitted_at.is_not(None), Lead.total_cny.is_not(None),
            Lead.contracted_usd.is_not(None), Lead.disputed_on.is_(None),
        )  # fmt: skip
        found = [lead for lead in db.session.scalars(query.order_by(Lead.total_cny, Lead.id)) if not lead.sealed]
        for place, (kind, number, basis) in enumerate(_SHAPES):
            if len(found) < 2 * place + 2:
                break
            small, large = found[2 * place], found[2 * place + 1]
            above, below = (small, found[-1]) if basis is Basis.CUMULATIVE else (large, small)
            typed = NewPhase(above.number, kind, number, basis, _REASON)
            leads.link_phase(below.public_id, typed, actor=coordinator.as_actor(), now=now - timedelta(days=3))
            made += 1
    return made
