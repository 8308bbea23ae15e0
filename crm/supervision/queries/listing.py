"""The list of supervised tasks: what a person asks it for, one page of it, the count of each tab."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, func, or_, select, true

from crm.accounts import queries as accounts
from crm.accounts.models import User
from crm.core.db import db
from crm.policy.rules import WORKS_IN_A_UNIT, Actor
from crm.supervision.models import Instruction, InstructionUnit
from crm.supervision.queries.instructions import Seen, in_sight, late, readable, waits
from crm.supervision.rules import InstructionState
from crm.units import queries as units
from crm.units.models import Unit

SIZE = 50
TABS = ("waiting", "open", "late", "reported", "closed", "all")


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked: a tab, the unit that does it or helps (with all below), the leader, words of the text; a page from 1."""

    tab: str = "open"
    unit_path: str | None = None
    leader_id: int | None = None
    text: str = ""
    page: int = 1


@dataclass(frozen=True, slots=True)
class Page:
    """One page, whether there is another one, how many there are under each tab."""

    rows: list[Seen]
    more: bool
    counts: dict[str, int]


def tab_of(asked: str, actor: Actor) -> str:
    """The tab that is shown: the one asked for, else what is to be done by this person, else what is open."""
    return asked if asked in TABS else "waiting" if actor.role in WORKS_IN_A_UNIT else "open"


def page_of(asked: Asked, actor: Actor) -> Page:
    """The list, late first, then by day; what is closed by when it was."""
    where = [in_sight(actor), *_filters(asked)]
    counted = select(*(func.count().filter(_under(tab, actor)) for tab in TABS)).select_from(Instruction).where(*where)
    counts = dict(zip(TABS, db.session.execute(counted).one(), strict=True))
    query = select(Instruction).where(*where, _under(asked.tab, actor))
    if asked.tab == "closed":
        query = query.order_by(Instruction.closed_at.desc(), Instruction.id.desc())
    else:
        is_closed = Instruction.state == InstructionState.CLOSED
        query = query.order_by(is_closed, late().desc(), Instruction.due_on, Instruction.id)
    rows = list(db.session.scalars(query.limit(SIZE + 1).offset((asked.page - 1) * SIZE)))
    return Page(readable(rows[:SIZE], actor), len(rows) > SIZE, counts)


def _filters(asked: Asked) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if asked.unit_path is not None:
        ids = units.under(asked.unit_path)
        helped = select(InstructionUnit.instruction_id).where(InstructionUnit.unit_id.in_(ids))
        found.append(or_(Instruction.unit_id.in_(ids), Instruction.id.in_(helped)))
    if asked.leader_id is not None:
        found.append(Instruction.given_by_id == asked.leader_id)
    if asked.text:
        wanted = asked.text.strip()
        found.append(or_(Instruction.text.icontains(wanted, autoescape=True), Instruction.number == wanted.upper()))
    return found


def _under(tab: str, actor: Actor) -> ColumnElement[bool]:
    if tab == "waiting":
        return waits(actor)
    if tab == "late":
        return late()
    if tab == "open":
        return Instruction.state != InstructionState.CLOSED
    return true() if tab == "all" else Instruction.state == InstructionState(tab)


def _of_unit(unit: Unit) -> Select[int]:
    helps = select(InstructionUnit.instruction_id).where(InstructionUnit.unit_id == unit.id)
    here = or_(Instruction.unit_id == unit.id, Instruction.id.in_(helps))
    return select(func.count()).where(here, Instruction.state != InstructionState.CLOSED)


def _given_by(user: User) -> Select[int]:
    return select(func.count()).where(Instruction.given_by_id == user.id, Instruction.state != InstructionState.CLOSED)


units.hanging_on.add(instructions=_of_unit)
accounts.left_of.add(instructions=_given_by)
