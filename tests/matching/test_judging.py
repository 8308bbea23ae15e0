"""Verdicts: the probe pairs, identifiers before names, and properties that hold for every pair of names."""

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rapidfuzz import fuzz

from crm.matching.rules import Certainty, Subject, Verdict, forms_of, judge, name_key
from crm.matching.rules.hearing import heard
from crm.matching.rules.initials import initials_agree
from crm.matching.rules.packing import pack, unpack

PROBE = json.loads((Path(__file__).parent / "probe_pairs.json").read_text("utf-8"))


def verdict(a: str, b: str) -> Verdict:
    return judge(Subject((a,)), Subject((b,))).verdict


@pytest.mark.parametrize("pair", PROBE, ids=lambda p: f"{p['a']} | {p['b']}")
def test_probe_pairs(pair: dict[str, object]) -> None:
    assert verdict(str(pair["a"]), str(pair["b"])) in pair["allowed"]


def test_one_wrong_character_is_very_like_and_another_word_is_not() -> None:
    slip = judge(Subject(("杭州海康威视数字技术股份有限公司",)), Subject(("杭州海康成视数字技术股份有限公司",)))
    assert slip.certainty >= Certainty.VERY_LIKE
    assert "similar_core" in {reason.code for reason in slip.reasons}


def test_equal_identifiers_are_near_proof() -> None:
    a = Subject(("Alpha Trading GmbH",), identifiers=frozenset({("uscc", "91440300MA5F0A0A0A")}))
    b = Subject(("完全不同的名字有限公司",), identifiers=frozenset({("uscc", "91440300MA5F0A0A0A")}))
    found = judge(a, b)
    assert found.verdict is Verdict.SAME
    assert found.reasons[0].code == "same_uscc"


def test_other_identifiers_outweigh_equal_names() -> None:
    a = Subject(("华强电子有限公司",), identifiers=frozenset({("uscc", "91440300MA5F0A0A0A")}))
    b = Subject(("华强电子有限公司",), identifiers=frozenset({("uscc", "91440300MA5F0A0B1B")}))
    assert judge(a, b).verdict is not Verdict.SAME


def test_an_equal_website_joins_names_that_no_rule_can_join() -> None:
    a = Subject(("盛弘电气股份有限公司",), identifiers=frozenset({("domain", "sinexcel.com")}))
    b = Subject(("Sinexcel",), identifiers=frozenset({("domain", "sinexcel.com")}))
    assert judge(a, b).verdict is Verdict.SAME


def test_a_subsidiary_on_the_same_website_is_related() -> None:
    a = Subject(("Siemens AG",), identifiers=frozenset({("domain", "siemens.com")}))
    b = Subject(("西门子(中国)有限公司",), identifiers=frozenset({("domain", "siemens.com")}))
    assert judge(a, b).verdict is Verdict.RELATED


@pytest.mark.parametrize(
    "name", ["深圳市华星光电(香港)控股有限公司", "Robert Bosch GmbH", "トヨタ自動車株式会社", "삼성전자 2 주식회사"]
)
def test_stored_forms_judge_as_the_name_does(name: str) -> None:
    packed = json.loads(json.dumps(pack(forms_of(name))))
    stored = Subject((name,), forms=(unpack(packed, None),))
    for other in ("华星光电", "Bosch", "Toyota", "삼성전자", name):
        assert judge(stored, Subject((other,))) == judge(Subject((name,)), Subject((other,)))
    packed[1] = -1
    assert unpack(packed, None) == forms_of(name)


@pytest.mark.parametrize(
    ("a", "b", "is_related"),
    [
        ("景嘉12号股权投资基金有限公司", "景嘉15号股权投资基金有限公司", True),
        ("Veltora No. 12 Ship Investment Co., Ltd.", "Veltora No. 15 Ship Investment Co., Ltd.", True),
        ("대신기업인수목적3호", "대신기업인수목적2호", True),
        ("대신제3호기업인수목적", "대신제12호스팩", True),
        ("대신제3호기업인수목적", "신한제12호스팩", False),
        ("景嘉12号股权投资基金有限公司", "嘉景光电15号有限公司", False),
        ("VLTデータ株式会社", "ＶＬＴファイナンス株式会社", True),
        ("株式会社ＶＬＴ新生銀行", "VLT Leasing Co., Ltd.", True),
        ("株式会社Globalウェイ", "Global Security Experts Inc.", False),
    ],
)
def test_a_number_or_letters_in_front_tell_one_house(a: str, b: str, is_related: bool) -> None:
    assert (verdict(a, b), verdict(b, a)) == ((Verdict.RELATED if is_related else Verdict.DIFFERENT),) * 2


def test_a_city_more_bars_the_verdict_and_keeps_the_score() -> None:
    surer = judge(Subject(("景嘉微电子有限公司",)), Subject(("长沙景嘉微电子有限公司",)))
    assert surer.verdict is Verdict.RELATED
    assert surer.score > judge(Subject(("景嘉微电子有限公司",)), Subject(("长沙嘉景光电有限公司",))).score
    phone = frozenset({"+8673112345678"})
    known = judge(Subject(("景嘉微电子有限公司",), phones=phone), Subject(("长沙景嘉微电子有限公司",), phones=phone))
    assert known.verdict is Verdict.SAME


