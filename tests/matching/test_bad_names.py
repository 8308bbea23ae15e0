"""Names that are none, and names in disguise: an answer every time, and the right one."""

import random
from collections.abc import Callable

import pytest

from crm.matching.rules import Subject, Verdict, judge
from tests.invented import FORMS, PLACES, SIGNS, SYLLABLES, TRADES

BAD = [
    "", " ", "A", "华", "😀", "😀😀🏭", "有限公司", "株式会社", "Co., Ltd.", "GmbH & Co. KG", "(中国)", "集团控股", "123", "()", "\u202e\u200f",
    "Co Ltd " * 1_400, "삼성" * 5_000, "Bosch " * 1_700, "\ufdfa" * 3_000, "שלום Ltd \u202eabc\u202c 华强", "a" * 10_000, "华强" * 5_000, "\x00", "ー", "주식회사", "\u0301", "第二十九号",
]  # fmt: skip


@pytest.mark.parametrize("a", BAD, ids=range(len(BAD)))
@pytest.mark.parametrize("b", [*BAD[:14], "西门子(中国)有限公司", "Siemens AG"], ids=range(16))
def test_there_is_an_answer_for_any_text(a: str, b: str) -> None:
    one, two = judge(Subject((a,)), Subject((b,))), judge(Subject((b,)), Subject((a,)))
    assert 0 <= one.score <= 1
    assert (one.verdict, one.score) == (two.verdict, two.score)


@pytest.mark.parametrize("a", ["", "😀", "()", "★☆", "\u202e\u200f", "\u0301"])
def test_what_has_no_letters_is_no_firm(a: str) -> None:
    for b in ("", "🎉", "&", a, "华强"):
        assert judge(Subject((a,)), Subject((b,))).verdict is Verdict.DIFFERENT, (a, b)


def test_a_text_too_long_for_a_name_is_still_compared_to_its_end() -> None:
    long = "华强" * 5_000
    assert [r.code for r in judge(Subject((long,)), Subject((f" {long}",))).reasons] == ["same_name"]
    assert "same_name" not in [r.code for r in judge(Subject((long,)), Subject((f"{long}北",))).reasons]


def _inside(sign: str) -> Callable[[str], str]:
    return lambda name: name[: len(name) // 2] + sign + name[len(name) // 2 :]


def _wide(name: str) -> str:
    return "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in name)


# The signs that nobody sees, width, case, spaces, brackets and script variants by which one firm entered a register twice.
DISGUISES: list[Callable[[str], str]] = [
    *(_inside(s) for s in "\u200b\u200c\u200d\u2060\ufeff\u00ad\u202e\u200f\ufe0f\U000e0100\u3164\u034f"),
    _wide, str.upper, str.lower, lambda n: f" {n} ", lambda n: f"\u3000{n}", lambda n: n.replace("(", "（").replace(")", "）"),
    lambda n: n.replace("电", "電").replace("东", "東"), lambda n: n.replace(" ", "\u00a0"),
]  # fmt: skip


def _made(chance: random.Random) -> tuple[str, str, str, str]:
    forms = [*FORMS, "(中国)有限公司"]
    return (chance.choice(PLACES), "".join(chance.sample(SIGNS, 3)), chance.choice(TRADES), chance.choice(forms))


def test_a_thousand_disguises_are_recognised() -> None:
    chance = random.Random(20)
    for _ in range(1000):
        name = "".join(_made(chance))
        other = chance.choice(DISGUISES)(name)
        assert judge(Subject((name,)), Subject((other,))).verdict is Verdict.SAME, (name, other)


def test_a_thousand_different_firms_are_kept_apart() -> None:
    chance = random.Random(21)
    for _ in range(1000):
        place, stem, trade, form = _made(chance)
        other_stem = "".join(chance.sample([s for s in SIGNS if s not in stem], 3))
        a, b = f"{place}{stem}{trade}{form}", f"{place}{other_stem}{trade}{form}"
        found = judge(Subject((chance.choice(DISGUISES)(a),)), Subject((b,)))
        assert found.verdict is not Verdict.SAME, (a, b, found)


def _latin(chance: random.Random) -> str:
    return "".join(chance.choices(SYLLABLES, k=3)).capitalize()


@pytest.mark.parametrize(("shape", "most"), [("{} Inc.", 1), ("{}", 1), ("{} Technology Co., Ltd.", 10)])
def test_strangers_in_two_scripts_are_kept_apart(shape: str, most: int) -> None:
    """Names that have nothing in common but that nobody can tell what the other means: short ones are what people type."""
    chance = random.Random(22)
    same = []
    for _ in range(1000):
        place, stem, trade, form = _made(chance)
        name = chance.choice([stem, stem[:2], stem + trade, place + stem + trade + form])
        other = shape.format(_latin(chance))
        if judge(Subject((name,)), Subject((other,))).verdict is Verdict.SAME:
            same.append((name, other))
    assert len(same) <= most, same  # in a thousand, a few sound alike by chance


@pytest.mark.parametrize("place", ["(中国)有限公司", "中国有限公司", "中国", "苏州有限公司", "(苏州)有限公司"])
def test_a_place_behind_a_name_in_signs_makes_another_firm_of_it(place: str) -> None:
    chance = random.Random(24)
    for _ in range(200):
        _place, stem, trade, _form = _made(chance)
        name = chance.choice(
            [stem, stem[:2], stem + trade, f"{stem}集团", f"{stem}{trade}有限公司", f"{stem}股份", f"{stem}株式会社"]
        )
        other = name.removesuffix("有限公司") + place
        assert judge(Subject((name,)), Subject((other,))).verdict is not Verdict.SAME, (name, other)


@pytest.mark.parametrize("name", ["SAG", "Chia Chang", "Bosch", "CHIA TA"])
def test_a_city_behind_a_latin_brand_makes_another_firm_of_it(name: str) -> None:
    for other in (f"{name} (Shanghai) Co., Ltd.", f"{name} Shanghai Co., Ltd.", f"{name} (Suzhou)"):
        assert judge(Subject((name,)), Subject((other,))).verdict is Verdict.RELATED, other
