"""How crm/meetings/data/meeting.docx was made: `python -m tests.builders.meeting_paper`. A4 upright, in the types of GB/T 9704 (小标宋,
仿宋, 黑体).
"""

from pathlib import Path
from typing import Any

from docx.enum.text import WD_ALIGN_PARAGRAPH

from tests.builders.edition_paper import BODY, HEAD, TITLE, heading_row, line, page_number, row_mark
from tests.builders.report_papers import _cell, _page, _plain, _widths

OUT = Path(__file__).resolve().parents[2] / "crm" / "meetings" / "data" / "meeting.docx"
OVERVIEW = ("batch", "count", "was", "total", "unverified", "contracted", "confirmed")
WIDTHS = (0.9, 5.9, 2.2, 3.8, 4.2)


def _overview(paper: Any) -> None:
    made = paper.add_table(rows=4, cols=len(OVERVIEW))
    _plain(made)
    _widths(made, (3.2, 1.8, 1.8, 2.6, 2.6, 2.5, 2.5))
    for number, name in enumerate(OVERVIEW):
        _cell(made.rows[0].cells[number], "{{ heads." + name + " }}", HEAD, 9, grey=True)
        _cell(made.rows[2].cells[number], "{{ row." + name + " }}")
        for row in (made.rows[0], made.rows[2]) if number else ():
            row.cells[number].paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.RIGHT
    _cell(made.rows[1].cells[0], "{%tr for row in overview %}")
    _cell(made.rows[3].cells[0], "{%tr endfor %}")


def _part(paper: Any) -> None:
    made = paper.add_table(rows=4, cols=5)
    _plain(made)
    _widths(made, WIDTHS)
    for number, name in enumerate(("", "what", "unit", "said", "when")):
        _cell(made.rows[0].cells[number], "{{ part.heads." + name + " }}" if name else "", HEAD, 9, grey=True)
        _cell(made.rows[2].cells[number], "{{ row." + (name or "place") + " }}", size=9.5)
    heading_row(made.rows[0])
    row_mark(made.rows[2], "w:cantSplit")
    _cell(made.rows[1].cells[0], "{%tr for row in part.rows %}")
    _cell(made.rows[3].cells[0], "{%tr endfor %}")


def meeting() -> Any:
    paper = _page()
    page_number(paper.sections[0].footer.paragraphs[0], 8.5)
    line(paper, "{{ title }}", TITLE, 20, middle=True)
    line(paper, "{{ subtitle }}", BODY, 12, middle=True)
    line(paper, "{{ office }}　　{{ serial }}", BODY, 11, middle=True)
    line(paper, "{{ basis }}", size=9, grey=True)
    line(paper, "{{ heads.overview }}", HEAD, 13)
    _overview(paper)
    line(paper, "{%p for section in sections %}", size=8)
    line(paper, "{{ section.label }}", HEAD, 13)
    line(paper, "{%p for said in section.said %}", size=8)
    line(paper, "{{ said }}", size=11)
    line(paper, "{%p endfor %}", size=8)
    line(paper, "{%p for part in section.parts %}", size=8)
    line(paper, "{%p if part.name %}", size=8)
    line(paper, "{{ part.name }}　{{ part.count }}", HEAD, 11)
    line(paper, "{%p endif %}", size=8)
    line(paper, "{%p if part.rows %}", size=8)
    _part(paper)
    line(paper, "{%p else %}", size=8)
    line(paper, "{{ none }}", size=10.5, grey=True)
    line(paper, "{%p endif %}", size=8)
    line(paper, "{%p if part.left %}", size=8)
    line(paper, "{{ part.left }}", size=9, grey=True)
    line(paper, "{%p endif %}", size=8)
    line(paper, "{%p endfor %}", size=8)
    line(paper, "{%p endfor %}", size=8)
    line(paper, "{%p for note in notes %}", size=8)
    line(paper, "{{ note }}", size=9, grey=True)
    line(paper, "{%p endfor %}", size=8)
    return paper


def main() -> None:
    paper = meeting()
    facts = paper.core_properties
    facts.author, facts.title, facts.comments = "One Board", "meeting", ""
    OUT.parent.mkdir(parents=True, exist_ok=True)
    paper.save(str(OUT))


if __name__ == "__main__":
    main()
