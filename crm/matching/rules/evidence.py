"""What two names have in common, in figures from 0 to 1: the features that the learned model reads. All are symmetric.

One set of features for each way two names can meet: both Han, both kana or hangul, both Latin, or two scripts.
"""

from functools import lru_cache

from rapidfuzz import fuzz
from rapidfuzz.distance import OSA, JaroWinkler, LCSseq, Levenshtein

from crm.matching.rules import wordlists
from crm.matching.rules.crossing import across
from crm.matching.rules.hearing import heard
from crm.matching.rules.initials import initials_agree
from crm.matching.rules.kinds import NameForms
from crm.matching.rules.legal import law_of
from crm.matching.rules.lexicon import Lexicon, leftover_keys, leftovers, numbers_of, shipped
from crm.matching.rules.places import places_of, says_holding
from crm.matching.rules.scripts import is_cjk

Features = dict[str, float]
RAREST = 9.0
_COMMON = 5.5


def meeting(a: NameForms, b: NameForms) -> str:
    """The way two names meet: han, kana (kana or hangul), latin or cross."""
    if a.script == b.script:
        return {"han": "han", "latin": "latin"}.get(a.script, "kana")
    return "kana" if {a.script, b.script} == {"kana", "han"} and "kana" in _scripts_shared(a, b) else "cross"


def _scripts_shared(a: NameForms, b: NameForms) -> str:
    """Kana and Han meet as one script when they share a Chinese character: リビング保証 and 日本リビング保証."""
    return "kana" if {c for c in a.core if is_cjk(c)} & {c for c in b.core if is_cjk(c)} else ""


def features_of(a: NameForms, b: NameForms, lexicon: Lexicon | None = None) -> tuple[str, Features]:
    """The way two names meet, and their features; `lexicon` None: the shipped one (training has its own)."""
    if (a.whole, a.legal, a.folded) > (b.whole, b.legal, b.folded):
        a, b = b, a
    lexicon = lexicon or shipped()
    card = meeting(a, b)
    found = _shared(a, b) | _left_over(a, b, lexicon)
    if card == "cross":
        found |= across(a, b, lexicon)
    elif card == "latin":
        found |= _written(a, b) | _latin(a, b)
    else:
        found |= _written(a, b) | _signs(a, b)
    return card, found


def _shared(a: NameForms, b: NameForms) -> Features:
    mine, yours = strong_concepts(a), strong_concepts(b)
    here, there = places_of(a, b)
    one_short = bool(a.legal in ("", "short")) != bool(b.legal in ("", "short"))
    both_short = a.legal in ("", "short") and b.legal in ("", "short")
    legal = bool(a.legal and b.legal and "short" not in (a.legal, b.legal))
    return {
        "trade_agree": len(a.concepts & b.concepts) / max(1, len(a.concepts | b.concepts)),
        "trade_conflict": float(bool(mine and yours and not mine & yours)),
        "trade_one": float(bool(mine) != bool(yours)),
        "trade_any_conflict": float(bool(a.concepts and b.concepts and not a.concepts & b.concepts)),
        "place_agree": float(bool(here & there)),
        "place_conflict": float(bool(here and there and not here & there)),
        "place_one": float(bool(here) != bool(there)),
        "bracket_differs": float(bool(a.places ^ b.places)),
        "holding": float(says_holding(a) != says_holding(b)),
        "holding_both": float(a.holding and b.holding),
        "number": float(a.numbers != b.numbers),
        "legal_differs": float(legal and a.legal != b.legal),
        "one_short": float(one_short),
        "both_short": float(both_short),
        **_of_one_brand(a, b),
    }


def _of_one_brand(a: NameForms, b: NameForms) -> Features:
    """Whether both names begin with one brand of our own table, and what stands behind it."""
    one = bool(a.brand) and a.brand == b.brand and ":" not in a.brand
    return {
        "brand_one": float(one),
        "brand_rest": float(one) * (a.brand_rest + b.brand_rest),
        "brand_tail": float(one and a.tail != b.tail),
        "brand_tail_one": float(one and bool(a.tail) != bool(b.tail)) * (2.0 - float(a.brand_rest and b.brand_rest)),
        "brand_behind": float(one and a.behind != b.behind),
        "brand_two": float(bool(a.brand and b.brand) and a.brand != b.brand and ":" not in a.brand + b.brand),
        "brand_only": float(bool(a.brand and ":" not in a.brand) != bool(b.brand and ":" not in b.brand)),
    }


