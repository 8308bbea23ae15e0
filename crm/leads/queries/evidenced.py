"""Since when a lead is evidenced: the earliest dated thing that somebody can show. Registering alone proves its own day."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import column, func, or_, select, table

from crm.claims.models import Claim, ClaimEvent
from crm.claims.queries import protection, windows
from crm.claims.rules.evidence import Weighed, weigh
from crm.core import clock
from crm.core.db import db, one_of
from crm.core.types import JSONType
from crm.files import queries as files
from crm.files.models import StoredFile
from crm.leads.models import Lead

# Imports lie above this room: their tables are named, not imported.
_ROWS = table("import_row", column("import_id"), column("lead_id"), column("values", JSONType))
_BATCHES = table("import_batch", column("id"), column("unit_id"))


class Basis(StrEnum):
    """What the earliest date rests on: the registration itself; first talks, of which a piece of evidence is there; progress that
    names the counterpart and carries proof; the date in the list that was imported.
    """

    REGISTERED = "registered"
    TALKS = "talks"
    PROGRESS = "progress"
    IMPORTED = "imported"


@dataclass(frozen=True, slots=True)
class Evidenced:
    """The earliest evidenced day of a lead, what it rests on, and how many pieces of evidence there are."""

    on: date
    basis: Basis
    pieces: int = 0


def evidenced_of(lead_ids: Iterable[int]) -> dict[int, Evidenced]:
    """The earliest evidenced day of leads, by four statements. The day on which a file was stored is never before the
    registration: a file proves first talks or progress, whose days are older.
    """
    ids = list(lead_ids)
    if not ids:
        return {}
    pieces = pieces_of(ids)
    proved = _by_lead(
        select(ClaimEvent.lead_id, func.min(ClaimEvent.on_date)).where(
            one_of(ClaimEvent.lead_id, ids), ClaimEvent.kind == "progress"
        ),
        ClaimEvent.lead_id,
    )
    told = _imported(ids)
    found = {}
    query = select(Lead.id, Lead.registered_at, Lead.first_talks_on).where(one_of(Lead.id, ids))
    for lead_id, registered_at, talks in db.session.execute(query):
        days = [(clock.city_day(registered_at), Basis.REGISTERED)]
        if talks is not None and pieces.get(lead_id):
            days.append((talks, Basis.TALKS))
        if lead_id in proved:
            days.append((proved[lead_id], Basis.PROGRESS))
        if lead_id in told:
            days.append((told[lead_id], Basis.IMPORTED))
        on, basis = min(days, key=lambda one: one[0])
        found[lead_id] = Evidenced(on, basis, pieces.get(lead_id, 0))
    return found


def pieces_of(lead_ids: Iterable[int]) -> dict[int, int]:
    """How many pieces of evidence leads have that the rules in force accept (an untyped one always); none is not said."""
    weights = protection.force_on(clock.today()).settings.weights()
    accepted = [one for one, weight in weights.items() if weight]
    query = select(StoredFile.lead_id, func.count()).where(one_of(StoredFile.lead_id, lead_ids), StoredFile.purpose == "evidence")
    typed = or_(StoredFile.evidence_type.is_(None), StoredFile.evidence_type.in_(accepted))
    return _by_lead(query.where(typed), StoredFile.lead_id)


def weighed(lead_id: int, on: date) -> Weighed:
    """What a lead's evidence weighs by the rules in force on a day."""
    return weigh(files.evidence_types(lead_id), protection.force_on(on).settings.weights())


def _by_lead(query: Any, lead_id: Any) -> dict[int, Any]:
    return {row[0]: row[1] for row in db.session.execute(query.group_by(lead_id))}


def _imported(ids: list[int]) -> dict[int, date]:
    """The first talks that stood in the list that brought a lead, as they were read: no edit makes them earlier."""
    query = select(_ROWS.c.lead_id, _ROWS.c["values"]).join(Lead, Lead.id == _ROWS.c.lead_id)
    query = query.where(one_of(_ROWS.c.lead_id, ids), _ROWS.c.import_id == Lead.import_id)
    found: dict[int, date] = {}
    for lead_id, values in db.session.execute(query):
        day = date.fromisoformat(values["first_talks"]) if values.get("first_talks") else None
        if day is not None:
            found[lead_id] = min(day, found.get(lead_id, day))
    return found


def brought_by(leads: Iterable[Lead]) -> dict[int, int]:
    """The unit that brought each lead: the one whose list it was imported with, else the one that registered it."""
    found = list(leads)
    batches = {lead.import_id for lead in found if lead.import_id is not None}
    rows = db.session.execute(select(_BATCHES.c.id, _BATCHES.c.unit_id).where(one_of(_BATCHES.c.id, batches))) if batches else ()
    unit_of: dict[int, int] = {row[0]: row[1] for row in rows}
    return {lead.id: unit_of.get(lead.import_id or 0, lead.registered_unit_id) for lead in found}


def earliest_first(claims: Iterable[Claim]) -> list[Claim]:
    """First reports in the order of their rank: by the evidenced day of their leads where one was granted in a go-live window
    (whose registrations say little), else by the moment from which they count.
    """
    found = sorted(claims, key=lambda claim: (claim.counts_from, claim.id))
    if len(found) < 2 or not windows.granted_in_one([claim.id for claim in found]):
        return found
    days = evidenced_of([claim.lead_id for claim in found])
    return sorted(found, key=lambda claim: (days[claim.lead_id].on, claim.counts_from, claim.id))
