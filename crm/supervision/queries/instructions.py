"""The supervised tasks, as somebody may see them; those that the nightly pass looks at."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, ScalarSelect, Select, and_, false, func, or_, select, true
from sqlalchemy.orm import joinedload

from crm.core import clock
from crm.core.db import db
from crm.core.errors import NotFound
from crm.files.models import StoredFile
from crm.leads.models import Lead
from crm.leads.queries import access
from crm.policy import rules as policy
from crm.policy.rules import WORKS_IN_A_UNIT, Actor, Role, Standing, in_one_line
from crm.supervision.models import Instruction, InstructionEvent, InstructionFile, InstructionUnit
from crm.supervision.queries.people import spoken_for, towards_leader
from crm.supervision.rules import Deed, Happened, InstructionState
from crm.units import queries as units


def stands(actor: Actor, row: Instruction, lead: Lead | None) -> Standing:
    """How somebody stands to a task: as to its lead, and besides as the leader, as who acts for them, as the unit that does it or
    helps. What it says may tell who an investor is: of a lead with a code name only managers of those units read it.
    """
    words = set(policy.towards_lead(actor, lead).principals) if lead is not None else {actor.role.value}
    words |= towards_leader(actor, row.given_by_id).principals
    if actor.role not in WORKS_IN_A_UNIT or (lead is not None and lead.sealed and actor.role is not Role.DISTRICT_MANAGER):
        return Standing(frozenset(words))
    if in_one_line(actor.unit_path, row.unit.path):
        words.add("undertaker")
    if any(in_one_line(actor.unit_path, one.unit.path) for one in row.supporting):
        words.add("supporter")
    return Standing(frozenset(words))


@dataclass(frozen=True, slots=True)
class Seen:
    """A task as somebody sees it, with its lead when it has one."""

    row: Instruction
    lead: Lead | None
    standing: Standing
    today: date

    def may(self, action: str) -> bool:
        """Whether they may do that about it, as it stands now."""
        state, asked = self.row.state, self.row.asked_on is not None
        fits = {
            "feed_back": state != InstructionState.CLOSED, "report": state == InstructionState.OPEN,
            "ask_time": state == InstructionState.OPEN and not asked, "answer_time": asked,
            "return": state == InstructionState.REPORTED, "close": state != InstructionState.CLOSED,
        }[action]  # fmt: skip
        return fits and policy.can(self.standing, "instruction", action)

    @property
    def names(self) -> bool:
        """Whether they may read who the lead's investor is."""
        return self.lead is not None and policy.can(self.standing, "lead", "read_names")

    @property
    def detail(self) -> bool:
        """Whether the lead has a page for them."""
        return self.lead is not None and policy.can(self.standing, "lead", "read_detail")

    @property
    def code(self) -> str | None:
        """The code name that they may read instead."""
        return self.lead.code_name if self.lead is not None and policy.can(self.standing, "lead", "read_card") else None

    @property
    def late(self) -> bool:
        """Whether its day is past."""
        return self.row.state == InstructionState.OPEN and self.today > self.row.due_on

    @property
    def decides(self) -> bool:
        """Whether it waits for their word: to close it, or to answer about more time."""
        said = self.may("return") or self.may("answer_time")
        return said and (self.row.state == InstructionState.REPORTED or self.row.asked_on is not None)

    @property
    def speaks_for(self) -> bool:
        """Whether they may decide in the leader's name, by delegation."""
        return "liaison" in self.standing.principals

    @property
    def acts_for(self) -> bool:
        """Whether what they decide can only be decided for the leader: the coordinator may also decide as the office."""
        return "liaison" in self.standing.principals and self.standing.principals.isdisjoint({"instructing", "coordinator"})


def by_public_id(public_id: str) -> Instruction:
    """The task named in a URL; NotFound. The caller asks the policy."""
    found = db.session.scalar(select(Instruction).where(Instruction.public_id == public_id))
    if found is None:
        raise NotFound
    return found


def visible_instruction(public_id: str, *, actor: Actor) -> Seen:
    """The task when it concerns this person; NotFound."""
    found = seen([by_public_id(public_id)], actor)[0]
    policy.require(found.standing, "instruction", "read", seen_by="none")
    return found


def seen(rows: list[Instruction], actor: Actor) -> list[Seen]:
    """Tasks as somebody sees them, each with its lead; the caller asks the policy about each."""
    ids = {row.lead_id for row in rows if row.lead_id is not None}
    query = select(Lead).where(Lead.id.in_(ids)).options(joinedload(Lead.investor), joinedload(Lead.following_unit))
    leads = {lead.id: lead for lead in db.session.scalars(query)} if ids else {}
    today = clock.today()
    found = [(row, leads[row.lead_id] if row.lead_id is not None else None) for row in rows]
    return [Seen(row, lead, stands(actor, row, lead), today) for row, lead in found]


def readable(rows: list[Instruction], actor: Actor) -> list[Seen]:
    """Those that somebody may read."""
    return [one for one in seen(rows, actor) if policy.can(one.standing, "instruction", "read")]


