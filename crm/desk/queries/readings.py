"""查阅记录: who read a lead's page, opened its files, saw its contacts, took it out of the house: the readings, and the audit's
own lines about it.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from crm.accounts.models import User
from crm.audit import queries as audit
from crm.companies import queries as companies
from crm.core.db import db, one_of
from crm.leads.models import Lead
from crm.readings import queries as readings

_OF_LEAD = ("file.opened", "report.lead_brief", "lead.exported")
_OF_CONTACT = ("contact.revealed",)
_SHOWN = 200


@dataclass(frozen=True, slots=True)
class Look:
    """Somebody saw a lead, or something of it. `action`: the audit's word for it, empty for the page; `about`: which file, or
    the reason that was given.
    """

    at: datetime
    user: User
    action: str = ""
    about: str = ""


def looks_at(lead: Lead) -> list[Look]:
    """All of that but what the one who leads it did, the latest first."""
    contacts = [contact.id for contact in companies.contacts_of(lead.id)]
    lines = audit.lines_about("lead", [lead.id], _OF_LEAD, limit=_SHOWN)
    lines += audit.lines_about("contact", contacts, _OF_CONTACT, limit=_SHOWN)
    wanted = {line.actor_id for line in lines if line.actor_id is not None}
    people = {user.id: user for user in db.session.scalars(select(User).where(one_of(User.id, wanted)))}
    found = [Look(row.first_at, row.user) for row in readings.of_lead(lead.id, limit=_SHOWN)]
    for line in lines:
        facts = line.payload.facts if line.payload is not None else {}
        if line.actor_id in people:
            found.append(Look(line.at, people[line.actor_id], line.action, str(facts.get("name") or facts.get("reason") or "")))
    others = [one for one in found if one.user.id != lead.owner_id]
    return sorted(others, key=lambda one: one.at, reverse=True)[:_SHOWN]
