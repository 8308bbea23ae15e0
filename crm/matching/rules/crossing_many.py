"""The features of many pairs of names in two scripts at once, on columns: `crossing`'s figures, equal to the last bit.

It loads numpy.
"""

from array import array
from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np
from rapidfuzz import fuzz
from rapidfuzz.distance import JaroWinkler

from crm.matching.rules import wordlists
from crm.matching.rules.crossing import (
    MEANT,
    RAREST,
    bones_of_word,
    ears_cut,
    ears_of,
    is_japanese,
    letters_explained,
    mark_heard,
    nearest_of,
    rarity_of_signs,
    rarity_of_words,
    signs_of_name,
    spoken,
    translated,
    words_apart,
)
from crm.matching.rules.evidence_many import Columns, Pairs, figure, scored
from crm.matching.rules.hearing import heard as by_ear
from crm.matching.rules.hearing import in_english
from crm.matching.rules.initials import among_heads
from crm.matching.rules.lexicon import Lexicon
from crm.matching.rules.names_many import Codes, Column, Names, Told
from crm.matching.rules.pairing import Ints
from crm.matching.rules.scripts import readings


class _Best:
    """Texts to be scored beside each other, and which pair each two are of: the best score of each pair, 0 where none is."""

    def __init__(self) -> None:
        self._number, self._one, self._two = array("q"), list[str](), list[str]()

    def add(self, number: int, one: str, others: Sequence[str]) -> None:
        """A text of a pair, beside each of the others."""
        self._number.extend([number] * len(others))
        self._one.extend([one] * len(others))
        self._two.extend(others)

    def __call__(self, count: int, scorer: Any = fuzz.ratio) -> Column:
        return _best(count, np.array(self._number, np.int64), self._one, self._two, scorer)


def _best(count: int, number: Ints, one: list[str], two: list[str], scorer: Any) -> Column:
    found = np.zeros(count)
    np.maximum.at(found, number, scored(one, two, scorer))
    return found


def _looked_up(table: dict[str, float], word: str) -> float:
    return table.get(word, 0.0)


