"""The lines, and what they say on a day."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from sqlalchemy import column, select, table
from sqlalchemy.orm import joinedload

from crm.core.db import db, one_of
from crm.core.errors import NotFound
from crm.credit.models import CreditLine
from crm.credit.rules import FULL, CreditSource, Indicator, Line, standing

# Leads lie above this room: the table is named, not imported.
_LEADS = table("lead", column("id"), column("following_unit_id"))


def shares(lead_id: int, indicator: Indicator, on: date) -> dict[int, int]:
    """The parts per 10,000 of each unit that is credited with an indicator of a lead on a day; of two that count in full each has
    10,000. Without lines the following unit has all.
    """
    return shares_of([lead_id], indicator, on).get(lead_id, {})


def shares_of(lead_ids: Iterable[int], indicator: Indicator, on: date) -> dict[int, dict[int, int]]:
    """The same for many leads, by two statements."""
    ids = list(lead_ids)
    found: dict[int, list[Line]] = defaultdict(list)
    for row in db.session.scalars(select(CreditLine).where(CreditLine.lead_id.in_(ids), CreditLine.indicator == indicator)):
        found[row.lead_id].append(as_line(row))
    bare = [lead_id for lead_id in ids if lead_id not in found]
    rows = db.session.execute(select(_LEADS.c.id, _LEADS.c.following_unit_id).where(_LEADS.c.id.in_(bare))) if bare else ()
    return {lead_id: standing(lines, on) for lead_id, lines in found.items()} | {lead: {unit: FULL} for lead, unit in rows}


def shares_on(asked: Iterable[tuple[int, date]], indicator: Indicator) -> dict[tuple[int, date], dict[int, int]]:
    """The same for many leads, each on days of its own, by two statements. What lies before the first line is asked of that
    line's day: a fact older than the registration is credited as the registration is.
    """
    wanted = set(asked)
    ids = sorted({lead_id for lead_id, _day in wanted})
    found: dict[int, list[Line]] = defaultdict(list)
    for row in db.session.scalars(select(CreditLine).where(one_of(CreditLine.lead_id, ids), CreditLine.indicator == indicator)):
        found[row.lead_id].append(as_line(row))
    bare = [lead_id for lead_id in ids if lead_id not in found]
    query = select(_LEADS.c.id, _LEADS.c.following_unit_id).where(one_of(_LEADS.c.id, bare))
    following = {row.id: row.following_unit_id for row in db.session.execute(query)} if bare else {}
    begins = {lead_id: min(line.valid_from for line in lines) for lead_id, lines in found.items()}
    return {
        (lead_id, day): standing(found[lead_id], max(day, begins[lead_id])) if lead_id in found else {following[lead_id]: FULL}
        for lead_id, day in wanted
    }


def lines_of(lead_id: int, indicator: Indicator | None = None) -> list[CreditLine]:
    """All lines of a lead, as they were written."""
    query = select(CreditLine).where(CreditLine.lead_id == lead_id).order_by(CreditLine.id)
    query = query.options(joinedload(CreditLine.by), joinedload(CreditLine.unit))
    return list(db.session.scalars(query.where(CreditLine.indicator == indicator) if indicator else query))


def line(public_id: str) -> CreditLine:
    """The line named in a URL; NotFound. The caller asks the lead's policy."""
    found = db.session.scalar(select(CreditLine).where(CreditLine.public_id == public_id))
    if found is None:
        raise NotFound
    return found


def written_with(line: CreditLine) -> list[CreditLine]:
    """The line and those that say the same of other indicators, written at the same moment; corrected ones left out."""
    gone = select(CreditLine.corrects_id).where(CreditLine.corrects_id.is_not(None))
    query = select(CreditLine).where(
        CreditLine.lead_id == line.lead_id, CreditLine.unit_id == line.unit_id, CreditLine.at == line.at,
        CreditLine.parts == line.parts, CreditLine.valid_from == line.valid_from, CreditLine.source == line.source,
    )  # fmt: skip
    return list(db.session.scalars(query.where(CreditLine.id.not_in(gone)).order_by(CreditLine.id)))


def as_line(row: CreditLine) -> Line:
    """A row as the rules know it."""
    return Line(row.id, row.unit_id, row.parts, row.valid_from, row.corrects_id, row.ref, CreditSource(row.source))
