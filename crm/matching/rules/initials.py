"""Names made of initials: ＦＩＧ for Future Innovation Group, 티씨케이 (T, C, K) for Tokai Carbon Korea."""

import re
from functools import lru_cache

from crm.matching.rules.kinds import NameForms
from crm.matching.rules.scripts import letters_of, spelled_letters

FULLY, INSIDE = 0.9, 0.6  # the initials begin the row of first letters, or stand in the midst of it


@lru_cache(maxsize=65536)
def heads_of(folded: str) -> str:
    """The first letters of a name's Latin words, its legal form too: the I of Systems Technology Incorporated."""
    return "".join(word[0] for word in re.findall(r"[a-z0-9]+", folded))


def initials_agree(a: NameForms, b: NameForms) -> float:
    """Whether one of the two names is the other's initials, 0 to 1. At least one of them is in Latin letters."""
    return max(_initials_of(a, b), _initials_of(b, a))


def _initials_of(short: NameForms, long: NameForms) -> float:
    if long.script != "latin":
        return 0.0
    letters = short.stem if short.script == "latin" else spelled_letters(letters_of(short.stem))
    if len(letters) < 2 or len(letters) > 6:
        return 0.0
    if short.script != "latin" and letters == long.stem:
        return 1.0
    heads = heads_of(long.folded)
    return among_heads(letters, heads)


def among_heads(letters: str, heads: str) -> float:
    """Whether these letters are initials, 0 to 1, by the first letters of a name's words."""
    if len(letters) < 3 or len(letters) > 6 or len(heads) < len(letters):
        return 0.0
    return FULLY if heads.startswith(letters) else INSIDE if letters in heads else 0.0