class Crossing:
    """The figures of two names in two scripts."""

    def __init__(self, names: Names, lexicon: Lexicon) -> None:
        """Of these names."""
        self._names, self._lexicon = names, lexicon
        self._in_common = {name: Told(names.values[name], lambda x, y: (float(bool(x & y)),)) for name in ("begin", "bone")}

    def __call__(self, pairs: Pairs) -> Columns:
        """`across` of each pair."""
        names = self._names
        turned = ~names.latin[pairs.a]
        latin, other = np.where(turned, pairs.b, pairs.a), np.where(turned, pairs.a, pairs.b)
        return (
            self._sounds(pairs, latin, other)
            | self._written(pairs, latin, other)
            | _Explained(names, self._lexicon)(latin, other)
        )

    def _sounds(self, pairs: Pairs, latin: Ints, other: Ints) -> Columns:
        """How the distinctive parts sound."""
        names, count = self._names, len(pairs)
        readings, bones = names.readings, names.bones
        _at, pair, mine, yours = readings.beside(pairs.a, pairs.b)
        one, two = readings.texts[mine].tolist(), readings.texts[yours].tolist()
        long = [at for at, (x, y) in enumerate(zip(one, two, strict=True)) if len(x) >= 4 and len(y) >= 4]
        within = _best(count, pair[long], [one[at] for at in long], [two[at] for at in long], fuzz.partial_ratio)
        _at, boned, my_bones, your_bones = bones.beside(pairs.a, pairs.b)
        lean, lean_two = bones.texts[my_bones].tolist(), bones.texts[your_bones].tolist()
        full = [at for at, (x, y) in enumerate(zip(lean, lean_two, strict=True)) if x and y]
        bone = _best(count, boned[full], [lean[at] for at in full], [lean_two[at] for at in full], fuzz.ratio) / 100
        sizes = np.array([names.first_bone[pairs.a], names.first_bone[pairs.b]], np.float64)
        least = np.where(sizes < 0, np.inf, sizes).min(axis=0)
        sized = np.minimum(1.0, np.where(np.isinf(least), 0.0, least) / 5)
        spoken_by, sounds = readings.of(other)
        heard = readings.texts[sounds].tolist()
        words = names.values["words"].values
        first = [words[code] for code in np.where(names.latin[latin], names.first_word[latin], 0)[spoken_by].tolist()]
        told = [at for at, word in enumerate(first) if word]
        front = [at for at in told if len(first[at]) > 2]
        by_first = _best(count, spoken_by[told], [first[at] for at in told], [heard[at] for at in told], fuzz.ratio)
        by_head = _best(
            count, spoken_by[front], [first[at] for at in front], [heard[at][: len(first[at])] for at in front], fuzz.ratio
        )
        ears = [
            ear if is_latin else by_ear(stem)
            for ear, stem, is_latin in zip(
                names.text["ear"][latin].tolist(), names.text["stem"][latin].tolist(), names.latin[latin].tolist(), strict=True
            )
        ]
        taken = [by_ear(sound) for sound in heard]
        return {
            "sound": _best(count, pair, one, two, fuzz.ratio) / 100,
            "sound_jaro": _best(count, pair, one, two, JaroWinkler.similarity), "bones": bone, "bones_sized": bone * sized,
            "within": within / 100, "first": by_first / 100, "head": by_head / 100,
            "initial": self._in_common["begin"](*pairs.code("begin"))[0],
            "bone_initial": self._in_common["bone"](*pairs.code("bone"))[0],
            "ear": _best(count, spoken_by, [ears[at] for at in spoken_by.tolist()], taken, fuzz.ratio) / 100,
        }  # fmt: skip

    def _written(self, pairs: Pairs, latin: Ints, other: Ints) -> Columns:
        """Latin letters in the other name, initials, sizes."""
        names, text = self._names, self._names.text
        stems, owns = text["stem"][latin].tolist(), text["latin"][other].tolist()
        is_latin = names.latin[latin]
        shared, lost = np.zeros(len(pairs)), np.zeros(len(pairs))
        for at in [at for at, own in enumerate(owns) if len(own) >= 2]:
            words = names.words_of(int(latin[at])) if is_latin[at] else []
            shared[at] = owns[at] in words or owns[at] == stems[at]
            lost[at] = not shared[at] and owns[at] not in text["core"][latin[at]]
        spelled = np.zeros(len(pairs))
        initials, letters = text["initials"][other].tolist(), text["letters"][other].tolist()
        heads, signs = text["heads"][latin].tolist(), text["heads"][other].tolist()
        for at in [at for at, sign in enumerate(signs) if is_latin[at] and 2 <= len(sign) <= 6]:
            spelled[at] = 1.0 if signs[at] == stems[at] else among_heads(signs[at], heads[at])
        acronym = [len(x) >= 2 and x in (y, z) for x, y, z in zip(stems, initials, letters, strict=True)]
        script, scripts = names.code["script"][other], names.values["script"]
        return {
            "shared_latin": shared, "lost_latin": lost, "acronym": figure(acronym), "spelled": spelled,
            "kana": figure(script == scripts.of("kana")), "hangul": figure(script == scripts.of("hangul")),
            "stem_size": np.minimum(1.0, np.minimum(names.stem_size[latin], names.stem_size[other]) / 6),
            "word_count": np.minimum(1.0, np.where(is_latin, names.word_count[latin], 0) / 5),
        }  # fmt: skip


_REST = (
    "rest_every",
    "rest_every_first",
    "rest_rare_words",
    "rest_rare_signs",
    "rest_in_front",
    "rest_sides",
    "rest_signs",
    "rest_letters",
)


