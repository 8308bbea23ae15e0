"""One sheet of a workbook as its XML: values into blank rows, rows put in before what stands below."""

import copy
import re
from collections.abc import Sequence
from datetime import date
from typing import Any

from lxml import etree

from crm.core.workbooks.shifting import Shift
from crm.core.workbooks.styles_part import StylesPart

_EPOCH = date(1899, 12, 30)  # day 0 of a sheet, as everybody reckons since the 1 March 1900
_EPOCH_1904 = date(1904, 1, 1)
_SPACE = "{http://www.w3.org/XML/1998/namespace}space"
_NO_XML = re.compile(r"[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_RANGED = {
    "conditionalFormatting": "sqref",
    "dataValidation": "sqref",
    "hyperlink": "ref",
    "autoFilter": "ref",
    "mergeCell": "ref",
}


def letters(column: int) -> str:
    """A column's name: 0 -> A, 26 -> AA."""
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name


def number_of(cell: str) -> int:
    """A cell's column from 0: "AB12" -> 27."""
    number = 0
    for sign in re.sub(r"[^A-Z]", "", cell):
        number = number * 26 + ord(sign) - 64
    return number - 1


class SheetPart:
    """sheetN.xml, with the styles its cells may need more of."""

    def __init__(self, root: Any, styles: StylesPart) -> None:
        self.root, self.styles = root, styles
        self.ns = etree.QName(root).namespace
        self.data = root.find(self._tag("sheetData"))
        for row in self.data:  # numbers may be left out, they count on then
            if row.get("r") is None:
                before = row.getprevious()
                row.set("r", str(int(before.get("r")) + 1 if before is not None else 1))
            for at, cell in enumerate(row):
                if cell.get("r") is None:
                    cell.set("r", f"{letters(number_of(row[at - 1].get('r')) + 1 if at else 0)}{row.get('r')}")

    def _tag(self, name: str) -> str:
        return f"{{{self.ns}}}{name}"

    def fill(self, first: int, last: int | None, rows: Sequence[Sequence[Sequence[Any]]]) -> Shift | None:
        """Put the rows in from row `first` on; the shift of what stands below row `last`, None when nothing moved."""
        there = {int(row.get("r")): row for row in self.data}
        blank = last is None or last >= first
        model = self._model(there.get(first) if blank else None)
        shift = None
        end = first + len(rows) - 1
        if last is not None and end > last:
            shift = Shift(max(last, first), last + 1, end - last)
            self._make_room(shift)
            there = {int(row.get("r")): row for row in self.data}
        merges, before = self._merges_of(first), None
        for place, cells in enumerate(rows):
            number = first + place
            row = there.get(number)
            if row is None:
                row = self._insert(self._copy(model, number), before)
                self._merge_like(merges, first, number)
            self._write(row, number, cells)
            before = row
        for found in self.root.findall(self._tag("dimension")):
            self.root.remove(found)
        return shift

    def _model(self, row: Any) -> Any:
        """The first blank row without what may stand in it."""
        model = copy.deepcopy(row) if row is not None else etree.Element(self._tag("row"))
        model.attrib.pop("spans", None)
        for cell in model:
            for child in list(cell):
                cell.remove(child)
            cell.attrib.pop("t", None)
        return model

    def _copy(self, model: Any, number: int) -> Any:
        made = copy.deepcopy(model)
        made.set("r", str(number))
        for cell in made:
            cell.set("r", f"{letters(number_of(cell.get('r')))}{number}")
        return made

    def _insert(self, row: Any, before: Any) -> Any:
        """A row in its place: right behind the one before, which of many rows only the first has to look for."""
        if before is not None:
            before.addnext(row)
            return row
        number = int(row.get("r"))
        for other in self.data:
            if int(other.get("r")) > number:
                other.addprevious(row)
                return row
        self.data.append(row)
        return row

    def _make_room(self, shift: Shift) -> None:
        """Move what stands below, and what names it on this sheet."""
        for row in self.data:
            number = int(row.get("r"))
            if shift.row(number) != number:
                row.set("r", str(shift.row(number)))
                for cell in row:
                    cell.set("r", shift.cell(cell.get("r")))
        for formula in self.root.iter(self._tag("f"), self._tag("formula"), self._tag("formula1"), self._tag("formula2")):
            formula.text = shift.formula(formula.text, here=True, sheet="") if formula.text else formula.text
            if formula.get("ref"):
                formula.set("ref", shift.range(formula.get("ref")))
        for name, key in _RANGED.items():
            for one in self.root.iter(self._tag(name)):
                # A merged cell does not grow by rows behind it: it moves as one.
                moved = " ".join(":".join(map(shift.cell, r.split(":"))) for r in one.get(key).split())
                one.set(key, moved if name == "mergeCell" else shift.ranges(one.get(key)))
        for stop in self.root.iterfind(f"{self._tag('rowBreaks')}/{self._tag('brk')}"):
            stop.set("id", str(shift.row(int(stop.get("id")) + 1) - 1))

    def _merges_of(self, number: int) -> list[str]:
        """What is merged inside one row."""
        found = [one.get("ref") for one in self.root.iter(self._tag("mergeCell"))]
        return [ref for ref in found if all(re.sub(r"\D", "", end) == str(number) for end in ref.split(":"))]

    def _merge_like(self, merges: list[str], first: int, number: int) -> None:
        held = self.root.find(self._tag("mergeCells"))
        for ref in merges:
            one = etree.SubElement(held, self._tag("mergeCell"))
            one.set("ref", re.sub(r"\d+", str(number), ref))
            held.set("count", str(len(held)))

    def _write(self, row: Any, number: int, cells: Sequence[Sequence[Any]]) -> None:
        there = {number_of(cell.get("r")): cell for cell in row}
        for column, kind, value in cells:
            cell = there.get(column)
            if cell is None:
                cell = etree.Element(self._tag("c"))
                cell.set("r", f"{letters(column)}{number}")
                style = self._plain_style(row, column)
                if style:
                    cell.set("s", str(style))
                after = [c for c in sorted(there) if c > column]
                if after:
                    there[after[0]].addprevious(cell)
                else:
                    row.append(cell)
                there[column] = cell
            self._put(cell, kind, value)
        row.attrib.pop("spans", None)

    def _plain_style(self, row: Any, column: int) -> int:
        """The style of a cell that is not there: its row's, else its column's."""
        if row.get("s") and row.get("customFormat") in ("1", "true"):
            return int(row.get("s"))
        for one in self.root.iterfind(f"{self._tag('cols')}/{self._tag('col')}"):
            if int(one.get("min")) <= column + 1 <= int(one.get("max")):
                return int(one.get("style") or 0)
        return 0

    def _put(self, cell: Any, kind: str, value: str) -> None:
        for child in list(cell):
            cell.remove(child)
        cell.attrib.pop("t", None)
        style = self.styles.for_kind(int(cell.get("s") or 0), kind)
        if style:
            cell.set("s", str(style))
        if kind == "text":
            _say(cell, self.ns, value)
            return
        etree.SubElement(cell, self._tag("v")).text = (
            str((date.fromisoformat(value) - self._epoch()).days) if kind == "day" else str(value)
        )

    def _epoch(self) -> date:
        return _EPOCH_1904 if self.styles.from_1904 else _EPOCH

    def stretch_table(self, root: Any, shift: Shift | None, first: int, end: int) -> None:
        """A table (ListObject) that the rows stand in reaches as far as they do."""
        for one in (root, *root.iter(self._tag("autoFilter"))):
            ref = one.get("ref")
            if not ref or ":" not in ref:
                continue
            ref = shift.range(ref) if shift is not None else ref
            head, last = ref.split(":")
            top, bottom = int(re.sub(r"\D", "", head)), int(re.sub(r"\D", "", last))
            if top < first <= bottom + 1 and bottom < end:
                ref = f"{head}:{re.sub(r'[0-9]', '', last)}{end}"
            one.set("ref", ref)

    def shift_drawing(self, root: Any, shift: Shift) -> None:
        """Pictures and charts below go down with what they stand beside."""
        for row in root.iter("{http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing}row"):
            row.text = str(shift.row(int(row.text) + 1) - 1)


