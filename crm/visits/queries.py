"""Named reads of interactions."""

from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from crm.core.db import db
from crm.visits.models import Interaction


def of_lead(lead_id: int, *, limit: int | None = 200) -> list[Interaction]:
    """What happened on a lead, newest first. The caller has asked the policy."""
    query = select(Interaction).where(Interaction.lead_id == lead_id).options(joinedload(Interaction.entered_by))
    return list(db.session.scalars(query.order_by(Interaction.on_date.desc(), Interaction.id.desc()).limit(limit)))


def count_by(user_id: int, *, since: date) -> int:
    """How many pieces of progress a person entered since a day."""
    query = select(func.count()).where(Interaction.entered_by_id == user_id, Interaction.on_date >= since)
    return db.session.scalar(query) or 0
