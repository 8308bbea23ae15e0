"""A stage stays when the milestone that it stands on is withdrawn or returned: the lead's page says so, the list finds it."""

from datetime import date
from itertools import product

import pytest
from sqlalchemy import update

from crm.core.db import db, unit_of_work
from crm.leads.models import Lead
from crm.leads.queries import listing
from crm.leads.rules.lead import STAGES, ProjectType, Stage
from crm.leads.rules.listing import Question, Scope
from crm.pipeline import queries, services
from crm.pipeline.rules import Kind, NewOverride
from tests.builders import a_lead, actor, put_milestone
from tests.pipeline.stories import confirmed, decide, enter, move, negotiating
from tests.pipeline.test_kanban import put


@pytest.fixture(autouse=True)
def november(clock_at):
    clock_at("2026-11-16 09:00")


def said(lead):
    stored = db.session.get_one(Lead, lead.id, populate_existing=True)
    found = queries.on_page(stored, {"milestone", "override"}).unproven
    return [(one.missing.code, one.missing.what, one.gone.state if one.gone else None) for one in found]


def listed(username="coordinator", scope=Scope.CITY):
    asked = Question(stage=None, scope=scope, missing=("proof",))
    rows = listing.page_of(asked, actor(username))
    assert listing.count_of(asked, actor(username)).number == len(rows)
    return {row.public_id for row in rows}


def signed(app, verb, *args, by):
    lead = negotiating(date(2026, 11, 2))
    row = confirmed(app, lead) if verb is services.withdraw_milestone else enter(app, lead)
    move(lead, Stage.SIGNED)
    assert (said(lead), listed()) == ([], set())
    decide(verb, row, *args, by=by)
    assert db.session.get_one(Lead, lead.id, populate_existing=True).stage == "signed", "the stage stands"
    return lead


def test_withdrawn_by_the_city(desk):
    lead = signed(desk, services.withdraw_milestone, "signed by nobody", by="coordinator")
    assert said(lead) == [("milestone", "contract_signed|registered", "withdrawn")]
    for username, scope in (("coordinator", Scope.CITY), ("manager.nanshan", Scope.UNIT), ("officer.nanshan", Scope.MINE)):
        assert listed(username, scope) == {lead.public_id}, username
    assert listed("officer.baoan", Scope.CITY) == set(), "milestones of others are not theirs to read"
    enter(desk, lead)
    assert (said(lead), listed()) == ([], set())


def test_returned_by_the_district(desk):
    lead = signed(desk, services.return_milestone, "the seal is missing", by="manager.nanshan")
    assert said(lead) == [("milestone", "contract_signed|registered", "returned")]
    assert listed() == {lead.public_id}


def test_what_an_override_says_is_not_said_twice_but_found(desk):
    lead = negotiating(date(2026, 11, 2))
    move(lead, Stage.SIGNED, by="coordinator", override=NewOverride("the ceremony was held", date(2026, 12, 1)))
    assert said(lead) == []
    assert queries.overrides_of(db.session.get_one(Lead, lead.id)) != []
    assert listed() == {lead.public_id}


def test_the_list_finds_what_the_page_says(desk):
    """Of every type in every stage, with every one and every pair of the milestones, with a file and without."""
    kinds, leads = (Kind.CONTRACT_SIGNED, Kind.REGISTERED, Kind.FIRST_FUNDS, Kind.CONSTRUCTION_STARTED, Kind.IN_OPERATION), []
    for number, (kind, stage) in enumerate(product((None, *ProjectType), STAGES)):
        lead = put(a_lead(), stage)
        with unit_of_work():
            db.session.execute(update(Lead).where(Lead.id == lead.id).values(project_type=kind))
        for one in kinds[: number % 6]:
            put_milestone(lead, one)
        leads.append(lead)
    bare = {lead.public_id for lead in leads if said(lead)}
    assert listed() == bare
    assert 0 < len(bare) < len(leads)


def test_the_pages(app, signed_in):
    with app.app_context():
        lead = signed(app, services.withdraw_milestone, "signed by nobody", by="coordinator")
        address = f"/leads/{lead.public_id}"
    for username in ("officer.nanshan", "manager.nanshan", "coordinator"):
        page = signed_in(username).get(address)
        for text in ("签约阶段缺少凭据", "节点：正式签约 或 注册落地", "已撤回"):
            assert text in page.main, (username, text)
    boss = signed_in("manager.nanshan")
    found = boss.get("/leads?stage=all&missing=proof")
    assert "阶段缺少凭据" in found.main and address in found.html
    board = boss.get("/dashboard/")
    row = next(row for row in board.root.all("tr") if "阶段凭据" in row.text)
    assert address in boss.get(row.first("a")["href"]).html
