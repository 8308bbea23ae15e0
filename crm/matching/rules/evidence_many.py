"""The features of many pairs of names at once, on columns: `evidence`'s figures, equal to the last bit. Here what every way of
meeting has.

`evidence` says what they mean; `tests/matching/test_columns.py` holds both to each other. It loads numpy.
"""

from typing import Any

import numpy as np
from rapidfuzz import fuzz, process

from crm.matching.rules import wordlists
from crm.matching.rules.names_many import Column, Flags, Names, Told
from crm.matching.rules.pairing import Ints
from crm.matching.rules.places import speaks_of

Columns = dict[str, Column]


class Pairs:
    """Pairs of names, in the order in which features are read: places of names, and their texts side by side."""

    def __init__(self, names: Names, a: Ints, b: Ints) -> None:
        """The pairs of these places."""
        texts = [names.text["whole"][side].tolist() for side in (a, b)]
        turned = np.fromiter(map(str.__gt__, *texts), bool, len(a))
        for at in np.flatnonzero(names.text["whole"][a] == names.text["whole"][b]).tolist():
            one, two = (self._further(names, int(side[at])) for side in (a, b))
            turned[at] = one > two
        self.names, self.a, self.b = names, np.where(turned, b, a), np.where(turned, a, b)
        self._beside: dict[str, tuple[list[str], list[str]]] = {}

    @staticmethod
    def _further(names: Names, place: int) -> tuple[str, str]:
        return names.values["legal"].values[names.code["legal"][place]], names.text["folded"][place]

    def __len__(self) -> int:
        return len(self.a)

    def texts(self, name: str) -> tuple[list[str], list[str]]:
        """A text of both sides."""
        if name not in self._beside:
            column = self.names.text[name]
            self._beside[name] = column[self.a].tolist(), column[self.b].tolist()
        return self._beside[name]

    def code(self, name: str) -> tuple[Ints, Ints]:
        """A code of both sides."""
        column = self.names.code[name]
        return column[self.a].astype(np.int64), column[self.b].astype(np.int64)

    def flag(self, name: str) -> tuple[Flags, Flags]:
        """A flag of both sides."""
        column = self.names.flag[name]
        return column[self.a], column[self.b]

    def short(self) -> tuple[Flags, Flags]:
        """Which names have no legal form that says what they are."""
        return self.names.short[self.a], self.names.short[self.b]

    def size(self, name: str) -> tuple[Ints, Ints]:
        """The lengths of a text of both sides."""
        one, two = self.texts(name)
        return np.fromiter(map(len, one), np.int64, len(one)), np.fromiter(map(len, two), np.int64, len(two))

    def by_length(self, name: str) -> tuple[list[str], list[str]]:
        """A text of both sides, the shorter one first; of two that are as long, the one that sorts first."""
        pairs = [(x, y) if (len(x), x) <= (len(y), y) else (y, x) for x, y in zip(*self.texts(name), strict=True)]
        return [x for x, _y in pairs], [y for _x, y in pairs]


def near(one: list[str], two: list[str]) -> Column:
    """The ratio of each pair of texts, 0 to 1."""
    return scored(one, two, fuzz.ratio) / 100


def scored(one: list[str], two: list[str], scorer: Any) -> Column:
    """A scorer's figure of each pair of texts."""
    if not one:
        return np.empty(0)
    found: Column = process.cpdist(one, two, scorer=scorer, dtype=np.float64)
    return found


def figure(flags: Any) -> Column:
    """1 for what is so."""
    return np.asarray(flags, bool).astype(np.float64)


