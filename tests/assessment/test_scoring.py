"""Scores: each normalisation by hand, and what holds of any scores at all."""

import random
from fractions import Fraction

import pytest

from crm.assessment.rules.reading import read_scheme
from crm.assessment.rules.scoring import SCALE, Given, placed, rounded, score, total
from crm.assessment.rules.writing import exact, kept, percent, points, restored
from tests.assessment.stories import TEXT
from tests.assessment.test_formulas import EXAMPLE, HEAD

NS, BA, FT = 1, 2, 3
BASES = "[基数 b]\nSZ-NS = 10\nSZ-BA = 10\nSZ-FT = 20\n"


def scored(rule, counts, *, targets=None, bases="", places=2):
    text = HEAD + f"小数 = {places}\n" + rule + bases
    given = Given(
        {unit: {"signed": Fraction(value)} for unit, value in counts.items()},
        targets or {},
        {NS: "SZ-NS", BA: "SZ-BA", FT: "SZ-FT"},
    )
    return {unit: lines[0] for unit, lines in score(read_scheme(text), given).items()}


def rule(against, weight="10", cap=""):
    return f"[指标 a]\n计数 = 签约项目数\n对照 = {against}\n权重 = {weight}\n" + (f"上限 = {cap}\n" if cap else "")


def test_against_the_best():
    found = scored(rule("最优"), {NS: 8, BA: 6, FT: 0})
    assert [found[unit].points for unit in (NS, BA, FT)] == [100_000, 75_000, 0]
    assert {line.note for line in scored(rule("最优"), {NS: 0, BA: 0}).values()} == {"all_zero"}


GROUPS = "[组别 in]\n名称 = 内\n单位 = SZ-NS\n[组别 out]\n名称 = 外\n单位 = SZ-BA、SZ-FT\n"


def test_groups_are_measured_among_themselves():
    found = scored(rule("最优"), {NS: 2, BA: 8, FT: 6}, bases=GROUPS)
    assert [(found[unit].reference, found[unit].points) for unit in (NS, BA, FT)] == [(2, 100_000), (8, 100_000), (8, 75_000)]
    found = scored(rule("位次"), {NS: 2, BA: 8, FT: 6}, bases=GROUPS)
    assert [(found[unit].place, found[unit].reference) for unit in (NS, BA, FT)] == [(1, 1), (1, 2), (2, 2)]
    found = scored(rule("基数 b"), {NS: 2, BA: 8, FT: 6}, bases=BASES + GROUPS)
    assert [found[unit].used for unit in (NS, BA, FT)] == [1, 1, Fraction(3, 8)]


@pytest.mark.parametrize("against", ["最优", "位次", "基数 b"])
def test_a_file_may_say_among_all(against):
    counts = {NS: 2, BA: 8, FT: 6}
    apart, whole = (scored(rule(f"{against} 全部"), counts, bases=BASES + groups) for groups in ("", GROUPS))
    assert apart == whole
    assert scored(rule(f"{against} 组内"), counts, bases=BASES + GROUPS) == scored(rule(against), counts, bases=BASES + GROUPS)


def test_a_group_where_nobody_has_anything_takes_nothing_from_the_others():
    found = scored(rule("最优"), {NS: 0, BA: 8, FT: 6}, bases=GROUPS)
    assert [(found[unit].points, found[unit].note) for unit in (NS, BA)] == [(0, "all_zero"), (100_000, "")]


def test_against_a_target_with_a_cap():
    targets = {"CR-01": {NS: Fraction(5), BA: Fraction(10)}}
    found = scored(rule("目标 CR-01", cap="120%"), {NS: 8, BA: 6, FT: 4}, targets=targets)
    assert (found[NS].rate, found[NS].used, found[NS].points, found[NS].note) == (
        Fraction(8, 5),
        Fraction(6, 5),
        120_000,
        "capped",
    )
    assert found[BA].points == 60_000
    assert (found[FT].points, found[FT].note) == (0, "no_target")


def test_by_rank_equals_share_a_place_and_nothing_has_none():
    found = scored(rule("位次", "9"), {NS: 4, BA: 4, FT: 0})
    assert [found[unit].place for unit in (NS, BA, FT)] == [1, 1, None]
    assert [found[unit].points for unit in (NS, BA, FT)] == [90_000, 90_000, 0]
    assert scored(rule("位次", "9"), {NS: 4, BA: 3, FT: 1})[BA].points == 60_000


def test_by_base():
    found = scored(rule("基数 firms"), {NS: 8, BA: 6, FT: 5}, bases="[基数 firms]\nSZ-NS = 4\nSZ-BA = 2\n")
    assert (found[NS].points, found[BA].points) == (66_700, 100_000)
    assert (found[FT].points, found[FT].note) == (0, "no_base")


