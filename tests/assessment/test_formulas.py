"""Formula files and the language of counts: what they mean, and that every error is named with its line and place."""

from fractions import Fraction
from pathlib import Path

import pytest

from crm.assessment.rules.expressions import LONGEST, Wrong, read_expression, value_of
from crm.assessment.rules.reading import check_units, read_scheme
from crm.assessment.rules.refusals import SchemeUnfit
from crm.assessment.rules.schemes import Against, RuleKind

EXAMPLE_CONTEST = Path(__file__).parents[2] / "crm/assessment/data/example_contest.txt"
EXAMPLE = (Path(__file__).parents[2] / "crm/assessment/data/example_districts.txt").read_text("utf-8")
HEAD = "[方案]\n代码 = T\n名称 = 试\n版本 = 1\n生效 = 2026-01-01\n来源 = 无\n"
ONE = "[指标 a]\n计数 = 签约项目数\n对照 = 最优\n权重 = 10\n"
COUNTS = {"signed": Fraction(6), "started": Fraction(4), "received": Fraction("2.5")}


def value(text):
    return value_of(read_expression(text, line=1, column=1), COUNTS)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("签约项目数", 6), ("signed + started * 2", 14), ("(signed + started) * 2", 20), ("signed - started - 1", 1),
        ("started / signed", Fraction(2, 3)), ("signed / 2 / 3", 1), ("-signed", -6), ("最大(0, 5 - signed)", 0),
        ("min(signed, started, 9)", 4), ("开工项目数 ÷ 签约项目数", Fraction(2, 3)), ("（signed）× 2", 12), ("0.1 + 0.2 - signed*0", Fraction("0.3")),
        ("operating", 0),
    ],
)  # fmt: skip
def test_what_an_expression_comes_to(text, expected):
    assert value(text) == expected


@pytest.mark.parametrize("text", ["signed / 0", "signed / operating", "1 + signed / (started - 4)", "max(1, signed / 0)"])
def test_a_division_by_zero_has_no_value(text):
    assert value(text) is None


@pytest.mark.parametrize(
    ("text", "code", "column"),
    [
        ("signed +", "ends", 9), ("signed + )", "sign", 10), ("(signed", "bracket", 8), ("signed signed", "rest", 8), ("foo + 1", "measure", 1),
        ("signed + 签约", "measure", 10), ("signed ^ 2", "sign", 8), ("max signed", "bracket", 5), ("__import__('os')", "sign", 12),
        ("signed.__class__", "sign", 7), ("", "ends", 1), ("1" * (LONGEST + 1), "long", 1), ("(" * 30 + "1", "deep", 22), ("-" * 60 + "1", "deep", 22),
    ],
)  # fmt: skip
def test_an_error_is_named_with_its_place(text, code, column):
    with pytest.raises(Wrong) as found:
        read_expression(text, line=7, column=1)
    assert (found.value.fault.code, found.value.fault.line, found.value.fault.column) == (code, 7, column)


def test_the_example():
    scheme = read_scheme(EXAMPLE)
    assert scheme.example
    assert scheme.full == 100
    assert [rule.kind for rule in scheme.rules].count(RuleKind.SCORED) == 7
    first = scheme.rules[0]
    assert (first.against, first.reference, first.factor, first.cap) == (Against.TARGET, "FI-01", 10_000, Fraction(6, 5))
    assert scheme.bases["firms"]["SZ-NS"] == Fraction("3.2")


def test_windows_ends_of_lines_and_a_mark_in_front_mean_nothing():
    assert read_scheme("\ufeff" + EXAMPLE.replace("\n", "\r\n")) == read_scheme(EXAMPLE)