class Shared:
    """The figures that all ways of meeting have: trades, places, legal forms, brands, numbers."""

    def __init__(self, names: Names) -> None:
        """Of pairs of these names."""
        weak = wordlists.weak_concepts()

        def trades(one: tuple[str, ...], two: tuple[str, ...]) -> tuple[float, ...]:
            mine, yours = frozenset(one), frozenset(two)
            strong, others = mine - weak, yours - weak
            return (
                len(mine & yours) / max(1, len(mine | yours)), float(bool(strong and others and not strong & others)),
                float(bool(strong) != bool(others)), float(bool(mine and yours and not mine & yours)), float(bool(mine & yours)),
            )  # fmt: skip

        def numbers(one: frozenset[int], two: frozenset[int]) -> tuple[float, ...]:
            return float(bool(one & two)), float(bool(one and two and not one & two)), float(bool(one) != bool(two))

        self._trades, self._numbers = Told(names.values["concepts"], trades), Told(names.values["said"], numbers)
        self._foreign = np.array([":" not in brand for brand in names.values["brand"].values], bool)
        self._spoken: dict[tuple[int, int, bool], frozenset[str]] = {}

    def __call__(self, pairs: Pairs) -> tuple[Columns, Column]:
        """The features, and whether the two share a trade."""
        agree, conflict, one, any_conflict, any_agree = self._trades(*pairs.code("concepts"))[:5]
        here, there, both = self._places(pairs)
        (a_short, b_short), (a_legal, b_legal) = pairs.short(), pairs.code("legal")
        (a_holding, b_holding), (a_says, b_says) = pairs.flag("holding"), pairs.flag("says_holding")
        brackets, numbers = pairs.code("places"), pairs.code("numbers")
        found = {
            "trade_agree": agree, "trade_conflict": conflict, "trade_one": one, "trade_any_conflict": any_conflict,
            "place_agree": figure(both), "place_conflict": figure(here & there & ~both), "place_one": figure(here != there),
            "bracket_differs": figure(brackets[0] != brackets[1]), "holding": figure(a_says != b_says),
            "holding_both": figure(a_holding & b_holding), "number": figure(numbers[0] != numbers[1]),
            "legal_differs": figure(~a_short & ~b_short & (a_legal != b_legal)), "one_short": figure(a_short != b_short),
            "both_short": figure(a_short & b_short),
        }  # fmt: skip
        return found | self._brands(pairs), any_agree

    def _places(self, pairs: Pairs) -> tuple[Flags, Flags, Flags]:
        """Whether each name has a place, and whether they have one in common; what the other one speaks of counts."""
        mine, yours = pairs.code("everywhere")
        here, there, both = mine > 0, yours > 0, (mine == yours) & (mine > 0)
        values = pairs.names.values["everywhere"].values
        for at in np.flatnonzero(mine != yours).tolist():
            one, two = values[mine[at]], values[yours[at]]
            said = (
                self._says(pairs, int(pairs.a[at]), two, int(pairs.b[at])),
                self._says(pairs, int(pairs.b[at]), one, int(pairs.a[at])),
            )
            here[at], there[at] = bool(one) or said[0], bool(two) or said[1]
            both[at] = said[0] or said[1] or not frozenset(one).isdisjoint(two)
        return here, there, both

    def _says(self, pairs: Pairs, name: int, places: tuple[str, ...], other: int) -> bool:
        """Whether a name speaks of one of the places of another one."""
        names = pairs.names
        latin = names.latin[name]
        words = None
        for place in places:
            if latin and words is None:
                words = names.words_of(name)
            if speaks_of(names.text["whole"][name], words, place, latin_beside=bool(names.latin[other])):
                return True
        return False

    def _brands(self, pairs: Pairs) -> Columns:
        (a, b), (a_tail, b_tail), (a_behind, b_behind) = pairs.code("brand"), pairs.code("tail"), pairs.code("behind")
        rest, other = pairs.flag("brand_rest")
        a_own, b_own = (a > 0) & self._foreign[a], (b > 0) & self._foreign[b]
        one = (a == b) & a_own
        return {
            "brand_one": figure(one),
            "brand_rest": one * (rest.astype(np.float64) + other),
            "brand_tail": figure(one & (a_tail != b_tail)),
            "brand_tail_one": (one & ((a_tail > 0) != (b_tail > 0))) * (2.0 - (rest & other)),
            "brand_behind": figure(one & (a_behind != b_behind)),
            "brand_two": figure((a != b) & a_own & b_own),
            "brand_only": figure(a_own != b_own),
        }

    def left_over(self, pairs: Pairs) -> Columns:
        """The numbers of both, and their legal forms."""
        agree, conflict, one = self._numbers(*pairs.code("said"))[:3]
        legal = pairs.names.values["legal"]
        a, b = pairs.code("legal")
        joint, limited = legal.of("jsc"), legal.of("ltd")
        return {
            "number_agree": agree, "number_conflict": conflict, "number_one": one, "registered": figure((a > 0) & (b > 0)),
            "jsc": figure((a == joint) | (b == joint)), "ltd_one": figure((a == limited) != (b == limited)),
        }  # fmt: skip
