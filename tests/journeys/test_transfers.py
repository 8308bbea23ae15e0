"""One project's way through the city: offered, other terms, agreed, handed over, given back; then the pool and the coordinator."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from crm.core import clock
from tests.journeys.conftest import serious

pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("journey-transfers")]


def a_project(page: Page, base: str) -> tuple[str, str, str]:
    """The address, number and name of a lead of this person's that nothing is under way with."""
    page.goto(f"{base}/leads?stage=lead&scope=mine&sort=registered")
    page.locator("a.ob-inv:visible").last.click()
    page.wait_for_url(re.compile(r"/leads/[\w-]{22}$"))
    number = re.search(r"SZ-\d{4}-\d{5}", page.locator(".ob-crumb").inner_text())
    assert number
    return page.url, number.group(), name_of(page)


def name_of(page: Page) -> str:
    """Who it is, without the original name beside it."""
    return str(page.locator("h1").evaluate("e => e.firstChild.data")).strip()


def choose(page: Page, name: str, value: str) -> None:
    page.locator(f"input[name={name}][value={value}] + label:visible").click()


def test_an_offer_other_terms_and_the_handing_over(person: Callable[..., Page], base: str) -> None:
    giver, host = person("officer.nanshan"), person("manager.baoan", width=360)
    address, number, name = a_project(giver, base)
    giver.click("#transfers >> text=提出流转")
    giver.select_option("#unit", label="宝安区投资促进局")
    giver.fill("#reason", "本区没有同等层高的厂房")
    giver.check("#shows_names")
    assert serious(giver) == []
    giver.click(".ob-save button")
    expect(giver.locator("[role=status]")).to_contain_text("已发出")

    host.goto(f"{base}/transfers")
    row = host.locator(".ob-transfer", has_text=number)
    expect(row).to_contain_text("待您答复")
    assert host.evaluate("document.documentElement.scrollWidth") <= 360
    row.locator("a", has_text="另提方案").click()
    assert serious(host) == []
    host.click("text=另提归属方案")
    choose(host, "model", "introducer")
    host.fill("input[name=keeps]", "30")
    host.locator("form[action$=counter] input[name=reason]").fill("我区负责基建")
    host.click("text=提出方案")
    expect(host.locator("[role=status]")).to_contain_text("已提出")

    giver.goto(f"{base}/transfers")
    row = giver.locator(".ob-transfer", has_text=number)
    expect(row).to_contain_text("引荐方分成，移出单位 30%")
    row.locator("button", has_text="同意流转").click()
    expect(giver.locator("#handover")).to_contain_text("首报")

    host.reload()
    host.select_option("#owner", label="陈嘉树")
    host.click("text=核对清单，完成交接")
    expect(host.locator("[role=status]")).to_contain_text("交接完成")
    host.goto(address)
    for share in ("70%", "30%"):
        expect(host.locator("#credit")).to_contain_text(share)

    giver.goto(f"{base}/transfers")
    row = giver.locator(".ob-transfer", has_text=number)
    expect(row).to_contain_text("已承接")
    expect(row).to_contain_text(name)  # whoever registered it first may always read who it is
    host.click("#transfers a >> text=南山 → 宝安")
    host.click("summary >> text=退回")
    host.locator("form[action$=return] input[name=reason]").fill("用电无法满足")
    host.click("text=退回移出单位")
    expect(host.locator("[role=status]")).to_contain_text("已退回")
    giver.goto(address)
    expect(giver.locator("#credit .ob-matter")).to_have_count(1)
    expect(giver.locator("#credit .ob-matter")).to_contain_text("100%")


def test_the_pool_and_the_coordinators_choice(person: Callable[..., Page], base: str) -> None:
    giver, host, city = person("manager.nanshan"), person("officer.baoan", width=360), person("coordinator")
    giver.goto(f"{base}/leads?stage=lead&scope=unit&sort=registered")
    giver.locator("a.ob-inv:visible").nth(5).click()
    giver.wait_for_url(re.compile(r"/leads/[\w-]{22}$"))
    address, name = giver.url, name_of(giver)
    giver.click("#transfers >> text=放入待承接项目")
    giver.fill("#text", f"{name[:4]}拟设中试线")
    choose(giver, "model", "both")
    giver.click(".ob-save button")
    expect(giver.locator(".ob-alert")).to_contain_text("会透露投资方")
    giver.fill("#text", "外资企业拟设中试线")
    giver.fill("#site", "厂房两千平方米")
    assert serious(giver) == []
    giver.click(".ob-save button")
    expect(giver.locator("[role=status]")).to_contain_text("已放入")
    card = giver.url

    host.goto(f"{base}/pool")
    host.click("text=外资企业拟设中试线")
    host.fill("#site", "新桥片区标准厂房")
    host.fill("#ready_on", (clock.today() + timedelta(days=60)).isoformat())
    assert serious(host) == []
    host.click(".ob-save button")
    expect(host.locator("#answers")).to_contain_text("新桥片区标准厂房")
    assert host.evaluate("document.documentElement.scrollWidth") <= 360

    city.goto(card)
    city.click("text=分派给宝安")
    city.locator("form[action$=assign] input[name=reason]").fill("场地最合适")
    assert serious(city) == []
    city.click("text=分派，立即生效")
    expect(city.locator("main")).to_contain_text("已有单位承接")

    host.goto(address)
    expect(host.locator(".ob-chips")).to_contain_text("陈嘉树")
    expect(host.locator("#credit")).to_contain_text("合计超过 100%")
    giver.goto(f"{base}/transfers")
    expect(giver.locator(".ob-transfer").first).to_contain_text("已承接")
