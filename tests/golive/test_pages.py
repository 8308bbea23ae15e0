"""The page /go-live, its forms and its workbook."""

from datetime import date
from io import BytesIO

import openpyxl
import pytest

from crm.core.db import db
from tests.claims.stories import at
from tests.golive.stories import START, brought, listed, opened, twin

NOW = at("2026-11-03 09:00")


@pytest.fixture
def conflict(app, clock_at):
    """Two units brought one investor."""
    with app.app_context():
        opened()
        first = brought(talks=date(2026, 5, 1))
        second = twin(first, talks=date(2025, 3, 1))
        facts = (first.public_id, second.public_id, first.investor.name, listed()[0].key)
        db.session.remove()
    clock_at(NOW)
    return facts


def test_a_coordinator_opens_and_closes_a_window(signed_in, clock_at):
    clock_at(START)
    page = signed_in("coordinator").get("/go-live/")
    assert "开放窗口" in page.text
    refused = page.client.post("/go-live/", {"first": "2026-11-01", "last": "2026-11-13", "reason": "x", "once": "a"}, status=422)
    assert "起始日最早为今天" in refused.root.first("p", id="first-error").text
    backwards = {"first": "2026-11-13", "last": "2026-11-03", "reason": "x", "once": "a"}
    assert page.client.post("/go-live/", backwards, status=422).root.all("p", id="last-error")
    wrong = page.client.post("/go-live/", {"first": "soon", "last": "", "reason": "", "once": "a"}, status=422)
    assert "请填写日期" in wrong.text
    page.client.post("/go-live/", {"first": "2026-11-02", "last": "2026-11-13", "reason": "all at once", "once": "b"}, status=303)
    page = page.client.get("/go-live/", ceiling=32)
    assert "开放中" in page.text
    assert "2026" in page.text
    page.client.post("/go-live/close", {"reason": "all are in"}, status=303)
    assert "已关闭" in page.client.get("/go-live/", ceiling=32).text


def test_the_list_is_settled_by_one_form(signed_in, conflict):
    first, _second, name, key = conflict
    browser = signed_in("coordinator")
    page = browser.get("/go-live/", ceiling=32)
    assert name in page.text
    browser.post("/go-live/decisions", {"conflict": key, "answer": first, "reason": ""}, status=303)
    browser.post("/go-live/decisions", {"conflict": "x" * 9, "answer": first, "reason": "y"}, status=303)
    assert "待协调" in browser.get("/go-live/", ceiling=32).text
    browser.post("/go-live/decisions", {"conflict": key, "answer": first, "reason": "their dates"}, status=303)
    page = browser.get("/go-live/", ceiling=32)
    assert "首报归该单位" in page.text
    assert "their dates" in page.text


def test_the_lead_says_that_it_is_provisional_and_since_when(signed_in, conflict):
    page = signed_in("manager.nanshan").get(f"/leads/{conflict[0]}")
    assert "暂定" in page.text
    assert "窗口结束后开始计时" in page.text
    assert "首谈，附佐证" in page.text
    assert "暂定" in page.client.get("/leads?stage=all").text


def test_the_workbook_says_the_same_and_no_more(signed_in, conflict):
    for username, units in (
        ("coordinator", {"南山区投资促进局", "宝安区投资促进局"}),
        ("manager.nanshan", {"南山区投资促进局", "另一单位"}),
    ):
        page = signed_in(username).get("/go-live/conflicts.xlsx", ceiling=32)
        sheet = openpyxl.load_workbook(BytesIO(page.response.data)).active
        rows = [[cell for cell in row] for row in sheet.iter_rows(values_only=True)]
        assert {row[4] for row in rows[3:]} == units, rows


@pytest.mark.parametrize("username", ["auditor", "sysadmin", "secadmin"])
def test_administrators_see_none_of_it(signed_in, username):
    signed_in(username).get("/go-live/", status=403)


def test_a_leader_reads_and_does_nothing(signed_in, conflict):
    browser = signed_in("leader")
    page = browser.get("/go-live/", ceiling=32)
    assert conflict[2] in page.text
    assert "记录结论" not in page.text
    browser.get("/go-live/conflicts.xlsx", status=403)
    browser.post("/go-live/decisions", {"conflict": conflict[3], "answer": "different", "reason": "x"}, status=403)


def test_nothing_yet(signed_in):
    assert "没有上线窗口" in signed_in("officer.baoan").get("/go-live/").text
