"""Named reads of imports."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import func, select

from crm.core.db import db
from crm.core.errors import NotFound
from crm.exchange.models import Import, ImportRow
from crm.leads.queries import access
from crm.policy import rules as policy

# What is said of a record that is surely the same and may not be read.
MASKED = {"lead": None, "verdict": "same", "masked": True}


def visible_import(public_id: str, *, actor: policy.Actor) -> Import:
    """An import that this person started (or any, for the coordinator); NotFound otherwise."""
    found = db.session.scalar(select(Import).where(Import.public_id == public_id))
    if found is None or not policy.can(policy.towards_self(actor, found.started_by_id), "import", "read"):
        raise NotFound
    return found


def mine(actor: policy.Actor, *, limit: int = 50) -> list[Import]:
    """This person's imports, newest first."""
    query = select(Import).where(Import.started_by_id == actor.user_id)
    return list(db.session.scalars(query.order_by(Import.started_at.desc(), Import.id.desc()).limit(limit)))


def rows_of(import_id: int, *outcomes: str, page: int = 1, size: int = 100) -> list[ImportRow]:
    """One page of rows, by their number in the file; of some outcomes only, or of all."""
    query = select(ImportRow).where(ImportRow.import_id == import_id)
    if outcomes:
        query = query.where(ImportRow.outcome.in_(outcomes))
    return list(db.session.scalars(query.order_by(ImportRow.row).limit(size).offset((page - 1) * size)))


def all_rows(import_id: int) -> list[ImportRow]:
    """Every row, by its number in the file."""
    return list(db.session.scalars(select(ImportRow).where(ImportRow.import_id == import_id).order_by(ImportRow.row)))


def matches_of(rows: Iterable[ImportRow], actor: policy.Actor) -> dict[int, list[dict[str, Any]]]:
    """What the base had for each row when it was judged, by the row's number, as this person may read it today: a lead may have
    got a code name since.
    """
    rows = list(rows)
    hidden = access.names_hidden({m["lead"] for row in rows for m in row.matches if m.get("lead")}, actor)
    seen: dict[int, list[dict[str, Any]]] = {}
    for row in rows:
        cut = [MASKED if m["verdict"] == "same" and m.get("lead") in hidden else m for m in row.matches]
        seen[row.row] = [m for m in cut if m.get("lead") not in hidden]
    return seen


def same_of(row: ImportRow) -> dict[str, Any] | None:
    """What the row surely is, of what who had it judged may read; None: nothing."""
    return next((m for m in row.matches if m.get("company") and m["verdict"] == "same"), None)


def is_masked(row: ImportRow) -> bool:
    """Whether all that the row surely is was something that who had it judged may not read."""
    return same_of(row) is None and any(m.get("masked") for m in row.matches)


def counts(import_id: int) -> dict[str, int]:
    """How many rows there are of each outcome."""
    query = select(ImportRow.outcome, func.count()).where(ImportRow.import_id == import_id).group_by(ImportRow.outcome)
    return {outcome: int(number) for outcome, number in db.session.execute(query)}


def next_to_apply(import_id: int, *, limit: int) -> list[ImportRow]:
    """Rows that are to be written and are not yet, in their order."""
    query = select(ImportRow).where(
        ImportRow.import_id == import_id,
        ImportRow.applied_at.is_(None),
        ImportRow.outcome.in_(("ready", "warning", "duplicate")),
    )
    wanted = query.where((ImportRow.outcome != "duplicate") | ImportRow.decision.in_(("another_project", "second_report")))
    return list(db.session.scalars(wanted.order_by(ImportRow.row).limit(limit)))
