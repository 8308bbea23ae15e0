"""Named reads of bulk runs: one's own, what is in it, what would stop a lead."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from crm.accounts import queries as accounts
from crm.accounts.models import User
from crm.bulk.models import BulkItem, BulkRun
from crm.bulk.rules import Act, Cell, ChangedSince, Gone, LeadEnded, NotYours, OtherUnit, Unchanged, Wanted
from crm.core.db import db
from crm.core.errors import NotFound, Refusal
from crm.core.money import Money
from crm.leads.models import FieldChange, Lead
from crm.leads.rules.lead import Band, LeadDisputed, Status
from crm.pipeline import queries as pipeline
from crm.pipeline.rules import Kind, passed
from crm.policy import rules as policy
from crm.policy.rules import WORKS_IN_A_UNIT, Actor
from crm.sharing.rules import NobodyToShare
from crm.units import queries as units


@dataclass(frozen=True, slots=True)
class Line:
    """A lead of a run as its page shows it: without number and name for those who read it no more."""

    item: BulkItem
    number: str
    name: str | None
    title: str
    public_id: str | None


def visible_run(public_id: str, *, actor: Actor) -> BulkRun:
    """The run that this person asked for; NotFound for anybody else's."""
    run = db.session.scalar(select(BulkRun).where(BulkRun.public_id == public_id))
    if run is None or not policy.can(policy.towards_self(actor, run.asked_by_id), "bulk", "read"):
        raise NotFound
    return run


def lines_of(run: BulkRun, actor: Actor) -> list[Line]:
    """The leads of a run in the order in which they were chosen."""
    query = select(BulkItem).where(BulkItem.run_id == run.id).options(joinedload(BulkItem.lead).joinedload(Lead.investor))
    found = []
    for item in db.session.scalars(query.order_by(BulkItem.id)):
        lead = item.lead
        if policy.can(policy.towards_lead(actor, lead), "lead", "read_detail"):
            found.append(Line(item, lead.number, lead.display_name, lead.title, lead.public_id))
        else:
            found.append(Line(item, "", None, "", None))
    return found


def counts_of(run: BulkRun) -> dict[str, int]:
    """How many items are in which state."""
    return Counter(db.session.scalars(select(BulkItem.state).where(BulkItem.run_id == run.id)))


def counter_run(run: BulkRun) -> BulkRun | None:
    """The run that takes this one back, when there is one."""
    return db.session.scalar(select(BulkRun).where(BulkRun.undoes_id == run.id))


def chosen(lead_ids: Sequence[int]) -> list[Lead]:
    """Leads by their ids, with what decides about rights."""
    query = select(Lead).where(Lead.id.in_(lead_ids))
    found = {lead.id: lead for lead in db.session.scalars(query.options(joinedload(Lead.investor), joinedload(Lead.owner)))}
    return [found[lead_id] for lead_id in lead_ids if lead_id in found]


def ids_of(public_ids: Sequence[str]) -> list[int]:
    """The ids of leads named by a page, in its order."""
    query = select(Lead.public_id, Lead.id).where(Lead.public_id.in_(public_ids))
    found = {row.public_id: row.id for row in db.session.execute(query)}
    return [found[one] for one in public_ids if one in found]


def check(lead: Lead, act: Act, wanted: Wanted, *, seen: int, actor: Actor, now: datetime) -> None:
    """What stops a lead, as the preview says it and as it is asked again when it is done. Raises one of the room's refusals,
    LeadDisputed, NobodyToShare.
    """
    stands = policy.towards_lead(actor, lead)
    if lead.merged_into_id is not None or not policy.can(stands, "lead", "read_detail"):
        raise Gone
    if not _may(stands, act):
        raise NotYours
    if lead.version != seen:
        raise ChangedSince
    if act in (Act.OWNER, Act.NEXT) and lead.status == Status.ENDED:
        raise LeadEnded
    if act is Act.OWNER:
        _check_owner(lead, wanted)
    elif _is_so(lead, act, wanted):
        raise Unchanged
    elif act is Act.SHARE and wanted.unit_id == lead.following_unit_id:
        raise NobodyToShare


def _may(stands: policy.Standing, act: Act) -> bool:
    if act is Act.OWNER:
        return policy.can(stands, "lead", "assign")
    if act is Act.CLUSTER:
        return policy.can(stands, "lead", "tag")
    if act is Act.NEXT:
        return policy.can(stands, "lead", "write_progress")
    return policy.can(stands, "share", "give")


