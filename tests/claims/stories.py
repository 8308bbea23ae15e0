"""Leads with a first report, at moments of one's choice."""

from datetime import datetime, timedelta

from flask import current_app

from crm.claims import queries
from crm.core import clock
from crm.core.db import db, unit_of_work
from crm.files import services as files
from crm.leads import services
from crm.leads.models import Lead
from crm.leads.rules.lead import Outcome
from crm.visits import services as visits
from crm.visits.rules import Kind, NewProgress
from tests.builders import a_lead, actor

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6300010000000500010d0a2db40000000049454e44ae426082"
)


def at(text: str) -> datetime:
    """A moment in the city."""
    return datetime.fromisoformat(text).replace(tzinfo=clock.CITY_ZONE)


def evidence(lead: Lead, now: datetime, *, by: str = "officer.nanshan", kind: str | None = None) -> None:
    """A piece of it; without a type as one from before there were types."""
    with unit_of_work():
        files.store_file(
            PNG + str(lead.id).encode(), "letter.png", purpose="evidence", root=current_app.config["FILES_PATH"], actor=actor(by),
            now=now, lead_id=lead.id, evidence_type=kind,
        )  # fmt: skip


def admit(lead: Lead, now: datetime, *, by: str = "manager.nanshan") -> None:
    with unit_of_work():
        services.assess_lead(lead.public_id, Outcome.ADMITTED, "", city="SZ", actor=actor(by), now=now)


def claimed(registered: datetime, *, by: str = "officer.nanshan", granted: datetime | None = None, **changed) -> Lead:
    """A lead with evidence that passed its assessment a day later."""
    lead = a_lead(by=by, now=registered, **changed)
    evidence(lead, registered, by=by)
    admit(lead, granted or registered + timedelta(days=1), by=by.replace("officer", "manager"))
    return db.session.get_one(Lead, lead.id)


def progress(
    lead: Lead, now: datetime, *, whom: str | None = "CFO", proofs: int = 1, by: str = "officer.nanshan", on=None
) -> None:
    new = NewProgress(kind=Kind.TALKS, on=on or clock.city_day(now), text="talked", whom=whom)
    with unit_of_work():
        visits.log_progress(lead.public_id, new, actor=actor(by), now=now, proofs=proofs)


def clock_of(lead: Lead, now: datetime):
    """The clock of a lead's live first report; None when it has none."""
    stored = db.session.get_one(Lead, lead.id)
    running = queries.clock_of(lead.id, rests=stored.rests, now=now)
    return running.clock if running else None
