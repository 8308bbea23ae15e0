"""M5: what may exist once exists once, whoever asks first; numbers have no gap and no double."""

import time

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from crm.claims import services as claims
from crm.claims.models import Claim
from crm.claims.rules import AlreadyClaimed
from crm.core import clock
from crm.core.db import db, unit_of_work
from crm.core.numbers import next_number, take_numbers
from crm.units.models import Unit
from tests.builders import a_lead, actor
from tests.kernel import toys
from tests.races import errors, race, values


def ask_then_insert(app, number, pause):
    connection = toys.connect(app, timeout=15)
    known = connection.execute("SELECT count(*) FROM toy WHERE n = 7").fetchone()[0]
    time.sleep(pause)
    if not known:
        connection.execute(f"INSERT INTO toy VALUES ({number + 10}, 7)")
    connection.commit()
    connection.close()
    return not known


@pytest.mark.full
def test_without_the_cure_several_are_first(app):
    toys.make(app)
    for pause in (0.02, 0.2, 2):  # seconds; on a busy machine one may have asked and inserted before the next one is awake
        toys.run(app, "DELETE FROM toy WHERE n = 7")
        if sum(values(race(ask_then_insert, 12, app, pause))) > 1:
            return
    pytest.fail("only one was first each time: nothing for the cure to heal")


def grant(app, number, lead_id):
    with app.app_context():
        who = actor("coordinator")
        db.session.rollback()
        with unit_of_work():
            claim = claims.grant_claim(
                lead_id=lead_id, unit_id=who.unit_id, user_id=who.user_id, counts_from=clock.now(), evidence_count=1,
                city="SZ", actor=who, now=clock.now(),
            )  # fmt: skip
            return claim.number


def test_one_claim_is_granted(app):
    lead = a_lead("Kestovar Robotics GmbH")
    answers = race(grant, 16, app, lead.id)
    granted = [answer.value for answer in answers if answer.value]
    assert len(granted) == 1
    assert errors(answers) == {"AlreadyClaimed": 15}
    with app.app_context():
        assert list(db.session.scalars(select(Claim.number))) == granted


def test_the_database_has_the_last_word(app):
    """With the check switched off, the partial unique index refuses the second live claim, and lets a released one be."""
    lead, who = a_lead("Kestovar Robotics GmbH"), actor("coordinator")

    def insert(state, serial):
        with unit_of_work():
            db.session.add(
                Claim(
                    number=f"C-{serial}", lead_id=lead.id, unit_id=who.unit_id, user_id=who.user_id, state=state,
                    counts_from=clock.now(), granted_at=clock.now(), granted_by_id=who.user_id, evidence_count=1,
                    rules_version="1",
                )
            )  # fmt: skip

    with app.app_context():
        insert("released", 1)
        insert("live", 2)
        insert("released", 3)
        with pytest.raises(IntegrityError):
            insert("live", 4)
        with pytest.raises(AlreadyClaimed), unit_of_work():
            claims.grant_claim(
                lead_id=lead.id, unit_id=who.unit_id, user_id=who.user_id, counts_from=clock.now(), evidence_count=1,
                city="SZ", actor=who, now=clock.now(),
            )  # fmt: skip


def take_a_number(app, number):
    taken = []
    with app.app_context():
        for turn in range(6):
            try:
                with unit_of_work():
                    given = next_number("lead", 2026)
                    if turn == 2:
                        raise LookupError("this act fails, its number is given to the next")
                    taken.append(given)
            except LookupError:
                continue
    return taken


def test_numbers_have_no_gap_and_no_double(app):
    taken = sorted(n for numbers in values(race(take_a_number, 16, app)) for n in numbers)
    assert taken == list(range(1, 16 * 5 + 1))


def test_numbers_in_a_row(app):
    with app.app_context(), unit_of_work():
        assert next_number("lead", 2026) == 1
        assert take_numbers("lead", 2026, 500) == range(2, 502)
        assert next_number("lead", 2026) == 502
        assert next_number("lead", 2027) == 1


def register_all_at_once(app, number):
    """Through the one service, each in another disguise of the name."""
    from crm.core.errors import Refusal
    from crm.leads.models import Lead
    from crm.leads.queries.hits import hits_for, subject_of
    from crm.leads.rules.lead import Decision, Decisions, HitDecision, LikelyDuplicate
    from crm.leads.services import log_lead
    from tests.builders import new_lead
    from tests.kernel.test_text import disguises

    name = disguises("Kestovar Robotics GmbH")[number]
    with app.app_context():
        who = actor("officer.nanshan")
        unit = db.session.get_one(Unit, who.unit_id)
        decisions = Decisions()
        for _ in range(3):
            try:
                with unit_of_work():
                    logged = log_lead(new_lead(investor=name), decisions, unit=unit, city="SZ", actor=who, now=clock.now())
                    return (logged.lead.number, logged.second_report is not None)
            except LikelyDuplicate:
                hits = hits_for(subject_of(new_lead(investor=name)), actor=who)
                hit = hits.shown[0]
                lead_id = db.session.scalar(select(Lead.public_id).where(Lead.investor_id == hit.company.id))
                decisions = Decisions(hits=(HitDecision(hit.company.public_id, Decision.SAME, lead_id),))
        raise Refusal("never came through")


def test_twenty_register_one_firm_in_the_same_second(app):
    from crm.companies.models import Company
    from crm.leads.models import Lead, SecondReport

    outcomes = values(race(register_all_at_once, 20, app))
    assert len({number for number, _second in outcomes}) == 1
    assert sum(second for _number, second in outcomes) == 19
    with app.app_context():
        assert [db.session.scalar(select(func.count()).select_from(t)) for t in (Company, Lead, SecondReport)] == [1, 1, 19]
