"""What was merged: the journal, the records then and now, who may look at it."""

from sqlalchemy import ColumnElement, or_, select

from crm.companies.models import Company, Contact
from crm.core.db import db
from crm.core.errors import NotFound
from crm.leads.models import Lead
from crm.leads.queries import access
from crm.merging.models import Merge, MergeLine
from crm.merging.queries.groups import MODELS, POINTERS, Group, Record, only_known
from crm.policy import rules as policy
from crm.policy.rules import Actor


def merges_about(lead: Lead) -> list[Merge]:
    """The merges in force that a lead's page tells of: into the lead, into its investor, of its contacts; newest first."""
    contacts = select(Contact.id).where(Contact.lead_id == lead.id)
    here: ColumnElement[bool] = ((Merge.kind == "lead") & (Merge.keep_id == lead.id)) | (
        (Merge.kind == "contact") & Merge.keep_id.in_(contacts)
    )
    if lead.investor_id is not None:
        here = or_(here, (Merge.kind == "company") & (Merge.keep_id == lead.investor_id))
    return list(db.session.scalars(select(Merge).where(here, Merge.undone_at.is_(None)).order_by(Merge.id.desc()).limit(20)))


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
    leads = list(db.session.scalars(query))
    if lock:
        access.shares_afresh(*leads)
    return leads


def visible_merge(public_id: str, *, actor: Actor, lock: bool = False) -> tuple[Merge, Group]:
    """A merge and its records, for those who may see one of the leads concerned; NotFound otherwise."""
    query = select(Merge).where(Merge.public_id == public_id)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    merge = db.session.scalar(query)
    if merge is None:
        raise NotFound
    found = group_of(merge, lock=lock)
    if not is_visible(found, actor):
        raise NotFound
    return merge, found


def is_visible(found: Group, actor: Actor) -> bool:
    """Whether a person may look at a merge: at one of the leads concerned, or at all merges."""
    return policy.can(policy.of_role(actor), "merge", "decide_across") or any(
        policy.can(policy.towards_lead(actor, lead), "merge", "do") for lead in found.leads
    )


def readable_leads(found: Group, actor: Actor) -> list[Lead]:
    """The leads concerned that this person may read, the earliest first."""
    mine = [lead for lead in found.leads if policy.can(policy.towards_lead(actor, lead), "lead", "read_detail")]
    return sorted(mine, key=lambda lead: (lead.registered_at, lead.id))


def lines_of(merge: Merge) -> list[MergeLine]:
    """A merge's journal in the order in which it was written."""
    return list(db.session.scalars(select(MergeLine).where(MergeLine.merge_id == merge.id).order_by(MergeLine.id)))


def moved_of(merge: Merge, lines: list[MergeLine], actor: Actor) -> dict[str, int]:
    """How many rows of each table a merge gave to the record that stays, as far as this person may know of them."""
    moved: dict[str, int] = {}
    for line in lines:
        if line.column_name in POINTERS and (line.table_name != merge.kind or line.column_name == "investor_id"):
            moved[line.table_name] = moved.get(line.table_name, 0) + 1
    if merge.kind != "company":
        return moved
    ids = [line.row_id for line in lines if (line.table_name, line.column_name) == ("lead", "investor_id")]
    return only_known(moved, list(db.session.scalars(select(Lead).where(Lead.id.in_(ids)))), actor)


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


def contacts_joined_since(merge: Merge) -> list[Merge]:
    """Later merges in force that made one contact of those which the undo of this one gives to different leads; newest first."""
    moved = select(MergeLine.row_id, MergeLine.old).where(
        MergeLine.merge_id == merge.id, MergeLine.table_name == "contact", MergeLine.column_name == "lead_id",
        MergeLine.outcome.is_(None),
    )  # fmt: skip
    home: dict[int, int] = {row[0]: row[1] for row in db.session.execute(moved)}
    if not home:
        return []
    here = select(Contact.lead_id).where(Contact.id.in_(home))
    mates = select(Contact.id).where(Contact.lead_id.in_(here))
    query = select(Merge).where(Merge.kind == "contact", Merge.id > merge.id, Merge.undone_at.is_(None), Merge.keep_id.in_(mates))
    return [
        one for one in db.session.scalars(query.order_by(Merge.id.desc()))
        if len({home.get(contact_id, merge.keep_id) for contact_id in (one.keep_id, *one.lose_ids)}) > 1
    ]  # fmt: skip


def later_merges(merge: Merge, found: Group, actor: Actor) -> list[Merge]:
    """Later merges in force of the same records, of their leads and of the contacts of those, that this person may look at."""
    leads, members = [lead.id for lead in found.leads], [record.id for record in found.members]
    contacts = select(Contact.id).where(Contact.lead_id.in_(leads))
    away = (MergeLine.table_name == merge.kind) & MergeLine.row_id.in_(members) & (MergeLine.column_name == "merged_into_id")
    into = or_(
        (Merge.kind == merge.kind) & Merge.keep_id.in_(members),
        (Merge.kind == "lead") & Merge.keep_id.in_(leads),
        (Merge.kind == "contact") & Merge.keep_id.in_(contacts),
        Merge.id.in_(select(MergeLine.merge_id).where(MergeLine.merge_id > merge.id, away)),
    )
    query = select(Merge).where(Merge.id > merge.id, Merge.undone_at.is_(None), into).order_by(Merge.id.desc()).limit(20)
    return [one for one in db.session.scalars(query) if is_visible(group_of(one), actor)]
