"""What the features are made of, of very many names at once: columns of texts and of codes. A name is known by its place.

It loads numpy: only who compares everything should load it.
"""

import re
from array import array
from collections.abc import Callable, Hashable, Iterable, Sequence
from itertools import accumulate, chain
from operator import add
from typing import Any

import numpy as np
from numpy.typing import NDArray

from crm.matching.rules.hearing import heard
from crm.matching.rules.initials import heads_of
from crm.matching.rules.legal import law_of
from crm.matching.rules.lexicon import latin_words, numbers_of
from crm.matching.rules.packing import AT, laid_out
from crm.matching.rules.pairing import Ints, runs
from crm.matching.rules.places import ends_with_holding
from crm.matching.rules.scripts import letters_of, spelled_letters

Column = NDArray[np.float64]
Flags = NDArray[np.bool_]
Codings = NDArray[np.int32]
Texts = NDArray[np.object_]


class Codes:
    """Numbers for values that many names share; the same value, the same number."""

    def __init__(self, *first: Hashable) -> None:
        """`first`: values that get the lowest numbers."""
        self._known: dict[Any, int] = {}
        self._values: list[Any] = []
        for value in first:
            self.of(value)

    def of(self, value: Hashable) -> int:
        """The number of a value."""
        return self._known.setdefault(value, len(self._known))

    def of_each(self, values: Iterable[Hashable]) -> list[int]:
        """The numbers of these values."""
        known = self._known
        number = known.setdefault
        return [number(value, len(known)) for value in values]

    @property
    def values(self) -> list[Any]:
        """The values by their numbers."""
        if len(self._values) != len(self._known):
            self._values = list(self._known)
        return self._values

    def each(self, told: Callable[[Any], float]) -> Column:
        """What is told of each value, by its number."""
        return np.array([told(value) for value in self.values], np.float64)


