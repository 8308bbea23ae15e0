"""Which of very many pairs of names may be one firm: `may_be_same` on columns. It loads numpy.

What the columns do not know (see `Screen.unsure`) is left to who works out one pair after the other.
"""

import logging
from collections.abc import Callable, Collection
from typing import NamedTuple

import numpy as np

from crm.matching.rules.crossing_many import Crossing
from crm.matching.rules.daughters import EXPLAINED
from crm.matching.rules.evidence import features_of
from crm.matching.rules.evidence_many import Columns, Pairs, Shared
from crm.matching.rules.judge import SAME_FROM
from crm.matching.rules.kinds import NameForms
from crm.matching.rules.names_many import Flags, Names
from crm.matching.rules.pairing import Ints
from crm.matching.rules.scorecard import Model, Weighed, present
from crm.matching.rules.screening_many import trees_of
from crm.matching.rules.scripts import is_cjk
from crm.matching.rules.written_many import Signs, Words, written

log = logging.getLogger(__name__)
# Of so many pairs the columns are held to the features of one pair, once for each way of meeting; of further names of so many.
PROVED, AGAIN = 24, 4
NO, UNSURE, YES = 0, 1, 2  # of several names of two firms the highest counts
_JARO_LESS, _HEARD, _BONES = 0.08 - 1e-9, 0.92 - 1e-9, 0.99 - 1e-9  # `_cross_stems`


class _Asked(NamedTuple):
    """Pairs that meet in one way, their numbers; of which it is asked whether they are of one group; which are known to be."""

    kind: str
    a: Ints
    b: Ints
    numbers: Ints
    kin: Flags
    known: Flags


