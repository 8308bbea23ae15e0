"""Is it the same firm? Evidence for and against, a score, one of three verdicts, and the reasons in facts.

The order of evidence: identifiers, then names; within names the distinctive part (字号, brand), then what tells entities of
one group apart (place, holding, trade, number). Every step is symmetric in its two arguments.
"""

from dataclasses import dataclass, field
from difflib import SequenceMatcher

from rapidfuzz import fuzz
from rapidfuzz.distance import DamerauLevenshtein, JaroWinkler

from crm.matching.rules import wordlists
from crm.matching.rules.kinds import Certainty, Judgement, NameForms, Reason, Subject, Verdict
from crm.matching.rules.normalise import forms_of, name_key
from crm.matching.rules.scripts import is_cjk, is_hangul, is_kana, plain

SAME_FROM = 0.70
LIKE_FROM = 0.35
CONTRADICTS = 0.62  # names of one script less alike than this speak of two firms, however the other names sound
_HARD = ("uscc", "lei", "foreign_reg")
_COUNTRY_PLACE = {
    "CN": "china", "HK": "hong kong", "MO": "macao", "TW": "taiwan", "JP": "japan", "KR": "korea", "SG": "singapore",
    "US": "usa", "DE": "germany", "FR": "france", "GB": "uk", "IN": "india", "TH": "thailand", "VN": "vietnam",
    "MY": "malaysia", "AU": "australia", "CA": "canada",
}  # fmt: skip


@dataclass(slots=True)
class _Evidence:
    """What two names say together. `base` is how alike the distinctive parts are, before what tells entities apart."""

    base: float = 0.0
    score: float = 0.0
    group: bool = False
    reasons: list[Reason] = field(default_factory=list)

    def say(self, code: str, weight: str = "for", **facts: str) -> None:
        self.reasons.append(Reason(code, weight, tuple(sorted(facts.items()))))

    def lower(self, factor: float, code: str, weight: str = "against", **facts: str) -> None:
        self.score *= factor
        self.say(code, weight, **facts)


def judge(a: Subject, b: Subject) -> Judgement:
    """The verdict on two subjects. Symmetric; unchanged by width, case, spaces, script variant or legal abbreviation."""
    identifiers = _identifiers(a, b)
    homes = frozenset(_COUNTRY_PLACE[c] for c in (a.country, b.country) if c in _COUNTRY_PLACE and c != "CN")
    best = _best(a, b, homes)
    if a.country and b.country and a.country != b.country and best.score < 0.97:
        best.lower(0.94 if best.base >= 0.9 else 0.85, "country_differs", "weak")
    return _with_identifiers(best, identifiers)


def _best(a: Subject, b: Subject, homes: frozenset[str]) -> _Evidence:
    """The best evidence of any two names; names of one script that contradict each other outweigh a likeness across scripts."""
    kinds: dict[str, _Evidence] = {}
    for name_a in a.names:
        for name_b in b.names:
            first, second = sorted((name_a, name_b))
            forms_a, forms_b = forms_of(first), forms_of(second)
            found = _compare(forms_a, forms_b, homes)
            scripts = {_side(forms_a), _side(forms_b)}
            kind = scripts.pop() if len(scripts) == 1 else "cross"
            if kind not in kinds or _rank(found) > _rank(kinds[kind]):
                kinds[kind] = found
    best = max(kinds.values(), key=_rank, default=_Evidence())
    plain_kinds = [found.base for kind, found in kinds.items() if kind != "cross"]
    if best.base < 0.97 and plain_kinds and min(plain_kinds) < CONTRADICTS:
        weakest = min(plain_kinds)
        best.lower(max(0.5, weakest) * 0.9, "core_differs")
    return best


def _rank(found: _Evidence) -> tuple[float, float, bool]:
    return (found.score, found.base, found.group)


def _side(forms: NameForms) -> str:
    return _script(forms)


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


def _with_identifiers(names: _Evidence, identifiers: list[Reason]) -> Judgement:
    codes = {reason.code for reason in identifiers}
    apart = any(r.code in ("place_differs", "holding_differs", "trade_differs", "number_differs") for r in names.reasons)
    score, group = names.score, names.group or (names.base >= 0.9 and apart)
    if codes & {f"{scheme}_differs" for scheme in _HARD}:
        group, score = group or names.base >= 0.9, min(score, 0.3)
    elif codes & {f"same_{scheme}" for scheme in _HARD}:
        score = 0.995
    elif "same_domain" in codes:
        score, group = (min(score, 0.5), True) if apart else (max(0.9, score), group)
    if "same_phone" in codes and score < SAME_FROM:
        score = min(score + 0.15, 0.69 if apart else 0.75)
    if "domain_differs" in codes and score < 0.95:
        score *= 0.9
    reasons = tuple(identifiers + names.reasons)
    if score >= SAME_FROM and not (apart and group and "same_uscc" not in codes and score < 0.9):
        return Judgement(Verdict.SAME, round(score, 4), Certainty(3 if score >= 0.9 else 2), reasons)
    if group:
        return Judgement(Verdict.RELATED, round(min(score, 0.69), 4), Certainty.VERY_LIKE, reasons)
    certainty = Certainty.VERY_LIKE if score >= 0.6 else Certainty.SOMEWHAT_LIKE
    return Judgement(Verdict.DIFFERENT, round(min(score, 0.69), 4), certainty, reasons)


