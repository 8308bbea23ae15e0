"""Is it the same firm? Evidence for and against, a score, one of three verdicts, and the reasons in facts.

The order of evidence: identifiers, then names; within names the distinctive part (字号, brand), then what tells entities of
one group apart (place, holding, trade, number). Every step is symmetric in its two arguments.
"""

from difflib import SequenceMatcher

from rapidfuzz.distance import OSA, LCSseq

from crm.matching.rules import wordlists
from crm.matching.rules.evidence import meeting, strong_concepts, word_rarity
from crm.matching.rules.kinds import Certainty, Judgement, NameForms, Reason, Subject, Verdict
from crm.matching.rules.normalise import forms_of, place_label, without
from crm.matching.rules.resemblance import LIKE_FROM, Evidence, both_known, compare_stems, held, inside_brand
from crm.matching.rules.scorecard import score_of
from crm.matching.rules.scripts import is_cjk, plain

SAME_FROM = 0.45  # where precision and recall balance, measured on firms kept apart from learning
BELOW = 0.44  # something decides against
DOUBTFUL = 0.75  # what tells entities of one group apart outweighs a score up to here
SHARED_CORE = 0.94  # the distinctive parts are one
CONTRADICTS = 0.62  # names of one script less alike than this speak of two firms, however the other names sound
_HARD = ("uscc", "lei", "foreign_reg")
_COUNTRY_PLACE = {
    "CN": "china", "HK": "hongkong", "MO": "macao", "TW": "taiwan", "JP": "japan", "KR": "korea", "SG": "singapore",
    "US": "usa", "DE": "germany", "FR": "france", "GB": "uk", "IN": "india", "TH": "thailand", "VN": "vietnam",
    "MY": "malaysia", "AU": "australia", "CA": "canada",
}  # fmt: skip
COUNTRIES = frozenset({*_COUNTRY_PLACE.values(), "asia", "europe"})
_WORLD = frozenset({"international"})


def judge(a: Subject, b: Subject) -> Judgement:
    """The verdict on two subjects. Symmetric; unchanged by width, case, spaces, script variant or legal abbreviation."""
    identifiers = _identifiers(a, b)
    homes = frozenset(_COUNTRY_PLACE[c] for c in (a.country, b.country) if c in _COUNTRY_PLACE and c != "CN")
    best = _best(a, b, homes)
    if a.country and b.country and a.country != b.country and best.base < 0.97:
        if best.has("same_core", "brand"):
            best.lower(0.94, "country_differs", "weak")
        else:
            best.cap(min(BELOW, best.score * 0.85), "country_differs", "weak")
    return _with_identifiers(best, identifiers)


def _best(a: Subject, b: Subject, homes: frozenset[str]) -> Evidence:
    """The best evidence of any two names; names of one script that contradict each other outweigh a likeness across scripts."""
    kinds: dict[str, Evidence] = {}
    stems: dict[str, dict[str, str]] = {}
    for mine in _forms(a):
        for yours in _forms(b):
            first, second = (mine, yours) if (mine.original, mine.key) <= (yours.original, yours.key) else (yours, mine)
            found = _compare(first, second, homes)
            kind = meeting(first, second)
            if kind not in kinds or _rank(found) > _rank(kinds[kind]):
                kinds[kind] = found
                stems[kind] = {"a": first.stem, "b": second.stem}
    best = max(kinds.values(), key=_rank, default=Evidence())
    # The same distinctive part in one script says more than a likeness in sound, even where trades tell the two apart.
    best = max(
        (f for k, f in kinds.items() if k != "cross" and f.base >= SHARED_CORE and f.base > best.base), key=_rank, default=best
    )
    written = [(found.likeness, kind) for kind, found in kinds.items() if kind != "cross"]
    if len(kinds) > 1 and best.base < 0.97 and written and min(written)[0] < CONTRADICTS:
        least, kind = min(written)
        best.lower(max(0.5, least) * 0.9, "core_differs", **stems[kind])
    return best


def _forms(subject: Subject) -> tuple[NameForms, ...]:
    return subject.forms or tuple(forms_of(name, subject.country) for name in subject.names)


