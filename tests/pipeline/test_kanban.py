"""The columns hold what the list holds, cut for the reader, in few statements; their sums and averages are the list's."""

from datetime import timedelta
from itertools import product

import pytest
from sqlalchemy import update

from crm.core import clock
from crm.core.db import db, unit_of_work
from crm.leads.models import Lead
from crm.leads.queries import listing
from crm.leads.rules.lead import STAGES, Stage
from crm.leads.rules.listing import Question, Scope, Sort
from crm.pipeline.queries import kanban
from crm.pipeline.rules.kanban import Age, Way
from tests.builders import a_lead, a_unit, actor, someone
from tests.pages import statements


def put(lead, stage, days=0, **changed):
    """Put a lead into a stage as a row."""
    values = {"stage": stage, "stage_since": clock.today() - timedelta(days=days), "admitted_at": clock.now()} | changed
    with unit_of_work():
        db.session.execute(update(Lead).where(Lead.id == lead.id).values(**values))
    return lead


def columns(who="officer.nanshan", scope=Scope.UNIT, **asked):
    return {column.stage: column for column in kanban.columns_of(Question(scope=scope, **asked), actor(who))}


def held(who="officer.nanshan", scope=Scope.UNIT, **asked):
    return listing.held_by_stage(Question(scope=scope, **asked), actor(who))


@pytest.fixture
def spread(desk):
    """Three leads in negotiation, one signed, one that only was registered; one of Bao'an's in negotiation, one signed."""
    owner = someone("officer.nanshan").id
    for days, total in ((10, 5), (20, 7), (200, None)):
        total_cny = total and total * 10**10
        put(a_lead(), Stage.NEGOTIATING, days, owner_id=owner, total_cny=total_cny, total_verified=total == 5)
    put(a_lead(), Stage.SIGNED, 3, owner_id=owner, contracted_usd=8_000_000_00, total_cny=10**10, total_verified=True)
    put(a_lead(), Stage.LEAD, 1, admitted_at=None, owner_id=owner)
    put(a_lead("Quiet Harbour GmbH", by="officer.baoan"), Stage.NEGOTIATING, 400, total_cny=10**12, total_verified=True)
    put(a_lead("Loud Harbour GmbH", by="officer.baoan"), Stage.SIGNED, 5, total_cny=10**12, total_verified=True)


def test_columns_are_the_list_by_stage(spread):
    for who, scope in (("officer.nanshan", Scope.UNIT), ("officer.nanshan", Scope.CITY), ("coordinator", Scope.CITY)):
        found = columns(who, scope)
        assert list(found) == list(STAGES)
        for stage, column in found.items():
            listed = listing.page_of(Question(scope=scope, stage=stage), actor(who))
            assert [card.row.public_id for card in column.cards] == [row.public_id for row in listed]
            assert not column.more


def test_in_the_list_s_order(spread):
    for sort, descending in product(Sort, (True, False)):
        found = columns(sort=sort, descending=descending)
        for stage in STAGES:
            listed = listing.page_of(Question(stage=stage, sort=sort, descending=descending), actor("officer.nanshan"))
            assert [card.row.public_id for card in found[stage].cards] == [row.public_id for row in listed], (sort, descending)


def test_twenty_and_the_others_on_demand(desk):
    for _number in range(43):
        put(a_lead(), Stage.NEGOTIATING)
    question, who = Question(scope=Scope.UNIT), actor("officer.nanshan")
    first = columns()[Stage.NEGOTIATING]
    pages = [kanban.column_of(question.on(page=page), Stage.NEGOTIATING, who) for page in (1, 2, 3, 4)]
    assert (len(first.cards), first.more) == (20, True)
    assert [(len(page.cards), page.more) for page in pages] == [(20, True), (20, True), (3, False), (0, False)]
    assert [card.row.public_id for card in pages[0].cards] == [card.row.public_id for card in first.cards]
    assert len({card.row.public_id for page in pages for card in page.cards}) == 43


