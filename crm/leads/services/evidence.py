"""What a piece of a lead's evidence is, said afterwards: it was handed in before there were types, or said wrongly. And that more
material came, told to who asked for it.
"""

from datetime import datetime

from crm.audit import services as audit
from crm.claims.rules.evidence import HANDED_IN, EvidenceType
from crm.core.db import db
from crm.core.errors import NotFound
from crm.files import queries as files
from crm.leads.models import Lead
from crm.leads.queries import access
from crm.leads.rules.lead import Outcome
from crm.notifications import queries as told
from crm.notifications import services as notifications
from crm.policy import rules as policy
from crm.policy.rules import Actor
from crm.units import queries as units


def type_evidence(public_id: str, kind: EvidenceType, *, actor: Actor, now: datetime) -> Lead:
    """Say what a piece of evidence is; its lead. A first report that was granted keeps the level it was granted with.

    Raises NotFound for a file that is no evidence of a lead of which this person reads files, or that proves a milestone or
    money (that is what it is), Forbidden for who adds no files there.
    """
    stored = files.visible_file(public_id, actor=actor)
    chosen = stored.purpose == "evidence" and stored.evidence_type != EvidenceType.FACT
    if stored.lead_id is None or not chosen or kind not in HANDED_IN:
        raise NotFound
    lead = access.locked_lead(access.lead_of(stored.lead_id).public_id, actor=actor, action="read_detail")
    policy.require(policy.towards_lead(actor, lead), "file", "add", seen_by="read")
    facts = {"name": stored.name, "type": kind.value, "before": stored.evidence_type or ""}
    stored.evidence_type = kind
    audit.record("file.typed", subject=("lead", lead), facts=facts, actor=actor, now=now)
    db.session.flush()
    return lead


def tell_supplied(lead: Lead, *, actor: Actor, now: datetime) -> None:
    """补充材料 was asked for, and files came: tell whoever asked, once until they assess again."""
    if lead.assessment != Outcome.MORE_NEEDED or lead.admitted_at is not None or lead.assessed_at is None:
        return
    subject = ("lead", lead.public_id)
    if told.sent_about(subject, "lead.supplied", since=lead.assessed_at):
        return
    asked = access.assessments_of(lead.id)[0].assessed_by_id
    facts = {"number": lead.number, "name": lead.display_name or lead.title}
    facts |= {"unit": units.by_id(actor.unit_id).zh, "person": actor.name}
    notifications.notify([asked], "lead.supplied", subject=subject, facts=facts, actor=actor, now=now)
