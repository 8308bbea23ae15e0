"""The matters, as somebody may see them; those that the nightly pass looks at."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, ScalarSelect, Select, and_, exists, false, func, or_, select, true
from sqlalchemy.orm import joinedload

from crm.accounts import queries as accounts
from crm.accounts.models import User
from crm.core import clock
from crm.core.db import db
from crm.core.errors import NotFound
from crm.leads.models import Lead
from crm.leads.queries import access
from crm.matters.models import Matter, MatterEvent
from crm.matters.rules import EventKind, Happened, Level, MatterState, above
from crm.policy import rules as policy
from crm.policy.rules import WORKS_IN_A_UNIT, Actor, Role, Standing, in_one_line
from crm.sharing import queries as sharing
from crm.units import queries as units
from crm.units.models import Unit
from crm.units.rules import UnitKind

SIZE = 100
TABS = ("mine", "unit", "city", "headquarters")


def stands(actor: Actor, matter: Matter, lead: Lead) -> Standing:
    """How somebody stands to a matter: as to its lead, and besides as those who raised it or with whom it lies. What it says may
    tell who an investor is: of a lead with a code name only managers and the people themselves read it.
    """
    words = set(policy.towards_lead(actor, lead).principals)
    works = actor.role in WORKS_IN_A_UNIT
    open_to_unit = not lead.sealed or actor.role is Role.DISTRICT_MANAGER
    settles = _settles(actor, matter)
    if settles or (works and open_to_unit and in_one_line(actor.unit_path, matter.raised_unit.path)):
        words.add("raiser")
    if settles and matter.answered_by_id != actor.user_id:
        words.add("settler")
    elif _settles_instead(actor, matter, open_to_unit):
        words |= {"raiser", "settler_instead"}
    if works and (matter.user_id == actor.user_id or (open_to_unit and in_one_line(actor.unit_path, matter.unit.path))):
        words.add("matter_unit")
    if matter.level == Level.HEADQUARTERS and units.at_headquarters(actor):
        words |= {"headquarters"} if lead.sealed else {"headquarters", "headquarters_names"}
    return Standing(frozenset(words))


def _settles(actor: Actor, matter: Matter) -> bool:
    """Whether somebody raised a matter, or manages (coordinates in) the unit that did."""
    if actor.role is Role.DISTRICT_MANAGER and matter.raised_unit.path.startswith(actor.unit_path):
        return True
    coordinates = actor.role is Role.COORDINATOR and matter.raised_unit_id == actor.unit_id
    return coordinates or matter.raised_by_id == actor.user_id


def _settles_instead(actor: Actor, matter: Matter, open_to_unit: bool) -> bool:
    """Whether somebody says in their place that it is settled, once nobody is left who could but the one who answered:
    a coordinator, a colleague; about what the coordinating office raised also the headquarters, which are above it.
    """
    may = actor.role is Role.COORDINATOR or (actor.role in WORKS_IN_A_UNIT and open_to_unit)
    if not may or matter.state != MatterState.ANSWERED or matter.answered_by_id == actor.user_id or not matter.is_deserted:
        return False
    near = in_one_line(actor.unit_path, matter.raised_unit.path)
    above = matter.raised_unit.is_coordinating and units.at_headquarters(actor)
    return actor.role is Role.COORDINATOR or near or above


@dataclass(frozen=True, slots=True)
class Seen:
    """A matter as somebody sees it, with its lead."""

    matter: Matter
    lead: Lead
    standing: Standing
    today: date

    @property
    def names(self) -> bool:
        """Whether they may read who it is."""
        return policy.can(self.standing, "lead", "read_names")

    @property
    def detail(self) -> bool:
        """Whether the lead has a page for them."""
        return policy.can(self.standing, "lead", "read_detail")

    @property
    def code(self) -> str | None:
        """The code name that they may read instead."""
        return self.lead.code_name if policy.can(self.standing, "lead", "read_card") else None

    @property
    def late(self) -> bool:
        """Whether nobody answered in time."""
        return self.matter.state == MatterState.OPEN and self.today > self.matter.due_on

    @property
    def answers(self) -> bool:
        """Whether they may answer it."""
        return self.matter.state == MatterState.OPEN and policy.can(self.standing, "matter", "answer")

    @property
    def accepts(self) -> bool:
        """Whether it is theirs to say that the answer settles it, or not."""
        return self.matter.state == MatterState.ANSWERED and policy.can(self.standing, "matter", "accept")

    @property
    def next_level(self) -> Level | None:
        """Where they may send it, with why the answer does not settle it; None at the top, or where nobody is above."""
        level = above(Level(self.matter.level)) if self.accepts else None
        return None if level is Level.HEADQUARTERS and not units.of_kind(UnitKind.HEADQUARTERS) else level

    @property
    def settles_instead(self) -> bool:
        """Whether that is because nobody else of those who raised it is left."""
        return self.accepts and "settler" not in self.standing.principals

    @property
    def waits(self) -> bool:
        """Whether it waits for them: for an answer where it lies with them, or for their word on one."""
        here = {"matter_unit", "headquarters"} | ({"coordinator"} if self.matter.level == Level.CITY else set())
        return self.accepts or (self.answers and not self.standing.principals.isdisjoint(here))

    @property
    def lifts(self) -> bool:
        """Whether they may send it a level up."""
        waits = self.matter.state == MatterState.OPEN and self.matter.level != Level.HEADQUARTERS
        return waits and policy.can(self.standing, "matter", "lift")


def by_public_id(public_id: str) -> Matter:
    """The matter named in a URL; NotFound. The caller asks the policy."""
    found = db.session.scalar(select(Matter).where(Matter.public_id == public_id))
    if found is None:
        raise NotFound
    return found


def visible_matter(public_id: str, *, actor: Actor) -> Seen:
    """The matter when it concerns this person; NotFound."""
    found = _seen([by_public_id(public_id)], actor)[0]
    policy.require(found.standing, "matter", "read", seen_by="none")
    return found


def _seen(rows: list[Matter], actor: Actor) -> list[Seen]:
    ids = {row.lead_id for row in rows}
    query = select(Lead).where(Lead.id.in_(ids)).options(joinedload(Lead.investor), joinedload(Lead.following_unit))
    leads = {lead.id: lead for lead in db.session.scalars(query)} if ids else {}
    return [Seen(row, leads[row.lead_id], stands(actor, row, leads[row.lead_id]), clock.today()) for row in rows]


def _readable(rows: list[Matter], actor: Actor) -> list[Seen]:
    return [one for one in _seen(rows, actor) if policy.can(one.standing, "matter", "read")]


def of_lead(lead: Lead, actor: Actor) -> list[Seen]:
    """The matters of a lead that this person may read, what waits first."""
    query = select(Matter).where(Matter.lead_id == lead.id).order_by(Matter.state.desc(), Matter.due_on, Matter.id)
    return _readable(list(db.session.scalars(query.limit(20))), actor)


@dataclass(frozen=True, slots=True)
class Inbox:
    """One page of matters: what waits, late first; what is settled; how many wait under each tab."""

    tab: str
    live: list[Seen]
    closed: list[Seen]
    counts: dict[str, int]


def inbox(actor: Actor, tab: str) -> Inbox:
    """mine: raised by this person, lying with them, or theirs to settle for others. unit: with their unit, one above or below it,
    or raised by it. city, headquarters: by level.
    """
    there = {name: live(actor, name) for name in TABS}
    chosen = tab if tab in TABS else next((name for name in TABS if there[name]), "mine")
    closed = _readable(_rows(_under(chosen, actor), closed=True), actor)
    return Inbox(chosen, there[chosen], closed, {name: len(found) for name, found in there.items()})


def live(actor: Actor, tab: str) -> list[Seen]:
    """What is not closed under a tab, late first, at most `SIZE` of it."""
    return _readable(_rows(_under(tab, actor), closed=False), actor)


def _under(tab: str, actor: Actor) -> ColumnElement[bool]:
    if tab == "mine":
        return or_(Matter.raised_by_id == actor.user_id, Matter.user_id == actor.user_id, _to_settle_instead(actor))
    if tab == "unit":
        ids = units.in_line_with(actor)
        return or_(Matter.unit_id.in_(ids), Matter.raised_unit_id.in_(ids))
    return and_(Matter.level == Level(tab), _concerns(actor))


def _concerns(actor: Actor) -> ColumnElement[bool]:
    """SQL: matters to which somebody may have a word to say; the policy decides about each."""
    if actor.city_wide:
        return true()
    followed = Lead.following_unit_id.in_(units.in_line_with(actor))
    leads = select(Lead.id).where(or_(followed, access.led_by(actor)))
    where = or_(_under("mine", actor), _under("unit", actor), Matter.lead_id.in_(leads))
    return or_(where, Matter.level == Level.HEADQUARTERS) if units.at_headquarters(actor) else where


def _rows(where: ColumnElement[bool], *, closed: bool) -> list[Matter]:
    query = select(Matter).where(where)
    if closed:
        query = query.where(Matter.state == MatterState.CLOSED).order_by(Matter.closed_at.desc(), Matter.id.desc()).limit(20)
    else:
        late = and_(Matter.state == MatterState.OPEN, Matter.due_on < clock.today())
        query = query.where(Matter.state != MatterState.CLOSED).order_by(late.desc(), Matter.due_on, Matter.id).limit(SIZE)
    return list(db.session.scalars(query))


def waiting(actor: Actor) -> ScalarSelect[int]:
    """SQL: how many matters wait for this person, as the inbox says: for an answer of their unit or level, or for their word."""
    due = and_(Matter.state == MatterState.OPEN, _lies_with(actor))
    back = and_(Matter.state == MatterState.ANSWERED, Matter.answered_by_id.is_distinct_from(actor.user_id), _to_settle(actor))
    where = or_(due, back, _to_settle_instead(actor))
    return select(func.count()).select_from(Matter).where(where).scalar_subquery()


def _lies_with(actor: Actor) -> ColumnElement[bool]:
    if actor.role is Role.COORDINATOR:
        return Matter.level == Level.CITY
    if actor.role not in WORKS_IN_A_UNIT:
        return false()
    mine = and_(Matter.unit_id.in_(units.in_line_with(actor)), _open_to(actor))
    return or_(mine, Matter.user_id == actor.user_id, and_(Matter.level == Level.HEADQUARTERS, _at_headquarters(actor)))


def _open_to(actor: Actor) -> ColumnElement[bool]:
    """SQL: an officer reads no matter of a lead with a code name by their unit alone."""
    if actor.role is Role.OFFICER:
        return Matter.lead_id.not_in(sharing.SEALED_IDS.params(today=clock.today()))
    return true()


def _at_headquarters(actor: Actor) -> ColumnElement[bool]:
    headquarters = (Unit.kind == UnitKind.HEADQUARTERS) & Unit.retired_on.is_(None)
    return exists().where(Unit.id.in_(sorted(policy.units_of(actor))), headquarters)


def _to_settle_instead(actor: Actor) -> ColumnElement[bool]:
    """SQL: what `_settles_instead` says."""
    left = and_(
        Matter.state == MatterState.ANSWERED, Matter.is_deserted.expression, Matter.answered_by_id.is_distinct_from(actor.user_id)
    )
    if actor.role is Role.COORDINATOR:
        return left
    if actor.role not in WORKS_IN_A_UNIT:
        return false()
    near = Matter.raised_unit_id.in_(units.in_line_with(actor))
    above = and_(Matter.raised_unit_id.in_(select(Unit.id).where(Unit.is_coordinating)), _at_headquarters(actor))
    return and_(left, or_(near, above), _open_to(actor))


def _to_settle(actor: Actor) -> ColumnElement[bool]:
    where = Matter.raised_by_id == actor.user_id
    if actor.role is Role.DISTRICT_MANAGER:
        below = select(Unit.id).where(Unit.path.startswith(actor.unit_path, autoescape=True))
        return or_(where, Matter.raised_unit_id.in_(below))
    return or_(where, Matter.raised_unit_id == actor.unit_id) if actor.role is Role.COORDINATOR else where


def waiting_for(actor: Actor) -> int:
    """The same, asked."""
    return db.session.scalar(select(waiting(actor))) or 0


def events_of(matter_id: int) -> list[MatterEvent]:
    """What happened to a matter, in order."""
    return list(db.session.scalars(select(MatterEvent).where(MatterEvent.matter_id == matter_id).order_by(MatterEvent.id)))


def heard(matter_id: int) -> list[Happened]:
    """The same, as the ladder hears it."""
    rows = events_of(matter_id)
    return [Happened(EventKind(row.kind), Level(row.level), row.due_on, row.about_on) for row in rows]


def to_watch(after: int, until: date, *, size: int) -> list[Matter]:
    """The next open matters after one whose day is `until` or before, in the order of their ids."""
    due = and_(Matter.state == MatterState.OPEN, Matter.due_on <= until, Matter.id > after)
    return list(db.session.scalars(select(Matter).where(due).order_by(Matter.id).limit(size)))


def at_top(actor: Actor) -> list[Seen]:
    """Matters that lie with the headquarters and are not closed, late first, cut for this person."""
    return _readable(_rows(_under("headquarters", actor), closed=False), actor)


@dataclass(frozen=True, slots=True)
class Lift:
    """A matter that a person sent up before its day, with the event that says why."""

    seen: Seen
    event: MatterEvent


def lifts(actor: Actor, *, limit: int = 30) -> list[Lift]:
    """Those, newest first, cut for this person."""
    lifted = select(MatterEvent).join(Matter, Matter.id == MatterEvent.matter_id).where(MatterEvent.kind == EventKind.LIFTED)
    query = lifted.where(_concerns(actor)).order_by(MatterEvent.id.desc()).limit(limit)
    events = list(db.session.scalars(query))
    rows = {row.id: row for row in db.session.scalars(select(Matter).where(Matter.id.in_([e.matter_id for e in events])))}
    seen = {one.matter.id: one for one in _readable(list(rows.values()), actor)}
    return [Lift(seen[event.matter_id], event) for event in events if event.matter_id in seen]


def _of_unit(unit: Unit) -> Select[int]:
    here = or_(Matter.unit_id == unit.id, Matter.raised_unit_id == unit.id)
    return select(func.count()).where(here, Matter.state != MatterState.CLOSED)


def _of_person(user: User) -> Select[int]:
    here = or_(Matter.user_id == user.id, Matter.raised_by_id == user.id)
    return select(func.count()).where(here, Matter.state != MatterState.CLOSED)


units.hanging_on.add(matters=_of_unit)
accounts.left_of.add(matters=_of_person)
