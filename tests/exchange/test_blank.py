"""The blank list that an office may start from: whatever it was taken in, its headings are understood and a row of it comes in."""

import io
from datetime import date

import openpyxl
import pytest

from crm.core.workbooks.reading import read_sheets
from crm.exchange.rules import values
from crm.exchange.rules.blanks import BLANKS
from crm.exchange.rules.judging import Judge
from crm.exchange.rules.mapping import COMPANY_COLUMNS, LEAD_COLUMNS, find_table
from tests.exchange.test_headings import RATES

COLUMNS = {"leads": LEAD_COLUMNS, "companies": COMPANY_COLUMNS}
ROW = {
    "leads": {
        "title": "光子芯片封测线", "investor_zh": "碧澜屿光学有限公司", "investor_foreign": "Bilanyu Optics Ltd", "country": "新加坡",
        "contracted": 30, "first_talks": "2026-03-02", "note": "从空表填来",
    },
    "companies": {"investor_zh": "碧澜屿光学有限公司", "country": "新加坡", "website": "https://bilanyu.example", "note": "从空表填来"},
}  # fmt: skip


def _taken(browser, kind):
    answer = browser.get(f"/imports/blank.xlsx?kind={kind}")
    assert answer.status == 200
    return answer.response.data


def _filled(content: bytes, kind: str, lang: str, stage: str) -> bytes:
    """The blank with one row under its headings, as somebody would fill it."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    sheet = book.active
    last = sheet.max_row
    for at, heading in enumerate(BLANKS[kind], 1):
        assert sheet.cell(last, at).value == heading.said(lang)
        sheet.cell(last + 1, at).value = {**ROW[kind], "stage": stage, "total": 12 if lang == "zh" else 1_200}.get(heading.name)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@pytest.mark.parametrize(("lang", "stage"), [("zh", "在建(实施)"), ("en", "Under construction")])
def test_a_row_typed_into_the_blank_is_read(signed_in, lang, stage):
    browser = signed_in("coordinator")
    if lang == "en":
        browser.get("/").submit("/account/language/en")
    for kind, columns in COLUMNS.items():
        content = _filled(_taken(browser, kind), kind, lang, stage)
        table = find_table(read_sheets(content, "xlsx"), columns, need=("title", "investor_zh"))
        assert list(table.columns) == [one.name for one in BLANKS[kind]]
        assert table.unmapped == ()
        judge = Judge(table, today=date(2026, 11, 16), rates=RATES)
        (number,) = table.rows
        found = judge.lead(number) if kind == "leads" else judge.company(number)
        assert found.reasons == []
        if kind == "leads":
            assert found.values["stage"] == "under_construction"
            assert found.values["total"] == [12 * 10**10, "CNY"]
            assert found.values["contracted"] == [30 * 10**6 if lang == "zh" else 30 * 10**8, "USD"]


def test_the_blank_itself_brings_nothing_in(signed_in):
    """What stands above its headings is no row."""
    browser = signed_in("coordinator")
    for kind, columns in COLUMNS.items():
        table = find_table(read_sheets(_taken(browser, kind), "xlsx"), columns, need=("title", "investor_zh"))
        assert table.rows == {}


def test_every_word_that_the_blank_offers_is_understood(signed_in):
    browser = signed_in("coordinator")
    for lang in ("zh", "en"):
        if lang == "en":
            browser.get("/").submit("/account/language/en")
        sheet = openpyxl.load_workbook(io.BytesIO(_taken(browser, "leads"))).active
        notes = [str(row[0].value) for row in sheet.iter_rows(max_row=sheet.max_row - 1)]
        offered = [one.replace(": ", "：").partition("：")[2] for one in notes if one.startswith(("阶段", "项目类型", "As "))]
        stages, types = (one.replace(", ", "、").split("、") for one in offered)
        assert [values.read_stage(one) for one in stages] == ["lead", "negotiating", "signed", "under_construction", "operating"]
        assert len({values.read_project_type(one) for one in types}) == 5


def test_a_blank_of_companies_is_for_who_may_import_them(signed_in):
    signed_in().get("/imports/blank.xlsx?kind=companies", status=404)
    signed_in().get("/imports/blank.xlsx?kind=others", status=404)
    signed_in().get("/imports/blank.xlsx")


def test_the_page_offers_what_one_may_take(signed_in):
    def offered(page):
        return [e["href"] for e in page.root.all("a") if "blank.xlsx" in e.attrs.get("href", "")]

    assert offered(signed_in().get("/imports/")) == ["/imports/blank.xlsx?kind=leads"]
    assert len(offered(signed_in("coordinator").get("/imports/"))) == 2
