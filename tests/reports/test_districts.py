"""Official sums by district and month: they add up to the official table, figures open their rows, districts read their own."""

from datetime import date
from io import BytesIO

import openpyxl
import pytest
from sqlalchemy import select

from crm.audit.models import AuditLine
from crm.core.db import db, unit_of_work
from crm.leads.models import Lead
from crm.money.models import Utilised
from crm.reports.queries import districts
from tests.batches.stories import listed
from tests.builders import a_unit, actor
from tests.claims.stories import at
from tests.money.stories import code, official

here = pytest.mark.only_on("sqlite")
WAN = 10**6


@pytest.fixture
def year(app, clock_at):
    """Two districts' companies and one that nobody knows, in May and June."""
    with app.app_context():
        clock_at(at("2026-07-10 09:00"))
        south, north = (
            listed("signed", now=at("2026-07-01 09:00")),
            listed("signed", by="officer.baoan", now=at("2026-07-01 09:00")),
        )
        official([[code(1), "甲公司", 120.5], [code(2), "乙公司", 30], [code(3), "丙公司", 9]], month=date(2026, 5, 1))
        official([[code(1), "甲公司", 7.25]], month=date(2026, 6, 1), title="2026年6月实际使用外资情况表（单位：万美元）")
        for number, lead in ((1, south), (2, north)):
            owner = db.session.get_one(Lead, lead.id).investor_id
            for row in db.session.scalars(select(Utilised).where(Utilised.credit_code == code(number))):
                linked(row.id, owner)
        db.session.remove()


def linked(row_id, company_id):
    with unit_of_work():
        db.session.get_one(Utilised, row_id).company_id = company_id


def test_it_adds_up(app, year):
    with app.app_context():
        table = districts.district_table(2026, actor("coordinator"))
        assert districts.years() == [2026]
        assert table.last == 6
        assert [cents / WAN for cents in table.total.months] == [0, 0, 0, 0, 159.5, 7.25]
        assert [cents / WAN for cents in table.unlinked.months] == [0, 0, 0, 0, 9, 0]
        for month in range(table.last):
            assert sum(row.months[month] for row in table.rows) + table.unlinked.months[month] == table.total.months[month]
        for row in table.rows:
            for month in (None, 5, 6):
                figure = row.total if month is None else row.months[month - 1]
                assert sum(one.usd for one in districts.given_to(2026, month, row.unit.id)) == figure
        sums = {row.unit.code: row.total / WAN for row in table.rows if row.total}
        assert sums == {"SZ-NS": 127.75, "SZ-BA": 30}


@here
def test_the_page_and_the_workbook(app, signed_in, year):
    browser = signed_in("coordinator")
    page = browser.get("/reports/districts", ceiling=40)
    for word in ("127.75", "30.00", "166.75", "未对应到项目", "9.00"):
        assert word in page.main, word
    with app.app_context():
        south = a_unit("SZ-NS").id
    opened = browser.get(f"/reports/districts?year=2026&unit={south}&month=5", ceiling=40)
    assert "甲公司" in opened.main
    assert "乙公司" not in opened.main
    book = openpyxl.load_workbook(BytesIO(browser.http.get("/reports/districts.xlsx").data)).active
    rows = {str(row[0]): row for row in book.iter_rows(values_only=True)}
    assert rows["合计（官方统计表）"][-1] == pytest.approx(166.75)
    assert rows["区域"][-1] == "累计"
    assert any("非涉密系统" in str(name) for name in rows)
    assert any("SZ-BG-" in str(name) for name in rows)
    with app.app_context():
        assert "report.district_table" in db.session.scalars(select(AuditLine.action)).all()


@here
def test_a_district_reads_its_own(app, signed_in, year):
    browser = signed_in("manager.nanshan")
    with app.app_context():
        north = a_unit("SZ-BA").id
    page = browser.get(f"/reports/districts?unit={north}", ceiling=40)
    assert "127.75" in page.main
    for hidden in ("宝安区投资促进局", "166.75", "乙公司", "未对应到项目"):
        assert hidden not in page.main, hidden
    book = openpyxl.load_workbook(BytesIO(browser.http.get("/reports/districts.xlsx").data)).active
    assert not any("宝安" in str(row[0]) for row in book.iter_rows(values_only=True))
    signed_in("officer.nanshan").get("/reports/districts", status=403)


@here
def test_without_a_table(signed_in):
    browser = signed_in("leader")
    assert "还没有统计表" in browser.get("/reports/districts").main
    browser.get("/reports/districts?year=nonsense&unit=x&month=99")
    assert browser.http.get("/reports/districts.xlsx").status_code == 200
