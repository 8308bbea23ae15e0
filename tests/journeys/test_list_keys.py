"""The list by keys: a cell changed where it stands, what a colleague changed meanwhile, rows ticked and done in one go, the menu."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route, expect

pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("journey-list-keys")]


@pytest.fixture
def page(person: Callable[..., Page], base: str) -> Page:
    page = person("manager.nanshan")
    page.goto(f"{base}/leads?stage=signed&col=owner&col=next")
    expect(page.locator("#totals")).to_contain_text("总投资")
    return page


def test_a_cell_by_keys(page: Page, base: str) -> None:
    row = page.locator("tr[data-peek]").first
    cell = row.locator(".c-next")
    row.focus()
    page.keyboard.press("F2")
    expect(page.locator("#inline-step")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("form.ob-inline")).to_have_count(0)
    expect(row).to_be_focused()
    page.keyboard.press("F2")
    page.locator("#inline-step").fill("约见财务负责人")
    page.keyboard.press("Enter")
    expect(cell.locator("[data-saved]")).to_have_count(1)
    expect(cell).to_contain_text("约见财务负责人")
    expect(row).to_be_focused()
    page.keyboard.press("Shift+F2")
    expect(page.locator("#inline-owner")).to_be_focused()
    page.keyboard.press("Escape")


def test_both_values_where_a_colleague_was_first(page: Page, base: str) -> None:
    row = page.locator("tr[data-peek]").nth(1)
    row.locator(".c-next").dblclick()
    other = page.context.new_page()
    other.goto(base + str(row.get_attribute("data-peek")).replace("peek", "next-step"))
    other.locator("#step").fill("对方来访")
    other.click("main form button[type=submit]")
    expect(other.locator(".ob-flash.done")).to_be_visible()
    page.locator("#inline-step").fill("复谈")
    page.keyboard.press("Enter")
    expect(page.locator("[data-theirs]")).to_contain_text("对方来访")
    expect(page.locator("#inline-step")).to_have_value("复谈")
    page.click("[data-inline-off]")
    expect(row.locator(".c-next")).to_contain_text("对方来访")


def test_ticked_seen_and_done(page: Page) -> None:
    for n in (2, 3):
        page.locator("tr[data-peek]").nth(n).focus()
        page.keyboard.press("x")
    expect(page.locator("[data-picked]")).to_have_text("已选 2 条")
    page.locator("#pick button").first.press("Enter")
    page.click("label[for=act-2]")
    page.fill("#step", "批量下一步")
    page.fill("#due_on", "2030-12-20")
    page.click("main form button[type=submit]")
    expect(page.locator("main")).to_contain_text("将处理 2 条，跳过 0 条。")
    page.click("main form button.btn-primary")
    expect(page.locator("main")).to_contain_text("已处理 2 条，跳过 0 条。")


def test_the_menu_of_views(page: Page) -> None:
    page.locator(".ob-views > summary").press("Enter")
    expect(page.locator(".ob-views")).to_contain_text("存为视图")
    page.keyboard.press("Tab")
    expect(page.locator(".ob-views a").first).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator(".ob-views[open]")).to_have_count(0)


def test_a_form_in_its_place_says_why_not_and_keeps_what_was_typed(page: Page) -> None:
    page.locator("a.ob-inv:visible").first.click()
    page.locator("#facts-open, header a[hx-get$='/edit']").first.click()
    field = page.locator(".ob-editform input[type=text]").first
    field.fill("填好的内容")

    def spoilt(route: Route) -> None:
        sent = route.request.post_data or ""
        route.continue_(post_data=re.sub("csrf_token=[^&]+", "csrf_token=spoilt", sent))

    answers = [spoilt, lambda route: route.fulfill(status=409, body="<p class='ob-alert' role='alert'>已不在这里</p>")]
    said = ["表单", "已不在这里"]
    for answer, words in zip(answers, said, strict=True):
        page.route("**/edit", answer)
        page.click(".ob-editform button[type=submit]")
        alert = page.locator(".ob-editform > .ob-alert")
        expect(alert).to_contain_text(words)
        expect(alert).to_be_focused()
        expect(field).to_have_value("填好的内容")
        page.unroute("**/edit")
    page.click(".ob-editform button[type=submit]")
    expect(page.locator(".ob-editform")).to_have_count(0)
