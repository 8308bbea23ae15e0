"""How crm/reports/data/leader.docx and brief.docx were made: `python -m tests.builders.report_papers`. One A4 each, upright, in the
types of GB/T 9704 (小标宋, 仿宋, 黑体), by names that Word and WPS know.
"""

from pathlib import Path
from typing import Any

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.oxml.parser import OxmlElement
from docx.shared import Cm, Pt

from tests.builders.edition_paper import BODY, HEAD, TITLE, line, typed, watermark

OUT = Path(__file__).resolve().parents[2] / "crm" / "reports" / "data"
WIDTH = 17.0  # cm between the margins


def _page() -> Any:
    paper = Document()
    page = paper.sections[0]
    page.page_width, page.page_height = Cm(21), Cm(29.7)
    page.left_margin = page.right_margin = Cm(2)
    page.top_margin, page.bottom_margin = Cm(1.9), Cm(1.6)
    page.header_distance = page.footer_distance = Cm(0.9)
    top = page.header.paragraphs[0]
    top.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    typed(top.add_run("{{ mark }}"), BODY, 8.5, grey=True)
    foot = page.footer.paragraphs[0]
    foot.alignment = WD_ALIGN_PARAGRAPH.CENTER
    typed(foot.add_run("{{ notice }}"), BODY, 8.5, grey=True)
    watermark(paper)
    return paper


def _cell(place: Any, text: str, font: str = BODY, size: float = 10.5, *, middle: bool = False, grey: bool = False) -> None:
    part = place.paragraphs[0] if not place.paragraphs[0].runs else place.add_paragraph()
    part.paragraph_format.space_before = part.paragraph_format.space_after = Pt(1.5)
    part.alignment = WD_ALIGN_PARAGRAPH.CENTER if middle else WD_ALIGN_PARAGRAPH.LEFT
    typed(part.add_run(text), font, size, grey=grey)


def _widths(made: Any, widths: tuple[float, ...]) -> None:
    made.autofit = False
    for row in made.rows:
        for place, width in zip(row.cells, widths, strict=True):
            place.width = Cm(width)
    for column, width in zip(made.columns, widths, strict=True):
        column.width = Cm(width)


def _plain(made: Any) -> None:
    """No lines but one under each row."""
    borders = OxmlElement("w:tblBorders")
    for side in ("bottom", "insideH"):
        edge = OxmlElement(f"w:{side}")
        for name, value in (("val", "single"), ("sz", "4"), ("color", "C9D0D8")):
            edge.set(qn(f"w:{name}"), value)
        borders.append(edge)
    made._tbl.tblPr.append(borders)


def _rows(paper: Any, loop: str, cells: tuple[tuple[str, float], ...], heads: tuple[str, ...] = ()) -> None:
    """A table with one row for each of `loop`."""
    made = paper.add_table(rows=3 + bool(heads), cols=len(cells))
    _plain(made)
    _widths(made, tuple(width for _text, width in cells))
    for place, name in zip(made.rows[0].cells if heads else (), heads, strict=bool(heads)):
        _cell(place, "{{ heads." + name + " }}", HEAD, 9.5, grey=True)
    first = int(bool(heads))
    _cell(made.rows[first].cells[0], "{%tr for row in " + loop + " %}")
    for place, (text, _width) in zip(made.rows[first + 1].cells, cells, strict=True):
        _cell(place, text)
    _cell(made.rows[first + 2].cells[0], "{%tr endfor %}")


def _heading(paper: Any, head: str) -> None:
    made = line(paper, "{{ heads." + head + " }}", HEAD, 12.5)
    made.paragraph_format.space_before = Cm(0.35)


def _section(paper: Any, head: str, loop: str, cells: tuple[tuple[str, float], ...], heads: tuple[str, ...] = ()) -> None:
    _heading(paper, head)
    line(paper, "{%p if " + loop + " %}", size=8)
    _rows(paper, loop, cells, heads)
    line(paper, "{%p else %}", size=8)
    line(paper, "{{ none }}", size=10.5, grey=True)
    line(paper, "{%p endif %}", size=8)


def _notes(paper: Any) -> None:
    line(paper, "{%p for note in notes %}", size=8)
    line(paper, "{{ note }}", size=9, grey=True)
    line(paper, "{%p endfor %}", size=8)


def _head(paper: Any) -> None:
    line(paper, "{{ title }}", TITLE, 20, middle=True)
    line(paper, "{{ subtitle }}", BODY, 11.5, middle=True)


TASK = (("{{ row.text }}", 7.0), ("{{ row.project }}", 4.2), ("{{ row.unit }}", 2.2), ("{{ row.due }}", 3.6))


def leader() -> Any:
    paper = _page()
    _head(paper)
    line(paper, "", size=4)
    made = paper.add_table(rows=1, cols=5)
    _widths(made, (3.2, 3.2, 3.2, 3.2, 4.2))
    for number, box in enumerate(made.rows[0].cells):
        one = "{{ figures[" + str(number) + "]."
        _cell(box, one + "name }}", BODY, 9.5, middle=True, grey=True)
        _cell(box, one + "value }}", HEAD, 15, middle=True)
        _cell(box, one + "note }}", BODY, 8.5, middle=True, grey=True)
    line(paper, "{{ basis }}", size=8.5, grey=True)
    _section(paper, "changes", "changes", (("{{ row.name }}", 7.0), ("{{ row.said }}", 10.0)))
    _section(
        paper,
        "matters",
        "matters",
        TASK,
    )
    _section(
        paper, "sponsored", "sponsored",
        (("{{ row.name }}", 5.2), ("{{ row.stage }}", 3.8), ("{{ row.unit }}", 2.2), ("{{ row.next }}", 5.8)),
        ("project", "stage", "unit", "next"),
    )  # fmt: skip
    _section(
        paper,
        "tasks",
        "tasks",
        TASK,
    )
    _notes(paper)
    return paper


def brief() -> Any:
    paper = _page()
    _head(paper)
    _heading(paper, "facts")
    made = paper.add_table(rows=3, cols=4)
    _plain(made)
    _widths(made, (2.4, 6.1, 2.4, 6.1))
    _cell(made.rows[0].cells[0], "{%tr for pair in facts|batch(2) %}")
    for start, index in ((0, 0), (2, 1)):
        _cell(made.rows[1].cells[start], "{{ pair[" + str(index) + "].name }}", HEAD, 10, grey=True)
        _cell(made.rows[1].cells[start + 1], "{{ pair[" + str(index) + "].value }}")
    _cell(made.rows[2].cells[0], "{%tr endfor %}")
    _section(paper, "path", "path", (("{{ row.name }}", 5.0), ("{{ row.said }}", 12.0)))
    _heading(paper, "money")
    line(paper, "{{ money }}", size=10.5)
    _section(paper, "progress", "progress", (("{{ row.day }}", 2.9), ("{{ row.kind }}", 2.3), ("{{ row.text }}", 11.8)))
    _section(
        paper, "open", "open", (("{{ row.kind }}", 2.6), ("{{ row.text }}", 8.0), ("{{ row.unit }}", 2.2), ("{{ row.due }}", 4.2))
    )
    _heading(paper, "next")
    line(paper, "{{ next }}", size=10.5)
    _notes(paper)
    return paper


PAPERS = {"leader": leader, "brief": brief}


def main() -> None:
    OUT.mkdir(parents=True, exist_ok=True)
    for name, make in PAPERS.items():
        paper = make()
        facts = paper.core_properties
        facts.author, facts.title, facts.comments = "One Board", name, ""
        paper.save(str(OUT / f"{name}.docx"))


if __name__ == "__main__":
    main()
