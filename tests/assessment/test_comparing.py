"""Two scores side by side: the differences add up, and each says why."""

import random
from fractions import Fraction

from crm.assessment.rules.comparing import ADJUSTMENT, Scored, compare
from crm.assessment.rules.reading import read_scheme
from crm.assessment.rules.scoring import Given, placed_in_groups, score
from tests.assessment.stories import TEXT
from tests.assessment.test_formulas import EXAMPLE

OTHER = TEXT.replace("权重 = 40", "权重 = 20").replace("定值 50%", "定值 25%") + "[加分 big]\n计数 = 签约大项目数\n每个 = 2\n"


def scored(text, counts, adjusted=None, targets=None):
    scheme = read_scheme(text)
    return Scored(scheme, score(scheme, Given(counts, targets or {"CR-01": dict.fromkeys(counts, Fraction(4))})), adjusted or {})


def counts(dice, units):
    names = ("signed", "started", "contracted", "big_signed", "utilised", "received", "registered", "operating", "overdue")
    return {unit: {name: Fraction(dice.randrange(9), dice.choice((1, 2, 3))) for name in names} for unit in units}


def test_the_parts_add_up_whatever_is_compared():
    dice = random.Random(4)
    for _round in range(60):
        here = scored(dice.choice((TEXT, OTHER, EXAMPLE)), counts(dice, dice.sample(range(1, 7), 4)))
        there = scored(dice.choice((TEXT, OTHER, EXAMPLE)), counts(dice, dice.sample(range(1, 7), 4)), {1: 5_000, 2: -3})
        for pair in compare(here, there):
            assert sum(part.apart for part in pair.parts) == pair.apart
            assert all(part.why for part in pair.parts)
            assert (pair.here is None) == (pair.unit not in here.lines)


def test_the_same_is_nowhere_apart():
    one = scored(TEXT, counts(random.Random(1), (1, 2, 3)))
    assert [(pair.apart, list(pair.parts), pair.place == pair.place_there) for pair in compare(one, one)] == [(0, [], True)] * 3


def test_each_difference_says_why():
    few, more = {1: {"signed": Fraction(2), "started": Fraction(1)}}, {1: {"signed": Fraction(3), "big_signed": Fraction(1)}}
    (pair,) = compare(scored(OTHER, more), scored(TEXT, few, {1: 10_000}))
    assert {part.rule: part.why for part in pair.parts} == {
        "signed": ("terms", "count"), "rate": ("count", "reference"), "big": ("only_here",), ADJUSTMENT: ("adjustment",),
    }  # fmt: skip
    (pair,) = compare(
        scored(TEXT.replace("签约项目数 /", "2 * 签约项目数 /").replace("开工项目数", "1 * 开工项目数"), few), scored(TEXT, few)
    )
    assert {part.rule: part.why for part in pair.parts} == {"rate": ("formula", "count")} or pair.apart == 0


def test_groups_are_ranked_apart():
    assert placed_in_groups({1: 9, 2: 7, 3: 7, 4: 1}, {1: "in", 2: "out", 3: "out", 4: "in"}) == {1: 1, 2: 1, 3: 1, 4: 2}
    assert placed_in_groups({1: 9}, {}) == {}
