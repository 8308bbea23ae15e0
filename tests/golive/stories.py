"""A window, and what units bring in it."""

from datetime import date, timedelta

from crm.claims import queries as claims
from crm.core import clock
from crm.core.db import db, unit_of_work
from crm.golive import queries, services
from crm.golive.rules import Answer
from crm.leads.models import Lead
from crm.leads.rules.lead import Decision, Decisions, HitDecision, Outcome
from crm.leads.services import assess_lead, log_lead
from tests.builders import a_lead, a_unit, actor, new_lead
from tests.claims.stories import admit, at, evidence

START = at("2026-11-02 09:00")  # a Monday
LAST = date(2026, 11, 13)  # a Friday


def opened(now=START, first=None, last=LAST, by="coordinator"):
    with unit_of_work():
        day = first or clock.city_day(now)
        return services.open_window(day, last, "all histories at once", city="SZ", actor=actor(by), now=now)


def closed(now, by="coordinator"):
    with unit_of_work():
        return services.close_window("all are in", actor=actor(by), now=now)


def brought(now=None, *, by="officer.nanshan", talks=None, granted=True, **changed):
    """A lead that a unit brings: with evidence, admitted."""
    now = now or START + timedelta(hours=1)
    lead = a_lead(by=by, now=now, first_talks_on=talks, **changed)
    evidence(lead, now, by=by)
    if granted:
        admit(lead, now + timedelta(minutes=5), by=by.replace("officer", "manager"))
    return db.session.get_one(Lead, lead.id)


def twin(lead, now=None, *, by="officer.baoan", talks=None, granted=True):
    """Another unit's lead of the same investor: somebody said "another project" of it."""
    now = now or START + timedelta(hours=2)
    name = lead.investor.name
    company = lead.investor.public_id
    new = new_lead(investor=name, title="二期", first_talks_on=talks)
    choice = Decisions((HitDecision(company, Decision.ANOTHER_PROJECT, reason="their own"),))
    with unit_of_work():
        who = actor(by)
        unit = a_unit("SZ-BA" if "baoan" in by else "SZ-NS")
        made = log_lead(new, choice, unit=unit, city="SZ", actor=who, now=now, matched=False).lead
        made_id = made.id
    made = db.session.get_one(Lead, made_id)
    evidence(made, now, by=by)
    if granted:
        admit(made, now + timedelta(minutes=5), by=by.replace("officer", "manager"))
    return db.session.get_one(Lead, made_id)


def listed(username="coordinator"):
    """The conflicts as somebody sees them."""
    window = claims.unended_window() or next(iter(claims.all_windows()), None)
    return queries.shown(queries.all_found(window), actor(username))


def settled(conflict, now, *, side=None, reason="by the dates", by="coordinator"):
    """Settle it for a side (its place), or as different projects."""
    answer = Answer.DIFFERENT if side is None else Answer.HOLDER
    holder = "" if side is None else conflict.sides[side - 1].key
    with unit_of_work():
        return services.settle(conflict.key, answer, holder, reason, actor=actor(by), now=now)


def assessed_again(lead, now, by="coordinator"):
    with unit_of_work():
        assess_lead(lead.public_id, Outcome.ADMITTED, "", city="SZ", actor=actor(by), now=now)
