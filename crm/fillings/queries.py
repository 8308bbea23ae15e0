"""Named reads of filled tables and templates."""

from sqlalchemy import select

from crm.core.db import db
from crm.core.errors import NotFound
from crm.files.models import StoredFile
from crm.fillings.models import Filling, FillingTemplate
from crm.policy import rules as policy
from crm.policy.rules import Actor, Role


def visible_filling(public_id: str, *, actor: Actor) -> Filling:
    """The table that this person has filled; NotFound for anybody else's."""
    found = db.session.scalar(select(Filling).where(Filling.public_id == public_id))
    if found is None or not policy.can(policy.towards_self(actor, found.asked_by_id), "filling", "read"):
        raise NotFound
    return found


def result_of(public_id: str, *, actor: Actor) -> StoredFile:
    """The filled workbook, for who filled it; NotFound before there is one."""
    found = visible_filling(public_id, actor=actor).result
    if found is None:
        raise NotFound
    return found


def mine(actor: Actor, *, limit: int = 30) -> list[Filling]:
    """This person's tables, newest first."""
    query = select(Filling).where(Filling.asked_by_id == actor.user_id)
    return list(db.session.scalars(query.order_by(Filling.asked_at.desc(), Filling.id.desc()).limit(limit)))


def standing(template: FillingTemplate, actor: Actor) -> policy.Standing:
    """How somebody stands to a template: one of their unit's, or the city's; and whether they answer for it."""
    words = {actor.role.value}
    if template.reach == "city":
        words |= {"view_city"} | ({"view_keeper"} if policy.may(actor, "filling_template", "keep_city") else set())
    else:
        words |= {"view_unit"} if template.unit_id in policy.units_of(actor) else set()
        answers = actor.role is Role.DISTRICT_MANAGER and template.unit.path.startswith(actor.unit_path)
        words |= {"view_unit", "view_keeper"} if answers else set()
        words |= {"self"} if template.kept_by_id == actor.user_id else set()
    return policy.Standing(frozenset(words))


def may_keep(actor: Actor, reach: str) -> bool:
    """Whether somebody may keep templates for their unit, or for the city."""
    if reach == "city":
        return policy.may(actor, "filling_template", "keep_city")
    return policy.may(actor, "filling_template", "keep_unit")


def templates(actor: Actor) -> list[FillingTemplate]:
    """The templates in force that a person may use: their unit's first, then the city's, by name."""
    query = select(FillingTemplate).where(FillingTemplate.replaced_at.is_(None))
    found = [one for one in db.session.scalars(query) if policy.can(standing(one, actor), "filling_template", "read")]
    return sorted(found, key=lambda one: (one.reach != "unit", one.name, one.id))


def template_for(fingerprint: str, actor: Actor) -> FillingTemplate | None:
    """The template for a heading that a person may use; the unit's before the city's, the newest first."""
    found = [one for one in templates(actor) if one.fingerprint == fingerprint]
    return min(found, key=lambda one: (one.reach != "unit", -one.id), default=None)


def visible_template(public_id: str, *, actor: Actor, action: str = "read") -> FillingTemplate:
    """The template named in an address, while it is in force; NotFound, or Forbidden where it may only be used."""
    query = select(FillingTemplate).where(FillingTemplate.public_id == public_id, FillingTemplate.replaced_at.is_(None))
    found = db.session.scalar(query)
    if found is None:
        raise NotFound
    policy.require(standing(found, actor), "filling_template", action, seen_by="read")
    return found


def in_force(shelf: str, name: str) -> FillingTemplate | None:
    """The template of a name on a shelf."""
    query = select(FillingTemplate).where(
        FillingTemplate.shelf == shelf, FillingTemplate.name == name, FillingTemplate.replaced_at.is_(None)
    )
    return db.session.scalar(query)
