"""Every page of every role, built from the table of doors: nothing serious for axe at 1440 px, no sideways scroll on a phone, no
Chinese left over in English. Every door is opened, for the first role that may, read in English, and looked at in the browser when
NEW things on it (a tag and class inside another) were not yet. With --full every page is fetched for every role and looked at when its
door was not yet or something on it, in English too, and read when nothing of the same build was; axe is asked at 360 px as well.
"""

import re
import time
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from crm.web import texts
from tests import live
from tests.journeys.addresses import DOORS, NO_PAGES, PARTS, ROLES, addresses
from tests.journeys.conftest import serious
from tests.journeys.test_lists import DATA
from tests.long import mostly_full
from tests.markup import parse

pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("journey-faces")]
WIDTHS = (1440, 360)
NEW = 8  # three quarters of the pages have fewer, and looking at one in the browser takes a second
asked_at: set[int] = set(WIDTHS)  # widths at which axe is asked
looked_at: set[str] = set()  # bones, and doors with --full
read: set[frozenset[str]] = set()  # bones of whole pages
opened: set[str] = set()


@pytest.fixture(scope="module", autouse=True)
def one_width(is_long: bool) -> None:
    """Without --full axe is asked at 1440 px alone."""
    if not is_long:
        asked_at.discard(360)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("faces")


@pytest.fixture(scope="module")
def base(folder: Path) -> Iterator[str]:
    """A product whose database this file may read."""
    with live.serving(folder) as address:
        yield address


def faults_of(page: Page) -> list[str]:
    """What is wrong with the page as it stands, at both widths."""
    found = []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        found += [f"{width}: {fault}" for fault in serious(page)] if width in asked_at else []
        found += _too_wide(page)
    page.set_viewport_size({"width": 1440, "height": 900})
    return found


def _too_wide(page: Page) -> list[str]:
    width = page.viewport_size["width"] if page.viewport_size else 0
    reached = page.evaluate("document.documentElement.scrollWidth")
    return [f"{page.url}: {reached} wide at {width}"] if reached > width else []


def _ready(page: Page, address: str) -> int:
    answer = page.goto(address)
    if page.locator("[hx-trigger=load]").count():
        expect(page.locator("#totals")).to_contain_text(re.compile(r"\d"))
    return answer.status if answer else 0


def bones_of(html: str) -> set[str]:
    """Tags and classes of a page's own part, each with the class of what it stands in."""
    mains = parse(html).all("main")
    return {
        " ".join((e.parent.get("class") if e.parent else "", e.tag, e.get("class"), e.get("type")))
        for main in mains for e in main.walk()[1:]
    }  # fmt: skip


SAID = """Array.from(document.querySelectorAll('body *')).filter(e => !e.closest('[lang|=zh], script, select')).flatMap(e => [
    ...Array.from(e.childNodes).filter(n => n.nodeType === 3).map(n => n.data.trim()),
    e.getAttribute('aria-label') || '', e.getAttribute('placeholder') || '', e.title || '']).filter(Boolean)"""


def texts_of(html: str) -> list[str]:
    """What a page says before its scripts run: as SAID finds it in the browser."""
    bodies = parse(html).all("body")
    said: list[str] = []
    for element in (e for body in bodies for e in body.walk()):
        around = element
        while around.tag not in ("script", "select", "#page") and not around.get("lang").startswith("zh"):
            around = around.parent or around
        if around.tag == "#page":
            said += [child.strip() for child in element.children if isinstance(child, str)]
            said += [element.get("aria-label"), element.get("placeholder"), element.get("title")]
    return [text for text in said if text]


def left_in_chinese(said: list[str]) -> list[str]:
    """Texts of the product that stand in Chinese on an English page, and Chinese points between English words."""
    left = [text for text in said if text in translated() and re.search(r"[\u3400-\u9fff]", text)]
    return left + [text for text in said if re.search(r"[A-Za-z0-9)]\s?[，、；：（）。]\s?[A-Za-z0-9(]", text)]


@cache
def translated() -> set[str]:
    return {source for source, english in texts.english().items() if source != english}


def _chinese(page: Page) -> list[str]:
    return [f"{page.url}: {text}" for text in left_in_chinese(page.evaluate(SAID))]


