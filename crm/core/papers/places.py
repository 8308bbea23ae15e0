"""Where something stands in a Word file, said so that a person finds it: which part, which cell of which table, in what words."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO

from docx.oxml.ns import qn
from docxtpl import DocxTemplate
from lxml import etree

from crm.core.papers.faults import Place

_TAG = re.compile(r"\{(?:\{|%)-?(?:p|tr|tc|r)?\s(.*?)-?(?:\}|%)\}|\{\{(\S.*?)\}\}", re.DOTALL)
_XML = re.compile(r"<[^>]+>")
MOST = 60


@dataclass(frozen=True, slots=True)
class Source:
    """One part of a template as it is read: its text, a paragraph a line, and the paragraphs as people see them."""

    part: str
    text: str
    root: etree._Element

    def place(self, line: int, name: str = "") -> Place:
        """Where a line (counts from 1) of the text stands; of its tags the one that says `name`."""
        lines = self.text.splitlines()
        said = lines[line - 1] if 0 < line <= len(lines) else ""
        tags = [inner for inner in tags_in(said) if re.search(rf"\b{re.escape(name)}\b", inner)] if name else tags_in(said)
        shown = " ".join(_XML.sub("", said).split())
        return self.of_tag(tags[0], shown) if tags else Place(self.part, text=cut(shown))

    def of_tag(self, inner: str, shown: str = "") -> Place:
        """Where the first paragraph stands that holds a tag; `shown` when none does."""
        for paragraph in self.root.iter(qn("w:p")):
            words = _words(paragraph)
            if inner in tags_in(words):
                table, row, column = _cell(paragraph, self.root)
                return Place(self.part, table, row, column, cut(words))
        return Place(self.part, text=cut(shown or inner))


def sources(content: bytes) -> Iterator[Source]:
    """The parts of a template that are filled, each as jinja is given it. Raises what opening a broken file raises."""
    template = DocxTemplate(BytesIO(content))
    template.init_docx()
    yield _source("body", template.docx._element.body, template)
    for part, uri in (("header", template.HEADER_URI), ("footer", template.FOOTER_URI)):
        for rel in template.docx._part.rels.values():
            if rel.reltype == uri and rel.target_part.blob:
                yield _source(part, etree.fromstring(rel.target_part.blob), template)


def _source(part: str, root: etree._Element, template: DocxTemplate) -> Source:
    patched = template.patch_xml(etree.tostring(root, encoding="unicode"))
    return Source(part, re.sub(r"<w:p([ >])", r"\n<w:p\1", patched.replace("\n", " ")), root)


def tags_in(text: str) -> list[str]:
    """What stands inside the tags of a text, in order, with single blanks and straight quotes."""
    found = (first or second for first, second in _TAG.findall(_XML.sub("", text)))
    return [" ".join(one.translate(_QUOTES).split()) for one in found]


_QUOTES = str.maketrans("“”‘’", "\"\"''")


def cut(text: str) -> str:
    """A text of a page's width."""
    flat = " ".join(text.split())
    return flat if len(flat) <= MOST else flat[: MOST - 1] + "…"


def _words(paragraph: etree._Element) -> str:
    return "".join(node.text or "" for node in paragraph.iter(qn("w:t")))


def _cell(paragraph: etree._Element, root: etree._Element) -> tuple[int, int, int]:
    """Which table of the part, which row, which column; zeros outside of tables."""
    above = list(paragraph.iterancestors(qn("w:tc"), qn("w:tr"), qn("w:tbl")))[:3]
    if len(above) < 3:
        return 0, 0, 0
    cell, row, table = above
    places = list(root.iter(qn("w:tbl"))).index(table), table.findall(qn("w:tr")).index(row), row.findall(qn("w:tc")).index(cell)
    return places[0] + 1, places[1] + 1, places[2] + 1