def _compare(a: NameForms, b: NameForms, homes: frozenset[str]) -> _Evidence:
    found = _Evidence()
    if name_key(a.original) == name_key(b.original):
        found.base = found.score = 0.99
        spelled_alike = plain(a.original) == plain(b.original)
        found.say("same_name" if spelled_alike or a.folded == b.folded else "same_key", value=a.core)
        return found
    _stems(found, a, b)
    found.score = found.base
    if found.base < LIKE_FROM:
        return found
    _trades(found, a, b)
    _places(found, a, b, homes)
    _holding(found, a, b)
    if a.numbers != b.numbers and (a.numbers or b.numbers):
        found.lower(0.3, "number_differs")
    if a.legal and b.legal and a.legal != b.legal and a.han == b.han:
        found.lower(0.96, "legal_form_differs", "weak")
    return found


def _stems(found: _Evidence, a: NameForms, b: NameForms) -> None:
    if a.brand and b.brand:
        _brands(found, a, b)
        return
    if a.stem == b.stem:
        found.base = 0.95
        _say_equal_stem(found, a, b)
        return
    if a.core == b.core:
        found.base = 0.95
        found.say("same_core", value=a.core)
        return
    cjk_a, cjk_b = _script(a), _script(b)
    if cjk_a == cjk_b == "latin":
        _latin_stems(found, a, b)
    elif cjk_a == cjk_b:
        _cjk_stems(found, a, b)
    else:
        _cross_stems(found, a, b, cjk_a, cjk_b)


def _script(forms: NameForms) -> str:
    if any(is_kana(c) for c in forms.stem):
        return "kana"
    if any(is_hangul(c) for c in forms.stem):
        return "hangul"
    return "han" if any(is_cjk(c) for c in forms.stem) else "latin"


def _say_equal_stem(found: _Evidence, a: NameForms, b: NameForms) -> None:
    found.say("same_core", value=a.stem)


def _brands(found: _Evidence, a: NameForms, b: NameForms) -> None:
    if a.brand == b.brand:
        found.base = 0.96
        found.say("brand", a=_short(a), b=_short(b))
        if a.brand_rest != b.brand_rest and not (a.concepts and b.concepts) and a.brand not in wordlists.DOMESTIC:
            found.group = True
    elif wordlists.one_group(a.brand, b.brand):
        found.base, found.group = 0.34, True
        found.say("same_group", a=_short(a), b=_short(b))
    else:
        found.base = 0.05
        found.say("brand_differs", "against", a=_short(a), b=_short(b))


def _short(forms: NameForms) -> str:
    return forms.original if len(forms.original) <= 24 else forms.stem


def _cjk_stems(found: _Evidence, a: NameForms, b: NameForms) -> None:
    shorter, longer = sorted((a.stem, b.stem), key=lambda s: (len(s), s))
    distance = DamerauLevenshtein.distance(a.stem, b.stem)
    ratio = fuzz.ratio(a.stem, b.stem) / 100
    if a.sound and a.sound == b.sound:
        found.base = 0.88
        found.say("pinyin_equal", value=a.sound)
    elif distance == 1 and len(shorter) >= 4:
        found.base = 0.80
        found.say("similar_core", a=a.stem, b=b.stem)
    elif distance == 1 and len(shorter) == 3 and len(longer) == 3:
        found.base = 0.62
        found.say("similar_core", "weak", a=a.stem, b=b.stem)
    elif len(shorter) >= 2 and longer.startswith(shorter):
        found.base = 0.74 if len(shorter) >= 3 or len(longer) - len(shorter) <= 2 else 0.6
        found.say("short_name", value=shorter)
    elif len(shorter) >= 3 and shorter in longer:
        found.base = 0.66
        found.say("short_name", value=shorter)
    else:
        found.base = min(0.6, ratio * 0.8)
        common = "".join(dict.fromkeys(c for c in a.stem if c in b.stem))
        if common:
            found.say("shared_characters", "weak", value=common)
        if found.base >= LIKE_FROM:
            found.say("core_differs", "against", a=a.stem, b=b.stem)


def _latin_stems(found: _Evidence, a: NameForms, b: NameForms) -> None:
    ratio = fuzz.ratio(a.stem, b.stem) / 100
    sorted_ratio = fuzz.ratio("".join(sorted(a.stem)), "".join(sorted(b.stem))) / 100 if " " in a.folded else ratio
    shared = set(a.words) & set(b.words)
    subset = bool(shared) and (shared in (set(a.words), set(b.words))) and sum(map(len, shared)) >= 4
    best = min(ratio + 0.06, max(ratio, sorted_ratio))
    if best >= 0.9 and min(len(a.stem), len(b.stem)) >= 5:
        found.base = 0.86
        found.say("similar_core", a=a.stem, b=b.stem)
    elif best >= 0.84 and min(len(a.stem), len(b.stem)) >= 7:
        found.base = 0.74
        found.say("similar_core", a=a.stem, b=b.stem)
    elif subset:
        found.base = 0.64
        found.say("shared_words", value=" ".join(sorted(shared)))
    elif a.stem.startswith(b.stem) or b.stem.startswith(a.stem):
        found.base = 0.6 if min(len(a.stem), len(b.stem)) >= 5 else 0.45
        found.say("short_name", value=min(a.stem, b.stem, key=len))
    else:
        found.base = min(0.55, best * 0.7)
        if found.base >= LIKE_FROM:
            found.say("core_differs", "against", a=a.stem, b=b.stem)


