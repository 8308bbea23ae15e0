"""The rights themselves."""

from sqlalchemy import Select, func, select

from crm.claims.models import Claim
from crm.core.db import db, one_of
from crm.units import queries as units
from crm.units.models import Unit


def live_for(lead_id: int) -> Claim | None:
    """The live claim on a lead."""
    return db.session.scalar(select(Claim).where(Claim.lead_id == lead_id, Claim.state == "live"))


def live_for_all(lead_ids: list[int]) -> dict[int, Claim]:
    """The live claims on several leads, by lead."""
    rows = db.session.scalars(select(Claim).where(one_of(Claim.lead_id, lead_ids), Claim.state == "live"))
    return {claim.lead_id: claim for claim in rows}


def past_of(lead_id: int) -> list[Claim]:
    """Claims on a lead that are not live any more, newest first."""
    query = select(Claim).where(Claim.lead_id == lead_id, Claim.state != "live").order_by(Claim.id.desc())
    return list(db.session.scalars(query))


def _held_by(unit: Unit) -> Select[int]:
    return select(func.count()).where(Claim.unit_id == unit.id, Claim.state == "live")


units.hanging_on.add(claims=_held_by)
