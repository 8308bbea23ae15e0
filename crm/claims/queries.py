"""Named reads of claims."""

from sqlalchemy import select

from crm.claims.models import Claim
from crm.core.db import db


def live_for(lead_id: int) -> Claim | None:
    """The live claim on a lead."""
    return db.session.scalar(select(Claim).where(Claim.lead_id == lead_id, Claim.state == "live"))


def live_for_all(lead_ids: list[int]) -> dict[int, Claim]:
    """The live claims on several leads, by lead."""
    rows = db.session.scalars(select(Claim).where(Claim.lead_id.in_(lead_ids), Claim.state == "live"))
    return {claim.lead_id: claim for claim in rows}
