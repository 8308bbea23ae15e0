"""Sums in the units of a heading, and rows written into a workbook whose other parts stay as they are."""

import zipfile
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm.core.money import Money
from crm.core.workbooks.filling import Plan, fill_workbook
from crm.core.workbooks.reading import Unreadable
from crm.core.workbooks.shifting import Shift
from crm.fillings.rules.writing import in_unit
from crm.rates.rules import Rates
from tests.fillings import tables

DAY = date(2026, 6, 18)
RATES = Rates({"USD": ([date(2026, 1, 1)], [Decimal("7.2")]), "HKD": ([date(2026, 1, 1)], [Decimal("0.9")])})
NOTE = ("填报说明", [["编号", "一"]])
ROWS = [
    [(0, "whole", str(n)), (1, "text", "=HYPERLINK(1)"), (4, "number", "12.5"), (6, "day", "2026-06-18")] for n in range(1, 8)
]


@pytest.mark.parametrize(
    "money, unit, said",
    [
        (Money.of(1_500_000_000, "CNY"), (10**9, "CNY"), "1.5000"),
        (Money.of(1_500, "USD"), (1000, "USD"), "1.50"),
        (Money.of(98_000_000, "USD"), (10**4, "USD"), "9800.00"),
        (Money.of(98_000_000, "USD"), (10**8, "CNY"), "7.0560"),
        (Money.of(1_200_000_000, "CNY"), (10**8, "CNY"), "12.0000"),
        (Money.of("1234567.89", "CNY"), (10**4, "CNY"), "123.46"),
        (Money.of(720, "CNY"), (1, "USD"), "100.00"),
        (Money.of(8_000, "HKD"), (10**4, "USD"), "0.10"),
    ],
)
def test_units(money, unit, said):
    assert str(in_unit(money, unit, RATES, DAY)) == said


@given(st.integers(0, 10**15), st.sampled_from([1, 10**4, 10**6, 10**8]))
def test_a_sum_in_its_own_currency_is_off_by_half_a_step_at_most(amount, scale):
    money = Money(amount, "USD")
    step = Decimal("0.0001") if scale > 10**4 else Decimal("0.01")
    assert abs(in_unit(money, (scale, "USD"), RATES, DAY) * scale - money.major) * 2 <= step * scale


SHIFT = Shift(6, 7, 4)


@pytest.mark.parametrize(
    "before, after",
    [
        ("SUM(D4:D6)", "SUM(D4:D10)"), ("D7/E7", "D11/E11"), ("D5", "D5"), ("SUM($D$4:$D$6)*2", "SUM($D$4:$D$10)*2"),
        ('IF(A7="A7",1,0)', 'IF(A11="A7",1,0)'), ("Sheet2!D7+D7", "Sheet2!D7+D11"), ("'汇总表'!D7", "'汇总表'!D7"),
        ("LOG10(B8)", "LOG10(B12)"), ("D3:D3", "D3:D3"),
    ],
)  # fmt: skip
def test_formulas_follow_their_cells(before, after):
    assert SHIFT.formula(before, here=True, sheet="x") == after


def test_formulas_of_other_sheets_follow_too():
    assert SHIFT.formula("SUM('汇总表'!E4:E6)+D7", here=False, sheet="汇总表") == "SUM('汇总表'!E4:E10)+D7"


@pytest.fixture(scope="module")
def filled():
    """More projects than the table has blank rows."""
    return fill_workbook(tables.a_table(), Plan("汇总表", 4, 6, ROWS, NOTE))


def test_rows_are_put_in_before_the_foot_in_the_style_of_the_first(filled):
    page = tables.opened(filled)["汇总表"]
    assert [page.cell(row, 1).value for row in range(4, 12)] == [1, 2, 3, 4, 5, 6, 7, None]
    assert page["B11"].value == "合计"
    assert page["E11"].value == "=SUM(E4:E10)"
    assert page["A12"].value.startswith("填表人")
    assert {str(one) for one in page.merged_cells.ranges} == {"A1:I1", "A12:D12"}
    for row in range(4, 11):
        assert page.cell(row, 3).border.top.style == "thin", row
        assert page.cell(row, 3).fill.fgColor.rgb == "00FFF2CC"
        assert page.row_dimensions[row].height == 28


