"""Is it the same firm? Evidence for and against, a score, one of three verdicts, and the reasons in facts.

The order of evidence: identifiers, then names; within names the distinctive part (字号, brand), then what tells entities of
one group apart (place, holding, trade, number). Every step is symmetric in its two arguments.
"""

import re
from difflib import SequenceMatcher
from types import MappingProxyType

from crm.matching.rules.apart import (
    BELOW,
    COUNTRY_PLACE,
    WORLD,
    another_sign,
    is_full,
    mistyped,
    place_in_short,
    weigh_brand,
    weigh_holding,
    weigh_places,
    weigh_trades,
)
from crm.matching.rules.daughters import is_daughter
from crm.matching.rules.evidence import meeting, word_rarity
from crm.matching.rules.home import names_beside
from crm.matching.rules.kinds import Certainty, Judgement, NameForms, Reason, Subject, Verdict
from crm.matching.rules.mixed import another_beside_latin
from crm.matching.rules.places import places_of, says_holding, without
from crm.matching.rules.resemblance import LIKE_FROM, Evidence, both_known, compare_stems, inside_brand
from crm.matching.rules.scorecard import Beforehand, Weighed, score_of, weighed
from crm.matching.rules.scripts import is_cjk, plain

SAME_FROM = 0.5  # where precision and recall balance, measured on firms kept apart from learning
DOUBTFUL = 0.6  # what tells entities of one group apart outweighs a score up to here
SHARED_CORE = 0.94  # the distinctive parts are one
CONTRADICTS = 0.62  # names of one script less alike than this speak of two firms, however the other names sound
UNLIKE = 0.3  # of two names of one brand, one with more behind it, the model is sure that they are two firms
_TELLING = 7  # a word with this rarity and more names somebody: Siemens 9, global 5.5
_LETTERS = re.compile("[a-z]{3,}")
_COUNTED = re.compile(r"(..+?)(?:no|第|제)?\d")
_HARD = ("uscc", "lei", "foreign_reg")


def judge(a: Subject, b: Subject, told: Beforehand = MappingProxyType({})) -> Judgement:
    """The verdict on two subjects. Symmetric; unchanged by width, case, spaces, script variant or legal abbreviation.

    `told`: what the model is known to say of some of their names, by their places among the `forms` of `a` and of `b`.
    """
    identifiers = _identifiers(a, b)
    homes = frozenset(COUNTRY_PLACE[c] for c in (a.country, b.country) if c in COUNTRY_PLACE and c != "CN")
    best = _best(a, b, homes, told)
    if a.country and b.country and a.country != b.country and best.base < 0.97:
        if best.has("same_core", "brand", "brand_confirmed"):
            best.lower(0.94, "country_differs", "weak")
        else:
            best.cap(min(BELOW, best.score * 0.85), "country_differs", "weak")
    return _with_identifiers(best, identifiers)


def _best(a: Subject, b: Subject, homes: frozenset[str], told: Beforehand) -> Evidence:
    """The best evidence of any two names; names of one script that contradict each other outweigh a likeness across scripts."""
    kinds: dict[str, Evidence] = {}
    stems: dict[str, dict[str, str]] = {}
    known = {(id(a.forms[one]), id(b.forms[two])): weighed for (one, two), weighed in told.items()}
    for mine, yours in names_beside(a, b):
        first, second = (mine, yours) if (mine.original, mine.key) <= (yours.original, yours.key) else (yours, mine)
        found = _compare(first, second, homes, known.get((id(mine), id(yours))))
        kind = meeting(first, second)
        if kind not in kinds or _rank(found) > _rank(kinds[kind]):
            kinds[kind] = found
            stems[kind] = {"a": first.stem, "b": second.stem}
    best = max(kinds.values(), key=_rank, default=Evidence())
    # The same distinctive part in one script says more than a likeness in sound, even where trades tell the two apart; a slip in
    # the other script (Longwan, Lognwan) is no likeness in sound.
    if best is kinds.get("cross"):
        best = max(
            (f for k, f in kinds.items() if k != "cross" and f.base >= SHARED_CORE and f.base > best.base),
            key=_rank,
            default=best,
        )
    written = [(found.likeness, kind) for kind, found in kinds.items() if kind != "cross"]
    if len(kinds) > 1 and best.base < 0.97 and written and min(written)[0] < CONTRADICTS:
        least, kind = min(written)
        best.lower(max(0.5, least) * 0.9, "core_differs", **stems[kind])
    return best


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
    score, group, barred = names.score, names.group or (names.base >= 0.9 and apart), names.barred
    if codes & {f"{scheme}_differs" for scheme in _HARD}:
        group, score = group or names.base >= 0.9, min(score, 0.3)
    elif codes & {f"same_{scheme}" for scheme in _HARD}:
        score, barred = 0.995, False
    elif "same_domain" in codes:
        score, group, barred = (min(score, 0.4), True, True) if apart else (max(0.9, score), group, False)
    if "same_phone" in codes and (score < SAME_FROM or barred):
        score, barred = max(score, min(score + 0.15, BELOW if apart else 0.75)), barred and apart
    if "domain_differs" in codes and score < 0.95:
        score *= 0.9
    reasons = tuple(identifiers + names.reasons)
    doubtful = apart and group and "same_uscc" not in codes and score < DOUBTFUL
    if score >= SAME_FROM and not barred and not doubtful:
        return Judgement(Verdict.SAME, round(score, 4), Certainty(3 if score >= 0.9 else 2), reasons)
    if group or score >= SAME_FROM:
        return Judgement(Verdict.RELATED, round(score, 4), Certainty.VERY_LIKE, reasons)
    certainty = Certainty.VERY_LIKE if score >= 0.4 else Certainty.SOMEWHAT_LIKE
    return Judgement(Verdict.DIFFERENT, round(score, 4), certainty, reasons)