def _rank(found: Evidence) -> tuple[float, float, bool]:
    return (found.score, found.base, found.group)


def _identifiers(a: Subject, b: Subject) -> list[Reason]:
    reasons = [Reason(f"same_{scheme}", "for", ((("value", value)),)) for scheme, value in sorted(a.identifiers & b.identifiers)]
    for scheme in _HARD:
        mine = {v for s, v in a.identifiers if s == scheme}
        yours = {v for s, v in b.identifiers if s == scheme}
        if mine and yours and not mine & yours:
            reasons.append(Reason(f"{scheme}_differs", "against"))
    mine = {v for s, v in a.identifiers if s == "domain"}
    yours = {v for s, v in b.identifiers if s == "domain"}
    if mine and yours and not mine & yours:
        reasons.append(Reason("domain_differs", "weak"))
    reasons += [Reason("same_phone", "for", (("value", f"…{phone[-4:]}"),)) for phone in sorted(a.phones & b.phones)]
    return reasons


def _with_identifiers(names: Evidence, identifiers: list[Reason]) -> Judgement:
    codes = {reason.code for reason in identifiers}
    apart = any(r.code in ("place_differs", "holding_differs", "trade_differs", "number_differs") for r in names.reasons)
    score, group = names.score, names.group or (names.base >= 0.9 and apart)
    if codes & {f"{scheme}_differs" for scheme in _HARD}:
        group, score = group or names.base >= 0.9, min(score, 0.3)
    elif codes & {f"same_{scheme}" for scheme in _HARD}:
        score = 0.995
    elif "same_domain" in codes:
        score, group = (min(score, 0.4), True) if apart else (max(0.9, score), group)
    if "same_phone" in codes and score < SAME_FROM:
        score = min(score + 0.15, BELOW if apart else 0.75)
    if "domain_differs" in codes and score < 0.95:
        score *= 0.9
    reasons = tuple(identifiers + names.reasons)
    if score >= SAME_FROM and not (apart and group and "same_uscc" not in codes and score < DOUBTFUL):
        return Judgement(Verdict.SAME, round(score, 4), Certainty(3 if score >= 0.9 else 2), reasons)
    if group:
        return Judgement(Verdict.RELATED, round(held(score, BELOW), 4), Certainty.VERY_LIKE, reasons)
    certainty = Certainty.VERY_LIKE if score >= 0.4 else Certainty.SOMEWHAT_LIKE
    return Judgement(Verdict.DIFFERENT, round(held(score, BELOW), 4), certainty, reasons)


def _compare(a: NameForms, b: NameForms, homes: frozenset[str]) -> Evidence:
    found = Evidence()
    if a.key == b.key:
        found.base = found.score = found.likeness = 0.99
        found.say("same_name" if a.folded == b.folded else "same_key", value=a.core)
        return found
    compare_stems(found, a, b)
    found.score = found.base if both_known(a, b) else min(0.98, _learned(a, b))
    found.likeness = max(found.score, found.base if found.base >= 0.9 else 0.0)
    found.group = found.group or (not both_known(a, b) and _one_group(found, a, b))
    if max(found.base, found.score) < LIKE_FROM and not found.group:
        return found
    if not found.has(*_FOR):
        found.say("similar_name", "weak", a=a.stem, b=b.stem)
    if found.base < 0.6 and found.score < 0.8 and meeting(a, b) in ("han", "kana") and not _abbreviates(a, b):
        found.cap(BELOW, "core_differs", a=a.stem, b=b.stem)
    _trades(found, a, b)
    _places(found, a, b, homes)
    _holding(found, a, b)
    if a.numbers != b.numbers and (a.numbers or b.numbers):
        found.cap(0.4 if a.numbers and b.numbers else 1.0, "number_differs")
    if _is_full(a) and _is_full(b) and a.legal != b.legal and a.script == b.script:
        found.say("legal_form_differs", "weak")
    if a.script == b.script and _another_sign(a, b) and (a.legal != b.legal or (a.script != "latin" and len(a.stem) <= 3)):
        slip = sorted(a.stem) == sorted(b.stem) or not (_is_full(a) and _is_full(b))
        found.cap(1.0 if slip else BELOW, "core_differs", a=a.stem, b=b.stem)
    found.group = found.group or found.base >= 0.9
    return found


