"""What the features are made of, of very many names at once: columns of texts and of codes. A name is known by its place.

It loads numpy: only who compares everything should load it.
"""

from array import array
from collections.abc import Callable, Hashable, Sequence
from operator import add
from typing import Any

import numpy as np
from numpy.typing import NDArray

from crm.matching.rules.hearing import heard
from crm.matching.rules.initials import heads_of
from crm.matching.rules.legal import law_of
from crm.matching.rules.lexicon import latin_words, numbers_of
from crm.matching.rules.packing import laid_out
from crm.matching.rules.pairing import Ints, runs
from crm.matching.rules.places import ends_with_holding
from crm.matching.rules.scripts import letters_of, spelled_letters

Column = NDArray[np.float64]
Flags = NDArray[np.bool_]
Texts = NDArray[np.object_]


class Codes:
    """Numbers for values that many names share; the same value, the same number. An empty value given first is 0."""

    def __init__(self, *first: Hashable) -> None:
        """`first`: values that get the lowest numbers."""
        self.values: list[Any] = []
        self._known: dict[Hashable, int] = {}
        for value in first:
            self.of(value)

    def of(self, value: Hashable) -> int:
        """The number of a value."""
        code = self._known.get(value)
        if code is None:
            code = self._known[value] = len(self.values)
            self.values.append(value)
        return code

    def each(self, told: Callable[[Any], float]) -> Column:
        """What is told of each value, by its number."""
        return np.array([told(value) for value in self.values], np.float64)


class Told:
    """What two values have to say to each other, asked once of each two: rows of figures."""

    def __init__(self, values: Codes, told: Callable[[Any, Any], Sequence[float]]) -> None:
        """`told` is given two values."""
        self._values, self._told = values.values, told
        self._known: dict[int, Sequence[float]] = {}

    def __call__(self, a: Ints, b: Ints) -> list[Column]:
        """The columns of these pairs of numbers."""
        keys, at = np.unique(a.astype(np.int64) << 32 | b, return_inverse=True)
        values, known = self._values, self._known
        for key in keys.tolist():
            if key not in known:
                known[key] = self._told(values[key >> 32], values[key & 0xFFFFFFFF])
        table = np.array([known[key] for key in keys.tolist()], np.float64)
        return list(table[at].T) if len(keys) else [np.empty(0)] * 8


class Ragged:
    """A list of numbers for each name, laid end to end."""

    def __init__(self) -> None:
        self._first, self._numbers = array("q", [0]), array("i")

    def add(self, numbers: Sequence[int]) -> None:
        """The list of the next name."""
        self._numbers.extend(numbers)
        self._first.append(len(self._numbers))

    def close(self) -> None:
        """All names are there."""
        self.first, self.numbers = np.frombuffer(self._first, np.int64), np.frombuffer(self._numbers, np.int32)
        self.count = np.diff(self.first)

    def of(self, names: Ints) -> tuple[Ints, NDArray[np.int32]]:
        """The numbers of these names: for each which of the names it is of, and the number."""
        pair, within = runs(self.count[names])
        return pair, self.numbers[self.first[names][pair] + within]

    def beside(self, a: Ints, b: Ints) -> tuple[Ints, Ints, NDArray[np.int32], NDArray[np.int32]]:
        """Each number of a name of `a` beside each of its partner in `b`: which number of all of `a`'s as `of` gives them, which
        pair, and the two numbers."""
        pair, mine = self.of(a)
        one, within = runs(self.count[b][pair])
        return one, pair[one], mine[one], self.numbers[self.first[b][pair][one] + within]

    def shared(self, a: Ints, b: Ints) -> Flags:
        """Which of the numbers of `a`, as `of` gives them, are among those of its partner in `b`."""
        number, _pair, mine, yours = self.beside(a, b)
        found = np.zeros(int(self.count[a].sum()), bool)
        found[number[mine == yours]] = True
        return found


class Lists(Ragged):
    """A list of texts for each name: their numbers are places in `texts`."""

    def __init__(self) -> None:
        super().__init__()
        self._texts: list[str] = []

    def put(self, texts: Sequence[str]) -> None:
        """The list of the next name."""
        before = len(self._texts)
        self._texts.extend(texts)
        self.add(range(before, len(self._texts)))

    def close(self) -> None:
        """All names are there."""
        super().close()
        self.texts = _objects(self._texts)
        self._texts = []


# `letters`: the first ones of the words, or of the syllables; `heads`: of all words as written, or the letters that signs spell.
_TEXTS = ("whole", "stem", "core", "sound", "folded", "skeleton", "ear", "ordered", "letters", "heads", "latin", "initials", "spaced")
_CODES = ("key", "legal", "script", "brand", "tail", "numbers", "concepts", "behind", "places", "everywhere", "said", "law", "bag", "begin", "bone")
_FLAGS = ("holding", "brand_rest", "says_holding")


