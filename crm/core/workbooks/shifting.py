"""Where cells of a sheet are once rows were put in: references of formulas, ranges, merged cells. Text in, text out."""

import re
from dataclasses import dataclass

_TEXT = re.compile(r'("(?:[^"]|"")*")')
_REFERENCE = re.compile(
    r"(?<![\w.$!'])(?P<sheet>(?:'(?:[^']|'')+'|[^\W\d][\w.]*)!)?(?P<first>\$?[A-Z]{1,3}\$?[1-9]\d{0,6})"
    r"(?::(?P<last>\$?[A-Z]{1,3}\$?[1-9]\d{0,6}))?(?![\w(.])"
)
_CELL = re.compile(r"(\$?[A-Z]{1,3}\$?)(\d+)")


@dataclass(frozen=True, slots=True)
class Shift:
    """`by` rows are put in before row `foot`; `blank` is the last row before them. A range that ends with that row or behind it
    ends so much later: a sum over the blank rows of a table sums the added ones as well.
    """

    blank: int
    foot: int
    by: int

    def row(self, number: int) -> int:
        """Where a row is afterwards."""
        return number + self.by if number >= self.foot else number

    def last(self, number: int) -> int:
        """Where a range that ends with this row ends afterwards."""
        return number + self.by if number >= self.blank else number

    def cell(self, name: str) -> str:
        """A cell's name afterwards: "$D$15" -> "$D$18"."""
        return _CELL.sub(lambda m: f"{m[1]}{self.row(int(m[2]))}", name)

    def range(self, name: str) -> str:
        """A range's, or a cell's, afterwards."""
        first, colon, last = name.partition(":")
        if not colon:
            return self.cell(first)
        return f"{self.cell(first)}:{_CELL.sub(lambda m: f'{m[1]}{self.last(int(m[2]))}', last)}"

    def ranges(self, names: str) -> str:
        """Several ranges with spaces between them."""
        return " ".join(self.range(name) for name in names.split())

    def formula(self, text: str, *, here: bool, sheet: str) -> str:
        """A formula afterwards. `here`: it stands on the sheet that has the rows, whose name is `sheet`; what names another sheet
        stays, and so do texts in quotes.
        """
        return "".join(
            part if part.startswith('"') else _REFERENCE.sub(lambda m: self._moved(m, here, sheet), part)
            for part in _TEXT.split(text)
        )

    def _moved(self, found: re.Match[str], here: bool, sheet: str) -> str:
        named = found["sheet"]
        if (not here) if named is None else (named[:-1].strip("'").replace("''", "'") != sheet):
            return found[0]
        ends = f"{found['first']}:{found['last']}" if found["last"] else found["first"]
        return f"{named or ''}{self.range(ends)}"
