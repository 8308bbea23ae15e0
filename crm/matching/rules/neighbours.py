"""More pairs to learn from, made of the names that are told: firms of public registers, and every name's nearest neighbours.

Only learning uses it, and it needs scikit-learn.
"""

import random
from collections import defaultdict
from typing import Any

from crm.matching.rules import wordlists
from crm.matching.rules.evidence import meeting
from crm.matching.rules.normalise import forms_of

NEAREST = 3  # other firms that a name is set against
MOST = 20_000  # made pairs that are kept, drawn by chance
# What a made pair counts: there are many more of them than of told ones, above all in two scripts.
WRITTEN, ACROSS = 0.15, 0.05
Row = dict[str, Any]


def registered(rows: list[Row]) -> list[Row]:
    """The two names of each firm of a public register that `rows` do not speak of: one firm."""
    told = {row["entity"] for row in rows}
    return [
        {"a": names[0], "b": names[1], "same": 1, "slice": "made", "entity": firm}
        for firm, names in wordlists.register_names()
        if firm not in told
    ]


def neighbours(rows: list[Row]) -> list[Row]:
    """Made pairs of two firms: each name and the names most like it by runs of signs, and what those are called in the other
    script. `other` is the second firm, which has to be kept apart as well where firms are.
    """
    called: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        if row["same"]:
            called[row["entity"]] |= {row["a"], row["b"]}
    for firm, names in wordlists.register_names():
        called[firm] |= set(names[:2])
    chance = random.Random(3)  # noqa: S311 (drawn the same way every time, on purpose)
    seen = {frozenset((row["a"], row["b"])) for row in rows}
    made: list[Row] = []
    for name, firm, near, whose in _nearest(called):
        across = sorted(n for n in called[whose] if (forms_of(n).script == "latin") != (forms_of(name).script == "latin"))
        for met in (near, *chance.sample(across, min(1, len(across)))):
            pair = frozenset((name, met))
            if pair not in seen and forms_of(name).key != forms_of(met).key:
                seen.add(pair)
                weight = ACROSS if meeting(forms_of(name), forms_of(met)) == "cross" else WRITTEN
                made.append({"a": name, "b": met, "same": 0, "slice": "made", "entity": firm, "other": whose, "weight": weight})
    return chance.sample(made, min(MOST, len(made)))


def _nearest(called: dict[str, set[str]]) -> list[tuple[str, str, str, str]]:
    """(name, its firm, a name like it, whose that is), each name compared with those of its own writing."""
    import numpy
    from sklearn.feature_extraction.text import TfidfVectorizer  # type: ignore[import-untyped]

    lists: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for firm in sorted(called):
        for name in sorted(called[firm]):
            script = forms_of(name).script
            lists[script if script in ("latin", "hangul") else f"han {firm[:2] == 'JP'}"].append((name, firm))
    found = []
    for script, some in sorted(lists.items()):
        runs = TfidfVectorizer(analyzer="char", ngram_range=(2, 3) if script == "latin" else (1, 2), sublinear_tf=True)
        figures = runs.fit_transform([forms_of(name).whole for name, _firm in some])
        alike = (figures @ figures.T).tocsr()
        for place, (name, firm) in enumerate(some):
            row = alike.getrow(place)
            ranked = row.indices[numpy.lexsort((row.indices, -row.data))]
            others = [some[at] for at in ranked.tolist() if some[at][1] != firm][:NEAREST]
            found += [(name, firm, near, whose) for near, whose in others]
    return found
