"""Requests to the units concerned: who reads one, what of it, and which wait for an answer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, or_, select

from crm.companies import queries as companies
from crm.core.db import db
from crm.core.errors import Forbidden, NotFound
from crm.leads.models import Lead
from crm.merging.models import MergeConsent, MergeRequest
from crm.merging.queries.groups import MODELS, Group, Record, leads_of
from crm.merging.rules import CoordinatorDecides, NothingToAsk, RequestState
from crm.policy import rules as policy
from crm.policy.rules import Actor, Role, Standing
from crm.units.models import Unit


def standing(actor: Actor, request: MergeRequest) -> Standing:
    """In which relations somebody stands to a request: asked it, manages a unit that is asked, holds a role."""
    words = set(policy.towards_self(actor, request.asked_by_id).principals)
    if managed(actor, request):
        words.add("manager")
    return Standing(frozenset(words))


def managed(actor: Actor, request: MergeRequest) -> list[MergeConsent]:
    """The answers of a request that are this person's to give."""
    if actor.role is not Role.DISTRICT_MANAGER:
        return []
    return [consent for consent in request.consents if consent.unit.path.startswith(actor.unit_path)]


def visible_request(public_id: str, *, actor: Actor, lock: bool = False) -> MergeRequest:
    """The request named in a URL, for who asked, who answers, who decides; NotFound for everybody else."""
    query = select(MergeRequest).where(MergeRequest.public_id == public_id)
    if lock:
        query = query.with_for_update(of=MergeRequest).execution_options(populate_existing=True)
    request = db.session.scalar(query)
    if request is None or not policy.can(standing(actor, request), "merge_request", "read"):
        raise NotFound
    return request


@dataclass(frozen=True, slots=True)
class Asked:
    """What a request is about: its records as they are now, the leads behind each, and which of them somebody may see."""

    request: MergeRequest
    records: tuple[Record, ...]
    leads: dict[int, tuple[Lead, ...]]
    seen: frozenset[int]

    @property
    def whole(self) -> bool:
        """Whether all of it may be seen."""
        return len(self.seen) == len(self.records)

    @property
    def group(self) -> Group:
        """As a group to be merged."""
        leads = {lead.id: lead for found in self.leads.values() for lead in found}
        return Group(self.request.kind, self.records[0], self.records[1:], tuple(leads[lead_id] for lead_id in sorted(leads)))

    def named_for(self, unit_id: int) -> Record:
        """The record by which a unit knows what it is asked: one that a lead of its own is behind."""
        mine = [r for r in self.records if any(lead.following_unit_id == unit_id for lead in self.leads[r.id])]
        return (mine or self.records)[0]

    def called(self, record: Record) -> str:
        """How a message calls a record: a company by its name; a lead, or the lead a contact is of, by its number."""
        if self.request.kind == "company":
            return str(record.name)
        return self.leads[record.id][0].number

    def known_units(self, actor: Actor) -> set[int]:
        """The units that this person may know to follow one of the records."""
        seen = [lead for leads in self.leads.values() for lead in leads if _may_name(actor, lead)]
        return {lead.following_unit_id for lead in seen}


def asked(request: MergeRequest, *, actor: Actor) -> Asked:
    """The records of a request, cut to what this person may see; NotFound when one is gone."""
    found = asked_of([request], actor=actor)
    if not found:
        raise NotFound
    return found[0]


def asked_of(some: Sequence[MergeRequest], *, actor: Actor) -> list[Asked]:
    """The same for many, read at once; without those of which a record is gone."""
    found: dict[int, Asked] = {}
    for kind, model in MODELS.items():
        ids = {record_id for r in some if r.kind == kind for record_id in (r.keep_id, *r.lose_ids)}
        records = {record.id: record for record in db.session.scalars(select(model).where(model.id.in_(ids)))} if ids else {}
        leads = _leads_behind(kind, list(records.values())) if records else {}
        for request in some:
            mine = [records[record_id] for record_id in (request.keep_id, *request.lose_ids) if record_id in records]
            if request.kind == kind and len(mine) == len(request.lose_ids) + 1:
                found[request.id] = _about(request, mine, leads, actor)
    return [found[request.id] for request in some if request.id in found]


