"""Returns as somebody may read them: each statement by what its lead is today and by what it was when it was written, the
stricter of both. What is not readable is not in what comes out.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby
from typing import Any

from sqlalchemy import func, select

from crm.core import clock
from crm.core.db import db
from crm.core.errors import NotFound
from crm.leads.models import Lead
from crm.leads.queries import access
from crm.leads.queries.access import LeadFacts
from crm.policy import rules as policy
from crm.policy.rules import WORKS_IN_A_UNIT, Actor, Role, Standing, in_one_line
from crm.returns.models import ReturnEvent, ReturnLine, WeeklyReturn
from crm.returns.queries.statements import leads_named
from crm.returns.rules import Section, Source, State, Status, Week, status_of
from crm.returns.rules.states import EDITABLE
from crm.units import queries as units
from crm.units.models import Unit


def towards(actor: Actor, unit_path: str, *, draft: bool = False) -> Standing:
    """How somebody stands to a unit's returns: its people, those above and below it, the city. A draft is the unit's own."""
    if actor.role not in WORKS_IN_A_UNIT:
        return Standing() if draft else policy.of_role(actor)
    words = {"unit"} if in_one_line(actor.unit_path, unit_path) else set()
    if actor.role is Role.DISTRICT_MANAGER and unit_path.startswith(actor.unit_path):
        words.add("manager")
    return Standing(frozenset(words))


def stands(actor: Actor, row: WeeklyReturn) -> Standing:
    """How somebody stands to a return."""
    return towards(actor, row.unit.path, draft=row.state == State.DRAFT)


def check_opens(unit_public_id: str, actor: Actor) -> Unit:
    """The unit of which this person drafts returns; NotFound for any other, and for one that owes none."""
    unit = units.by_public_id(unit_public_id)
    policy.require(towards(actor, unit.path), "weekly_return", "open", seen_by="none")
    if not unit.is_area or unit.retired_on is not None:
        raise NotFound
    return unit


def by_public_id(public_id: str) -> WeeklyReturn:
    """The return named in a URL; NotFound. The caller asks the policy."""
    found = db.session.scalar(select(WeeklyReturn).where(WeeklyReturn.public_id == public_id))
    if found is None:
        raise NotFound
    return found


@dataclass(slots=True)
class Line:
    """A statement cut for a reader. `masked`: only the code name may be read; then nothing else is in it."""

    id: int
    section: Section
    place: int
    masked: bool = False
    source: Source = Source.TYPED
    facts: dict[str, Any] = field(default_factory=dict)
    text: str | None = None
    listed: bool = True
    lead: str | None = None
    number: str | None = None
    name: str | None = None
    title: str | None = None
    code: str | None = None


@dataclass(slots=True)
class Part:
    """A section as somebody reads it: its words, its statements, how many are not theirs to read."""

    section: Section
    text: str | None
    lines: list[Line]
    dropped: list[Line]
    hidden: int

    @property
    def groups(self) -> list[list[Line]]:
        """The statements, those of one lead that follow each other together."""
        return [list(rows) for _lead, rows in groupby(self.lines, lambda line: line.lead or f"line {line.id}")]

    @property
    def blank(self) -> bool:
        """Whether nothing stands in it at all."""
        return not (self.text or self.lines or self.hidden)


@dataclass(frozen=True, slots=True)
class Seen:
    """A return as somebody sees it."""

    row: WeeklyReturn
    standing: Standing
    parts: list[Part]
    today: date
    newest: bool

    @property
    def week(self) -> Week:
        """Which week it is of."""
        return Week(self.row.week_on)

    @property
    def late(self) -> bool:
        """Whether it was handed in late, or is not yet although its day is past."""
        return is_late(self.row, self.today)

    @property
    def empty(self) -> bool:
        """Whether no progress stands in it."""
        return self.parts[0].blank

    @property
    def status(self) -> Status:
        """The one word of it."""
        row = self.row
        return status_of(
            State(row.state), row.due_on, self.today, handed_in=row.first_submitted_at is not None or row.number > 1,
            empty=self.empty,
        )  # fmt: skip

    def may(self, action: str) -> bool:
        """Whether they may do it, as the return stands."""
        state = State(self.row.state)
        fits = {
            "edit": state in EDITABLE, "submit": state in EDITABLE, "return": state is State.SUBMITTED,
            "confirm": state is State.SUBMITTED, "correct": state is State.CONFIRMED and self.newest, "export": True,
        }[action]  # fmt: skip
        return fits and policy.can(self.standing, "weekly_return", action)


def is_late(row: WeeklyReturn, today: date) -> bool:
    """Whether the first handing in was after its day. A correction is never late."""
    if row.number > 1:
        return False
    return (clock.city_day(row.first_submitted_at) if row.first_submitted_at else today) > row.due_on


def visible_return(public_id: str, *, actor: Actor, action: str = "read") -> Seen:
    """The return when this person may do `action` to it, with what they may read; NotFound, Forbidden."""
    row = by_public_id(public_id)
    policy.require(stands(actor, row), "weekly_return", action, seen_by="read")
    return seen(row, actor)


def seen(row: WeeklyReturn, actor: Actor) -> Seen:
    """A return as somebody reads it. The caller has asked the policy."""
    return Seen(row, stands(actor, row), parts_of(row, actor), clock.today(), newest_number(row) == row.number)


def newest_number(row: WeeklyReturn) -> int:
    """The number of the newest version of the unit's week."""
    query = select(func.max(WeeklyReturn.number)).where(WeeklyReturn.unit_id == row.unit_id, WeeklyReturn.week_on == row.week_on)
    return db.session.scalar(query) or row.number


