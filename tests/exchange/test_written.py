"""A workbook of running text: its columns fit a sheet of A3, its rows are as high as their text, what is cut is said."""

from datetime import date

import openpyxl
import pytest

from crm.exchange.sheets import write_workbook

HEADINGS = ["单位", "空报说明", "本周进展", "存在问题"]


def opened(rows, **named):
    book = openpyxl.load_workbook(write_workbook("周报", HEADINGS, rows, notes=["第一行"], wide={1, 2, 3}, **named))
    return book.active


def test_running_text_shares_the_room_and_an_empty_column_takes_none():
    page = opened([["南山区投资促进局", "", "条" * 100, "条" * 10]], cut="不全")
    widths = {letter: page.column_dimensions[letter] for letter in "ABC"}  # C is C and D: alike, they are kept as one
    assert widths["B"].width < 15
    assert (widths["C"].width > 50, widths["C"].max) == (True, 4)
    assert page.row_dimensions[3].height > 4 * 15, "a hundred characters take four lines and more"
    assert page.cell(3, 1).alignment.vertical == page.cell(3, 3).alignment.vertical == "top"
    assert page.cell(2, 1).value == "单位", "nothing is cut, so nothing is said"


def test_what_a_row_cannot_show_is_said():
    page = opened([["南山区投资促进局", "", "条\n" * 60, ""], ["福田区", "", "", ""]], cut="不全")
    assert [page.cell(row, 1).value for row in (1, 2, 3)] == ["第一行", "不全", "单位"]
    assert page.row_dimensions[4].height == pytest.approx(409, abs=1)
    assert page.row_dimensions[5].height == pytest.approx(16, abs=1)
    assert page.cell(4, 3).value == "条\n" * 60, "the cell holds all of it"


def test_a_column_of_numbers_has_its_heading_over_them_and_a_day_stands_off_the_text_beside_it():
    rows = [["南山", 1.5, date(2026, 6, 1), "x"], ["福田", None, None, 3]]
    page = openpyxl.load_workbook(write_workbook("清单", ["区", "总投资", "起始", "杂"], rows)).active
    assert [page.cell(1, column).alignment.horizontal for column in (1, 2, 3, 4)] == ["left", "right", "left", "left"]
    assert [page.cell(*at).alignment.indent for at in ((1, 2), (2, 2), (3, 4))] == [1, 1, 1]
    assert page.cell(2, 3).alignment.horizontal == "left" and page.cell(2, 3).value.date() == date(2026, 6, 1)
