"""The two districts' workbooks read and judged against the marked answer, cell by cell; broken files refused in a word."""

import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from crm.core.money import Money
from crm.core.workbooks import reading
from crm.exchange.rules import judging, mapping, twins
from crm.exchange.rules.judging import Verdict
from crm.files.rules import FileRefused, check_file
from crm.matching.rules import Subject
from crm.rates.rules import Rates

DATA = Path(__file__).resolve().parents[1] / "data"
EXPECTED = json.loads((DATA / "expected.json").read_text("utf-8"))
FILES = list(EXPECTED["files"])
TODAY = date(2026, 11, 23)


def rates() -> Rates:
    raw = json.loads((DATA.parents[1] / "crm" / "rates" / "data" / "rates.json").read_text("utf-8"))
    days = [date.fromisoformat(day) for day in raw["days"]]
    return Rates({code: (days, [Decimal(v) for v in values]) for code, values in raw["rates"].items()})


@pytest.fixture(scope="module")
def judged() -> dict[str, tuple[mapping.Table, dict[int, Verdict]]]:
    found = {}
    for name in FILES:
        table = mapping.find_table(reading.read_sheets((DATA / name).read_bytes(), "xlsx"), mapping.LEAD_COLUMNS, need=("title",))
        judge = judging.Judge(table, today=TODAY, rates=rates())
        found[name] = (table, {number: judge.lead(number) for number in table.rows})
    return found


@pytest.mark.parametrize("name", FILES)
def test_the_table_is_found(judged: Any, name: str) -> None:
    table, _rows = judged[name]
    told = EXPECTED["files"][name]
    assert (table.sheet, table.header_row) == (told["sheet"], told["header_row"])
    assert not set(table.rows) & set(told["ignore_rows"])
    assert len(table.rows) == told["leads"]
    assert set(table.headings.values()) == set(told["columns"].values())


@pytest.mark.parametrize("name", FILES)
def test_every_value(judged: Any, name: str) -> None:
    _table, rows = judged[name]
    wrong = []
    for number, told in EXPECTED["files"][name]["rows"].items():
        if "see" in told:
            continue
        values = rows[int(number)].values
        read = {key: values[key] for key in ("country", "stage", "first_talks")}
        read["cluster"] = values["cluster"][2] if values["cluster"] else None
        for key in ("total", "contracted"):
            money = Money(*values[key]) if values[key] else None
            read[key] = {"amount": int(money.major), "currency": money.currency} if money else None
        wrong += [(number, key, read[key], told.get(key)) for key in read if read[key] != told.get(key)]
    assert wrong == []


@pytest.mark.parametrize("name", FILES)
def test_every_problem(judged: Any, name: str) -> None:
    _table, rows = judged[name]
    problems = EXPECTED["files"][name]["problems"]
    for problem in problems:
        verdict = rows[problem["row"]]
        assert (problem["code"], problem["column"]) in [(r.code, r.column) for r in verdict.reasons], problem
        assert verdict.refused == (problem["severity"] == "error"), problem
    marked = {problem["row"] for problem in problems}
    ask = {"unknown_cluster", "unknown_country"}
    extra = [(n, r.code) for n, v in rows.items() if n not in marked for r in v.reasons if r.code not in ask]
    assert extra == []


def _subjects(rows: dict[int, Verdict], shift: int = 0) -> dict[int, Subject]:
    from crm.exchange.services import subject_of

    return {n + shift: subject_of(v.values) for n, v in rows.items() if v.names and not v.refused}


@pytest.mark.parametrize("name", FILES)
def test_twins_inside_a_file(judged: Any, name: str) -> None:
    told = {tuple(sorted(pair["rows"])) for pair in EXPECTED["files"][name]["duplicates_inside"]}
    found = set(twins.pairs(_subjects(judged[name][1])))
    assert len(found & told) / len(told) >= 0.93, told - found
    assert len(found & told) / len(found) >= 0.70, found - told


def test_twins_between_the_districts(judged: Any) -> None:
    first, second = (judged[name][1] for name in FILES)
    both = {**_subjects(first), **_subjects(second, 100_000)}
    told = {(pair["a"], pair["b"] + 100_000) for pair in EXPECTED["duplicates_across"]}
    found = {(a, b) for a, b in twins.pairs(both) if a < 100_000 <= b}
    assert len(found & told) / len(told) >= 0.85, sorted(told - found)
    assert len(found & told) / len(found) >= 0.70, sorted(found - told)


def test_target_list_whole() -> None:
    sheets = reading.read_sheets((DATA / "target_companies.xlsx").read_bytes(), "xlsx")
    table = mapping.find_table(sheets, mapping.COMPANY_COLUMNS, need=("investor_zh",))
    assert table.header_row == 3
    assert len(table.rows) == 604


def test_gb18030_with_a_broken_row() -> None:
    sheets = reading.read_sheets((DATA / "bad_gb18030.csv").read_bytes(), "csv")
    table = mapping.find_table(sheets, mapping.LEAD_COLUMNS, need=("title",))
    judge = judging.Judge(table, today=TODAY, rates=rates())
    verdicts = [judge.lead(number) for number in table.rows]
    assert [v.refused for v in verdicts] == [False, False, False, True]
    assert verdicts[0].values["note"] == '含逗号,引号"和m2' or "含逗号" in verdicts[0].values["note"]


def test_an_empty_workbook_says_so() -> None:
    sheets = reading.read_sheets((DATA / "empty.xlsx").read_bytes(), "xlsx")
    with pytest.raises(reading.Unreadable) as refused:
        mapping.find_table(sheets, mapping.LEAD_COLUMNS, need=("title",))
    assert refused.value.code == "workbook_empty"


def test_a_text_with_the_wrong_ending_is_refused() -> None:
    with pytest.raises(FileRefused) as refused:
        check_file("wrong_type.xlsx", (DATA / "wrong_type.xlsx").read_bytes())
    assert refused.value.code == "file_ending"
