"""How crm/returns/data/return.docx was made: `python -m tests.builders.return_paper`. An official paper on A4, upright, in the types of
GB/T 9704.
"""

from pathlib import Path

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.shared import Cm

from tests.builders.edition_paper import BODY, HEAD, TITLE, line, page_number, typed, watermark

OUT = Path(__file__).resolve().parents[2] / "crm" / "returns" / "data" / "return.docx"


def main() -> None:
    paper = Document()
    page = paper.sections[0]
    page.page_width, page.page_height = Cm(21), Cm(29.7)
    page.left_margin, page.right_margin, page.top_margin, page.bottom_margin = Cm(2.8), Cm(2.6), Cm(3.2), Cm(2.8)
    top, foot = page.header.paragraphs[0], page.footer.paragraphs[0]
    top.alignment, foot.alignment = WD_ALIGN_PARAGRAPH.RIGHT, WD_ALIGN_PARAGRAPH.CENTER
    typed(top.add_run("{{ mark }}"), BODY, 9, grey=True)
    typed(foot.add_run("{{ notice }}"), BODY, 9, grey=True)
    page_number(foot, 9)
    watermark(paper)
    line(paper, "{{ title }}", TITLE, 22, middle=True)
    line(paper, "（{{ period }}）{{ version }}", BODY, 16, middle=True)
    line(paper, "{{ handed }}　　{{ state }}", BODY, 12, middle=True, grey=True)
    line(paper, "{%p for section in sections %}", size=12)
    line(paper, "{{ section.name }}", HEAD, 16)
    line(paper, "{%p if section.text %}", size=12)
    line(paper, "{{ section.text }}", size=16).paragraph_format.first_line_indent = Cm(1.1)
    line(paper, "{%p endif %}", size=12)
    line(paper, "{%p for row in section.lines %}", size=12)
    made = line(paper, "{{ row.place }}. {{ row.name }}{% if row.number %}（{{ row.number }}）{% endif %}", size=16, bold=True)
    made.paragraph_format.first_line_indent = Cm(1.1)
    typed(made.add_run("{% if row.name %}：{% endif %}{{ row.text }}"), BODY, 16)
    line(paper, "{%p endfor %}", size=12)
    line(paper, "{{ section.none }}", size=16)
    line(paper, "{%p endfor %}", size=12)
    line(paper, "{%p for note in notes %}", size=12)
    line(paper, "{{ note }}", size=10.5, grey=True)
    line(paper, "{%p endfor %}", size=12)
    facts = paper.core_properties
    facts.author, facts.title, facts.comments = "One Board", "return", ""
    OUT.parent.mkdir(parents=True, exist_ok=True)
    paper.save(str(OUT))


if __name__ == "__main__":
    main()