def test_one_statement_finds_the_cards_one_adds_up(spread):
    with statements() as seen:
        columns("coordinator", Scope.CITY)
    assert sum("UNION ALL" in one and "LIMIT" in one for one in seen) == 1
    with statements() as more:
        held("coordinator", Scope.CITY)
    assert sum("GROUP BY" in one for one in more) == 1
    found = len(seen)
    for _number in range(30):
        put(a_lead(), Stage.SIGNED)
    with statements() as seen:
        columns("coordinator", Scope.CITY)
    assert len(seen) == found  # however many cards there are


def test_sums_and_averages(spread):
    found = held()
    talks = found[Stage.NEGOTIATING]
    assert (talks.totals.count, talks.totals.total_cny, talks.totals.unverified_cny) == (3, 5 * 10**10, 7 * 10**10)
    assert talks.average_days == round((10 + 20 + 200) / 3)
    assert (found[Stage.SIGNED].totals.contracted_usd, found[Stage.SIGNED].average_days) == (8_000_000_00, 3)
    assert (found[Stage.LEAD].totals.not_admitted, found[Stage.LEAD].average_days) == (1, 1)
    assert (found[Stage.OPERATING].totals.count, found[Stage.OPERATING].average_days) == (0, None)


def test_the_same_sums_as_the_list_s(spread):
    people = ("officer.nanshan", "manager.baoan", "coordinator", "leader")
    questions = ({}, {"unit_id": a_unit("SZ-NS").id}, {"text": "Harbour"}, {"country": "DE"})
    for who, scope, asked in product(people, (Scope.UNIT, Scope.CITY), questions):
        sums = {stage: one.totals for stage, one in held(who, scope, **asked).items()}
        assert sums == listing.numbers_of(Question(scope=scope, **asked), actor(who)), (who, scope, asked)


def test_others_cards_are_cut_as_rows_are(spread):
    cards = columns(scope=Scope.CITY)[Stage.NEGOTIATING].cards
    masked = next(card for card in cards if card.row.masked)
    assert (masked.row.name, masked.row.unit, masked.row.total_cny, masked.row.status) == (None, None, None, None)
    assert masked.moves is False
    assert masked.age is Age.PLANNED  # 400 days, but lateness of others is not theirs to read
    assert held(scope=Scope.CITY)[Stage.NEGOTIATING].totals.total_cny == 5 * 10**10


def test_ways(spread):
    mine = columns()[Stage.NEGOTIATING].cards
    assert {card.ways for card in mine} == {(Way.REASON, Way.HERE, Way.OPEN, Way.OPEN, Way.OPEN)}
    assert [card.age for card in sorted(mine, key=lambda card: card.row.days)] == [Age.PLANNED, Age.PLANNED, Age.LATE]
    assert columns()[Stage.LEAD].cards[0].ways[1:] == (Way.NOT_ADMITTED,) * 4
    for card in columns("leader", Scope.CITY)[Stage.SIGNED].cards:
        assert set(card.ways) == {Way.NOT_YOURS, Way.HERE}
    theirs = next(card for card in columns(scope=Scope.CITY)[Stage.SIGNED].cards if card.row.name == "Loud Harbour GmbH")
    assert not theirs.moves


def test_paused_and_ended(spread):
    with unit_of_work():
        db.session.execute(update(Lead).where(Lead.stage == Stage.SIGNED).values(status="paused"))
    assert columns()[Stage.SIGNED].cards == [] and held()[Stage.SIGNED].totals.count == 0  # no longer signed and pursued
    card = columns(status="paused")[Stage.SIGNED].cards[0]
    assert (set(card.ways), card.age) == ({Way.PAUSED, Way.HERE}, Age.PLANNED)


def test_filters_reach_every_column(spread):
    found = columns("coordinator", Scope.CITY, text="Harbour")
    assert [len(found[stage].cards) for stage in STAGES] == [0, 1, 1, 0, 0]
    assert [one.totals.count for one in held("coordinator", Scope.CITY, text="Harbour").values()] == [0, 1, 1, 0, 0]
