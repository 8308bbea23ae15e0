"""Every page of every role: nothing serious for axe, no sideways scroll on a phone, in Chinese and in English."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.journeys.conftest import serious

pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("journey-faces")]
ROOMS = {
    "officer.nanshan": ["/", "/leads", "/leads?stage=all&scope=city", "/leads/new", "/progress/", "/messages/", "/imports/",
                        "/clusters/", "/account/password", "/nothing-here"],
    "manager.nanshan": ["/", "/leads/queue"],
    "coordinator": ["/", "/units/", "/clusters/"],
    "auditor": ["/audit/", "/account/users"],
    "sysadmin": ["/", "/units/", "/account/users"],
}  # fmt: skip


@pytest.mark.parametrize("username", ROOMS)
def test_pages(person: Callable[..., Page], base: str, username: str) -> None:
    page = person(username)
    found: list[str] = []
    for path in ROOMS[username]:
        if path == "/nothing-here":
            continue
        page.goto(base + path)
        page.wait_for_load_state("networkidle")
        found += serious(page)
    if username == "officer.nanshan":
        page.goto(f"{base}/leads?stage=negotiating&scope=mine")
        page.click("table.ob-pipe a.ob-inv")
        found += serious(page)
    assert found == []


def test_phone_widths(person: Callable[..., Page], base: str) -> None:
    page = person("officer.nanshan", width=360)
    wide = []
    for path in ROOMS["officer.nanshan"][:-1]:
        page.goto(base + path)
        if page.evaluate("document.documentElement.scrollWidth") > 360:
            wide.append(path)
    assert wide == []


def test_english(person: Callable[..., Page], base: str) -> None:
    page = person("officer.baoan")
    page.click(".ob-menu > summary")
    page.click('.ob-menu button[lang="en"]')
    assert page.evaluate("document.documentElement.lang") == "en"
    page.goto(f"{base}/leads")
    assert "In negotiation" in page.inner_text("main")
    page.click(".ob-menu > summary")
    page.click('.ob-menu button[lang="zh-CN"]')
