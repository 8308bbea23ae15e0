"""待研判: leads that nobody has assessed, or that were sent back for more material."""

from sqlalchemy import ColumnElement, exists, func, or_, select

from crm.core.db import db
from crm.files.models import StoredFile
from crm.leads.models import Lead
from crm.leads.queries.access import of_own_unit
from crm.leads.queries.rows import ids_of
from crm.leads.rules.lead import Outcome
from crm.leads.rules.listing import COUNT_CAP, Count
from crm.policy.rules import Actor

SIZE = 50


def waiting(actor: Actor, *, page: int = 1, size: int = SIZE) -> tuple[list[int], int]:
    """Which leads stand on one page of the queue, oldest registration first, and how many there are."""
    where = _waiting(actor)
    total = db.session.scalar(select(func.count()).select_from(Lead).where(*where)) or 0
    return ids_of(where, (Lead.registered_at, Lead.id), size=size, offset=(page - 1) * size) if total else [], total


def count_waiting(actor: Actor, *, cap: int = COUNT_CAP) -> Count:
    """How many there are, counted no further than the cap."""
    some = select(Lead.id).where(*_waiting(actor)).limit(cap + 1).subquery()
    number = db.session.scalar(select(func.count()).select_from(some)) or 0
    return Count(min(number, cap), number > cap)


def supplied(ids: list[int]) -> set[int]:
    """Of some leads that were sent back for more material, those to which something came since: a file, a change, progress."""
    files = exists().where(StoredFile.lead_id == Lead.id, StoredFile.stored_at > Lead.assessed_at)
    query = select(Lead.id).where(Lead.id.in_(ids), Lead.assessment == Outcome.MORE_NEEDED)
    return set(db.session.scalars(query.where(or_(Lead.touched_at > Lead.assessed_at, files)))) if ids else set()


def _waiting(actor: Actor) -> tuple[ColumnElement[bool], ...]:
    open_ = or_(Lead.assessed_at.is_(None), Lead.assessment == Outcome.MORE_NEEDED)
    return open_, Lead.admitted_at.is_(None), Lead.merged_into_id.is_(None), of_own_unit(actor)
