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
from crm.policy.rules import Actor, Role
from crm.units import queries as units
from crm.units.rules import UnitKind


def hold(lead_ids: Iterable[int]) -> list[Lead]:
    """The leads, locked: nobody else does anything about their disputes, or gives them away, until the transaction ends. Always
    in the same order; given back in the order of `lead_ids`, for one that was merged away the one that stays, each once.
    """
    named = list(lead_ids)
    wanted = list(dict.fromkeys(access.staying(db.session.get_one(Lead, lead_id)).id for lead_id in named))
    for lead_id in sorted(wanted):
        lock_key(f"dispute:{lead_id}")
        lock_key(f"transfer:{lead_id}")
    held = {lead_id: access.locked_for_room(lead_id) for lead_id in sorted(wanted)}
    if any(lead.merged_into_id is not None for lead in held.values()):  # just now, while this waited
        return hold(named)
    return [held[lead_id] for lead_id in wanted]


def hold_dispute(public_id: str, action: str, actor: Actor) -> tuple[Dispute, list[Lead]]:
    """A dispute and its leads, locked and as they are now, for somebody who may do `action`. NotFound, Forbidden."""
    found = queries.by_public_id(public_id)
    leads = hold(found.lead_ids)
    query = select(Dispute).where(Dispute.id == found.id).execution_options(populate_existing=True)
    dispute = db.session.scalars(query).one()
    policy.require(queries.stands_over(actor, dispute, leads), "dispute", action, seen_by="read")
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
    ids = [unit_id for top in units.of_kind(UnitKind.HEADQUARTERS) for unit_id in units.under(units.by_id(top).path)]
    return [user.id for user in accounts.active_in(ids)]


def people_of(dispute: Dispute, leads: list[Lead]) -> list[int]:
    """Who is told on all sides: the managers of each unit (all of a unit without one who read it), who opened it, who spoke for a
    side, who leads the leads.
    """
    found, managers = [], accounts.of_role(Role.DISTRICT_MANAGER)
    spoke = [step.by for step in queries.steps_of(dispute.id) if step.move == DisputeMove.STATED and step.by.disabled_at is None]
    for side in dispute.sides:
        told = accounts.managers_of(side.unit.path, among=managers) or accounts.active_in([side.unit_id])
        told = [*told, *(user for user in spoke if user.unit.path.startswith(side.unit.path))]
        stands = {user.id: queries.stands_over(user.as_actor(), dispute, leads) for user in told}
        found += [user_id for user_id, stand in stands.items() if policy.can(stand, "dispute", "read")]
    return [*found, dispute.opened_by_id, *(lead.owner_id for lead in leads if lead.owner_id is not None)]


def about(dispute: Dispute) -> dict[str, str]:
    """Its leads, for a message: who may read their names then reads them beside it."""
    return {"about": " ".join(db.session.get_one(Lead, lead_id).public_id for lead_id in dispute.lead_ids)}


def tell(people: list[int], code: str, dispute: Dispute, facts: dict[str, str], *, actor: Actor, now: datetime) -> None:
    """A message about a dispute. It names no investor: who may read that reads it on the page."""
    told = {"unit": units.by_id(actor.unit_id).zh, "person": actor.name, **facts, **about(dispute)}
    notifications.notify(people, code, subject=("dispute", dispute.public_id), facts=told, actor=actor, now=now)
