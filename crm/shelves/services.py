"""Named writes of saved views: keep one, rename it, put another state in it, copy it, throw it away, start with it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from crm.audit import services as audit
from crm.core.db import db, lock_key
from crm.core.errors import Forbidden
from crm.core.versions import check_version
from crm.policy.rules import Actor
from crm.shelves import queries
from crm.shelves.models import SavedView, StartView
from crm.shelves.queries import may_keep
from crm.shelves.rules import MOST_EACH, NameNeeded, NameTaken, Place, Reach, ShelfFull, shelf_of


@dataclass(frozen=True, slots=True)
class NewView:
    """What is kept: a name, for whom, the state (as crm.shelves.rules.state_of gives it) and where it opens."""

    name: str
    reach: Reach
    state: str
    place: Place = Place.LIST


def keep_view(new: NewView, *, actor: Actor, now: datetime) -> SavedView:
    """Keep a state of the list. Raises Forbidden, NameNeeded, NameTaken, ShelfFull."""
    _may_publish(new.reach, actor)
    name = _name(new.name)
    view = SavedView(
        name=name, reach=new.reach, place=new.place, state=new.state, kept_by_id=actor.user_id, unit_id=actor.unit_id,
        shelf=_place_on(shelf_of(new.reach, user_id=actor.user_id, unit_id=actor.unit_id), name), changed_at=now,
    )  # fmt: skip
    db.session.add(view)
    db.session.flush()
    _note("view.kept", view, actor, now)
    return view


def change_view(public_id: str, name: str, reach: Reach, *, opened: int, actor: Actor, now: datetime) -> SavedView:
    """Another name, or for others from now on. Raises StaleVersion, and what keeping one raises."""
    view = _locked(public_id, "change", actor)
    check_version(view, opened)
    if reach != view.reach:
        _may_publish(reach, actor)
    if (_name(name), reach) == (view.name, view.reach):
        return view
    keeper, unit = (view.kept_by_id, view.unit_id) if reach == view.reach else (actor.user_id, actor.unit_id)
    shelf = _place_on(shelf_of(reach, user_id=keeper, unit_id=unit), _name(name), view)
    view.name, view.reach, view.shelf, view.kept_by_id, view.unit_id = _name(name), reach, shelf, keeper, unit
    view.changed_at = now
    db.session.flush()
    db.session.expire(view, ["kept_by", "unit"])
    _note("view.changed", view, actor, now)
    return view


def replace_state(public_id: str, state: str, place: Place, *, opened: int, actor: Actor, now: datetime) -> SavedView:
    """The present state of the list in the place of the one that was kept. Raises StaleVersion, NotFound, Forbidden."""
    view = _locked(public_id, "change", actor)
    check_version(view, opened)
    view.state, view.place, view.changed_at = state, place, now
    db.session.flush()
    _note("view.replaced", view, actor, now)
    return view


def copy_view(public_id: str, *, actor: Actor, now: datetime) -> SavedView:
    """A view that one may open, as one's own; under another name where one's own shelf has that one."""
    view = queries.visible_view(public_id, actor=actor)
    shelf = shelf_of(Reach.MINE, user_id=actor.user_id, unit_id=actor.unit_id)
    there = set(db.session.scalars(select(SavedView.name).where(SavedView.shelf == shelf)))
    names = (view.name, *(f"{view.name[:36]} {n}" for n in range(2, MOST_EACH + 2)))
    name = next(name for name in names if name not in there)
    return keep_view(NewView(name, Reach.MINE, view.state, Place(view.place)), actor=actor, now=now)


def drop_view(public_id: str, *, actor: Actor, now: datetime) -> None:
    """Throw a view away; lists that started with it start as they did before. Raises NotFound, Forbidden."""
    view = _locked(public_id, "change", actor)
    _note("view.dropped", view, actor, now)
    for start in list(db.session.scalars(select(StartView).where(StartView.view_id == view.id))):
        db.session.delete(start)
    db.session.flush()
    db.session.delete(view)
    db.session.flush()


def start_with(public_id: str | None, *, actor: Actor) -> None:
    """The list starts with this view from now on; with None as it does by itself. Raises NotFound."""
    view = queries.visible_view(public_id, actor=actor) if public_id else None
    start = db.session.get(StartView, actor.user_id)
    if view is None:
        if start is not None:
            db.session.delete(start)
    elif start is None:
        db.session.add(StartView(user_id=actor.user_id, view_id=view.id))
    else:
        start.view_id = view.id
    db.session.flush()


def _locked(public_id: str, action: str, actor: Actor) -> SavedView:
    view = queries.visible_view(public_id, actor=actor, action=action)
    held = select(SavedView).where(SavedView.id == view.id).with_for_update(of=SavedView)
    return db.session.scalars(held.execution_options(populate_existing=True)).one()


def _may_publish(reach: Reach, actor: Actor) -> None:
    if not may_keep(actor, reach):
        raise Forbidden(record="view", action=reach.value)


def _name(name: str) -> str:
    if not name.strip():
        raise NameNeeded
    return name.strip()[:40]


def _place_on(shelf: str, name: str, view: SavedView | None = None) -> str:
    """A shelf on which a name is free and where there is room; asked before anything of the view is changed."""
    lock_key(f"shelf:{shelf}")
    same = db.session.scalar(select(SavedView.id).where(SavedView.shelf == shelf, SavedView.name == name))
    if same is not None and (view is None or same != view.id):
        raise NameTaken
    if (view is None or view.shelf != shelf) and queries.on_shelf(shelf) >= MOST_EACH:
        raise ShelfFull(most=MOST_EACH)
    return shelf


def _note(act: str, view: SavedView, actor: Actor, now: datetime) -> None:
    facts = {"name": view.name, "reach": view.reach, "place": view.place, "state": view.state}
    audit.record(act, subject=None, facts=facts, actor=actor, now=now)
