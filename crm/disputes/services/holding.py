"""The leads and their dispute, locked; the line that every step leaves; who is told."""

from collections.abc import Iterable
from datetime import date, datetime

from sqlalchemy import select

from crm.accounts import queries as accounts
from crm.claims import queries as claims
from crm.core import clock
from crm.core.db import db, lock_key
from crm.disputes import queries
from crm.disputes.models import Dispute, DisputeStep
from crm.disputes.rules import DisputeMove, WhyNeeded, settings
from crm.leads.models import Lead
from crm.leads.queries import access
from crm.notifications import services as notifications
from crm.policy import rules as policy
from crm.policy.rules import WORKS_IN_A_UNIT, Actor
from crm.units import queries as units
from crm.units.rules import UnitKind


def hold(lead_ids: Iterable[int]) -> list[Lead]:
    """The leads, locked: nobody else does anything about their disputes, or gives them away, until the transaction ends. Always
    in the same order; given back in the order of `lead_ids`.
    """
    wanted = list(lead_ids)
    for lead_id in sorted(wanted):
        lock_key(f"dispute:{lead_id}")
        lock_key(f"transfer:{lead_id}")
    held = {lead_id: access.locked_for_room(lead_id) for lead_id in sorted(wanted)}
    return [held[lead_id] for lead_id in wanted]


def hold_dispute(public_id: str, action: str, actor: Actor) -> tuple[Dispute, list[Lead]]:
    """A dispute and its leads, locked and as they are now, for somebody who may do `action`. NotFound, Forbidden."""
    found = queries.by_public_id(public_id)
    leads = hold(found.lead_ids)
    query = select(Dispute).where(Dispute.id == found.id).execution_options(populate_existing=True)
    dispute = db.session.scalars(query).one()
    policy.require(queries.stands(actor, dispute, leads[0]), "dispute", action, seen_by="read")
    return dispute, leads


def note(dispute: Dispute, move: DisputeMove, text: str, *, actor: Actor, now: datetime) -> None:
    """Write down what was said or done."""
    step = DisputeStep(
        dispute_id=dispute.id, move=move, text=text.strip()[:2000], unit_id=actor.unit_id, by_id=actor.user_id, at=now
    )
    db.session.add(step)
    db.session.flush()


def check_text(text: str | None) -> str:
    """The words, or WhyNeeded."""
    if not (text or "").strip():
        raise WhyNeeded
    return (text or "").strip()


def day_in(now: datetime, days: str) -> date:
    """The last day of so many working days from today."""
    return claims.calendar().after(clock.city_day(now), settings()[days], working=True)


def coordinators() -> list[int]:
    """市统筹."""
    return [user.id for user in accounts.coordinators()]


def at_headquarters() -> list[int]:
    """The people of the headquarters who decide."""
    ids = sorted(units.of_kind(UnitKind.HEADQUARTERS))
    return [user.id for user in accounts.active_in(ids) if user.as_actor().role in WORKS_IN_A_UNIT] if ids else []


def people_of(dispute: Dispute, leads: Iterable[Lead]) -> list[int]:
    """Who is told on all sides: the managers of each unit, who opened it, who leads the leads."""
    found = [user.id for user in accounts.managers_of(*(side.unit.path for side in dispute.sides))]
    return [*found, dispute.opened_by_id, *(lead.owner_id for lead in leads if lead.owner_id is not None)]


def tell(people: list[int], code: str, dispute: Dispute, facts: dict[str, str], *, actor: Actor, now: datetime) -> None:
    """A message about a dispute. It names no investor: who may read that reads it on the page."""
    told = {"unit": units.by_id(actor.unit_id).zh, "person": actor.name, **facts}
    notifications.notify(people, code, subject=("dispute", dispute.public_id), facts=told, actor=actor, now=now)
