"""What an undo left as it was because people had changed it since: told by field and by row, cut to what the reader may see."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from crm.core.db import db
from crm.leads.models import Lead
from crm.leads.queries import access
from crm.merging.models import Merge, MergeLine
from crm.merging.queries.groups import Group, table_of, typed
from crm.merging.rules import FIELDS, FOLLOWING
from crm.policy import rules as policy
from crm.policy.rules import Actor


@dataclass(frozen=True, slots=True)
class LeftOver:
    """One thing that was left: a field of the record that stays, with its values before the merge and now, or a row of another
    table. `lead` is where it is, for a reader who may open it.
    """

    table: str
    field: str = ""
    was: tuple[Any, ...] = ()
    now: tuple[Any, ...] = ()
    lead: Lead | None = None


def left_of(merge: Merge, found: Group, lines: list[MergeLine], actor: Actor) -> list[LeftOver]:
    """Everything that was left, a field of several columns once."""
    left = [line for line in lines if line.outcome == "left"]
    own = {line.column_name: line for line in left if (line.table_name, line.row_id) == (merge.kind, merge.keep_id)}
    shown = [_field(name, columns, own, found, actor) for name, columns in FIELDS[merge.kind].items() if own.keys() & {*columns}]
    rest = {(line.table_name, line.row_id) for line in left if line not in own.values()}
    if own.keys() - {column for columns in FIELDS[merge.kind].values() for column in columns}:
        rest.add((merge.kind, merge.keep_id))
    differs = [one for one in shown if not one.now or one.was != one.now]
    return differs + [LeftOver(table, lead=_lead(table, row_id, actor)) for table, row_id in sorted(rest)]


def _field(name: str, columns: tuple[str, ...], own: dict[str, MergeLine], found: Group, actor: Actor) -> LeftOver:
    reads = [one for one in found.leads if policy.can(policy.towards_lead(actor, one), "lead", "read_detail")]
    here = [one for one in reads if one.id in (found.keep.id, getattr(found.keep, "lead_id", None))]
    if not (here if found.kind != "company" else _reads_company(found, actor)):
        return LeftOver(found.kind, name)
    table = table_of(found.kind)
    now = tuple(getattr(found.keep, column) for column in columns)
    was = tuple(
        typed(table, column, own[column].old) if column in own and column not in FOLLOWING else value
        for column, value in zip(columns, now, strict=True)
    )
    return LeftOver(found.kind, name, was, now, next(iter(here), None))


def _reads_company(found: Group, actor: Actor) -> bool:
    """A company's names are read by whoever reads one of its leads, and by those who read all."""
    if policy.can(policy.of_role(actor), "merge", "decide_across"):
        return True
    mine = [lead for lead in found.leads if lead.investor_id == found.keep.id]
    return any(policy.can(policy.towards_lead(actor, lead), "lead", "read_names") for lead in mine)


def _lead(table: str, row_id: int, actor: Actor) -> Lead | None:
    """The lead that a row is about today."""
    rows = table_of(table)
    column = rows.c.id if table == "lead" else rows.c.get("lead_id")
    lead_id = None if column is None else db.session.scalar(select(column).where(rows.c.id == row_id))
    found = db.session.get(Lead, lead_id) if lead_id is not None else None
    if found is None:
        return None
    lead = access.staying(found)
    return lead if policy.can(policy.towards_lead(actor, lead), "lead", "read_detail") else None
