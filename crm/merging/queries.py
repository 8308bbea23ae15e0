"""Named reads of merges: the group of records, the comparison, the preview, what was merged into a record."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Table, func, or_, select

from crm.claims.models import Claim
from crm.companies.models import Company, Contact
from crm.core.db import Base, db
from crm.core.errors import NotFound
from crm.leads.models import Lead
from crm.leads.queries import access
from crm.merging.models import Merge, MergeLine
from crm.merging.rules import (
    FIELDS,
    RELATIONS,
    AlreadyMerged,
    Candidate,
    Choice,
    CoordinatorDecides,
    OtherInvestor,
    OtherLead,
    check_group,
    differing,
    suggest,
)
from crm.policy import rules as policy
from crm.policy.rules import Actor

MODELS: dict[str, Any] = {"company": Company, "lead": Lead, "contact": Contact}
# Names of columns that say whose a row is.
POINTERS = {relation.column for relations in RELATIONS.values() for relation in relations}
Record = Any  # a Company, Lead or Contact: what the kind says


def table_of(name: str) -> Table:
    """A table by its name."""
    return Base.metadata.tables[name]


@dataclass(frozen=True, slots=True)
class Group:
    """Records that are to become one: the first stays. `leads` are the leads concerned: they say who decides."""

    kind: str
    keep: Record
    losers: tuple[Record, ...]
    leads: tuple[Lead, ...]

    @property
    def members(self) -> tuple[Record, ...]:
        """All of them, the one that stays first."""
        return (self.keep, *self.losers)

    @property
    def units(self) -> list[int]:
        """The units whose leads are concerned, in the order of their numbers."""
        return sorted({lead.following_unit_id for lead in self.leads})

    @property
    def across(self) -> bool:
        """Whether the coordinator decides: leads of several units, or none at all."""
        return len(self.units) != 1


def group(kind: str, keep: str, lose: Sequence[str], *, actor: Actor, lock: bool = False) -> Group:
    """The records named, as `actor` may see them; with `lock` locked until the transaction ends, always in the same order.

    Raises TooMany, NotFound for what is not there or not theirs to see, AlreadyMerged when one was merged away.
    """
    check_group(keep, lose)
    model = MODELS[kind]
    query = select(model).where(model.public_id.in_([keep, *lose])).order_by(model.id)
    if lock:
        query = query.with_for_update(of=model).execution_options(populate_existing=True)
    found = {record.public_id: record for record in db.session.scalars(query)}
    if len(found) != len(lose) + 1:
        raise NotFound
    records = [found[public_id] for public_id in (keep, *lose)]
    leads = _leads_of(kind, [record.id for record in records], records, lock)
    _check_seen(kind, records, leads, actor)
    for record in records:
        if record.merged_into_id is not None:
            merge = merge_of(kind, record.id)
            raise AlreadyMerged(merge=merge.public_id if merge else "")
    return Group(kind, records[0], tuple(records[1:]), tuple(leads))


def _leads_of(kind: str, ids: list[int], records: list[Record], lock: bool) -> list[Lead]:
    where = {
        "company": Lead.investor_id.in_(ids),
        "lead": Lead.id.in_(ids),
        "contact": Lead.id.in_([getattr(record, "lead_id", None) for record in records]),
    }[kind]
    query = select(Lead).where(where, Lead.merged_into_id.is_(None)).order_by(Lead.id)
    if lock:
        query = query.with_for_update(of=Lead).execution_options(populate_existing=True)
    return list(db.session.scalars(query))


def _check_seen(kind: str, records: list[Record], leads: list[Lead], actor: Actor) -> None:
    """NotFound when one of the records is none that this person may see: a company is seen through its leads."""
    if kind != "company":
        for lead in records if kind == "lead" else leads:
            policy.require(policy.towards_lead(actor, lead), "lead", "read_detail", seen_by="none")
        if kind == "contact" and not leads:
            raise NotFound
        return
    policy.require(policy.of_role(actor), "company", "read", seen_by="none")
    for company in records:
        mine = [lead for lead in leads if lead.investor_id == company.id]
        if mine and not any(policy.can(policy.towards_lead(actor, lead), "lead", "read_names") for lead in mine):
            raise NotFound


def require_decision(found: Group, actor: Actor, *, undo: bool = False) -> None:
    """Raise unless this person decides: the manager of the one unit concerned, or the coordinator. CoordinatorDecides when it is
    the coordinator's to decide.
    """
    if found.across:
        if not policy.can(policy.of_role(actor), "merge", "decide_across"):
            raise CoordinatorDecides
        return
    for lead in found.leads:
        standing = policy.towards_lead(actor, lead)
        if undo:
            policy.require(standing, "merge", "undo", seen_by="do")
        else:
            policy.require(standing, "merge", "decide", seen_by="do")


def check_one(found: Group) -> None:
    """Raise OtherInvestor for leads of two investors, OtherLead for contacts of two leads: they are no duplicates."""
    if found.kind == "lead" and len({lead.investor_id for lead in found.members if lead.investor_id is not None}) > 1:
        raise OtherInvestor
    if found.kind == "contact" and len({contact.lead_id for contact in found.members}) > 1:
        raise OtherLead


def investors_of(found: Group) -> list[str]:
    """The companies behind leads."""
    ids = {lead.investor_id for lead in found.leads if lead.investor_id is not None}
    return list(db.session.scalars(select(Company.public_id).where(Company.id.in_(ids)).order_by(Company.id)))


@dataclass(frozen=True, slots=True)
class Row:
    """One field of the comparison: each record's value, whose is taken, and what is suggested and why."""

    field: str
    candidates: tuple[Candidate, ...]
    suggested: Choice
    chosen: str
    differs: bool


