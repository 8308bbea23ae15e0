"""The score: a learned model reads the evidence of two names and answers how surely they mean one firm.

The model is a few hundred small decision trees, kept as plain data (data/trees.json): a branch is [feature, threshold, at most,
above], a leaf a number. `flask match train` makes it.
"""

import json
from functools import cache
from math import exp
from pathlib import Path
from typing import Any

from crm.matching.rules.evidence import Features, features_of
from crm.matching.rules.kinds import NameForms
from crm.matching.rules.lexicon import Lexicon, shipped

_DATA = Path(__file__).resolve().parent.parent / "data" / "trees.json"
MEETINGS = ("han", "kana", "latin", "cross")
ABSENT = -1.0  # a feature that this way of meeting does not have


_ONWARD = 2.0  # as far again the other trees would go
_LOOK_AT, _HOPELESS = 60, -2.5


class Model:
    """The names of the features, in order, a bias and the trees; with the word tables that the features were made with."""

    def __init__(self, features: list[str], bias: float, trees: list[Any], lexicon: Lexicon) -> None:
        self.features = features
        self.bias = bias
        self.trees = trees
        self.lexicon = lexicon

    def row(self, meeting: str, found: Features) -> list[float]:
        """The figures of a pair as the trees read them."""
        return [*(found.get(name, ABSENT) for name in self.features), float(MEETINGS.index(meeting))]

    def score(self, meeting: str, found: Features) -> float:
        """From 0 to 1."""
        row = self.row(meeting, found)
        total = self.bias
        for number, node in enumerate(self.trees):
            if number == _LOOK_AT and total < _HOPELESS:  # two strangers, as most candidates are: the rest would not save them
                total *= _ONWARD
                break
            while node.__class__ is list:
                node = node[2] if row[node[0]] <= node[1] else node[3]
            total += node
        return 1.0 / (1.0 + exp(-max(-30.0, min(30.0, total))))


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