def _left_over(a: NameForms, b: NameForms, lexicon: Lexicon) -> Features:
    """What only one name says, by how freely firms leave such words out; and the numbers of both."""
    one, two = numbers_of(a.folded), numbers_of(b.folded)
    found = {
        "number_agree": float(bool(one & two)),
        "number_conflict": float(bool(one and two and not one & two)),
        "number_one": float(bool(one) != bool(two)),
        "registered": float(bool(a.legal) and bool(b.legal)),
        "jsc": float(a.legal == "jsc" or b.legal == "jsc"),
        "ltd_one": float((a.legal == "ltd") != (b.legal == "ltd")),
    }
    if meeting(a, b) == "cross":
        return found
    short = a.legal in ("", "short") or b.legal in ("", "short")
    return found | unsaid(*leftovers(a, b), lexicon, short=short)


def unsaid(left: list[str], right: list[str], lexicon: Lexicon, *, short: bool) -> Features:
    """The figures of what only one of two names of one script says; `short`: one of the two is a short name."""
    odds = [lexicon.leftovers.get(key) for key in leftover_keys(left + right, short=short)]
    known = [value for value in odds if value is not None]
    rare_left, rare_right = ([leftover_rarity(word) for word in side] for side in (left, right))
    here, there = sum(rare_left), sum(rare_right)
    signs, others = len("".join(left)), len("".join(right))
    return {
        "left_worst": min(known, default=0.0),
        "left_best": max(known, default=0.0),
        "left_sum": sum(known),
        "left_unknown": float(len(odds) - len(known)),
        "left_sides": float(bool(left)) + float(bool(right)),
        "left_signs": float(min(signs, others)),
        "left_signs_all": float(signs + others),
        "left_rarest": max(*rare_left, *rare_right, 0.0, 0.0),
        "left_rarest_both": min(max(rare_left, default=0.0), max(rare_right, default=0.0)),
        "left_rare_least": min(here, there),
        "left_rare_most": max(here, there),
        "left_short": float(short),
    }


@lru_cache(maxsize=16_384)
def leftover_rarity(word: str) -> float:
    """How rare what only one name says is."""
    if word.isascii():
        return word_rarity(word)
    return max(pair_weights(word).values(), default=sign_rarity(word[:1]))


def strong_concepts(forms: NameForms) -> frozenset[str]:
    """The trades of a name that tell firms apart."""
    return forms.concepts - wordlists.weak_concepts()


def _near(a: str, b: str) -> float:
    return fuzz.ratio(a, b) / 100


def _by_length(a: str, b: str) -> tuple[str, str]:
    """The shorter one first; of two that are as long, the one that sorts first."""
    return (a, b) if (len(a), a) <= (len(b), b) else (b, a)


def _written(a: NameForms, b: NameForms) -> Features:
    """Two names in one script, letter by letter."""
    shorter, longer = _by_length(a.core, b.core)
    osa, plain_distance = OSA.distance(a.whole, b.whole), Levenshtein.distance(a.whole, b.whole)
    size = max(len(a.whole), len(b.whole), 1)
    stem_short, stem_long = _by_length(a.stem, b.stem)
    return {
        "core_ratio": _near(a.core, b.core),
        "stem_ratio": _near(a.stem, b.stem),
        "whole_ratio": _near(a.whole, b.whole),
        "core_equal": float(a.core == b.core),
        "stem_equal": float(a.stem == b.stem),
        "whole_equal": float(a.whole == b.whole),
        "one_typo": float(osa == 1) * min(1.0, size / 10),
        "near_miss": max(0.0, 1 - osa / 4) * min(1.0, size / 10),
        "swapped": float(osa == 1 and plain_distance == 2),
        "stem_prefix": float(stem_long.startswith(stem_short) and len(stem_short) >= 2),
        "core_prefix": float(longer.startswith(shorter) and len(shorter) >= 2),
        "inside": float(shorter in longer and len(shorter) >= 2),
        "same_sign_first": float(a.stem[:1] == b.stem[:1]),
        "same_sign_last": float(a.stem[-1:] == b.stem[-1:]),
        "jaro": JaroWinkler.similarity(a.stem, b.stem),
        "length_gap": (len(longer) - len(shorter)) / max(1, len(longer)),
    }


