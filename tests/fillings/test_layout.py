"""Where the heading, the blank rows and the foot of an empty table are, and what its columns are proposed to hold."""

import openpyxl
import pytest

from crm.core.workbooks.reading import read_sheets
from crm.core.workbooks.tables import fold_heading, split_unit
from crm.core.workbooks.units import read_unit
from crm.fillings.rules.layout import Layout, layout_of
from crm.fillings.rules.mapping import from_json, mapped, to_json, unit_for
from crm.fillings.rules.refusals import NoHeader, NotEmpty, NothingMapped, RowNotThere
from tests.fillings import tables


def read(content, header=None):
    return layout_of(read_sheets(content, "xlsx"), header)


def made(fill):
    book = openpyxl.Workbook()
    fill(book.active)
    return tables.saved(book)


@pytest.fixture(scope="module")
def usual():
    return read(tables.a_table())


def test_a_usual_table(usual):
    assert (usual.sheet, usual.header, usual.first, usual.last) == ("汇总表", 3, 4, 6)
    assert [usual.proposed.get(at) for at in range(9)] == [
        "serial", "title", "investor", "country", "total", "contracted", "signed_on", "phone", None,
    ]  # fmt: skip
    assert [usual.columns[at].unit for at in (4, 5)] == [(10**8, "CNY"), (10**4, "USD")]
    assert unit_for(usual, 4, "total") == (10**8, "CNY")
    assert Layout.from_json(usual.to_json()) == usual


@pytest.mark.parametrize("header", [None, 3])
@pytest.mark.parametrize(
    ("note", "total", "received"),
    [
        ("单位：亿元、万美元", (10**8, "CNY"), (10**4, "USD")), ("金额单位：万元", (10**4, "CNY"), (10**4, "CNY")),
        ("填报单位：　　　　", (10**8, "CNY"), (10**4, "USD")),
    ],
)  # fmt: skip
def test_a_note_of_several_units_leaves_each_sum_its_usual_one(note, total, received, header):
    def fill(page):
        for row in (
            ["外商投资项目推进情况表"],
            [note],
            ["序号", "项目名称", "投资方名称", "投资总额", "实际到资", "所属产业集群"],
        ):
            page.append(row)

    layout = read(made(fill), header)
    assert [layout.proposed.get(at) for at in (3, 4, 5)] == ["total", "received", "clusters"]
    assert (unit_for(layout, 3, "total"), unit_for(layout, 4, "received")) == (total, received)


def test_a_heading_of_two_rows():
    layout = read(tables.two_rows())
    assert (layout.header, layout.first, layout.last) == (3, 5, None)
    assert [column.title for column in layout.columns][3:5] == ["投资规模(万美元) / 总投资", "投资规模(万美元) / 合同外资"]
    assert {layout.proposed[3], layout.proposed[4]} == {"total", "contracted"}
    assert layout.columns[3].unit == (10**4, "USD"), "the unit stands over both"


def test_the_same_heading_is_the_same_table(usual):
    assert read(tables.a_table(title="另一期的表", blank=9)).fingerprint == usual.fingerprint
    assert read(tables.a_table([*tables.HEADINGS[:-1], "批注"])).fingerprint != usual.fingerprint


def test_without_blank_rows_what_stands_below_stays_below():
    layout = read(tables.a_table(blank=0))
    assert (layout.first, layout.last) == (4, 3)


def test_an_example_and_numbers_already_there_are_no_data():
    def fill(page):
        page.append(["序号", "项目名称", "投资方", "阶段"])
        page.append(["例", "某某研发中心", "某某公司", "在谈"])
        for number in range(1, 4):
            page.append([number])
        page.append(["填表人："])

    layout = read(made(fill))
    assert (layout.first, layout.last) == (3, 5)


def test_a_table_with_data_is_refused():
    def fill(page):
        page.append(["序号", "项目名称", "投资方", "阶段"])
        page.append([1, "一号", "某公司", "在谈"])

    with pytest.raises(NotEmpty) as found:
        read(made(fill))
    assert found.value.facts["row"] == 2


def test_no_heading_until_somebody_says_which_row_it_is():
    def fill(page):
        page["A1"] = "统计表"
        page.append(["甲项", "乙项", "项目名称"])

    with pytest.raises(NoHeader):
        read(made(fill))
    layout = read(made(fill), 2)
    assert [column.heading for column in layout.columns] == ["甲项", "乙项", "项目名称"]
    assert layout.proposed == {2: "title"}
    with pytest.raises(RowNotThere):
        read(made(fill), 9)


def test_columns_with_merged_blank_rows_cannot_be_filled():
    def fill(page):
        page.append(["序号", "项目名称", "投资方", "阶段"])
        page.merge_cells("D2:D5")

    layout = read(made(fill))
    assert [column.merged for column in layout.columns] == [False, False, False, True]
    assert 3 not in layout.proposed
    assert [one.at for one in mapped(layout, {1: ("title", ""), 3: ("stage", "")})] == [1]


def test_what_is_chosen(usual):
    chosen = {1: ("title", ""), 4: ("total", "USD-4"), 5: ("contracted", ""), 8: ("nonsense", ""), 99: ("title", "")}
    found = mapped(usual, chosen)
    assert [(one.code, one.unit) for one in found] == [
        ("title", None), ("total", (10**4, "USD")), ("contracted", (10**4, "USD")),
    ]  # fmt: skip
    assert from_json(to_json(found)) == {1: ("title", ""), 4: ("total", "USD-4"), 5: ("contracted", "USD-4")}
    with pytest.raises(NothingMapped):
        mapped(usual, {0: ("serial", "")})


@pytest.mark.parametrize(
    ("said", "unit"),
    [
        ("USD 10,000", (10**4, "USD")),
        ("10,000 USD", (10**4, "USD")),
        ("in USD 10,000", (10**4, "USD")),
        ("USD in 10,000s", (10**4, "USD")),
        ("RMB 100 million", (10**8, "CNY")),
        ("100 million RMB", (10**8, "CNY")),
        ("US$ 1,000", (10**3, "USD")),
        ("USD million", (10**6, "USD")),
        ("RMB bn", (10**9, "CNY")),
        ("2026", None),
        ("10,000", None),
    ],
)
def test_units_as_offices_write_them_in_english(said, unit):
    bare = "contractedforeigncapital" + ("" if unit else fold_heading(said))
    assert split_unit(f"Contracted foreign capital ({said})") == (bare, unit)
    assert read_unit(said) == unit


@pytest.mark.parametrize(
    ("said", "unit"),
    [
        ("1-10月合同外资（万美元）", (10**4, "USD")), ("Jan-10 FDI, USD mn", (10**6, "USD")), ("FDI 2010 USD", (1, "USD")),
        ("外资100%（万美元）", (10**4, "USD")), ("Q1 2100 RMB", (1, "CNY")),
    ],
)  # fmt: skip
def test_months_years_and_shares_scale_nothing(said, unit):
    assert split_unit(said)[1] == unit
    assert read_unit(said) == unit


@pytest.mark.parametrize(
    "note, unit",
    [
        ("Unit: USD 10,000", (10**4, "USD")),
        ("Units : RMB 100 million", (10**8, "CNY")),
        ("Unit: RMB 100 million, USD 10,000", None),
        ("Business unit: Futian", None),
    ],
)
def test_a_note_in_english(note, unit):
    def fill(page):
        page["A1"] = note
        for column, heading in enumerate(("序号", "Project name", "Investor", "Total investment", "合同外资"), 1):
            page.cell(2, column, heading)

    assert {one.unit for one in read(made(fill)).columns} == {unit}
