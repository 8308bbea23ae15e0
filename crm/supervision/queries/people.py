"""Who acts for which leader today, and which leader a project has."""

from collections.abc import Iterable

from sqlalchemy import ColumnElement, Select, func, or_, select

from crm.accounts import queries as accounts
from crm.accounts.models import User
from crm.core import clock
from crm.core.db import db, known, one_of, rows_of_columns
from crm.core.errors import NotFound
from crm.leads.models import Lead
from crm.policy.rules import Actor, Role, Standing
from crm.supervision.models import Delegation, LeadSponsor


def leaders() -> list[User]:
    """领导 who are in office."""
    return accounts.of_role(Role.LEADER)


def leader_names() -> list[tuple[int, str]]:
    """The same as a choice offers them."""
    query = select(User.id, User.name).where(User.role == Role.LEADER, User.disabled_at.is_(None)).order_by(User.id)
    return [(id_, name) for id_, name in rows_of_columns(query).all()]


def acts_for(actor: Actor) -> frozenset[int]:
    """The leaders for whom somebody acts today, by dated delegation; read once a request."""
    query = spoken_for(actor)
    return known(f"supervision.delegations.{actor.user_id}", lambda: frozenset(db.session.scalars(query)))


def spoken_for(actor: Actor) -> Select[int]:
    """SQL: the same."""
    today = clock.today()
    return select(Delegation.leader_id).join(User, User.id == Delegation.leader_id).where(
        Delegation.delegate_id == actor.user_id, Delegation.ended_at.is_(None), Delegation.from_on <= today,
        Delegation.until_on >= today, User.disabled_at.is_(None),
    )  # fmt: skip


def towards_leader(actor: Actor, leader_id: int) -> Standing:
    """How somebody stands to what a leader does: as that leader, or as who acts for them today."""
    words = {actor.role.value} if actor.role is Role.COORDINATOR else set()
    if actor.role is Role.LEADER and actor.user_id == leader_id:
        words.add("instructing")
    elif leader_id in acts_for(actor):
        words.add("liaison")
    return Standing(frozenset(words))


def in_whose_name(actor: Actor) -> list[User]:
    """The leaders in whose name somebody may give an instruction: themselves, or those for whom they act."""
    own = {actor.user_id} if actor.role is Role.LEADER else set()
    return [user for user in leaders() if user.id in own | acts_for(actor)]


def pages_of(actor: Actor) -> list[User]:
    """The leaders whose page somebody may open for them: the coordinator all, who acts for one that one's."""
    whole = actor.role is Role.COORDINATOR
    return [user for user in leaders() if user.id != actor.user_id and (whole or user.id in acts_for(actor))]


def leader_named(public_id: str) -> User:
    """The leader named in a URL; NotFound, also for anybody else."""
    user = accounts.by_public_id(public_id)
    if user.role != Role.LEADER or not user.is_active:
        raise NotFound
    return user


def delegations(leader_ids: Iterable[int]) -> list[Delegation]:
    """Delegations of leaders that nobody has ended, those that ran out last."""
    query = select(Delegation).where(one_of(Delegation.leader_id, leader_ids), Delegation.ended_at.is_(None))
    today = clock.today()
    return sorted(db.session.scalars(query.order_by(Delegation.id)), key=lambda row: (row.until_on < today, row.leader_id))


def delegations_over(leader_ids: Iterable[int], *, limit: int = 100) -> list[Delegation]:
    """Delegations of leaders that somebody ended before their time, the latest first."""
    query = select(Delegation).where(one_of(Delegation.leader_id, leader_ids), Delegation.ended_at.is_not(None))
    return list(db.session.scalars(query.order_by(Delegation.ended_at.desc(), Delegation.id.desc()).limit(limit)))


def delegation(public_id: str) -> Delegation:
    """The delegation named in a URL; NotFound."""
    row = db.session.scalar(select(Delegation).where(Delegation.public_id == public_id))
    if row is None:
        raise NotFound
    return row


def delegates_of(leader_id: int) -> list[int]:
    """The people who act for a leader today."""
    today = clock.today()
    return [row.delegate_id for row in delegations([leader_id]) if row.from_on <= today <= row.until_on]


def sponsors_of(lead_id: int) -> list[LeadSponsor]:
    """The leaders who sponsor a project, each once (two projects that became one may both have had the same)."""
    query = select(LeadSponsor).where(LeadSponsor.lead_id == lead_id, LeadSponsor.ended_at.is_(None)).order_by(LeadSponsor.id)
    return list({row.leader_id: row for row in reversed(list(db.session.scalars(query)))}.values())[::-1]


def sponsors_named(lead_ids: Iterable[int]) -> dict[int, tuple[str, ...]]:
    """Of each lead that has any the names of the leaders who sponsor it, each once. The caller has asked the policy."""
    query = select(LeadSponsor.lead_id, User.name).join(User, User.id == LeadSponsor.leader_id)
    query = query.where(one_of(LeadSponsor.lead_id, lead_ids), LeadSponsor.ended_at.is_(None)).order_by(LeadSponsor.id)
    found: dict[int, dict[str, None]] = {}
    for lead_id, name in db.session.execute(query):
        found.setdefault(lead_id, {})[name] = None
    return {lead_id: tuple(names) for lead_id, names in found.items()}


def sponsor(public_id: str) -> LeadSponsor:
    """The row named in a URL; NotFound."""
    row = db.session.scalar(select(LeadSponsor).where(LeadSponsor.public_id == public_id))
    if row is None:
        raise NotFound
    return row


def sponsored_by(leader_id: int) -> Select[int]:
    """SQL: the leads that a leader sponsors."""
    return select(LeadSponsor.lead_id).where(_live(leader_id))


def sponsored_ids(leader_id: int, *, limit: int = 50) -> list[int]:
    """The same, asked: those in hand, the one whose next step is due first at the front."""
    query = select(Lead.id).where(Lead.id.in_(sponsored_by(leader_id)), Lead.merged_into_id.is_(None), Lead.status != "ended")
    return list(db.session.scalars(query.order_by(Lead.next_due.is_(None), Lead.next_due, Lead.id).limit(limit)))


def _live(leader_id: int) -> ColumnElement[bool]:
    return (LeadSponsor.leader_id == leader_id) & LeadSponsor.ended_at.is_(None)


def _acted_for(user: User) -> Select[int]:
    here = or_(Delegation.leader_id == user.id, Delegation.delegate_id == user.id)
    return select(func.count()).where(here, Delegation.ended_at.is_(None), Delegation.until_on >= clock.today())


def _sponsored(user: User) -> Select[int]:
    return select(func.count()).where(LeadSponsor.leader_id == user.id, LeadSponsor.ended_at.is_(None))


accounts.left_of.add(delegations=_acted_for, sponsored=_sponsored)
