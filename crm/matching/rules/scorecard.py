"""The score: a learned model reads the evidence of two names and answers how surely they mean one firm.

The model is a few hundred small decision trees, kept as plain data (data/trees.json): a branch is [feature, threshold, at most,
above], a leaf a number. `flask match train` makes it.
"""

import json
from collections.abc import Callable
from functools import cache, cached_property
from math import exp
from operator import itemgetter
from pathlib import Path
from typing import Any

from crm.matching.rules.evidence import Features, features_of
from crm.matching.rules.kinds import NameForms
from crm.matching.rules.lexicon import Lexicon, shipped

_DATA = Path(__file__).resolve().parent.parent / "data" / "trees.json"
MEETINGS = ("han", "kana", "latin", "cross")
ABSENT = -1.0  # a feature that this way of meeting does not have


_AT_ONCE = 20  # trees in one compiled function
# Two strangers, as most candidates are: after so many functions so far off that the rest would not save them, only go on as far.
_LOOK_AFTER, _HOPELESS, _ONWARD = 3, -2.5, 2.0


class Model:
    """The names of the features, in order, a bias and the trees; with the word tables that the features were made with."""

    def __init__(self, features: list[str], bias: float, trees: list[Any], lexicon: Lexicon) -> None:
        self.features = features
        self.bias = bias
        self.trees = trees
        self.lexicon = lexicon

    @cached_property
    def _absent(self) -> Features:
        return dict.fromkeys(self.features, ABSENT)

    @cached_property
    def _in_order(self) -> Callable[[Features], tuple[float, ...]]:
        return itemgetter(*self.features)

    @cached_property
    def _sums(self) -> list[Callable[..., float]]:
        """The trees as functions of a row's figures, each the sum of a few trees: a tenth of the price of walking them."""
        count = len(self.features) + 1
        return [_compiled(self.trees[start : start + _AT_ONCE], count) for start in range(0, len(self.trees), _AT_ONCE)]

    def row(self, meeting: str, found: Features) -> list[float]:
        """The figures of a pair as the trees read them."""
        return [*self._in_order({**self._absent, **found}), float(MEETINGS.index(meeting))]

    def score(self, meeting: str, found: Features) -> float:
        """From 0 to 1."""
        row = self.row(meeting, found)
        total = self.bias
        for number, sum_of in enumerate(self._sums):
            if number == _LOOK_AFTER and total < _HOPELESS:
                total *= _ONWARD
                break
            total += sum_of(*row)
        return 1.0 / (1.0 + exp(-max(-30.0, min(30.0, total))))


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
    return Model(loaded["features"], loaded["bias"], loaded["trees"], shipped())


_instead: list[Model] = []


def use(model: Model | None) -> None:
    """Score with another model from now on, None: the shipped one. Only training does this, to measure on firms kept apart."""
    _instead[:] = [model] if model else []


def score_of(a: NameForms, b: NameForms) -> float:
    """The confidence, 0 to 1, that two names mean one legal entity, from what the names alone say. Symmetric."""
    model = _instead[0] if _instead else _shipped()
    return model.score(*features_of(a, b, model.lexicon))