def speak(page: Page, base: str, language: str) -> None:
    token = page.locator("input[name=csrf_token]").first.get_attribute("value") or ""
    page.request.post(f"{base}/account/language/{language}", form={"csrf_token": token}, headers={"Referer": f"{base}/"})


@pytest.fixture(scope="module")
def a_list(base: str, browser: Browser) -> str:
    """An uploaded list with everything in it: rows that can come in, rows refused, duplicates."""
    page = browser.new_page()
    live.sign_in(page, base, "coordinator")
    page.goto(f"{base}/imports/")
    page.set_input_files("#file", DATA / "district_a_leads.xlsx")
    page.select_option("#unit", "SZ-NS")
    page.click("text=上传并校验")
    page.get_by_role("link", name="查看结果").or_(page.locator(".ob-figs")).first.wait_for(timeout=240_000)
    page.context.close()
    return str(page.url)


@pytest.fixture(scope="module")
def a_merge(base: str, browser: Browser) -> None:
    """Everything is compared, the first pair of the queue merged, and units are asked about the next."""
    page = browser.new_page()
    live.sign_in(page, base, "coordinator")
    page.goto(f"{base}/review/")
    page.locator(".ob-swept button").click()
    page.wait_for_url("**/jobs/*")
    page.wait_for_selector("text=已完成", timeout=240_000)
    page.goto(f"{base}/review/")
    page.locator("button[value=same]").click()
    page.locator(".ob-flash, [role=status]").first.wait_for()
    page.click("text=预览归并影响")
    page.fill("textarea[name=reason]", "同一家企业")
    page.click("button[formaction]")
    page.wait_for_url("**/merges/requests/*")
    page.context.close()


@pytest.fixture(scope="module")
def a_pack(base: str, browser: Browser) -> None:
    """The coordinator has a meeting pack made, and waits for its files."""
    page = browser.new_page()
    live.sign_in(page, base, "coordinator")
    page.goto(f"{base}/meetings/")
    page.click("text=生成 Word 与 PDF")
    page.wait_for_url("**/meetings/packs/*")
    page.get_by_role("link", name="下载 PDF").wait_for(timeout=240_000)
    page.context.close()


@pytest.fixture
def window(browser: Browser, base: str) -> Iterator[Callable[..., Page]]:
    """`window("leader")`: a signed-in window; nothing but a page that is not there may go wrong in it."""
    faults: list[str] = []
    contexts = []

    def open_window(username: str = "", *, language: str = "zh") -> Page:
        contexts.append(browser.new_context(viewport={"width": 1440, "height": 900}, locale="zh-CN"))
        page = live.watched(contexts[-1], faults, base)
        if username:
            live.sign_in(page, base, username)
            speak(page, base, language)
        return page

    yield open_window
    for context in contexts:
        context.close()
    assert [fault for fault in faults if not fault.startswith("404 ")] == []


@pytest.mark.parametrize("username", ROLES)
def test_every_page(
    window: Callable[..., Page], base: str, folder: Path, is_long: bool, a_list: str, a_merge: None, a_pack: None, username: str
) -> None:  # fmt: skip
    page = window(username)
    found: list[str] = []
    fresh: list[str] = []
    unread: list[str] = []
    for endpoint, address in addresses(folder, ROLES[username]):
        if endpoint in opened and not is_long:
            continue
        answer = page.request.get(base + address)
        if answer.status != 200:
            found += [f"{address}: {answer.status}"] if answer.status >= 500 else []
            continue
        opened.add(endpoint)
        bones = bones_of(answer.text()) | ({endpoint} if is_long else set())
        if len(bones - looked_at) >= (1 if is_long else NEW):
            looked_at.update(bones)
            fresh.append(address)
            _ready(page, base + address)
            found += faults_of(page)
        elif frozenset(bones) not in read:
            unread.append(address)
        read.add(frozenset(bones))
    speak(page, base, "en")
    page.set_viewport_size({"width": 360, "height": 900})
    for address in fresh if is_long else ():
        _ready(page, base + address)
        found += _too_wide(page) + _chinese(page)
    for address in unread if is_long else unread + fresh:
        found += [f"{address}: {text}" for text in left_in_chinese(texts_of(page.request.get(base + address).text()))]
    speak(page, base, "zh")
    assert not found, "\n".join(found)