class Names:
    """The columns of many names, `add`ed one after the other, then `close`d."""

    text: dict[str, Texts]
    code: dict[str, NDArray[np.int32]]
    flag: dict[str, Flags]

    def __init__(self) -> None:
        self._texts: dict[str, list[str]] = {name: [] for name in _TEXTS}
        self._codes = {name: array("i") for name in _CODES}
        self._flags = {name: array("b") for name in _FLAGS}
        self.values = {name: Codes("") for name in ("legal", "script", "brand", "tail", "law", "bag")}
        self.values |= {name: Codes(()) for name in ("numbers", "concepts", "behind", "places")}
        self.values |= {name: Codes(frozenset()) for name in ("said", "begin", "bone")}
        self.values |= {"key": Codes(), "words": Codes(""), "grams": Codes("")}
        self.values["everywhere"] = self.values["places"]
        # The words, each once; the words of the folded name; the pairs of signs of the core, each once.
        self.words, self.latin_words, self.grams = Ragged(), Ragged(), Ragged()
        self.readings, self.bones = Lists(), Lists()
        self._word_count, self._first_bone = array("i"), array("i")
        self._size = 0

    def __len__(self) -> int:
        return self._size

    def add(self, packed: list[Any] | str, country: str | None) -> tuple[str, ...]:
        """The next name, as the index keeps it; its places."""
        (key, folded, core, stem, sound, skeleton, legal, brand, initials, whole, script, own, tail, syllables, words, readings,
         bones, head_places, places, concepts, numbers, behind, holding, brand_rest, _han) = laid_out(packed, country)  # fmt: skip
        latin = script == "latin"
        texts = (
            whole, stem, core, sound, folded, skeleton, heard(stem) if latin else "", " ".join(sorted(words)) if latin else "",
            "".join([word[0] for word in (words if latin else syllables)]),
            heads_of(folded) if latin else spelled_letters(letters_of(stem)),
            own, initials, " ".join(words),
        )  # fmt: skip
        for column, text in zip(self._texts.values(), texts, strict=True):
            column.append(text)
        everywhere = tuple(sorted({*places, *head_places}))
        values = (
            key, legal, script, brand, tail, tuple(numbers), tuple(concepts), tuple(behind), tuple(places), everywhere,
            numbers_of(folded), law_of(folded) if latin else "", " ".join(sorted(words)) if latin else "",
            frozenset([sound[:1] for sound in readings]), frozenset([one[0] for one in bones if one]),
        )  # fmt: skip
        for name, value in zip(_CODES, values, strict=True):
            self._codes[name].append(self.values[name].of(value))
        for name, flag in zip(_FLAGS, (holding, brand_rest, holding or ends_with_holding(whole)), strict=True):
            self._flags[name].append(bool(flag))
        code = self.values["words"].of
        self.words.add([code(word) for word in dict.fromkeys(words)])
        self._word_count.append(len(words))
        self.latin_words.add([code(word) for word in latin_words(folded)] if latin else ())
        code = self.values["grams"].of
        self.grams.add([code(gram) for gram in dict.fromkeys(map(add, core, core[1:]))] if not latin else ())
        self.readings.put(readings)
        self.bones.put(bones)
        self._first_bone.append(len(bones[0]) if bones else -1)
        self._size += 1
        return everywhere

    def close(self) -> None:
        """All names are there."""
        self.text = {name: _objects(texts) for name, texts in self._texts.items()}
        self.code = {name: np.frombuffer(codes, np.int32) for name, codes in self._codes.items()}
        self.flag = {name: np.frombuffer(flags, np.int8).astype(bool) for name, flags in self._flags.items()}
        for ragged in (self.words, self.latin_words, self.grams, self.readings, self.bones):
            ragged.close()
        self.first_word = np.zeros(self._size, np.int32)
        some = self.words.count > 0
        self.first_word[some] = self.words.numbers[self.words.first[:-1][some]]
        legal = self.values["legal"].values
        self.short = np.array([value in ("", "short") for value in legal], bool)[self.code["legal"]]
        self.stem_size = np.fromiter(map(len, self.text["stem"]), np.int32, self._size)
        self.latin = self.code["script"] == self.values["script"].of("latin")
        self.word_count, self.first_bone = (np.frombuffer(one, np.int32) for one in (self._word_count, self._first_bone))
        self._texts.clear()

    def all_words_of(self, name: int) -> list[str]:
        """The Latin words of a name, in order."""
        return self.text["spaced"][name].split(" ") if self.word_count[name] else []

    def words_of(self, name: int) -> list[str]:
        """The Latin words of a name, each once."""
        values = self.values["words"].values
        return [values[code] for code in self.words.numbers[self.words.first[name] : self.words.first[name + 1]].tolist()]


def _objects(texts: list[str]) -> Texts:
    found = np.empty(len(texts), object)
    found[:] = texts
    return found
