"""What the stories of matters need: one raised, something done about it, a night."""

from crm.core import clock
from crm.core.db import db, unit_of_work
from crm.matters import jobs, queries, services
from crm.matters.rules import Level, NewMatter
from tests.builders import a_lead, a_unit, actor, someone


def raised(
    lead=None, *, by: str = "officer.nanshan", level: Level = Level.DISTRICT, unit=None, user=None, text="two lines of power"
):
    lead = lead or a_lead()
    with unit_of_work():
        new = NewMatter(text, level, a_unit(unit).id if unit else None, someone(user).id if user else None)
        return services.raise_matter(lead.public_id, new, actor=actor(by), now=clock.now()).public_id


def does(verb, public_id, *args, by: str):
    """Do something about a matter, as somebody."""
    with unit_of_work():
        return verb(public_id, *args, actor=actor(by), now=clock.now())


def stored(public_id):
    db.session.expire_all()
    return queries.by_public_id(public_id)


def night(on):
    """The pass of a night."""
    with clock.fixed(clock.start_of(on)):
        return jobs.watch_now()


def kinds(public_id):
    return [event.kind for event in queries.events_of(stored(public_id).id)]
