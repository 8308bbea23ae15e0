"""Events and leads put to them, as tests tell of them."""

from datetime import date

from crm.core import clock
from crm.core.db import db
from crm.core.money import Money
from crm.events import services as events
from crm.events.models import Event
from crm.events.rules import EventKind, LinkRole, NewEvent
from crm.leads import services as leads
from crm.leads.models import Lead
from crm.leads.services.notes import set_sums
from crm.pipeline.models import StageChange
from tests.builders import a_lead, a_unit, actor, someone
from tests.builders.acting import builder


def new(name="Harbour Fair 3rd", first=date(2026, 9, 8), last=date(2026, 9, 11), unit="SZ-TCJ", **changed) -> NewEvent:
    """An event as typed."""
    facts = {"kind": EventKind.FAIR, "country": "DE", "city": "Munich"} | changed
    return NewEvent(name, first_on=first, last_on=last, unit_id=a_unit(unit).id, **facts)


@builder
def an_event(name="Harbour Fair 3rd", *, by="coordinator", **changed) -> Event:
    """An event on record."""
    return events.enter_event(new(name, **changed), city="SZ", actor=actor(by), now=clock.now())


@builder
def put(lead, event, role=LinkRole.SOURCE, *, was=None, reason="", by="coordinator"):
    """Put a lead to an event, or to none."""
    key = event.id if event is not None else None
    was = was.id if was is not None else None
    return leads.put_to_event(lead.public_id, role, key, was=was, reason=reason, actor=actor(by), now=clock.now())


@builder
def signed(investor, cny=10, usd=5000, *, on=date(2026, 9, 9), started: date | None = None, **changed) -> Lead:
    """A project that was signed on a day, and begun on another, with sums in 亿元 and 万美元."""
    lead = db.session.get_one(Lead, a_lead(investor, **changed).id)
    lead.admitted_at, lead.total_verified, lead.stage = clock.now(), True, "signed"
    by, moves = someone("coordinator").id, [("negotiating", "signed", on)]
    if started:
        moves.append(("signed", "under_construction", started))
        lead.stage = "under_construction"
    for old, to, day in moves:
        db.session.add(
            StageChange(lead_id=lead.id, from_stage=old, to_stage=to, on_date=day, entered_by_id=by, entered_at=clock.now())
        )
    set_sums(lead, Money(cny * 10_000_000_000, "CNY"), Money(usd * 1_000_000, "USD"))
    db.session.flush()
    return lead
