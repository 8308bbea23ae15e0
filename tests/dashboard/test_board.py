"""A dashboard's figures are those of the lists behind them, and tell nobody more than the lists do."""

import random
from datetime import date, timedelta

import pytest
from sqlalchemy import select, update
from werkzeug.datastructures import MultiDict

from crm.core import clock
from crm.core.db import db, unit_of_work
from crm.dashboard import queries
from crm.events.models import EventLink
from crm.events.rules import LinkRole
from crm.leads.models import Lead
from crm.leads.rules.lead import Stage
from crm.pipeline.models import StageChange
from tests.builders import a_lead, a_unit, actor
from tests.dashboard.stories import READERS, asked, every_figure_agrees, figures_of, random_city
from tests.events.stories import an_event
from tests.long import mostly_full
from tests.web.shared_city import seal


def board(who, keep=0, **args):
    return queries.board_for(asked(MultiDict(args), who), actor(who), keep_seconds=keep)


@pytest.mark.parametrize("seed", mostly_full([1, 2], 1))
def test_every_figure_is_what_its_list_holds(desk, seed):
    dice = random.Random(seed)
    random_city(dice)
    wrong = every_figure_agrees(dice, 25)
    assert not wrong, wrong[:5]


def test_the_check_sees_something(desk):
    random_city(random.Random(3))
    numbers = {who: sum(figure.number for _name, figure in figures_of(board(who, period="ever"))) for who in READERS}
    assert all(number > 20 for number in numbers.values()), numbers


@pytest.fixture
def small(desk):
    """Seven leads in negotiation in Nanshan, one in Bao'an."""
    leads = [a_lead(by="officer.nanshan") for _number in range(7)] + [a_lead(by="officer.baoan")]
    with unit_of_work():
        values = {"stage": Stage.NEGOTIATING, "admitted_at": clock.now(), "total_cny": 10**10, "total_verified": True}
        db.session.execute(update(Lead).where(Lead.id.in_([lead.id for lead in leads])).values(**values))
    return [lead.id for lead in leads]


def districts(found):
    return {bar.key: bar.told for bar in found.districts}


def test_others_are_told_in_fives(small):
    found = districts(board("officer.baoan"))
    nanshan, baoan = found[a_unit("SZ-NS").id], found[a_unit("SZ-BA").id]
    assert (nanshan.figure.number, nanshan.figure.question, nanshan.exact) == (5, None, False)
    assert (baoan.figure.number, baoan.exact) == (1, True)


def test_a_narrow_question_tells_nothing_of_others(small):
    assert set(districts(board("officer.baoan", country="DE"))) == {a_unit("SZ-BA").id}
    assert set(districts(board("coordinator", country="DE"))) == {a_unit("SZ-BA").id, a_unit("SZ-NS").id}


def test_nobody_asks_for_another_unit(small):
    found = board("officer.baoan", unit=str(a_unit("SZ-NS").id))
    assert found.ask.unit_id == a_unit("SZ-BA").id
    assert found.stages[Stage.NEGOTIATING].number == 1
    assert found.money is None, "the city's money is the city's"


def test_a_code_name_is_left_out_at_once(small):
    before = board("leader").stages[Stage.NEGOTIATING].number
    seal(db.session.get_one(Lead, small[7]).public_id, "青石", by="officer.baoan")
    assert board("leader", keep=600).stages[Stage.NEGOTIATING].number == before - 1
    assert board("officer.baoan").stages[Stage.NEGOTIATING].number == 0
    assert board("coordinator").stages[Stage.NEGOTIATING].number == before


def test_numbers_are_kept_for_a_while(small, clock_at):
    first = board("coordinator")  # counted now, whatever another test left
    a_lead(by="officer.nanshan")
    assert board("coordinator", keep=60).counted_at == first.counted_at
    clock_at(clock.now() + timedelta(seconds=61))
    later = board("coordinator", keep=60)
    assert later.counted_at > first.counted_at
    assert later.steps[0].figure.number == first.steps[0].figure.number + 1


def test_medians_of_moves_and_answers(desk):
    random_city(random.Random(5), size=30)
    found = board("coordinator", period="ever")
    moved = [step for step in found.steps if step.moves]
    assert moved
    assert all(step.days is not None and 0 <= step.days < 700 for step in moved)
    assert any(one.response.assessed for one in found.answers)
    assert found.steps[0].figure.number == len(db.session.scalars(select(Lead.id)).all())


def test_an_empty_city(desk):
    for who in READERS:
        found = board(who)
        assert all(figure.number == 0 for _name, figure in figures_of(found))
        assert [step.share for step in found.steps] == [None] * 5


def test_the_year_before_is_told_as_it_was_then(desk, clock_at):
    """Two leads of last spring: one was in negotiation a year ago and is signed now, one moved on only this year."""
    clock_at("2026-06-18 09:00")
    old, late, new = (a_lead(by="officer.nanshan") for _number in range(3))
    person = actor("coordinator").user_id
    with unit_of_work():
        then = {"registered_at": clock.now() - timedelta(days=400), "stage": Stage.SIGNED, "admitted_at": clock.now()}
        db.session.execute(update(Lead).where(Lead.id.in_([old.id, late.id])).values(**then))
        moves = [(old, "lead", "negotiating", date(2025, 6, 18)), (old, "negotiating", "signed", date(2025, 6, 19)),
                 (late, "lead", "negotiating", date(2026, 2, 1)), (late, "negotiating", "signed", date(2026, 2, 1))]  # fmt: skip
        for lead, was, to, day in moves:
            values = {"lead_id": lead.id, "from_stage": was, "to_stage": to, "on_date": day, "entered_at": clock.now()}
            db.session.add(StageChange(**values, entered_by_id=person))
            db.session.flush()
    found = board("coordinator", period="year")
    assert [(step.figure.number, step.before.number) for step in found.steps] == [(1, 2), (0, 1), (0, 0), (0, 0), (0, 0)]
    answers = {one.unit_id: one.before.number for one in found.answers}
    assert answers == {a_unit("SZ-NS").id: 2}
    ever = board("coordinator", period="ever")
    assert {step.before for step in ever.steps} == {None}
    assert found.stages_before == ever.stages_before == {Stage.LEAD: 1, Stage.NEGOTIATING: 1}
    assert {bar.key: bar.before for bar in found.districts} == {a_unit("SZ-NS").id: 1}
    assert board("officer.baoan", period="year").stages_before is None, "their unit had nothing then"
    assert {bar.before for bar in board("officer.nanshan", period="year").districts if not bar.told.exact} == {None}
    assert new.id


def test_events_are_those_held_in_the_days_chosen(desk, clock_at):
    clock_at("2026-06-18 09:00")
    days = ("2025-06-18", "2025-12-31", "2026-06-17", "2026-06-30")
    events = {day: an_event(day, first=date.fromisoformat(day), last=date.fromisoformat(day)).id for day in days}
    crossing = an_event("New Year", first=date(2025, 12, 30), last=date(2026, 1, 2)).id
    person, links = actor("coordinator").user_id, []
    for event in (*events.values(), crossing):
        lead = a_lead(by="officer.nanshan").id
        links.append(EventLink(event_id=event, lead_id=lead, role=LinkRole.SOURCE, by_id=person, at=clock.now()))
    with unit_of_work():
        db.session.add_all(links)
    found = {spell: {line.event_id for line in board("coordinator", period=spell).events} for spell in ("month", "year", "ever")}
    assert found["month"] == {events["2026-06-17"]}
    assert found["year"] == {events["2026-06-17"], crossing}
    assert found["ever"] == {*events.values(), crossing}
