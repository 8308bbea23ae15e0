"""The real workbooks come in, the duplicates between two districts show, a manager reviews the list."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from crm.core import clock

PROOF = {"name": "proof.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4\n%%EOF\n"}
DATA = Path(__file__).resolve().parents[1] / "data"
pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("journey-lists")]


def bring_in(page: Page, base: str, file: str, *, unit: str, kind: str = "leads", admit: bool = False) -> None:
    page.goto(f"{base}/imports/")
    page.set_input_files("#file", DATA / file)
    page.click(f'label[for="kind-{0 if kind == "leads" else 1}"]')
    page.select_option("#unit", unit)
    if admit:
        page.check("#admit")
    page.click("text=上传并校验")
    page.wait_for_url("**/imports/*")
    page.get_by_role("link", name="查看结果").or_(page.locator(".ob-figs")).first.wait_for(timeout=240_000)
    page.reload()
    expect(page.locator(".ob-figs")).to_be_visible()


def run(page: Page) -> None:
    page.click(".ob-importbar button")
    page.get_by_role("link", name="查看结果").or_(page.get_by_role("link", name="查看导入的线索")).first.wait_for(timeout=240_000)
    page.reload()


def test_three_lists_and_a_review(person: Callable[..., Page], base: str, is_long: bool) -> None:
    """Without --full the third list, of six hundred target companies, stays outside."""
    page = person("coordinator")
    bring_in(page, base, "district_a_leads.xlsx", unit="SZ-NS", admit=True)
    page.click(".ob-tabs >> text=需修正")
    expect(page.locator("tbody tr")).to_have_count(15)
    expect(page.locator("tbody")).to_contain_text("不认识的阶段")
    run(page)
    bring_in(page, base, "district_b_leads.xlsx", unit="SZ-BA", admit=True)
    page.click(".ob-tabs >> text=疑似重复")
    expect(page.locator("tbody tr").nth(59)).to_be_visible()
    expect(page.locator("tbody")).to_contain_text("SZ-2026-")
    run(page)
    if is_long:
        bring_in(page, base, "target_companies.xlsx", unit="SZ-TCJ", kind="companies")
        run(page)
    expect(page.locator("main")).to_contain_text("已完成")

    manager = person("manager.nanshan")
    manager.goto(f"{base}/leads?stage=signed")
    expect(manager.locator("#totals")).to_contain_text("总投资")
    before = manager.locator("table.ob-pipe tbody tr").count()
    assert before >= 20
    manager.fill("#q-list", "kasberide")
    manager.press("#q-list", "Enter")
    expect(manager.locator("table.ob-pipe tbody tr")).to_have_count(1)
    manager.click("table.ob-pipe a.ob-inv")
    expect(manager.locator("h1")).to_contain_text("卡斯布埃里德")
    manager.click("text=调整阶段")
    manager.click('label:has-text("在建(实施)")')
    manager.click("button:has-text('保存')")
    expect(manager.locator(".ob-alert")).to_contain_text("佐证材料")
    address = manager.url
    for link, amount in (("节点：注册落地", ""), ("节点：首笔到资", "120")):  # an imported project brings no files
        manager.click(f"text={link}")
        manager.fill("#on", clock.today().isoformat())
        if amount:
            manager.fill("#number", amount)
        manager.set_input_files("input[type=file]", PROOF)
        manager.click(".ob-save .btn-primary")
        expect(manager.locator("[role=status]")).to_be_visible()
        manager.goto(address)
        manager.click('label:has-text("在建(实施)")')
    manager.set_input_files("input[type=file]", PROOF)
    manager.click("button:has-text('保存')")
    expect(manager.locator(".ob-stagepath .now")).to_contain_text("在建(实施)")
    with manager.expect_download() as download:
        manager.goto(f"{base}/leads?stage=signed")
        manager.click("text=导出")
    assert download.value.suggested_filename.endswith(".xlsx")


def test_the_first_page_is_light(person: Callable[..., Page], base: str) -> None:
    """With nothing in the browser's cache, the list and all it needs come in less than 500 KB as they travel."""
    page = person("coordinator")
    wire = page.context.new_cdp_session(page)
    wire.send("Network.enable")
    wire.send("Network.clearBrowserCache")
    sizes: list[float] = []
    wire.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    page.goto(f"{base}/leads?stage=all&scope=city", wait_until="networkidle")
    assert len(sizes) >= 8, "the page brought nothing with it"
    assert sum(sizes) <= 500_000, sizes
    print(f"first page: {sum(sizes) / 1000:.0f} KB in {len(sizes)} answers")
