"""The score: a learned model reads the evidence of two names and answers how surely they mean one firm.

The model is two forests of small decision trees, kept as plain data (data/trees.json): a branch is [feature, threshold, at most,
above], a leaf a number. `flask match train` makes it.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from math import exp
from pathlib import Path
from typing import Any

from crm.matching.rules.evidence import Features, features_of
from crm.matching.rules.kinds import NameForms
from crm.matching.rules.lexicon import Lexicon, shipped

_DATA = Path(__file__).resolve().parent.parent / "data" / "trees.json"
MEETINGS = ("han", "kana", "latin", "cross")
ABSENT = -1.0  # a feature that this way of meeting does not have


_AT_ONCE = 100  # trees in one compiled function
_STRANGERS = 0.45  # of its score a pair of strangers keeps so much: below every verdict of same, in their old order
_BALANCE = 0.405  # log odds that the made neighbours in two scripts took from the told pairs: measured on firms kept apart
# Strangers so plain that the second forest is not asked; what it would say to most of them.
_HOPELESS, _USUAL, _FALLING = -7.0, 0.4, 6.0


def row_of(features: Sequence[str], meeting: str, found: Features) -> list[float]:
    """The figures of a pair as the trees read them: these features in order, then how the two names meet."""
    return [*[found.get(name, ABSENT) for name in features], float(MEETINGS.index(meeting))]


@dataclass(frozen=True)
class Forest:
    """Trees of which the leaves are added up, from `bias` on. They read rows of `width` figures."""

    bias: float
    trees: list[Any]
    width: int

    @cached_property
    def _sums(self) -> list[Callable[..., float]]:
        """The trees as functions of a row's figures, each the sum of a hundred trees: a quarter of the price of walking them."""
        return [_compiled(self.trees[start : start + _AT_ONCE], self.width) for start in range(0, len(self.trees), _AT_ONCE)]

    def sum_of(self, row: list[float]) -> float:
        """What the trees say to a row of `width` figures, as log odds."""
        return self.bias + sum(sum_of(*row) for sum_of in self._sums)


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
        row = row_of(self.features, meeting, found)
        common = self.gate.sum_of(row)
        if common < _HOPELESS:
            return _STRANGERS * _USUAL * _share(common + _FALLING)
        share = _share(self.trees.sum_of(row) + (_BALANCE if meeting == "cross" else 0.0))
        return share if common >= self.least else _STRANGERS * share


def _share(log_odds: float) -> float:
    return 1.0 / (1.0 + exp(-max(-30.0, min(30.0, log_odds))))


def _compiled(trees: list[Any], count: int) -> Callable[..., float]:
    """A Python function of `count` figures that answers the sum of these trees. Only numbers of the trees get into its text."""
    figures = [f"f{index}" for index in range(count)]
    text = f"lambda {', '.join(figures)}: {' + '.join(map(_expression, trees))}"
    return eval(compile(text, "trees", "eval"))  # type: ignore[no-any-return]  # noqa: S307 (text made of numbers, right above)


def _expression(node: Any) -> str:
    if isinstance(node, list):
        at, threshold, below, above = node
        return f"({_expression(below)} if f{int(at)} <= {float(threshold)!r} else {_expression(above)})"
    return repr(float(node))


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
    model = _instead[0] if _instead else _shipped()
    return model.score(*features_of(a, b, model.lexicon))
