"""How somebody stands to a dispute, and which units a lead concerns."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import aliased

from crm.accounts.models import User
from crm.claims import queries as claims
from crm.core.db import db, known
from crm.core.errors import NotFound
from crm.disputes.models import Dispute
from crm.disputes.rules import Basis, DisputeState
from crm.leads.models import Lead, SecondReport
from crm.leads.queries import access, coordination
from crm.policy import rules as policy
from crm.policy.rules import WORKS_IN_A_UNIT, Actor, Role, Standing, in_one_line
from crm.units import queries as units
from crm.units.models import Unit
from crm.units.rules import UnitKind

_REVIEWED = (DisputeState.UNDER_REVIEW, DisputeState.FINAL)


def staffed() -> ColumnElement[bool]:
    """SQL: whether anybody works at the headquarters who can review."""
    above = aliased(Unit)
    return exists().where(
        User.unit_id == Unit.id, User.role.in_(sorted(WORKS_IN_A_UNIT)), User.disabled_at.is_(None),
        Unit.path.startswith(above.path), above.kind == UnitKind.HEADQUARTERS, above.retired_on.is_(None),
    )  # fmt: skip


def _stands_in(actor: Actor) -> bool:
    """Whether somebody puts a review on record because nobody is left at the headquarters."""
    if actor.role is not Role.COORDINATOR:
        return False
    return not known("disputes.staffed", lambda: bool(db.session.scalar(select(staffed()))))


def stands_over(actor: Actor, dispute: Dispute, leads: Iterable[Lead]) -> Standing:
    """How somebody stands to a dispute: by any of its leads. What may be read of each is asked by its own standing."""
    return over([stands(actor, dispute, lead) for lead in leads])


def over(standings: Iterable[Standing]) -> Standing:
    """All that somebody stands in, by one lead or another."""
    return Standing(frozenset().union(*(one.principals for one in standings)))


def stands(actor: Actor, dispute: Dispute, lead: Lead) -> Standing:
    """How somebody stands to a dispute and one of its leads: as to the lead, and besides as one of a side or of the headquarters.

    A code name stays one: of the units only managers are a side then, and its names are not told.
    """
    words = set(policy.towards_lead(actor, lead).principals)
    if dispute.state == DisputeState.UNDER_REVIEW and _stands_in(actor):
        words.add("stand_in")
    if actor.role not in WORKS_IN_A_UNIT:
        return Standing(frozenset(words))
    manages = actor.role is Role.DISTRICT_MANAGER
    sides = [side for side in dispute.sides if in_one_line(actor.unit_path, side.unit.path)]
    opened = dispute.opened_by_id == actor.user_id
    if opened or (sides and (manages or not lead.sealed)):
        words.add("disputant")
        if manages and any(side.unit.path.startswith(actor.unit_path) for side in sides):
            words.add("disputant_manager")
    if opened:
        words.add("opener")
    if dispute.state in _REVIEWED and units.at_headquarters(actor):
        words.add("headquarters")
    if not lead.sealed and words & {"disputant", "headquarters"}:
        words.add("disputant_names")
    return Standing(frozenset(words))


def concerned(lead: Lead, *, group: bool = False) -> dict[int, Basis]:
    """The units that a lead concerns and why; with `group` those too that follow leads of its investor's group."""
    found = {lead.following_unit_id: Basis.FOLLOWS}
    found.setdefault(lead.registered_unit_id, Basis.REGISTERED)
    live = claims.live_for(lead.id)
    if live is not None:
        found.setdefault(live.unit_id, Basis.CLAIM)
    for report in access.second_reports_of(lead.id):
        found.setdefault(report.unit_id, Basis.REPORTED)
    if group and lead.investor_id is not None:
        for other in [*coordination.leads_of_group(lead.investor_id), *coordination.projects_of(lead)]:
            found.setdefault(other.following_unit_id, Basis.GROUP)
    return found


@dataclass(frozen=True, slots=True)
class Subject:
    """What a dispute may be opened about: a lead, named by its own id or by the second report of somebody's unit; and how that
    person stands to it. `called`: what they typed, when they may not read its names.
    """

    lead: Lead
    standing: Standing
    called: str = ""


def subject_of(public_id: str, *, actor: Actor) -> Subject:
    """A lead that somebody reads, or that their unit registered again without reading it. NotFound for all others."""
    lead = db.session.scalar(select(Lead).where(Lead.public_id == public_id))
    if lead is not None:
        stand = may_open(actor, lead)
        policy.require(stand, "lead", "read_names", seen_by="none")
        return Subject(lead, stand, lead.display_name or lead.title)
    report = db.session.scalar(select(SecondReport).where(SecondReport.public_id == public_id))
    if report is None or not (
        policy.may(actor, "dispute", "decide") or in_one_line(actor.unit_path, units.by_id(report.unit_id).path)
    ):
        raise NotFound
    lead = access.staying(db.session.get_one(Lead, report.lead_id))
    return Subject(lead, may_open(actor, lead), str(report.typed.get("investor") or report.typed.get("title") or ""))


def may_open(actor: Actor, lead: Lead) -> Standing:
    """The standing of somebody who wants to open a dispute: `claimant` as one of a unit that the lead concerns."""
    words = set(policy.towards_lead(actor, lead).principals)
    if actor.role in WORKS_IN_A_UNIT:
        follows = in_one_line(actor.unit_path, lead.following_unit_path)  # asks nothing more of the database
        inside = follows and lead.sealed
        if words & {"owner", "delegate", "manager"} if inside else follows or _is_concerned(actor, lead):
            words.add("claimant")
    return Standing(frozenset(words))


def _is_concerned(actor: Actor, lead: Lead) -> bool:
    return any(in_one_line(actor.unit_path, units.by_id(unit_id).path) for unit_id in concerned(lead, group=True))
