"""How near two subjects are at first sight, at a hundredth of the judge's price, and whom of many to judge by that.

The figures of the choice stand here for both that make it: a question to the index, and arrays of all firms (`pairing`).
"""

from collections.abc import Collection, Iterable, Sequence
from typing import Any, NamedTuple

from rapidfuzz import fuzz

from crm.matching.rules.kinds import Channel

# A token that more subjects share says little.
POSTINGS = 200
# Channels, the most candidates they may bring, and the share of the best one's weight below which a candidate only disturbs.
# Where no share is asked for, a token in common is reason enough to compare: no likeness is asked for either.
QUOTAS = (
    ((Channel.IDENTIFIER,), 20, 0.0),
    ((Channel.BRAND,), 40, 0.0),
    ((Channel.HAN, Channel.WORD), 60, 0.25),
    ((Channel.SOUND, Channel.SKELETON), 60, 0.15),
)
# So many are judged: those that share most and are the nearest; behind the first few only what is not too far off. Of the 451
# firms that 32 find among a million, four are found no more by 24, at four fifths of the price.
JUDGED, FIRST, FAR = 24, 8, 0.4


def worth_judging(place: Any, near: Any) -> Any:
    """Whether the candidate at this place of the order is judged, by how near it is; of arrays the same for each element."""
    return (place < JUDGED) & ((place < FIRST) | (near >= FAR))


class Sketch(NamedTuple):
    """The little of a name by which the nearest of many are chosen."""

    whole: str
    stem: str
    script: str
    readings: Sequence[str]
    bones: Sequence[str]
    concepts: Collection[str]


# Two names of one script that do not begin alike and whose distinctive parts share no more than this (in hundredths),
# in letters and in sound, are no one firm, as good as never: of 307 pairs of one script that were called the same among 25,000
# firms one was lost. Signs have to have something in common even where they begin alike; short words in Latin letters may be
# initials. It spares two fifths of what would be judged. Who shares so much of the best one's weight is judged all the same.
SIGNS_APART, HALF_APART, HEARD_APART, WHOLE_APART, WORDY = 33.3, 50.1, 69.9, 54.9, 6  # between what ratios of short names are
SHARED = 0.5


def plainly_apart(mine: Sequence[Sketch], yours: Sequence[Sketch]) -> bool:
    """Whether no name of one subject is worth comparing with one of the other. Symmetric; unknown across scripts: False."""
    return bool(mine) and bool(yours) and all(_apart(one, other) for one in mine for other in yours)


def _apart(one: Sketch, other: Sketch) -> bool:
    if one.script != other.script:
        return False
    alike = fuzz.ratio(one.stem, other.stem)
    begin = one.stem[:1] == other.stem[:1] or one.whole[:1] == other.whole[:1]
    if one.script == "latin":
        return not begin and alike < HALF_APART and min(len(one.stem), len(other.stem)) >= WORDY
    if alike >= HALF_APART or fuzz.ratio(one.whole, other.whole) >= WHOLE_APART:
        return False
    heard = (fuzz.ratio(x, y) for x in one.readings for y in other.readings)
    return alike < SIGNS_APART or (not begin and max(heard, default=0.0) < HEARD_APART)


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
                heard = max([fuzz.ratio(x, y) for x in one.readings for y in other.readings], default=0.0)
                near = max(heard, BONES * max([fuzz.ratio(x, y) for x in one.bones for y in other.bones], default=0.0))
            if one.concepts and other.concepts:
                shared = sum(concept in one.concepts for concept in other.concepts)
                near += TRADES * shared / (len(one.concepts) + len(other.concepts) - shared)
            best = max(best, near)
    return best / 100