def newest_numbers(rows: Sequence[WeeklyReturn]) -> dict[int, int]:
    """The number of the newest version of the unit's week, by the key of each row, in one statement."""
    query = select(WeeklyReturn.unit_id, WeeklyReturn.week_on, func.max(WeeklyReturn.number)).where(
        WeeklyReturn.unit_id.in_({row.unit_id for row in rows}), WeeklyReturn.week_on.in_({row.week_on for row in rows})
    )
    found = {(unit, week): number for unit, week, number in db.session.execute(query.group_by("unit_id", "week_on"))}
    return {row.id: found[row.unit_id, row.week_on] for row in rows}


def lines_of(return_id: int) -> list[ReturnLine]:
    """All statements of a return, in order. Nobody is asked."""
    query = select(ReturnLine).where(ReturnLine.return_id == return_id)
    return list(db.session.scalars(query.order_by(ReturnLine.section, ReturnLine.place, ReturnLine.id)))


def parts_of(row: WeeklyReturn, actor: Actor) -> list[Part]:
    """The three sections, cut for a reader."""
    return parts_of_many([row], actor)[row.id]


def parts_of_many(rows: Sequence[WeeklyReturn], actor: Actor) -> dict[int, list[Part]]:
    """The sections of several returns, by their keys, each cut for a reader: in two statements, however many they are."""
    query = select(ReturnLine).where(ReturnLine.return_id.in_([row.id for row in rows]))
    lines = list(db.session.scalars(query.order_by(ReturnLine.section, ReturnLine.place, ReturnLine.id)))
    leads = leads_named(line.lead_id for line in lines if line.lead_id is not None)
    mine: dict[int, list[ReturnLine]] = {row.id: [] for row in rows}
    for line in lines:
        mine[line.return_id].append(line)
    return {row.id: _cut_all(row, mine[row.id], leads, actor) for row in rows}


def _cut_all(row: WeeklyReturn, lines: Iterable[ReturnLine], leads: Mapping[int, Lead], actor: Actor) -> list[Part]:
    said = {Section.PROGRESS: row.progress_text, Section.PROBLEMS: row.problems_text, Section.NEXT: row.next_text}
    parts = {section: Part(section, said[section], [], [], 0) for section in Section}
    for line in lines:
        part, cut_ = parts[Section(line.section)], cut(line, leads.get(line.lead_id or 0), actor)
        if cut_ is None:
            part.hidden += line.listed
        elif line.listed:
            part.lines.append(cut_)
        elif not cut_.masked:
            part.dropped.append(cut_)
    return list(parts.values())


def cut(line: ReturnLine, lead: Lead | None, actor: Actor) -> Line | None:
    """The one place where a statement is cut. None for what may not be read at all."""
    section = Section(line.section)
    if lead is None:
        return Line(line.id, section, line.place, text=line.text, listed=line.listed)
    stays = access.staying(lead)
    code = stays.code_name or line.code_name
    facts = LeadFacts(
        stays.owner_id, stays.registered_by_id, stays.following_unit_path, stays.signed, stays.sealed or line.sealed, stays.shares
    )
    stand = policy.towards_lead(actor, facts)
    source = Source(line.source)
    told = policy.can(stand, "lead", "read_detail") and (source is not Source.MATTER or policy.can(stand, "matter", "read"))
    if not told:
        there = code is not None and policy.can(stand, "lead", "read_card")
        return Line(line.id, section, line.place, masked=True, code=code) if there else None
    return Line(
        line.id, section, line.place, source=source, facts=line.facts, text=line.text, listed=line.listed, lead=stays.public_id,
        number=line.lead_number, name=line.lead_name, title=line.lead_title, code=code,
    )  # fmt: skip


def events_of(row: WeeklyReturn) -> list[ReturnEvent]:
    """What happened to a return, in order."""
    return list(db.session.scalars(select(ReturnEvent).where(ReturnEvent.return_id == row.id).order_by(ReturnEvent.id)))


def versions_of(row: WeeklyReturn, actor: Actor) -> list[WeeklyReturn]:
    """All versions of the unit's week that this person may read, the newest first."""
    query = select(WeeklyReturn).where(WeeklyReturn.unit_id == row.unit_id, WeeklyReturn.week_on == row.week_on)
    found = db.session.scalars(query.order_by(WeeklyReturn.number.desc()))
    return [one for one in found if policy.can(stands(actor, one), "weekly_return", "read")]
