"""Named reads of people."""

from sqlalchemy import ColumnElement, Select, func, or_, select

from crm.accounts.models import Membership, User
from crm.core import clock
from crm.core.counts import Counts
from crm.core.db import db
from crm.core.errors import NotFound, Refusal
from crm.policy.rules import Actor, Role
from crm.units import queries as units
from crm.units.models import Unit

# What stays with a person's name if their account is closed, by the words of "user_left".
left_of: Counts[User] = Counts()


def by_id(user_id: int) -> User | None:
    """The person of an id, if there is one."""
    return db.session.get(User, user_id)


def by_username(username: str) -> User | None:
    """The person of a sign-in name, written in any case."""
    return db.session.scalar(select(User).where(User.username == username.strip().casefold()))


def by_public_id(public_id: str) -> User:
    """The person named in a URL; NotFound."""
    user = db.session.scalar(select(User).where(User.public_id == public_id))
    if user is None:
        raise NotFound
    return user


def everyone() -> list[User]:
    """All people, by unit and name."""
    return list(db.session.scalars(select(User).order_by(User.unit_id, User.role, User.username)))


def active_in(unit_ids: list[int]) -> list[User]:
    """Officers and managers of units who can be given work, those of task forces among them."""
    roles = [Role.OFFICER, Role.DISTRICT_MANAGER]
    here = or_(User.unit_id.in_(unit_ids), User.id.in_(_members(Membership.unit_id.in_(unit_ids))))
    query = select(User).where(here, User.role.in_(roles), User.disabled_at.is_(None))
    return list(db.session.scalars(query.order_by(User.username)))


def _members(of: ColumnElement[bool]) -> Select[int]:
    return select(Membership.user_id).where(of, Membership.ended_at.is_(None), Membership.until >= clock.today())


def memberships_of(user_id: int) -> list[Membership]:
    """The memberships of a person that nobody has ended; some may have run out."""
    return list(db.session.scalars(select(Membership).where(Membership.user_id == user_id, Membership.ended_at.is_(None))))


def members_of(unit_id: int) -> list[Membership]:
    """Who belongs to a task force besides its own people, in the order in which they came; those that ran out last."""
    query = select(Membership).where(Membership.unit_id == unit_id, Membership.ended_at.is_(None))
    return sorted(db.session.scalars(query.order_by(Membership.id)), key=lambda row: row.until < clock.today())


def once_members_of(unit_id: int) -> list[Membership]:
    """Who belonged to a task force, in the order in which they came."""
    return list(db.session.scalars(select(Membership).where(Membership.unit_id == unit_id).order_by(Membership.id)))


def membership(public_id: str) -> Membership:
    """The membership named in a URL; NotFound."""
    row = db.session.scalar(select(Membership).where(Membership.public_id == public_id))
    if row is None:
        raise NotFound
    return row


def workers() -> list[User]:
    """All officers and managers who can be given work, by unit and name."""
    roles = [Role.OFFICER, Role.DISTRICT_MANAGER]
    query = select(User).join(Unit, Unit.id == User.unit_id).where(User.role.in_(roles), User.disabled_at.is_(None))
    return list(db.session.scalars(query.order_by(Unit.path, User.role, User.id)))


def who_may_own(path: str = "/") -> list[tuple[int, str, int, bool]]:
    """Officers and managers of a unit and all below it, by unit and name: id, name, unit, and whether the account is closed –
    what somebody had in charge when they left is looked for under their name.
    """
    query = select(User.id, User.name, User.unit_id, User.disabled_at.is_not(None)).join(Unit, Unit.id == User.unit_id)
    here = query.where(User.role.in_([Role.OFFICER, Role.DISTRICT_MANAGER]), Unit.path.startswith(path, autoescape=True))
    rows = db.session.execute(here.order_by(Unit.path, User.name, User.id))
    return [(id_, name, unit_id, bool(closed)) for id_, name, unit_id, closed in rows]


def of_role(role: Role) -> list[User]:
    """Active people of a role."""
    return list(db.session.scalars(select(User).where(User.role == role, User.disabled_at.is_(None)).order_by(User.id)))


def of_unit(path: str) -> list[User]:
    """Active people of a unit and all below it, by unit and name; of a task force those who belong to it too."""
    below = select(Unit.id).where(Unit.path.startswith(path, autoescape=True))
    here = or_(User.unit_id.in_(below), User.id.in_(_members(Membership.unit_id.in_(below))))
    query = select(User).join(Unit, Unit.id == User.unit_id).where(here, User.disabled_at.is_(None))
    return list(db.session.scalars(query.order_by(Unit.path, User.role, User.id)))


def managers_of(*paths: str, among: list[User] | None = None) -> list[User]:
    """Those who manage one of these units (by their paths), or one above it; `among` all managers, read before."""
    managers = of_role(Role.DISTRICT_MANAGER) if among is None else among
    return [user for user in managers if any(path.startswith(user.unit.path) for path in paths)]


def heirs_of(user: User) -> list[User]:
    """Who is to hand on what somebody leaves behind: the managers of their unit; where there is none else, the coordinators."""
    managers = [other for other in managers_of(user.unit.path) if other.id != user.id]
    return managers or [other for other in coordinators() if other.id != user.id]


def coordinators() -> list[User]:
    """市统筹: the active ones."""
    return of_role(Role.COORDINATOR)


def demo_users() -> list[User]:
    """The demo database's people, for one click on the sign-in page."""
    return list(db.session.scalars(select(User).where(User.is_demo, User.disabled_at.is_(None)).order_by(User.id)))


def has_demo_users() -> bool:
    """Whether this database holds accounts with the documented password."""
    return db.session.scalar(select(User.id).where(User.is_demo, User.disabled_at.is_(None)).limit(1)) is not None


def actor_named(username: str) -> Actor:
    """Who acts on the command line (`--as USER`). Refusal unknown_user for nobody or a closed account."""
    user = by_username(username)
    if user is None or not user.is_active:
        raise Refusal("unknown_user", username=username)
    return user.as_actor()


def _people(unit: Unit) -> Select[int]:
    return select(func.count()).select_from(User).where(User.unit_id == unit.id, User.disabled_at.is_(None))


def _members_in(unit: Unit) -> Select[int]:
    return select(func.count()).select_from(_members(Membership.unit_id == unit.id).subquery())


def _memberships(user: User) -> Select[int]:
    return select(func.count()).select_from(_members(Membership.user_id == user.id).subquery())


units.hanging_on.add(people=_people, members=_members_in)
left_of.add(memberships=_memberships)