@pytest.mark.parametrize(
    ("with_city", "without", "allowed"),
    [
        ("长沙景嘉微电子股份有限公司", "景嘉微电子股份有限公司", Verdict.SAME),  # the national register has no cities
        ("景嘉微电子(长沙)股份有限公司", "景嘉微电子股份有限公司", Verdict.RELATED),
        ("长沙景嘉微电子股份有限公司", "上海景嘉微电子股份有限公司", Verdict.RELATED),
        ("长沙景嘉微电子股份有限公司", "景嘉微电子有限公司", Verdict.RELATED),
        ("Changsha Veltora Electronics Co., Ltd.", "Veltora Electronics Co., Ltd.", Verdict.SAME),
        ("Veltora (Changsha) Electronics Co., Ltd.", "Veltora Electronics Co., Ltd.", Verdict.RELATED),
        ("Changsha Veltora Electronics Co., Ltd.", "Shanghai Veltora Electronics Co., Ltd.", Verdict.RELATED),
        ("Changsha Veltora Co., Ltd.", "Veltora Co., Ltd.", Verdict.RELATED),
    ],
)
def test_the_city_that_a_listed_firm_leaves_out(with_city: str, without: str, allowed: Verdict) -> None:
    assert verdict(with_city, without) is allowed
    abroad = judge(Subject((with_city,)), Subject((without,), country="JP"))
    assert abroad.verdict is Verdict.RELATED, "of a foreign firm the city is a daughter's"


@pytest.mark.parametrize(
    ("han", "latin"),
    [("南京钢铁股份有限公司", "Nanjing Iron & Steel Co., Ltd."), ("中部日本放送株式会社", "CHUBU-NIPPON BROADCASTING Co.,LTD.")],
)
def test_a_place_that_both_speak_of_is_no_difference(han: str, latin: str) -> None:
    assert not {"place_differs", "place_missing"} & {reason.code for reason in judge(Subject((han,)), Subject((latin,))).reasons}


def test_the_holding_word_of_a_brand_s_own_name_is_no_difference() -> None:
    assert verdict("華納音樂集團", "Warner Music Group") is Verdict.SAME


@pytest.mark.parametrize(
    ("a", "b", "surely"),
    [
        ("티씨케이", "TOKAI CARBON KOREA CO., LTD", 0.9),
        ("ＦＩＧ株式会社", "Future Innovation Group, Inc.", 0.9),
        ("에스티아이", "Systems Technology Incorporated", 0.9),
        ("株式会社エッチ・ケー・エス", "HKS CO.,LTD.", 1.0),
        ("삼성전자", "Samsung Electronics", 0.0),
        ("티씨케이", "Tokai Kogyo", 0.0),
    ],
)
def test_initials_stand_for_a_name(a: str, b: str, surely: float) -> None:
    assert initials_agree(forms_of(a), forms_of(b)) == initials_agree(forms_of(b), forms_of(a)) == surely


def test_words_written_as_one_are_taken_apart_at_the_end() -> None:
    assert forms_of("DongKookPharmaceuticalCo.,Ltd.").stem == "dongkook"
    assert forms_of("BIONEERCORPORATION").stem == "bioneer"
    for whole in ("Biotechnology Corp", "Constructioneering Ltd", "Telecommunications Inc"):
        assert forms_of(whole).folded.split()[0] == whole.split()[0].lower()


def test_a_short_name_may_say_the_place_with_one_sign() -> None:
    assert verdict("深南电", "深圳南山热电股份有限公司") is Verdict.SAME


@pytest.mark.parametrize("a, b", [("qualtec", "kuorutekku"), ("sungwoo", "seongu"), ("phoenix", "fenikkusu")])
def test_spelling_habits_are_taken_off(a: str, b: str) -> None:
    assert fuzz.ratio(heard(a), heard(b)) >= 70


SIGNS = "华东方天海金星宏达新源盛康龙威博创远科明瑞泰和安吉"
TRADES = ["电子", "科技", "生物医药", "新材料", "汽车", "半导体", "机械", ""]
HAN = st.builds(
    lambda place, stem, trade, form: f"{place}{stem}{trade}{form}",
    st.sampled_from(["", "深圳市", "上海", "杭州", "广东"]),
    st.text(SIGNS, min_size=2, max_size=4),
    st.sampled_from(TRADES),
    st.sampled_from(["有限公司", "股份有限公司", "集团有限公司", ""]),
)
LATIN = st.builds(
    lambda stem, trade, form: " ".join(w for w in (stem.capitalize(), trade, form) if w),
    st.text("abcdefghiklmnorstuv", min_size=4, max_size=9),
    st.sampled_from(["Electronics", "Technology", "Pharma", "Motors", ""]),
    st.sampled_from(["GmbH", "Co., Ltd.", "Inc.", "AG", ""]),
)
NAMES = st.one_of(HAN, LATIN, st.sampled_from([p[side] for p in PROBE for side in ("a", "b")]))


