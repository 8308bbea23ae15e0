"""How near two subjects are at first sight, at a hundredth of the judge's price: by this the nearest of many are chosen."""

from collections.abc import Collection, Iterable, Sequence
from typing import NamedTuple

from rapidfuzz import fuzz


class Sketch(NamedTuple):
    """The little of a name by which the nearest of many are chosen."""

    whole: str
    stem: str
    script: str
    readings: Sequence[str]
    bones: Sequence[str]
    concepts: Collection[str]


BONES = 0.9  # consonants alone are sooner alike than what is spoken
TRADES = 20  # what one trade adds, in hundredths: names of two scripts seldom share more than a sound and a trade


def nearness(mine: Sequence[Sketch], yours: Iterable[Sketch]) -> float:
    """How near the nearest names of two subjects are, in letters, between scripts in sound, and in trade: 0 to 1.2."""
    best = 0.0
    for other in yours:
        for one in mine:
            if one.script == other.script:
                near = max(fuzz.ratio(one.whole, other.whole), fuzz.ratio(one.stem, other.stem))
            else:
                heard = max((fuzz.ratio(x, y) for x in one.readings for y in other.readings), default=0.0)
                near = max(heard, BONES * max((fuzz.ratio(x, y) for x in one.bones for y in other.bones), default=0.0))
            if one.concepts and other.concepts:
                shared = sum(concept in one.concepts for concept in other.concepts)
                near += TRADES * shared / (len(one.concepts) + len(other.concepts) - shared)
            best = max(best, near)
    return best / 100