def _learned(a: NameForms, b: NameForms) -> float:
    """The model's score; a place or a "Holdings" that only one name has never raises it to the same firm."""
    score = score_of(a, b)
    if score >= SAME_FROM:
        places, holding = a.places | a.head_places != b.places | b.head_places, a.holding != b.holding
        if places or holding:
            score = min(score, score_of(without(a, places, holding), without(b, places, holding)))
    return score


def _another_sign(a: NameForms, b: NameForms) -> bool:
    """Whether the distinctive parts are as long as each other, and neither spelled nor sounding alike: 华正 and 华达.

    What the table calls one brand is one, however it is written: 台泥 and 台湾水泥.
    """
    return not both_known(a, b) and a.stem != b.stem and a.sound != b.sound and len(a.stem) == len(b.stem)


def _abbreviates(a: NameForms, b: NameForms) -> bool:
    """Whether all signs of one name occur in the other, in order: 台积电 in 台湾积体电路制造."""
    shorter, longer = sorted((a, b), key=lambda forms: len(forms.core))
    return LCSseq.similarity(shorter.core, longer.whole) == len(shorter.core)


_FOR = (
    "same_core", "brand", "same_group", "pinyin_equal", "sound", "kana_reading", "hangul_reading", "similar_core", "short_name",
    "shared_words", "shared_characters",
)  # fmt: skip


def _one_group(found: Evidence, a: NameForms, b: NameForms) -> bool:
    """Whether two names that are not one firm look like one group's: the same distinctive part, or a telling beginning."""
    if found.base >= 0.9 or inside_brand(a, b):
        return True
    card = meeting(a, b)
    if card == "latin":
        return bool(a.words) and a.words[:1] == b.words[:1] and word_rarity(a.words[0]) >= 7 and len(a.words[0]) >= 3
    if card == "cross":
        return _heard_first(a, b)
    shorter, longer = sorted((a.stem, b.stem), key=len)
    return len(shorter) >= 2 and longer.startswith(shorter)


def _heard_first(a: NameForms, b: NameForms) -> bool:
    """Whether the Latin name begins with a telling word that the other begins with too, as it sounds."""
    latin, other = (a, b) if a.script == "latin" else (b, a)
    first = (latin.words or ("",))[0]
    return len(first) >= 4 and word_rarity(first) >= 7 and any(sound.startswith(first) for sound in other.readings)


def _trades(found: Evidence, a: NameForms, b: NameForms) -> None:
    mine, yours = (_behind(a), _behind(b)) if a.brand and a.brand == b.brand else (strong_concepts(a), strong_concepts(b))
    if mine and yours and not mine & yours and not _kin(mine, yours):
        words = {"a": "、".join(sorted(mine)), "b": "、".join(sorted(yours))}
        found.lower(0.45 if both_known(a, b) else 1.0, "trade_differs", **words)
    elif not inside_brand(a, b):
        if _one_trade_more(a, b):
            found.cap(1.0, "trade_differs", a="、".join(sorted(a.concepts)) or "—", b="、".join(sorted(b.concepts)) or "—")
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


def _one_trade_more(a: NameForms, b: NameForms) -> bool:
    """Whether one name is the other, trade and all, with one more trade behind it: 捷星航空 and 北京捷星航空技术有限公司."""
    less, more = sorted((a, b), key=lambda f: len(f.core))
    extra = more.concepts - less.concepts
    if less.script != more.script or not more.core.startswith(less.core) or not extra:
        return False
    if less.script == "latin":
        return bool(extra - wordlists.weak_concepts()) and less.stem == more.stem and _is_full(more)
    return bool(less.concepts) and less.concepts <= more.concepts and more.legal in ("ltd", "jsc")


