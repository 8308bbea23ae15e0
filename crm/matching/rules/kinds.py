"""The words of matching: forms of a name, subjects, judgements, tokens."""

from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from typing import NamedTuple


class Verdict(StrEnum):
    """same: one legal entity; related: same group or brand, another entity; different: anything else."""

    SAME = "same"
    RELATED = "related"
    DIFFERENT = "different"


class Certainty(IntEnum):
    """几乎相同, 很像, 有点像."""

    ALMOST_SAME = 3
    VERY_LIKE = 2
    SOMEWHAT_LIKE = 1


class Channel(IntEnum):
    """Where an index token comes from; each has its own quota of candidates."""

    HAN = 1
    WORD = 2
    SOUND = 3
    SKELETON = 4
    BRAND = 5
    IDENTIFIER = 6
    PREFIX = 8


class Late(Exception):
    """A comparison did not come to its end within its time."""


class Token(NamedTuple):
    """One index token: its channel and a signed 64-bit number."""

    channel: Channel
    value: int


@dataclass(frozen=True, slots=True)
class NameForms:
    """One name taken apart. `core` is the name without legal form and place (字号 with its trade words); `stem` without the
    trade words too. `sound` is the romanised stem. Legal form, places, holding words and numbers stay as evidence.
    `whole` is everything but the legal form; `readings` are the Latin spellings a stem may have, `bones` their consonants;
    `latin` is the stem's own Latin part; `script` is han, kana, hangul or latin. `brand_rest`: something follows the brand;
    `behind` are the trades in that, `tail` is what they leave unexplained.
    """

    original: str
    key: str
    folded: str
    core: str
    stem: str
    sound: str
    skeleton: str
    syllables: tuple[str, ...]
    words: tuple[str, ...]
    legal: str
    head_places: frozenset[str]
    places: frozenset[str]
    holding: bool
    concepts: frozenset[str]
    numbers: frozenset[str]
    brand: str
    brand_rest: bool
    han: bool
    sort_key: str
    initials: str
    whole: str
    readings: tuple[str, ...]
    bones: tuple[str, ...]
    script: str
    latin: str
    tail: str = ""
    behind: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Reason:
    """A fact for or against: a code (doors have the words) and what it is about. `weight`: for, against or weak."""

    code: str
    weight: str
    facts: tuple[tuple[str, str], ...] = ()

    def as_dict(self) -> dict[str, str]:
        """The facts by name."""
        return dict(self.facts)


@dataclass(frozen=True, slots=True)
class Subject:
    """A firm to compare: every name it is known by, country (ISO), identifiers as (scheme, value), phones in E.164.

    `forms` are those of `names`, in their order, when they are at hand (stored with the index); else judging works them out.
    """

    names: tuple[str, ...]
    country: str | None = None
    identifiers: frozenset[tuple[str, str]] = frozenset()
    phones: frozenset[str] = frozenset()
    forms: tuple[NameForms, ...] = field(default=(), compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Judgement:
    """The verdict on two subjects with its reasons; `score` is the confidence in same, 0 to 1."""

    verdict: Verdict
    score: float
    certainty: Certainty
    reasons: tuple[Reason, ...] = field(default_factory=tuple)
