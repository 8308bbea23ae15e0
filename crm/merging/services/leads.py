"""Several registrations of one project become one: one number stays, the earliest registration counts."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import func, or_, select

from crm.claims import queries as claims
from crm.claims.models import Claim
from crm.core.db import db
from crm.events.models import EventLink
from crm.leads.models import CoordinationMatter, FieldChange, Lead, LeadCluster, SecondReport
from crm.leads.queries import phases
from crm.leads.queries.evidenced import earliest_first
from crm.leads.queries.listing import LEAD
from crm.leads.rules.phases import InFamily
from crm.leads.services.edit import MOST_CLUSTERS
from crm.matching import services as matching
from crm.merging.models import Merge
from crm.merging.queries import Group
from crm.merging.rules import relations_of
from crm.merging.services.begin import begin, chosen_values, finish
from crm.merging.services.companies import index_leads
from crm.merging.services.journal import Journal
from crm.pipeline import services as pipeline
from crm.policy.rules import Actor

# What belongs to a registration: who, for which unit, when, and through which door.
_REGISTERED = ("registered_at", "registered_by_id", "registered_unit_id", "origin")


def merge_leads(
    keep_public_id: str,
    lose_public_ids: tuple[str, ...],
    choices: dict[str, str],
    *,
    reason: str,
    actor: Actor,
    now: datetime,
    agreed: frozenset[int] = frozenset(),
) -> Merge:
    """Merge one to four leads of one investor into the one whose number stays. The earliest registered time counts; the other
    registrations become second reports with their own times, first reports after the earliest are withdrawn and stay readable.

    Raises what merge_companies raises, OtherInvestor for leads of two investors, InFamily for a loser that is a phase or
    has one, or another sum for such a one that stays.
    """
    merge, found, journal = begin(
        "lead", keep_public_id, lose_public_ids, choices, reason=reason, actor=actor, now=now, agreed=agreed
    )  # fmt: skip
    ids = [lead.id for lead in found.losers]
    values = chosen_values(found, choices) | _united(found, now)
    disclosed = [lead for lead in found.losers if lead.investor_id is not None]
    if found.keep.investor_id is None and disclosed:
        values |= _investor(disclosed[0])
    if phases.has_family(ids) or ({"total_cny", "contracted_usd"} & values.keys() and phases.has_family([found.keep.id])):
        raise InFamily
    reports, ranked = _reports(found), [claim.id for claim in earliest_first(db.session.scalars(_live(found)))]
    for relation in relations_of("lead", "moves", "unless_like"):
        journal.move(relation, ids, merge.keep_id)
    _claims(journal, found, ranked)
    _tags(journal, ids, merge.keep_id)
    _matters(journal, ids, merge.keep_id)
    _events(journal, ids, merge.keep_id)
    for lead in found.losers:
        if lead.note and lead.note != found.keep.note:
            change = FieldChange(
                lead_id=merge.keep_id, field="merged_note", old=lead.number, new=lead.note, changed_by_id=actor.user_id,
                changed_at=now,
            )  # fmt: skip
            journal.added(change)
    for report in reports:
        journal.added(report)
    journal.change("lead", merge.keep_id, values)
    db.session.expire_all()
    journal.change("lead", merge.keep_id, _expected(merge.keep_id))
    _go_live(journal, merge.keep_id, reason, actor, now)
    db.session.expire_all()
    for lead in found.losers:
        matching.drop_subject(LEAD, lead.id)
    index_leads(journal, [found.keep])
    finish(merge, found, actor=actor, now=now)
    db.session.flush()
    return merge


def _expected(keep_id: int) -> dict[str, Any]:
    """The next expected milestone, out of what both were promised."""
    one = pipeline.next_promise(keep_id)
    names = ("expected_kind", "expected_on", "expected_slip", "expected_moves")
    return dict(zip(names, (one.kind.value, one.on, one.slipped, one.moves) if one else (None,) * 4, strict=True))


def _first(found: Group) -> Lead:
    return min(found.members, key=lambda lead: (lead.registered_at, lead.id))  # type: ignore[no-any-return]


def _united(found: Group, now: datetime) -> dict[str, Any]:
    """What nobody chooses: the earliest registration, the latest progress, now as the time of the last change."""
    values = {name: getattr(_first(found), name) for name in _REGISTERED}
    progress = [lead.last_progress_on for lead in found.members if lead.last_progress_on is not None]
    return values | {"last_progress_on": max(progress, default=None), "touched_at": now}


def _investor(lead: Lead) -> dict[str, Any]:
    """A lead whose investor was not disclosed gets the other one's, in a project slot of its own."""
    last = db.session.scalar(select(func.max(Lead.project_slot)).where(Lead.investor_id == lead.investor_id)) or 0
    return {"investor_id": lead.investor_id, "project_slot": last + 1, "sort_key": lead.sort_key}


