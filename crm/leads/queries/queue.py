"""待研判: leads that nobody has assessed, or that were sent back for more material and touched since."""

from sqlalchemy import func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from crm.core.db import db
from crm.leads.models import Lead
from crm.leads.queries.access import Card, card_of, in_own_sight
from crm.leads.rules.lead import Outcome
from crm.policy.rules import Actor

SIZE = 50


def waiting(actor: Actor, *, page: int = 1) -> tuple[list[Card], int]:
    """One page of the queue, oldest registration first, and how many there are."""
    open_ = or_(Lead.assessed_at.is_(None), (Lead.assessment == Outcome.MORE_NEEDED))
    where = (open_, Lead.admitted_at.is_(None), in_own_sight(actor))
    query = (
        select(Lead)
        .where(*where)
        .order_by(Lead.registered_at, Lead.id)
        .limit(SIZE)
        .offset((page - 1) * SIZE)
        .options(
            joinedload(Lead.investor), joinedload(Lead.following_unit, innerjoin=True), joinedload(Lead.registered_by),
            selectinload(Lead.clusters), selectinload(Lead.districts),
        )
    )  # fmt: skip
    total = db.session.scalar(select(func.count()).select_from(Lead).where(*where)) or 0
    return [card_of(lead, actor) for lead in db.session.scalars(query)], total
