"""登记线索: the one way a lead comes into being, from a form, a workbook row, the command line or demo data."""

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import func, select

from crm.accounts import queries as accounts
from crm.audit import services as audit
from crm.clusters import queries as clusters
from crm.companies import queries as company_queries
from crm.companies import services as companies
from crm.companies.models import Company
from crm.companies.rules import NewCompany
from crm.core import clock, ids
from crm.core.db import db
from crm.core.numbers import next_number
from crm.events import services as events
from crm.events.rules import LinkRole
from crm.leads.models import Lead, LeadCluster, LeadDistrict, LeadParty
from crm.leads.queries import hits as hit_queries
from crm.leads.rules.lead import (
    NEEDS_REASON,
    Decision,
    Decisions,
    HitDecision,
    LikelyDuplicate,
    NewLead,
    ReasonNeeded,
    Stage,
    lead_number,
)
from crm.leads.services.coordinate import raise_matters
from crm.leads.services.notes import index_lead, note_next_step, set_sums
from crm.leads.services.report import Logged, report_again
from crm.matching.rules import forms_of
from crm.notifications import services as notifications
from crm.policy import rules as policy
from crm.policy.rules import Actor
from crm.units.models import Unit


@dataclass(frozen=True, slots=True)
class Place:
    """Where the investor belongs: a known company, its next project slot, and why there is another project."""

    company: Company | None
    slot: int = 0
    reason: str | None = None


def log_lead(
    new: NewLead,
    decisions: Decisions,
    *,
    unit: Unit,
    city: str,
    actor: Actor,
    now: datetime,
    owner_id: int | None = None,
    matched: bool = True,
    deadline: float | None = None,
) -> Logged:
    """Register a lead for `unit`. Raises LikelyDuplicate while something almost certainly the same is undecided,
    ReasonNeeded for a choice without its reason.

    The check runs here again, inside the transaction that stores, under locks on the names: two officers in the same second
    give one company, one lead and one second report. `matched=False` only for callers that have just matched in bulk. A check
    that is not through at `deadline` (a moment of the monotonic clock) keeps nobody: the lead is stored as 待比对, and the next
    sweep compares it.
    """
    policy.require(policy.of_role(actor), "lead", "log")
    if new.investor is None:
        return Logged(_store(new, Place(None), unit=unit, city=city, actor=actor, now=now, owner_id=owner_id))
    subject = hit_queries.subject_of(new)
    companies.hold_names(subject.names, subject.identifiers)
    hits = hit_queries.Hits()
    if matched:
        hits = hit_queries.hits_for(subject, actor=actor, deadline=deadline)
        decisions = _about_shown(hits, decisions)
    _check_reasons(decisions)
    again = _known_lead(hits, decisions)
    if again is not None:
        return report_again(again, new, actor=actor, now=now, coordinate=decisions.coordinate)
    _raise_undecided(hits, decisions)
    place = _place_of(new, hits, decisions, actor, now)
    lead = _store(new, place, unit=unit, city=city, actor=actor, now=now, owner_id=owner_id)
    if hits.late:
        lead.unchecked_since = now
    raise_matters(lead, hits.related_leads, decisions, actor=actor, now=now)
    return Logged(lead)


def _about_shown(hits: hit_queries.Hits, decisions: Decisions) -> Decisions:
    """The choices about what is still a hit: the name may have been changed after one was made, and nobody chooses what he does
    not see.
    """
    shown = {hit.company.public_id for hit in hits.shown}
    return replace(decisions, hits=tuple(choice for choice in decisions.hits if choice.company_public_id in shown))


def _check_reasons(decisions: Decisions) -> None:
    for hit in decisions.hits:
        if hit.decision in NEEDS_REASON and not hit.reason.strip():
            raise ReasonNeeded(company=hit.company_public_id)


def _known_lead(hits: hit_queries.Hits, decisions: Decisions) -> Lead | None:
    """The lead that this is a second report of, if a person said so (or asked for coordination of a hidden one)."""
    for hit in hits.shown:
        choice = decisions.about(hit.company.public_id)
        if choice and choice.decision is Decision.SAME and hit.lead and hit.lead.public_id == choice.lead_public_id:
            return hit.lead
    visible_company_chosen = any(choice.decision is not Decision.DIFFERENT for choice in decisions.hits)
    if hits.masked and decisions.coordinate and not visible_company_chosen:
        return min(hits.hidden_leads, key=lambda lead: (lead.registered_at, lead.id))
    return None


def _raise_undecided(hits: hit_queries.Hits, decisions: Decisions) -> None:
    chosen = _chosen_company(decisions)
    settled = set(company_queries.decisions_about(chosen[0].id)) if chosen else set()
    open_ = [hit for hit in hits.shown if hit.must_decide and hit.company.id not in settled and _undecided(hit, decisions)]
    if open_ or (hits.masked and not decisions.coordinate):
        raise LikelyDuplicate(open=len(open_), masked=hits.masked)


def _undecided(hit: hit_queries.LeadHit, decisions: Decisions) -> bool:
    """Whether nobody said what a hit is: not at all, or "it is this one" before its lead was there."""
    choice = decisions.about(hit.company.public_id)
    return choice is None or (choice.decision is Decision.SAME and hit.lead is not None)