def _kin(mine: frozenset[str], yours: frozenset[str]) -> bool:
    """Trades that one firm's names in two languages often swap."""
    return any(mine & kin and yours & kin for kin in wordlists.kin())


def _places(found: Evidence, a: NameForms, b: NameForms, homes: frozenset[str]) -> None:
    mine, yours = a.places | a.head_places, b.places | b.head_places
    differ = (mine ^ yours) - homes - _WORLD
    if not differ or (_mistyped(a, b) and not (mine - yours and yours - mine)):
        return
    words = {"a": _places_said(mine), "b": _places_said(yours)}
    both_full = _is_full(a) and _is_full(b)
    if mine and yours and not mine & yours:
        certain = inside_brand(a, b) or (both_full and found.base >= 0.9)
        found.cap(min(0.4, found.score * 0.6) if certain else found.score * 0.9, "place_differs", **words)
    elif inside_brand(a, b) or (_in_brackets(a, b, differ) and not _listed_short_name(a, b, differ)):
        found.cap(0.4, "place_differs", **words)
    elif both_full and found.base >= 0.9 and meeting(a, b) != "cross":
        found.cap(BELOW, "place_missing", **words)
    else:
        found.say("place_missing", "weak", **words)


def _places_said(places: frozenset[str]) -> str:
    return "、".join(sorted(place_label(place) for place in places)) or "—"


def _mistyped(a: NameForms, b: NameForms) -> bool:
    """Whether one slip of the finger tells the two names apart: 重清 for 重庆, Grup for Group; never a sign more or less."""
    if min(len(a.whole), len(b.whole)) < 5 or OSA.distance(a.whole, b.whole) != 1:
        return False
    return a.script == "latin" or len(a.whole) == len(b.whole)


def _is_full(forms: NameForms) -> bool:
    return forms.legal not in ("", "short")


def _listed_short_name(a: NameForms, b: NameForms, differ: frozenset[str]) -> bool:
    """思瑞浦 for 思瑞浦微电子科技（苏州）股份有限公司: a city's company limited by shares, called by its short name."""
    short, full = sorted((a, b), key=_is_full)
    return not _is_full(short) and full.legal == "jsc" and not differ & COUNTRIES and short.script == full.script == "han"


def _in_brackets(a: NameForms, b: NameForms, differ: frozenset[str]) -> bool:
    """Whether the place that only one side has stands in brackets or is a whole country: (中国), (Shanghai), China."""
    bracketed = (a.places if a.script != "latin" else frozenset()) | (b.places if b.script != "latin" else frozenset())
    return bool(differ & (bracketed | COUNTRIES))


def _holding(found: Evidence, a: NameForms, b: NameForms) -> None:
    if a.holding == b.holding or _mistyped(a, b):
        return
    plain_side = b if a.holding else a
    if _is_full(plain_side) and (inside_brand(a, b) or found.base >= 0.9):
        found.cap(BELOW if inside_brand(a, b) else 1.0, "holding_differs")
    elif inside_brand(a, b):
        found.cap(BELOW, "holding_differs")
    else:
        found.say("holding_missing", "weak")


def mark_ranges(typed: str, name: str) -> list[tuple[int, int]]:
    """Which characters of `name` (as stored) are also in `typed`, as (start, end): what a page underlines, 電 for 电 too.

    Falls back to nothing when the two share no run of two CJK signs or three letters (the reasons say why they match).
    """
    folded, where = _folded_with_places(name)
    query = "".join(c for c in plain(typed) if c.isalnum())
    blocks = SequenceMatcher(None, query, folded, autojunk=False).get_matching_blocks()
    ranges: list[tuple[int, int]] = []
    for block in blocks:
        run = folded[block.b : block.b + block.size]
        if block.size >= (2 if any(is_cjk(c) for c in run) else 3):
            ranges.append((where[block.b], where[block.b + block.size - 1] + 1))
    return ranges


def _folded_with_places(name: str) -> tuple[str, list[int]]:
    folded, where = "", []
    for index, char in enumerate(name):
        for sign in plain(char):
            if sign.isalnum():
                folded += sign
                where.append(index)
    return folded, where
