"""Phases and expansions of the demo: a project with a second phase, one with an expansion that states everything so far."""

from datetime import datetime, timedelta

from sqlalchemy import func, select

from crm.accounts import queries as accounts
from crm.core.db import db
from crm.leads import services as leads
from crm.leads.models import Lead
from crm.leads.rules.lead import ProjectType, Stage
from crm.leads.rules.phases import Basis, NewPhase, PhaseKind

_MOST = 4


def make_phases(now: datetime) -> int:
    """Relations between projects of one investor that one unit follows; how many. Call inside a unit of work."""
    twice = (
        select(Lead.investor_id).where(Lead.is_demo, Lead.merged_into_id.is_(None), Lead.admitted_at.is_not(None))
        .group_by(Lead.investor_id).having(func.count() > 1)
    )  # fmt: skip
    query = select(Lead).where(
        Lead.is_demo, Lead.investor_id.in_(twice), Lead.merged_into_id.is_(None), Lead.admitted_at.is_not(None),
        Lead.stage != Stage.LEAD, Lead.total_amount.is_not(None),
    )  # fmt: skip
    by_investor: dict[int, list[Lead]] = {}
    for lead in db.session.scalars(query.order_by(Lead.registered_at, Lead.id)):
        by_investor.setdefault(lead.investor_id or 0, []).append(lead)
    coordinator = accounts.by_username("coordinator")
    assert coordinator is not None
    made = 0
    for first, second, *_rest in (group for group in by_investor.values() if len(group) > 1):
        if made == _MOST or first.sealed or second.sealed:
            continue
        more = (second.total_amount or 0) > (first.total_amount or 0)
        kind = PhaseKind.EXPANSION if second.project_type == ProjectType.EXPANSION or made % 2 else PhaseKind.PHASE
        basis = Basis.CUMULATIVE if more else Basis.OWN
        number = 1 if kind is PhaseKind.EXPANSION else 2
        typed = NewPhase(first.number, kind, number, basis, "同一集团的后续投资" if made else "")
        leads.link_phase(second.public_id, typed, actor=coordinator.as_actor(), now=now - timedelta(days=3))
        made += 1
    return made
