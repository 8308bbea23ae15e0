"""The rights themselves."""

from datetime import date

from sqlalchemy import select

from crm.claims.models import Claim, ClaimEvent
from crm.core.db import db


def live_for(lead_id: int) -> Claim | None:
    """The live claim on a lead."""
    return db.session.scalar(select(Claim).where(Claim.lead_id == lead_id, Claim.state == "live"))


def live_for_all(lead_ids: list[int]) -> dict[int, Claim]:
    """The live claims on several leads, by lead."""
    rows = db.session.scalars(select(Claim).where(Claim.lead_id.in_(lead_ids), Claim.state == "live"))
    return {claim.lead_id: claim for claim in rows}


def past_of(lead_id: int) -> list[tuple[Claim, ClaimEvent | None]]:
    """Claims on a lead that are not live any more, newest first, each with the line of its release (None: withdrawn)."""
    released = (ClaimEvent.claim_id == Claim.id) & (ClaimEvent.kind == "released")
    query = select(Claim, ClaimEvent).outerjoin(ClaimEvent, released)
    query = query.where(Claim.lead_id == lead_id, Claim.state != "live").order_by(Claim.id.desc())
    return [(claim, event) for claim, event in db.session.execute(query)]


def note_days_of(lead_id: int, kind: str = "progress") -> list[date]:
    """The days on which something of a kind was entered that the clock heard."""
    query = select(ClaimEvent.on_date).where(ClaimEvent.lead_id == lead_id, ClaimEvent.kind == kind)
    return list(db.session.scalars(query.order_by(ClaimEvent.on_date)))
