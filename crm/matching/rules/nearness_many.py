"""`nearness` and `plainly_apart` of many pairs of firms at once: the same figures, in a few calls on whole lists of names."""

from array import array
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz, process

from crm.matching.rules.nearness import BONES, HALF_APART, HEARD_APART, SIGNS_APART, TRADES, WHOLE_APART, WORDY, Sketch
from crm.matching.rules.pairing import Floats, Ints, beginnings, runs

_TRADES_KEPT = 6  # no name is compared by more trades than these


class Sketches:
    """The sketches of many firms' names, a firm known by its place. Filled by `add`, firm after firm, then `close`d."""

    def __init__(self) -> None:
        self._first = array("q", [0])
        self._whole: list[str] = []
        self._stem: list[str] = []
        self._script = array("b")
        self._scripts: dict[str, int] = {}
        self._spoken: tuple[_Lists, _Lists] = (_Lists(), _Lists())
        self._concepts = array("h")
        self._known: dict[str, int] = {}

    def add(self, sketches: Iterable[Sketch]) -> None:
        """The names of the next firm."""
        for one in sketches:
            self._whole.append(one.whole)
            self._stem.append(one.whole if one.stem == one.whole else one.stem)
            self._script.append(self._scripts.setdefault(one.script, len(self._scripts)))
            for lists, texts in zip(self._spoken, (one.readings, one.bones), strict=True):
                lists.add(texts)
            numbers = [self._known.setdefault(concept, len(self._known) + 1) for concept in sorted(one.concepts)[:_TRADES_KEPT]]
            self._concepts.extend(numbers + [0] * (_TRADES_KEPT - len(numbers)))
        self._first.append(len(self._whole))

    def close(self) -> None:
        """All firms are there."""
        self.first = np.frombuffer(self._first, np.int64)
        self.whole, self.stem = _objects(self._whole), _objects(self._stem)
        self.script, self.scripts = np.frombuffer(self._script, np.int8), list(self._scripts)
        self.size = np.fromiter(map(len, self._stem), np.int16, len(self._stem))
        self.head, self.first_sign = _heads(self._stem), _heads(self._whole)
        self._latin = self._scripts.get("latin", -1)
        self.concepts = np.frombuffer(self._concepts, np.int16).reshape(-1, _TRADES_KEPT)
        self.readings, self.bones = (lists.close() for lists in self._spoken)
        self._whole, self._stem = [], []

    def script_of(self, name: int) -> str:
        """The script of a name."""
        return self.scripts[self.script[name]]

    def nearness(self, mine: Ints, yours: Ints) -> Floats:
        """How near the nearest names of each pair of firms are: 0 to 1.2."""
        pair, a, b = product(self.first, mine, yours)
        near = np.zeros(len(pair), np.float32)
        same = self.script[a] == self.script[b]
        one, two = a[same], b[same]
        near[same] = np.maximum(_ratios(self.whole, one, two), _ratios(self.stem, one, two))
        one, two = a[~same], b[~same]
        near[~same] = np.maximum(self.readings.nearest(one, two), BONES * self.bones.nearest(one, two))
        near += TRADES * self._trades_shared(a, b)
        return (highest(pair, near, len(mine)) / 100).astype(np.float32)

    def plainly_apart(self, mine: Ints, yours: Ints) -> NDArray[np.bool_]:
        """Which of these pairs of firms are plainly apart."""
        pair, a, b = product(self.first, mine, yours)
        apart = np.zeros(len(pair), bool)
        written = np.flatnonzero(self.script[a] == self.script[b])
        one, two = a[written], b[written]
        begin = (self.head[one] == self.head[two]) | (self.first_sign[one] == self.first_sign[two])
        alike = _ratios(self.stem, one, two)
        latin = self.script[one] == self._latin
        apart[written[latin]] = (~begin & (alike < HALF_APART) & (np.minimum(self.size[one], self.size[two]) >= WORDY))[latin]
        unsure = np.flatnonzero(~latin & (alike < HALF_APART))
        unsure = unsure[_ratios(self.whole, one[unsure], two[unsure]) < WHOLE_APART]
        told = alike[unsure] < SIGNS_APART
        asked = np.flatnonzero(~told & ~begin[unsure])
        told[asked] = self.readings.nearest(one[unsure[asked]], two[unsure[asked]]) < HEARD_APART
        apart[written[unsure]] = told
        none = (self.first[mine + 1] == self.first[mine]) | (self.first[yours + 1] == self.first[yours])
        return (highest(pair, (~apart).astype(np.float32), len(mine)) == 0) & ~none

    def _trades_shared(self, a: Ints, b: Ints) -> Floats:
        mine, yours = self.concepts[a], self.concepts[b]
        shared = np.zeros(len(a), np.float32)
        for column in range(_TRADES_KEPT):
            one = mine[:, column]
            if not one.any():
                break
            shared += ((yours == one[:, None]) & (one > 0)[:, None]).any(axis=1)
        union = (mine > 0).sum(axis=1) + (yours > 0).sum(axis=1) - shared
        return np.where(shared > 0, shared / np.maximum(union, 1), 0).astype(np.float32)


class _Lists:
    """A list of texts for each name."""

    def __init__(self) -> None:
        self._first = array("q", [0])
        self._texts: list[str] = []

    def add(self, texts: Sequence[str]) -> None:
        self._texts.extend(texts)
        self._first.append(len(self._texts))

    def close(self) -> "_Lists":
        self.first, self.texts = np.frombuffer(self._first, np.int64), _objects(self._texts)
        self._texts = []
        return self

    def nearest(self, a: Ints, b: Ints) -> Floats:
        """How near the nearest texts of each pair of names are: 0 to 100."""
        pair, one, two = product(self.first, a, b)
        return highest(pair, _ratios(self.texts, one, two), len(a))


def _heads(texts: list[str]) -> NDArray[np.int32]:
    return np.fromiter((ord(text[0]) if text else 0 for text in texts), np.int32, len(texts))


def _objects(texts: list[str]) -> NDArray[np.object_]:
    found = np.empty(len(texts), object)
    found[:] = texts
    return found


def product(first: Ints, a: Ints, b: Ints) -> tuple[Ints, Ints, Ints]:
    """All pairs of an element of a's run and one of b's, for each of the pairs: number of the pair, and the two elements."""
    wide = first[b + 1] - first[b]
    pair, within = runs((first[a + 1] - first[a]) * wide)
    return pair, first[a][pair] + within // np.maximum(wide, 1)[pair], first[b][pair] + within % np.maximum(wide, 1)[pair]


def highest(number: Ints, score: Floats, count: int) -> Floats:
    """The highest score of each number; 0 where there is none."""
    found = np.zeros(count, np.float32)
    if len(number):
        first = beginnings(number)
        found[number[first]] = np.maximum.reduceat(score, first)
    return found


def _ratios(texts: NDArray[np.object_], a: Ints, b: Ints) -> Floats:
    if not len(a):
        return np.zeros(0, np.float32)
    found: Floats = process.cpdist(texts[a].tolist(), texts[b].tolist(), scorer=fuzz.ratio, dtype=np.float32)
    return found


__all__ = ["Sketches", "highest", "product"]
