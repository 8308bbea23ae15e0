"""More pairs to learn from: Latin names that are told, as Western firms' names vary, and what looks so and is another firm.

The labelled pairs in Latin letters are mostly the English names of Asian firms, whose legal form is a mere Co., Ltd. Only
learning uses this.
"""

import json
import random
from functools import cache
from pathlib import Path
from typing import Any

from crm.matching.rules.normalise import forms_of

Row = dict[str, Any]
_DATA = Path(__file__).resolve().parent.parent / "data" / "western.json"
_WEIGHT = 0.05  # what a made pair counts: at 0.25 it cost the English names of Asian firms half a point of F1
_WHAT = (
    "form", "form", "typo", "typo", "two_typos", "article", "order", "order", "initials", "joint",
    "laws", "land", "alike", "alike", "short", "number",
)  # fmt: skip


@cache
def _tables() -> dict[str, Any]:
    """Wordings of one form or of forms that a firm swaps, forms of two laws, forms, what daughters make, where they are."""
    loaded: dict[str, Any] = json.loads(_DATA.read_text("utf-8"))
    return loaded


def western(rows: list[Row]) -> list[Row]:
    """Made pairs of a Latin name and a variant of it that is the same firm, or that is not.

    `other`: the firm of which words are in the variant, which has to be kept apart as well where firms are.
    """
    names = sorted({
        (row[side], row["entity"]) for row in rows if row["same"] for side in ("a", "b") if row[side].isascii()
    })  # fmt: skip
    chance = random.Random(13)  # noqa: S311 (drawn the same way every time, on purpose)
    told = [(_title(name), firm) for name, firm in names]
    told = [(words, firm) for words, firm in told if words and len("".join(words)) >= 4]
    made = []
    for words, firm in told:
        pair = _varied(chance.choice(_WHAT), words, chance.choice(told), chance)
        if pair is not None:
            a, b, same, other = pair
            made.append({"a": a, "b": b, "same": same, "slice": "made", "entity": firm, "weight": _WEIGHT})
            if other:
                made[-1]["other"] = other
    return made


def _title(name: str) -> list[str]:
    """The words of a name without its legal form and places, as a heading."""
    return [word.capitalize() for word in forms_of(name).words if not word.isdigit()][:5]


def _varied(what: str, words: list[str], met: tuple[list[str], str], chance: random.Random) -> tuple[str, str, int, str] | None:
    """(name, variant, whether they are one firm, the second firm whose words the variant takes); None: no such variant."""
    name, form = " ".join(words), chance.choice(_tables()["forms"])
    if what == "form":
        one, two = chance.choice(_tables()["one_form"])
        return f"{name} {one}", f"{name} {two}".strip(), 1, ""
    if what in ("typo", "two_typos"):
        return _mistyped(name, form, 1 + (what == "two_typos"), chance)
    if what == "article":
        return f"The {name} {form}", f"{name} {chance.choice((form, form, ''))}".strip(), 1, ""
    if what == "order" and len(words) > 1:
        turn = chance.randrange(1, len(words))
        return f"{name} {form}", f"{' '.join(words[turn:] + words[:turn])} {form}", 1, ""
    if what == "initials" and len(words) > 2:
        ends = chance.choice(("", form))
        return f"{name} {form}", f"{''.join(word[0] for word in words)} {ends}".strip().upper(), 1, ""
    if what == "joint" and len(words) > 1:
        first, rest = words[0], " ".join(words[1:])
        return f"{first} & {rest} {form}", f"{first} {chance.choice(('and', 'und', 'et'))} {rest} {form}", 1, ""
    return _another(what, words, met, chance)


def _another(what: str, words: list[str], met: tuple[list[str], str], chance: random.Random) -> tuple[str, str, int, str] | None:
    """Those variants that are another firm."""
    name, form = " ".join(words), chance.choice(_tables()["forms"])
    other, whose = met
    if what == "laws":
        one, two = chance.choice(_tables()["two_laws"])
        return f"{name} {one}", f"{name} {two}", 0, ""
    if what == "land":
        return f"{name} {form}", f"{name} {chance.choice(_tables()['lands'])} {form}", 0, ""
    if what == "alike" and len(other) > 1 and other[1:] != words[1:] and other[0] != words[0]:
        return f"{name} {form}", f"{words[0]} {' '.join(other[1:])} {chance.choice(_tables()['forms'])}", 0, whose
    if what == "short" and 4 <= len(words[0]) <= 6:
        return f"{words[0]} {form}", f"{_slip(words[0], 'other', chance)} {form}", 0, ""
    if what == "number":
        one, two = chance.sample(("II", "III", "IV", "V", "VI", "VII"), 2)
        return f"{name} {one} {form}", f"{name} {two} {form}", 0, ""
    return None


def _mistyped(name: str, form: str, slips: int, chance: random.Random) -> tuple[str, str, int, str] | None:
    long = [word for word in name.split() if len(word) >= 6 + slips]
    if not long:
        return None
    word = slipped = chance.choice(long)
    for _ in range(slips):
        slipped = _slip(slipped, chance.choice(("other", "gone", "twice", "swapped")), chance)
    return f"{name} {form}", f"{name.replace(word, slipped, 1)} {form}", 1, ""


def _slip(word: str, kind: str, chance: random.Random) -> str:
    """The word with one letter another one, gone, twice, or swapped with the next; never the first one."""
    at = chance.randrange(1, len(word) - 1) if len(word) > 2 else 1
    if kind == "other":
        return word[:at] + chance.choice([c for c in "aeioulnrstmkd" if c != word[at : at + 1]]) + word[at + 1 :]
    if kind == "gone":
        return word[:at] + word[at + 1 :]
    if kind == "twice":
        return word[:at] + word[at] + word[at:]
    return word[:at] + word[at + 1 : at + 2] + word[at] + word[at + 2 :]
