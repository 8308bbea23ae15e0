"""撤销归并: exactly what the journal names and nobody changed since goes back; the rest stays and is listed.

Merges may be undone in any order. Where a later merge of a chain (A into B, B into C) wrote the same value, a row that belonged
to A goes back to A and the later journal forgets it; a value of the record that stays, overwritten again by a later merge into
it, is handed on to that journal. `version` only ever goes up: a form that was opened between merge and undo must not be taken
for a fresh one.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import Table, select
from sqlalchemy.exc import IntegrityError

from crm.audit import services as audit
from crm.companies import queries as companies
from crm.companies import services as company_services
from crm.companies.rules import returns
from crm.core.db import db
from crm.leads.models import Lead
from crm.leads.queries import access
from crm.leads.queries.listing import LEAD
from crm.leads.rules.lead import LeadDisputed
from crm.leads.services.notes import index_lead
from crm.matching import services as matching
from crm.merging import queries
from crm.merging.models import Merge, MergeLine
from crm.merging.queries import Group
from crm.merging.rules import FOLLOWING, RELATIONS, TOGETHER, AlreadyUndone, Left, PlaceTaken, UndoLaterFirst, UndoResult
from crm.merging.services import followers
from crm.merging.services.begin import tell
from crm.merging.services.journal import row_now, write
from crm.pipeline import services as pipeline
from crm.policy.rules import Actor

# Values that follow from others: worked out anew where they were changed since, and never a reason to leave a row.
_EXPECTED = ("expected_kind", "expected_on", "expected_slip", "expected_moves")
DERIVED = frozenset(("lead", name) for name in ("search_text", "sort_key", "touched_at", *_EXPECTED))
_Later = dict[tuple[str, int, str], list[MergeLine]]


def undo_merge(merge_public_id: str, *, actor: Actor, now: datetime) -> UndoResult:
    """Take a merge back. Raises NotFound, Forbidden, CoordinatorDecides, AlreadyUndone, LeadDisputed, and UndoLaterFirst when a
    later merge has taken what this one wrote beyond reach. Rooms that follow merges are told.
    """
    followers.lock_all()
    company_services.hold_groups()
    merge, found = queries.visible_merge(merge_public_id, actor=actor, lock=True)
    queries.require_decision(found, actor, undo=True)
    if merge.undone_at is not None:
        raise AlreadyUndone
    if merge.kind == "lead" and access.staying(found.keep).disputed_on is not None:
        raise LeadDisputed
    between = queries.contacts_joined_since(merge) if merge.kind == "lead" else []
    for one in between:  # contacts are one within a lead: where each is with a lead of its own again, they are two
        _take_back(one, queries.group_of(one, lock=True), actor, now)
    moved, left = _take_back(merge, found, actor, now)
    return UndoResult(moved, left, len(between))


def _take_back(merge: Merge, found: Group, actor: Actor, now: datetime) -> tuple[int, tuple[Left, ...]]:
    """Write back what may go back, and tell; how many values went back, and what was left."""
    lines = [line for line in queries.lines_of(merge) if line.outcome is None]
    later = queries.later_lines(merge, {(line.table_name, line.row_id) for line in lines})
    db.session.flush()
    left: list[Left] = []
    texts: dict[int, str | None] = {}
    for group in _by_row(lines):
        left += _row_back(group, merge, later, texts)
    moved = sum(line.went_back for line in lines)
    merge.undone_at, merge.undone_by_id = now, actor.user_id
    db.session.flush()
    db.session.expire_all()
    if merge.kind == "company" and not later:  # in a chain that is half undone, who is whose parent is not settled yet
        _open_loops(found, actor, now)
    _index(merge, found, texts)
    _tell(merge, found, moved, len(left), actor, now)
    db.session.flush()
    followers.tell_undone(merge, actor, now)
    return moved, tuple(left)


def _open_loops(found: Group, actor: Actor, now: datetime) -> None:
    """Who was put above whom while two were one may close a loop now that they are two: it is opened below the one that
    comes back.
    """
    if all(company.parent_id is None for company in found.members):
        return
    parents = companies.parents_above(company.id for company in found.members)
    for company in (*found.losers, found.keep):
        if company.merged_into_id is None and returns(company.id, parents):
            company_services.set_parent(company, None, "unmerged", actor=actor, now=now)
            parents[company.id] = None


def _by_row(lines: list[MergeLine]) -> list[list[MergeLine]]:
    """The lines of each row together, the row that was written last first."""
    rows: dict[tuple[str, int], list[MergeLine]] = {}
    for line in lines:
        rows.setdefault((line.table_name, line.row_id), []).append(line)
    return list(rows.values())[::-1]


def _row_back(lines: list[MergeLine], merge: Merge, later: _Later, texts: dict[int, str | None]) -> list[Left]:
    """Take back what the merge wrote in one row."""
    table, row_id = queries.table_of(lines[0].table_name), lines[0].row_id
    now = row_now(table, row_id)
    if lines[0].column_name == "":
        return _take_out(lines[0], table, now, later)
    if now is None:
        return _leave(lines, None)
    own = table.name == merge.kind and row_id == merge.keep_id
    also = [] if own or not _was_moved(lines, merge) else _written_later(lines, merge, later)
    touched = _touched(lines, now, later, merge.kind if own else "")
    changed = touched or [line for line in also if now[line.column_name] != _expected(line, later)]
    if changed and not own:  # a row goes back whole or not at all: half a pair or half a project would be nobody's
        return _leave(lines, now)
    values = _values_back([line for line in lines if line not in touched], table, now, later, texts, own)
    for line in also:
        values[line.column_name] = queries.typed(table, line.column_name, line.old)
        for over in later[_cell(line)]:
            over.outcome = "over"
    _write_back(table, row_id, values, bool(later))
    return _leave(touched, now)


def _is_touched(line: MergeLine, now: dict[str, Any], later: _Later) -> bool:
    """Whether a person changed the value since; one that is as it was before is none to bring back."""
    return now[line.column_name] not in (_expected(line, later), line.old) and not _is_derived(line)


def _touched(lines: list[MergeLine], now: dict[str, Any], later: _Later, kind: str) -> list[MergeLine]:
    """What people changed since. In the record that stays, the columns of a field share one fate: half a sum would be none."""
    whole: set[str] = set()
    left: set[str] = set()
    for columns in TOGETHER.get(kind, ()):
        mine = [line for line in lines if line.column_name in columns and line.column_name not in FOLLOWING]
        if not mine:
            continue
        after = all(now[line.column_name] == _expected(line, later) for line in mine)
        before = all(now[line.column_name] == line.old for line in mine)
        (whole if after or before else left).update(columns)
    return [
        line for line in lines
        if line.column_name in left or (line.column_name not in whole and _is_touched(line, now, later))
    ]  # fmt: skip


def _is_derived(line: MergeLine) -> bool:
    return (line.table_name, line.column_name) in DERIVED


def _cell(line: MergeLine) -> tuple[str, int, str]:
    return (line.table_name, line.row_id, line.column_name)


def _expected(line: MergeLine, later: _Later) -> Any:
    """What the cell holds if nobody but merges wrote to it."""
    return later[_cell(line)][-1].new if _cell(line) in later else line.new


def _was_moved(lines: list[MergeLine], merge: Merge) -> bool:
    """Whether the merge gave the row to the record that stays (and did not only change something in it)."""
    pointers = {(relation.table, relation.column) for relation in RELATIONS[merge.kind]}
    return any((line.table_name, line.column_name) in pointers for line in lines)


def _written_later(lines: list[MergeLine], merge: Merge, later: _Later) -> list[MergeLine]:
    """What later merges of the same kind wrote in other columns of a row that leaves them now: the first line of each such
    column.
    """
    mine, row = {line.column_name for line in lines}, (lines[0].table_name, lines[0].row_id)
    alike = queries.merges_alike(merge)
    return [
        many[0]
        for (table, row_id, column), many in later.items()
        if (table, row_id) == row and column not in mine and (table, column) not in DERIVED and many[0].merge_id in alike
    ]


def _values_back(
    lines: list[MergeLine], table: Table, now: dict[str, Any], later: _Later, texts: dict[int, str | None], own: bool
) -> dict[str, Any]:
    """The old values to write into a row."""
    values: dict[str, Any] = {}
    for line in lines:
        line.outcome = "back"
        after = later.get(_cell(line), [])
        if line.column_name == "search_text":
            texts[line.row_id] = line.old if now["search_text"] == line.new and not after else None
        elif after and own:
            after[0].old = line.old
        elif now[line.column_name] == _expected(line, later) or line.column_name in FOLLOWING:
            values[line.column_name] = queries.typed(table, line.column_name, line.old)
            for over in after:
                over.outcome = "over"
    return values


def _write_back(table: Table, row_id: int, values: dict[str, Any], chained: bool) -> None:
    if not values:
        return
    db.session.flush()
    try:
        write(table, [row_id], values)
    except IntegrityError as error:  # the place is taken: by a later merge, or by what people did since
        raise (UndoLaterFirst if chained else PlaceTaken) from error


def _take_out(line: MergeLine, table: Table, now: dict[str, Any] | None, later: _Later) -> list[Left]:
    """A row that the merge added goes, unless somebody has changed it; a later merge may have carried it on."""
    if now is None:
        return _leave([line], None)
    here = (table.name, line.row_id)
    carried = [found for (name, row_id, _column), many in later.items() for found in many if (name, row_id) == here]
    expected = dict(line.new)
    for over in carried:
        expected[over.column_name] = over.new
    if {**now, "version": 0} != {**expected, "version": 0}:
        return _leave([line], now)
    for over in carried:
        over.outcome = "over"
    db.session.flush()
    db.session.execute(table.delete().where(table.c.id == line.row_id))
    line.outcome = "back"
    return []


def _leave(lines: list[MergeLine], now: dict[str, Any] | None) -> list[Left]:
    left = []
    for line in lines:
        line.outcome = "left"
        value = None if now is None else now.get(line.column_name)
        left.append(Left(line.table_name, line.row_id, line.column_name, line.old, value))
    return left


def _index(merge: Merge, found: Group, texts: dict[int, str | None]) -> None:
    """Those that came back are hits again; where the names are now, and whose leads they are, the index says."""
    if merge.kind == "company":
        firms = dict.fromkeys(companies.staying(company) for company in found.members)
        for company in firms:
            company_services.reindex(company)
        texts |= dict.fromkeys(_unwritten(merge, [company.id for company in firms]))
    leads = {lead_id: db.session.get(Lead, lead_id) for lead_id in texts}
    if merge.kind == "lead":
        leads |= {lead.id: lead for lead in (*found.members, access.staying(found.keep))}
    for lead_id, lead in sorted(leads.items()):
        if lead is None:
            continue
        text = texts.get(lead_id, lead.search_text if lead in found.losers else None)
        _index_lead(lead, text)
        pipeline.note_expected(lead)
        if lead.merged_into_id is not None:  # merged away since: its text is for the day when that is undone
            db.session.flush()
            matching.drop_subject(LEAD, lead.id)
    if merge.kind == "company":
        _sort(found)


def _unwritten(merge: Merge, company_ids: list[int]) -> list[int]:
    """The leads of these companies of whose text the merge says nothing: they came since, and have the names of two firms."""
    said = select(MergeLine.row_id).where(
        MergeLine.merge_id == merge.id, MergeLine.table_name == "lead", MergeLine.column_name == "search_text"
    )
    return list(db.session.scalars(select(Lead.id).where(Lead.investor_id.in_(company_ids), Lead.id.not_in(said))))


def _index_lead(lead: Lead, text: str | None) -> None:
    """By the text that it was found by before, or by what it is called now."""
    if text is None:
        index_lead(lead)
    else:
        lead.search_text = text
        matching.index_search_text(LEAD, lead.id, text)


def _sort(found: Group) -> None:
    """Leads are sorted under the name of the company that they are with."""
    for company in dict.fromkeys(companies.staying(company) for company in found.members):
        query = select(Lead).where(Lead.investor_id == company.id, Lead.sort_key != company.sort_key[:400])
        for lead in db.session.scalars(query):
            lead.sort_key = company.sort_key[:400]


def _tell(merge: Merge, found: Group, moved: int, left: int, actor: Actor, now: datetime) -> None:
    facts = {"merge": merge.public_id, "moved": moved, "left": left}
    for record in found.members:
        if merge.kind == "company":
            audit.record("company.unmerged", subject=("company", record), facts=facts, actor=actor, now=now)
        elif merge.kind == "lead":
            audit.record("lead.unmerged", subject=("lead", record), facts=facts, actor=actor, now=now)
        else:
            audit.record("contact.unmerged", subject=("contact", record), facts=facts, actor=actor, now=now)
    tell(merge, found, "merge.undone", actor=actor, now=now)
