"""Named reads of people."""

from sqlalchemy import select

from crm.accounts.models import User
from crm.core.db import db
from crm.core.errors import NotFound, Refusal
from crm.policy.rules import Actor, Role


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
    """Officers and managers of units who can be given work."""
    roles = [Role.OFFICER, Role.DISTRICT_MANAGER]
    query = select(User).where(User.unit_id.in_(unit_ids), User.role.in_(roles), User.disabled_at.is_(None))
    return list(db.session.scalars(query.order_by(User.username)))


def of_role(role: Role) -> list[User]:
    """Active people of a role."""
    return list(db.session.scalars(select(User).where(User.role == role, User.disabled_at.is_(None)).order_by(User.id)))


def managers_of(*paths: str, among: list[User] | None = None) -> list[User]:
    """Those who manage one of these units (by their paths), or one above it; `among` all managers, read before."""
    managers = of_role(Role.DISTRICT_MANAGER) if among is None else among
    return [user for user in managers if any(path.startswith(user.unit.path) for path in paths)]


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
