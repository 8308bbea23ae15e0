"""Named reads of stage changes."""

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from crm.core.db import db
from crm.pipeline.models import StageChange


def changes_of(lead_id: int) -> list[StageChange]:
    """How a lead came where it is, newest first. The caller has asked the policy."""
    query = select(StageChange).where(StageChange.lead_id == lead_id).options(joinedload(StageChange.entered_by))
    return list(db.session.scalars(query.order_by(StageChange.on_date.desc(), StageChange.id.desc())))


def last_change(lead_id: int) -> StageChange | None:
    """The newest change of a lead, None while it is where it began."""
    query = select(StageChange).where(StageChange.lead_id == lead_id)
    return db.session.scalar(query.order_by(StageChange.id.desc()).limit(1))