def test_days_are_days_and_text_is_text(filled):
    page = tables.opened(filled)["汇总表"]
    assert page["G4"].value == datetime(2026, 6, 18)
    assert page["G4"].number_format == "yyyy-mm-dd"
    assert page["B4"].value == "=HYPERLINK(1)"
    assert page["B4"].data_type == "s", "no formula comes from data"
    assert (page["E4"].value, page["E4"].number_format) == (12.5, "#,##0.00##")


def test_print_set_up_stays_and_reaches_as_far_as_the_rows(filled):
    page = tables.opened(filled)["汇总表"]
    assert page.print_area == "'汇总表'!$A$1:$I$12"
    assert (page.print_title_rows, page.page_setup.orientation, page.freeze_panes) == ("$3:$3", "landscape", "A4")


def test_a_sheet_of_notes_comes_last(filled):
    assert tables.opened(filled).sheetnames == ["汇总表", "填报说明"]
    note = tables.opened(filled)["填报说明"]
    assert (note.sheet_properties.pageSetUpPr.fitToPage, note.page_setup.fitToWidth, note.page_setup.fitToHeight) == (True, 1, 0)
    again = fill_workbook(filled, Plan("汇总表", 4, 10, ROWS, NOTE))
    assert tables.opened(again).sheetnames == ["汇总表", "填报说明", "填报说明2"]


def test_fewer_projects_leave_the_other_blank_rows():
    page = tables.opened(fill_workbook(tables.a_table(), Plan("汇总表", 4, 6, ROWS[:2], NOTE)))["汇总表"]
    assert [page.cell(row, 1).value for row in (4, 5, 6)] == [1, 2, None]
    assert page["E7"].value == "=SUM(E4:E6)"


def test_a_table_without_foot_and_without_blank_rows():
    page = tables.opened(fill_workbook(tables.a_table(foot=False), Plan("汇总表", 4, None, ROWS, NOTE)))["汇总表"]
    assert page["A10"].value == 7
    assert page["C10"].border.top.style == "thin"
    page = tables.opened(fill_workbook(tables.a_table(blank=0), Plan("汇总表", 4, 3, ROWS[:2], NOTE)))["汇总表"]
    assert (page["A4"].value, page["A5"].value, page["B6"].value) == (1, 2, "合计")


def test_every_other_part_keeps_its_bytes():
    """What a program put into a workbook that we do not know is not lost."""
    content = tables.a_table()
    with zipfile.ZipFile(BytesIO(content)) as before:
        buffer = BytesIO()
        with zipfile.ZipFile(buffer, "w") as after:
            for name in before.namelist():
                after.writestr(name, before.read(name))
            after.writestr("xl/drawings/strange.bin", b"\x00\x01kept")
    made = fill_workbook(buffer.getvalue(), Plan("汇总表", 4, 6, ROWS, NOTE))
    changed = {
        "xl/workbook.xml",
        "xl/styles.xml",
        "xl/worksheets/sheet1.xml",
        "[Content_Types].xml",
        "xl/_rels/workbook.xml.rels",
    }
    with zipfile.ZipFile(buffer) as before, zipfile.ZipFile(BytesIO(made)) as after:
        same = [name for name in before.namelist() if name not in changed]
        assert all(before.read(name) == after.read(name) for name in same)
        assert "xl/drawings/strange.bin" in same


def test_cells_of_a_row_that_are_merged_are_merged_in_added_rows():
    book = openpyxl.Workbook()
    page = book.active
    page.append(["序号", "项目名称", None, "投资方"])
    page.merge_cells("B1:C1")
    page.merge_cells("B2:C2")
    rows = [[(1, "text", f"{n}")] for n in range(3)]
    page = tables.opened(fill_workbook(tables.saved(book), Plan("Sheet", 2, None, rows, NOTE))).active
    assert {str(one) for one in page.merged_cells.ranges} == {"B1:C1", "B2:C2", "B3:C3", "B4:C4"}


def test_what_is_no_workbook():
    with pytest.raises(Unreadable):
        fill_workbook(b"PK\x03\x04nonsense", Plan("x", 1, None, [], NOTE))