def comparison(found: Group, choices: dict[str, str]) -> list[Row]:
    """All fields that hold anything, with what was chosen or else is suggested."""
    return compared(found.kind, found.members, choices)


def compared(kind: str, members: Sequence[Record], choices: dict[str, str]) -> list[Row]:
    """The same for records that somebody may see, the one that stays first."""
    rows = []
    for name, columns in FIELDS[kind].items():
        candidates = tuple(
            Candidate(record.public_id, tuple(getattr(record, column) for column in columns)) for record in members
        )
        if not any(candidate.filled for candidate in candidates):
            continue
        suggested = suggest(name, candidates)
        rows.append(Row(name, candidates, suggested, choices.get(name, suggested.public_id), differing(name, candidates)))
    return rows


@dataclass(slots=True)
class Preview:
    """What a merge would do: how much moves from each relation, which first reports stay, whose leads are concerned."""

    moves: dict[str, int] = field(default_factory=dict)
    claims: list[tuple[Claim, bool]] = field(default_factory=list)
    units: list[int] = field(default_factory=list)
    loses_sight: list[int] = field(default_factory=list)
    gains_sight: list[int] = field(default_factory=list)
    across: bool = False


def preview(found: Group) -> Preview:
    """The effect, counted; nothing is written."""
    ids = [record.id for record in found.losers]
    moves: dict[str, int] = {}
    for relation in RELATIONS[found.kind]:
        table = table_of(relation.table)
        number = db.session.scalar(select(func.count()).select_from(table).where(table.c[relation.column].in_(ids))) or 0
        if number:
            moves[relation.table] = moves.get(relation.table, 0) + number
    claims = _claims(found)
    stays = found.keep.following_unit_id if found.kind == "lead" else None
    others = sorted({lead.following_unit_id for lead in found.losers if not _in_one_line(lead, found.keep)}) if stays else []
    return Preview(moves, claims, found.units, others, [stays] if stays is not None and others else [], found.across)


def _in_one_line(lead: Lead, keep: Lead) -> bool:
    """Whether the units of two leads stand above one another, or are one: they read each other's leads."""
    one, other = lead.following_unit_path, keep.following_unit_path
    return one.startswith(other) or other.startswith(one)


def _claims(found: Group) -> list[tuple[Claim, bool]]:
    """The live first reports concerned, and which stay: of companies all, of leads the earliest."""
    query = select(Claim).where(Claim.lead_id.in_([lead.id for lead in found.leads]), Claim.state == "live")
    live = list(db.session.scalars(query.order_by(Claim.counts_from, Claim.id)))
    return [(claim, found.kind != "lead" or place == 0) for place, claim in enumerate(live)]


def merge_of(kind: str, record_id: int) -> Merge | None:
    """The merge that took a record away, if it is in force."""
    line = (MergeLine.table_name == kind) & (MergeLine.row_id == record_id) & (MergeLine.column_name == "merged_into_id")
    query = select(Merge).join(MergeLine, MergeLine.merge_id == Merge.id).where(line, Merge.undone_at.is_(None))
    return db.session.scalar(query.order_by(Merge.id.desc()).limit(1))


def merges_about(lead: Lead) -> list[Merge]:
    """The merges in force that a lead's page tells of: into the lead, and into its investor; newest first."""
    here: ColumnElement[bool] = (Merge.kind == "lead") & (Merge.keep_id == lead.id)
    if lead.investor_id is not None:
        here = or_(here, (Merge.kind == "company") & (Merge.keep_id == lead.investor_id))
    return list(db.session.scalars(select(Merge).where(here, Merge.undone_at.is_(None)).order_by(Merge.id.desc()).limit(20)))


def records_of(merge: Merge) -> list[Record]:
    """The records of a merge, the one that stayed first; what is no longer there is left out."""
    found = [db.session.get(MODELS[merge.kind], record_id) for record_id in (merge.keep_id, *merge.lose_ids)]
    return [record for record in found if record is not None]


