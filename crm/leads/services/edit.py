"""Editing a lead in place, with the version the form was opened on; every changed field becomes a line of the timeline."""

from datetime import datetime

from crm.audit import services as audit
from crm.clusters import queries as clusters
from crm.companies import queries as reads
from crm.companies import services as companies
from crm.companies.models import Contact
from crm.core.db import db
from crm.core.errors import NotFound, Refusal
from crm.core.money import Money
from crm.core.versions import check_version
from crm.leads.models import FieldChange, Lead, LeadCluster, LeadDistrict
from crm.leads.queries import access
from crm.leads.rules.lead import Band, LeadEdit, NewContact
from crm.leads.services.notes import index_lead, set_sums
from crm.notifications import services as notifications
from crm.policy import rules as policy
from crm.policy.rules import Actor
from crm.units import queries as units

MOST_CLUSTERS = 3
_PLAIN = (
    "title", "country", "controlling_country", "source", "introducer", "industry", "park", "external_number", "note",
    "first_talks_on", "total_verified", "project_type",
)  # fmt: skip


def edit_lead(public_id: str, edit: LeadEdit, *, opened: int, actor: Actor, now: datetime) -> Lead:
    """Take over what was typed. Raises StaleVersion when a colleague saved since version `opened`: nothing is written."""
    lead = access.locked_lead(public_id, actor=actor, action="edit")
    check_version(lead, opened)
    changes = [(name, getattr(lead, name), getattr(edit, name)) for name in _PLAIN]
    changes += [
        ("total", _money(lead.total_amount, lead.total_currency), edit.total),
        ("contracted", _money(lead.contracted_amount, lead.contracted_currency), edit.contracted),
    ]
    changed = [(name, old, new) for name, old, new in changes if (old or None) != (new or None)]
    for name, _old, new in changed:
        if name in _PLAIN:
            setattr(lead, name, new)
    if not {"total", "contracted"}.isdisjoint(name for name, _old, _new in changed):  # else they keep the rate of their day
        set_sums(lead, edit.total, edit.contracted)
    changed += _move_districts(lead, edit.district_ids)
    for name, old, new in changed:
        _note_change(lead, name, _text(old), _text(new), actor, now)
    if changed:
        lead.touched_at = now
        index_lead(lead)
        facts = {name: [_text(old), _text(new)] for name, old, new in changed}
        audit.record("lead.edited", subject=("lead", lead), facts=facts, actor=actor, now=now)
    db.session.flush()
    return lead


def set_total(lead: Lead, total: Money | None, band: Band | None, *, actor: Actor, now: datetime) -> None:
    """Another total investment, and of an undisclosed investor another band, with their lines of the timeline and the audit: what
    was verified was the old sum. Call with the lead locked, after the policy said yes to editing it.
    """
    old = _money(lead.total_amount, lead.total_currency)
    changed: list[tuple[str, object, object]] = [("total", old, total)] if old != total else []
    if changed and lead.total_verified:
        changed.append(("total_verified", True, False))
        lead.total_verified = False
    if lead.investor_id is None and band != lead.amount_band:
        changed.append(("amount_band", lead.amount_band, band))
        lead.amount_band = band
    if old != total:
        set_sums(lead, total, _money(lead.contracted_amount, lead.contracted_currency))
    for name, before, after in changed:
        _note_change(lead, name, _text(before), _text(after), actor, now)
    if changed:
        lead.touched_at = now
        facts = {name: [_text(before), _text(after)] for name, before, after in changed}
        audit.record("lead.edited", subject=("lead", lead), facts=facts, actor=actor, now=now)
    db.session.flush()


def add_contact(public_id: str, contact: NewContact, *, actor: Actor, now: datetime) -> None:
    """One more person to talk to on the investor's side."""
    lead = access.locked_lead(public_id, actor=actor, action="read_detail")
    policy.require(policy.towards_lead(actor, lead), "contact", "edit", seen_by="read_masked")
    companies.add_contact(
        lead_id=lead.id, company_id=lead.investor_id, name=contact.name, title=contact.title, phone=contact.phone,
        email=contact.email, actor=actor, now=now,
    )  # fmt: skip
    lead.touched_at = now
    db.session.flush()


def reveal_contact(public_id: str, reason: str, *, actor: Actor, now: datetime) -> Contact:
    """One contact without its mask, for a reason: the look is noted, and the lead's owner told who looked and why.

    Raises NotFound for whoever may not.
    """
    contact = reads.contact(public_id)
    if contact.lead_id is None or not policy.can(access.standing(contact.lead_id, actor), "contact", "reveal"):
        raise NotFound
    lead = access.lead_of(contact.lead_id)
    companies.note_reveal(contact, reason, actor=actor, now=now)
    facts = {"number": lead.number, "name": lead.display_name or lead.title, "why": reason.strip()}
    facts |= {"unit": units.by_id(actor.unit_id).zh, "person": actor.name}
    people = [lead.owner_id] if lead.owner_id else []
    notifications.notify(people, "contact.revealed", subject=("lead", lead.public_id), facts=facts, actor=actor, now=now)
    return contact


def _money(amount: int | None, currency: str | None) -> Money | None:
    return Money(amount, currency) if amount is not None and currency else None


def _text(value: object) -> str | None:
    if value is None or value == "":
        return None
    if isinstance(value, Money):
        return f"{value.major:f} {value.currency}"
    return str(value)


def _move_districts(lead: Lead, wanted: tuple[int, ...]) -> list[tuple[str, object, object]]:
    have = {row.unit_id: row for row in lead.districts}
    if set(have) == set(wanted):
        return []
    old = "、".join(row.unit.code for row in lead.districts)
    for unit_id, row in have.items():
        if unit_id not in wanted:
            db.session.delete(row)
    for unit_id in wanted:
        if unit_id not in have:
            db.session.add(LeadDistrict(lead_id=lead.id, unit_id=unit_id))
    new = "、".join(unit.code for unit in units.areas() if unit.id in wanted)
    return [("districts", old, new)]


def _note_change(lead: Lead, name: str, old: str | None, new: str | None, actor: Actor, now: datetime) -> None:
    db.session.add(FieldChange(lead_id=lead.id, field=name, old=old, new=new, changed_by_id=actor.user_id, changed_at=now))


def tag_lead(public_id: str, cluster_ids: tuple[int, ...], *, actor: Actor, now: datetime) -> Lead:
    """Set the clusters: the first is the primary one, at most two more. A person's choice, never a suggestion's."""
    lead = access.locked_lead(public_id, actor=actor, action="tag")
    wanted = clusters.by_ids(tuple(dict.fromkeys(cluster_ids)))
    if len(wanted) > MOST_CLUSTERS:
        raise Refusal("too_many_clusters", most=MOST_CLUSTERS)
    old = [tag.cluster.zh for tag in lead.clusters]
    new = [cluster.zh for cluster in wanted]
    if old == new:
        return lead
    for tag in list(lead.clusters):
        db.session.delete(tag)
    db.session.flush()
    for rank, cluster in enumerate(wanted):
        row = LeadCluster(lead_id=lead.id, cluster_id=cluster.id, rank=rank, tagged_by_id=actor.user_id, tagged_at=now)
        db.session.add(row)
    _note_change(lead, "clusters", "、".join(old), "、".join(new), actor, now)
    lead.touched_at = now
    audit.record("lead.tagged", subject=("lead", lead), facts={"old": old, "new": new}, actor=actor, now=now)
    db.session.flush()
    db.session.expire(lead, ["clusters"])
    return lead
