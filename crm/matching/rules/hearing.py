"""How a name sounds once the habits of spelling are taken off: クオルテック and Qualtec, 성우 and Sungwoo, 캐프 and CAP."""

import re
from functools import lru_cache

_HABITS = (
    ("tion", "syn"), ("sch", "s"), ("tch", "s"), ("ch", "s"), ("sh", "s"), ("zh", "s"), ("ph", "f"), ("th", "s"), ("ck", "k"),
    ("qu", "ku"), ("x", "ks"), ("ce", "se"), ("ci", "si"), ("cy", "si"), ("c", "k"), ("q", "s"), ("ts", "s"), ("dz", "s"),
    ("j", "s"), ("z", "s"), ("wr", "r"), ("l", "r"), ("v", "b"), ("f", "p"), ("b", "p"), ("d", "t"), ("g", "k"), ("w", "u"),
    ("igh", "ai"), ("h", ""), ("yeo", "o"), ("you", "o"), ("eo", "o"), ("eu", ""), ("ou", "u"), ("oo", "u"), ("ee", "i"),
    ("ea", "i"), ("ie", "i"), ("ae", "e"), ("ai", "e"), ("ei", "e"), ("y", "i"), ("iu", "u"),
)  # fmt: skip
_DUMB_END, _TWICE = re.compile(r"(?<=[^aeiou])[eu]$"), re.compile(r"(.)\1+")
_HELPING = re.compile(r"(?<=[kspr])u(?=[kstprnm]|$)|(?<=t)[ou](?=[kstprnm]|$)")


@lru_cache(maxsize=65536)
def heard(latin: str) -> str:
    """Latin letters as an ear of another language takes them: voice, length and helping vowels gone."""
    for letters, sound in _HABITS:
        if letters in latin:
            latin = latin.replace(letters, sound)
    latin = _DUMB_END.sub("", _HELPING.sub("", _TWICE.sub(r"\1", latin)))
    return _TWICE.sub(r"\1", latin)


_HEAD = "[bcdfgklmnprstvw]"  # a letter behind which the a of cape and the i of nice stand
_ENGLISH = tuple(
    (re.compile(pattern.replace("C", "[bcdfgklmnpstvz]")), sound)
    for pattern, sound in (
        ("^kn", "n"), ("c(?=[eiy])", "s"), ("c(?![hk])", "k"), ("igh", "ai"), ("tures?$", "cha"), ("ous$", "as"),
        ("[eo]rs?$", "a"),
        (f"(?<={_HEAD})a(C)e(?=$|s$)", r"ei\1"), (f"(?<={_HEAD})i(C)e(?=$|s$)", r"ai\1"), ("([ou])(C)e$", r"\1\2"),
        ("([aiou])r(?=C|$)", "a"), ("ow", "ou"), ("(?<=[bcdfghklmnprst])u(?=C($|C))", "a"), ("al(?=l$|k|t)", "o"),
    )
)  # fmt: skip


@lru_cache(maxsize=65536)
def in_english(word: str) -> str:
    """A Latin word as its English sound is spelled in kana or hangul: cape as keip (케이프), nice as nais, center as centa."""
    for pattern, sound in _ENGLISH:
        word = pattern.sub(sound, word)
    return word