def _place_of(new: NewLead, hits: hit_queries.Hits, decisions: Decisions, actor: Actor, now: datetime) -> Place:
    chosen = _chosen_company(decisions)
    typed = typed_company(new)
    if chosen is not None:
        company, choice = companies.hold_company(chosen[0]), chosen[1]
        companies.learn(company, typed, actor=actor, now=now)
        slot = _next_slot(company)
        return Place(company, slot, choice.reason if slot else None)
    if not hits.shown and (unseen := _same_key_company(new)) is not None:
        unseen = companies.hold_company(unseen)
        companies.learn(unseen, typed, actor=actor, now=now)
        return Place(unseen, _next_slot(unseen))
    company = companies.create_company(typed, actor=actor, now=now)
    for choice in decisions.hits:
        other = company_queries.by_public_id(choice.company_public_id)
        verdict = "related" if choice.decision is Decision.RELATED else "different"
        companies.decide_pair(company, other, verdict, choice.reason, actor=actor, now=now)
    return Place(company)


def _same_key_company(new: NewLead) -> Company | None:
    """A company of exactly this name without a decision about it: only callers that matched in bulk come here with one."""
    found = company_queries.by_name_key(new.investor or "")
    return found[0] if found else None


def _chosen_company(decisions: Decisions) -> tuple[Company, HitDecision] | None:
    for choice in decisions.hits:
        if choice.decision in (Decision.SAME, Decision.ANOTHER_PROJECT):
            return company_queries.by_public_id(choice.company_public_id), choice
    return None


def typed_company(new: NewLead) -> NewCompany:
    """The investor as it was typed."""
    return NewCompany(
        name=new.investor or "",
        other_names=new.other_names,
        country=new.country,
        website=new.website,
        identifiers=hit_queries.identifiers_of(new),
        import_id=new.import_id,
        is_demo=new.is_demo,
    )


def _next_slot(company: Company) -> int:
    last = db.session.scalar(select(func.max(Lead.project_slot)).where(Lead.investor_id == company.id))
    return 0 if last is None else last + 1


def _store(new: NewLead, place: Place, *, unit: Unit, city: str, actor: Actor, now: datetime, owner_id: int | None) -> Lead:
    lead = composed(new, place, unit=unit, city=city, actor=actor, now=now, owner_id=owner_id)
    db.session.add(lead)
    db.session.flush()
    tags = clusters.by_ids(new.cluster_ids[:3])
    attach(lead, new, [tag.id for tag in tags], actor, now)
    if new.event_id is not None:
        events.put_lead(lead, LinkRole.SOURCE, new.event_id, was=None, reason="", actor=actor, now=now)
    db.session.flush()
    index_lead(lead, new.other_names)
    note_logged(lead, new, unit, actor, now)
    if new.next_step:
        note_next_step(lead, new.next_step, new.next_due, assignee_id=lead.owner_id or actor.user_id, actor=actor, now=now)
    if new.origin == "form":
        _tell_managers(lead, actor, now)
    return lead


def composed(new: NewLead, place: Place, *, unit: Unit, city: str, actor: Actor, now: datetime, owner_id: int | None) -> Lead:
    """What a new lead is stored as, with the next number; nothing is stored yet, what hangs on it is missing."""
    today = clock.city_day(now)
    year = today.year
    company = place.company
    lead = Lead(
        public_id=ids.new_public_id(), number=lead_number(city, year, next_number("lead", year)),
        title=new.title, investor=company, project_slot=place.slot,
        another_project_reason=place.reason, intermediary=new.intermediary, amount_band=new.amount_band,
        country=new.country or (company.country if company else None), controlling_country=new.controlling_country,
        source=new.source, introducer=new.introducer, industry=new.industry, park=new.park,
        external_number=new.external_number, note=new.note, project_type=new.project_type, stage=new.stage,
        stage_since=new.first_talks_on if new.stage is not Stage.LEAD and new.first_talks_on else today,
        first_talks_on=new.first_talks_on, next_step=new.next_step, next_due=new.next_due,
        following_unit_id=unit.id, following_unit_path=unit.path,
        owner_id=owner_id or (actor.user_id if actor.role in policy.WORKS_IN_A_UNIT else None),
        registered_by_id=actor.user_id, registered_unit_id=actor.unit_id, registered_at=now, touched_at=now,
        origin=new.origin, import_id=new.import_id, is_demo=new.is_demo, search_text="",
        sort_key=(company.sort_key if company else forms_of(new.intermediary or new.title).sort_key)[:400],
    )  # fmt: skip
    set_sums(lead, new.total, new.contracted)
    return lead


def note_logged(lead: Lead, new: NewLead, unit: Unit, actor: Actor, now: datetime) -> None:
    """The line of the audit."""
    facts = {"number": lead.number, "title": lead.title, "unit": unit.code, "origin": new.origin}
    audit.record("lead.logged", subject=("lead", lead), facts=facts, actor=actor, now=now)


def attach(lead: Lead, new: NewLead, cluster_ids: list[int], actor: Actor, now: datetime) -> None:
    """What hangs on a lead that was just stored: clusters (the first is the primary one), districts, parties, contacts."""
    for rank, cluster_id in enumerate(cluster_ids):
        db.session.add(LeadCluster(lead_id=lead.id, cluster_id=cluster_id, rank=rank, tagged_by_id=actor.user_id, tagged_at=now))
    for unit_id in dict.fromkeys(new.district_ids):
        db.session.add(LeadDistrict(lead_id=lead.id, unit_id=unit_id))
    for party in new.parties:
        db.session.add(LeadParty(lead_id=lead.id, role=party.role, name=party.name))
    for contact in new.contacts:
        companies.add_contact(
            lead_id=lead.id, company_id=lead.investor_id, name=contact.name, title=contact.title, phone=contact.phone,
            email=contact.email, actor=actor, now=now,
        )  # fmt: skip


def _tell_managers(lead: Lead, actor: Actor, now: datetime) -> None:
    managers = [user.id for user in accounts.managers_of(lead.following_unit_path)]
    facts = {"number": lead.number, "name": lead.display_name or lead.title}
    notifications.notify(managers, "lead.queued", subject=("lead", lead.public_id), facts=facts, actor=actor, now=now)
