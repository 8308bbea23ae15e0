"""Where an investor has signed already: what makes a new follower a move inside the city."""

from sqlalchemy import select

from crm.core.db import db
from crm.leads.models import Lead
from crm.leads.rules.lead import SIGNED_STAGES
from crm.units.models import Unit


def signed_in(lead: Lead) -> list[Unit]:
    """The districts in which this lead, or another of its investor, is signed or later."""
    if lead.investor_id is None:
        return [lead.following_unit] if lead.signed and lead.following_unit.is_area else []
    signed = select(Lead.following_unit_id).where(
        Lead.investor_id == lead.investor_id, Lead.merged_into_id.is_(None), Lead.stage.in_(sorted(SIGNED_STAGES))
    )
    return list(db.session.scalars(select(Unit).where(Unit.id.in_(signed), Unit.is_area).order_by(Unit.id)))
