"""What stands on one A4 of Word: rows are measured as the shipped templates set them, and the fewest are left out that keep the
sheet from a second page. What is left out is counted by who says so.
"""

import unicodedata
from collections.abc import Mapping, Sequence
from math import ceil

# Columns of each part in the shipped template: field and width in cm, less what a cell keeps free.
_FREE = 0.4
COLUMNS: Mapping[str, tuple[tuple[str, float], ...]] = {
    "changes": (("name", 7.0), ("said", 10.0)),
    "matters": (("text", 7.0), ("project", 4.2), ("unit", 2.2), ("due", 3.6)),
    "sponsored": (("name", 5.2), ("stage", 3.8), ("unit", 2.2), ("next", 5.8)),
    "tasks": (("text", 7.0), ("project", 4.2), ("unit", 2.2), ("due", 3.6)),
}
DROPPED_FIRST = ("sponsored", "changes", "tasks", "matters")  # what waits for the leader stays longest
_CM = 28.35  # points
_SIZE, _LEADING, _AROUND = 10.5, 1.48, 3.0  # of a cell's type; a line's height in ems: fonts at hand differ, this is the tallest
PAGE = 26.2 * _CM
FIXED = 262.0  # title, figures, basis and the four headings
NOTE = 15.0  # one line of the notes
_TEXT_WIDTH = 17.0
# A lead's brief: title, subtitle, money and next step with their sizes and the height of a line; its tables.
BRIEF_TEXTS: Mapping[str, tuple[float, float]] = {
    "title": (20.0, 32.0), "subtitle": (11.5, 18.4), "money": (_SIZE, 16.8), "next": (_SIZE, 16.8),
}  # fmt: skip
BRIEF_COLUMNS: Mapping[str, tuple[tuple[str, float], ...]] = {
    "path": (("name", 5.0), ("said", 12.0)),
    "progress": (("day", 2.9), ("kind", 2.3), ("text", 11.8)),
    "open": (("kind", 2.6), ("text", 8.0), ("unit", 2.2), ("due", 4.2)),
}
BRIEF_DROPPED_FIRST = ("progress", "open", "path")
BRIEF_FIXED = 6 * 29.9 + 12.8  # the headings, and the empty line at the end that Word keeps
_VALUE = 6.1


def ems(text: str) -> float:
    """How wide a text is set, in ems: a Chinese sign is one, a Latin one half."""
    return sum(1.0 if unicodedata.east_asian_width(sign) in "WFA" else 0.55 for sign in text)


def lines(text: str, width: float, size: float = _SIZE) -> int:
    """Into how many lines a text falls in so many cm."""
    return max(ceil(ems(text) * size / (width * _CM)), 1)


def height(part: str, row: Mapping[str, object]) -> float:
    """Points that a row of a part takes. KeyError for a part that no sheet has: a bug."""
    columns = COLUMNS.get(part) or BRIEF_COLUMNS[part]
    return _tall(max(lines(str(row[field]), width - _FREE) for field, width in columns))


def _tall(most: int) -> float:
    return most * _SIZE * _LEADING + _AROUND


def fitted(parts: Mapping[str, Sequence[Mapping[str, object]]], basis: str, notes: int) -> dict[str, int]:
    """How many rows of each part stand on the leader's sheet: all of them, or as few less as fit: the tallest last row goes
    first, the first row of a part never. `notes`: how many lines of notes there are already.
    """
    room = PAGE - FIXED - (lines(basis, _TEXT_WIDTH, 8.5) - 1) * 13
    return _as_many(parts, room, notes, DROPPED_FIRST)


def fitted_brief(
    parts: Mapping[str, Sequence[Mapping[str, object]]], facts: Sequence[Mapping[str, str]], texts: Mapping[str, str], notes: int
) -> dict[str, int]:
    """The same of a lead's brief. `facts`: name and value, set in two columns; `texts`: its title, subtitle, money and next step,
    which stand whole.
    """
    pairs = [facts[at : at + 2] for at in range(0, len(facts), 2)]
    rows = sum(_tall(max(lines(one["value"], _VALUE - _FREE) for one in pair)) for pair in pairs)
    said = sum(lines(texts[name], _TEXT_WIDTH, size) * leading for name, (size, leading) in BRIEF_TEXTS.items())
    return _as_many(parts, PAGE - BRIEF_FIXED - rows - said, notes, BRIEF_DROPPED_FIRST)


def _as_many(
    parts: Mapping[str, Sequence[Mapping[str, object]]], room: float, notes: int, dropped_first: Sequence[str]
) -> dict[str, int]:
    heights = {part: [height(part, row) for row in rows] for part, rows in parts.items()}
    room -= sum(20.0 for rows in heights.values() if not rows)
    said, extra = notes, set[str]()
    while sum(map(sum, heights.values())) + NOTE * (said + len(extra)) > room:
        rest = [one for one in dropped_first if len(heights.get(one, ())) > 1]
        if not rest:
            break
        part = max(rest, key=lambda one: heights[one][-1])
        heights[part].pop()
        extra.add(part)
    return {part: len(rows) for part, rows in heights.items()}
