"""The score: a learned model reads the evidence of two names and answers how surely they mean one firm.

The model is two forests of small decision trees, kept as plain data (data/trees.json): a branch is [feature, threshold, at most,
above], a leaf a number. `flask match train` makes it.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from math import exp
from pathlib import Path
from typing import Any, NamedTuple

from crm.matching.rules.evidence import Features, features_of
from crm.matching.rules.kinds import NameForms
from crm.matching.rules.lexicon import Lexicon, shipped

_DATA = Path(__file__).resolve().parent.parent / "data" / "trees.json"
MEETINGS = ("han", "kana", "latin", "cross")
ABSENT = -1.0  # a feature that this way of meeting does not have


_Sum = Callable[..., float]
AT_ONCE = 100  # trees in one compiled function
STRANGERS = 0.45  # of its score a pair of strangers keeps so much: below every verdict of same, in their old order
# Log odds that made pairs and neighbours took from the told pairs, by how two names meet: measured on firms kept apart.
BALANCE = {"cross": 0.2, "latin": 0.45, "han": 0.45, "kana": 0.0}
# Where what is left of both names sounds unlike (below UNHEARD) and no place is common, only a trade is: more is asked for.
UNHEARD, LEAST_UNHEARD = 0.5, -1.2
# Strangers so plain that the second forest is not asked; what it would say to most of them.
_HOPELESS, _USUAL, _FALLING = -7.0, 0.4, 6.0


class Weighed(NamedTuple):
    """What the model says of two names, and the features that speak of a daughter: of names in two scripts only."""

    score: float
    features: Features


# What the model is known to say of names of two firms: which name of the one, which name of the other.
Beforehand = Mapping[tuple[int, int], Weighed]


def row_of(features: Sequence[str], meeting: str, found: Features) -> list[float]:
    """The figures of a pair as the trees read them: these features in order, then how the two names meet."""
    return [*[found.get(name, ABSENT) for name in features], float(MEETINGS.index(meeting))]


@dataclass(frozen=True)
class Forest:
    """Trees of which the leaves are added up, from `bias` on. They read rows of `width` figures."""

    bias: float
    trees: list[Any]
    width: int


@dataclass(frozen=True)
class Model:
    """The names of the features, in order; two forests; the word tables that the features were made with.

    `gate` tells firms from strangers: whether two names have anything in common at all. `trees` tell one firm from its
    neighbours, which were chosen for being alike; asked about strangers they would guess. A pair below `least` is strangers.
    """

    features: list[str]
    lexicon: Lexicon
    trees: Forest
    gate: Forest
    least: float

    def score(self, meeting: str, found: Features) -> float:
        """From 0 to 1."""
        gate, trees = self._sums_for(meeting, tuple(found))
        figures = found.values()
        common = gate(*figures)
        if common < _HOPELESS:
            return score_by(common, 0.0, 0.0)
        return score_by(common, trees(*figures) + BALANCE[meeting], self._least_for(found))

    def reaches(self, least: float, meeting: str, found: Features) -> bool:
        """Whether the score may be so high: strangers are told from others without the second forest."""
        gate, trees = self._sums_for(meeting, tuple(found))
        figures = found.values()
        return (gate(*figures) >= self._least_for(found) or least <= STRANGERS) and self._told(meeting, trees(*figures)) >= least

    def _least_for(self, found: Features) -> float:
        unheard = found.get("rest_sides") == 3 and found["rest_every"] < UNHEARD and not found["place_agree"]
        return max(self.least, LEAST_UNHEARD) if unheard else self.least

    @staticmethod
    def _told(meeting: str, log_odds: float) -> float:
        return share_of(log_odds + BALANCE[meeting])

    def _sums_for(self, meeting: str, names: tuple[str, ...]) -> tuple[_Sum, _Sum]:
        """Both forests as functions of the figures of these names, in this order; the others are absent."""
        key = meeting, names
        if key not in self._made:
            known = {self.features.index(name): f"f{at}" for at, name in enumerate(names) if name in self.features}
            fixed = {at: ABSENT for at in range(len(self.features)) if at not in known}
            fixed[len(self.features)] = float(MEETINGS.index(meeting))
            gate, trees = (_sum_of(forest, known, fixed, len(names)) for forest in (self.gate, self.trees))
            self._made[key] = (gate, trees)
        return self._made[key]

    @cached_property
    def _made(self) -> dict[tuple[str, tuple[str, ...]], tuple[_Sum, _Sum]]:
        return {}


def score_by(common: float, log_odds: float, least: float) -> float:
    """The score by what both forests say, the first of which asks for `least`."""
    if common < _HOPELESS:
        return STRANGERS * _USUAL * share_of(common + _FALLING)
    share = share_of(log_odds)
    return share if common >= least else STRANGERS * share


def share_of(log_odds: float) -> float:
    """Log odds as a share, 0 to 1."""
    return 1.0 / (1.0 + exp(-max(-30.0, min(30.0, log_odds))))


def _sum_of(forest: Forest, known: dict[int, str], fixed: dict[int, float], count: int) -> _Sum:
    """What the trees of a forest say, as log odds, as a function of `count` figures: a quarter of the price of walking them.

    `known` are the names of those that the trees read, by their place in a row; branches on a `fixed` one are taken beforehand.
    Only numbers of the trees get into the text that is compiled. The leaves are added up hundred by hundred, in order.
    """
    figures = ", ".join(f"f{at}" for at in range(count))
    told = [_expression(tree, known, fixed) for tree in forest.trees]
    hundreds = [told[start : start + AT_ONCE] for start in range(0, len(told), AT_ONCE)]
    parts: list[_Sum] = [
        eval(compile(f"lambda {figures}: {' + '.join(part)}", "trees", "eval"))  # noqa: S307 (made of numbers, right above)
        for part in hundreds
    ]
    bias = forest.bias
    return lambda *row: bias + sum([part(*row) for part in parts])


def _expression(node: Any, known: dict[int, str], fixed: dict[int, float]) -> str:
    if not isinstance(node, list):
        return repr(float(node))
    at, threshold, below, above = node
    if int(at) in fixed:
        return _expression(below if fixed[int(at)] <= threshold else above, known, fixed)
    yes, no = _expression(below, known, fixed), _expression(above, known, fixed)
    return f"({yes} if {known[int(at)]} <= {float(threshold)!r} else {no})"


@cache
def _shipped() -> Model:
    loaded: dict[str, Any] = json.loads(_DATA.read_text("utf-8"))
    features, gate = loaded["features"], loaded["gate"]
    trees, apart = (Forest(forest["bias"], forest["trees"], len(features) + 1) for forest in (loaded, gate))
    return Model(features, shipped(), trees, apart, gate["least"])


_instead: list[Model] = []


def use(model: Model | None) -> None:
    """Score with another model from now on, None: the shipped one. Only training does this, to measure on firms kept apart."""
    _instead[:] = [model] if model else []


def score_of(a: NameForms, b: NameForms) -> float:
    """The confidence, 0 to 1, that two names mean one legal entity, from what the names alone say. Symmetric."""
    return weighed(a, b)[0]


def weighed(a: NameForms, b: NameForms) -> tuple[float, Features]:
    """That confidence, and the features it was read from."""
    model = present()
    card, found = _figures(a, b, model)
    return model.score(card, found), found


def features_between(a: NameForms, b: NameForms) -> Features:
    """The features of two names alone, kept for who asks for their score next."""
    return _figures(a, b, present())[1]


def present() -> Model:
    """The model that scores now."""
    return _instead[0] if _instead else _shipped()


def reaches(least: float, a: NameForms, b: NameForms) -> bool:
    """False when `score_of` is sure to be below `least`. Symmetric."""
    model = present()
    return model.reaches(least, *_figures(a, b, model))


_Asked = tuple[Model, NameForms, NameForms, tuple[str, Features]]
_last: dict[str, _Asked] = {}


def _figures(a: NameForms, b: NameForms, model: Model) -> tuple[str, Features]:
    """The figures of a pair; those of the last one are kept, because who is not told apart is judged next."""
    kept = _last.get("pair")
    if kept is not None and kept[0] is model and ((kept[1] is a and kept[2] is b) or (kept[1] is b and kept[2] is a)):
        return kept[3]
    found = features_of(a, b, model.lexicon)
    _last["pair"] = (model, a, b, found)
    return found
