"""The styles of a workbook: a cell's own look with another way to write its number, where that one cannot show it."""

import copy
import re
from typing import Any

from lxml import etree

DAY, NUMBER, WHOLE = "yyyy-mm-dd", "#,##0.00##", "0"
_DAYS = {*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)}  # the formats of days that every program knows
_GENERAL, _TEXT = 0, 49
_FIRST_OWN = 164
_PLAIN = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]')


class StylesPart:
    """styles.xml. `grown`: a style was added; `from_1904`: the workbook counts its days from 1904 on."""

    def __init__(self, root: Any, *, from_1904: bool = False) -> None:
        self.root, self.grown, self.from_1904 = root, False, from_1904
        self.ns = etree.QName(root).namespace
        self.looks = root.find(f"{{{self.ns}}}cellXfs")
        self.formats = root.find(f"{{{self.ns}}}numFmts")
        self._made: dict[tuple[int, str], int] = {}

    def for_kind(self, style: int, kind: str) -> int:
        """The style for a value of a kind (text, number, whole, day) in a cell of this style: the same where it shows it."""
        if self.looks is None or kind == "text" or style >= len(self.looks):
            return style
        held = int(self.looks[style].get("numFmtId") or 0)
        if kind == "day":
            return style if self._is_day(held) else self._like(style, DAY)
        if self._is_day(held) or held == _TEXT or (held == _GENERAL and kind == "number"):
            return self._like(style, NUMBER if kind == "number" else WHOLE)
        return style

    def _is_day(self, number: int) -> bool:
        if number in _DAYS:
            return True
        code = next((one.get("formatCode") for one in self._own() if one.get("numFmtId") == str(number)), "")
        return bool(re.search(r"[ymd]", _PLAIN.sub("", code or ""), re.IGNORECASE))

    def _own(self) -> list[Any]:
        return [] if self.formats is None else list(self.formats)

    def _like(self, style: int, code: str) -> int:
        """The style with another format of numbers, made once."""
        if (style, code) not in self._made:
            look = copy.deepcopy(self.looks[style])
            look.set("numFmtId", str(self._number_of(code)))
            look.set("applyNumberFormat", "1")
            self.looks.append(look)
            self.looks.set("count", str(len(self.looks)))
            self._made[style, code] = len(self.looks) - 1
            self.grown = True
        return self._made[style, code]

    def _number_of(self, code: str) -> int:
        for one in self._own():
            if one.get("formatCode") == code:
                return int(one.get("numFmtId"))
        if self.formats is None:
            self.formats = etree.Element(f"{{{self.ns}}}numFmts")
            self.root.insert(0, self.formats)
        number = max([_FIRST_OWN - 1, *(int(one.get("numFmtId")) for one in self._own())]) + 1
        made = etree.SubElement(self.formats, f"{{{self.ns}}}numFmt")
        made.set("numFmtId", str(number))
        made.set("formatCode", code)
        self.formats.set("count", str(len(self.formats)))
        return number