class Screen:
    """Tells pairs of names by their places in the columns."""

    def __init__(self, names: Names, forms: Callable[[int], NameForms]) -> None:
        """`forms`: a name taken apart, for the proof."""
        self._names, self._forms = names, forms
        self._model: Model | None = None
        self._colon = np.array([":" in brand for brand in names.values["brand"].values], bool)
        self._proved: dict[str, bool] = {}

    def tell(self, a: Ints, b: Ints, *, leave: Collection[str] = (), kin: Flags | None = None) -> tuple[Ints, dict[int, Weighed]]:
        """NO where `judge` is sure not to call the two names the same, nor, of the pairs `kin`, of one group; UNSURE where it has
        to be found out one by one, and of names that meet in one of the ways `leave`. With it, what the model says of those pairs
        (by their numbers) of which it says YES; not of names that are equal, nor of known brands that are not of `kin`.
        """
        model = present()
        if self._model is not model:
            self._model, self._trees, self._proved = model, trees_of(model), {}
            self._shared, self._words = Shared(self._names), Words(self._names, model.lexicon)
            self._crossing = Crossing(self._names, model.lexicon)
            self._signs = Signs(self._names, model.lexicon)
        met = self._meetings(a, b)
        known = self._both_known(a, b, met == "cross")
        key = self._names.key
        equal = key[a] == key[b]
        found = np.where(equal | known, YES, NO)
        kin = np.zeros(len(a), bool) if kin is None else kin
        asked = ~equal & (kin | ~known)
        if not kin.all():  # one group may be who is held below the same firm
            asked &= kin | ~self._capped(a, b, known)
        left = np.flatnonzero(asked)
        weighed: dict[int, Weighed] = {}
        for kind in ("han", "kana", "latin", "cross"):
            some = left[met[left] == kind]
            if len(some):
                met_so = _Asked(kind, a[some], b[some], some, kin[some], known[some])
                found[some] = UNSURE if kind in leave else self._by_trees(met_so, weighed)
        return found, weighed

    def _meetings(self, a: Ints, b: Ints) -> "np.ndarray[tuple[int], np.dtype[np.str_]]":
        """`meeting` of each pair."""
        names = self._names
        script = names.code["script"]
        scripts = names.values["script"].values
        same = np.array([{"han": "han", "latin": "latin"}.get(name, "kana") for name in scripts])
        found = np.where(script[a] == script[b], same[script[a]], "cross")
        han, kana = names.values["script"].of("han"), names.values["script"].of("kana")
        for at in np.flatnonzero(
            ((script[a] == han) & (script[b] == kana)) | ((script[a] == kana) & (script[b] == han))
        ).tolist():
            one, two = names.text["core"][a[at]], names.text["core"][b[at]]
            if any(is_cjk(sign) for sign in set(one).intersection(two)):
                found[at] = "kana"
        return found

    def _both_known(self, a: Ints, b: Ints, cross: Flags) -> Flags:
        """`both_known` of each pair."""
        brand, tail = self._names.code["brand"], self._names.code["tail"]
        one, two = brand[a], brand[b]
        ours = ~self._colon[one] & ~self._colon[two]
        tails, both = (tail[a] > 0) | (tail[b] > 0), (tail[a] > 0) & (tail[b] > 0)
        return (one > 0) & (two > 0) & np.where(one != two, ours, ~tails | (cross & ~both))

    def _capped(self, a: Ints, b: Ints, known: Flags) -> Flags:
        """`capped` of each pair: other numbers, or other signs that are no slip."""
        names = self._names
        numbers, legal, script = (names.code[name] for name in ("numbers", "legal", "script"))
        capped: Flags = (numbers[a] > 0) & (numbers[b] > 0) & (numbers[a] != numbers[b])
        asked = np.flatnonzero((script[a] == script[b]) & ~known & ~capped & (names.stem_size[a] == names.stem_size[b]))
        asked = asked[(legal[a[asked]] != legal[b[asked]]) | (~names.latin[a[asked]] & (names.stem_size[a[asked]] <= 3))]
        stem, sound = names.text["stem"], names.text["sound"]
        for at in asked.tolist():
            one, two = a[at], b[at]
            if stem[one] != stem[two] and sound[one] != sound[two] and not names.short[one] and not names.short[two]:
                capped[at] = sorted(stem[one]) != sorted(stem[two])
        return capped

    def _by_trees(self, asked: "_Asked", weighed: dict[int, Weighed]) -> Ints:
        kind, a, b, numbers, kin, known = asked
        columns = self._columns(kind, Pairs(self._names, a, b))
        if not self._proof(kind, a, b, columns):
            return np.where(known, YES, UNSURE)
        anyhow = known | (kin & self._may_be_kin(kind, a, b, columns)) if kin.any() else known
        reached, scores = self._trees.telling(SAME_FROM, kind, tuple(columns), list(columns.values()), anyhow)
        found = np.full(len(a), NO)
        found[reached] = YES
        rows: list[dict[str, float]] = [{}] * len(reached)
        if kind == "cross":
            told = zip(*(column[reached].tolist() for column in columns.values()), strict=True)
            rows = [dict(zip(columns, row, strict=True)) for row in told]
        for number, score, features in zip(numbers[reached].tolist(), scores, rows, strict=True):
            weighed[number] = Weighed(score, features)
        return found

    def _may_be_kin(self, kind: str, a: Ints, b: Ints, columns: Columns) -> Flags:
        """Where `judge` may call two names of one group that are not the same: by their distinctive parts, as `compare_stems` and
        `one_group` look at them, a hair more generously.
        """
        names = self._names
        brand, stem, core = names.code["brand"], names.text["stem"], names.text["core"]
        kin: Flags = (brand[a] == brand[b]) & (brand[a] > 0)
        kin |= (stem[a] == stem[b]).astype(bool) | (core[a] == core[b]).astype(bool)
        if kind == "latin":
            return kin | ((names.first_word[a] == names.first_word[b]) & (names.first_word[a] > 0))
        if kind != "cross":
            return kin | (columns["stem_prefix"] > 0) | (columns["core_prefix"] > 0)
        heard = np.maximum(columns["sound"], columns["sound_jaro"] - _JARO_LESS) >= _HEARD
        kin |= heard | (columns["bones"] >= _BONES) | (columns["head"] == 1) | ~(names.latin[a] | names.latin[b])
        return kin | (columns["words_explained"] >= EXPLAINED) | (columns["signs_explained"] >= EXPLAINED)

    def _columns(self, kind: str, pairs: Pairs) -> Columns:
        """The features of pairs that meet in one way."""
        shared, trade = self._shared(pairs)
        found = shared | self._shared.left_over(pairs)
        if kind == "cross":
            return found | self._crossing(pairs)
        found |= written(pairs)
        further = self._words if kind == "latin" else self._signs
        return found | further(pairs, trade, shared["trade_any_conflict"])

    def _proof(self, kind: str, a: Ints, b: Ints, columns: Columns) -> bool:
        """Whether the columns say what `features_of` says of some pairs: who changes one and not the other loses time only."""
        if kind not in self._proved:
            assert self._model is not None
            self._proved[kind] = True
            most = AGAIN if kind in self._trees.proved else PROVED
            for at in np.linspace(0, len(a) - 1, min(most, len(a))).astype(int).tolist():
                told = features_of(self._forms(int(a[at])), self._forms(int(b[at])), self._model.lexicon)
                if told != (kind, {name: float(column[at]) for name, column in columns.items()}):
                    self._proved[kind] = False
                    log.error("columns of features differ from the features", extra={"meeting": kind})
                    break
            if self._proved[kind] and len(a) >= PROVED:
                self._trees.proved.add(kind)
        return self._proved[kind]


__all__ = ["NO", "UNSURE", "YES", "Screen"]