def _cross_stems(found: _Evidence, a: NameForms, b: NameForms, script_a: str, script_b: str) -> None:
    if not a.sound or not b.sound:
        return
    ratio = max(fuzz.ratio(a.sound, b.sound) / 100, JaroWinkler.similarity(a.sound, b.sound) - 0.08)
    bones = fuzz.ratio(a.skeleton, b.skeleton) / 100 if min(len(a.skeleton), len(b.skeleton)) >= 2 else 0.0
    kind = "kana_reading" if "kana" in (script_a, script_b) else "hangul_reading" if "hangul" in (script_a, script_b) else "sound"
    value = " / ".join(sorted((a.sound, b.sound)))
    agree = bool(_strong(a) & _strong(b))
    if ratio >= 0.92 and min(len(a.sound), len(b.sound)) >= 4:
        found.base = 0.90
    elif bones >= 0.99 and len(a.skeleton) >= 4:
        found.base = 0.90 if agree else 0.76
    elif bones >= 0.99 and len(a.skeleton) == 3:
        found.base = 0.84 if agree else 0.6
    elif bones >= 0.8 and min(len(a.skeleton), len(b.skeleton)) >= 4:
        found.base = 0.76 if agree else 0.55
    elif ratio >= 0.8 and agree:
        found.base = 0.74
    else:
        found.base = 0.5 * max(ratio, bones)
        return
    found.say(kind, value=value)


def _strong(forms: NameForms) -> frozenset[str]:
    return forms.concepts - wordlists.weak_concepts()


def _trades(found: _Evidence, a: NameForms, b: NameForms) -> None:
    mine, yours = _strong(a), _strong(b)
    if mine and yours and not mine & yours and not _kin(mine, yours):
        found.lower(0.45, "trade_differs", a="、".join(sorted(mine)), b="、".join(sorted(yours)))
    elif bool(mine) != bool(yours) and (a.brand or b.brand) in wordlists.DOMESTIC:
        found.score *= 0.9
    elif bool(mine) != bool(yours):
        side = a if mine else b
        other = b if mine else a
        if other.legal and other.concepts and side.brand:
            found.lower(0.7, "trade_differs")
        elif side.brand and other.brand and other.legal:
            found.lower(0.6, "trade_differs")
        else:
            found.score *= 0.93
    elif mine and mine != yours:
        found.score *= 0.95
    if a.brand in wordlists.DOMESTIC:
        return
    if (
        a.brand
        and a.brand == b.brand
        and a.brand_rest != b.brand_rest
        and not any(r.code == "trade_differs" for r in found.reasons)
    ):
        found.lower(0.6, "trade_differs")


_KIN = (
    {"newmaterials", "materials", "advanced"}, {"biopharma", "pharma", "bio"}, {"industrialsoftware", "software"},
    {"digitalcreative", "creative"}, {"newenergy", "energy", "battery"}, {"driving", "auto"}, {"electronics", "electric"},
    {"communications", "network"}, {"medical", "health"}, {"synbio", "bio"}, {"shipping", "logistics"},
)  # fmt: skip


def _kin(mine: frozenset[str], yours: frozenset[str]) -> bool:
    """Trades that one firm's names in two languages often swap."""
    return any(mine & kin and yours & kin for kin in _KIN)


def _places(found: _Evidence, a: NameForms, b: NameForms, homes: frozenset[str]) -> None:
    mine, yours = a.places | a.head_places, b.places | b.head_places
    differ = (mine ^ yours) - homes
    if not differ:
        return
    words = {"a": "、".join(sorted(mine)) or "—", "b": "、".join(sorted(yours)) or "—"}
    inside_brand = bool(a.brand and a.brand == b.brand and a.brand not in wordlists.DOMESTIC)
    only_heads = not ((a.places ^ b.places) - homes - a.head_places - b.head_places)
    if mine and yours and not mine & yours:
        found.lower(0.3, "place_differs", **words)
    elif only_heads and not inside_brand:
        found.lower(0.88, "place_missing", "weak", **words)
    else:
        found.lower(0.4, "place_differs", **words)


def _holding(found: _Evidence, a: NameForms, b: NameForms) -> None:
    if a.holding == b.holding:
        return
    plain_side = b if a.holding else a
    if not plain_side.legal and not plain_side.places and not plain_side.brand:
        found.lower(0.9, "holding_missing", "weak")
    else:
        found.lower(0.5, "holding_differs")


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
