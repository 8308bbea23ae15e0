"""Named reads: who does whose desk."""

from collections.abc import Iterable
from datetime import date

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import aliased

from crm.accounts import queries as accounts
from crm.accounts.models import User
from crm.core import clock
from crm.core.db import db
from crm.core.errors import NotFound
from crm.core.small import SmallTable
from crm.deputies.models import Deputy
from crm.deputies.rules import Person, stands
from crm.notifications import services as notifications
from crm.policy import rules as policy
from crm.policy.rules import WORKS_IN_A_UNIT, Actor, Role
from crm.units.models import Unit

SHOWN = 50


def person(user: User) -> Person:
    """What of somebody decides."""
    return Person(user.id, Role(user.role), user.unit_id, user.unit.path, user.is_active)


def standing(actor: Actor, row: Deputy) -> policy.Standing:
    """How somebody stands to it."""
    return stands(actor, person(row.whose), row.to_id)


def seen_by(actor: Actor) -> list[Deputy]:
    """Those that concern somebody: their own desk, desks that they do, for a manager those of their units; the latest first."""
    whose, unit = aliased(User), aliased(Unit)
    mine = or_(Deputy.whose_id == actor.user_id, Deputy.to_id == actor.user_id)
    if actor.role is Role.DISTRICT_MANAGER:
        mine = or_(mine, unit.path.startswith(actor.unit_path, autoescape=True))
    query = select(Deputy).join(whose, whose.id == Deputy.whose_id).join(unit, unit.id == whose.unit_id).where(mine)
    return list(db.session.scalars(query.order_by(Deputy.until_on.desc(), Deputy.id.desc()).limit(SHOWN)))


def by_public_id(public_id: str) -> Deputy:
    """The one named in a URL; NotFound. The caller asks the policy."""
    row = db.session.scalar(select(Deputy).where(Deputy.public_id == public_id))
    if row is None:
        raise NotFound
    return row


def live_of(whose_id: int) -> list[Deputy]:
    """Of a desk those that nobody has ended."""
    return list(db.session.scalars(select(Deputy).where(Deputy.whose_id == whose_id, Deputy.ended_at.is_(None))))


def live_to(to_id: int) -> list[Deputy]:
    """Of the desks that somebody does those that nobody has ended."""
    return list(db.session.scalars(select(Deputy).where(Deputy.to_id == to_id, Deputy.ended_at.is_(None))))


# Few rows, asked for with every message: read with the other small tables.
_live = SmallTable(
    lambda: select(Deputy.whose_id, Deputy.to_id, Deputy.from_on, Deputy.until_on).where(Deputy.ended_at.is_(None)),
    lambda rows: tuple((whose, to, str(first), str(last)) for whose, to, first, last in rows),
)


def deputies_on(user_ids: set[int], day: date) -> set[int]:
    """Who does the desks of these people on a day."""
    today = day.isoformat()
    return {to for whose, to, first, last in _live() if whose in user_ids and first <= today <= last}


notifications.deputies_with(deputies_on)


def names_of(user_ids: Iterable[int]) -> list[str]:
    """The names of people whose desks somebody does."""
    ids = sorted(user_ids)
    return list(db.session.scalars(select(User.name).where(User.id.in_(ids)).order_by(User.id))) if ids else []


def desks_of(actor: Actor) -> list[User]:
    """Whose desks somebody may hand on: their own; a manager's people too."""
    if actor.role is not Role.DISTRICT_MANAGER:
        own = accounts.by_id(actor.user_id)
        return [own] if own is not None else []
    return [user for user in accounts.workers() if user.unit.path.startswith(actor.unit_path)]


def colleagues_of(users: Iterable[User]) -> list[User]:
    """Who could do one of these desks: active people who work in one of the units."""
    unit_ids = {user.unit_id for user in users}
    return [user for user in accounts.workers() if user.unit_id in unit_ids and Role(user.role) in WORKS_IN_A_UNIT]


def _stands_in(user: User) -> Select[int]:
    here = Deputy.to_id == user.id
    return select(func.count()).where(here, Deputy.ended_at.is_(None), Deputy.until_on >= clock.today())


accounts.left_of.add(desks=_stands_in)
