"""Second reports: what the city had already is registered again; the time counts, nothing is lost, the unit is told."""

from dataclasses import asdict, dataclass
from datetime import datetime

from crm.accounts import queries as accounts
from crm.audit import services as audit
from crm.companies import services as companies
from crm.companies.rules import NewCompany
from crm.core.db import db
from crm.leads.models import Lead, SecondReport
from crm.leads.queries import access, hits
from crm.leads.rules.lead import NewLead
from crm.leads.services.notes import index_lead
from crm.notifications import services as notifications
from crm.policy.rules import Actor
from crm.units import queries as units


@dataclass(frozen=True, slots=True)
class Logged:
    """What came of registering: a new lead, or a second report on one that the city had already."""

    lead: Lead
    second_report: SecondReport | None = None


def report_again(
    lead: Lead,
    new: NewLead,
    *,
    actor: Actor,
    now: datetime,
    coordinate: bool = False,
    seen: bool = True,
    unit_id: int | None = None,
) -> Logged:
    """Store that somebody registered `lead` once more, for their own unit or for that of the list that they bring in. The new
    spellings of the investor become aliases where the reporter saw (`seen`) whose they are; the lead's owner is told, and the
    coordinators where they are asked to `coordinate`.
    """
    lead = access.hold_lead(lead)
    unit_id = unit_id or actor.unit_id
    report = SecondReport(
        lead_id=lead.id, unit_id=unit_id, reported_by_id=actor.user_id, reported_at=now,
        typed=_typed(new), wants_coordination=coordinate,
    )  # fmt: skip
    db.session.add(report)
    if lead.investor is not None and new.investor and seen and not coordinate:
        typed = NewCompany(new.investor, new.other_names, new.country, new.website, hits.identifiers_of(new))
        companies.learn(lead.investor, typed, actor=actor, now=now)
        index_lead(lead, (new.investor, *new.other_names))
    db.session.flush()
    facts = {"unit": unit_id, "coordination": coordinate}
    audit.record("lead.reported_again", subject=("lead", lead), facts=facts, actor=actor, now=now)
    _tell(lead, unit_id, actor, now, coordinate)
    return Logged(lead, report)


def _typed(new: NewLead) -> dict[str, object]:
    """What was typed, as JSON; contacts stay out (they would be readable past their mask)."""
    values = {key: value for key, value in asdict(new).items() if value and key != "contacts"}
    return {key: value if isinstance(value, str | int | bool) else str(value) for key, value in values.items()}


def _tell(lead: Lead, unit_id: int, actor: Actor, now: datetime, coordinate: bool) -> None:
    unit = units.by_id(unit_id)
    facts = {"number": lead.number, "name": lead.display_name or lead.title, "unit": unit.zh}
    subject = ("lead", lead.public_id)
    if lead.owner_id:
        notifications.notify([lead.owner_id], "lead.second_report", subject=subject, facts=facts, actor=actor, now=now)
    if coordinate:
        people = [user.id for user in accounts.coordinators()]
        notifications.notify(people, "lead.coordination", subject=subject, facts=facts, actor=actor, now=now)
