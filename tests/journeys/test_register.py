"""An officer registers a lead; a colleague of another district does the same; the city knows it is one."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("journey-register")]


def fill(page: Page, name: str, title: str) -> None:
    page.goto(page.url.split("/account")[0].rstrip("/") + "/leads/new" if "/leads/new" not in page.url else page.url)
    page.fill("#investor", name)
    page.select_option("#country", "NO")
    page.select_option("#source", "fair")
    page.fill("#title", title)


def test_one_firm_two_districts(person: Callable[..., Page], base: str) -> None:
    nanshan = person("officer.nanshan")
    fill(nanshan, "Kvitholmen Akustikk AS", "水下声学传感器试验场")
    expect(nanshan.locator("#strip")).to_contain_text("未发现相近企业")
    nanshan.click("text=保存线索")
    expect(nanshan.locator("h1")).to_contain_text("Kvitholmen Akustikk AS")
    number = re.search(r"SZ-\d{4}-\d{5}", nanshan.content())
    assert number

    baoan = person("officer.baoan")
    fill(baoan, "KVITHOLMEN  AKUSTIKK A/S", "声学项目")
    expect(baoan.locator("#strip")).to_contain_text("已登记 · 请市级协调")
    assert number.group() not in baoan.content()
    assert "Kvitholmen Akustikk AS" not in baoan.locator("#strip").inner_text()
    baoan.click("text=保存线索")
    expect(baoan.locator(".ob-alert").first).to_contain_text("逐条判断")
    assert baoan.input_value("#title") == "声学项目"
    baoan.click('label:has-text("提交协调")')
    baoan.click("text=保存线索")
    expect(baoan.locator(".ob-flash")).to_contain_text("第二次登记")

    nanshan.goto(f"{base}/messages/")
    expect(nanshan.locator("main")).to_contain_text("宝安区投资促进局 也登记了")
    coordinator = person("coordinator")
    coordinator.goto(f"{base}/messages/")
    expect(coordinator.locator("main")).to_contain_text("提请市级协调")


def test_same_unit_decides_in_the_strip(person: Callable[..., Page]) -> None:
    page = person("officer.nanshan")
    fill(page, "松涛岭光学株式会社", "镜头装配")
    page.click("text=保存线索")
    expect(page.locator("h1")).to_contain_text("松涛岭光学")
    page.goto(page.url.split("/leads/")[0] + "/leads/new")
    fill(page, "松濤嶺光學", "第二条产线")
    expect(page.locator("[data-must]")).to_have_count(1)
    expect(page.locator("[data-open-count]")).to_contain_text("还有 1 家")
    page.click('label:has-text("同一投资方，另一项目")')
    page.fill('.ob-hit input[name^="because-"]', "另设检测中心")
    page.click("text=保存线索")
    expect(page.locator(".ob-leadline")).to_contain_text("第二条产线")


def test_by_keyboard_on_a_phone(person: Callable[..., Page]) -> None:
    page = person("officer.nanshan", width=360)
    page.goto(page.url + "leads/new")
    page.focus("#investor")
    page.keyboard.type("Ulvefjell Robotikk ASA")
    expect(page.locator("#strip")).to_contain_text("未发现相近企业")
    page.focus("#country")
    page.keyboard.press("ArrowDown")
    page.focus("#source")
    page.keyboard.press("ArrowDown")
    page.focus("#title")
    page.keyboard.type("协作机器人培训中心")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_contain_text("Ulvefjell Robotikk ASA")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