def _signs(a: NameForms, b: NameForms) -> Features:
    """Two names in Chinese characters, kana or hangul."""
    mine, yours = pair_weights(a.core), pair_weights(b.core)
    both = sum(weight for gram, weight in mine.items() if gram in yours)
    least, union = min(sum(mine.values()), sum(yours.values())), sum((mine | yours).values())
    shorter, longer = _by_length(a.core, b.core)
    whole = max((a.whole, b.whole), key=len)
    run = leading_run(a.stem, b.stem)
    short = a.legal in ("", "short") or b.legal in ("", "short")
    inside = LCSseq.similarity(shorter, whole) / max(1, len(shorter))
    rare_run = min(1.0, sum(sign_rarity(c) for c in run) / 15)
    sound = _near(a.sound, b.sound)
    equal_stem = float(a.stem == b.stem)
    return {
        "gram_inside": both / least if least else 0.0,
        "gram_jaccard": both / union if union else 0.0,
        "subsequence": float(inside == 1.0),
        "abbreviation": float(inside == 1.0 and short),
        "sign_inside": inside,
        "rare_run": rare_run,
        "rare_run_short": rare_run * short,
        "two_signs_same": float(len(run) >= 2),
        "sound": sound,
        "sound_equal": float(bool(a.sound) and a.sound == b.sound),
        "sound_not_sign": float(bool(a.sound) and a.sound == b.sound and not equal_stem),
        "stem_equal_trade": equal_stem * float(bool(a.concepts & b.concepts)),
        "stem_equal_conflict": equal_stem * float(bool(a.concepts and b.concepts and not a.concepts & b.concepts)),
        "stem_size": min(1.0, min(len(a.stem), len(b.stem)) / 6),
        "remainder": _remainder(a, b),
        "hangul": float(a.script == "hangul"),
        "prefix_short": float(longer.startswith(shorter)) * short,
        "other_sign": float(len(a.stem) == len(b.stem) and Levenshtein.distance(a.stem, b.stem) == 1),
        "other_sign_sound": float(len(a.stem) == len(b.stem) and Levenshtein.distance(a.stem, b.stem) == 1) * sound,
    }


def _remainder(a: NameForms, b: NameForms) -> float:
    """How telling what only one of the two says is (its rarest pair of signs)."""
    mine, yours = pair_weights(a.core), pair_weights(b.core)
    left = max((w for g, w in mine.items() if g not in yours), default=0.0)
    right = max((w for g, w in yours.items() if g not in mine), default=0.0)
    return min(left, right) / RAREST


@lru_cache(maxsize=65536)
def pair_weights(text: str) -> dict[str, float]:
    """The pairs of signs of a text, and how rare each is in company names."""
    pairs = wordlists.rarity()["pair"]
    return {gram: pairs.get(gram, RAREST) for gram in (text[i : i + 2] for i in range(len(text) - 1))}


def sign_rarity(sign: str) -> float:
    """How rare a sign is in company names."""
    return wordlists.rarity()["sign"].get(sign, RAREST)


def leading_run(a: str, b: str) -> str:
    """How two texts begin alike."""
    end = 0
    while end < min(len(a), len(b)) and a[end] == b[end]:
        end += 1
    return a[:end]


def word_rarity(word: str) -> float:
    """How rare a Latin word is in company names: 9 when no list has it, at most 5.5 where firms of every kind are called so."""
    rarity = wordlists.rarity()["word"].get(word, RAREST)
    return min(rarity, _COMMON) if word in wordlists.common_words() else rarity


