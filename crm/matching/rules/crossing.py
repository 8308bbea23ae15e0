"""What two names in two scripts have in common: how they sound, and which words translate each other. All symmetric."""

from functools import lru_cache

from rapidfuzz import fuzz
from rapidfuzz.distance import JaroWinkler

from crm.matching.rules import wordlists
from crm.matching.rules.kinds import NameForms
from crm.matching.rules.lexicon import Lexicon, grams, latin_words
from crm.matching.rules.scripts import is_han, readings, skeleton, syllables

_RAREST = 9.0


def _near(a: str, b: str) -> float:
    return fuzz.ratio(a, b) / 100


def across(a: NameForms, b: NameForms, lexicon: Lexicon) -> dict[str, float]:
    """The features of two names in two scripts."""
    latin, other = (a, b) if a.script == "latin" else (b, a)
    words = latin.words if latin.script == "latin" else ()
    pairs = [(x, y) for x in a.readings for y in b.readings]
    sound = max((_near(x, y) for x, y in pairs), default=0.0)
    bones = max((_near(x, y) for x in a.bones for y in b.bones if x and y), default=0.0)
    size = min(1.0, min((len(x) for f in (a, b) for x in f.bones[:1]), default=0) / 5)
    head = max((_near(words[0], x[: len(words[0])]) for x in other.readings), default=0.0) if words and len(words[0]) > 2 else 0.0
    shared_latin = float(len(other.latin) >= 2 and (other.latin in words or other.latin == latin.stem))
    return {
        "sound": sound,
        "sound_jaro": max((JaroWinkler.similarity(x, y) for x, y in pairs), default=0.0),
        "bones": bones,
        "bones_sized": bones * size,
        "within": max((fuzz.partial_ratio(x, y) / 100 for x, y in pairs if min(len(x), len(y)) >= 4), default=0.0),
        "first": max((_near(words[0], x) for x in other.readings), default=0.0) if words else 0.0,
        "head": head,
        "shared_latin": shared_latin,
        "lost_latin": float(len(other.latin) >= 2 and not shared_latin and other.latin not in latin.core),
        "initial": float(bool({x[:1] for x in a.readings} & {x[:1] for x in b.readings})),
        "bone_initial": float(bool({x[:1] for x in a.bones if x} & {x[:1] for x in b.bones if x})),
        "acronym": float(len(latin.stem) >= 2 and latin.stem in (other.initials, "".join(p[0] for p in other.syllables))),
        "kana": float(other.script == "kana"),
        "hangul": float(other.script == "hangul"),
        "stem_size": min(1.0, min(len(a.stem), len(b.stem)) / 6),
        "word_count": min(1.0, len(words) / 5),
        **_explained(latin, other, lexicon),
    }


@lru_cache(maxsize=65536)
def _spoken(text: str, japanese: bool | None) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The Latin readings of a name in signs, and their consonants."""
    heard = readings(text, japanese=japanese)[:3]
    return heard, tuple(skeleton((sound,), han=False) for sound in heard)


@lru_cache(maxsize=65536)
def _bones_of(word: str) -> str:
    return skeleton((word,), han=False)


@lru_cache(maxsize=65536)
def _syllable(sign: str) -> str:
    return "".join(syllables(sign))


def _explained(latin: NameForms, other: NameForms, lexicon: Lexicon) -> dict[str, float]:
    """How much of each name the other explains, by sound or by meaning, and the most telling word left unexplained."""
    words = latin_words(latin.folded)
    text = other.whole
    japanese = True if other.script == "kana" or "株式" in other.folded or "(株)" in other.folded else None
    heard, bones = _spoken(text, japanese)
    pieces = grams(text)
    by_meaning: dict[str, float] = {}
    signs = [0.0] * len(text)
    expected = [0.0] * len(text)
    present = set(words)
    for gram, at in pieces:
        known = lexicon.meanings.get(gram)
        if known:
            best, most = 0.0, 0.0
            for word, share in known.items():
                most = max(most, share)
                if word in present:
                    best = max(best, share)
                    by_meaning[word] = max(by_meaning.get(word, 0.0), share)
            for i in range(at, at + len(gram)):
                signs[i], expected[i] = max(signs[i], best), max(expected[i], most)
    total = covered = meant = 0.0
    lost = lost_second = rarest = rarest_heard = 0.0
    for word in dict.fromkeys(words):
        weight = wordlists.rarity()["word"].get(word, _RAREST)
        meaning = by_meaning.get(word, 0.0)
        sounding = 0.0
        if len(word) >= 3:
            sounding = max((fuzz.partial_ratio(word, sound) for sound in heard if len(sound) >= 3), default=0.0) / 100
            lean = _bones_of(word)
            if len(lean) >= 3:
                sounding = max(sounding, max((fuzz.partial_ratio(lean, b) for b in bones if len(b) >= 3), default=0.0) / 110)
        elif any(word in sound for sound in heard) or word in other.latin:
            sounding = 0.7
        sounding = max(0.0, sounding - 0.5) * 2
        best = max(meaning, sounding)
        total, covered, meant = total + weight, covered + weight * best, meant + weight * meaning
        if weight >= rarest:
            rarest, rarest_heard = weight, max(best, rarest_heard if weight == rarest else 0.0)
        missing = weight * (1 - best)
        if missing > lost:
            lost, lost_second = missing, lost
        elif missing > lost_second:
            lost_second = missing
    flat = "".join(words)
    for i in range(len(text) - 1):
        run = _syllable(text[i]) + _syllable(text[i + 1])
        if len(run) >= 3 and run in flat:
            signs[i] = signs[i + 1] = max(signs[i], signs[i + 1], 1.0 if is_han(text[i]) else 0.9)
    weights = [wordlists.rarity()["sign"].get(sign, _RAREST) for sign in text]
    unsaid = [max(0.0, e - s) for e, s in zip(expected, signs, strict=True)]
    return {
        "words_explained": covered / total if total else 0.0,
        "words_meant": meant / total if total else 0.0,
        "word_lost": lost / _RAREST,
        "word_lost_second": lost_second / _RAREST,
        "rarest_heard": rarest_heard,
        "signs_explained": sum(w * s for w, s in zip(weights, signs, strict=True)) / (sum(weights) or 1),
        "signs_unsaid": sum(unsaid) / max(1, len(text)),
        "sign_lost": max(unsaid, default=0.0),
        "signs_open": min(1.0, sum(s < 0.3 for s in signs) / 6),
        "flat_sound": max((_near(flat, sound) for sound in heard), default=0.0),
    }
