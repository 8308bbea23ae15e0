"""Named reads of saved views: those that a person may open, one of them, the one that starts the list."""

from sqlalchemy import or_, select

from crm.core.db import db
from crm.core.errors import NotFound
from crm.policy import rules as policy
from crm.policy.rules import Actor, Role
from crm.shelves.models import SavedView, StartView
from crm.shelves.rules import Reach
from crm.units.models import Unit


def standing(view: SavedView, actor: Actor) -> policy.Standing:
    """How somebody stands to a view: their own, one of their unit's, the city's; and whether they answer for a published one."""
    words = {actor.role.value}
    if view.reach == Reach.MINE:
        words |= {"self"} if view.kept_by_id == actor.user_id else set()
    elif view.reach == Reach.UNIT:
        words |= {"view_unit"} if view.unit_id in policy.units_of(actor) else set()
        answers = actor.role is Role.DISTRICT_MANAGER and view.unit.path.startswith(actor.unit_path)
        words |= {"view_unit", "view_keeper"} if answers else set()
    else:
        words |= {"view_city"} | ({"view_keeper"} if policy.may(actor, "view", "publish_city") else set())
    return policy.Standing(frozenset(words))


def may_keep(actor: Actor, reach: Reach) -> bool:
    """Whether somebody may keep a view for so many: a unit's is published by its manager, the city's by the coordinator."""
    if reach is Reach.UNIT:
        return policy.may(actor, "view", "publish_unit")
    return policy.may(actor, "view", "publish_city") if reach is Reach.CITY else policy.may(actor, "view", "keep")


def open_to(actor: Actor) -> list[SavedView]:
    """The views that a person may open, in the order of their names: the person's own, the unit's, the city's."""
    own = (SavedView.reach == Reach.MINE) & (SavedView.kept_by_id == actor.user_id)
    units = (SavedView.reach == Reach.UNIT) & SavedView.unit_id.in_(sorted(policy.units_of(actor)))
    if actor.role is Role.DISTRICT_MANAGER:  # and those of the units below, for which a manager answers
        below = SavedView.unit.has(Unit.path.startswith(actor.unit_path, autoescape=True))
        units = units | ((SavedView.reach == Reach.UNIT) & below)
    query = select(SavedView).where(or_(own, units, SavedView.reach == Reach.CITY)).order_by(SavedView.name, SavedView.id)
    found = db.session.scalars(query)
    return [view for view in found if policy.can(standing(view, actor), "view", "read")]


def on_shelf(shelf: str) -> int:
    """How many views stand on a shelf."""
    return len(list(db.session.scalars(select(SavedView.id).where(SavedView.shelf == shelf))))


def visible_view(public_id: str, *, actor: Actor, action: str = "read") -> SavedView:
    """The view named in an address; NotFound, or Forbidden where it may only be opened."""
    view = db.session.scalar(select(SavedView).where(SavedView.public_id == public_id))
    if view is None:
        raise NotFound
    policy.require(standing(view, actor), "view", action, seen_by="read")
    return view


def start_of(actor: Actor) -> SavedView | None:
    """The view with which this person's list starts, while they may open it."""
    start = db.session.get(StartView, actor.user_id)
    return start.view if start is not None and policy.can(standing(start.view, actor), "view", "read") else None


def name_of(public_id: str, actor: Actor) -> str | None:
    """What the view named in an address is called, for those who may open it; None for one that is none (any more)."""
    view = db.session.scalar(select(SavedView).where(SavedView.public_id == public_id))
    return view.name if view is not None and policy.can(standing(view, actor), "view", "read") else None
