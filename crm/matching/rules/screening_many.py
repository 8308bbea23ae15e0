"""`cannot_be_same` of thousands of pairs at once, the other way round: which of them may be one firm.

The features of a pair are worked out as they always are; only the trees are walked for all pairs together. It loads numpy.
"""

from array import array
from collections import defaultdict
from collections.abc import Iterable

import numpy as np

from crm.matching.rules.evidence import features_of
from crm.matching.rules.forest_many import Trees
from crm.matching.rules.home import names_beside
from crm.matching.rules.judge import SAME_FROM, capped
from crm.matching.rules.kinds import Subject
from crm.matching.rules.resemblance import both_known
from crm.matching.rules.scorecard import Model, present

_Kept = tuple[list[int], "array[float]"]  # the numbers of pairs, and their figures, one pair after the other
_Meeting = tuple[str, tuple[str, ...]]
HELD = 8_000  # pairs whose figures are held for each way of meeting: five megabytes

_trees: list[Trees] = []


def may_be_same(pairs: Iterable[tuple[Subject, Subject]]) -> list[bool]:
    """For each pair in order: False when `judge` is sure not to call the two the same. Symmetric."""
    model = present()
    told: list[bool] = []
    kept: dict[_Meeting, _Kept] = defaultdict(lambda: ([], array("d")))
    for number, (a, b) in enumerate(pairs):
        told.append(not (a.identifiers.isdisjoint(b.identifiers) and a.phones.isdisjoint(b.phones)))
        for mine, yours in () if told[-1] else names_beside(a, b):
            if mine.key == yours.key or both_known(mine, yours):
                told[-1] = True
                break
            if capped(mine, yours):
                continue
            meeting, found = features_of(mine, yours, model.lexicon)
            numbers, figures = kept[meeting, tuple(found)]
            numbers.append(number)
            figures.extend(found.values())
            if len(numbers) == HELD:
                _tell(told, (meeting, tuple(found)), kept.pop((meeting, tuple(found))), model)
    for key, some in kept.items():
        _tell(told, key, some, model)
    return told


def _tell(told: list[bool], met: _Meeting, kept: _Kept, model: Model) -> None:
    numbers, figures = kept
    reached = trees_of(model).reaches(SAME_FROM, *met, np.frombuffer(figures, np.float64).reshape(len(numbers), -1))
    for at in np.flatnonzero(reached).tolist():
        told[numbers[at]] = True


def trees_of(model: Model) -> Trees:
    """The trees of the model that holds; made once."""
    if not _trees or _trees[0].model is not model:
        _trees[:] = [Trees(model)]
    return _trees[0]
