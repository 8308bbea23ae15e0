"""A name in all its disguises is one name; what is cut off a name never takes the name with it."""

import pytest

from crm.matching.rules import fold, forms_of, mark_ranges, name_key, tokens_of
from crm.matching.rules.tokens import search_index_tokens, search_terms, search_text_of, search_tokens

PLAIN = "深圳市东方电气(中国)Asia Pacific有限公司"


def _disguises(name: str) -> list[str]:
    """The twenty-four disguises of one name that a register was found to take for different firms."""
    wide = "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in name)
    middle = len(name) // 2
    invisible = [
        "\u200b",
        "\u200c",
        "\u200d",
        "\u2060",
        "\ufeff",
        "\u00ad",
        "\u202e",
        "\u200f",
        "\ufe0f",
        "\U000e0100",
        "\u3164",
        "\u034f",
    ]
    return [
        name, wide, name.upper(), name.lower(), f" {name} ", f"\u3000{name}", name.replace("(", "（").replace(")", "）"),
        name.replace("(", " (").replace(")", ") "), name.replace("Asia Pacific", "Asia-Pacific"),
        name.replace("东方电气", "東方電氣"),
        name.replace("中国", "中國"), name.replace("Asia Pacific", "Asia\u00a0Pacific"),
        *(name[:middle] + sign + name[middle:] for sign in invisible),
    ]  # fmt: skip


def test_twenty_four_disguises_are_one_key() -> None:
    disguises = _disguises(PLAIN)
    assert len(set(disguises)) == 24
    assert {name_key(text) for text in disguises} == {name_key(PLAIN)}


@pytest.mark.parametrize(
    "a, b",
    [
        ("Acme Co., Ltd.", "ACME Company Limited"),
        ("Acme Co.,Ltd", "Acme Co. Ltd."),
        ("Société Générale S.A.", "SOCIETE GENERALE SA"),
        ("㈱ブルーノ", "株式会社ブルーノ"),
        ("株式会社ブルーノ", "ブルーノ株式会社"),
        ("(주)네이버", "네이버 주식회사"),
        ("华强有限责任公司", "華強有限公司"),
    ],
)
def test_wordings_of_one_legal_form_are_one_key(a: str, b: str) -> None:
    assert name_key(a) == name_key(b)


@pytest.mark.parametrize(
    "a, b",
    [
        ("西门子(中国)有限公司", "西门子有限公司"),
        ("华强股份有限公司", "华强有限公司"),
        ("上海华强有限公司", "北京华强有限公司"),
        ("华强集团有限公司", "华强有限公司"),
        ("Acme 2 Ltd", "Acme 3 Ltd"),
    ],
)
def test_other_places_forms_and_numbers_are_other_keys(a: str, b: str) -> None:
    assert name_key(a) != name_key(b)


@pytest.mark.parametrize("name", ["有限公司", "A", "株式会社", "Co., Ltd.", "中国", "北京", "集团", "Ж", "شركة"])
def test_a_name_with_letters_never_has_an_empty_key(name: str) -> None:
    assert name_key(name).split("|")[0]


@pytest.mark.parametrize(
    "name, core",
    [
        ("阿里巴巴(中国)有限公司", "阿里巴巴"),
        ("中山大学达安基因股份有限公司", "中山大学达安基因"),
        ("重庆长安汽车股份有限公司", "长安汽车"),
        ("通化东宝药业股份有限公司", "通化东宝药业"),
        ("中国银行股份有限公司", "中国银行"),
        ("日本电气株式会社", "日本电气"),
        ("深圳市大疆创新科技有限公司", "大疆创新科技"),
        ("西门子（中国）有限公司", "西门子"),
        ("株式会社東芝", "东芝"),
        ("上海有限公司", "上海"),
    ],
)
def test_what_is_cut_off_never_takes_the_name(name: str, core: str) -> None:
    assert forms_of(name).core == core


def test_what_is_cut_off_stays_as_evidence() -> None:
    forms = forms_of("深圳市华星光电(香港)控股有限公司")
    assert forms.head_places == {"shenzhen"}
    assert forms.places == {"hongkong"}
    assert forms.holding
    assert forms.legal == "ltd"


@pytest.mark.parametrize(
    "name, reading",
    [
        ("格林达", "gelinda"),
        ("トヨタ", "toyota"),
        ("株式会社シャープ", "shapu"),
        ("虹技株式会社", "kogi"),
        ("삼성", "samseong"),
        ("케이티", "kt"),
        ("臺灣積體電路", "taiwanjitidianlu"),
    ],
)
def test_how_a_name_may_be_written_in_latin_letters(name: str, reading: str) -> None:
    assert reading in forms_of(name).readings


@pytest.mark.parametrize("name", ["深圳市华星光电技术有限公司", "Robert Bosch GmbH", "トヨタ自動車株式会社", "삼성전자 주식회사"])
def test_a_name_costs_few_tokens(name: str) -> None:
    assert 3 <= len(tokens_of(forms_of(name))) <= 24


def test_fold_says_what_disguises_share() -> None:
    assert fold("Ｓｉｅｍｅｎｓ　（中國）") == fold("siemens (中国)")


@pytest.mark.parametrize(
    "query, text",
    [
        ("大疆", "深圳市大疆创新科技有限公司"),
        ("cwdz", "创维电子有限公司"),
        ("chuangwei", "创维电子有限公司"),
        ("siem", "Siemens AG"),
        ("00417", "SZ-2026-00417"),
        ("SZ-2026-00417", "SZ-2026-00417"),
        ("電子", "创维电子有限公司"),
    ],
)
def test_what_people_type_into_a_list_finds_the_record(query: str, text: str) -> None:
    stored = search_text_of(text)
    indexed = set(search_index_tokens(stored))
    for term in search_terms(query):
        assert term in stored
        tokens = search_tokens(term)
        assert tokens is not None or len(term) < 3
        assert set(tokens or ()) <= indexed


def test_a_single_sign_is_too_short_for_the_index() -> None:
    assert search_tokens("深") is None


@pytest.mark.parametrize(
    "typed, name, marked",
    [
        ("西门子", "西門子（中国）有限公司", ["西門子"]),
        ("siemens", "Siemens Energy AG", ["Siemens"]),
        ("博世", "Robert Bosch GmbH", []),
        ("", "Robert Bosch GmbH", []),
    ],
)
def test_shared_characters_are_marked_on_the_name_as_stored(typed: str, name: str, marked: list[str]) -> None:
    assert [name[start:end] for start, end in mark_ranges(typed, name)] == marked
