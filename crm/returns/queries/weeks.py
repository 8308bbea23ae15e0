"""Which unit owes what: the units of a week, the weeks of a unit, whom the nightly pass is to tell."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import exists, select

from crm.accounts import queries as accounts
from crm.claims import queries as claims
from crm.core import clock
from crm.core.db import db
from crm.policy import rules as policy
from crm.policy.rules import Actor
from crm.returns.models import ReturnLine, ReturnNotice, WeeklyReturn
from crm.returns.queries.returns import is_late, stands, towards
from crm.returns.rules import Section, State, Status, Week, due_of, last_due, open_weeks, settings, status_of
from crm.returns.rules.weeks import remind_from
from crm.units import queries as units
from crm.units.models import Unit


@dataclass(frozen=True, slots=True)
class Place:
    """A unit in a week. `row`: the newest version that this person may open; `correcting`: the unit is at a newer one. `late`: it
    was handed in late, or is not yet. `opens`: they may draft it.
    """

    unit: Unit
    week: Week
    due: date
    status: Status
    row: WeeklyReturn | None
    late: bool
    empty: bool
    correcting: bool
    opens: bool


def _place(unit: Unit, week: Week, rows: list[WeeklyReturn], blank: set[int], actor: Actor) -> Place:
    today, due = clock.today(), rows[0].due_on if rows else due_of(week, claims.calendar(), settings())
    handed = [row for row in rows if row.first_submitted_at is not None]
    shown = next((row for row in reversed(rows) if policy.can(stands(actor, row), "weekly_return", "read")), None)
    counts = handed[-1] if handed and rows[-1].state != State.RETURNED else rows[-1] if rows else None
    empty = counts is not None and counts.id in blank
    state = State(counts.state) if counts is not None else None
    status = status_of(state, due, today, handed_in=bool(handed), empty=empty)
    if status is Status.LATE and due_free(week):
        status = Status.NONE if state is None else Status.DRAFT
    opens = not rows and policy.can(towards(actor, unit.path), "weekly_return", "open")
    return Place(
        unit, week, due, status, shown, late=status is Status.LATE or (bool(handed) and is_late(rows[0], today)),
        empty=empty and bool(handed), correcting=len(rows) > 1 and rows[-1].state != State.CONFIRMED,
        opens=opens and week in open_weeks(today, settings()),
    )  # fmt: skip


def due_free(week: Week) -> bool:
    """Whether nothing is owed of a week: it lies before the first that counts."""
    return week.last < settings().valid_from


def _versions(week: Week | None = None, unit: Unit | None = None) -> dict[tuple[int, date], list[WeeklyReturn]]:
    query = select(WeeklyReturn).order_by(WeeklyReturn.number)
    if week is not None:
        query = query.where(WeeklyReturn.week_on == week.first)
    if unit is not None:
        query = query.where(WeeklyReturn.unit_id == unit.id)
    found: dict[tuple[int, date], list[WeeklyReturn]] = {}
    for row in db.session.scalars(query):
        found.setdefault((row.unit_id, row.week_on), []).append(row)
    return found


def _blank(rows: Iterable[WeeklyReturn]) -> set[int]:
    """Those under whose progress nothing stands."""
    ids = [row.id for row in rows if not row.progress_text]
    here = (ReturnLine.return_id == WeeklyReturn.id) & (ReturnLine.section == Section.PROGRESS) & ReturnLine.listed.is_(True)
    query = select(WeeklyReturn.id).where(WeeklyReturn.id.in_(ids), ~exists().where(here))
    return set(db.session.scalars(query)) if ids else set()


def areas_with_people() -> tuple[list[Unit], list[Unit]]:
    """The areas that owe returns, and those in which nobody could write one."""
    paths = [user.unit.path for user in accounts.workers()]
    areas = units.areas()
    staffed = [area for area in areas if any(path.startswith(area.path) for path in paths)]
    return staffed, [area for area in areas if area not in staffed]


@dataclass(frozen=True, slots=True)
class Board:
    """A week: its units, those without people, how many stand how."""

    week: Week
    due: date
    places: list[Place]
    unstaffed: list[Unit]

    @property
    def counts(self) -> dict[Status, int]:
        """How many units stand how; what nobody is, is not there."""
        found = {status: sum(place.status is status for place in self.places) for status in Status}
        return {status: count for status, count in found.items() if count}


def board_of(week: Week, actor: Actor) -> Board:
    """The units of a week that this person may know of: the city's people all of them, others their own."""
    versions = _versions(week=week)
    staffed, unstaffed = areas_with_people()
    known = {key[0] for key in versions}
    staffed += [area for area in unstaffed if area.id in known]
    mine = [area for area in staffed if policy.can(towards(actor, area.path), "weekly_return", "read")]
    blank = _blank(row for rows in versions.values() for row in rows)
    places = [_place(area, week, versions.get((area.id, week.first), []), blank, actor) for area in mine]
    city = [area for area in unstaffed if area.id not in known] if actor.city_wide else []
    return Board(week, due_of(week, claims.calendar(), settings()), places, city)


def own_areas(actor: Actor) -> list[Unit]:
    """The areas whose returns somebody writes."""
    return [area for area in units.areas() if policy.can(towards(actor, area.path), "weekly_return", "open")]


def weeks_of(unit: Unit, actor: Actor, *, limit: int = 26) -> list[Place]:
    """A unit's weeks, the newest first: those that may be drafted, and those that were."""
    versions = _versions(unit=unit)
    weeks = {week.first for week in open_weeks(clock.today(), settings())} | {on for _unit, on in versions}
    blank = _blank(row for rows in versions.values() for row in rows)
    return [_place(unit, Week(on), versions.get((unit.id, on), []), blank, actor) for on in sorted(weeks, reverse=True)[:limit]]


@dataclass(frozen=True, slots=True)
class Owes:
    """A unit that has not handed in a week, and who began to write it."""

    unit: Unit
    week: Week
    due: date
    writer_id: int | None


def owed(week: Week, kind: str) -> list[Owes]:
    """The units with people that have not handed in a week and were not told so yet (`kind`: soon, late)."""
    staffed, _nobody = areas_with_people()
    versions = _versions(week=week)
    query = select(ReturnNotice.unit_id).where(ReturnNotice.week_on == week.first, ReturnNotice.kind == kind)
    told, due = set(db.session.scalars(query)), due_of(week, claims.calendar(), settings())
    found = []
    for area in staffed:
        rows = versions.get((area.id, week.first), [])
        if area.id not in told and not any(row.first_submitted_at for row in rows):
            found.append(Owes(area, week, rows[0].due_on if rows else due, rows[0].opened_by_id if rows else None))
    return found


def to_tell(today: date) -> tuple[list[Owes], list[Owes]]:
    """Whom to remind tonight, and who is late since the newest day that is past."""
    calendar, rules = claims.calendar(), settings()
    soon: list[Owes] = []
    for week in open_weeks(today, rules):
        due = due_of(week, calendar, rules)
        if remind_from(due, calendar, rules) <= today <= due and not due_free(week):
            soon += owed(week, "soon")
    past = last_due(today, calendar, rules)
    return soon, owed(past, "late") if past is not None else []
