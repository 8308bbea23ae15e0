"""What two names in two scripts have in common: how they sound, and which words translate each other. All symmetric."""

from functools import lru_cache

from rapidfuzz import fuzz
from rapidfuzz.distance import JaroWinkler

from crm.matching.rules import wordlists
from crm.matching.rules.hearing import heard as by_ear
from crm.matching.rules.initials import initials_agree
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
        "spelled": initials_agree(a, b),
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
    japanese = True if other.script == "kana" or "株式" in other.folded or "(株)" in other.folded else None
    heard = _spoken(other.whole, japanese)
    by_meaning, signs, expected = _translated(words, other.whole, lexicon)
    flat = "".join(words)
    rest = _rest(latin, other, by_meaning, signs, japanese)
    _mark_heard(signs, other.whole, flat)
    weights = [wordlists.rarity()["sign"].get(sign, _RAREST) for sign in other.whole]
    unsaid = [max(0.0, e - s) for e, s in zip(expected, signs, strict=True)]
    return {
        **_words_explained(words, by_meaning, heard, other.latin),
        "signs_explained": sum(w * s for w, s in zip(weights, signs, strict=True)) / (sum(weights) or 1),
        "signs_unsaid": sum(unsaid) / max(1, len(other.whole)),
        "sign_lost": max(unsaid, default=0.0),
        "signs_open": min(1.0, sum(s < 0.3 for s in signs) / 6),
        "flat_sound": max((_near(flat, sound) for sound in heard[0]), default=0.0),
        **rest,
    }


_MEANT = 0.3  # a word or a sign of which this much is explained by its meaning


def _rest(
    latin: NameForms, other: NameForms, by_meaning: dict[str, float], signs: list[float], japanese: bool | None
) -> dict[str, float]:
    """What no meaning explains, places aside, must be one name in two spellings: how alike the two sound."""
    words = [word for word in latin.words if by_meaning.get(word, 0.0) < _MEANT]
    at = max(other.whole.find(other.core), 0)
    text = "".join(s for s, meant in zip(other.whole[at : at + len(other.core)], signs[at:], strict=False) if meant < _MEANT)
    run = "".join(words)
    both, either = bool(run and text), bool(run or text)
    sounds = _spoken(text, japanese)[0] if both else ()
    ear = by_ear(run)
    taken = [by_ear(sound) for sound in sounds]
    first = by_ear(words[0]) if both else ""
    return {
        "rest_sound": max((_near(run, sound) for sound in sounds), default=0.0) if both else float(not either),
        "rest_ear": max((_near(ear, sound) for sound in taken), default=0.0) if both else float(not either),
        "rest_part": max((fuzz.partial_ratio(ear, t) / 100 for t in taken if min(len(t), len(ear)) >= 2), default=0.0),
        "rest_first": max((_near(first, sound[: len(first) + 1]) for sound in taken), default=0.0),
        "rest_sides": float(bool(run)) + 2 * float(bool(text)),
        "rest_signs": min(1.0, len(text) / 6),
        "rest_letters": min(1.0, len(run) / 12),
        "ear": max((_near(by_ear(latin.stem), by_ear(sound)) for sound in other.readings), default=0.0),
    }


def _translated(words: tuple[str, ...], text: str, lexicon: Lexicon) -> tuple[dict[str, float], list[float], list[float]]:
    """By meaning: how well each word is explained; each sign by these words; each sign by the best word there is."""
    by_meaning: dict[str, float] = {}
    signs, expected = [0.0] * len(text), [0.0] * len(text)
    for gram, at in grams(text):
        known = lexicon.meanings.get(gram)
        if not known:
            continue
        said = {word: known[word] for word in words if word in known}
        for word, share in said.items():
            by_meaning[word] = max(by_meaning.get(word, 0.0), share)
        best, most = max(said.values(), default=0.0), max(known.values())
        for i in range(at, at + len(gram)):
            signs[i], expected[i] = max(signs[i], best), max(expected[i], most)
    return by_meaning, signs, expected


def _mark_heard(signs: list[float], text: str, flat: str) -> None:
    """Signs of which two in a row are spelled out in the Latin name are explained."""
    for i in range(len(text) - 1):
        run = _syllable(text[i]) + _syllable(text[i + 1])
        if len(run) >= 3 and run in flat:
            signs[i] = signs[i + 1] = max(signs[i], signs[i + 1], 1.0 if is_han(text[i]) else 0.9)


def _sounding(word: str, heard: tuple[tuple[str, ...], tuple[str, ...]], latin: str) -> float:
    """How well a word is heard in the readings of the other name, 0 to 1."""
    sounds, bones = heard
    found = 0.0
    if len(word) >= 3:
        found = max((fuzz.partial_ratio(word, sound) for sound in sounds if len(sound) >= 3), default=0.0) / 100
        lean = _bones_of(word)
        if len(lean) >= 3:
            found = max(found, max((fuzz.partial_ratio(lean, b) for b in bones if len(b) >= 3), default=0.0) / 110)
    elif any(word in sound for sound in sounds) or word in latin:
        found = 0.7
    return max(0.0, found - 0.5) * 2


def _words_explained(
    words: tuple[str, ...], by_meaning: dict[str, float], heard: tuple[tuple[str, ...], tuple[str, ...]], latin: str
) -> dict[str, float]:
    total = covered = meant = rarest = rarest_heard = 0.0
    missing = [0.0, 0.0]
    for word in dict.fromkeys(words):
        weight = wordlists.rarity()["word"].get(word, _RAREST)
        meaning = by_meaning.get(word, 0.0)
        best = max(meaning, _sounding(word, heard, latin))
        total, covered, meant = total + weight, covered + weight * best, meant + weight * meaning
        if weight >= rarest:
            rarest, rarest_heard = weight, max(best, rarest_heard if weight == rarest else 0.0)
        missing.append(weight * (1 - best))
    lost_second, lost = sorted(missing)[-2:]
    return {
        "words_explained": covered / total if total else 0.0,
        "words_meant": meant / total if total else 0.0,
        "word_lost": lost / _RAREST,
        "word_lost_second": lost_second / _RAREST,
        "rarest_heard": rarest_heard,
    }