class _Explained:
    """How much of each name the other explains, by sound or by meaning, and the most telling word left unexplained."""

    def __init__(self, names: Names, lexicon: Lexicon) -> None:
        self._names, self._lexicon = names, lexicon
        self._words = Codes()
        self._of, self._word, self._meant = array("q"), array("q"), array("d")  # the words of each pair, each once
        self._hangul = array("b")
        self._sign_of, self._sign, self._expected, self._weight = array("q"), array("d"), array("d"), array("d")
        self._heard, self._lean, self._flat = _Best(), _Best(), _Best()
        self._said, self._ear, self._english, self._part, self._first = (_Best() for _ in range(5))
        self._rows: list[tuple[float, ...]] = []
        self._letters: list[tuple[float, ...]] = []
        self._floor = array("d")  # of each word: heard without being compared
        self._both = array("b")
        self._either = array("b")
        self._total = array("d")

    def __call__(self, latin: Ints, other: Ints) -> Columns:
        text, scripts = self._names.text, self._names.values["script"].values
        sides = zip(
            text["folded"][latin].tolist(), latin.tolist(), text["whole"][other].tolist(), text["core"][other].tolist(),
            text["folded"][other].tolist(), text["latin"][other].tolist(), self._names.code["script"][other].tolist(),
            strict=True,
        )  # fmt: skip
        for number, (folded, name, whole, core, other_folded, own, script) in enumerate(sides):
            japanese = is_japanese(scripts[script], other_folded)
            self._pair(number, folded, name, whole, core, own, scripts[script] == "hangul", japanese)
        return self._columns(len(latin))

    def _pair(
        self, number: int, folded: str, name: int, whole: str, core: str, own: str, hangul: bool, japanese: bool | None
    ) -> None:
        words = words_apart(folded, hangul, self._lexicon)
        by_meaning, signs = translated(words, whole, self._lexicon)
        flat = "".join(words)
        self._rest(number, name, whole, core, by_meaning, signs, japanese)
        self._letters.append(tuple(letters_explained(words, by_meaning, mark_heard(signs, whole, flat, japanese)).values()))
        sounds, bones = spoken(whole, japanese)
        self._flat.add(number, flat, sounds)
        for word in dict.fromkeys(words):
            at = len(self._word)
            self._of.append(number)
            self._word.append(self._words.of(word))
            self._meant.append(by_meaning.get(word, 0.0))
            self._hangul.append(hangul)
            floor = 0.0
            if len(word) >= 3:
                self._heard.add(at, word, [sound for sound in sounds if len(sound) >= 3])
                lean = bones_of_word(word)
                if len(lean) >= 3:
                    self._lean.add(at, lean, [bone for bone in bones if len(bone) >= 3])
            elif any(word in sound for sound in sounds):
                floor = 0.7
            if len(word) > 1 and word in own:
                floor = 1.0 if word == own else max(floor, 0.9)
            self._floor.append(floor)
        expected, weights, total = signs_of_name(whole, self._lexicon)
        self._sign_of.extend([number] * len(signs))
        self._sign.extend(signs)
        self._expected.extend(expected)
        self._weight.extend(weights)
        self._total.append(total)

    def _rest(
        self,
        number: int,
        name: int,
        whole: str,
        core: str,
        by_meaning: dict[str, float],
        signs: list[float],
        japanese: bool | None,
    ) -> None:
        all_words = self._names.all_words_of(name)
        words = [word for word in all_words if by_meaning.get(word, 0.0) < MEANT]
        at = max(whole.find(core), 0)
        text = "".join([s for s, meant in zip(whole[at : at + len(core)], signs[at:], strict=False) if meant < MEANT])
        run = "".join(words)
        both, either = bool(run and text), bool(run or text)
        every = float(not either)
        every_first = in_front = 0.0
        if both:
            ear, first, english = by_ear(run), by_ear(words[0]), by_ear("".join(map(in_english, words)))
            sounds = readings(text, japanese=japanese)[:3]
            taken = [by_ear(sound) for sound in sounds]
            self._said.add(number, run, sounds)
            self._ear.add(number, ear, taken)
            self._english.add(number, english, taken)
            self._part.add(number, ear, [sound for sound in taken if min(len(sound), len(ear)) >= 2])
            self._first.add(number, first, [sound[: len(first) + 1] for sound in taken])
            every = nearest_of(ear, ears_of(text, japanese))
            every_first = nearest_of(first, ears_cut(text, japanese, len(first) + 1))
            in_front = float(words[0] == all_words[0] and text[0] == core[:1])
        self._both.append(both)
        self._either.append(either)
        self._rows.append((
            every, every_first, rarity_of_words(tuple(words)), rarity_of_signs(text), in_front,
            float(bool(run)) + 2 * float(bool(text)), min(1.0, len(text) / 6), min(1.0, len(run) / 12),
        ))  # fmt: skip

    def _columns(self, count: int) -> Columns:
        rows = dict(zip(_REST, np.array(self._rows, np.float64).reshape(count, -1).T, strict=True))
        letters = np.array(self._letters, np.float64).reshape(count, -1).T
        alone = figure(~np.array(self._either, bool))
        both = np.array(self._both, bool)
        ear, english = self._ear(count) / 100, self._english(count) / 100
        told = partial(np.where, both)
        return rows | self._by_word(count) | self._by_sign(count) | {
            "rest_rare_both": np.minimum(rows["rest_rare_words"], rows["rest_rare_signs"]),
            "rest_sound": told(self._said(count) / 100, alone), "rest_ear": told(ear, alone),
            "rest_english": told(english, alone),
            "rest_best": told(np.maximum(ear, english), alone), "rest_part": self._part(count, fuzz.partial_ratio) / 100,
            "rest_first": self._first(count) / 100, "flat_sound": self._flat(count) / 100,
            "letters_explained": letters[0], "letters_open": letters[1],
        }  # fmt: skip

    def _by_word(self, count: int) -> Columns:
        """What is explained of the words, and what of them is missed."""
        of, word = np.array(self._of, np.int64), np.array(self._word, np.int64)
        meant, size = np.array(self._meant), len(self._word)
        heard = np.maximum(self._heard(size, fuzz.partial_ratio) / 100, self._lean(size, fuzz.partial_ratio) / 110)
        heard = np.maximum(heard, np.array(self._floor))
        best = np.maximum(meant, np.maximum(0.0, heard - 0.5) * 2)
        rarity, said = wordlists.rarity()["word"], [self._lexicon.said(hangul=hangul) for hangul in (False, True)]
        weight = self._words.each(lambda one: rarity.get(one, RAREST))[word]
        sure = np.array([self._words.each(partial(_looked_up, table)) for table in said])
        known = sure[np.array(self._hangul, int), word]
        unsaid, lost = np.maximum(0.0, known - best), weight * (1 - best)
        total = np.bincount(of, weight, count)
        most, rarest_heard, missed = np.zeros(count), np.zeros(count), np.zeros(count)
        np.maximum.at(most, of, weight)
        rarest = weight == most[of]
        np.maximum.at(rarest_heard, of[rarest], best[rarest])
        np.maximum.at(missed, of, unsaid)
        order = np.lexsort((lost, of))
        rank = np.append(of[order], [-1, -1])
        last, second = (
            np.flatnonzero(rank[:-2] != rank[1:-1]),
            np.flatnonzero((rank[:-2] == rank[1:-1]) & (rank[1:-1] != rank[2:])),
        )
        worst, next_worst = np.zeros(count), np.zeros(count)
        worst[of[order][last]], next_worst[of[order][second]] = lost[order][last], lost[order][second]
        parts = np.maximum(total, 1e-300)
        return {
            "words_explained": np.bincount(of, weight * best, count) / parts,
            "words_meant": np.bincount(of, weight * meant, count) / parts,
            "word_lost": worst / RAREST, "word_lost_second": next_worst / RAREST, "rarest_heard": rarest_heard,
            "word_unsaid": missed, "words_unsaid": np.minimum(1.0, np.bincount(of, unsaid, count) / 3),
        }  # fmt: skip

    def _by_sign(self, count: int) -> Columns:
        """What is explained of the signs, and what of them is missed."""
        of, sign = np.array(self._sign_of, np.int64), np.array(self._sign)
        unsaid = np.maximum(0.0, np.array(self._expected) - sign)
        lost = np.zeros(count)
        np.maximum.at(lost, of, unsaid)
        return {
            "signs_explained": np.bincount(of, np.array(self._weight) * sign, count) / np.array(self._total),
            "signs_unsaid": np.bincount(of, unsaid, count) / np.maximum(1, np.bincount(of, minlength=count)),
            "sign_lost": lost, "signs_open": np.minimum(1.0, np.bincount(of[sign < 0.3], minlength=count) / 6),
        }  # fmt: skip