def in_sight(actor: Actor) -> ColumnElement[bool]:
    """SQL: tasks that somebody may read; what goes by a code name is cut as `stands` says."""
    sealed = Instruction.lead_id.in_(access.sealed_ids() or [-1])
    mine = _in_ones_name(actor)
    if actor.role is Role.COORDINATOR:
        return true()
    if actor.role is Role.LEADER:
        return or_(mine, Instruction.lead_id.is_(None), ~sealed)
    if actor.role not in WORKS_IN_A_UNIT:
        return false()
    theirs = of_unit(actor)
    if actor.role is not Role.DISTRICT_MANAGER:
        theirs = and_(theirs, or_(Instruction.lead_id.is_(None), ~sealed))
    leads = select(Lead.id).where(access.of_own_unit(actor))
    followed = and_(Instruction.lead_id.in_(leads), or_(~sealed, Instruction.lead_id.in_(_own_leads(actor))))
    return or_(mine, theirs, followed)


def _own_leads(actor: Actor) -> Select[int]:
    mine = access.led_by(actor)
    below = Lead.following_unit_path.startswith(actor.unit_path, autoescape=True)
    return select(Lead.id).where(or_(mine, below) if actor.role is Role.DISTRICT_MANAGER else mine)


def _in_ones_name(actor: Actor) -> ColumnElement[bool]:
    """SQL: given by this person, or by a leader for whom they act today."""
    return or_(Instruction.given_by_id == actor.user_id, Instruction.given_by_id.in_(spoken_for(actor)))


def of_unit(actor: Actor) -> ColumnElement[bool]:
    """SQL: tasks that the unit of somebody, one above or below it, does or helps with."""
    line = units.in_line_with(actor)
    helped = select(InstructionUnit.instruction_id).where(InstructionUnit.unit_id.in_(line))
    return or_(Instruction.unit_id.in_(line), Instruction.id.in_(helped))


def late() -> ColumnElement[bool]:
    """SQL: those whose day is past."""
    return and_(Instruction.state == InstructionState.OPEN, Instruction.due_on < clock.today())


def of_lead(lead: Lead, actor: Actor) -> list[Seen]:
    """The tasks about a lead that this person may read, what is not closed first."""
    order = (Instruction.state == InstructionState.CLOSED, Instruction.due_on, Instruction.id)
    query = select(Instruction).where(Instruction.lead_id == lead.id).order_by(*order)
    return readable(list(db.session.scalars(query.limit(20))), actor)


def waits(actor: Actor) -> ColumnElement[bool]:
    """SQL: of those in sight what this person's unit is to do, or what wants their word."""
    word = or_(Instruction.state == InstructionState.REPORTED, Instruction.asked_on.is_not(None))
    if actor.role is Role.COORDINATOR:
        return word
    mine = and_(word, _in_ones_name(actor))
    if actor.role not in WORKS_IN_A_UNIT:
        return mine
    return or_(mine, and_(Instruction.state == InstructionState.OPEN, of_unit(actor)))


def waiting(actor: Actor) -> ScalarSelect[int]:
    """SQL: how many tasks wait for this person, as the list says."""
    return select(func.count()).select_from(Instruction).where(in_sight(actor), waits(actor)).scalar_subquery()


def waiting_for(actor: Actor) -> int:
    """The same, asked."""
    return db.session.scalar(select(waiting(actor))) or 0


def events_of(instruction_id: int) -> list[InstructionEvent]:
    """What happened to a task, in order."""
    query = select(InstructionEvent).where(InstructionEvent.instruction_id == instruction_id).order_by(InstructionEvent.id)
    return list(db.session.scalars(query))


def heard(instruction_id: int) -> list[Happened]:
    """The same, as the course hears it."""
    return [Happened(Deed(row.kind), row.due_on, row.about_on) for row in events_of(instruction_id)]


def to_watch(after: int, until: date, *, size: int) -> list[Instruction]:
    """The next open tasks after one whose day is `until` or before, in the order of their ids."""
    due = and_(Instruction.state == InstructionState.OPEN, Instruction.due_on <= until, Instruction.id > after)
    return list(db.session.scalars(select(Instruction).where(due).order_by(Instruction.id).limit(size)))


def open_of(leader_id: int, actor: Actor, *, limit: int = 20) -> list[Seen]:
    """What a leader gave and nobody has closed, late first, cut for this person."""
    query = select(Instruction).where(Instruction.given_by_id == leader_id, Instruction.state != InstructionState.CLOSED)
    query = query.order_by(late().desc(), Instruction.due_on, Instruction.id).limit(limit)
    return readable(list(db.session.scalars(query)), actor)


def file_of(public_id: str, *, actor: Actor) -> StoredFile:
    """A file that shows what was fed back, for those who may read its task; NotFound."""
    query = select(StoredFile, Instruction).join(InstructionFile, InstructionFile.file_id == StoredFile.id)
    query = query.join(InstructionEvent, InstructionEvent.id == InstructionFile.event_id)
    query = query.join(Instruction, Instruction.id == InstructionEvent.instruction_id).where(StoredFile.public_id == public_id)
    found = db.session.execute(query).first()
    if found is None:
        raise NotFound
    policy.require(seen([found[1]], actor)[0].standing, "instruction", "read", seen_by="none")
    stored: StoredFile = found[0]
    return stored
