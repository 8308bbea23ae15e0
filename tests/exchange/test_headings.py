"""Headings say which column is which and in which unit its bare numbers are."""

from datetime import date
from decimal import Decimal

import pytest

from crm.core.money import Money
from crm.core.workbooks.reading import Cell, Sheet
from crm.core.workbooks.units import read_unit
from crm.exchange.rules.judging import Judge
from crm.exchange.rules.mapping import LEAD_COLUMNS, find_table
from crm.rates.rules import Rates


def test_the_project_type_is_a_column():
    """It decides which milestones a project has; a word that names none is looked at by a person and refuses nothing."""
    heading = ["项目名称", "投资方", "阶段", "建设类/非建设类"]
    said = ["建设类", "非建设类", "增资扩产", "利润 再投资", "并购", "合资", ""]
    rows = [["甲项目", "碧澜屿光学", "在谈", word] for word in said]
    table = find_table([_sheet(heading, *rows)], LEAD_COLUMNS, need=("title",))
    judge = Judge(table, today=date(2026, 11, 16), rates=RATES)
    found = [judge.lead(number) for number in sorted(table.rows)]
    types = ["building", "non_building", "expansion", "reinvestment", "acquisition", None, None]
    assert [verdict.values.get("project_type") for verdict in found] == types
    assert [[reason.code for reason in verdict.reasons] for verdict in found] == [[]] * 5 + [["unknown_project_type"], []]
    assert not any(verdict.refused for verdict in found)


RATES = Rates({code: ([date(2026, 1, 1)], [Decimal(value)]) for code, value in (("USD", "7.1"), ("EUR", "8"))})


def _sheet(*rows: list[object], above: str = "") -> Sheet:
    cells = {
        number: {at: Cell("number" if isinstance(value, int | float) else "text", value) for at, value in enumerate(row)}
        for number, row in enumerate(([above] if above else [], *rows), start=1)
        if row
    }
    return Sheet("表", cells)


@pytest.mark.parametrize(
    ("said", "unit"),
    [
        ("万元", (10**4, "CNY")),
        ("亿元", (10**8, "CNY")),
        ("元", (1, "CNY")),
        ("万美元", (10**4, "USD")),
        ("百万美元", (10**6, "USD")),
        ("人民币万元", (10**4, "CNY")),
        ("USD mn", (10**6, "USD")),
        ("RMB million", (10**6, "CNY")),
        ("EUR bn", (10**9, "EUR")),
        ("万", None),
    ],
)
def test_a_unit_is_read(said: str, unit: tuple[int, str] | None) -> None:
    assert read_unit(said) == unit


@pytest.mark.parametrize(
    ("above", "total", "contracted", "sums"),
    [
        ("", "投资总额", "合同外资", (("17500", "CNY"), ("980", "CNY"))),
        ("金额单位：亿元", "投资总额", "合同外资（万美元）", (("1.75", "CNY"), ("980", "USD"))),
        ("", "总投资（万元人民币）", "合同外资\n（万美元）", (("17500", "CNY"), ("980", "USD"))),
        ("", "Total investment (USD mn)", "合同外资 (EUR million)", (("25", "USD"), ("9.8", "EUR"))),
    ],
)
def test_bare_numbers_are_in_the_unit_of_their_column(
    above: str, total: str, contracted: str, sums: tuple[tuple[str, str], tuple[str, str]]
) -> None:
    (first, first_currency), (second, second_currency) = sums
    row = ["某项目", "甲公司", "德国", float(first), float(second), "在谈"]
    sheet = _sheet(["项目名称", "投资方", "国别/地区", total, contracted, "阶段"], row, above=above)
    table = find_table([sheet], LEAD_COLUMNS, need=("title",))
    judged = Judge(table, today=date(2026, 11, 24), rates=RATES).lead(next(iter(table.rows)))
    scale = {"": (10**4, 10**4), "金额单位：亿元": (10**8, 10**4)}[above]
    if "USD mn" in total:
        scale = (10**6, 10**6)
    expected = Money.of(Decimal(first) * scale[0], first_currency), Money.of(Decimal(second) * scale[1], second_currency)
    assert [judged.values["total"], judged.values["contracted"]] == [[m.amount, m.currency] for m in expected]
    assert table.unmapped == ()


@pytest.mark.parametrize(
    ("total", "contracted", "units"),
    [
        ("总投资申报值（亿元）", "合同外资申报值（万美元）", ((10**8, "CNY"), (10**4, "USD"))),
        (
            "Total investment as reported (RMB m)",
            "Contracted foreign capital as reported (USD m)",
            ((10**6, "CNY"), (10**6, "USD")),
        ),
    ],
)
def test_a_list_that_was_taken_along_is_read_again(
    total: str, contracted: str, units: tuple[tuple[int, str], tuple[int, str]]
) -> None:
    sheet = _sheet(["项目名称", "投资方", total, contracted], ["某项目", "甲公司", 1.5, 2.5])
    table = find_table([sheet], LEAD_COLUMNS, need=("title",))
    assert (table.units["total"], table.units["contracted"]) == units


@pytest.mark.parametrize(("zh", "foreign", "said", "names"), [
    ("😀🏭", "", ["no_letters"], ()), ("—", "/", ["no_letters"], ()), ("", "", ["required_empty"], ()),
    ("华强电子", "—", [], ("华强电子",)), ("-", "Huaqiang AG", [], ("Huaqiang AG",)),
])  # fmt: skip
def test_a_name_has_letters_as_in_the_form(zh, foreign, said, names):
    """A row of pictures or dashes came in as a firm of that name; a dash beside a name was its other name."""
    sheet = _sheet(["项目名称", "投资方中文", "投资方外文", "阶段"], ["镜头产线", zh, foreign, "线索"])
    table = find_table([sheet], LEAD_COLUMNS, need=("title",))
    judged = Judge(table, today=date(2026, 11, 16), rates=RATES).lead(next(iter(table.rows)))
    assert [reason.code for reason in judged.reasons if reason.code in ("no_letters", "required_empty")] == said
    assert (judged.names, judged.refused) == (names, bool(said))
