"""Types of evidence: which the rules accept, what each weighs, how well a first report is evidenced by what was handed in.

The types are those that published rules name; which of them are accepted, and what each weighs, is a setting of the version of
the protection rules in force (0: not accepted). A piece without a type was handed in before there were types: it still counts as
it did then, one piece for one point, whatever the rules say of types.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

HEAVIEST = 4  # a weight that alone makes a first report strongly evidenced


class EvidenceType(StrEnum):
    """What a piece of evidence is. fact: the proof of a milestone or of money; other: none of these, it never counts."""

    AGREEMENT = "agreement"
    INTENT = "intent"
    REQUEST = "request"
    MINUTES = "minutes"
    VISIT = "visit"
    INTRODUCTION = "introduction"
    FACT = "fact"
    OTHER = "other"


HANDED_IN = tuple(one for one in EvidenceType if one is not EvidenceType.FACT)  # what a person chooses from
WEIGHED = tuple(one for one in EvidenceType if one is not EvidenceType.OTHER)  # what the rules give a weight


class Evidenced(StrEnum):
    """How well a first report was evidenced when it was granted."""

    BASIC = "basic"
    GOOD = "good"
    STRONG = "strong"


@dataclass(frozen=True, slots=True)
class Weighed:
    """What was handed in, by the rules: pieces that count, pieces that do not, and points of all that count."""

    accepted: int = 0
    refused: int = 0
    points: int = 0

    @property
    def level(self) -> Evidenced:
        """How well that evidences a first report."""
        return evidence_level(self.points)


def evidence_level(points: int) -> Evidenced:
    """One point is basic, two are good, four strong; before there were types, a piece was a point."""
    return Evidenced.STRONG if points >= 4 else Evidenced.GOOD if points >= 2 else Evidenced.BASIC


def weigh(types: Iterable[str | None], weights: dict[str, int]) -> Weighed:
    """Weigh pieces of evidence by their types; `weights` as the rules in force give them. Several pieces of one type weigh as
    one: ten photographs of a visit are one visit. Each piece without a type is a point.
    """
    found = list(types)
    untyped = sum(1 for one in found if one is None)
    accepted = [one for one in found if one is not None and weights.get(one, 0) > 0]
    points = untyped + sum(weights[one] for one in set(accepted))
    return Weighed(untyped + len(accepted), len(found) - untyped - len(accepted), points)
