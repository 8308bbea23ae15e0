"""The dashboard's page for everyone; the milestones that no file shows."""

import json
from datetime import date

import pytest
from sqlalchemy import select, update

from crm.core import clock
from crm.core.db import db, unit_of_work
from crm.events.models import Event
from crm.events.rules import LinkRole
from crm.leads.models import Lead
from crm.leads.rules.lead import Stage
from crm.pipeline.models import Milestone
from crm.pipeline.rules import Kind
from tests.builders import a_lead, actor, put_milestone
from tests.events.stories import an_event, put, signed
from tests.money.stories import code, official


def charts_of(page):
    return json.loads(next(one for one in page.root.walk() if one.get("id") == "chart-data").get("data-charts"))


@pytest.fixture
def built(app):
    with app.app_context():
        leads = [a_lead(by="officer.nanshan") for _number in range(3)]
        with unit_of_work():
            values = {"stage": Stage.NEGOTIATING, "admitted_at": clock.now()}
            db.session.execute(update(Lead).where(Lead.id.in_([lead.id for lead in leads])).values(**values))
        return [lead.public_id for lead in leads]


@pytest.mark.parametrize("who", ["officer.nanshan", "manager.nanshan", "coordinator", "leader"])
@pytest.mark.parametrize(
    "query", ["", "?period=month&cluster=none", "?period=x&unit=y&country=zzz&cluster=-1", "?unit=999999999"]
)
def test_the_page_for_everyone(app, built, signed_in, who, query):
    page = signed_in(who).get(f"/dashboard{query}")
    assert page.status == 200
    assert "口径" in page.main
    assert "查看表格" in page.main


def test_empty_and_still_whole(app, signed_in):
    for who in ("officer.nanshan", "coordinator"):
        main = signed_in(who).get("/dashboard").main
        assert "这段时间没有登记线索" in main
        assert "没有在谈项目" in main
    assert "还没有导入官方月报" in main


def test_what_came_of_events(app, signed_in):
    city = signed_in("coordinator")
    assert "这段时间举办的活动还没有关联项目" in city.get("/dashboard").main
    assert "还没有项目关联到招商活动" in city.get("/dashboard?period=ever").main
    with app.app_context():
        fair = an_event("Harbour Fair")
        lead, begun = signed("Norvenhoek BV"), signed("Kestovar Robotics GmbH", started=date(2026, 11, 2))
        for one in (lead, begun):
            put(one, fair, LinkRole.SIGNED)
        put(lead, fair)
        db.session.remove()
    page = city.get("/dashboard")
    assert "Harbour Fair 2026-09-08 – 09-11 1 2 1 50.0%" in " ".join(page.main.split())
    links = [one.get("href") for one in page.root.walk() if f"event={fair_id(app)}" in one.get("href", "")]
    assert len(links) == 3
    assert ["Kestovar" in city.get(link).main for link in links] == [False, True, True]
    assert ["Norvenhoek" in city.get(link).main for link in links] == [True, True, False]
    assert "Harbour" not in signed_in("officer.baoan").get("/dashboard").main, "nothing of it is theirs to read"


def fair_id(app):
    with app.app_context():
        return db.session.scalars(select(Event.id)).one()


@pytest.mark.parametrize("who", ["auditor", "sysadmin", "secadmin"])
def test_not_for_those_who_see_no_business(signed_in, who):
    signed_in(who).get("/dashboard", status=403)
    signed_in(who).get("/dashboard/unproven", status=403)


def test_what_the_script_draws_is_data_not_script(app, built, signed_in):
    page = signed_in("coordinator").get("/dashboard")
    charts = charts_of(page)
    assert charts["districts"]["rows"][0]["said"] == "3"
    assert "/leads?" in charts["districts"]["rows"][0]["url"]


def test_others_bars_have_no_address(app, built, signed_in):
    page = signed_in("officer.baoan").get("/dashboard")
    rows = charts_of(page)["districts"]["rows"]
    assert {(row["said"], row["url"]) for row in rows} == {("不足 5", "")}
    assert len(rows) > 5


def test_official_figures_against_the_plan(app, built, signed_in, clock_at):
    clock_at("2026-06-18 09:00")
    with app.app_context():
        official([[code(1), "甲公司", 250_000]])
    page = signed_in("coordinator").get("/dashboard")
    assert "2027 年目标 150 亿美元" in page.main
    line = charts_of(page)["line"]
    assert line["values"][-1] == 25.0
    assert line["below"] is True
    assert "实际使用外资与目标线" not in signed_in("officer.nanshan").get("/dashboard").main


def test_milestones_that_no_file_shows(app, built, signed_in):
    with app.app_context():
        lead = db.session.scalars(select(Lead).where(Lead.public_id == built[0])).one()
        for kind in (Kind.FIRST_TALKS, Kind.FRAMEWORK):  # neither counts, so neither lacks a proof
            put_milestone(lead, kind, proof=False)
        person = actor("officer.nanshan")
        with unit_of_work():
            db.session.add(
                Milestone(
                    lead_id=lead.id, kind="contract_signed", on_date=clock.today(), entered_by_id=person.user_id,
                    entered_unit_id=person.unit_id, entered_at=clock.now(), state="reported", rules_version="x",
                )
            )  # fmt: skip
    link = next(a for a in signed_in("coordinator").get("/dashboard").root.all("a") if "unproven" in (a.get("href") or ""))
    assert link.text == "1"
    page = signed_in("coordinator").get(link.get("href"))
    assert "共 1 个" in page.main
    assert "正式签约" in page.main
    assert "都有佐证" in signed_in("officer.baoan").get("/dashboard/unproven?page=-3").main


def test_official_figures_of_the_year_before(app, built, signed_in, clock_at):
    clock_at("2026-03-18 09:00")
    with app.app_context():
        official([[code(1), "甲公司", 300_000]], title="2026年1月实际使用外资情况表（单位：万美元）")
        official([[code(1), "甲公司", 150_000]], title="2026年2月实际使用外资情况表（单位：万美元）")
        official([[code(1), "甲公司", 200_000]], title="2025年1月实际使用外资情况表（单位：万美元）")
    page = signed_in("coordinator").get("/dashboard")
    assert "上年同期的官方月报不全，不作同比" in page.main
    assert "+50.0%" in page.main, "January alone can be compared"
    with app.app_context():
        official([[code(1), "甲公司", 400_000]], title="2025年2月实际使用外资情况表（单位：万美元）")
    page = signed_in("coordinator").get("/dashboard")
    assert "上年同期60.00，同比-25.0%" in "".join(page.main.split())
    link = next(a for a in page.root.all("a") if "from=2025-01" in (a.get("href") or "") and "to=2025-02" in a.get("href"))
    assert "600,000" in signed_in("coordinator").get(link.get("href")).main
    assert "同比" not in signed_in("coordinator").get("/dashboard?period=ever").main.split("阶段漏斗")[1].split("口径")[0]
