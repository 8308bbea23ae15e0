"""The process that fills: a plan and a workbook's bytes on standard input, the filled workbook on standard output.

A workbook is a zip of parts. Only the parts that change are written anew (the sheet, the styles when a day or a sum needs a format
of its own, the list of sheets); every other part keeps its bytes, so that pictures, charts, print settings and what a newer program
put in stay as they were. Exit 0 done, 1 anything else.
"""

import io
import json
import posixpath
import struct
import sys
import zipfile
from typing import Any

from lxml import etree

from crm.core.workbooks.sheet_part import SheetPart, added_sheet, shift_foreign
from crm.core.workbooks.shifting import Shift
from crm.core.workbooks.styles_part import StylesPart

_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
_SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"
_BOOK = "xl/workbook.xml"


def main() -> int:
    """Fill what comes in; the exit code."""
    sent = sys.stdin.buffer.read()
    (length,) = struct.unpack(">Q", sent[:8])
    plan, content = json.loads(sent[8 : 8 + length]), sent[8 + length :]
    sys.stdout.buffer.write(Book(content).filled(plan))
    return 0


def parsed(content: bytes) -> Any:
    """A part's tree; no entity of it is looked up."""
    return etree.fromstring(content, etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False))


def written(root: Any) -> bytes:
    """A tree as a part."""
    text: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
    return text