class Told:
    """What two values have to say to each other, asked once of each two: rows of figures."""

    def __init__(self, values: Codes, told: Callable[[Any, Any], Sequence[float]]) -> None:
        """`told` is given two values."""
        self._codes, self._told = values, told
        self._known: dict[int, Sequence[float]] = {}

    def __call__(self, a: Ints, b: Ints) -> list[Column]:
        """The columns of these pairs of numbers."""
        keys, at = np.unique(a.astype(np.int64) << 32 | b, return_inverse=True)
        values, known = self._codes.values, self._known
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

    def add_each(self, lists: Sequence[Sequence[int]]) -> None:
        """The lists of the next names."""
        self._numbers.extend(chain.from_iterable(lists))
        self._first.extend(list(accumulate(map(len, lists), initial=self._first[-1]))[1:])

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
        pair, and the two numbers.
        """
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

    def put_each(self, lists: Sequence[Sequence[str]]) -> None:
        """The lists of the next names."""
        before = len(self._texts)
        self._texts.extend(chain.from_iterable(lists))
        self._numbers.extend(range(before, len(self._texts)))
        self._first.extend(list(accumulate(map(len, lists), initial=self._first[-1]))[1:])

    def close(self) -> None:
        """All names are there."""
        super().close()
        self.texts = _objects(self._texts)
        self._texts = []


_TEXTS = (
    "whole",
    "stem",
    "core",
    "sound",
    "folded",
    "skeleton",
    "ear",
    "spaced",
    "ordered",
    "letters",
    "heads",
    "latin",
    "initials",
)
_CODES = (
    "legal", "script", "brand", "tail", "numbers", "concepts", "behind", "places", "everywhere", "said", "law", "begin", "bone",
)  # fmt: skip
_FLAGS = ("holding", "brand_rest", "says_holding")
AT_A_TIME = 500  # names: what waits of them is a megabyte or two
_HEAD_PLACES, _PLACES = AT["head_places"] - 2, AT["places"] - 2
_SAYS_NUMBER, _NO_NUMBER = re.compile("[0-9a-z]"), frozenset[int]()  # no other sign does
# Each name asks once: what is kept for the next one would only take room.
_heard, _heads, _law = (one.__wrapped__ for one in (heard, heads_of, law_of))
_words, _numbers = latin_words.__wrapped__, numbers_of.__wrapped__


def _worked_out(folded: str, stem: str, words: list[str], syllables: list[str], latin: bool) -> tuple[str, ...]:
    """How a Latin stem is heard, its words with spaces and in order, the first letters, and those of all words as written; of
    another name its words, the first letters of its syllables, the letters that its signs spell.
    """
    spaced = " ".join(words)
    if latin:
        ordered = spaced if len(words) < 2 else " ".join(sorted(words))
        return str(_heard(stem)), spaced, ordered, "".join([word[0] for word in words]), str(_heads(folded))
    return "", spaced, "", "".join([syllable[0] for syllable in syllables]), spelled_letters(letters_of(stem))


class Names:
    """The columns of many names, `add`ed one after the other, then `close`d."""

    text: dict[str, Texts]
    code: dict[str, NDArray[np.int32]]
    flag: dict[str, Flags]

    def __init__(self) -> None:
        self._texts: dict[str, list[str]] = {name: [] for name in _TEXTS}
        self._codes = {name: array("i") for name in _CODES}
        self._flags = {name: array("b") for name in _FLAGS}
        self.values = {name: Codes("") for name in ("legal", "script", "brand", "tail", "law")}
        self.values |= {name: Codes(()) for name in ("numbers", "concepts", "behind", "places")}
        self.values |= {name: Codes(frozenset()) for name in ("said", "begin", "bone")}
        self.values |= {"words": Codes(""), "grams": Codes("")}
        self.values["everywhere"] = self.values["places"]
        self._waiting: list[tuple[Any, ...]] = []
        # The words, each once; the words of the folded name; the pairs of signs of the core, each once.
        self.words, self.latin_words, self.grams = Ragged(), Ragged(), Ragged()
        self.readings, self.bones = Lists(), Lists()
        self._word_count, self._first_bone = array("i"), array("i")
        self._key = array("q")

    def __len__(self) -> int:
        return len(self._key) + len(self._waiting)

    def add(self, packed: list[Any] | str, country: str | None) -> tuple[str, ...]:
        """The next name, as the index keeps it; its places."""
        row = laid_out(packed, country)
        everywhere = tuple(sorted({*row[_PLACES], *row[_HEAD_PLACES]}))
        self._waiting.append((*row, everywhere))
        if len(self._waiting) == AT_A_TIME:
            self._lay_down()
        return everywhere

    def _lay_down(self) -> None:
        """Put the names that wait into the columns: column by column, which takes two thirds of the time of name by name."""
        if not self._waiting:
            return
        (
            key, folded, core, stem, sound, skeleton, legal, brand, initials, whole, script, own, tail, syllables, words,
            readings, bones, _head_places, places, concepts, numbers, behind, holding, brand_rest, _han, everywhere,
        ) = zip(*self._waiting, strict=True)  # fmt: skip
        latin = [one == "latin" for one in script]
        worked = zip(*map(_worked_out, folded, stem, words, syllables, latin), strict=True)
        texts = (whole, stem, core, sound, folded, skeleton, *worked, own, initials)
        for column, some in zip(self._texts.values(), texts, strict=True):
            column.extend(some)
        values: tuple[Iterable[Hashable], ...] = (
            legal, script, brand, tail, *(map(tuple, some) for some in (numbers, concepts, behind, places)), everywhere,
            [_numbers(one) if _SAYS_NUMBER.search(one) else _NO_NUMBER for one in folded],
            [_law(one) if says else "" for one, says in zip(folded, latin, strict=True)],
            [frozenset([sound[:1] for sound in some]) for some in readings],
            [frozenset([one[0] for one in some if one]) for some in bones],
        )  # fmt: skip
        for name, some_values in zip(_CODES, values, strict=True):
            self._codes[name].extend(self.values[name].of_each(some_values))
        says_holding = [says or ends_with_holding(one) for says, one in zip(holding, whole, strict=True)]
        for flags, flag in zip(self._flags.values(), (holding, brand_rest, says_holding), strict=True):
            flags.extend(map(bool, flag))
        self._key.extend(map(hash, key))
        self._lay_lists(core, folded, words, latin)
        self.readings.put_each(readings)
        self.bones.put_each(bones)
        self._first_bone.extend([len(some[0]) if some else -1 for some in bones])
        self._waiting.clear()

    def _lay_lists(self, core: Sequence[str], folded: Sequence[str], words: Sequence[list[str]], latin: list[bool]) -> None:
        word, gram = self.values["words"].of_each, self.values["grams"].of_each
        self.words.add_each([word(dict.fromkeys(some)) for some in words])
        self._word_count.extend(map(len, words))
        said = zip(folded, latin, strict=True)
        self.latin_words.add_each([word(_words(one)) if is_latin else () for one, is_latin in said])
        signs = zip(core, latin, strict=True)
        self.grams.add_each([gram(dict.fromkeys(map(add, one, one[1:]))) if not is_latin else () for one, is_latin in signs])

    def close(self) -> None:
        """All names are there."""
        self._lay_down()
        self.text = {name: _objects(texts) for name, texts in self._texts.items()}
        self.key = np.frombuffer(self._key, np.int64)  # equal keys have equal numbers
        self.code = {name: np.frombuffer(codes, np.int32) for name, codes in self._codes.items()}
        self.flag = {name: np.frombuffer(flags, np.int8).astype(bool) for name, flags in self._flags.items()}
        for ragged in (self.words, self.latin_words, self.grams, self.readings, self.bones):
            ragged.close()
        self.first_word = np.zeros(len(self), np.int32)
        some = self.words.count > 0
        self.first_word[some] = self.words.numbers[self.words.first[:-1][some]]
        legal = self.values["legal"].values
        self.short = np.array([value in ("", "short") for value in legal], bool)[self.code["legal"]]
        self.stem_size = np.fromiter(map(len, self.text["stem"]), np.int32, len(self))
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
