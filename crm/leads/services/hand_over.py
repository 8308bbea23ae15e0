"""A lead goes to another unit: all that goes with it, in the transaction of whoever decided so."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, Select, func, select

from crm.accounts import queries as accounts
from crm.accounts import services as people
from crm.accounts.models import User
from crm.accounts.services import StillLeads
from crm.audit import services as audit
from crm.core.db import db
from crm.credit import services as credit
from crm.credit.rules import Terms
from crm.leads.models import FieldChange, Lead
from crm.leads.rules.lead import LeadDisputed, Status
from crm.policy.rules import Actor, Role
from crm.sharing import services as sharing
from crm.tasks import services as tasks
from crm.units import queries as unit_queries
from crm.units import services as units
from crm.units.models import Unit
from crm.units.rules import UnitKind
from crm.units.services import StillFollows


@dataclass(frozen=True, slots=True)
class HandOver:
    """Where a lead goes and why. `ref` is the transfer's public id; without `terms` that transfer is taken back. `city_move_on`:
    see Lead. `credited`: whoever calls says himself who is credited with what (a dispute's decision, `ref` is its public id).
    """

    unit: Unit
    owner_id: int | None
    reason: str
    ref: str
    terms: Terms | None = None
    city_move_on: date | None = None
    credited: bool = False


def _live(of: ColumnElement[bool]) -> Select[int]:
    return select(func.count()).select_from(Lead).where(of, Lead.merged_into_id.is_(None), Lead.status != Status.ENDED)


def _followed_by(unit: Unit) -> Select[int]:
    return _live(Lead.following_unit_id == unit.id)


def _led_by(user: User) -> Select[int]:
    return _live(Lead.owner_id == user.id)


def _follows_nothing(unit: Unit, _actor: Actor, _now: datetime) -> None:
    """A task force that is dissolved leaves no lead behind."""
    if unit.kind != UnitKind.TASK_FORCE:
        return
    if count := db.session.scalar(_followed_by(unit)):
        raise StillFollows(count=count)


def _leads_nothing(user: User, _actor: Actor, _now: datetime) -> None:
    """Who goes to another unit leaves what it follows to a colleague there."""
    if count := db.session.scalar(_led_by(user)):
        raise StillLeads(count=count)


units.when_retired(_follows_nothing)
people.when_moved(_leads_nothing)
unit_queries.hanging_on.add(leads=_followed_by)
accounts.left_of.add(leads=_led_by)


def hand_over(lead: Lead, to: HandOver, *, actor: Actor, now: datetime) -> None:
    """Another unit follows the lead, another person leads it: its open steps, its shares and code name, its attribution with it.

    The first report stays with the unit and person who hold it, stages and history as they are. Call with the lead locked, after
    the policy said yes. Raises LeadDisputed.
    """
    if lead.disputed_on is not None:
        raise LeadDisputed
    if to.credited:
        pass
    elif to.terms is not None:
        credit.share_by_terms(lead, to.terms, to.unit.id, ref=to.ref, reason=to.reason, actor=actor, now=now)
    else:
        credit.take_back(lead, ref=to.ref, reason=to.reason, actor=actor, now=now)
    before = lead.following_unit
    _note(lead, "following_unit", before.zh, to.unit.zh, actor, now)
    lead.following_unit_id, lead.following_unit_path, lead.city_move_on = to.unit.id, to.unit.path, to.city_move_on
    lead.touched_at = now
    sharing.go_with(lead, to.unit.id, actor=actor, now=now)
    _lead_by(lead, to.owner_id, actor, now)
    db.session.flush()
    db.session.expire(lead, ["following_unit"])
    facts = {"from": before.code, "to": to.unit.code, "owner": to.owner_id, "ref": to.ref, "reason": to.reason}
    audit.record("lead.handed_over", subject=("lead", lead), facts=facts, actor=actor, now=now)


def choose_owner(lead: Lead, owner_id: int | None, *, actor: Actor, now: datetime) -> None:
    """A person leads the lead from now on, or nobody. Call with the lead locked, after the policy said yes."""
    _lead_by(lead, owner_id, actor, now)
    lead.touched_at = now
    facts = {"owner": owner_id}
    audit.record("lead.owner_chosen", subject=("lead", lead), facts=facts, actor=actor, now=now)


def _lead_by(lead: Lead, owner_id: int | None, actor: Actor, now: datetime) -> None:
    """Another owner; until there is one, the open steps are its unit's manager's."""
    new = accounts.by_id(owner_id) if owner_id else None
    _note(lead, "owner", lead.owner.name if lead.owner else None, new.name if new else None, actor, now)
    lead.owner_id = owner_id
    managers = [one for one in accounts.of_role(Role.DISTRICT_MANAGER) if one.unit_id == lead.following_unit_id]
    doer = owner_id or (managers[0].id if managers else actor.user_id)
    tasks.reassign_steps(lead_id=lead.id, assignee_id=doer)
    db.session.flush()
    db.session.expire(lead, ["owner"])


def _note(lead: Lead, name: str, old: str | None, new: str | None, actor: Actor, now: datetime) -> None:
    if old != new:
        db.session.add(FieldChange(lead_id=lead.id, field=name, old=old, new=new, changed_by_id=actor.user_id, changed_at=now))
