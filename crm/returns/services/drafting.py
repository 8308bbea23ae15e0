"""Drafting: what the base says of the week is taken over; a person changes its words, order and choice, and adds to it."""

from collections.abc import Iterable
from datetime import date, datetime

from sqlalchemy import select

from crm.audit import services as audit
from crm.claims import queries as claims
from crm.core import clock
from crm.core.db import db, lock_key
from crm.leads.models import Lead
from crm.leads.queries import access
from crm.policy import rules as policy
from crm.policy.rules import Actor
from crm.returns.models import ReturnLine, WeeklyReturn
from crm.returns.queries import returns, statements
from crm.returns.rules import (
    BLANK,
    Edit,
    LeadUnknown,
    LineTooMany,
    NamesSealed,
    NewLine,
    NotOpen,
    Section,
    Source,
    Statement,
    Week,
    WeekNotOpen,
    due_of,
    names_in,
    open_weeks,
    settings,
)
from crm.returns.rules.states import EDITABLE
from crm.returns.services.holding import hold, note


def open_return(unit_public_id: str, first: date, *, actor: Actor, now: datetime) -> WeeklyReturn:
    """The unit's return of the week that begins on `first`: the one that is there, else a new draft out of what was entered in
    the week. Of two who draft it at once both get the same. Raises NotFound, WeekNotOpen.
    """
    unit = returns.check_opens(unit_public_id, actor)
    lock_key(f"return:{unit.id}:{first.isoformat()}")
    query = select(WeeklyReturn).where(WeeklyReturn.unit_id == unit.id, WeeklyReturn.week_on == first)
    there = db.session.scalars(query.order_by(WeeklyReturn.number.desc())).first()
    if there is not None:
        return there
    week = next((one for one in open_weeks(clock.city_day(now), settings()) if one.first == first), None)
    if week is None:
        raise WeekNotOpen
    return draft(unit.id, week, actor=actor, now=now)