def test_no_page_was_forgotten() -> None:
    """Runs after the roles: every door that shows a page was opened by somebody."""
    doors = {endpoint for _methods, _path, endpoint, asks in DOORS if asks != "open"}
    assert doors - NO_PAGES - PARTS - opened == set()


def _registering(page: Page, base: str) -> Iterator[str]:
    page.goto(f"{base}/leads/new")
    page.fill("#investor", "朝凪传感器")
    page.locator("[data-hit]").first.wait_for()
    page.locator("[data-hit] .ob-option:nth-child(2) label").first.click()
    page.locator(".ob-reason input").first.fill("x")
    page.click(".ob-more > summary")
    page.click(".ob-paste > summary")
    yield "hits, a reason, everything unfolded"
    page.evaluate("document.querySelector('form.ob-reg').noValidate = true")
    page.click(".ob-save .btn-primary")
    page.locator("main .ob-alert").wait_for()
    yield "refused"
    page.goto(f"{base}/")
    page.click("a[data-panel]")
    page.fill("#panel-investor", "朝凪传感器")
    page.locator("#panel [data-hit]").first.wait_for()
    yield "the panel beside"


def _listing(page: Page, base: str) -> Iterator[str]:
    _ready(page, f"{base}/leads?stage=negotiating&scope=city")
    page.click(".ob-morefilters > summary")
    yield "filters"
    page.locator("tr[data-peek]").first.focus()
    page.keyboard.press("Space")
    page.locator(".ob-peekname").wait_for()
    yield "a look beside the list"
    page.goto(f"{base}/leads?stage=all&q=zzzz")
    page.keyboard.press("?")
    yield "an empty list, the keys"
    for path in ("/nothing-here", "/units/"):
        page.goto(base + path)
        page.click(".ob-top-end .ob-menu > summary")
        yield f"{path}, the menu"


def _importing(page: Page, base: str, a_list: str) -> Iterator[str]:
    for tab in ("ready", "refused", "duplicate"):
        page.goto(f"{a_list}?tab={tab}")
        yield f"import, {tab}"


def _administering(page: Page, base: str) -> Iterator[str]:
    page.goto(f"{base}/account/users")
    page.fill("#username", f"newcomer{int(time.time() * 1000)}")
    page.fill("#name", "新人")
    page.locator(".ob-cols form button").click()
    page.locator("code").wait_for()
    yield "a link shown once"
    page.goto(page.inner_text("code"))
    yield "set a password"


STATES = {
    "officer.nanshan": (_registering, _listing), "coordinator": (_importing,), "sysadmin": (_administering,),
}  # fmt: skip


@pytest.mark.parametrize("language", mostly_full(["zh", "en"], "zh"))
@pytest.mark.parametrize("username", STATES)
def test_states(window: Callable[..., Page], base: str, a_list: str, username: str, language: str) -> None:
    """What a page becomes under somebody's hands."""
    page, found = window(username, language=language), []
    for story in STATES[username]:
        for state in story(page, base, a_list) if story is _importing else story(page, base):
            if language == "zh":
                found += [f"{state}: {fault}" for fault in faults_of(page)]
                continue
            page.set_viewport_size({"width": 360, "height": 900})
            found += [f"{state}: {fault}" for fault in _too_wide(page) + _chinese(page)]
            page.set_viewport_size({"width": 1440, "height": 900})
    speak(page, base, "zh")
    assert not found, "\n".join(found)


def test_the_door(window: Callable[..., Page], base: str) -> None:
    """Sign-in, refused too, in both languages."""
    page = window()
    found: list[str] = []
    for language in ("zh", "en"):
        page.goto(f"{base}/account/sign-in")
        found += faults_of(page)
        page.fill("#username", "nobody")
        page.fill("#password", "x")
        page.click(".ob-signbox .btn-primary")
        page.locator(".ob-alert").wait_for()
        found += faults_of(page) + (_chinese(page) if language == "en" else [])
        if language == "zh":
            switch = page.locator(".ob-lang button")
            assert (switch.inner_text(), switch.get_attribute("lang")) == ("English", "en")
            switch.click()
    switch = page.locator(".ob-lang button")
    assert (switch.inner_text(), switch.get_attribute("lang")) == ("中文", "zh-CN")
    assert not found, "\n".join(found)
