"""What tells entities of one group apart: the place, the trade, the holding, another sign. Each holds the score and says why."""

import re

from rapidfuzz.distance import OSA

from crm.matching.rules import wordlists
from crm.matching.rules.evidence import meeting, strong_concepts, word_likeness
from crm.matching.rules.initials import initials_agree
from crm.matching.rules.kinds import NameForms
from crm.matching.rules.legal import law_of
from crm.matching.rules.normalise import canonical_place, place_label
from crm.matching.rules.places import places_of, says_holding
from crm.matching.rules.resemblance import Evidence, both_known, inside_brand
from crm.matching.rules.scripts import is_han, letters_of

COUNTRY_PLACE = {
    "CN": "china", "HK": "hongkong", "MO": "macao", "TW": "taiwan", "JP": "japan", "KR": "korea", "SG": "singapore",
    "US": "usa", "DE": "germany", "FR": "france", "GB": "uk", "IN": "india", "TH": "thailand", "VN": "vietnam",
    "MY": "malaysia", "AU": "australia", "CA": "canada",
}  # fmt: skip
COUNTRIES = frozenset({*COUNTRY_PLACE.values(), "asia", "europe"})
WORLD = frozenset({"international"})
BELOW = 0.44  # something decides against
_HOLDING = re.compile(r"\bholdings?\b")  # a "Group" comes and goes in the English names of one firm
_TAIL = 3  # so many letters behind a brand are another firm's
_LIKE = 0.75  # so much alike, or more, a word is another one in short or with a slip


def weigh_trades(found: Evidence, a: NameForms, b: NameForms) -> None:
    """Lower the score where the two speak of other trades."""
    mine, yours = (_behind(a), _behind(b)) if a.brand and a.brand == b.brand else (strong_concepts(a), strong_concepts(b))
    if mine and yours and not mine & yours and not _kin(mine, yours):
        words = {"a": "、".join(sorted(mine)), "b": "、".join(sorted(yours))}
        if both_known(a, b):
            found.lower(0.45, "trade_differs", **words)
        else:
            found.say("trade_differs", "against", **words)
    elif not inside_brand(a, b):
        if _another_trade_behind(a, b):
            found.cap(BELOW, "trade_differs")
        elif _one_trade_more(a, b):
            found.say("trade_differs", "against", a="、".join(sorted(a.concepts)) or "—", b="、".join(sorted(b.concepts)) or "—")
    elif _more_trades(a, b):
        found.lower(0.5, "trade_differs")


def _behind(forms: NameForms) -> frozenset[str]:
    return forms.behind - wordlists.weak_concepts()


def _more_trades(a: NameForms, b: NameForms) -> bool:
    """Whether behind one brand name stands a trade that the other does not speak of: Siemens Energy and Siemens.

    丰田 and 丰田汽车 are one while no legal form makes a firm of each; 住友ゴム工業 and Sumitomo Rubber both speak of rubber.
    """
    extra = (a.behind - b.concepts) | (b.behind - a.concepts)
    strong = extra - wordlists.weak_concepts()
    if not strong:
        return bool(extra and a.legal and b.legal) and a.brand_rest != b.brand_rest and meeting(a, b) != "cross"
    return not _kin(strong, a.concepts) or not _kin(strong, b.concepts)


def _another_trade_behind(a: NameForms, b: NameForms) -> bool:
    """Whether behind the whole name of a Chinese firm stands a trade that is not its own: 天津航空能源 and Tianjin Airlines."""
    if not a.brand or a.brand != b.brand or ":" in a.brand or a.brand_rest == b.brand_rest:
        return False
    less, more = sorted((a, b), key=lambda forms: forms.brand_rest)
    extra = _behind(more) - less.concepts
    return bool(extra and less.concepts) and not more.tail and not _kin(extra, less.concepts) and is_full(more)


def _one_trade_more(a: NameForms, b: NameForms) -> bool:
    """Whether one name is the other, trade and all, with one more trade behind it: 捷星航空 and 北京捷星航空技术有限公司."""
    less, more = sorted((a, b), key=lambda f: len(f.core))
    extra = more.concepts - less.concepts
    if less.script != more.script or not more.core.startswith(less.core) or not extra:
        return False
    if less.script == "latin":
        return bool(extra - wordlists.weak_concepts()) and less.stem == more.stem and is_full(more)
    return bool(less.concepts) and less.concepts <= more.concepts and more.legal in ("ltd", "jsc")


