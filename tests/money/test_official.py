"""The official table: found under titles, every bad row with its reason, a later one replaces, an undo brings back."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from crm.core import clock
from crm.core.db import db, unit_of_work
from crm.core.errors import NotFound
from crm.core.money import Money
from crm.core.workbooks.reading import Cell, Sheet, Unreadable
from crm.money import queries, services
from crm.money.models import Utilised
from crm.money.rules import AlreadyApplied, CodeUnknown, LaterImport, NothingToApply, TableUnfit
from crm.money.rules.official import judge
from tests.builders import a_lead, actor
from tests.money.stories import apply, code, fresh, judged, official, undo, workbook

MAY = date(2026, 5, 1)
TODAY = date(2026, 6, 18)


def test_a_table_as_an_office_sends_it():
    content = workbook([
        [1, code(1), "甲（深圳）有限公司", 1234.56], [2, code(2).lower(), "乙有限公司", "1,000"], [3, code(3), "丙有限公司", 0],
    ])  # fmt: skip
    found = judged(content, today=TODAY)
    assert not found.refused
    assert [(row.row, row.code, row.name, row.month, row.usd) for row in found.rows] == [
        (4, code(1), "甲(深圳)有限公司", MAY, 1_234_560_000), (5, code(2), "乙有限公司", MAY, 1_000_000_000),
        (6, code(3), "丙有限公司", MAY, 0),
    ]  # fmt: skip
    assert (found.sheet, found.header_row, found.usd) == ("Sheet1", 3, 2_234_560_000)


def test_every_bad_row_has_its_reason():
    wrong = code(1)[:-1] + ("0" if code(1)[-1] != "0" else "1")
    rows = [
        [1, code(1), "甲公司", 10], [2, wrong, "乙公司", 10], [3, 9.14403e17, "丙公司", 10], [4, None, "丁公司", 10],
        [5, code(5), None, 10], [6, code(6), "己公司", "约10"], [7, code(7), "庚公司", -2_000_000], [8, code(8), "辛公司", 2_000_000],
        [9, code(9), "壬公司", "=1+1"], [10, code(10), "癸公司", None], [11, code(11), "子公司", 5], [12, code(11), "子公司", 5],
        [13, code(13), "丑公司", 5], [14, code(13), "丑公司", 6], [15, code(15), "寅" * 201, 5],
    ]  # fmt: skip
    found = judged(workbook(rows), today=TODAY)
    assert [row.row for row in found.rows] == [4, 14]
    assert [(one.row, one.code) for one in found.refused] == [
        (5, "bad_code"), (6, "code_number"), (7, "required_empty"), (8, "required_empty"), (9, "unreadable_amount"),
        (10, "absurd_amount"), (11, "absurd_amount"), (12, "formula_cell"), (13, "required_empty"), (15, "double_row"),
        (16, "two_sums"), (17, "two_sums"), (18, "too_long"),
    ]  # fmt: skip


def test_what_an_office_takes_back_is_below_zero():
    rows = [
        [1, code(1), "甲公司", -3.5],
        [2, code(2), "乙公司", "-1,000.25"],
        [3, code(3), "丙公司", "−2"],
        [4, code(4), "丁公司", 10],
    ]
    found = judged(workbook(rows), today=TODAY)
    assert not found.refused
    assert [row.usd for row in found.rows] == [-3_500_000, -1_000_250_000, -2_000_000, 10_000_000]
    assert found.usd == -995_750_000
    twice = judged(workbook([[1, code(1), "甲公司", 3], [2, code(1), "甲公司", -3]]), today=TODAY)
    assert [one.code for one in twice.refused] == ["two_sums", "two_sums"]


HEADING = ["序号", "统一社会信用代码", "企业名称", "月份", "实际使用外资（万美元）"]


@pytest.mark.parametrize(("cell", "said"), [
    ("2026-05", MAY), ("2026年5月", MAY), ("202605", MAY), (202605, MAY), ("5月", MAY), (5, MAY), ("2026/05", MAY), ("2026年5月份", MAY),
    ("1-5月", "cumulative"), ("2026-13", "unreadable_month"), ("2026-07", "future_date"), ("五月", "unreadable_month"), (None, "required_empty"),
])  # fmt: skip
def test_a_column_of_months(cell, said):
    found = judged(workbook([[1, code(1), "甲公司", cell, 10]], heading=HEADING, title="2026年外资统计"), today=TODAY)
    assert [row.month for row in found.rows] + [one.code for one in found.refused] == [said]


@pytest.mark.parametrize(("title", "typed", "refusal"), [
    ("实际使用外资情况表", None, "utilised_no_month"), ("2026年1-5月实际使用外资情况表", None, "utilised_range"),
    ("2026年1月至5月实际使用外资", None, "utilised_range"), ("2026年5月、2026年6月", None, "utilised_many_months"),
    ("2026年5月实际使用外资（单位：万元）", None, "utilised_not_dollars"), ("2026年5月", date(2026, 4, 1), "utilised_other_month"),
    ("2026年13月", None, "utilised_no_month"),
])  # fmt: skip
def test_a_table_that_cannot_be_taken(title, typed, refusal):
    heading = ["序号", "统一社会信用代码", "企业名称", "实际使用外资"]
    with pytest.raises(TableUnfit) as refused:
        judged(workbook([[1, code(1), "甲公司", 10]], title=title, heading=heading), typed, today=TODAY)
    assert refused.value.code == refusal


@pytest.mark.parametrize(("heading", "title", "cents"), [
    ("实际使用外资（万美元）", "2026年5月", 10**7), ("实际使用外资(美元)", "2026年5月", 1000), ("实际使用外资", "2026年5月 单位：亿美元", 10**11),
    ("实际使用外资", "2026年5月", 10**7), ("当月实际使用外资", "2026年5月（制表 2026年6月5日）", 10**7),
])  # fmt: skip
def test_units_and_titles(heading, title, cents):
    content = workbook([[1, code(1), "甲公司", 10]], title=title, heading=["序号", "统一社会信用代码", "企业名称", heading])
    assert [row.usd for row in judged(content, today=TODAY).rows] == [cents]


def test_no_column_of_codes():
    with pytest.raises(TableUnfit) as refused:
        judged(workbook([[1, "x", "甲公司", 10]], heading=["月份", "备注", "企业名称", "实际使用外资"]), today=TODAY)
    assert refused.value.code == "utilised_no_code"
    with pytest.raises(Unreadable):
        judged(workbook([[1, "x"]], heading=["甲", "乙"]), today=TODAY)


@settings(max_examples=80)
@given(st.lists(st.tuples(st.integers(1, 8), st.integers(0, 10**9), st.booleans()), max_size=25))
def test_no_row_is_lost_and_the_sum_is_exact(rows):
    """Every data row is taken or refused, and what is taken adds up to the cent."""
    cells: dict[int, dict[int, Cell]] = {
        1: {0: Cell("text", "2026年5月")},
        2: {n: Cell("text", text) for n, text in enumerate(("统一社会信用代码", "企业名称", "实际使用外资（万美元）"))},
    }
    for number, (who, hundredths, good) in enumerate(rows, start=3):
        amount = Cell("text", f"{hundredths // 100}.{hundredths % 100:02d}" if good else "很多")
        cells[number] = {0: Cell("text", code(who)), 1: Cell("text", "甲公司"), 2: amount}
    found = judge([Sheet("表", cells)], None, today=TODAY)
    assert sorted([row.row for row in found.rows] + [one.row for one in found.refused]) == sorted(range(3, 3 + len(rows)))
    assert len({row.code for row in found.rows}) == len(found.rows)
    assert found.usd == sum(rows[row.row - 3][1] * 10_000 for row in found.rows)


def live():
    return {row.credit_code: row.usd for row in db.session.scalars(select(Utilised).where(Utilised.state == "live"))}


def test_nothing_counts_before_it_is_applied_and_a_later_one_replaces(app, clock_at):
    clock_at("2026-06-18 09:00")
    with app.app_context():
        first = official([[code(1), "甲公司", 10], [code(2), "乙公司", 20]], applied=False)
        assert live() == {}
        apply(first)
        assert live() == {code(1): 10_000_000, code(2): 20_000_000}
        with pytest.raises(AlreadyApplied):
            apply(first)
        second = official([[code(1), "甲公司", 15], [code(3), "丙公司", 5]])
        assert live() == {code(1): 15_000_000, code(2): 20_000_000, code(3): 5_000_000}
        assert db.session.scalar(select(func.count()).where(Utilised.state == "superseded")) == 1
        with pytest.raises(LaterImport) as refused:
            undo(first)
        assert refused.value.facts == {"file": "table.xlsx"}
        undo(second)
        assert live() == {code(1): 10_000_000, code(2): 20_000_000}
        with pytest.raises(AlreadyApplied):
            undo(second)
        undo(first)
        assert live() == {}
        assert db.session.scalar(select(func.count()).select_from(Utilised)) == 4, "every version stays"


def test_one_live_figure_for_a_code_and_month(app):
    with app.app_context():
        batch = official([[code(1), "甲公司", 10]])
        with pytest.raises(IntegrityError), unit_of_work():
            db.session.add(Utilised(
                import_id=batch.id, row=9, credit_code=code(1), name="x", month=MAY, usd=1, state="live"
            ))  # fmt: skip


def test_an_empty_table_is_given_up(app):
    with app.app_context():
        batch = official([["x", "甲公司", 10]], applied=False)
        assert (batch.rows, [one["code"] for one in batch.refused]) == (0, ["bad_code"])
        with pytest.raises(NothingToApply):
            apply(batch)
        undo(batch)
        assert fresh(batch).state == "undone"


def test_only_the_coordinator(app):
    with app.app_context():
        batch = official([[code(1), "甲公司", 10]], applied=False)
        for who in ("officer.nanshan", "manager.nanshan", "leader", "auditor", "sysadmin"):
            for do in (services.apply_table, services.undo_table):
                with pytest.raises(NotFound), unit_of_work():
                    do(batch.public_id, actor=actor(who), now=clock.now())


def test_whose_a_code_is(app):
    """By the company's own code, a name that only one has, the project company of a lead; by a person's word, for later months too."""
    with app.app_context():
        by_code = a_lead("Kestovar GmbH", uscc=code(1))
        by_name = a_lead("卡恩斯特（深圳）有限公司")
        told = a_lead("Lomarand AG", contracted=Money.of(1, "USD"))
        official(
            [
                [code(1), "卡斯托瓦（深圳）有限公司", 10],
                [code(2), "卡恩斯特（深圳）有限公司", 20],
                [code(3), "无人知晓有限公司", 30],
            ]
        )
        owners = {row.credit_code: row.company_id for row in db.session.scalars(select(Utilised))}
        assert owners == {code(1): by_code.investor_id, code(2): by_name.investor_id, code(3): None}
        assert queries.unlinked() == [(code(3), "无人知晓有限公司", 1, 30_000_000)]
        with unit_of_work():
            assert services.link_code(code(3), f" {told.number} ", actor=actor("coordinator"), now=clock.now()) == 1
        assert not queries.unlinked()
        april = "2026年4月实际使用外资"
        batch = official([[code(3), "无人知晓有限公司", 7]], title=april)
        assert db.session.scalar(select(Utilised.company_id).where(Utilised.import_id == batch.id)) == told.investor_id
        for wrong in ((code(9), told.number), (code(3), "SZ-2000-00001")):
            with pytest.raises(CodeUnknown), unit_of_work():
                services.link_code(*wrong, actor=actor("coordinator"), now=clock.now())
