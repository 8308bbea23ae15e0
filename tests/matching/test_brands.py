"""The table of brands is clean, and a brand explains a name only as far as the table is sure of it."""

import json
import re
import unicodedata
from pathlib import Path
from typing import Any

import pytest

import crm.matching
from crm.matching.rules import Judgement, Reason, Subject, Verdict, brands, forms_of, judge, wordlists
from crm.matching.rules.packing import pack, unpack
from crm.matching.rules.scripts import is_cjk, squeeze

DATA = Path(crm.matching.__file__).resolve().parent / "data"
OWN: dict[str, Any] = json.loads((DATA / "brands_own.json").read_text("utf-8"))
ROWS: list[tuple[str, list[str], str]] = OWN["brands"]


def test_rows_are_in_order_and_ids_are_plain() -> None:
    ids = [row[0] for row in ROWS]
    assert ids == sorted(set(ids))
    assert all(re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", brand) for brand in ids)
    assert len(ids) >= 4_500
    assert OWN["domestic"] == sorted(set(OWN["domestic"])) and set(OWN["domestic"]) <= set(ids)


def test_no_name_belongs_to_two_brands_or_stands_twice_in_one() -> None:
    owners: dict[str, str] = {}
    for brand, names, _trade in ROWS:
        for name in names:
            assert owners.setdefault(squeeze(name), brand) == brand, name
        assert len({squeeze(name) for name in names}) == len(names), brand


def test_names_are_clean_and_of_two_scripts() -> None:
    for brand, names, trade in ROWS:
        bare = [name.removeprefix("=") for name in names]
        assert trade and all(name and name == unicodedata.normalize("NFKC", name).strip() for name in bare), brand
        assert all(len(squeeze(name)) >= 2 for name in bare), brand
        assert any(is_cjk(c) for name in bare for c in name) and any(squeeze(name).isascii() for name in bare), brand


def test_each_brand_is_in_one_group_at_most_and_groups_have_members() -> None:
    members = [brand for brands in OWN["groups"].values() for brand in brands]
    assert len(members) == len(set(members))
    assert set(members) <= {row[0] for row in ROWS}
    assert all(len(brands) >= 2 and brands == sorted(brands) for brands in OWN["groups"].values())


@pytest.mark.parametrize(
    "a, b",
    [
        ("Siemens AG", "西门子股份公司"),
        ("Siemens Ltd., China", "西门子(中国)有限公司"),
        ("罗克韦尔自动化", "Rockwell Automation, Inc."),
        ("ファナック株式会社", "发那科株式会社"),
        ("한국전력공사", "Korea Electric Power Corporation"),
        ("空气化工产品公司", "Air Products Inc."),
        ("维斯塔斯", "Vestas Wind Systems A/S"),
        ("再生元", "Regeneron Pharmaceuticals, Inc."),
        ("高知特", "Cognizant Technology Solutions Corporation"),
        ("海德汉", "Dr. Johannes Heidenhain GmbH"),
        ("沙特阿美", "Saudi Arabian Oil Company"),
        ("路博迈", "Neuberger Berman LLC"),
        ("声破天", "Spotify Technology S.A."),
        ("東京エレクトロン株式会社", "Tokyo Electron Ltd."),
        ("Bank of America Corporation", "美国银行公司"),
        ("Société Générale S.A.", "法国兴业银行"),
        ("國泰金融控股股份有限公司", "国泰金融控股股份有限公司"),
        ("住友ゴム工業株式会社", "Sumitomo Rubber Industries, Ltd."),
        ("宁德时代新能源科技股份有限公司", "Contemporary Amperex Technology Co., Limited"),
        ("杭州海康威视数字技术股份有限公司", "Hikvision"),
        ("全新光電科技股份有限公司", "Visual Photonics Epitaxy Co., Ltd."),
        ("한국항공우주산업", "Korea Aerospace Industries, Ltd."),
    ],
)
def test_one_brand_in_two_scripts_is_one_firm(a: str, b: str) -> None:
    assert judge(Subject((a,)), Subject((b,))).verdict is Verdict.SAME


@pytest.mark.parametrize(
    "a, b",
    [
        ("Dior", "Louis Vuitton Malletier"),
        ("西门子能源有限公司", "Siemens Healthineers AG"),
        ("Infineon Technologies AG", "英飞凌科技（无锡）有限公司"),
        ("Ubisoft Montreal", "Ubisoft Paris"),
        ("西门子", "西门子数控（南京）有限公司"),
        ("Wacker Chemie AG", "瓦克化学（中国）有限公司"),
        ("TSMC", "台積電（南京）有限公司"),
    ],
)
def test_one_group_is_related(a: str, b: str) -> None:
    assert judge(Subject((a,)), Subject((b,))).verdict is Verdict.RELATED


@pytest.mark.parametrize(
    "a, b",
    [
        ("Leybold GmbH", "深圳莱宝高科技股份有限公司"),
        ("Broadcom Inc.", "博通集成电路(上海)股份有限公司"),
        ("通用汽车", "General Electric"),
        ("Delta Electronics, Inc.", "达美航空"),
        ("Prudential plc", "Prudential Financial, Inc."),
    ],
)
def test_others_of_a_like_name_are_no_brand(a: str, b: str) -> None:
    assert judge(Subject((a,)), Subject((b,))).verdict is Verdict.DIFFERENT


@pytest.mark.parametrize(
    "name, brand",
    [
        ("博世汽车部件（苏州）有限公司", "bosch"),
        ("莱宝", "leybold"),
        ("莱宝（中国）有限公司", "leybold"),
        ("深圳市莱宝有限公司", ""),  # behind a city it is somebody else
        ("强生（中国）投资有限公司", "jnj"),  # only a firm from abroad says (中国)
        ("莱宝高科（中国）有限公司", ""),
        ("莱宝高科", ""),  # marked to stand alone
        ("大金重工股份有限公司", ""),
        ("Leybold (Tianjin) Co., Ltd.", "leybold"),
        ("SK海力士半导体（中国）有限公司", "sk-hynix"),
        ("ASEアウトソーシング", ""),  # marked to stand alone
        ("Nestle日本株式会社", "nestle"),
        ("Tokyo Electron Device Limited", "tokyo-electron"),  # Tokyo is no place here
        ("德国商业银行股份公司", "commerzbank"),  # nor is Germany
        ("Shenzhen Parker Ltd.", ""),
    ],
)
def test_a_brand_is_found_where_the_table_is_sure(name: str, brand: str) -> None:
    assert forms_of(name).brand == brand


def test_what_stands_behind_a_brand_is_kept_apart() -> None:
    energy, works, plain = (forms_of(n) for n in ("西门子能源有限公司", "西门子数控有限公司", "西门子股份公司"))
    assert energy.brand == "siemens-energy"
    assert (works.brand, works.brand_rest, works.tail) == ("siemens", True, "数控")
    assert (plain.brand, plain.brand_rest, plain.tail, plain.behind) == ("siemens", False, "", frozenset())


def test_forms_with_a_brand_survive_the_store() -> None:
    forms = forms_of("西门子数控技术(南京)有限公司", "CN")
    stored = unpack(json.loads(json.dumps(pack(forms))), "CN")
    assert (stored.brand, stored.tail, stored.behind) == (forms.brand, forms.tail, forms.behind)


def test_rows_of_the_name_index_join_ours_and_registers_do_not() -> None:
    rows = json.loads((DATA / "brands.json").read_text("utf-8"))
    assert all(":" in row[0] for row in rows)
    own = {squeeze(name): brand for brand, names, _trade in ROWS for name in names}
    table = wordlists.brands()
    for brand, names, _kind in rows:
        if brand.startswith("nsi:"):
            shared = {own[squeeze(name)] for name in names if squeeze(name) in own}
            assert not shared or all(":" not in table[squeeze(name)] for name in names if len(squeeze(name)) > 1), names


def test_groups_are_data() -> None:
    assert wordlists.one_group("samsung", "samsung-electronics")
    assert not wordlists.one_group("delta-electronics", "delta-air")
    assert not wordlists.one_group("siemens", "no-such-brand")
    assert not wordlists.one_group("no-such-brand", "no-such-brand")


def test_that_a_brand_was_confirmed_is_told_and_changes_nothing_else() -> None:
    def judged(on: str) -> Judgement:
        name = brands.BrandedName("青梧", brands.key_of("青梧"), on=on)
        brands.use(brands.with_office(brands.Office(names=(("bosch", name),))))
        try:
            return judge(Subject(("青梧",), "CN"), Subject(("Robert Bosch GmbH",), "DE"))
        finally:
            brands.use(None)

    shipped, confirmed = judged(""), judged("2026-03-01")
    assert (confirmed.verdict, confirmed.score) == (shipped.verdict, shipped.score)
    assert [r.code for r in shipped.reasons][0] == "brand"
    assert confirmed.reasons[0] == Reason(
        "brand_confirmed", "for", (("a", "青梧"), ("b", "Robert Bosch GmbH"), ("on", "2026-03-01"))
    )
    assert shipped.reasons[1:] == confirmed.reasons[1:]
