"""The pages of targets: everybody reads, the coordinator writes, what is wrong is said with what was typed."""

import re

import pytest
from sqlalchemy import select

from crm.core.db import db
from crm.targets.models import Target, TargetFigure
from tests.builders import a_unit


def ref(app, indicator="FT-01", period="2027"):
    with app.app_context():
        query = select(Target.public_id).where(
            Target.indicator == indicator, Target.period == period, Target.replaced_at.is_(None)
        )
        return db.session.scalars(query.order_by(Target.id.desc())).first()


@pytest.mark.parametrize("who", ["officer.nanshan", "manager.nanshan", "coordinator", "leader"])
def test_everybody_reads_all_twenty(app, signed_in, who):
    main = signed_in(who).get("/targets/").main
    assert main.count("尚未填报") == 20
    assert "突破 23,000" in main
    assert "50 左右" in main
    assert ("填报数据" in main) is (who == "coordinator")
    page = signed_in(who).get(f"/targets/{ref(app)}")
    assert "随系统附带" in page.main


@pytest.mark.parametrize("who", ["auditor", "sysadmin", "secadmin"])
def test_not_for_those_who_see_no_business(signed_in, who):
    signed_in(who).get("/targets/", status=403)


def test_the_coordinator_enters_and_corrects(app, signed_in, clock_at):
    clock_at("2026-06-18 09:00")
    browser, there = signed_in("coordinator"), f"/targets/{ref(app)}"
    page = (
        browser.get(there)
        .submit(f"{there}/figures", {"month": "2026-05", "value": "11,800", "source": "统计月报"}, status=303)
        .follow()
    )
    assert "数据已填报" in page.text
    assert "11,800" in page.main
    with app.app_context():
        figure = db.session.scalars(select(TargetFigure)).one().public_id
    again = f"/targets/figures/{figure}/correct"
    page = browser.get(again).submit(again, {"value": "11900", "source": "统计月报", "reason": "录入有误"}, status=303).follow()
    assert "录入有误" in page.main
    assert "已更正" in page.main
    assert "11,900" in browser.get("/targets/").main


def test_what_is_wrong_is_said_with_what_was_typed(app, signed_in, clock_at):
    clock_at("2026-06-18 09:00")
    browser, there = signed_in("coordinator"), f"/targets/{ref(app)}"
    page = browser.get(there).submit(
        f"{there}/figures", {"month": "2026-09", "value": "11,800", "source": "统计月报"}, status=422
    )
    assert "数据月份还没有到" in page.root.first("p", id="month-error").text
    assert 'value="11,800"' in page.html
    page = page.submit(f"{there}/figures", {"month": "2026-05", "value": "很多", "source": "统计月报"}, status=422)
    assert "数值读不出" in page.root.first("p", id="value-error").text, "at its field"
    browser.get(there).submit(f"{there}/figures", {"month": "", "value": "", "source": ""}, status=422)


def test_setting_and_replacing(app, signed_in, clock_at):
    clock_at("2026-06-18 09:00")
    browser = signed_in("coordinator")
    with app.app_context():
        place = f"district:{a_unit('SZ-NS').id}"
    typed = {"indicator": "FI-01", "place": place, "period": "2026", "value": "28", "operator": ">=", "source": "市府办文"}
    for far in ("9999-12-31", "1900-01-01"):
        page = browser.get("/targets/new").submit("/targets/new", typed | {"valid_from": far}, status=422)
        assert page.root.all("p", id="valid_from-error"), "it could never be replaced"
    page = browser.get("/targets/new").submit("/targets/new", typed, status=303).follow()
    assert "目标已设定" in page.text
    page = browser.get("/targets/new").submit("/targets/new", typed, status=409)
    assert "已有现行的一版" in page.main
    there = f"/targets/{ref(app, 'FI-01', '2026')}/replace"
    page = browser.get(there).submit(there, {"value": "30"}, status=303).follow()
    assert re.search(r"不低于 30.*不低于 28", page.main, re.S)
    assert "南山" in signed_in("officer.nanshan").get("/targets/").main


def test_others_find_no_door(app, signed_in):
    browser = signed_in("manager.nanshan")
    browser.get("/targets/new", status=403)
    browser.get(f"/targets/{ref(app)}/replace", status=403)
    browser.get("/targets/nonexistent", status=404)
    browser.get("/targets/figures/nonexistent/correct", status=403)


def test_a_share_stands_above_or_below_its_target_by_points(app, signed_in, clock_at):
    """A percentage of a percentage says nothing that an office uses: 6.5 points above, not 165% of the target."""
    clock_at("2026-06-18 09:00")
    with app.app_context():
        row = db.session.scalars(select(Target).where(Target.indicator == "FI-02", Target.replaced_at.is_(None))).first()
        there, aim = f"/targets/{row.public_id}", row.value // 10000
    browser = signed_in("coordinator")
    typed = {"month": "2026-05", "value": str(aim + 6), "source": "月报"}
    browser.get(there).submit(f"{there}/figures", typed, status=303)
    assert "现值高于目标 6.0 个百分点" in browser.get("/targets/").main
    page = browser.get(there)
    assert "与目标比" in page.main and "+6.0" in page.main
