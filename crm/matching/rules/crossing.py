"""What two names in two scripts have in common: how they sound, and which words translate each other. All symmetric."""

import re
from functools import lru_cache

from rapidfuzz import fuzz, process
from rapidfuzz.distance import JaroWinkler
from rapidfuzz.fuzz import ratio

from crm.matching.rules import wordlists
from crm.matching.rules.hearing import heard as by_ear
from crm.matching.rules.hearing import in_english
from crm.matching.rules.initials import initials_agree
from crm.matching.rules.kinds import NameForms
from crm.matching.rules.lexicon import Lexicon, is_run, latin_words
from crm.matching.rules.scripts import every_reading, is_han, readings, skeleton, syllables

RAREST = 9.0


def across(a: NameForms, b: NameForms, lexicon: Lexicon) -> dict[str, float]:
    """The features of two names in two scripts."""
    latin, other = (a, b) if a.script == "latin" else (b, a)
    words = latin.words if latin.script == "latin" else ()
    pairs = [(x, y) for x in a.readings for y in b.readings]
    sound = max([ratio(x, y) for x, y in pairs], default=0.0) / 100
    bones = max([ratio(x, y) for x in a.bones if x for y in b.bones if y], default=0.0) / 100
    size = min(1.0, min((len(x) for f in (a, b) for x in f.bones[:1]), default=0) / 5)
    in_front = [ratio(words[0], x[: len(words[0])]) for x in other.readings] if words and len(words[0]) > 2 else []
    shared_latin = float(len(other.latin) >= 2 and (other.latin in words or other.latin == latin.stem))
    return {
        "sound": sound,
        "sound_jaro": max([JaroWinkler.similarity(x, y) for x, y in pairs], default=0.0),
        "bones": bones,
        "bones_sized": bones * size,
        "within": max([fuzz.partial_ratio(x, y) for x, y in pairs if len(x) >= 4 and len(y) >= 4], default=0.0) / 100,
        "first": max([ratio(words[0], x) for x in other.readings], default=0.0) / 100 if words else 0.0,
        "head": max(in_front, default=0.0) / 100,
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
def spoken(text: str, japanese: bool | None) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The Latin readings of a name in signs, and their consonants."""
    heard = readings(text, japanese=japanese)[:3]
    return heard, tuple(skeleton((sound,), han=False) for sound in heard)


@lru_cache(maxsize=65536)
def bones_of_word(word: str) -> str:
    """The consonants of a Latin word."""
    return skeleton((word,), han=False)


@lru_cache(maxsize=16_384)
def _spelled(sign: str, japanese: bool | None) -> tuple[str, ...]:
    """How a sign may be spelled."""
    return ("".join(syllables(sign)), *(every_reading(sign) if japanese is not False else ()))


@lru_cache(maxsize=65536)
def _runs_of(two: str, japanese: bool | None) -> tuple[str, ...]:
    """How two signs in a row may be spelled: at least three letters."""
    first, second = (_spelled(sign, japanese) for sign in two)
    return tuple(dict.fromkeys(one + other for one in first for other in second if len(one + other) >= 3))


@lru_cache(maxsize=65536)
def ears_of(text: str, japanese: bool | None) -> tuple[str, ...]:
    """All the ways an ear may take a text in signs: pinyin as others spell it, every Japanese reading."""
    sounds = [*readings(text, japanese=japanese)[:3], *(every_reading(text) if japanese is not False else ())]
    sounds += [_PINYIN_C.sub("ts", sound.replace("x", "sh")) for sound in sounds[:1]]
    return tuple(dict.fromkeys(by_ear(sound) for sound in sounds))


_PINYIN_C = re.compile("c(?!h)")


@lru_cache(maxsize=65536)
def ears_cut(text: str, japanese: bool | None, length: int) -> tuple[str, ...]:
    """The beginnings of all those ways."""
    return tuple(dict.fromkeys(sound[:length] for sound in ears_of(text, japanese)))


def nearest_of(sound: str, others: tuple[str, ...]) -> float:
    """How near the nearest of some sounds is, 0 to 1."""
    found = process.extractOne(sound, others, scorer=fuzz.ratio)
    return found[1] / 100 if found else 0.0


@lru_cache(maxsize=65536)
def rarity_of_words(words: tuple[str, ...]) -> float:
    """How rare what is left of a Latin name is."""
    return sum(wordlists.rarity()["word"].get(word, RAREST) for word in dict.fromkeys(words)) / (3 * RAREST)


@lru_cache(maxsize=65536)
def rarity_of_signs(text: str) -> float:
    """How rare what is left of a name in signs is."""
    return sum(wordlists.rarity()["sign"].get(sign, RAREST) for sign in dict.fromkeys(text)) / (6 * RAREST)


def _explained(latin: NameForms, other: NameForms, lexicon: Lexicon) -> dict[str, float]:
    """How much of each name the other explains, by sound or by meaning, and the most telling word left unexplained."""
    hangul, whole = other.script == "hangul", other.whole
    words = words_apart(latin.folded, hangul, lexicon)
    japanese = is_japanese(other.script, other.folded)
    heard = spoken(whole, japanese)
    by_meaning, signs = translated(words, whole, lexicon)
    expected, weights, weight = signs_of_name(whole, lexicon)
    flat = "".join(words)
    rest = _rest(latin, other, by_meaning, signs, japanese)
    letters = letters_explained(words, by_meaning, mark_heard(signs, whole, flat, japanese))
    best = {word: max(by_meaning.get(word, 0.0), _sounding(word, heard, other.latin)) for word in dict.fromkeys(words)}
    unsaid = [e - s if e > s else 0.0 for e, s in zip(expected, signs, strict=True)]
    return {
        **_words_explained(best, by_meaning),
        **_words_unsaid(best, lexicon.said(hangul=hangul)),
        **letters,
        "signs_explained": sum([w * s for w, s in zip(weights, signs, strict=True)]) / weight,
        "signs_unsaid": sum(unsaid) / max(1, len(whole)),
        "sign_lost": max(unsaid, default=0.0),
        "signs_open": min(1.0, sum([s < 0.3 for s in signs]) / 6),
        "flat_sound": max([ratio(flat, sound) for sound in heard[0]], default=0.0) / 100,
        **rest,
    }


@lru_cache(maxsize=16_384)
def signs_of_name(text: str, lexicon: Lexicon) -> tuple[tuple[float, ...], tuple[float, ...], float]:
    """Of each sign of a name: how well the best word there is explains it, and how rare it is; the sum of the latter, or 1."""
    expected = [0.0] * len(text)
    for _known, most, at, end in known_runs(text, lexicon):
        for i in range(at, end):
            expected[i] = max(expected[i], most)
    rarity = wordlists.rarity()["sign"]
    weights = tuple(rarity.get(sign, RAREST) for sign in text)
    return tuple(expected), weights, sum(weights) or 1


@lru_cache(maxsize=16_384)
def known_runs(text: str, lexicon: Lexicon) -> tuple[tuple[dict[str, float], float, int, int], ...]:
    """The runs of signs of a name that may stand for words: which how often, how often the likeliest, from where to where."""
    ends = [(at, at + n) for n in (1, 2, 3, 4) for at in range(len(text) - n + 1) if text[at : at + n] in lexicon.meanings]
    runs = [(lexicon.meanings[text[at:end]], at, end) for at, end in ends if is_run(text[at:end])]
    return tuple([(known, max(known.values()), at, end) for known, at, end in runs if known])


def is_japanese(script: str, folded: str) -> bool | None:
    """Whether a name is read the Japanese way; None: nothing tells."""
    if script == "kana" or "株式" in folded or "(株)" in folded:
        return True
    return False if script == "hangul" or any(word in folded for word in ("公司", "集团", "股份")) else None


def _words_unsaid(best: dict[str, float], said: dict[str, float]) -> dict[str, float]:
    """The words of which one knows what they are called in the other script, and that are not there: ferry without 轮渡."""
    unsaid = [max(0.0, said.get(word, 0.0) - found) for word, found in best.items()]
    return {"word_unsaid": max(unsaid, default=0.0), "words_unsaid": min(1.0, sum(unsaid) / 3)}


def letters_explained(words: tuple[str, ...], by_meaning: dict[str, float], heard: set[str]) -> dict[str, float]:
    """How many of the Latin letters stand for signs, by meaning or spelled out, and the longest run that does not."""
    flat, at = "".join(words), 0
    known = bytearray(len(flat))
    for word in words:
        if by_meaning.get(word, 0.0) >= MEANT:
            known[at : at + len(word)] = b"\1" * len(word)
        at += len(word)
    for run in heard:
        start = flat.find(run)
        while start >= 0:
            known[start : start + len(run)] = b"\1" * len(run)
            start = flat.find(run, start + 1)
    return {
        "letters_explained": sum(known) / max(1, len(flat)),
        "letters_open": min(1.0, max(map(len, known.split(b"\1"))) / 12),
    }


LITERAL = 0.6  # how surely a single sign is said by its word
MEANT = 0.3  # a word or a sign of which this much is explained by its meaning


def _rest(
    latin: NameForms, other: NameForms, by_meaning: dict[str, float], signs: list[float], japanese: bool | None
) -> dict[str, float]:
    """What no meaning explains, places aside, must be one name in two spellings: how alike the two sound."""
    words = [word for word in latin.words if by_meaning.get(word, 0.0) < MEANT]
    at = max(other.whole.find(other.core), 0)
    text = "".join([s for s, meant in zip(other.whole[at : at + len(other.core)], signs[at:], strict=False) if meant < MEANT])
    run = "".join(words)
    both, either = bool(run and text), bool(run or text)
    sounds = readings(text, japanese=japanese)[:3] if both else ()
    ear = by_ear(run)
    taken = [by_ear(sound) for sound in sounds]
    first = by_ear(words[0]) if both else ""
    english = by_ear("".join(map(in_english, words))) if both else ""
    rare_words, rare_signs = rarity_of_words(tuple(words)), rarity_of_signs(text)
    return {
        "rest_every": nearest_of(ear, ears_of(text, japanese)) if both else float(not either),
        "rest_every_first": nearest_of(first, ears_cut(text, japanese, len(first) + 1)) if both else 0.0,
        "rest_rare_words": rare_words,
        "rest_rare_signs": rare_signs,
        "rest_rare_both": min(rare_words, rare_signs),
        "rest_in_front": float(both and words[0] == latin.words[0] and text[0] == other.core[:1]),
        "rest_sound": max([ratio(run, sound) for sound in sounds], default=0.0) / 100 if both else float(not either),
        "rest_ear": max([ratio(ear, sound) for sound in taken], default=0.0) / 100 if both else float(not either),
        "rest_english": max([ratio(english, sound) for sound in taken], default=0.0) / 100 if both else float(not either),
        "rest_best": max([ratio(said, t) for said in (english, ear) for t in taken], default=0.0) / 100
        if both
        else float(not either),
        "rest_part": max([fuzz.partial_ratio(ear, t) for t in taken if min(len(t), len(ear)) >= 2], default=0.0) / 100,
        "rest_first": max([ratio(first, sound[: len(first) + 1]) for sound in taken], default=0.0) / 100,
        "rest_sides": float(bool(run)) + 2 * float(bool(text)),
        "rest_signs": min(1.0, len(text) / 6),
        "rest_letters": min(1.0, len(run) / 12),
        "ear": max([ratio(by_ear(latin.stem), by_ear(sound)) for sound in other.readings], default=0.0) / 100,
    }


def translated(words: tuple[str, ...], text: str, lexicon: Lexicon) -> tuple[dict[str, float], list[float]]:
    """By meaning: how well each word is explained; each sign by these words."""
    by_meaning: dict[str, float] = {}
    signs = [0.0] * len(text)
    asked = tuple(dict.fromkeys(words))
    for known, _most, at, end in known_runs(text, lexicon):
        for word in asked:
            share = known.get(word)
            if share is not None:
                by_meaning[word] = max(by_meaning.get(word, 0.0), share)
                for i in range(at, end):
                    signs[i] = max(signs[i], share)
    for word in words:  # 红相, Red phase: said so now and then, so nobody misses it
        literal = wordlists.signs_of(word)
        for at in [at for at, sign in enumerate(text) if sign in literal] if literal else ():
            by_meaning[word], signs[at] = max(LITERAL, by_meaning.get(word, 0.0)), max(LITERAL, signs[at])
    return by_meaning, signs


@lru_cache(maxsize=65536)
def words_apart(folded: str, hangul: bool, lexicon: Lexicon) -> tuple[str, ...]:
    """The words of a folded Latin name, a known word glued to an unknown one apart."""
    return tuple(part for word in latin_words(folded) for part in _apart(word, hangul, lexicon))


def _apart(word: str, hangul: bool, lexicon: Lexicon) -> tuple[str, ...]:
    """A word that no list knows, with a known one at its end apart: doctorglasses, bcworldpharm."""
    if len(word) < 7 or word in wordlists.rarity()["word"]:
        return (word,)
    said = lexicon.said(hangul=hangul)
    end = next((at for at in range(2, len(word) - 3) if word[at:] in said), 0)
    return (word[:end], word[end:]) if end and word not in said else (word,)


def mark_heard(signs: list[float], text: str, flat: str, japanese: bool | None) -> set[str]:
    """Signs of which two in a row are spelled out in the Latin name are explained; the runs of letters that do."""
    heard = set()
    for i, runs in enumerate(runs_along(text, japanese)):
        found = [run for run in runs if run in flat]
        if found:
            heard.update(found)
            signs[i] = signs[i + 1] = max(signs[i], signs[i + 1], 1.0 if is_han(text[i]) else 0.9)
    return heard


@lru_cache(maxsize=16_384)
def runs_along(text: str, japanese: bool | None) -> tuple[tuple[str, ...], ...]:
    """Of each two signs in a row of a name, how they may be spelled."""
    return tuple(_runs_of(text[i : i + 2], japanese) for i in range(len(text) - 1))


def _sounding(word: str, heard: tuple[tuple[str, ...], tuple[str, ...]], latin: str) -> float:
    """How well a word is heard in the readings of the other name, 0 to 1."""
    sounds, bones = heard
    found = 0.0
    if len(word) >= 3:
        found = max([fuzz.partial_ratio(word, sound) for sound in sounds if len(sound) >= 3], default=0.0) / 100
        lean = bones_of_word(word)
        if len(lean) >= 3:
            found = max(found, max([fuzz.partial_ratio(lean, b) for b in bones if len(b) >= 3], default=0.0) / 110)
    elif any(word in sound for sound in sounds):
        found = 0.7
    if word in latin and len(word) > 1:
        found = 1.0 if word == latin else max(found, 0.9)
    return max(0.0, found - 0.5) * 2


def _words_explained(best: dict[str, float], by_meaning: dict[str, float]) -> dict[str, float]:
    total = covered = meant = rarest = rarest_heard = 0.0
    missing = [0.0, 0.0]
    rarity = wordlists.rarity()["word"]
    for word, found in best.items():
        weight = rarity.get(word, RAREST)
        total, covered, meant = total + weight, covered + weight * found, meant + weight * by_meaning.get(word, 0.0)
        if weight >= rarest:
            rarest, rarest_heard = weight, max(found, rarest_heard if weight == rarest else 0.0)
        missing.append(weight * (1 - found))
    lost_second, lost = sorted(missing)[-2:]
    return {
        "words_explained": covered / total if total else 0.0,
        "words_meant": meant / total if total else 0.0,
        "word_lost": lost / RAREST,
        "word_lost_second": lost_second / RAREST,
        "rarest_heard": rarest_heard,
    }