def _about(request: MergeRequest, records: list[Record], leads: dict[int, tuple[Lead, ...]], actor: Actor) -> Asked:
    behind = {record.id: leads[record.id] for record in records}
    seen = [r_id for r_id, mine in behind.items() if not mine or any(_may_see(actor, request.kind, lead) for lead in mine)]
    return Asked(request, tuple(records), behind, frozenset(seen))


def _leads_behind(kind: str, records: list[Record]) -> dict[int, tuple[Lead, ...]]:
    """The leads behind each record. A lead is behind itself, merged away or not; a company's went to the one that stays."""
    if kind == "lead":
        return {lead.id: (lead,) for lead in records}
    whose = {record.id: companies.staying(record).id if kind == "company" else record.lead_id for record in records}
    leads = leads_of(kind, list(whose.values()), records, lock=False)
    return {
        record_id: tuple(lead for lead in leads if owner == (lead.investor_id if kind == "company" else lead.id))
        for record_id, owner in whose.items()
    }


def seen_of(found: Group, actor: Actor) -> frozenset[int]:
    """The records of a merge, in force or taken back, that this person may know by name."""
    behind = _leads_behind(found.kind, list(found.members))
    seen = [r_id for r_id, mine in behind.items() if not mine or any(_may_see(actor, found.kind, lead) for lead in mine)]
    return frozenset(seen)


def to_ask(found: Group, actor: Actor) -> list[int]:
    """The units that would have to agree: all that this person does not decide for. Raises CoordinatorDecides where no unit is
    concerned, NothingToAsk where nobody else is, Forbidden.
    """
    stands = {lead.id: policy.towards_lead(actor, lead) for lead in found.leads}
    if not found.units:
        raise CoordinatorDecides
    if not any(policy.can(stand, "merge_request", "ask") for stand in stands.values()):
        raise Forbidden(record="merge_request", action="ask")
    others = [unit_id for unit_id in found.units if unit_id not in decided_by(actor, found.leads)]
    if not others:
        raise NothingToAsk
    return others


def decided_by(actor: Actor, leads: Sequence[Lead]) -> frozenset[int]:
    """The units whose managers decide, of those that follow these leads, and this person is such a manager of."""
    return frozenset(x.following_unit_id for x in leads if "manager" in policy.towards_lead(actor, x).principals)


def _may_see(actor: Actor, kind: str, lead: Lead) -> bool:
    return policy.can(policy.towards_lead(actor, lead), "lead", "read_names" if kind == "company" else "read_detail")


def _may_name(actor: Actor, lead: Lead) -> bool:
    return policy.can(policy.towards_lead(actor, lead), "lead", "read_names")


def open_about(kind: str, record_ids: Sequence[int]) -> list[MergeRequest]:
    """Requests that wait for an answer and concern one of these records."""
    ids = set(record_ids)
    query = select(MergeRequest).where(MergeRequest.kind == kind, MergeRequest.state == RequestState.OPEN)
    return [r for r in db.session.scalars(query.order_by(MergeRequest.id)) if ids & {r.keep_id, *r.lose_ids}]


def mine(actor: Actor, *, limit: int = 100) -> list[MergeRequest]:
    """The requests that this person may read: those that wait first, then the newest."""
    waits = MergeRequest.state == RequestState.OPEN
    order = (waits.desc(), MergeRequest.asked_at.desc(), MergeRequest.id.desc())
    return list(db.session.scalars(select(MergeRequest).where(_readable(actor)).order_by(*order).limit(limit)))


def count_waiting(actor: Actor) -> int:
    """How many requests wait that this person may read."""
    query = select(func.count()).select_from(MergeRequest).where(_readable(actor), MergeRequest.state == RequestState.OPEN)
    return db.session.scalar(query) or 0


def _readable(actor: Actor) -> ColumnElement[bool]:
    """SQL: the same as `standing` and the table say of one."""
    if policy.may(actor, "merge_request", "decide"):
        return MergeRequest.id.is_not(None)
    own: ColumnElement[bool] = MergeRequest.asked_by_id == actor.user_id
    if actor.role is not Role.DISTRICT_MANAGER:
        return own
    below = select(MergeConsent.request_id).join(Unit, Unit.id == MergeConsent.unit_id)
    below = below.where(Unit.path.startswith(actor.unit_path))
    return or_(own, MergeRequest.id.in_(below))


def is_late(request: MergeRequest, now: datetime) -> bool:
    """Whether the units have let the day go by: the coordinator decides."""
    return request.state == RequestState.OPEN and request.due_at < now
