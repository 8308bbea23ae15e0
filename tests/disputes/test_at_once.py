"""Twenty at once: one dispute of a lead, one decision, one review, one answer to a matter, one escalation."""

from sqlalchemy import func, select

from crm.core import clock
from crm.core.db import db, unit_of_work
from crm.core.errors import Refusal
from crm.disputes import services
from crm.disputes.models import Dispute, DisputeDecision
from crm.leads.models import Lead
from crm.matters import jobs
from crm.matters import services as matters
from crm.matters.models import MatterEvent
from tests.builders import actor
from tests.disputes.stories import a_dispute, at_headquarters, does, reported_twice, ruling
from tests.matters.stories import raised, stored
from tests.races import race, values


def tried(act, *args, by, **named) -> str:
    try:
        with unit_of_work():
            act(*args, actor=actor(by), now=clock.now(), **named)
    except Refusal as refusal:
        return refusal.code
    return "done"


def opens(app, number: int, lead: str, report: str) -> str:
    with app.app_context():
        who = ("officer.nanshan", "manager.nanshan", "officer.baoan", "coordinator")[number % 4]
        return tried(services.open_dispute, report if who == "officer.baoan" else lead, "we were first", by=who)


def decides(app, number: int, public_id: str) -> str:
    """A third decides for one side, a third for the other, a third takes it back."""
    with app.app_context():
        if number % 3 == 2:
            return tried(services.withdraw, public_id, "settled", by="officer.nanshan")
        new = ruling() if number % 3 else ruling("SZ-NS", "officer.nanshan")
        return tried(services.decide, public_id, new, by="coordinator")


def asks(app, number: int, public_id: str) -> str:
    with app.app_context():
        return tried(services.ask_review, public_id, "not so", by=("manager.nanshan", "manager.baoan")[number % 2])


def answers(app, number: int, public_id: str) -> str:
    with app.app_context():
        return tried(matters.answer, public_id, f"answer {number}", by=("manager.nanshan", "coordinator")[number % 2])


def watches(app, _number: int) -> int:
    with app.app_context(), clock.fixed(clock.start_of(clock.today(), days=30)):
        return jobs.watch_now()["escalated"]


def test_one_dispute_of_a_lead(app):
    with app.app_context():
        lead, report = reported_twice()
        ids = (lead.public_id, report.public_id)
        db.session.remove()
    said = values(race(opens, 20, app, *ids))
    assert sorted(said) == ["done", *["lead_disputed"] * 19]
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Dispute)) == 1


def test_one_decision(app):
    with app.app_context():
        lead, public_id = a_dispute()
        lead_id = lead.id
        db.session.remove()
    said = values(race(decides, 20, app, public_id))
    assert sorted(said) == sorted(["done", *["dispute_closed"] * 19])
    with app.app_context():
        assert db.session.get_one(Lead, lead_id).disputed_on is None
        assert (db.session.scalar(select(func.count()).select_from(DisputeDecision)) or 0) <= 1


def test_one_review(app):
    with app.app_context():
        at_headquarters()
        _lead, public_id = a_dispute()
        does(services.decide, public_id, ruling(), by="coordinator")
        db.session.remove()
    said = values(race(asks, 20, app, public_id))
    assert sorted(said) == sorted(["done", *["dispute_closed"] * 19])


def test_one_answer_and_one_escalation(app):
    with app.app_context():
        first, second = raised(), raised()
        db.session.remove()
    said = values(race(answers, 20, app, first))
    assert sorted(said) == sorted(["done", *["matter_moved"] * 19])
    assert sum(values(race(watches, 8, app))) == 1
    with app.app_context():
        assert stored(second).level == "city"
        kinds = list(db.session.scalars(select(MatterEvent.kind).where(MatterEvent.kind == "escalated")))
        assert kinds == ["escalated"]