def test_division_by_zero_is_a_defined_outcome():
    found = scored("[指标 a]\n计数 = 签约项目数 / 开工项目数\n对照 = 定值 50%\n权重 = 10\n", {NS: 8})
    assert (found[NS].raw, found[NS].points, found[NS].note) == (None, 0, "zero_division")


def test_bonus_and_deduction_stop_at_their_most():
    given = {NS: 30, BA: 3}
    found = scored("[扣分 late]\n计数 = 签约项目数\n每个 = 0.1\n最多 = 2\n" + rule("最优").replace(" a]", " b]"), given)
    assert [(found[unit].points, found[unit].note) for unit in (NS, BA)] == [(-20_000, "most"), (-3_000, "")]


@pytest.mark.parametrize(
    ("value", "places", "expected"),
    [
        ("0.005", 2, 100),
        ("0.0049999", 2, 0),
        ("-0.005", 2, -100),
        ("1/3", 2, 3300),
        ("2/3", 0, 10_000),
        ("1/3", 4, 3333),
        ("12.345", 2, 123_500),
    ],
)
def test_rounding(value, places, expected):
    assert rounded(Fraction(value), places) == expected


def test_how_exact_numbers_are_written():
    assert exact(Fraction("1234.5")) == "1,234.5"
    assert exact(Fraction(1, 3)) == "≈0.333333"
    assert percent(Fraction(3, 4)) == "75%"
    assert points(-20_000, 2) == "-2.00"
    assert restored(kept(Fraction(7, 3))) == Fraction(7, 3)


def _counts(dice, measures):
    return {
        name: Fraction(dice.choice((0, dice.randint(0, 40), dice.randint(0, 4_000_000))), dice.choice((1, 10_000)))
        for name in measures
    }


def test_the_sum_of_the_lines_is_the_score_and_order_means_nothing():
    """300 cities of any numbers: a score is the sum of its lines as they are written, each line its weight times its rate, rounded
    once; the order in which units and facts come changes nothing.
    """
    scheme, dice = read_scheme(EXAMPLE), random.Random(26)
    rules = {rule.id: rule for rule in scheme.rules}
    for _round in range(300):
        units = dice.sample(range(1, 60), dice.randint(1, 12))
        counts = {unit: _counts(dice, scheme.measures()) for unit in units}
        targets = {"FI-01": {unit: Fraction(dice.randint(1, 90), 10) for unit in units if dice.random() < 0.8}}
        codes = {unit: dice.choice(("SZ-NS", "SZ-BA", "none")) for unit in units}
        found = score(scheme, Given(counts, targets, codes))
        for lines in found.values():
            assert sum(Fraction(points(line.points, scheme.places).replace(",", "")) for line in lines) == Fraction(
                total(lines), SCALE
            )
            for line in lines:
                if line.used is not None:
                    assert 0 <= line.used <= rules[line.rule].cap
                    assert line.points == rounded(line.used * rules[line.rule].weight, scheme.places)
                else:
                    assert line.points == 0 or line.kind in ("bonus", "deduction")
        dice.shuffle(units)
        again = score(scheme, Given({unit: dict(reversed(counts[unit].items())) for unit in units}, targets, codes))
        assert again == found
        totals = {unit: total(lines) for unit, lines in found.items()}
        places = placed(totals)
        assert min(places.values()) == 1
        assert all((places[a] < places[b]) == (totals[a] > totals[b]) for a in units for b in units)


def test_the_year_before_stands_beside_and_changes_nothing():
    scheme = read_scheme(TEXT)
    counts = {1: {"signed": Fraction(3)}, 2: {"signed": Fraction(1), "started": Fraction(1)}}
    before = {1: {"signed": Fraction(2)}, 2: {}}
    alone, beside = score(scheme, Given(counts)), score(scheme, Given(counts, before=before))
    assert [[line.points for line in lines] for lines in alone.values()] == [
        [line.points for line in lines] for lines in beside.values()
    ]
    by_rule = {line.rule: line.raw_before for line in beside[1]}
    assert (by_rule["signed"], by_rule["sum"], by_rule["rate"]) == (2, 0, 0)
    assert {line.rule: line.raw_before for line in beside[2]}["rate"] is None, "divided by nothing"
    assert {line.raw_before for lines in alone.values() for line in lines} == {None}


def test_what_stands_at_the_end_of_a_period_is_not_compared():
    scheme = read_scheme(TEXT + "[扣分 late]\n计数 = 逾期未开工项目数\n每个 = 1\n")
    lines = score(scheme, Given({1: {"overdue": Fraction(2)}}, before={1: {"overdue": Fraction(1)}}))[1]
    assert next(line for line in lines if line.rule == "late").raw_before is None
