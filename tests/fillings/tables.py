"""Empty tables as authorities send them."""

import io
from collections.abc import Sequence

import openpyxl
from openpyxl.styles import Border, Font, PatternFill, Side

LINE = Border(*(Side("thin") for _side in range(4)))
HEADINGS = ("序号", "项目名称", "投资方", "国别/地区", "总投资（亿元）", "合同外资（万美元）", "签约时间", "联系电话", "领导批注")


def a_table(headings: Sequence[str] = HEADINGS, *, blank: int = 3, foot: bool = True, title: str = "外资项目汇总表") -> bytes:
    """A title merged over the columns, a note of the unit, the heading, blank rows with lines, a total and signatures."""
    book = openpyxl.Workbook()
    page = book.active
    page.title = "汇总表"
    page["A1"], page["A1"].font = title, Font(bold=True, size=16)
    page.merge_cells(start_row=1, start_column=1, end_row=1, end_column=len(headings))
    page["A2"] = "填报单位：　　　　　　金额单位：万元"
    for column, heading in enumerate(headings, 1):
        page.cell(3, column, heading).border = LINE
    for row in range(4, 4 + blank):
        page.row_dimensions[row].height = 28
        for column in range(1, len(headings) + 1):
            page.cell(row, column).border = LINE
            page.cell(row, column).fill = PatternFill("solid", fgColor="FFF2CC")
    if foot:
        end = 4 + blank
        page.cell(end, 2, "合计")
        page.cell(end, 5, f"=SUM(E4:E{end - 1})" if blank else None)
        page.cell(end + 1, 1, "填表人：　　　　审核人：")
        page.merge_cells(start_row=end + 1, start_column=1, end_row=end + 1, end_column=4)
        page.print_area = f"A1:I{end + 1}"
    page.print_title_rows = "3:3"
    page.page_setup.orientation = "landscape"
    page.freeze_panes = "A4"
    return saved(book)


def two_rows() -> bytes:
    """A heading of two rows: 投资规模 over 总投资 and 合同外资, everything else merged downwards; columns are counted below it."""
    book = openpyxl.Workbook()
    page = book.active
    for column, heading in ((1, "序号"), (2, "项目名称"), (3, "投资方"), (6, "备注")):
        page.cell(2, column, heading)
        page.merge_cells(start_row=2, start_column=column, end_row=3, end_column=column)
    page["A1"] = "二层表头"
    page.merge_cells("A1:F1")
    page["D2"], page["D3"], page["E3"] = "投资规模（万美元）", "总投资", "合同外资"
    page.merge_cells("D2:E2")
    for column, sign in enumerate(("1", "2", "3", "4", "5", "6"), 1):
        page.cell(4, column, sign)
    return saved(book)


def saved(book: openpyxl.Workbook) -> bytes:
    """A workbook's bytes."""
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


def opened(content: bytes) -> openpyxl.Workbook:
    """A workbook out of its bytes."""
    return openpyxl.load_workbook(io.BytesIO(content))
