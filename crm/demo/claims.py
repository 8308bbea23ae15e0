"""First reports of the demo: some young leads of both districts, from fresh to 拟释放."""

from datetime import datetime, timedelta

from sqlalchemy import select

from crm.accounts import queries as accounts
from crm.claims import services as claims
from crm.core import clock
from crm.core.db import db
from crm.leads.models import Lead
from crm.leads.rules.lead import Stage
from crm.visits.models import Interaction

# Days since the last progress that counts (None: there was none), one first report after the other.
_IDLE = (3, 24, None, 9, 29, None, 15, 22)
_YOUNG = timedelta(days=80)  # the protection of older ones would be over


def make_claims(now: datetime) -> int:
    """Grant them, straight at their moments. Call inside a unit of work; how many."""
    young = (Lead.registered_at > now - _YOUNG) & Lead.admitted_at.is_not(None) & Lead.owner_id.is_not(None)
    query = select(Lead).where(Lead.is_demo, young, Lead.stage.in_((Stage.LEAD, Stage.NEGOTIATING)))
    leads = list(db.session.scalars(query.order_by(Lead.registered_at, Lead.id)))
    coordinator = accounts.by_username("coordinator")
    assert coordinator is not None
    for number, lead in enumerate(leads):
        assert lead.admitted_at is not None
        claims.grant_claim(
            lead_id=lead.id, unit_id=lead.registered_unit_id, user_id=lead.registered_by_id, counts_from=lead.registered_at,
            evidence_count=1 + number % 4, city="SZ", actor=coordinator.as_actor(), now=lead.admitted_at, total_cny=lead.total_cny,
            contracted_usd=lead.contracted_usd,
        )  # fmt: skip
        _heard(lead, now, _IDLE[number % len(_IDLE)])
    return len(leads)


def _heard(lead: Lead, now: datetime, idle: int | None) -> None:
    """What was entered, and the one entry that counted."""
    for row in db.session.scalars(select(Interaction).where(Interaction.lead_id == lead.id)):
        claims.note_progress(
            lead_id=lead.id, on=row.on_date, whom=row.whom, proofs=0, interaction_id=row.id, actor=row.entered_by.as_actor(),
            now=row.entered_at,
        )  # fmt: skip
    if idle is None or lead.owner is None:
        return
    moment = max(now - timedelta(days=idle), lead.registered_at)
    claims.note_progress(
        lead_id=lead.id, on=clock.city_day(moment), whom="CFO", proofs=1, interaction_id=None, actor=lead.owner.as_actor(),
        now=moment,
    )  # fmt: skip
