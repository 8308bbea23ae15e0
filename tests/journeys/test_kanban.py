"""看板 by mouse and by keys: a card is dropped where it may go, sent by arrows, refused with the reason, asked for what is missing."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests import live
from tests.journeys.conftest import serious
from tests.leads.stories import PDF

pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("journey-kanban")]


def the_card(page: Page, stage: str, ways: str, *, at: int = 0) -> Locator:
    """A card of a stage whose ways read so; by its own id, as it may move."""
    found = page.locator(f'.ob-kcol[data-stage="{stage}"] li[data-ways="{ways}"]').nth(at)
    return page.locator(f'li[data-card="{found.get_attribute("data-card")}"]')


def column(page: Page, stage: str) -> Locator:
    return page.locator(f'.ob-kcol[data-stage="{stage}"]')


def drag(page: Page, card: Locator, stage: str, *, let_go: bool = True) -> None:
    card.scroll_into_view_if_needed()
    start, to = card.bounding_box(), column(page, stage).bounding_box()
    assert start
    assert to
    page.mouse.move(start["x"] + start["width"] / 2, start["y"] + start["height"] - 6)
    page.mouse.down()
    page.mouse.move(to["x"] + 60, start["y"] + 30, steps=6)
    page.mouse.move(to["x"] + 70, start["y"] + 40, steps=3)
    if let_go:
        page.mouse.up()


@pytest.fixture
def board(person: Callable[..., Page], base: str) -> Callable[..., Page]:
    def opened(username: str = "officer.nanshan", *, width: int = 1440, query: str = "") -> Page:
        page = person(username, width=width)
        page.goto(f"{base}/leads/board{query}")
        expect(page.locator("#totals")).to_contain_text("总投资")
        return page

    return opened


def test_dropped_on_the_next_stage(board: Callable[..., Page]) -> None:
    page = board()
    card = the_card(page, "lead", "here open open open open")
    name, held = card.get_attribute("data-name"), int(page.inner_text("#held-negotiating b"))
    drag(page, card, "negotiating", let_go=False)
    expect(column(page, "negotiating").locator("[data-why]")).to_have_text("可以移到这里")
    page.mouse.up()
    expect(page.locator('#moving input[name="to"]:checked')).to_have_value("negotiating")
    expect(column(page, "lead").locator(f'li[data-card="{card.get_attribute("data-card")}"]')).to_have_count(1)
    page.click("#moving button[type=submit]")
    expect(page.locator("#told")).to_have_text(f"“{name}”已移到“在谈”")
    expect(card).to_have_attribute("data-stage", "negotiating")
    expect(page.locator("#held-negotiating b")).to_have_text(str(held + 1))
    assert card.locator("a").first.evaluate("el => el.closest('li') === document.activeElement.closest('li')")
    expect(page.locator("#moving")).to_be_hidden()


def test_what_is_missing_is_asked_for_and_entered_there(board: Callable[..., Page]) -> None:
    page = board()
    card = the_card(page, "negotiating", "reason here open open open", at=2)  # behind those that other stories move there
    drag(page, card, "signed")
    expect(page.locator("#moving #gate")).to_contain_text("正式签约 或 注册落地")
    assert serious(page) == []
    page.click("#moving button[type=submit]")
    expect(page.locator("#moving .ob-alert")).to_contain_text("须填写金额")
    expect(page.locator("#moving .ob-alert")).to_be_focused()
    expect(card).to_have_attribute("data-stage", "negotiating")
    page.fill("#moving input[name=number]", "800")
    page.set_input_files("#moving input[type=file]", {"name": "contract.pdf", "mimeType": "application/pdf", "buffer": PDF})
    page.click("#moving button[type=submit]")
    expect(card).to_have_attribute("data-stage", "signed")
    expect(page.locator("#told")).to_contain_text("已移到“签约”")


def test_let_go_and_left(board: Callable[..., Page]) -> None:
    page = board()
    card = the_card(page, "negotiating", "reason here open open open")
    drag(page, card, "operating")
    expect(page.locator("#moving #gate")).to_contain_text("首笔到资")
    page.click('#moving label:has-text("签约")')
    expect(page.locator("#moving #gate")).not_to_contain_text("首笔到资")
    page.keyboard.press("Escape")
    expect(page.locator("#moving")).to_be_hidden()
    expect(page.locator("#told")).to_have_text("没有移动")
    expect(card).to_have_attribute("data-stage", "negotiating")


def test_by_keys_alone(board: Callable[..., Page]) -> None:
    page = board()
    card = the_card(page, "lead", "here open open open open")
    card.locator("a").first.focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator("#told")).to_have_text("移到“在谈”：可以移到这里")
    page.keyboard.press("ArrowRight")
    expect(page.locator("#told")).to_have_text("移到“签约”：可以移到这里")
    assert serious(page) == []
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Enter")
    expect(page.locator("#moving-title")).to_be_focused()
    for _step in range(20):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.matches('#moving button[type=submit]')"):
            break
    page.keyboard.press("Enter")
    expect(card).to_have_attribute("data-stage", "negotiating")
    assert serious(page) == []


def test_a_column_says_why_not(board: Callable[..., Page]) -> None:
    page = board(query="?scope=city")
    card = page.locator('.ob-kcol[data-stage="negotiating"] li[data-ways*="not_yours"]').first
    drag(page, card, "signed", let_go=False)
    why = "只有负责人、所属单位的区负责人和市统筹可以调整"
    expect(column(page, "signed").locator("[data-why]")).to_have_text(why)
    page.mouse.up()
    expect(page.locator("[data-fault]")).to_contain_text(why)
    expect(page.locator("#moving")).to_be_hidden()
    card.locator("a").first.focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator("#told")).to_have_text(f"移到“签约”：{why}")
    page.keyboard.press("Enter")
    expect(page.locator("#moving")).to_be_hidden()
    page.keyboard.press("Escape")
    assert card.locator("a").first.evaluate("el => el === document.activeElement")


def test_moved_by_somebody_else_meanwhile(board: Callable[..., Page]) -> None:
    page, other = board(), board("manager.nanshan")
    mine = the_card(page, "lead", "here open open open open")
    theirs = other.locator(f'li[data-card="{mine.get_attribute("data-card")}"]')
    mine.locator("[data-move-menu]").click()
    page.click("#kmenu [data-to=negotiating]")
    page.locator("#moving textarea[name=note]").fill("柏林首次洽谈")
    theirs.locator("[data-move-menu]").click()
    other.click("#kmenu [data-to=negotiating]")
    other.click("#moving button[type=submit]")
    expect(theirs).to_have_attribute("data-stage", "negotiating")
    page.click("#moving button[type=submit]")
    expect(page.locator("#moving .ob-alert")).to_contain_text("已有同事保存过")
    expect(page.locator("#moving textarea[name=note]")).to_have_value("柏林首次洽谈")


def test_others_of_a_column_come_on_demand(board: Callable[..., Page]) -> None:
    page = board("coordinator", query="?scope=city")
    cards = column(page, "negotiating").locator("li.ob-kcard")
    expect(cards).to_have_count(20)
    column(page, "negotiating").locator(".ob-kmore a").click()
    expect(cards).to_have_count(40)
    column(page, "negotiating").locator(".ob-kmore a").click()
    expect(cards).to_have_count(60)


def test_what_could_not_be_fetched_is_said(browser: Browser, base: str) -> None:
    page = browser.new_page(viewport={"width": 1440, "height": 900}, locale="zh-CN")  # unwatched: the network is meant to fail
    live.sign_in(page, base, "coordinator")
    page.goto(f"{base}/leads/board?scope=city")
    card = the_card(page, "lead", "here open open open open")
    page.context.set_offline(True)
    column(page, "negotiating").locator(".ob-kmore a").click()
    expect(page.locator("[data-fault]")).to_contain_text("没有取到")
    card.locator("[data-move-menu]").click()
    page.click("#kmenu [data-to=negotiating]")
    expect(page.locator("[data-fault]")).to_contain_text("没有取到")
    page.context.set_offline(False)
    card.locator("[data-move-menu]").click()
    page.click("#kmenu [data-to=negotiating]")
    page.locator("#moving button[type=submit]").wait_for()
    expect(page.locator("[data-fault]")).to_be_hidden()
    column(page, "negotiating").locator(".ob-kmore a").click()
    expect(column(page, "negotiating").locator("li.ob-kcard")).to_have_count(40)
    page.context.close()


def test_on_a_phone(board: Callable[..., Page]) -> None:
    page = board(width=360)
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    page.click(".ob-kjump a >> text=签约")
    expect(column(page, "signed")).to_be_in_viewport()
    page.locator("#kanban").focus()
    card = the_card(page, "lead", "here open open open open")
    card.locator("[data-move-menu]").click()
    page.click("#kmenu [data-to=negotiating]")
    page.click("#moving button[type=submit]")
    expect(card).to_have_attribute("data-stage", "negotiating")
    assert serious(page) == []
