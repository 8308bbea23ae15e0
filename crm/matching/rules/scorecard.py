"""The score card: weights of the evidence, read from data. A learned model may take its place: features in, 0 to 1 out."""

import json
from functools import cache
from math import exp
from pathlib import Path
from typing import Any

from crm.matching.rules.evidence import features_of
from crm.matching.rules.kinds import NameForms


@cache
def _cards() -> dict[str, Any]:
    path = Path(__file__).resolve().parent.parent / "data" / "scorecard.json"
    loaded: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return loaded


def score_of(a: NameForms, b: NameForms) -> float:
    """The confidence, 0 to 1, that two names mean one legal entity, from what the names alone say. Symmetric."""
    name, features = features_of(a, b)
    card = _cards()[name]
    weights = card["weights"]
    total = card["bias"]
    for feature, value in features.items():
        if value:  # most are 0
            total += weights[feature] * value
    return 1.0 / (1.0 + exp(-max(-30.0, min(30.0, total))))
