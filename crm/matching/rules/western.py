"""More pairs to learn from: the Latin names that are told, as Western firms' names vary, and what looks like it and is another firm.

The labelled pairs in Latin letters are mostly the English names of Asian firms, whose legal form is a mere Co., Ltd. Only learning
uses this.
"""

import random
from typing import Any

from crm.matching.rules.normalise import forms_of

Row = dict[str, Any]
_WEIGHT = 0.25  # what a made pair counts
_ONE_FORM = (
    ("GmbH", "Gesellschaft mit beschränkter Haftung"), ("AG", "Aktiengesellschaft"), ("Inc.", "Incorporated"), ("Corp.", "Corporation"),
    ("Ltd.", "Limited"), ("PLC", "Public Limited Company"), ("S.p.A.", "SpA"), ("N.V.", "NV"), ("S.A.", "SA"), ("A/S", "AS"),
    ("Oyj", "Oyj Abp"), ("B.V.", "BV"), ("Pty Ltd", "Pty Limited"), ("LLC", "L.L.C."), ("Co.", "Company"), ("SE & Co. KG", "SE und Co. KG"),
    ("AB", "AB (publ)"), ("S.A.", ""), ("GmbH", ""), ("AG", ""), ("plc", ""), ("Inc.", ""), ("S.p.A.", ""), ("AB", ""), ("N.V.", ""),
    ("Oyj", "Corporation"), ("AG", "Ltd."), ("AB", "Corp."), ("SE", "AG"), ("Ltd.", "plc"), ("Corporation", "Inc."),
)  # fmt: skip
_TWO_LAWS = (
    ("GmbH", "LLC"), ("GmbH", "S.p.A."), ("AG", "Inc."), ("S.A.", "GmbH"), ("PLC", "GmbH"), ("Inc.", "B.V."), ("AB", "GmbH"),
    ("Oyj", "GmbH"), ("N.V.", "S.r.l."), ("LLC", "Ltda."), ("AG", "Pty Ltd"), ("SE", "Pvt. Ltd."), ("Inc.", "Sp. z o.o."),
)  # fmt: skip
_FORMS = ("GmbH", "AG", "Inc.", "Corporation", "Ltd", "Limited", "plc", "S.A.", "S.p.A.", "N.V.", "B.V.", "AB", "A/S", "Oyj", "LLC")
_MORE = (
    "Energy", "Aerospace", "Financial Services", "Capital", "Healthcare", "Logistics", "Consulting", "Credit", "Coatings", "Marine",
    "Software", "Ventures", "Insurance", "Renewables", "Automotive", "Robotics", "Power", "Chemicals", "Medical", "Transport",
    "Real Estate", "Packaging", "Security", "Mining", "Leasing", "Components", "Hydraulics", "Optics", "Foods", "Export",
)  # fmt: skip
_LANDS = ("Deutschland", "(UK)", "USA", "Austria", "France", "Italia", "(China)", "Asia", "India", "Nederland", "(Hong Kong)", "Japan")
_WHAT = (
    "form", "form", "typo", "typo", "two_typos", "article", "order", "order", "initials", "joint",
    "holding", "more", "more", "laws", "land", "alike", "alike", "short", "number",
)  # fmt: skip


def western(rows: list[Row]) -> list[Row]:
    """Made pairs of a Latin name and a variant of it that is the same firm, or that is not. `other`: a second firm's name is in it."""
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
    """(name, variant, whether they are one firm, the second firm that the variant takes words of), None: no such variant of it."""
    name, form = " ".join(words), chance.choice(_FORMS)
    if what == "form":
        one, two = chance.choice(_ONE_FORM)
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
    name, form = " ".join(words), chance.choice(_FORMS)
    other, whose = met
    if what == "holding":
        return f"{name} {form}", f"{name} {chance.choice(('Holdings', 'Holding'))} {form}", 0, ""
    if what == "more":
        return f"{name} {form}", f"{name} {chance.choice(_MORE)} {chance.choice((form, chance.choice(_FORMS)))}", 0, ""
    if what == "laws":
        one, two = chance.choice(_TWO_LAWS)
        return f"{name} {one}", f"{name} {two}", 0, ""
    if what == "land":
        return f"{name} {form}", f"{name} {chance.choice(_LANDS)} {form}", 0, ""
    if what == "alike" and len(other) > 1 and other[1:] != words[1:] and other[0] != words[0]:
        return f"{name} {form}", f"{words[0]} {' '.join(other[1:])} {chance.choice(_FORMS)}", 0, whose
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
