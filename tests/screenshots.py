"""Pictures of the product for docs/screens: `python3 dev.py screenshots`. Chinese and English, 1440 and 360 px."""

import tempfile
from pathlib import Path

from playwright.sync_api import Browser, Page

from tests import live
from tests.journeys.test_lists import bring_in, run

OUT = live.ROOT / "docs" / "screens"


def window(browser: Browser, base: str, username: str, *, width: int = 1440, english: bool = False) -> Page:
    page = browser.new_context(viewport={"width": width, "height": 900}, locale="zh-CN").new_page()
    live.sign_in(page, base, username)
    if english:
        page.locator(".ob-top-end .ob-menu > summary").click()
        page.click('.ob-menu button[lang="en"]')
        page.wait_for_load_state()
    return page


def shoot(page: Page, name: str, *, whole: bool = False) -> None:
    page.wait_for_load_state("networkidle")
    page.screenshot(path=OUT / f"{name}.png", full_page=whole)


def main() -> None:
    """Serve a fresh demo, walk through it, write the pictures."""
    OUT.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, live.serving(Path(folder)) as base, live.chromium() as browser:
        visitor = browser.new_context(viewport={"width": 1440, "height": 900}, locale="zh-CN").new_page()
        visitor.goto(f"{base}/account/sign-in")
        shoot(visitor, "sign_in")
        for width in (1440, 360):
            tail = "" if width == 1440 else "_360"
            page = window(browser, base, "officer.nanshan", width=width)
            shoot(page, f"home{tail}")
            page.goto(f"{base}/leads?stage=negotiating")
            shoot(page, f"pipeline{tail}")
            page.locator("a.ob-inv:visible").first.click()
            shoot(page, f"lead{tail}", whole=True)
            page.goto(f"{base}/leads/new")
            page.fill("#investor", "朝凪传感器")
            page.wait_for_timeout(1200)
            shoot(page, f"register{tail}", whole=width == 360)
        manager = window(browser, base, "manager.nanshan")
        shoot(manager, "manager")
        manager.goto(f"{base}/leads/queue")
        shoot(manager, "queue")
        english = window(browser, base, "officer.baoan", english=True)
        english.goto(f"{base}/leads?stage=negotiating")
        shoot(english, "pipeline_en")
        english.goto(f"{base}/leads/new")
        shoot(english, "register_en")
        city = window(browser, base, "coordinator")
        bring_in(city, base, "district_a_leads.xlsx", unit="SZ-NS", admit=True)
        city.click(".ob-tabs >> text=需修正")
        shoot(city, "import_refused")
        run(city)
        bring_in(city, base, "district_b_leads.xlsx", unit="SZ-BA", admit=True)
        city.click(".ob-tabs >> text=疑似重复")
        shoot(city, "import_duplicates")
        run(city)
        bring_in(city, base, "target_companies.xlsx", unit="SZ-TCJ", kind="companies")
        run(city)
        city.goto(f"{base}/review/")
        city.click(".ob-swept button")
        city.wait_for_selector("text=已完成", timeout=120_000)
        for width in (1440, 360):
            queue = window(browser, base, "coordinator", width=width)
            queue.goto(f"{base}/review/?sort=money")
            shoot(queue, "duplicates" if width == 1440 else "duplicates_360", whole=True)
        for width in (1440, 360):
            board = window(browser, base, "coordinator", width=width)
            board.goto(f"{base}/board")
            shoot(board, "board" if width == 1440 else "board_360", whole=True)
        board.set_viewport_size({"width": 1440, "height": 900})
        for name, path in (
            ("transfers", "/transfers"), ("pool", "/pool"), ("kanban", "/leads/board?scope=city"), ("batches", "/batches/"),
            ("dashboard", "/dashboard"), ("money", "/money"), ("milestones", "/milestones/"),
        ):  # fmt: skip
            board.goto(base + path)
            shoot(board, name)
        review = window(browser, base, "manager.nanshan")
        review.goto(f"{base}/leads?stage=signed")
        review.wait_for_timeout(800)
        shoot(review, "review", whole=True)


if __name__ == "__main__":
    main()