def draft(unit_id: int, week: Week, *, actor: Actor, now: datetime, is_demo: bool = False) -> WeeklyReturn:
    """A new draft of a unit and week. The caller has asked the policy and holds the lock."""
    row = WeeklyReturn(
        unit_id=unit_id, week_on=week.first, due_on=due_of(week, claims.calendar(), settings()), rules_version=settings().version,
        opened_by_id=actor.user_id, opened_at=now, taken_at=now, saved_by_id=actor.user_id, saved_at=now, is_demo=is_demo,
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    db.session.refresh(row)
    taken = take_over(row)
    note(row, "opened", actor=actor, now=now, lines=taken)
    return row


def take_over(row: WeeklyReturn) -> int:
    """Add what the base says of the week and the return does not hold yet; how many statements that were."""
    there = returns.lines_of(row.id)
    known = {(line.section, line.source, line.source_id) for line in there}
    new = [one for one in statements.statements_of(row.unit.path, Week(row.week_on)) if one.key not in known]
    room = max(settings().lines_at_most - len(there), 0)
    row.left_out = len(new) - len(new[:room])
    leads = statements.leads_named(one.lead_id for one in new[:room])
    place = {section: max((line.place for line in there if line.section == section), default=0) for section in Section}
    for one in new[:room]:
        place[one.section] += 1
        db.session.add(_line(row, one, leads[one.lead_id], place[one.section]))
    db.session.flush()
    return len(new[:room])


def _line(row: WeeklyReturn, one: Statement, lead: Lead, place: int) -> ReturnLine:
    return ReturnLine(
        return_id=row.id, section=one.section, place=place, source=one.source, source_id=one.source_id, facts=one.facts,
        **_called(lead),
    )  # fmt: skip


def _called(lead: Lead) -> dict[str, object]:
    """What a line says of its lead, as it is called now."""
    return {
        "lead_id": lead.id, "lead_number": lead.number, "lead_name": lead.display_name, "lead_title": lead.title,
        "sealed": lead.sealed, "code_name": lead.code_name,
    }  # fmt: skip


def refresh(public_id: str, opened: int, *, actor: Actor, now: datetime) -> int:
    """Take over what was entered since; what a person changed or took out stays so. How many statements came. Raises NotOpen,
    StaleVersion.
    """
    row = hold(public_id, "edit", opened, actor)
    check_open(row)
    row.taken_at, row.saved_at, row.saved_by_id = now, now, actor.user_id
    taken = take_over(row)
    note(row, "refreshed", actor=actor, now=now, lines=taken)
    return taken


def check_open(row: WeeklyReturn) -> None:
    """Raise NotOpen unless the unit may change it."""
    if row.state not in EDITABLE:
        raise NotOpen


def save(public_id: str, opened: int, edit: Edit, *, actor: Actor, now: datetime) -> WeeklyReturn:
    """Take over what was typed. Lines that the person may not read stay as and where they are. Raises NotOpen, StaleVersion,
    LeadUnknown, LineTooMany, NamesSealed.
    """
    row = hold(public_id, "edit", opened, actor)
    check_open(row)
    rows = returns.lines_of(row.id)
    if len(rows) + len(edit.added) > settings().lines_at_most + 100:
        raise LineTooMany
    leads = statements.leads_named(line.lead_id for line in rows if line.lead_id is not None)
    cut = {line.id: returns.cut(line, leads.get(line.lead_id or 0), actor) for line in rows}
    mine = {line_id for line_id, one in cut.items() if one is not None and not one.masked}
    row.progress_text, row.problems_text, row.next_text = (edit.texts.get(section) or None for section in Section)
    for line in rows:
        typed = edit.lines.get(line.id)
        if line.id in mine and typed is not None:
            line.text = typed.text or (line.text if line.source == Source.TYPED else None)
            line.listed = typed.listed
    places = {line_id: one.place for line_id, one in edit.lines.items()}
    for section in Section:
        _reorder([line for line in rows if line.section == section], mine, places)
    for new in edit.added:
        rows.append(_added(row, new, rows, actor))
    _check_names(row, rows, actor)
    row.saved_at, row.saved_by_id = now, actor.user_id
    db.session.flush()
    facts = {"unit": row.unit_id, "week": row.week_on.isoformat(), "number": row.number, "added": len(edit.added)}
    audit.record("return.saved", subject=("weekly_return", row), facts=facts, actor=actor, now=now)
    return row


def _reorder(rows: list[ReturnLine], mine: set[int], places: dict[int, int]) -> None:
    """A person's lines change places among themselves; those that they may not read keep theirs."""
    slots = [place for place, line in enumerate(rows, 1) if line.id in mine]
    wanted = sorted((line for line in rows if line.id in mine), key=lambda line: places.get(line.id, BLANK))
    for place, line in enumerate(rows, 1):
        if line.id not in mine:
            line.place = place
    for place, line in zip(slots, wanted, strict=True):
        line.place = place


def _added(row: WeeklyReturn, new: NewLine, rows: Iterable[ReturnLine], actor: Actor) -> ReturnLine:
    lead = _lead(new.number, actor) if new.number else None
    last = max((line.place for line in rows if line.section == new.section), default=0)
    line = ReturnLine(
        return_id=row.id, section=new.section, place=last + 1, source=Source.TYPED, source_id=None, facts={}, text=new.text,
        listed=True, **(_called(lead) if lead is not None else {"sealed": False}),
    )  # fmt: skip
    db.session.add(line)
    db.session.flush()
    return line


def _lead(number: str, actor: Actor) -> Lead:
    """The lead of a typed number that this person may read."""
    found = db.session.scalar(select(Lead).where(Lead.number == number.strip().upper()))
    lead = access.staying(found) if found is not None else None
    if lead is None or not policy.can(policy.towards_lead(actor, lead), "lead", "read_detail"):
        raise LeadUnknown(number=number)
    return lead


def _check_names(row: WeeklyReturn, rows: Iterable[ReturnLine], actor: Actor) -> None:
    """What everybody reads may not name a lead that goes by a code name: that belongs into a line about the lead. Looked for are
    those whose names the writer may read: the answer tells them nothing new.
    """
    said: list[tuple[str, int | None]] = [(text, None) for text in (row.progress_text, row.problems_text, row.next_text) if text]
    said += [(line.text, line.lead_id) for line in rows if line.text and line.listed]
    for lead in statements.leads_named(access.sealed_ids()).values():
        if not policy.can(policy.towards_lead(actor, lead), "lead", "read_detail"):
            continue
        names = (lead.display_name, lead.number)
        if any(lead_id != lead.id and names_in(text, names) for text, lead_id in said):
            raise NamesSealed(called=lead.code_name)
