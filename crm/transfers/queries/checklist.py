"""交接清单: what goes over with a lead, read off what is there."""

from dataclasses import dataclass
from datetime import date, datetime

from crm.claims import queries as claims
from crm.claims.rules.clock import State
from crm.companies import queries as companies
from crm.core import clock
from crm.credit import queries as credit
from crm.files import queries as files
from crm.leads.models import Lead
from crm.sharing import queries as sharing
from crm.tasks import queries as tasks


@dataclass(frozen=True, slots=True)
class Item:
    """One line: what (a word of `handover`), how many, a text that only those read who may read the lead, a day."""

    what: str
    count: int
    text: str = ""
    on: date | None = None
    state: State | None = None


def checklist(lead: Lead, *, now: datetime) -> list[Item]:
    """Open steps, contacts, files, shares, the clock of the first report, the attribution as it stands."""
    step = tasks.open_for(lead.id)
    running = claims.clock_of(lead.id, rests=lead.rests, now=now)
    shares, today = sharing.shares_of([lead.id]).get(lead.id, []), clock.city_day(now)
    holders = {row.unit_id for row in credit.lines_of(lead.id)} or {lead.following_unit_id}
    return [
        Item("step", 1 if step else 0, step.text if step else "", step.due_on if step else None),
        Item("contacts", len(companies.contacts_of(lead.id))),
        Item("files", len(files.of_lead(lead.id))),
        Item("shares", len([share for share in shares if share.until >= today])),
        Item("claim", 1, running.number, running.clock.due, running.clock.state) if running else Item("claim", 0),
        Item("credit", len(holders)),
    ]