def _kin(mine: frozenset[str], yours: frozenset[str]) -> bool:
    """Trades that one firm's names in two languages often swap."""
    return any(mine & kin and yours & kin for kin in wordlists.kin())


def weigh_places(found: Evidence, a: NameForms, b: NameForms, homes: frozenset[str]) -> None:
    """Hold the score where only one name has a place, or each another one."""
    if place := _place_behind(a, b):
        found.bar(0.8, "place_differs", **_said_by_the_longer(a, b, place))
    else:
        _weigh_places_cut_off(found, a, b, homes)


def _weigh_places_cut_off(found: Evidence, a: NameForms, b: NameForms, homes: frozenset[str]) -> None:
    mine, yours = places_of(a, b)
    differ = (mine ^ yours) - homes - WORLD
    if not differ or (mistyped(a, b) and not (mine - yours and yours - mine)):
        return
    if place_in_short(a, b):
        return
    words = {"a": _places_said(mine), "b": _places_said(yours)}
    both_full = is_full(a) and is_full(b)
    if mine and yours and not mine & yours:
        if inside_brand(a, b):
            found.cap(min(0.4, found.score * 0.6), "place_differs", **words)
        elif both_full and found.base >= 0.9:
            found.bar(0.95, "place_differs", **words)
        else:
            found.say("place_differs", "against", **words)
    elif inside_brand(a, b) and not (a.core == b.core and _listed_short_name(a, b, differ)):  # 三星新材 is no Samsung
        found.cap(0.4, "place_differs", **words)
    elif _a_daughters(a, b, differ):
        found.bar(0.8, "place_differs", **words)
    elif both_full and found.base >= 0.9 and meeting(a, b) != "cross" and (homes or not _city_left_out(a, b, differ)):
        found.bar(0.95, "place_missing", **words)
    else:
        found.say("place_missing", "weak", **words)


def _place_behind(a: NameForms, b: NameForms) -> str:
    """The place that stands without brackets behind the whole of the other name in signs: 西门子 and 西门子中国有限公司."""
    less, more = sorted((a, b), key=lambda forms: len(forms.whole))
    if less.script != "han" or more.script != "han":
        return ""
    written = letters_of(less.folded)  # 某某集团 and 某某集团中国有限公司 too
    behind = more.whole.removeprefix(written if more.whole.startswith(written) else less.whole)
    return behind if behind in wordlists.places_zh() and canonical_place(behind) not in more.places | WORLD else ""


def _said_by_the_longer(a: NameForms, b: NameForms, place: str) -> dict[str, str]:
    said = place_label(canonical_place(place))
    return {"a": said, "b": "—"} if len(a.whole) > len(b.whole) else {"a": "—", "b": said}


def _a_daughters(a: NameForms, b: NameForms, differ: frozenset[str]) -> bool:
    """Whether the place that only one side has is written as a daughter's."""
    in_brackets = _in_brackets(a, b, differ) and not _listed_short_name(a, b, differ)
    return in_brackets or (both_known(a, b) and _named_before_its_place(a, b))


def _named_before_its_place(a: NameForms, b: NameForms) -> bool:
    """Whether of two Latin names that the table calls one, one is the other and then a place: SAG and SAG (Shanghai) Co., Ltd."""
    less, more = sorted((a, b), key=lambda forms: len(forms.folded))
    return a.script == b.script == "latin" and a.core == b.core and letters_of(more.folded).startswith(less.core)


def _places_said(places: frozenset[str]) -> str:
    return "、".join(sorted(place_label(place) for place in places)) or "—"


def mistyped(a: NameForms, b: NameForms) -> bool:
    """Whether one slip of the finger tells the two names apart: 重清 for 重庆, Grup for Group; never a sign more or less."""
    if min(len(a.whole), len(b.whole)) < 5 or OSA.distance(a.whole, b.whole) != 1:
        return False
    return a.script == "latin" or len(a.whole) == len(b.whole)


def is_full(forms: NameForms) -> bool:
    """Whether a name has its legal form."""
    return forms.legal not in ("", "short")


def _listed_short_name(a: NameForms, b: NameForms, differ: frozenset[str]) -> bool:
    """思瑞浦 for 思瑞浦微电子科技（苏州）股份有限公司: a city's company limited by shares, called by its short name."""
    short, full = sorted((a, b), key=is_full)
    countries = differ & COUNTRIES - (full.head_places - full.places)
    return not is_full(short) and full.legal == "jsc" and not countries and short.script == full.script == "han"


