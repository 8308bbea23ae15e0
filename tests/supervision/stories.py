"""What the stories of supervised tasks need: a liaison, an instruction, something done about it, a night."""

from datetime import timedelta

from crm.core import clock
from crm.core.db import db, unit_of_work
from crm.supervision import jobs, queries, services
from crm.supervision.rules import NewInstruction, Said, Way
from tests.builders import a_unit, actor, someone

PDF = ("minutes.pdf", b"%PDF-1.4\n%%EOF\n")


def liaison(username="officer.nanshan", *, by="coordinator", days=30):
    """Somebody acts for the leader from today."""
    today = clock.today()
    with unit_of_work():
        leader = someone("leader").id
        last = today + timedelta(days=days)
        return services.delegate(leader, username, today, last, actor=actor(by), now=clock.now()).public_id


def given(lead=None, *, by="leader", unit="SZ-BA", helpers=(), way=Way.WRITTEN, days=10, text="two lines of power"):
    with unit_of_work():
        today = clock.today()
        new = NewInstruction(
            someone("leader").id, text, way, today, a_unit(unit).id, tuple(a_unit(code).id for code in helpers),
            today + timedelta(days=days), lead.public_id if lead else None,
        )  # fmt: skip
        return services.give_instruction(new, city="SZ", actor=actor(by), now=clock.now()).public_id


def does(verb, public_id, *args, by, **named):
    """Do something about a task, as somebody."""
    with unit_of_work():
        return verb(public_id, *args, actor=actor(by), now=clock.now(), **named)


def fed_back(public_id, *, root, by="manager.baoan", verb=services.feed_back, files=(), text="under way"):
    return does(verb, public_id, text, files, by=by, root=str(root))


def says(text="good", way=None, due=None):
    return Said(text, way, due)


def stored(public_id):
    db.session.expire_all()
    return queries.by_public_id(public_id)


def kinds(public_id):
    return [event.kind for event in queries.events_of(stored(public_id).id)]


def night(on):
    """The pass of a night."""
    with clock.fixed(clock.start_of(on)):
        return jobs.watch_now()