def _compare(a: NameForms, b: NameForms, homes: frozenset[str], told: Weighed | None) -> Evidence:
    found = Evidence()
    if _said_by_keys(found, a, b):
        return found
    known, learned = _first_score(found, a, b, told)
    if max(found.base, found.score) < LIKE_FROM and not found.group:
        return found
    if not found.has(*_FOR):
        found.say("similar_name", "weak", a=a.stem, b=b.stem)
    weigh_trades(found, a, b)
    weigh_places(found, a, b, homes)
    weigh_holding(found, a, b)
    weigh_brand(found, a, b)
    if a.numbers and b.numbers and a.numbers != b.numbers:
        found.cap(0.4, "number_differs")
    elif a.numbers != b.numbers:
        found.say("number_differs", "against")
    if is_full(a) and is_full(b) and a.legal != b.legal and a.script == b.script:
        found.say("legal_form_differs", "weak")
    _weigh_latin_part(found, a, b, known=known)
    if _by_signs(a, b):
        if _a_slip(a, b):
            found.say("core_differs", "against", a=a.stem, b=b.stem)
        else:
            found.cap(BELOW, "core_differs", a=a.stem, b=b.stem)
            found.likeness = min(found.likeness, BELOW)  # nor does a likeness in sound tell otherwise
    found.group = found.group or found.base >= 0.9
    if known and found.score < SAME_FROM:
        found.score = min(found.score, learned)  # the table says which group; how little they are one firm the model knows better
    return found


def _weigh_latin_part(found: Evidence, a: NameForms, b: NameForms, *, known: bool) -> None:
    """Hold the score of two names in two scripts that have but Latin letters in common: they sound alike in these alone."""
    if not known and found.score >= SAME_FROM and meeting(a, b) == "cross" and another_beside_latin(a, b):
        found.cap(BELOW, "core_differs", a=a.stem, b=b.stem)
        found.base = min(found.base, BELOW)
        found.group = (found.group and a.brand == b.brand != "") or one_group(found, a, b)


def _said_by_keys(found: Evidence, a: NameForms, b: NameForms) -> bool:
    """Whether their keys say all there is to say of two names. Two without a letter are not one firm because nothing differs."""
    if a.key.startswith("|") or b.key.startswith("|"):
        found.say("no_letters", "weak")
        return True
    if a.key == b.key:
        found.base = found.score = found.likeness = 0.99
        found.say("same_name" if a.folded == b.folded else "same_key", value=a.core)
        return True
    return False


def _by_signs(a: NameForms, b: NameForms) -> bool:
    """Whether two names of one script are told by the signs of distinctive parts that are as long as each other."""
    written = a.script == b.script and another_sign(a, b)
    return written and (a.legal != b.legal or (a.script != "latin" and len(a.stem) <= 3))


def _a_slip(a: NameForms, b: NameForms) -> bool:
    return sorted(a.stem) == sorted(b.stem) or not (is_full(a) and is_full(b))


def capped(a: NameForms, b: NameForms) -> bool:
    """Whether two names, as such, are held below the same firm whatever the model says of them: other numbers, other signs."""
    return bool(a.numbers and b.numbers and a.numbers != b.numbers) or (_by_signs(a, b) and not _a_slip(a, b))


