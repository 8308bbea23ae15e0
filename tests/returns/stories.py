"""What the stories of weekly returns need: a week in which something happened, a return of it, acts on it, a night."""

from datetime import date

from crm.core import clock
from crm.core.db import db, unit_of_work
from crm.returns import jobs, services
from crm.returns.queries import returns
from crm.returns.rules import Edit, LineEdit, Section
from crm.visits import services as visits
from crm.visits.rules import Kind, NewProgress
from tests.builders import a_lead, a_unit, actor
from tests.claims.stories import at

WEEK = date(2026, 11, 16)
DURING = at("2026-11-18 10:00")
SUNDAY = at("2026-11-22 20:00")
MONDAY = at("2026-11-23 09:00")  # the day it is due
LATE = at("2026-11-24 09:00")


def told(text, *, lead=None, by="officer.nanshan", now=DURING, on=None):
    """Progress on a lead that was registered long before; the lead."""
    lead = lead or a_lead(by=by, now=at("2026-08-03 09:00"))
    new = NewProgress(kind=Kind.VISIT, on=on or clock.city_day(now), text=text, whom="CFO")
    with clock.fixed(now), unit_of_work():
        visits.log_progress(lead.public_id, new, actor=actor(by), now=now)
    return lead


def drafted(*, unit="SZ-NS", week=WEEK, by="officer.nanshan", now=SUNDAY):
    """A draft; its public id."""
    with clock.fixed(now), unit_of_work():
        return services.open_return(a_unit(unit).public_id, week, actor=actor(by), now=now).public_id


def ids_of(public_id):
    """The ids of all its lines, in order."""
    return [line.id for line in returns.lines_of(stored(public_id).id)]


def stored(public_id):
    db.session.expire_all()
    return returns.by_public_id(public_id)


def does(verb, public_id, *args, by, now=MONDAY, opened=None):
    """Act on the newest version of a return, or the one that was `opened`."""
    version = stored(public_id).version if opened is None else opened
    with clock.fixed(now), unit_of_work():
        return verb(public_id, version, *args, actor=actor(by), now=now)


def submitted(*, by="manager.nanshan", now=MONDAY, why="", **how):
    public_id = drafted(**how)
    does(services.submit, public_id, why, by=by, now=now)
    return public_id


def confirmed(**how):
    public_id = submitted(**how)
    does(services.confirm, public_id, by="coordinator", now=how.get("now", MONDAY))
    return public_id


def reads(public_id, username, now=MONDAY):
    """A return as somebody reads it."""
    db.session.expire_all()
    with clock.fixed(now):
        return returns.visible_return(public_id, actor=actor(username))


def texts(public_id, username="manager.nanshan", section=Section.PROGRESS):
    """The words that the base or a person says in a section."""
    part = next(one for one in reads(public_id, username).parts if one.section is section)
    return [line.text or line.facts.get("text") or line.source.value for line in part.lines]


def edited(public_id, *, lines=None, added=(), by="officer.nanshan", opened=None, now=SUNDAY, **sections):
    """Save it. `lines`: (text, place, listed) by id."""
    typed = {line_id: LineEdit(*said) for line_id, said in (lines or {}).items()}
    edit = Edit({Section(name): text for name, text in sections.items()}, typed, tuple(added))
    return does(services.save, public_id, edit, by=by, now=now, opened=opened)


def night(now):
    with clock.fixed(now):
        return jobs.watch_now()
