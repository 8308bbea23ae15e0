"""The records that are to become one: who may see them, who decides, how they are found."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Table, select

from crm.companies.models import Company, Contact
from crm.core.db import Base, db
from crm.core.errors import NotFound
from crm.core.types import UtcDateTime
from crm.leads.models import Lead
from crm.leads.queries import access
from crm.merging.models import Merge, MergeLine
from crm.merging.rules import RELATIONS, AlreadyMerged, CoordinatorDecides, OtherInvestor, OtherLead, SealedLead, check_group
from crm.policy import rules as policy
from crm.policy.rules import Actor

MODELS: dict[str, Any] = {"company": Company, "lead": Lead, "contact": Contact}
# Names of columns that say whose a row is.
POINTERS = {relation.column for relations in RELATIONS.values() for relation in relations}
Record = Any  # a Company, Lead or Contact: what the kind says


def table_of(name: str) -> Table:
    """A table by its name."""
    return Base.metadata.tables[name]


def typed(table: Table, column: str, value: Any) -> Any:
    """A journalled value as its column holds it."""
    if not isinstance(value, str):
        return value
    kind = table.c[column].type
    if isinstance(kind, UtcDateTime):
        return datetime.fromisoformat(value)
    return date.fromisoformat(value) if kind.python_type is date else value


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
    leads = leads_of(kind, [record.id for record in records], records, lock)
    _check_seen(kind, records, leads, actor)
    for record in records:
        if record.merged_into_id is not None:
            merge = merge_of(kind, record.id)
            raise AlreadyMerged(merge=merge.public_id if merge else "")
    return Group(kind, records[0], tuple(records[1:]), tuple(leads))


def leads_of(kind: str, ids: list[int], records: list[Record], lock: bool) -> list[Lead]:
    """The leads concerned by a merge of records, with `lock` locked until the transaction ends."""
    where = {
        "company": Lead.investor_id.in_(ids),
        "lead": Lead.id.in_(ids),
        "contact": Lead.id.in_([getattr(record, "lead_id", None) for record in records]),
    }[kind]
    query = select(Lead).where(where, Lead.merged_into_id.is_(None)).order_by(Lead.id)
    if lock:
        query = query.with_for_update(of=Lead).execution_options(populate_existing=True)
    leads = list(db.session.scalars(query))
    if lock:
        access.shares_afresh(*leads)
    return leads


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


def require_decision(found: Group, actor: Actor, *, undo: bool = False, agreed: frozenset[int] = frozenset()) -> None:
    """Raise unless this person decides: the manager of the one unit concerned, or the coordinator; or all units concerned have
    `agreed`. CoordinatorDecides when it is the coordinator's to decide.
    """
    if found.units and agreed.issuperset(found.units):
        return
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
    """Raise OtherInvestor for leads of two investors, OtherLead for contacts of two leads: they are no duplicates. SealedLead
    when a lead goes by a code name.
    """
    if found.kind == "lead" and any(lead.sealed for lead in found.members):
        raise SealedLead
    if found.kind == "lead" and len({lead.investor_id for lead in found.members if lead.investor_id is not None}) > 1:
        raise OtherInvestor
    if found.kind == "contact" and len({contact.lead_id for contact in found.members}) > 1:
        raise OtherLead


def investors_of(found: Group) -> list[str]:
    """The companies behind leads."""
    ids = {lead.investor_id for lead in found.leads if lead.investor_id is not None}
    return list(db.session.scalars(select(Company.public_id).where(Company.id.in_(ids)).order_by(Company.id)))


def merge_of(kind: str, record_id: int) -> Merge | None:
    """The merge that took a record away, if it is in force."""
    line = (MergeLine.table_name == kind) & (MergeLine.row_id == record_id) & (MergeLine.column_name == "merged_into_id")
    query = select(Merge).join(MergeLine, MergeLine.merge_id == Merge.id).where(line, Merge.undone_at.is_(None))
    return db.session.scalar(query.order_by(Merge.id.desc()).limit(1))


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


# What of a company hangs on its leads: counted, it would tell of a lead that one may not know of.
_OF_LEADS = ("contact", "import_row", "utilised")


def only_known(moves: dict[str, int], leads: Sequence[Lead], actor: Actor) -> dict[str, int]:
    """How much goes along with companies and these leads of theirs, as far as a reader may know of the leads."""
    known = sum(policy.can(policy.towards_lead(actor, lead), "lead", "read_card") for lead in leads)
    unseen = _OF_LEADS if known < len(leads) else ()
    found = {table: known if table == "lead" else number for table, number in moves.items() if table not in unseen}
    return {table: number for table, number in found.items() if number}
