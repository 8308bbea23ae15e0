"""The queue of likely duplicates by keyboard alone: J and K walk, S R D L say it, U takes it back. The same on a phone's width."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page, expect

from tests import live
from tests.journeys.conftest import serious
from tests.long import mostly_full

pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("journey-review")]
WORDS = {"d": "不是同一家", "r": "关联企业", "l": "以后再判", "s": "同一家"}


@pytest.fixture(scope="module")
def swept(base: str, browser: Browser) -> None:
    """Everything is compared once, by keyboard too: the button is reached with Tab."""
    context = browser.new_context(locale="zh-CN")
    page = context.new_page()
    live.sign_in(page, base, "coordinator")
    page.goto(f"{base}/review/")
    page.locator(".ob-swept button").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/jobs/*")
    page.wait_for_selector("text=已完成", timeout=120_000)
    context.close()


def groups(page: Page) -> int:
    """How many groups wait."""
    said = page.locator(".ob-reviewhead").inner_text()
    found = re.search(r"待判断 (\d+) 组", said)
    return int(found.group(1)) if found else 0


def shown(page: Page) -> str:
    """Which pair is in front: what its form is about."""
    return page.locator(".ob-verdictform").get_attribute("action") or ""


def press(page: Page, key: str) -> None:
    """One key, and the page that it leads to."""
    with page.expect_navigation():
        page.keyboard.press(key)
    page.wait_for_load_state()


@pytest.mark.parametrize("width", mostly_full([1440, 360], 1440))
def test_the_queue_by_keyboard(person: Callable[..., Page], base: str, swept: None, width: int) -> None:
    page = person("coordinator", width=width)
    page.goto(f"{base}/review/")
    waiting, first = groups(page), shown(page)
    assert waiting >= 2, "the demo has likely duplicates"

    press(page, "j")
    second = shown(page)
    assert second != first
    expect(page.locator("h2#pair")).to_be_focused()  # else a screen reader starts over at the top of the page
    press(page, "k")
    assert shown(page) == first

    for key in ("d", "r", "l"):
        press(page, key)
        expect(page.locator(".ob-flash, [role=status]").first).to_contain_text(WORDS[key])
        expect(page.locator("#said")).to_contain_text(WORDS[key])  # put there once the page is up, so that it is read out
        expect(page.locator("h2#pair")).to_be_focused()
        press(page, "u")
        assert (groups(page), shown(page).partition("?")[0]) == (waiting, first.partition("?")[0])

    page.keyboard.press("c")  # what a merge would keep, field by field
    expect(page.locator("details.ob-choices[open] input[type=radio]").first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert serious(page) == []
    press(page, "s")
    expect(page.locator(".ob-flash, [role=status]").first).to_contain_text("已判：同一家")
    assert shown(page).partition("?")[0] != first.partition("?")[0]
    press(page, "u")
    assert (groups(page), shown(page).partition("?")[0]) == (waiting, first.partition("?")[0])


def test_typing_a_reason_presses_nothing(person: Callable[..., Page], base: str, swept: None) -> None:
    page = person("coordinator")
    page.goto(f"{base}/review/")
    first = shown(page)
    page.locator(".ob-keep input[name=reason]").focus()
    page.keyboard.type("sdlru")
    assert shown(page) == first
    expect(page.locator(".ob-keep input[name=reason]")).to_have_value("sdlru")
    page.keyboard.press("Enter")  # leaves the field; it once pressed the first button, which merges
    assert page.evaluate("document.activeElement === document.body")
    press(page, "l")
    expect(page.locator(".ob-flash, [role=status]").first).to_contain_text(WORDS["l"])
    press(page, "u")
    assert shown(page).partition("?")[0] == first.partition("?")[0]


def test_the_record_that_stays_moves_the_suggestions(person: Callable[..., Page], base: str, swept: None) -> None:
    page = person("coordinator")
    page.goto(f"{base}/review/")
    page.keyboard.press("c")
    name = page.locator("details.ob-choices input[name=choice-name]")
    before = name.nth(0).is_checked()
    letter = "B" if page.locator("input[name=keep][data-letter=A]").is_checked() else "A"
    page.locator(f"label[for={page.locator(f'input[name=keep][data-letter={letter}]').get_attribute('id')}]").click()
    assert name.nth(0).is_checked() is not before
    expect(page.locator(f"[data-if-stays={letter}]").first).to_be_visible()