def _is_so(lead: Lead, act: Act, wanted: Wanted) -> bool:
    if act is Act.CLUSTER:
        return tuple(tag.cluster_id for tag in lead.clusters) == wanted.cluster_ids
    return act is Act.NEXT and (lead.next_step, lead.next_due) == (wanted.step, wanted.due_on)


def _check_owner(lead: Lead, wanted: Wanted) -> None:
    """Another owner, who works in the line of the following unit, of a lead that nobody disputes."""
    if lead.disputed_on is not None:
        raise LeadDisputed
    if lead.owner_id == wanted.owner_id:
        raise Unchanged
    if wanted.owner_id is None:  # a counter-act: nobody led it before
        return
    person = accounts.by_id(wanted.owner_id)
    if person is None or not works_for(person, lead):
        raise OtherUnit


def works_for(person: User, lead: Lead) -> bool:
    """Whether somebody can be given a lead without its leaving the unit that follows it: they work there, above or below it, or
    belong to that task force.
    """
    who = person.as_actor()
    in_line = policy.in_one_line(who.unit_path, lead.following_unit_path) or lead.following_unit_id in who.task_forces
    return person.is_active and who.role in WORKS_IN_A_UNIT and in_line


def why(lead: Lead, act: Act, wanted: Wanted, *, seen: int, actor: Actor, now: datetime) -> str | None:
    """The code of what stops a lead; None for nothing."""
    try:
        check(lead, act, wanted, seen=seen, actor=actor, now=now)
    except Refusal as refusal:
        return refusal.code
    return None


def owners_for(actor: Actor) -> list[User]:
    """Who can be chosen as an owner: people of this person's unit and those below; for the coordinator all who work in one."""
    if actor.city_wide:
        return accounts.workers()
    forces = [units.by_id(unit_id).path for unit_id in sorted(actor.task_forces)]
    found = {user.id: user for path in (actor.unit_path, *forces) for user in accounts.of_unit(path)}
    return [user for user in found.values() if user.as_actor().role in WORKS_IN_A_UNIT]


def stands(lead: Lead, act: Act) -> str:
    """What stands in the field of an act, in one text: what a form was opened on."""
    return said(Wanted(owner_id=lead.owner_id, step=lead.next_step or "", due_on=lead.next_due), act)


def said(wanted: Wanted, act: Act) -> str:
    """What somebody wants to stand there, in the same words."""
    if act is Act.OWNER:
        return str(wanted.owner_id or "")
    return f"{wanted.step}|{wanted.due_on.isoformat() if wanted.due_on else ''}"


def total_stands(lead: Lead) -> str:
    """What stands as the total investment, in one text: what a form was opened on."""
    known = lead.total_amount is not None and lead.total_currency
    total = Money(lead.total_amount, lead.total_currency) if known else None  # type: ignore[arg-type]
    return total_said(total, Band(lead.amount_band) if lead.amount_band else None)


def total_said(total: Money | None, band: Band | None) -> str:
    """What somebody wants to stand there, in the same words."""
    return f"{total.amount} {total.currency}|{band or ''}" if total else f"|{band or ''}"


def expected_stands(lead: Lead) -> str:
    """The milestone expected next and its day, in one text."""
    return f"{lead.expected_kind}|{lead.expected_on.isoformat()}" if lead.expected_kind and lead.expected_on else "|"


def expected_said(kind: Kind, on: date | None) -> str:
    """What somebody wants to stand there, in the same words."""
    return f"{kind.value}|{on.isoformat()}" if on else "|"


def kinds_to_expect(lead: Lead) -> list[Kind]:
    """The milestones of which a day may be set: of a lead that expects one, that one; else those still to come."""
    if lead.expected_kind:
        return [Kind(lead.expected_kind)]
    done = passed(one.kind for one in pipeline.held(lead.id))
    return [kind for kind in pipeline.gates().expectable(pipeline.type_of(lead)) if kind not in done]


@dataclass(frozen=True, slots=True)
class Changed:
    """Who changed a field last, and when."""

    name: str
    at: datetime


_FIELD = {Act.OWNER: "owner", Act.NEXT: "next_step", Cell.TOTAL: "total"}


def last_change(lead: Lead, act: Act | Cell) -> Changed | None:
    """Who changed that field last, where the timeline says it."""
    if act is Cell.EXPECTED:
        rows = pipeline.expected_rows(lead.id)
        return Changed(rows[-1].by.name, rows[-1].at) if rows else None
    query = select(FieldChange).where(FieldChange.lead_id == lead.id, FieldChange.field == _FIELD[act])
    row = db.session.scalars(query.options(joinedload(FieldChange.changed_by)).order_by(FieldChange.id.desc())).first()
    return Changed(row.changed_by.name, row.changed_at) if row else None