class Book:
    """A workbook's parts by name, and those that changed."""

    def __init__(self, content: bytes) -> None:
        self.archive = zipfile.ZipFile(io.BytesIO(content))
        self.changed: dict[str, bytes] = {}
        self.dropped: set[str] = set()
        self.book = parsed(self.archive.read(_BOOK))
        self.ns = etree.QName(self.book).namespace
        self.links = parsed(self.archive.read("xl/_rels/workbook.xml.rels"))
        self.types = parsed(self.archive.read("[Content_Types].xml"))

    def filled(self, plan: dict[str, Any]) -> bytes:
        """The whole workbook with the plan carried out."""
        name = self._part_of(plan["sheet"])
        styles_name = self._linked("/styles")
        styles = StylesPart(parsed(self.archive.read(styles_name)), from_1904=self._from_1904())
        sheet = SheetPart(parsed(self.archive.read(name)), styles)
        shift = sheet.fill(plan["first"], plan["last"], plan["rows"])
        if shift is not None:
            self._shift(plan["sheet"], name, shift)
        self._beside(name, sheet, shift, plan)
        self._print_area(plan, shift)
        self.changed[name] = written(sheet.root)
        if styles.grown:
            self.changed[styles_name] = written(styles.root)
        self._forget_results(name)
        self._add_note(*plan["note"])
        self._recalculate()
        self.changed[_BOOK] = written(self.book)
        self.changed["xl/_rels/workbook.xml.rels"] = written(self.links)
        self.changed["[Content_Types].xml"] = written(self.types)
        return self._packed()

    def _from_1904(self) -> bool:
        found = self.book.find(f"{{{self.ns}}}workbookPr")
        return found is not None and found.get("date1904") in ("1", "true")

    def _sheets(self) -> list[tuple[str, str]]:
        """The sheets' names with their parts."""
        targets = {link.get("Id"): link.get("Target") for link in self.links}
        found = []
        for sheet in self.book.iter(f"{{{self.ns}}}sheet"):
            link = next(value for key, value in sheet.attrib.items() if key.endswith("}id"))
            found.append((sheet.get("name"), self._absolute(targets[link])))
        return found

    def _absolute(self, target: str) -> str:
        return target.lstrip("/") if target.startswith("/") else posixpath.normpath(posixpath.join("xl", target))

    def _part_of(self, sheet: str) -> str:
        return next(part for name, part in self._sheets() if name == sheet)

    def _linked(self, ending: str) -> str:
        return self._absolute(next(link.get("Target") for link in self.links if link.get("Type").endswith(ending)))

    def _shift(self, sheet: str, name: str, shift: Shift) -> None:
        """Rows were put in: what names the sheet's cells from elsewhere names them where they are now."""
        for defined in self.book.iter(f"{{{self.ns}}}definedName"):
            defined.text = shift.formula(defined.text or "", here=False, sheet=sheet)
        for part in self.archive.namelist():
            other = part.startswith("xl/worksheets/sheet") and part != name
            if (other and b"<f" in self.archive.read(part)) or part.startswith("xl/charts/chart"):
                root = parsed(self.archive.read(part))
                shift_foreign(root, shift, sheet)
                self.changed[part] = written(root)

    def _beside(self, name: str, sheet: SheetPart, shift: Shift | None, plan: dict[str, Any]) -> None:
        """Tables and drawings of the sheet."""
        folder, _slash, file = name.rpartition("/")
        links = f"{folder}/_rels/{file}.rels"
        if links not in self.archive.namelist():
            return
        end = plan["first"] + len(plan["rows"]) - 1
        for link in parsed(self.archive.read(links)):
            kind, part = link.get("Type", ""), posixpath.normpath(posixpath.join(folder, link.get("Target", "").lstrip("/")))
            part = link.get("Target").lstrip("/") if link.get("Target", "").startswith("/") else part
            if part not in self.archive.namelist() or not kind.endswith(("/table", "/drawing")):
                continue
            root = parsed(self.archive.read(part))
            if kind.endswith("/table"):
                sheet.stretch_table(root, shift, plan["first"], end)
            elif shift is not None:
                sheet.shift_drawing(root, shift)
            self.changed[part] = written(root)

    def _print_area(self, plan: dict[str, Any], shift: Shift | None) -> None:
        """The print area reaches as far as the rows do."""
        end = plan["first"] + len(plan["rows"]) - 1
        place = [name for name, _part in self._sheets()].index(plan["sheet"])
        for defined in self.book.iter(f"{{{self.ns}}}definedName"):
            if defined.get("name") == "_xlnm.Print_Area" and defined.get("localSheetId") == str(place) and shift is None:
                head, colon, last = (defined.text or "").rpartition(":")
                column, digits = last.rstrip("0123456789"), last[len(last.rstrip("0123456789")) :]
                if colon and digits and int(digits) < end:
                    defined.text = f"{head}:{column}{end}"

    def _forget_results(self, name: str) -> None:
        """What formulas came to before is not what they come to now: whoever opens the workbook reckons anew."""
        for part in [one for one in self.archive.namelist() if one.startswith("xl/worksheets/sheet")]:
            content = self.changed.get(part) or self.archive.read(part)
            if b"<f" not in content:
                continue
            root = parsed(content)
            for formula in root.iter(f"{{{self.ns}}}f"):
                cell = formula.getparent()
                for value in cell.findall(f"{{{self.ns}}}v"):
                    cell.remove(value)
                cell.attrib.pop("t", None)
            self.changed[part] = written(root)
        for link in [one for one in self.links if one.get("Type", "").endswith("/calcChain")]:
            part = self._absolute(link.get("Target"))
            self.links.remove(link)
            self.dropped.add(part)
            for one in [one for one in self.types if one.get("PartName") == f"/{part}"]:
                self.types.remove(one)

    def _recalculate(self) -> None:
        found = self.book.find(f"{{{self.ns}}}calcPr")
        if found is None:
            found = etree.Element(f"{{{self.ns}}}calcPr")
            before = [self.book.find(f"{{{self.ns}}}{tag}") for tag in ("definedNames", "externalReferences", "sheets")]
            next(one for one in before if one is not None).addnext(found)
        found.set("fullCalcOnLoad", "1")

    def _add_note(self, title: str, lines: list[list[str]]) -> None:
        """One sheet more, behind all others."""
        names, number = {name for name, _part in self._sheets()}, 1
        while f"xl/worksheets/sheet{number}.xml" in self.archive.namelist():
            number += 1
        part = f"xl/worksheets/sheet{number}.xml"
        said = next(name for name in (title, *(f"{title}{n}" for n in range(2, 99))) if name not in names)
        self.changed[part] = written(added_sheet(self.ns, lines))
        one = etree.SubElement(self.types, f"{{{_TYPES}}}Override")
        one.set("PartName", f"/{part}")
        one.set("ContentType", _SHEET_TYPE)
        sample = next(link for link in self.links if link.get("Type").endswith("/worksheet"))
        link = etree.SubElement(self.links, f"{{{_PACKAGE}}}Relationship")
        key = f"rIdNote{number}"
        for name, value in (("Id", key), ("Type", sample.get("Type")), ("Target", f"worksheets/sheet{number}.xml")):
            link.set(name, value)
        sheets = self.book.find(f"{{{self.ns}}}sheets")
        sheet = etree.SubElement(sheets, f"{{{self.ns}}}sheet")
        sheet.set("name", said)
        sheet.set("sheetId", str(max(int(other.get("sheetId") or 0) for other in sheets) + 1))
        linked = next(k for k in sheets[0].attrib if k.endswith("}id"))
        sheet.set(linked, key)

    def _content(self, name: str) -> bytes:
        return self.changed.pop(name) if name in self.changed else self.archive.read(name)

    def _packed(self) -> bytes:
        made = io.BytesIO()
        with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as out:
            for entry in self.archive.infolist():
                if entry.filename not in self.dropped:
                    out.writestr(entry, self._content(entry.filename))
            for name, content in self.changed.items():
                out.writestr(name, content)
        return made.getvalue()


if __name__ == "__main__":
    sys.exit(main())