def group_of(merge: Merge, *, lock: bool = False) -> Group:
    """The records of a merge and the leads that its undo would concern. NotFound when the records are gone."""
    model = MODELS[merge.kind]
    ids = [merge.keep_id, *merge.lose_ids]
    query = select(model).where(model.id.in_(ids)).order_by(model.id)
    if lock:
        query = query.with_for_update(of=model).execution_options(populate_existing=True)
    records = {record.id: record for record in db.session.scalars(query)}
    if len(records) != len(ids):
        raise NotFound
    keep = records[merge.keep_id]
    return Group(merge.kind, keep, tuple(records[i] for i in merge.lose_ids), tuple(_concerned(merge, keep, records, lock)))


def _concerned(merge: Merge, keep: Record, records: dict[int, Record], lock: bool) -> list[Lead]:
    """The leads whose units an undo concerns: those of the records now, and of the record that a chain led to."""
    if merge.kind == "company":
        last = keep
        while last.merged_into_id is not None:
            last = db.session.get_one(Company, last.merged_into_id)
        where: ColumnElement[bool] = Lead.investor_id.in_([*records, last.id]) & Lead.merged_into_id.is_(None)
    elif merge.kind == "lead":
        where = Lead.id.in_([*records, access.staying(keep).id])
    else:
        where = Lead.id.in_([record.lead_id for record in records.values()])
    query = select(Lead).where(where).order_by(Lead.id)
    if lock:
        query = query.with_for_update(of=Lead).execution_options(populate_existing=True)
    return list(db.session.scalars(query))


def visible_merge(public_id: str, *, actor: Actor, lock: bool = False) -> tuple[Merge, Group]:
    """A merge and its records, for those who may see one of the leads concerned; NotFound otherwise."""
    query = select(Merge).where(Merge.public_id == public_id)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    merge = db.session.scalar(query)
    if merge is None:
        raise NotFound
    found = group_of(merge, lock=lock)
    seen = policy.can(policy.of_role(actor), "merge", "decide_across") or any(
        policy.can(policy.towards_lead(actor, lead), "merge", "do") for lead in found.leads
    )
    if not seen:
        raise NotFound
    return merge, found


def readable_leads(found: Group, actor: Actor) -> list[Lead]:
    """The leads concerned that this person may read, the earliest first."""
    mine = [lead for lead in found.leads if policy.can(policy.towards_lead(actor, lead), "lead", "read_detail")]
    return sorted(mine, key=lambda lead: (lead.registered_at, lead.id))


def lines_of(merge: Merge) -> list[MergeLine]:
    """A merge's journal in the order in which it was written."""
    return list(db.session.scalars(select(MergeLine).where(MergeLine.merge_id == merge.id).order_by(MergeLine.id)))


def later_lines(merge: Merge, rows: set[tuple[str, int]]) -> dict[tuple[str, int, str], list[MergeLine]]:
    """What later merges in force wrote to the same rows, by cell, in order."""
    found: dict[tuple[str, int, str], list[MergeLine]] = {}
    tables = {table for table, _row in rows}
    for table in sorted(tables):
        ids = sorted(row for name, row in rows if name == table)
        for start in range(0, len(ids), 500):
            here = (MergeLine.table_name == table) & MergeLine.row_id.in_(ids[start : start + 500])
            query = (
                select(MergeLine)
                .join(Merge, Merge.id == MergeLine.merge_id)
                .where(here, MergeLine.merge_id > merge.id, Merge.undone_at.is_(None), MergeLine.outcome.is_(None))
                .order_by(MergeLine.id)
            )
            for line in db.session.scalars(query):
                found.setdefault((line.table_name, line.row_id, line.column_name), []).append(line)
    return found


def merges_alike(merge: Merge) -> set[int]:
    """Later merges of the same kind that are in force."""
    query = select(Merge.id).where(Merge.kind == merge.kind, Merge.id > merge.id, Merge.undone_at.is_(None))
    return set(db.session.scalars(query))


_OLDEST: dict[str, tuple[Any, ...]] = {
    "company": (Company.created_at, Company.id),
    "lead": (Lead.registered_at, Lead.id),
    "contact": (Contact.added_at, Contact.id),
}


def oldest_first(kind: str, public_ids: Sequence[str]) -> list[str]:
    """Ticked rows in the order in which one of them is suggested to stay: the one that was there first. Who may see them is asked
    where they are compared; NotFound when one is not there.
    """
    model = MODELS[kind]
    found = list(db.session.scalars(select(model.public_id).where(model.public_id.in_(public_ids)).order_by(*_OLDEST[kind])))
    if len(found) != len(public_ids):
        raise NotFound
    return found


def leads_by_number(numbers: Sequence[str], *, actor: Actor) -> list[Lead]:
    """Leads by their numbers as typed, those this person may read; NotFound when one is not there or not theirs."""
    found = []
    for number in numbers:
        lead = db.session.scalar(select(Lead).where(Lead.number == number))
        if lead is None:
            raise NotFound
        lead = access.staying(lead)
        policy.require(policy.towards_lead(actor, lead), "lead", "read_detail", seen_by="none")
        found.append(lead)
    return found
