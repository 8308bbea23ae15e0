"""One running product and one browser for all stories of a file."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests import live


@pytest.fixture(scope="session")
def is_long(request: pytest.FixtureRequest) -> bool:
    """Whether this is the long run."""
    return "not full" not in request.config.getoption("markexpr")


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the running product."""
    with live.serving(tmp_path_factory.mktemp("board")) as address:
        yield address


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium."""
    with live.chromium() as found:
        yield found


@pytest.fixture
def person(browser: Browser, base: str) -> Iterator[Callable[..., Page]]:
    """`person("officer.nanshan", width=360)`: a browser window of that person; afterwards nothing may have gone wrong in it."""
    faults: list[str] = []
    contexts = []

    def open_window(username: str, *, width: int = 1440) -> Page:
        context = browser.new_context(viewport={"width": width, "height": 900}, locale="zh-CN", accept_downloads=True)
        contexts.append(context)
        page = live.watched(context, faults, base)
        live.sign_in(page, base, username)
        return page

    yield open_window
    for context in contexts:
        context.close()
    assert faults == []


# Rules that can find nothing serious are not asked: they are a third of its work.
ASKED = """axe.run(document, {resultTypes: ['violations'], rules: Object.fromEntries(axe._audit.rules
    .filter(rule => ['minor', 'moderate'].includes(rule.impact)).map(rule => [rule.id, {enabled: false}]))})"""
AXE = Path(__file__).resolve().parents[2] / "build" / "vendor-test" / "axe.min.js"


def serious(page: Page) -> list[str]:
    """What axe finds serious or critical on the page as it stands."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.read_text("utf-8") + ";0")  # evaluated, not added: the page forbids inline scripts
    found = page.evaluate(ASKED)
    return [
        f"{page.url} {v['id']}: {v['nodes'][0]['html'][:120]}"
        for v in found["violations"]
        if v["impact"] in ("serious", "critical")
    ]