def _first_score(found: Evidence, a: NameForms, b: NameForms, told: Weighed | None) -> tuple[bool, float]:
    """Write the likeness of two names and the score before what tells entities of one group apart; whether the brand table
    decides, and what the model says.
    """
    compare_stems(found, a, b)
    known = both_known(a, b)
    apart = known and a.brand != b.brand and not found.group
    learned = found.base if apart else min(0.98, _learned(found, a, b, told, known=known))
    if known and a.brand == b.brand and a.brand_rest != b.brand_rest and learned < UNLIKE:
        known, found.base, found.group = False, min(found.base, 0.9), True  # 天津航空能源: the brand, and more than its trade
    found.score = found.base if known else learned
    found.likeness = max(found.score, found.base if found.base >= 0.9 else 0.0)
    found.group = found.group or (not known and one_group(found, a, b))
    return known, learned


def _learned(found: Evidence, a: NameForms, b: NameForms, told: Weighed | None, *, known: bool) -> float:
    """The model's score; where only a place or a "Holdings" that one name has raises it to the same firm, that is barred."""
    score, found.features = told or weighed(a, b)
    if score >= SAME_FROM and not known and not mistyped(a, b):
        mine, yours = places_of(a, b)
        places, holding = bool((mine ^ yours) - WORLD), says_holding(a) != says_holding(b)
        if (places or holding) and not place_in_short(a, b):
            more = mine ^ yours
            bare = score_of(without(a, more, holding), without(b, more, holding))
            found.barred = bare < SAME_FROM
            score = min(score, bare) if SAME_FROM <= bare < DOUBTFUL else score
    return score


_FOR = (
    "same_core", "brand", "brand_confirmed", "same_group", "pinyin_equal", "sound", "kana_reading", "hangul_reading",
    "similar_core", "short_name", "shared_words", "shared_characters",
)  # fmt: skip


def one_group(found: Evidence, a: NameForms, b: NameForms) -> bool:
    """Whether two names that are not one firm look like one group's: the same distinctive part, or a telling beginning."""
    if found.base >= 0.9 or inside_brand(a, b) or _of_one_series(found, a, b):
        return True
    card = meeting(a, b)
    if card == "latin":
        if not a.words or a.words[:1] != b.words[:1]:
            return False
        less, more = sorted((a, b), key=lambda forms: len(forms.words))
        if len(less.words) > 1 and more.words[: len(less.words)] == less.words and is_full(more):  # China Railway Investment Co.
            return True
        alone = a.words[0] in (a.stem, b.stem)  # TS Entertainment, 北京TS娱乐技术
        return _telling(a.words[0]) or (alone and bool(a.concepts & b.concepts))
    if _letters_first(a) and _letters_first(a) == _letters_first(b):
        return True
    if card == "cross":
        return _heard_first(a, b) or is_daughter(a, b, found.features)
    shorter, longer = sorted((a.stem, b.stem), key=len)
    if len(shorter) >= 2 and longer.startswith(shorter):
        return True
    shorter, longer = sorted((a.core, b.core), key=len)
    return len(shorter) >= 3 and longer.startswith(shorter)


def _telling(word: str, least: int = 3) -> bool:
    """Whether a Latin word, of so many letters at least, names somebody."""
    return len(word) >= least and word_rarity(word) >= _TELLING


def _of_one_series(found: Evidence, a: NameForms, b: NameForms) -> bool:
    """Whether one house counts what it founds: fund No. 3, fund No. 5."""
    if not a.numbers or not b.numbers or a.numbers == b.numbers:
        return False
    return found.has("same_core", "similar_core") or _before_number(a) == _before_number(b) != ""


def _before_number(forms: NameForms) -> str:
    """What stands before the first number, when it names somebody."""
    if forms.script == "latin" and not _telling((forms.words or ("",))[0], least=1):
        return ""
    before = _COUNTED.match(forms.core)
    return before[1] if before else ""


def _letters_first(forms: NameForms) -> str:
    """The three letters or more that a name begins with, as VLT of VLT新生銀行 and VLT Leasing; "" where many names hold them."""
    found = _LETTERS.fullmatch((forms.words or ("",))[0]) if forms.script == "latin" else _LETTERS.match(forms.core)
    return found[0] if found and _telling(found[0]) else ""


def _heard_first(a: NameForms, b: NameForms) -> bool:
    """Whether the Latin name begins with a telling word that the other begins with too, as it sounds."""
    latin, other = (a, b) if a.script == "latin" else (b, a)
    first = (latin.words or ("",))[0]
    return _telling(first, least=4) and any(sound.startswith(first) for sound in other.readings)


def get_ready() -> None:
    """Read the word lists and the trees now: the first pair to be judged would wait for them."""
    judge(Subject(("深圳某某光学有限公司",)), Subject(("深圳某某科技有限公司",)))


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
