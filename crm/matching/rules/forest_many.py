"""What the model says of many pairs of names at once: the same trees, walked on columns of figures instead of pair by pair.

It loads numpy: only who compares thousands of pairs should load it.
"""

from collections.abc import Sequence
from math import log
from typing import Any

import numpy as np
from numpy.typing import NDArray

from crm.matching.rules.scorecard import (
    ABSENT,
    AT_ONCE,
    BALANCE,
    LEAST_UNHEARD,
    MEETINGS,
    STRANGERS,
    UNHEARD,
    Forest,
    Model,
    score_by,
)  # fmt: skip

Figures = NDArray[np.float64]
Flags = NDArray[np.bool_]
Leaves = NDArray[np.uint8]
Ints = NDArray[np.int64]

_HAIR = 1e-9  # log odds
AT_A_TIME = 4_000  # pairs: what all conditions say of them is ten megabytes
Condition = tuple[int, float]  # that the figure of a column is at most so high


class _Sum:
    """The trees of one forest for one way of meeting, without the branches that figures which it does not have decide."""

    def __init__(self, forest: Forest, known: dict[int, int], fixed: dict[int, float]) -> None:
        self._bias = forest.bias
        conditions: dict[Condition, int] = {}
        self._trees = [_pruned(tree, known, fixed, conditions) for tree in forest.trees]
        self._conditions = list(conditions)  # each asked once, though several trees ask it

    def __call__(self, columns: Sequence[Figures]) -> Figures:
        """The log odds of each pair, by the columns of figures; added up in the order of the compiled trees, to the last bit."""
        starts = range(0, len(columns[0]), AT_A_TIME)
        return np.concatenate([np.empty(0), *(self._added([c[at : at + AT_A_TIME] for c in columns]) for at in starts)])

    def _added(self, columns: Sequence[Figures]) -> Figures:
        holds = [np.negative((columns[column] <= threshold).view(np.uint8)) for column, threshold in self._conditions]
        sums: list[Figures] = []
        for number, (tree, values) in enumerate(self._trees):
            leaves = values[_leaf(tree, holds)] if isinstance(tree, tuple) else np.full(len(columns[0]), values[0])
            if number % AT_ONCE:
                sums[-1] += leaves
            else:
                sums.append(leaves)
        total = np.zeros(len(columns[0]))
        for part in sums:
            total += part
        return self._bias + total


def _pruned(tree: Any, known: dict[int, int], fixed: dict[int, float], conditions: dict[Condition, int]) -> tuple[Any, Figures]:
    """A tree whose branches name conditions and whose leaves are numbers of values, eight bits are enough; and the values."""
    values: list[float] = []

    def walk(node: Any) -> Any:
        if not isinstance(node, list):
            values.append(float(node))
            return np.uint8(len(values) - 1)
        at, threshold, below, above = node
        if int(at) in fixed:
            return walk(below if fixed[int(at)] <= threshold else above)
        asked = conditions.setdefault((known[int(at)], float(threshold)), len(conditions))
        return asked, walk(below), walk(above)

    pruned = walk(tree)
    return pruned, np.array(values)


def _leaf(node: Any, holds: Sequence[Leaves]) -> Leaves:
    """The number of the leaf that each pair falls to. `holds`: all bits of those for which a condition holds, none of the others:
    choosing by bits takes half as long as `np.where`.
    """
    condition, below, above = node
    here = below if below.__class__ is np.uint8 else _leaf(below, holds)
    there = above if above.__class__ is np.uint8 else _leaf(above, holds)
    chosen: Leaves = holds[condition] & (here ^ there)
    chosen ^= there
    return chosen


class Trees:
    """A model for columns of figures. What is pruned for a way of meeting is kept."""

    def __init__(self, model: Model) -> None:
        """The model whose trees are walked."""
        self.model = model
        self.proved: set[str] = set()  # the ways of meeting of which columns were held to features; who asks keeps it
        self._made: dict[tuple[str, tuple[str, ...]], tuple[_Sum, _Sum]] = {}

    def reaches(self, least: float, meeting: str, names: tuple[str, ...], figures: Figures) -> Flags:
        """`Model.reaches` of many pairs that meet in one way; a row of `figures` a pair, in the order of the features' `names`.

        Where it is a hair's breadth it says yes, because numbers are raised to powers in another way here.
        """
        return self.reaches_by(least, meeting, names, list(np.ascontiguousarray(figures.T)))

    def reaches_by(self, least: float, meeting: str, names: tuple[str, ...], columns: Sequence[Figures]) -> Flags:
        """The same, by the columns of the features of these names."""
        reached = np.zeros(len(columns[0]), bool)
        reached[self.reaching(least, meeting, names, columns)[0]] = True
        return reached

    def reaching(self, least: float, meeting: str, names: tuple[str, ...], columns: Sequence[Figures]) -> tuple[Ints, Figures]:
        """The same: the numbers of the pairs that reach it, and the log odds of which `Model.score` makes their scores."""
        gate, trees = self._sums_for(meeting, names)
        asked = np.arange(len(columns[0]))
        if least > STRANGERS:
            asked = np.flatnonzero(gate(columns) >= self._least_for(names, columns))
        if not len(asked):
            return asked, np.empty(0)
        told = trees([column[asked] for column in columns]) + BALANCE[meeting]
        reached = told >= log(least / (1.0 - least)) - _HAIR
        return asked[reached], told[reached]

    def telling(
        self, least: float, meeting: str, names: tuple[str, ...], columns: Sequence[Figures], anyhow: Flags
    ) -> tuple[Ints, list[float]]:
        """The numbers of the pairs that reach it, and of those that are wanted `anyhow`; and `Model.score` of each."""
        gate, trees = self._sums_for(meeting, names)
        common, needed = gate(columns), self._least_for(names, columns)
        asked = np.flatnonzero((common >= needed) | anyhow | (least <= STRANGERS))
        if not len(asked):
            return asked, []
        common, needed = common[asked], needed[asked]
        odds = trees([column[asked] for column in columns]) + BALANCE[meeting]
        reached = anyhow[asked] | (odds >= log(least / (1.0 - least)) - _HAIR)
        told = common[reached], odds[reached], needed[reached]
        return asked[reached], [score_by(*one) for one in zip(*(figures.tolist() for figures in told), strict=True)]

    def sums(self, meeting: str, names: tuple[str, ...], figures: Figures) -> tuple[Figures, Figures]:
        """The log odds by both forests, the gate first."""
        columns = list(np.ascontiguousarray(figures.T))
        gate, trees = self._sums_for(meeting, names)
        return gate(columns), trees(columns)

    def _least_for(self, names: tuple[str, ...], columns: Sequence[Figures]) -> Figures:
        least = np.full(len(columns[0]), self.model.least)
        if "rest_sides" in names:
            sides, every, agree = (columns[names.index(name)] for name in ("rest_sides", "rest_every", "place_agree"))
            least[(sides == 3) & (every < UNHEARD) & (agree == 0)] = max(self.model.least, LEAST_UNHEARD)
        return least

    def _sums_for(self, meeting: str, names: tuple[str, ...]) -> tuple[_Sum, _Sum]:
        made = self._made.get((meeting, names))
        if made is None:
            model = self.model
            known = {model.features.index(name): at for at, name in enumerate(names) if name in model.features}
            fixed = {at: ABSENT for at in range(len(model.features)) if at not in known}
            fixed[len(model.features)] = float(MEETINGS.index(meeting))
            made = self._made[meeting, names] = (_Sum(model.gate, known, fixed), _Sum(model.trees, known, fixed))
        return made
