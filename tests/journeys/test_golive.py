"""A go-live window: two districts load the same investor, the coordinator reads who was first and records what was agreed."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from crm.core import clock
from tests.journeys.conftest import serious

pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("journey-golive")]


def register(page: Page, base: str, name: str, title: str) -> None:
    page.goto(f"{base}/leads/new")
    page.fill("#investor", name)
    page.select_option("#country", "NO")
    page.select_option("#source", "fair")
    page.fill("#title", title)
    page.click("text=保存线索")


def test_one_investor_from_two_districts(person: Callable[..., Page], base: str) -> None:
    city, ours, theirs = person("coordinator"), person("officer.nanshan"), person("officer.baoan", width=360)
    city.goto(f"{base}/go-live/")
    city.fill("#first", clock.today().isoformat())
    city.fill("#last", (clock.today() + timedelta(days=10)).isoformat())
    city.fill("#reason", "存量项目集中登记")
    city.click("text=开放窗口")
    expect(city.locator(".ob-gowindow")).to_contain_text("开放中")
    expect(city.locator("main")).to_contain_text("没有冲突")

    register(ours, base, "Havørn Turbinteknikk AS", "海上风电叶片")
    expect(ours.locator("h1")).to_contain_text("Havørn Turbinteknikk AS")
    register(theirs, base, "HAVØRN TURBINTEKNIKK", "叶片厂")
    expect(theirs.locator(".ob-alert").first).to_contain_text("逐条判断")
    theirs.click('label:has-text("提交协调")')
    theirs.click("text=保存线索")
    expect(theirs.locator(".ob-flash")).to_contain_text("第二次登记")

    theirs.goto(f"{base}/go-live/")
    expect(theirs.locator(".ob-conflict")).to_have_count(1)
    assert "Havørn" not in theirs.locator("main").inner_text(), "its own words, not the other district's"
    assert theirs.evaluate("document.documentElement.scrollWidth") <= 360
    assert serious(theirs) == []

    city.goto(f"{base}/go-live/")
    conflict = city.locator(".ob-conflict", has_text="Havørn")
    expect(conflict.locator("tbody tr")).to_have_count(2)
    expect(conflict).to_contain_text("再次登记")
    conflict.locator("summary", has_text="记录结论").click()
    assert serious(city) == []
    conflict.locator("label.form-check", has_text="宝安").locator("input").check()
    conflict.locator("input[name=reason]").fill("宝安三月已签意向书")
    conflict.locator("form button[type=submit]").click()
    expect(city.locator("[role=status]")).to_contain_text("结论已记录")
    expect(city.locator("main")).to_contain_text("宝安三月已签意向书")
    expect(city.locator(".ob-conflict tr.is-holder")).to_contain_text("宝安")

    theirs.goto(f"{base}/messages/")
    expect(theirs.locator("main")).to_contain_text(re.compile("上线"))
    assert theirs.locator("main").inner_text().count("go_live") == 0
