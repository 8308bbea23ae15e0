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
    expect(nanshan.locator("[data-strip-said]")).to_contain_text(
        "未发现相近企业"
    )  # heard too: it once said only that it compares
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


SEEN = """() => {
    const at = document.activeElement, shown = at.matches('.btn-check') ? at.nextElementSibling : at.matches('.ob-search input') ? at.parentElement : at;
    const style = getComputedStyle(shown), box = shown.getBoundingClientRect();
    return box.width > 0 && style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 1;
}"""
HERE = "document.activeElement.id || document.activeElement.name || document.activeElement.innerText"


def tab_to(page: Page, there: str, *, at_most: int = 40) -> None:
    """Tab until the focus is there; wherever it rests, it is seen."""
    for _step in range(at_most):
        page.keyboard.press("Tab")
        assert page.evaluate(SEEN), f"no visible focus on {page.evaluate('document.activeElement.outerHTML')[:160]}"
        if page.evaluate("there => document.activeElement.matches(there)", there):
            return
    raise AssertionError(f"{there} is not reached; at {page.evaluate(HERE)}")


def test_registering_with_the_keyboard_alone(person: Callable[..., Page], base: str) -> None:
    page = person("officer.nanshan")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.matches('.ob-skip')")
    page.keyboard.press("Alt+KeyN")
    expect(page.locator("#panel-investor")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#panel")).to_be_hidden()
    assert page.evaluate("document.activeElement.matches('a[data-panel]')")
    page.keyboard.press("Alt+KeyN")
    page.keyboard.type("鹭汀川精机株式会社")
    expect(page.locator("#panel .ob-strip")).to_contain_text(re.compile("未发现|相近|相同"))
    tab_to(page, "#panel-country")
    page.keyboard.press("ArrowDown")
    tab_to(page, "#panel-source")
    page.keyboard.press("ArrowDown")
    tab_to(page, "#panel-title")
    page.keyboard.type("精密减速机")
    tab_to(page, "#panel .ob-save .btn-primary", at_most=60)
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_contain_text("鹭汀川精机")

    page.goto(f"{base}/leads/new")
    page.keyboard.type("鷺汀川精機")
    expect(page.locator("[data-must]")).to_have_count(1)
    page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement.closest('#strip') !== null")
    page.keyboard.press("Escape")
    expect(page.locator("#investor")).to_be_focused()
    tab_to(page, "[data-must] input[type=radio]")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Tab")
    page.keyboard.type("另设检测中心")
    tab_to(page, "#country")
    page.keyboard.press("ArrowDown")
    expect(page.locator("[data-must]")).to_have_class(re.compile("is-taken"))
    page.focus("#source")
    page.keyboard.press("ArrowDown")
    tab_to(page, "#title")
    page.keyboard.type("检测中心")
    page.keyboard.press("Enter")
    expect(page.locator(".ob-leadline")).to_contain_text("检测中心")


def test_the_list_and_what_opens_by_keyboard(person: Callable[..., Page], base: str) -> None:
    page = person("officer.nanshan")
    page.goto(f"{base}/leads?stage=negotiating")
    page.keyboard.press("/")
    expect(page.locator("#q-list")).to_be_focused()
    assert page.evaluate(SEEN)
    tab_to(page, "tr[data-peek]")
    page.keyboard.press("Space")
    first = page.locator(".ob-peekname")
    expect(first).to_be_visible()
    name = first.inner_text()
    page.keyboard.press("ArrowDown")
    expect(first).not_to_have_text(name)
    page.keyboard.press("ArrowRight")
    assert page.evaluate("document.activeElement.closest('#peek') !== null")
    assert page.evaluate(SEEN)
    page.keyboard.press("Escape")
    expect(page.locator("#peek")).to_be_hidden()
    assert page.evaluate("document.activeElement.matches('tr[data-peek]:nth-child(2)')")

    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#keys")).to_be_hidden()
    page.evaluate("document.querySelector('.ob-bell').focus()")
    tab_to(page, ".ob-top-end .ob-menu > summary", at_most=2)
    page.keyboard.press("Enter")
    tab_to(page, ".ob-top-end .ob-menu-list a", at_most=1)
    page.keyboard.press("Escape")
    assert page.evaluate("!document.querySelector('.ob-top-end .ob-menu').open && document.activeElement.matches('summary')")

    page.locator("tr[data-peek]").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/leads/[^?]+$"))
    page.keyboard.press("Alt+KeyP")
    expect(page.locator("h1")).to_contain_text("写进展")


def test_leaving_unsaved_text_asks_first(person: Callable[..., Page], base: str) -> None:
    """Nothing typed stays in the browser's storage; leaving it says so first."""
    page = person("officer.nanshan")
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.goto(f"{base}/leads/new")
    page.locator("#investor").press_sequentially("潮见屿控股")
    page.goto(f"{base}/leads")
    assert asked == ["beforeunload"]
    assert page.evaluate("localStorage.length + sessionStorage.length") == 0
    page.goto(f"{base}/leads/new")
    assert page.input_value("#investor") == ""