@lru_cache(maxsize=16_384)
def word_likeness(a: str, b: str) -> float:
    """How alike two Latin words are: 1 equal, 0.85 an abbreviation (intl, mfg, tech), else their ratio above 0.8."""
    if a == b:
        return 1.0
    shorter, longer = _by_length(a, b)
    if len(shorter) >= 3 and len(longer) > len(shorter) and longer[:2] == shorter[:2] and _shortens(shorter, longer):
        return 0.85
    if len(shorter) < 4:
        return 0.0
    alike = OSA.normalized_similarity(a, b)
    return alike if alike >= 0.75 else 0.0


def _shortens(short: str, word: str) -> bool:
    if word.startswith(short):
        return True
    letters = iter(word)
    return len(short) <= 5 and short[-1] == word[-1] and all(sign in letters for sign in short)


def _word_overlap(mine: tuple[str, ...], yours: tuple[str, ...]) -> tuple[float, float, float]:
    """(weight of shared words over the lighter name's, over both names', rarest unshared on the lighter side)."""
    if not mine or not yours:
        return 0.0, 0.0, 1.0

    def covered(words: tuple[str, ...], others: tuple[str, ...]) -> tuple[float, float, float]:
        total = shared = lost = 0.0
        for word in dict.fromkeys(words):
            weight = word_rarity(word)
            best = 1.0 if word in others else max([word_likeness(word, other) for other in others])
            total, shared = total + weight, shared + weight * best
            lost = max(lost, weight * (1 - best))
        return total, shared, lost

    one, two = covered(mine, yours), covered(yours, mine)
    inside = max(one[1] / one[0], two[1] / two[0])
    return inside, (one[1] + two[1]) / (one[0] + two[0]), min(one[2], two[2]) / RAREST


def _latin(a: NameForms, b: NameForms) -> Features:
    """Two names in Latin letters, word by word."""
    inside, overall, lost = _word_overlap(a.words, b.words)
    first_a, first_b = (a.words or ("",))[0], (b.words or ("",))[0]
    first = word_likeness(first_a, first_b) if first_a and first_b else 0.0
    letters_a, letters_b = "".join(w[0] for w in a.words), "".join(w[0] for w in b.words)
    acronym = (len(letters_a) >= 3 and letters_a == b.stem) or (len(letters_b) >= 3 and letters_b == a.stem)
    ordered = fuzz.token_sort_ratio(" ".join(a.words), " ".join(b.words)) / 100
    equal_stem = float(a.stem == b.stem)
    common = wordlists.common_words()
    return {
        "word_inside": inside,
        "word_overall": overall,
        "word_lost": lost,
        "word_sorted": ordered,
        "first_word": first,
        "first_word_rare": first * word_rarity(min(first_a, first_b)) / RAREST,
        "first_word_alone": first * float(min(len(a.words), len(b.words)) == 1),
        "first_word_differs": float(first == 0.0),
        "acronym": float(acronym),
        "spelled": initials_agree(a, b),
        **_laws(a, b),
        "words_equal": float(len(a.words) > 1 and sorted(a.words) == sorted(b.words)),
        "common_first": float(first_a in common or first_b in common),
        "common_only": _common_only(a, b, common),
        "stem_equal_trade": equal_stem * float(bool(a.concepts & b.concepts)),
        "stem_equal_conflict": equal_stem * float(bool(a.concepts and b.concepts and not a.concepts & b.concepts)),
        "stem_size": min(1.0, min(len(a.stem), len(b.stem)) / 12),
        "bones": _near(a.skeleton, b.skeleton) if a.skeleton and b.skeleton else 0.0,
        "ear": _near(heard(a.stem), heard(b.stem)),
        "ear_first": _near(heard(first_a), heard(first_b)) if first_a and first_b else 0.0,
    }


def _laws(a: NameForms, b: NameForms) -> Features:
    """Whether the legal forms of two Latin names are of two countries' laws, GmbH and LLC."""
    mine, yours = law_of(a.folded), law_of(b.folded)
    return {"law_differs": float(bool(mine and yours) and mine != yours), "law_one": float(bool(mine) != bool(yours))}


def _common_only(a: NameForms, b: NameForms, common: frozenset[str]) -> float:
    """How much of what two Latin names share is words that many firms are called by: all that Summit Materials and Summit
    Therapeutics have in common.
    """
    shared = set(a.words) & set(b.words)
    return sum(word in common for word in shared) / len(shared) if shared else -1.0