@pytest.mark.parametrize(
    ("body", "line", "column", "code"),
    [
        ("名称 = 甲\n" + HEAD + ONE, 1, 1, "before_section"),
        ("[什么]\n" + HEAD + ONE, 1, 1, "section"),
        (HEAD + "[指标]\n计数 = 签约项目数\n对照 = 最优\n权重 = 1\n", 7, 1, "section_name"),
        (HEAD + ONE + ONE, 11, 1, "twice"),
        (HEAD + ONE + "权重 = 9\n", 11, 1, "twice"),
        (HEAD + ONE + "分数 = 9\n", 11, 1, "key"),
        (HEAD + ONE + "上限\n", 11, 1, "no_value"),
        (HEAD + ONE + "上限 = -1\n", 11, 6, "number"),
        (HEAD + ONE + "上限 = 0%\n", 11, 6, "number"),
        (HEAD + ONE.replace("权重 = 10\n", ""), 7, 1, "missing"),
        (HEAD + ONE.replace("签约项目数", "签约项目数 / ("), 8, 15, "ends"),
        (HEAD + ONE.replace("签约项目数", "走访洽谈次数"), 8, 6, "shown_only"),
        (HEAD + ONE.replace("签约项目数", "1 + 1"), 8, 6, "counts_nothing"),
        (HEAD + ONE.replace("最优", "随便"), 9, 6, "against"),
        (HEAD + ONE.replace("最优", "目标 XX-99"), 9, 9, "target"),
        (HEAD + ONE.replace("最优", "目标 FI-01"), 9, 9, "target_unit"),
        (HEAD + ONE.replace("最优", "基数 gdp"), 9, 9, "base"),
        (HEAD + ONE.replace("最优", "定值 零"), 9, 9, "number"),
        (HEAD.replace("2026-01-01", "今年") + ONE, 5, 6, "day"),
        (HEAD + "小数 = 9\n" + ONE, 7, 6, "whole"),
        (HEAD + "对象 = 全国\n" + ONE, 7, 6, "choice"),
        (HEAD, 7, 1, "nothing_scored"),
        (ONE, 1, 1, "no_scheme"),
    ],
)  # fmt: skip
def test_a_file_with_an_error_is_refused_and_the_line_named(body, line, column, code):
    with pytest.raises(SchemeUnfit) as found:
        read_scheme(body)
    assert (line, column, code) in [(one.line, one.column, one.code) for one in found.value.faults]


def test_every_error_is_named_at_once():
    with pytest.raises(SchemeUnfit) as found:
        read_scheme(HEAD + ONE.replace("最优", "随便").replace("10", "十"))
    assert [(one.line, one.code) for one in found.value.faults] == [(9, "against"), (10, "number")]
    assert found.value.facts["count"] == 2


def test_any_text_is_read_or_refused():
    """Whatever is cut out of a file: a scheme, or errors that lie in it."""
    for start in range(0, len(EXAMPLE), 37):
        text = EXAMPLE[:start] + EXAMPLE[start + 11 :]
        lines = text.count("\n") + 1
        assert all(1 <= one.line <= lines and one.column >= 1 for one in faults_of(text))


def faults_of(text):
    try:
        read_scheme(text)
    except SchemeUnfit as refusal:
        return refusal.faults
    return []


CONTEST = EXAMPLE_CONTEST.read_text("utf-8")
GROUPS = "[组别 in]\n名称 = 内\n单位 = SZ-NS、SZ-FT\n[组别 out]\n名称 = 外\n单位 = SZ-BA, SZ-LG\n"


def test_a_contest_is_of_one_period_and_has_groups():
    scheme = read_scheme(CONTEST)
    assert (scheme.contest, scheme.period, [one.id for one in scheme.groups]) == (True, "2026Q4", ["inner", "outer", "zones"])
    assert scheme.group_of("SZ-NS").called("en") == "Former special zone"
    assert scheme.group_of("SZ-XX") is None
    assert scheme.apart
    assert (scheme.noted("zh-CN")[:2], scheme.noted("en")[:7]) == ("示例", "Example")
    assert not read_scheme(EXAMPLE).contest


@pytest.mark.parametrize(
    ("body", "line", "column", "code"),
    [
        (HEAD + "期间 = 今年\n" + ONE, 7, 6, "period"),
        (HEAD + ONE + "[组别 in]\n名称 = 内\n", 11, 1, "missing"),
        (HEAD + ONE + "[组别 in]\n单位 = SZ-NS\n", 11, 1, "missing"),
        (HEAD + ONE + GROUPS.replace("SZ-LG", "SZ-NS"), 16, 6, "unit_twice"),
        (HEAD + ONE + GROUPS.replace("SZ-FT", "SZ-NS"), 13, 6, "unit_twice"),
        (HEAD + ONE + GROUPS.replace("out", "in"), 14, 1, "twice"),
        (HEAD + ONE + GROUPS + "权重 = 1\n", 17, 1, "key"),
    ],
)  # fmt: skip
def test_errors_of_a_contest_are_named_with_their_line(body, line, column, code):
    with pytest.raises(SchemeUnfit) as found:
        read_scheme(body)
    assert (line, column, code) in [(one.line, one.column, one.code) for one in found.value.faults]


def test_a_unit_that_is_not_there_is_named_with_its_line():
    scheme = read_scheme(HEAD + ONE + GROUPS)
    check_units(scheme, {"SZ-NS", "SZ-FT", "SZ-BA", "SZ-LG"})
    with pytest.raises(SchemeUnfit) as found:
        check_units(scheme, {"SZ-NS", "SZ-FT", "SZ-BA"})
    assert [(one.line, one.column, one.code, one.what) for one in found.value.faults] == [(16, 6, "unit", "SZ-LG")]
