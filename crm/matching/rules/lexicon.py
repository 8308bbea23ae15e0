"""What was learned about the words of company names: which translate each other, and which may be left out of a name.

Statistics only, in data/lexicon.json: a word counts when several firms have it, so that no firm's own name is in it.
"""

import json
import re
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from rapidfuzz.distance import Indel

from crm.matching.rules.kinds import NameForms
from crm.matching.rules.legal import counted
from crm.matching.rules.scripts import is_cjk, is_han, is_hangul

_DATA = Path(__file__).resolve().parent.parent / "data" / "lexicon.json"
_EMPTY = frozenset({
    "co", "ltd", "inc", "corp", "corporation", "company", "limited", "plc", "llc", "ag", "gmbh", "sa", "nv", "bv", "the", "of",
    "and", "for", "kk", "incorporated", "pte", "pty", "jsc", "stock",
})  # fmt: skip
_COUNTED = [
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen",
    "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
]  # fmt: skip
_NUMBER_WORDS = {word: n for n, word in enumerate(_COUNTED)} | {"twenty": 20, "thirty": 30, "forty": 40}
_NUMBER_WORDS |= {"first": 1, "second": 2, "third": 3}


class Lexicon:
    """Two tables: sign run -> {Latin word: how often it stands for it}, and left-out word -> log odds of one firm."""

    def __init__(self, meanings: dict[str, dict[str, float]], leftovers: dict[str, float]) -> None:
        self.meanings = meanings
        self.leftovers = leftovers
        self._said: tuple[dict[str, float], dict[str, float]] = ({}, {})
        for run, words in meanings.items():
            said = self._said[is_hangul(run[0])]
            for word, share in words.items():
                said[word] = max(share, said.get(word, 0.0))

    def said(self, *, hangul: bool) -> dict[str, float]:
        """Latin word -> how surely it is called something we know, in hangul or in the other signs."""
        return self._said[hangul]


@cache
def shipped() -> Lexicon:
    """The tables of the data file."""
    loaded: dict[str, Any] = json.loads(_DATA.read_text("utf-8"))
    return Lexicon(loaded["meanings"], loaded["leftovers"])


@lru_cache(maxsize=65536)
def latin_words(folded: str) -> tuple[str, ...]:
    """The words of a folded name in Latin letters, without legal forms and small words."""
    return tuple(word for word in re.findall(r"[a-z]+|\d+", folded) if word not in _EMPTY)


@lru_cache(maxsize=65536)
def grams(whole: str) -> tuple[tuple[str, int], ...]:
    """The runs of one to four signs of a name, each with where it begins."""
    found = [(whole[i : i + n], i) for n in (1, 2, 3, 4) for i in range(len(whole) - n + 1)]
    return tuple((gram, at) for gram, at in found if is_run(gram))


def is_run(gram: str) -> bool:
    """Whether some signs may stand for a word: CJK ones, a single one only if it is a character."""
    return all(map(is_cjk, gram)) and (len(gram) > 1 or is_han(gram))


@lru_cache(maxsize=65536)
def numbers_of(folded: str) -> frozenset[int]:
    """The numbers a name says, in digits or in English words: No. 29 and Twenty-nine."""
    found = {int(run) for run in re.findall(r"[0-9]{1,9}", folded)}
    tens = 0
    for word in re.findall(r"[a-z]+", folded):
        value = _NUMBER_WORDS.get(word)
        if value is not None:
            found.discard(tens)
            found.add(tens + value if tens and value < 10 else value)
        tens = value if value in (20, 30, 40) else 0
    return frozenset(found) | {int(number) for number in counted(folded)}


def leftovers(a: NameForms, b: NameForms) -> tuple[list[str], list[str]]:
    """What only one of two names of one script says: words, or runs of signs."""
    if a.script == "latin" and b.script == "latin":
        mine, yours = latin_words(a.folded), latin_words(b.folded)
        return [w for w in mine if w not in yours], [w for w in yours if w not in mine]
    return runs_left_over(a.whole, b.whole)


def runs_left_over(one: str, two: str) -> tuple[list[str], list[str]]:
    """The runs of signs that only one of two texts has."""
    left, right = [], []
    for code in Indel.opcodes(one, two):
        if code.tag == "delete":
            left.append(one[code.src_start : code.src_end])
        elif code.tag == "insert":
            right.append(two[code.dest_start : code.dest_end])
    return left, right


def leftover_keys(words: list[str], *, short: bool) -> list[str]:
    """The keys of the leftover table: a word means less where one of the two is a short name."""
    sign = "~" if short else ""
    return [sign + word for word in words]
