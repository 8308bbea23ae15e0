"""A go-live window: two districts load the same investor, the coordinator reads who was first and records what was agreed; whole
lists come in, the conflict is settled at the meeting, the window ends and the clocks begin.
"""

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


def bring_in(page: Page, base: str, unit: str, text: str) -> None:
    """A district's history as a list, for its unit; of one that is there already the district has a project of its own."""
    page.goto(f"{base}/imports/")
    page.set_input_files("#file", {"name": f"{unit}.csv", "mimeType": "text/csv", "buffer": text.encode("utf-8-sig")})
    page.select_option("#unit", unit)
    page.check("#admit")
    page.click("text=上传并校验")
    page.wait_for_url("**/imports/*")
    page.get_by_role("link", name="查看结果").or_(page.locator(".ob-figs")).first.wait_for(timeout=240_000)
    page.reload()
    again = page.locator(".ob-tabs a", has_text="疑似重复 1")
    if again.count():
        again.click()
        page.locator(".ob-bar button", has_text="另一项目，照样导入").click()
    page.click(".ob-importbar button")
    page.get_by_role("link", name="查看结果").or_(page.get_by_role("link", name="查看导入的线索")).first.wait_for(timeout=240_000)


def test_two_histories_and_the_end_of_the_window(person: Callable[..., Page], base: str) -> None:
    """Goes on in the window of the story before."""
    city = person("coordinator")
    head = "项目名称,投资方外文,国别,阶段,首谈时间\n"
    bring_in(
        city,
        base,
        "SZ-NS",
        head + "深海电缆接续,Fjordlys Kabelverk AS,挪威,在谈,2025-03-02\n氢能压缩机,Tavastkompressor Oy,芬兰,在谈,2025-06-11\n",
    )
    bring_in(city, base, "SZ-BA", head + "电缆接头工厂,Fjordlys Kabelverk,挪威,在谈,2025-01-20\n")

    city.goto(f"{base}/go-live/")
    conflict = city.locator(".ob-conflict", has_text="Fjordlys")
    expect(conflict).to_have_count(1)
    expect(conflict.locator("tbody tr")).to_have_count(2)
    expect(city.locator(".ob-conflict", has_text="Tavastkompressor")).to_have_count(0)
    conflict.locator("summary", has_text="记录结论").click()
    conflict.locator("label.form-check", has_text="南山").locator("input").check()
    conflict.locator("input[name=reason]").fill("对账会议定：南山先报")
    conflict.locator("form button[type=submit]").click()
    expect(city.locator("[role=status]")).to_contain_text("结论已记录")

    city.locator("summary", has_text="提前关闭").click()
    city.fill("#close-reason", "各单位均已登记")
    city.click("text=关闭窗口")
    expect(city.locator(".ob-gowindow")).to_contain_text("已关闭")
    expect(city.locator(".ob-gowindow")).to_contain_text("起计时")
    expect(city.locator("main")).to_contain_text("南山先报")
    assert serious(city) == []