def _city_left_out(a: NameForms, b: NameForms, differ: frozenset[str]) -> bool:
    """Whether the city or province in front is one that a listed firm's name is written with and without: the national register
    has 航新航空科技股份有限公司 for 广州航新航空科技股份有限公司; English leaves it out at will (Fuzhou Rockchip Electronics).

    Only of companies limited by shares, in signs; in Latin letters where all else, a trade too, is the same word by word. The
    city of a 有限公司, a place in brackets, any city when one side is at home abroad are a daughter's. Nothing is raised by it:
    what the names without the city make one firm is not barred.
    """
    less, more = sorted((a, b), key=lambda forms: len(forms.head_places | forms.places))
    if less.script != more.script or less.places or differ & COUNTRIES:
        return False
    if less.script == "han":
        return less.legal == more.legal == "jsc" and not more.places and differ <= more.head_places
    words = more.folded.split(" ")
    front = {canonical_place(" ".join(words[:count])) for count in (1, 2)}
    in_china = all(is_han(place_label(place)[0]) for place in differ)
    return less.script == "latin" and less.core == more.core and len(less.words) > 1 and in_china and differ <= front


def _in_brackets(a: NameForms, b: NameForms, differ: frozenset[str]) -> bool:
    """Whether the place that only one side has stands in brackets or is a whole country: (中国), (Shanghai), China."""
    bracketed = (a.places if a.script != "latin" else frozenset()) | (b.places if b.script != "latin" else frozenset())
    return bool(differ & (bracketed | COUNTRIES))


def weigh_holding(found: Evidence, a: NameForms, b: NameForms) -> None:
    """Say where only one of two names is a holding; inside one brand it is another entity."""
    if says_holding(a) == says_holding(b) or mistyped(a, b):
        return
    if inside_brand(a, b) and not (a.holding or b.holding):  # the brand's own word, in one language only: 新闻集团, News Corp
        return
    if inside_brand(a, b) and (is_full(a) or is_full(b)):
        found.cap(BELOW, "holding_differs")
    elif is_full(b if a.holding else a) and found.base >= 0.9:
        if is_full(a) and is_full(b) and _HOLDING.search(a.folded + " " + b.folded):  # Dyson Holdings Limited and Dyson Limited
            found.bar(0.8, "holding_differs")
        else:
            found.say("holding_differs", "against")
    else:
        found.say("holding_missing", "weak")


def weigh_brand(found: Evidence, a: NameForms, b: NameForms) -> None:
    """Hold the score of two Latin names of one foreign brand where one says more behind it (Thales Alenia Space and Thales), or
    their legal forms are of two countries' laws (Ernst & Young GmbH and LLP).
    """
    if not inside_brand(a, b) or not a.script == b.script == "latin":
        return
    mine, yours = law_of(a.folded), law_of(b.folded)
    if mine and yours and mine != yours:
        found.cap(BELOW, "legal_form_differs")
    if bool(a.tail) != bool(b.tail) and not ((a.brand_rest and b.brand_rest) or mistyped(a, b)):
        less, more = (b, a) if a.tail else (a, b)
        if len(more.tail) >= _TAIL and initials_agree(a, b) == 0.0 and not _said_in_short(more, less):
            found.cap(BELOW, "core_differs", a=a.stem, b=b.stem)


def _said_in_short(more: NameForms, less: NameForms) -> bool:
    """Whether what one of two Latin names of one brand says more is how lists of shares shorten or repeat a name: Keysight Techs,
    Qualcomm Inc Qualcomm Ord.
    """
    if len(set(more.words)) < len(more.words) or any(sign.isdigit() for sign in more.tail):
        return True
    return any(word_likeness(word, other) >= _LIKE for word in more.words if word not in less.words for other in less.words)


def place_in_short(a: NameForms, b: NameForms) -> bool:
    """Whether a short name says the other's place with one sign: 深南电 for 深圳南山热电股份有限公司, 台產 for 台灣產物保險."""
    short, full = sorted((a, b), key=is_full)
    return (
        not is_full(short) and is_full(full) and bool(full.head_places) and not (short.head_places or short.places)
        and short.whole[:1] == full.whole[:1] and not full.core.startswith(short.whole[:1])
    )  # fmt: skip


def another_sign(a: NameForms, b: NameForms) -> bool:
    """Whether the distinctive parts are as long as each other, and neither spelled nor sounding alike: 华正 and 华达.

    What the table calls one brand is one, however it is written: 台泥 and 台湾水泥.
    """
    return not both_known(a, b) and a.stem != b.stem and a.sound != b.sound and len(a.stem) == len(b.stem)