@settings(max_examples=150)
@given(NAMES, NAMES)
def test_the_order_of_two_names_does_not_matter(a: str, b: str) -> None:
    one, two = judge(Subject((a,)), Subject((b,))), judge(Subject((b,)), Subject((a,)))
    assert (one.verdict, one.score, one.certainty) == (two.verdict, two.score, two.certainty)


def _wide(name: str) -> str:
    return "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in name)


DISGUISES = [
    _wide, str.upper, str.lower, lambda n: f" {n}\u200b ", lambda n: n.replace("(", "（").replace(")", "）"),
    lambda n: n.replace("华", "華").replace("东", "東").replace("电", "電"), lambda n: n.replace("Co., Ltd.", "Company Limited"),
    lambda n: n.replace("有限责任公司", "有限公司"),
]  # fmt: skip


@settings(max_examples=150)
@given(NAMES, NAMES, st.sampled_from(DISGUISES))
def test_a_disguise_changes_no_verdict(a: str, b: str, disguise: object) -> None:
    before = judge(Subject((a,)), Subject((b,)))
    after = judge(Subject((disguise(a),)), Subject((b,)))  # type: ignore[operator]
    assert (before.verdict, before.score) == (after.verdict, after.score)


@settings(max_examples=150)
@given(NAMES, st.sampled_from(DISGUISES))
def test_a_name_in_disguise_is_almost_certainly_the_same(name: str, disguise: object) -> None:
    other = disguise(name)  # type: ignore[operator]
    assert name_key(name) == name_key(other)
    found = judge(Subject((name,)), Subject((other,)))
    assert found.verdict is Verdict.SAME
    assert found.certainty is Certainty.ALMOST_SAME


FULL = st.builds(
    lambda stem, trade, form: f"{stem}{trade}{form}",
    st.text(SIGNS, min_size=2, max_size=4),
    st.sampled_from(TRADES),
    st.sampled_from(["有限公司", "股份有限公司", "集团有限公司"]),
)


@settings(max_examples=200)
@given(FULL, st.sampled_from(["(中国)", "（香港）", "(上海)", "(深圳)", "（亚太）"]))
def test_a_place_in_brackets_is_another_entity(name: str, place: str) -> None:
    cut = min(at for at in (name.find(word) for word in ("集团有限公司", "股份有限公司", "有限公司")) if at > 0)
    assert verdict(name, f"{name[:cut]}{place}{name[cut:]}") is not Verdict.SAME


@settings(max_examples=200)
@given(FULL, st.sampled_from(["上海", "北京市", "广东"]))
def test_a_city_in_front_of_one_full_name_is_another_entity(name: str, place: str) -> None:
    """But for companies limited by shares, of which the same name with a city and without is one firm's."""
    if "股份" not in name:
        assert verdict(name, f"{place}{name}") is not Verdict.SAME


@settings(max_examples=200)
@given(FULL, st.sampled_from(["上海", "北京市", "广东"]))
def test_two_cities_are_two_entities(name: str, place: str) -> None:
    assert verdict(f"深圳市{name}", f"{place}{name}") is not Verdict.SAME


@pytest.mark.parametrize("name", ["Siemens AG", "BASF SE", "Panasonic Holdings Corporation", "Robert Bosch GmbH", "ABB Ltd"])
@pytest.mark.parametrize("place", ["(China)", "(Shanghai)", "(Asia Pacific)", "Hong Kong"])
def test_a_subsidiary_of_a_known_brand_is_related(name: str, place: str) -> None:
    brand = name.split(" ")[0] if not name.startswith("Robert") else "Bosch"
    assert verdict(name, f"{brand} {place} Co., Ltd.") is Verdict.RELATED


SHORT = st.builds(lambda stem, trade: f"{stem}{trade}", st.text(SIGNS, min_size=2, max_size=4), st.sampled_from(TRADES))


@settings(max_examples=200)
@given(
    st.one_of(SHORT, FULL),
    st.one_of(SHORT, FULL, LATIN),
    st.sampled_from(["(中国)", "（香港）", "上海", "北京市", "集团", "控股"]),
)
def test_a_place_or_a_holding_word_on_one_side_never_makes_one_firm_of_two(a: str, b: str, word: str) -> None:
    holding = word in ("集团", "控股")
    if verdict(a, b) is Verdict.SAME or any(forms_of(n).holding if holding else word in n for n in (a, b)):
        return  # one of them says so already: then it would be said on both sides, or twice
    at = min((at for at in (a.find(w) for w in ("集团有限公司", "股份有限公司", "有限公司")) if at > 0), default=len(a))
    longer = f"{word}{a}" if word in ("上海", "北京市") else f"{a[:at]}{word}{a[at:]}"
    assert verdict(longer, b) is not Verdict.SAME