def _say(cell: Any, ns: str, value: str) -> None:
    """Text that stays text, whatever it begins with."""
    cell.set("t", "inlineStr")
    text = etree.SubElement(etree.SubElement(cell, f"{{{ns}}}is"), f"{{{ns}}}t")
    text.text = _NO_XML.sub("", value)[:32_000]
    text.set(_SPACE, "preserve")


def added_sheet(ns: str, lines: Sequence[Sequence[str]]) -> Any:
    """A plain sheet of texts, two columns wide, that prints on one page's width."""
    root = etree.Element(f"{{{ns}}}worksheet", nsmap={None: ns})
    etree.SubElement(etree.SubElement(root, f"{{{ns}}}sheetPr"), f"{{{ns}}}pageSetUpPr").set("fitToPage", "1")
    columns = etree.SubElement(root, f"{{{ns}}}cols")
    for at, width in ((1, "24"), (2, "90")):
        one = etree.SubElement(columns, f"{{{ns}}}col")
        for name, value in (("min", str(at)), ("max", str(at)), ("width", width), ("customWidth", "1")):
            one.set(name, value)
    data = etree.SubElement(root, f"{{{ns}}}sheetData")
    for number, line in enumerate(lines, start=1):
        row = etree.SubElement(data, f"{{{ns}}}row")
        row.set("r", str(number))
        for column, value in enumerate(line):
            cell = etree.SubElement(row, f"{{{ns}}}c")
            cell.set("r", f"{letters(column)}{number}")
            _say(cell, ns, value)
    setup = etree.SubElement(root, f"{{{ns}}}pageSetup")
    for name, value in (("paperSize", "9"), ("orientation", "portrait"), ("fitToWidth", "1"), ("fitToHeight", "0")):
        setup.set(name, value)
    return root


def shift_foreign(root: Any, shift: Shift, sheet: str) -> None:
    """Formulas of another sheet, and the ranges of a chart, that name cells of the sheet whose rows moved."""
    for formula in root.iter():
        if isinstance(formula.tag, str) and etree.QName(formula).localname == "f" and formula.text:
            formula.text = shift.formula(formula.text, here=False, sheet=sheet)