def _reports(found: Group) -> list[SecondReport]:
    """Every registration but the earliest as a second report, in the order of time, with what was registered."""
    first = _first(found)
    later = sorted((lead for lead in found.members if lead is not first), key=lambda lead: (lead.registered_at, lead.id))
    live = {c.lead_id: c.number for c in db.session.scalars(_live(found))}
    return [
        SecondReport(
            lead_id=found.keep.id, unit_id=lead.registered_unit_id, reported_by_id=lead.registered_by_id,
            reported_at=lead.registered_at, wants_coordination=False,
            typed={"number": lead.number, "title": lead.title, "investor": lead.display_name or "", "note": lead.note or "",
                   "claim": live.get(lead.id, "")},
        )
        for lead in later
    ]  # fmt: skip


def _live(found: Group) -> Any:
    ids = [lead.id for lead in found.members]
    return select(Claim).where(Claim.lead_id.in_(ids), Claim.state == "live").order_by(Claim.counts_from, Claim.id)


def _claims(journal: Journal, found: Group, ranked: list[int]) -> None:
    """The first of the live first reports, as they were `ranked` before anything moved, stays, the others are withdrawn first: a
    lead never has two.
    """
    for claim_id in ranked[1:]:
        journal.change("claim", claim_id, {"state": "withdrawn"})
    query = select(Claim.id).where(Claim.lead_id.in_([lead.id for lead in found.losers])).order_by(Claim.id)
    for claim_id in db.session.scalars(query).all():
        journal.change("claim", claim_id, {"lead_id": found.keep.id})


def _go_live(journal: Journal, keep_id: int, reason: str, actor: Actor, now: datetime) -> None:
    """Conflicts of a go-live window whose leads are one by now are settled."""
    at = now.astimezone(UTC)  # as the database gives it back: an undo compares
    for conflict in claims.unsettled_of_leads([keep_id]):
        if len({side.lead_id for side in conflict.sides}) == 1 and all(side.report_id is None for side in conflict.sides):
            said = {"answer": "merged", "reason": reason.strip()[:400] or None, "settled_by_id": actor.user_id, "settled_at": at}
            journal.change("go_live_conflict", conflict.id, said)


def _tags(journal: Journal, ids: list[int], keep_id: int) -> None:
    """Clusters that the one that stays lacks, as far as there is room; its primary one stays the primary one."""
    query = select(LeadCluster.cluster_id, LeadCluster.rank).where(LeadCluster.lead_id == keep_id)
    there: dict[int, int] = {row[0]: row[1] for row in db.session.execute(query)}
    free = [rank for rank in range(MOST_CLUSTERS) if rank not in there.values()]
    others = select(LeadCluster.id, LeadCluster.cluster_id).where(LeadCluster.lead_id.in_(ids))
    for row_id, cluster_id in db.session.execute(others.order_by(LeadCluster.rank, LeadCluster.id)).all():
        if cluster_id not in there and free:
            there[cluster_id] = free.pop(0)
            journal.change("lead_cluster", row_id, {"lead_id": keep_id, "rank": there[cluster_id]})


def _events(journal: Journal, ids: list[int], keep_id: int) -> None:
    """Where it came from and was signed goes along where the one that stays has no such event; what is over goes along."""
    query = select(EventLink.id, EventLink.lead_id, EventLink.role, EventLink.ended_at)
    rows = db.session.execute(query.where(EventLink.lead_id.in_([keep_id, *ids])).order_by(EventLink.at, EventLink.id)).all()
    taken = {row.role for row in rows if row.lead_id == keep_id and row.ended_at is None}
    for row in rows:
        if row.lead_id != keep_id and (row.ended_at is not None or row.role not in taken):
            journal.change("event_link", row.id, {"lead_id": keep_id})
            taken |= {row.role} if row.ended_at is None else set()


def _matters(journal: Journal, ids: list[int], keep_id: int) -> None:
    """Matters for coordination with others go along; those between the leads that are one now stay where they are."""
    both = (CoordinationMatter.lead_id, CoordinationMatter.other_lead_id)
    query = select(CoordinationMatter.id, *both).where(or_(*(column.in_(ids) for column in both)))
    for row_id, lead_id, other_id in db.session.execute(query.order_by(CoordinationMatter.id)).all():
        after = {name: keep_id if old in ids else old for name, old in (("lead_id", lead_id), ("other_lead_id", other_id))}
        if after["lead_id"] != after["other_lead_id"]:
            journal.change("coordination_matter", row_id, after)
