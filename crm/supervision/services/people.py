"""联络员 and 挂点领导: who acts for a leader on which days; which leader a project has."""

from datetime import date, datetime, timedelta

from sqlalchemy import select

from crm.accounts import queries as accounts
from crm.accounts.models import User
from crm.audit import services as audit
from crm.core import clock
from crm.core.db import db, lock_key
from crm.leads.models import Lead
from crm.leads.queries import access
from crm.leads.rules.lead import Status
from crm.notifications import services as notifications
from crm.policy import rules as policy
from crm.policy.rules import WORKS_IN_A_UNIT, Actor, Role
from crm.supervision import queries
from crm.supervision.models import Delegation, LeadSponsor
from crm.supervision.rules import (
    DayUnfit,
    DelegateUnfit,
    DelegationThere,
    LeaderUnfit,
    SponsorThere,
    TaskLeadUnfit,
)

MAY_ACT = WORKS_IN_A_UNIT | {Role.COORDINATOR}
LONGEST = timedelta(days=366)


def delegate(leader_id: int, username: str, first: date, last: date, *, actor: Actor, now: datetime) -> Delegation:
    """Let somebody act for a leader on some days. Nobody lets themselves. Raises NotFound, Forbidden, DelegateUnfit, DayUnfit,
    DelegationThere.
    """
    policy.require(queries.towards_leader(actor, leader_id), "delegation", "set", seen_by="none")
    leader = _leader(leader_id)
    user = accounts.by_username(username)
    if user is None or not user.is_active or user.as_actor().role not in MAY_ACT or user.id == actor.user_id:
        raise DelegateUnfit
    today = clock.city_day(now)
    if not today <= first <= last <= first + LONGEST or first > today + LONGEST:
        raise DayUnfit
    lock_key(f"delegation:{leader_id}:{user.id}")
    live = [row for row in queries.delegations([leader_id]) if row.delegate_id == user.id]
    if any(row.from_on <= last and first <= row.until_on for row in live):
        raise DelegationThere
    row = Delegation(
        leader_id=leader_id, delegate_id=user.id, from_on=first, until_on=last, added_by_id=actor.user_id, added_at=now
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    facts = {"leader": leader.name, "person": user.name, "first": first.isoformat(), "last": last.isoformat()}
    audit.record("delegation.given", subject=("user", leader), facts=facts, actor=actor, now=now)
    told = {"person": user.name, "to": leader.name, "first": first.isoformat(), "last": last.isoformat()}
    notifications.notify([leader.id, user.id], "delegation.given", subject=None, facts=told, actor=actor, now=now)
    return row


def end_delegation(public_id: str, *, actor: Actor, now: datetime) -> Delegation:
    """They act for the leader no more. Raises NotFound, Forbidden. Ended already: nothing."""
    row = queries.delegation(public_id)
    standing = queries.towards_leader(actor, row.leader_id)
    policy.require(standing, "delegation", "set", seen_by="none")
    if row.ended_at is None:
        row.ended_at, row.ended_by_id = now, actor.user_id
        facts = {"leader": row.leader.name, "person": row.delegate.name}
        audit.record("delegation.ended", subject=("user", row.leader), facts=facts, actor=actor, now=now)
        told = {"person": row.delegate.name, "to": row.leader.name}
        people = [row.leader_id, row.delegate_id]
        notifications.notify(people, "delegation.ended", subject=None, facts=told, actor=actor, now=now)
    db.session.flush()
    return row


def add_sponsor(lead_public_id: str, leader_id: int, since: date, *, actor: Actor, now: datetime) -> LeadSponsor:
    """挂点: a leader sponsors a project since a day (up to today). Raises NotFound, Forbidden, LeaderUnfit, TaskLeadUnfit,
    DayUnfit, SponsorThere.
    """
    lead = access.locked_lead(lead_public_id, actor=actor, action="read_detail")
    policy.require(policy.towards_lead(actor, lead), "sponsor", "set", seen_by="read")
    leader = _leader(leader_id)
    if lead.status == Status.ENDED:
        raise TaskLeadUnfit
    if since > clock.city_day(now) or since.year < 2000:
        raise DayUnfit
    if any(row.leader_id == leader_id for row in queries.sponsors_of(lead.id)):
        raise SponsorThere
    row = LeadSponsor(lead_id=lead.id, leader_id=leader_id, from_on=since, set_by_id=actor.user_id, set_at=now)
    db.session.add(row)
    db.session.flush()
    facts = {"leader": leader.name, "since": since.isoformat()}
    audit.record("lead.sponsored", subject=("lead", lead), facts=facts, actor=actor, now=now)
    told = {"number": lead.number, "name": lead.display_name or "", "to": leader.name}
    people = [leader_id, *([lead.owner_id] if lead.owner_id else [])]
    notifications.notify(people, "lead.sponsored", subject=("lead", lead.public_id), facts=told, actor=actor, now=now)
    return row


def end_sponsor(public_id: str, *, actor: Actor, now: datetime) -> LeadSponsor:
    """The leader sponsors the project no more. Raises NotFound, Forbidden. Ended already: nothing."""
    row = queries.sponsor(public_id)
    lead = db.session.get_one(Lead, row.lead_id)
    policy.require(policy.towards_lead(actor, lead), "sponsor", "set", seen_by="read")
    alike = select(LeadSponsor).where(
        LeadSponsor.lead_id == row.lead_id, LeadSponsor.leader_id == row.leader_id, LeadSponsor.ended_at.is_(None)
    )  # fmt: skip
    found = list(db.session.scalars(alike))
    for one in found:  # a merge may have left two
        one.ended_at, one.ended_by_id = now, actor.user_id
    if found:
        audit.record("lead.sponsor_ended", subject=("lead", lead), facts={"leader": row.leader.name}, actor=actor, now=now)
    db.session.flush()
    return row


def _leader(user_id: int) -> User:
    user = accounts.by_id(user_id)
    if user is None or user.role != Role.LEADER or not user.is_active:
        raise LeaderUnfit
    return user
