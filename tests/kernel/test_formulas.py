"""M16: what somebody typed never becomes a formula or a link in an exported workbook."""

from datetime import date
from decimal import Decimal
from io import BytesIO

import openpyxl
import pytest

from crm.core import clock
from crm.exchange import sheets

PROBES = [
    '=cmd|"/c calc"!A1', "=1+1", "+1+1", "-1+1", "@SUM(A1)", '=HYPERLINK("http://evil.test","x")', "\t=1+1", "\r=1+1", "\n=1+1",
    "|calc", "%0A=1+1", "＝1+1", "＋1+1", "－1", "＠A1", '";=1+1', "'=1+1", "http://evil.test/x", "mailto:x@evil.test",
    "{=1+1}", "=IMPORTXML(A1)",
]  # fmt: skip


def cells_of(buffer):
    return [cell for row in openpyxl.load_workbook(buffer).active.iter_rows() for cell in row if cell.value is not None]


@pytest.mark.full
def test_without_the_cure_text_becomes_a_formula():
    book = openpyxl.Workbook()
    for probe in PROBES[:6]:
        book.active.append([probe])
    buffer = BytesIO()
    book.save(buffer)
    assert [cell for cell in cells_of(buffer) if cell.data_type == "f"]


def test_no_text_becomes_a_formula_or_a_link():
    buffer = sheets.write_workbook("线索", ["=1+1", *PROBES], [PROBES, ["x", *PROBES]], notes=["=1+1"])
    cells = cells_of(buffer)
    assert len(cells) > 2 * len(PROBES)
    assert {cell.data_type for cell in cells} == {"s"}
    assert not [cell for cell in cells if cell.hyperlink]
    assert {cell.value for cell in cells} >= {probe for probe in PROBES if not probe.startswith(("\t", "\r", "\n"))}


def test_numbers_and_dates_stay_what_they_are():
    row = [1, 2.5, Decimal("3.25"), date(2026, 6, 18), True, None, ""]
    cells = cells_of(sheets.write_workbook("x", list("abcdefg"), [row]))[7:]
    assert [cell.data_type for cell in cells] == ["n", "n", "n", "d", "b"]


def test_a_workbook_prints_across_on_one_pages_width_and_cuts_no_name():
    page = openpyxl.load_workbook(sheets.write_workbook("x", ["编号", "投资方"], [["1", "璟泓精密仪器（香港）有限公司"]])).active
    assert (page.page_setup.orientation, page.sheet_properties.pageSetUpPr.fitToPage) == ("landscape", True)
    assert page.page_setup.fitToHeight == 0, "as many pages down as it takes"
    assert page.print_title_rows == "$1:$1"
    assert page.column_dimensions["B"].width > 28


def test_the_list_as_a_workbook(app, signed_in):
    from tests.builders import a_lead

    for probe in PROBES[:6]:
        a_lead(f"{probe} Kestovar", title=f"={probe}"[:100])
    answer = signed_in("officer.nanshan").get("/leads/export.xlsx?stage=all", ceiling=40)
    cells = cells_of(BytesIO(answer.response.data))
    assert [cell for cell in cells if str(cell.value).startswith("=")], "the probes are not in it"
    assert not [cell for cell in cells if cell.data_type == "f" or cell.hyperlink]


def test_a_list_that_is_cut_off_says_so(app, signed_in, monkeypatch):
    from crm.desk.views import pages as views
    from tests.builders import a_lead

    for number in range(4):
        a_lead(f"Kestovar {number}")
    whole = signed_in("officer.nanshan").get("/leads/export.xlsx?stage=all", ceiling=40)
    monkeypatch.setattr(views, "EXPORT_CAP", 3)
    cut = signed_in("officer.nanshan").get("/leads/export.xlsx?stage=all", ceiling=40)
    said = [[str(cell.value) for cell in cells_of(BytesIO(answer.response.data))] for answer in (whole, cut)]
    assert ["只含前 3 条" in " ".join(cells) for cells in said] == [False, True]
    for cells in said:
        assert clock.today().isoformat() in cells[1] and "今天" not in cells[1], "a file is read on other days too"
        assert {"总投资申报值（亿元）", "合同外资申报值（万美元）", "认定合同额（万美元）"} <= set(cells)
