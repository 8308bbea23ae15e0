"""合同外资 is what was declared; where the city confirmed another contract, both stand beside each other."""

from datetime import date

import pytest

from crm.core.db import db, unit_of_work
from crm.core.money import Money
from crm.desk.queries.lead import lead_page, peek
from crm.leads.models import Lead
from crm.leads.queries.rows import rows_of
from crm.leads.rules.lead import Stage
from crm.pipeline import queries, services
from crm.reports.queries import brief_of
from tests.builders import actor
from tests.pipeline.stories import confirmed, decide, enter, move, negotiating, signed


@pytest.fixture(autouse=True)
def november(clock_at):
    clock_at("2026-11-16 09:00")


def beside(leads, username, **how):
    return queries.confirmed_beside(rows_of([lead.id for lead in leads], actor(username)).values(), **how)


def test_the_confirmed_stands_beside_where_it_is_another(desk):
    less, same = signed(desk, Money.of(6_000_000, "USD")), signed(desk)
    assert beside([less, same], "coordinator") == {less.public_id: 6_000_000_00}
    assert beside([less, same], "coordinator", every=True) == {less.public_id: 6_000_000_00, same.public_id: 8_000_000_00}
    assert less.contracted_usd == 8_000_000_00, "what was declared stays"
    for lead, said in ((less, Money.of(6_000_000, "USD")), (same, None)):
        who = actor("coordinator")
        assert (
            lead_page(lead, who)["nodes"].contract
            == peek(lead, who)["contract"]
            == brief_of(lead.public_id, who).contract
            == said
        )


def test_who_is_not_shown_sums_is_shown_no_confirmed_one(desk):
    lead = signed(desk, Money.of(6_000_000, "USD"))
    rows = rows_of([lead.id], actor("officer.baoan")).values()
    assert [row.amounts for row in rows] == [bool(queries.confirmed_beside(rows))]


def test_what_waits_is_not_beside(desk):
    lead = negotiating(date(2026, 11, 2))
    enter(desk, lead)
    move(lead, Stage.SIGNED)
    assert beside([lead], "coordinator", every=True) == {}


def test_what_other_phases_count_is_left_out(desk):
    lead = signed(desk, Money.of(6_000_000, "USD"))
    with unit_of_work():
        db.session.get_one(Lead, lead.id).less_usd = 1_000_000_00
    assert beside([lead], "coordinator") == {lead.public_id: 5_000_000_00}


def test_a_replaced_contract_is_not_beside(desk):
    lead = negotiating(date(2026, 11, 2))
    row = confirmed(desk, lead)
    move(lead, Stage.SIGNED)
    decide(services.withdraw_milestone, row, "signed by nobody", by="coordinator")
    assert beside([lead], "coordinator", every=True) == {}
