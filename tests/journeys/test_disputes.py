"""Two districts and the coordinator: a dispute with statements of both, a decision by telephone; a matter that comes back settled."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import serious

pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("journey-disputes")]


def choose(page: Page, name: str, value: str) -> None:
    page.locator(f"input[name={name}][value='{value}'] + label:visible").click()


def test_a_dispute_between_two_districts(person: Callable[..., Page], base: str) -> None:
    ours, theirs, city = person("officer.nanshan"), person("officer.baoan", width=360), person("coordinator")
    ours.goto(f"{base}/disputes")
    ours.locator(".ob-matter", has_text="协调中").locator("a").first.click()
    ours.wait_for_url(re.compile(r"/disputes/[\w-]{22}$"))
    address = ours.url
    expect(ours.locator("#evidence")).to_contain_text("再次登记")
    assert serious(ours) == []
    ours.click("text=打开项目")
    expect(ours.locator(".ob-leadhead")).to_contain_text("争议协调中")
    expect(ours.locator("#claim")).to_contain_text("不计时")

    theirs.goto(address)
    assert theirs.evaluate("document.documentElement.scrollWidth") <= 360
    theirs.fill("textarea[name=text]", "我区五月已会见其亚太负责人")
    theirs.click("text=提交陈述")
    expect(theirs.locator("#statements")).to_contain_text("五月已会见")
    assert serious(theirs) == []

    city.goto(f"{base}/")
    city.click("text=1 项争议待决定")
    city.locator(".ob-matter", has_text="待您决定").locator("a").first.click()
    expect(city.locator("#statements")).to_contain_text("五月已会见")
    city.click("text=作出决定")
    assert serious(city) == []
    city.select_option("#unit", label="宝安区投资促进局")
    city.select_option("#owner", label="陈嘉树　宝安")
    city.locator(".ob-pick label", has_text="南山").click()
    parts = city.locator("input[name^=part_]")
    parts.nth(0).fill("40")
    parts.nth(1).fill("50")
    city.fill("#reason", "宝安接触在先，南山协办")
    choose(city, "how", "telephone")
    city.fill("#decided_by", "分管副市长")
    city.click(".ob-save button")
    expect(city.locator(".ob-alert")).to_contain_text("合计须为 100%")
    city.locator("input[name^=part_]").nth(1).fill("60")
    city.click(".ob-save button")
    expect(city.locator("[role=status]")).to_contain_text("决定已生效")
    expect(city.locator(".ob-ruling")).to_contain_text("电话决定")

    theirs.goto(f"{base}/messages/")
    theirs.locator("button, a", has_text="一项争议已有协调决定").first.click()
    theirs.wait_for_url(address)
    theirs.click("text=打开项目")
    expect(theirs.locator(".ob-leadhead")).to_contain_text("负责人 陈嘉树")
    expect(theirs.locator("#credit")).to_contain_text("60%")
    expect(theirs.locator("main")).not_to_contain_text("争议协调中")


def test_a_matter_goes_to_the_manager_and_comes_back(person: Callable[..., Page], base: str) -> None:
    ours, manager = person("officer.nanshan", width=360), person("manager.nanshan")
    ours.goto(f"{base}/leads?stage=lead&scope=mine&sort=registered")
    ours.locator("a.ob-inv:visible").last.click()
    ours.wait_for_url(re.compile(r"/leads/[\w-]{22}$"))
    ours.click("#raised >> text=提出")
    ours.fill("#text", "请明确用电增容的时间")
    ours.click(".ob-save button")
    expect(ours.locator("[role=status]")).to_contain_text("已提出")
    address = ours.url
    assert serious(ours) == []

    manager.goto(f"{base}/matters/?tab=unit")
    assert serious(manager) == []
    manager.click("text=请明确用电增容的时间")
    manager.fill("#answer", "三月底前完成")
    manager.click("form[action$=answer] button")
    expect(manager.locator("[role=status]")).to_contain_text("已答复")

    ours.goto(address)
    ours.click("text=确认已解决")
    expect(ours.locator("main")).to_contain_text("提出方确认已解决")
    assert ours.evaluate("document.documentElement.scrollWidth") <= 360
