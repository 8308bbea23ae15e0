"""What the base says of a unit's leads in a week. What was entered late counts in the week of its entry: nothing is lost, nothing
is said twice.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import joinedload

from crm.core import clock
from crm.core.db import db, one_of
from crm.leads.models import Lead
from crm.leads.rules.lead import STAGES, Stage, Status
from crm.matters.models import Matter
from crm.matters.rules import MatterState
from crm.pipeline.models import Milestone, StageChange, StatusChange
from crm.pipeline.rules import LIVE
from crm.returns.rules import Section, Source, Statement, Week, in_order
from crm.tasks.models import NextStep
from crm.visits.models import Interaction


def statements_of(unit_path: str, week: Week) -> list[Statement]:
    """All of them in the order of a return, of leads that the unit or one below it follows today."""
    mine = Lead.following_unit_path.startswith(unit_path, autoescape=True) & Lead.merged_into_id.is_(None)
    since, until = clock.start_of(week.first), clock.start_of(week.first, days=7)
    found = [*_progress(mine, since, until), *_problems(mine, since, until), *_next(mine, week, since, until)]
    for one in found:
        if one.section is Section.PROGRESS and one.on < week.first:
            one.facts["late"] = True  # entered this week, of an earlier day
    rows = db.session.execute(select(Lead.id, Lead.stage).where(one_of(Lead.id, {one.lead_id for one in found})))
    farthest = sorted(((-STAGES.index(Stage(stage)), lead_id) for lead_id, stage in rows))
    return in_order(found, {lead_id: place for place, (_stage, lead_id) in enumerate(farthest)})


def _progress(mine: ColumnElement[bool], since: datetime, until: datetime) -> Iterable[Statement]:
    for said in _rows(Interaction, mine, Interaction.entered_at >= since, Interaction.entered_at < until):
        facts = {"how": said.kind, "on": said.on_date.isoformat(), "text": said.text}
        yield Statement(Section.PROGRESS, Source.INTERACTION, said.id, said.lead_id, said.on_date, facts)
    for move in _rows(StageChange, mine, StageChange.entered_at >= since, StageChange.entered_at < until):
        facts = {"from": move.from_stage, "to": move.to_stage, "on": move.on_date.isoformat()}
        yield Statement(Section.PROGRESS, Source.STAGE, move.id, move.lead_id, move.on_date, facts)
    entered = (Milestone.entered_at >= since, Milestone.entered_at < until, Milestone.state.in_(sorted(LIVE)))
    stones = _rows(Milestone, mine, *entered)
    mends = _said_before(stones, since)
    for stone in stones:
        facts = {"kind": stone.kind, "on": stone.on_date.isoformat(), "amount": stone.amount, "currency": stone.currency}
        facts |= {"mends": True} if stone.id in mends else {}
        yield Statement(Section.PROGRESS, Source.MILESTONE, stone.id, stone.lead_id, stone.on_date, facts)
    for change in _rows(StatusChange, mine, StatusChange.at >= since, StatusChange.at < until):
        on = clock.city_day(change.at)
        facts = {"to": change.to_status, "on": on.isoformat(), "reason": change.reason}
        yield Statement(Section.PROGRESS, Source.STATUS, change.id, change.lead_id, on, facts)
    logged = (mine, Lead.registered_at >= since, Lead.registered_at < until, Lead.origin != "import")
    for lead_id, at in db.session.execute(select(Lead.id, Lead.registered_at).where(*logged)):
        on = clock.city_day(at)
        yield Statement(Section.PROGRESS, Source.REGISTERED, lead_id, lead_id, on, {"on": on.isoformat()})


def _said_before(stones: list[Milestone], since: datetime) -> set[int]:
    """Those that stand in the place of one that was entered before the week: no news, but a correction."""
    wanted = {stone.replaces_id for stone in stones if stone.replaces_id is not None}
    query = select(Milestone.id).where(one_of(Milestone.id, wanted), Milestone.entered_at < since)
    older = set(db.session.scalars(query)) if wanted else set()
    return {stone.id for stone in stones if stone.replaces_id in older}


def _problems(mine: ColumnElement[bool], since: datetime, until: datetime) -> Iterable[Statement]:
    """Matters raised in the week, and older ones that nobody has settled."""
    waits = or_(Matter.raised_at >= since, Matter.state != MatterState.CLOSED)
    for row in _rows(Matter, mine, waits, Matter.raised_at < until):
        on = clock.city_day(row.raised_at)
        facts = {
            "text": row.text, "level": row.level, "on": on.isoformat(), "due": row.due_on.isoformat(),
        }  # fmt: skip
        yield Statement(Section.PROBLEMS, Source.MATTER, row.id, row.lead_id, on, facts)


def _next(mine: ColumnElement[bool], week: Week, since: datetime, until: datetime) -> Iterable[Statement]:
    """Steps that were noted in the week, and those due in the next one."""
    noted = and_(NextStep.created_at >= since, NextStep.created_at < until)
    due = and_(NextStep.due_on >= week.next.first, NextStep.due_on <= week.next.last)
    where = (NextStep.done_at.is_(None), or_(noted, due), Lead.status == Status.ACTIVE)
    for step in _rows(NextStep, mine, *where):
        on = step.due_on or clock.city_day(step.created_at)
        facts = {"text": step.text, "due": step.due_on.isoformat() if step.due_on else None}
        yield Statement(Section.NEXT, Source.STEP, step.id, step.lead_id, on, facts)


def _rows(table: Any, mine: ColumnElement[bool], *where: ColumnElement[bool]) -> list[Any]:
    query = select(table).join(Lead, Lead.id == table.lead_id).where(mine, *where).order_by(table.id)
    return list(db.session.scalars(query))


def leads_named(lead_ids: Iterable[int]) -> dict[int, Lead]:
    """Leads with their investors, by id."""
    query = select(Lead).where(one_of(Lead.id, set(lead_ids))).options(joinedload(Lead.investor))
    return {lead.id: lead for lead in db.session.scalars(query)}
