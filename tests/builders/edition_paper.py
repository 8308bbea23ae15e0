"""How crm/batches/data/edition.docx was made: `python -m tests.builders.edition_paper`. An official paper on A4, across: red-letter
styles aside, its types are those of GB/T 9704 (小标宋, 仿宋, 黑体), by names that Word and WPS know.
"""

from pathlib import Path
from typing import Any

from docx import Document
from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor

OUT = Path(__file__).resolve().parents[2] / "crm" / "batches" / "data" / "edition.docx"
BODY, TITLE, HEAD = "仿宋_GB2312", "方正小标宋简体", "黑体"
COLUMNS = (
    ("place", "{{ row.place }}", 1.1), ("name", "{{ row.name }}", 6.3), ("country", "{{ row.country }}", 2.1),
    ("cluster", "{{ row.cluster }}", 2.8), ("unit", "{{ row.unit }}", 1.7), ("total", "{{ row.total }}", 2.9),
    ("contracted", "{{ row.contracted }}", 2.0), ("confirmed", "{{ row.confirmed }}", 2.5), ("change", "{{ row.change }}", 3.3),
)  # fmt: skip

_SHAPE = (
    '<w:r xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:v="urn:schemas-microsoft-com:vml" '
    'xmlns:o="urn:schemas-microsoft-com:office:office"><w:pict>'
    '<v:shapetype id="_x0000_t136" coordsize="21600,21600" o:spt="136" adj="10800" path="m@7,l@8,m@5,21600l@6,21600e">'
    '<v:formulas><v:f eqn="sum #0 0 10800"/><v:f eqn="prod #0 2 1"/><v:f eqn="sum 21600 0 @1"/><v:f eqn="sum 0 0 @2"/>'
    '<v:f eqn="sum 21600 0 @3"/><v:f eqn="if @0 @3 0"/><v:f eqn="if @0 21600 @1"/><v:f eqn="if @0 0 @2"/><v:f eqn="if @0 @4 21600"/>'
    '<v:f eqn="mid @5 @6"/><v:f eqn="mid @8 @5"/><v:f eqn="mid @7 @8"/><v:f eqn="mid @6 @7"/><v:f eqn="sum @6 0 @5"/></v:formulas>'
    '<v:path textpathok="t" o:connecttype="custom" o:connectlocs="@9,0;@10,10800;@11,21600;@12,10800" '
    'o:connectangles="270,180,90,0"/><v:textpath on="t" fitshape="t"/><v:lock v:ext="edit" text="t" shapetype="t"/></v:shapetype>'
    '<v:shape id="watermark" o:spid="_x0000_s2049" type="#_x0000_t136" style="position:absolute;margin-left:0;margin-top:0;'
    "width:400pt;height:48pt;rotation:315;z-index:-251658752;mso-position-horizontal:center;"
    "mso-position-horizontal-relative:margin;mso-position-vertical:center;mso-position-vertical-relative:margin"
    '" o:allowincell="f" fillcolor="#e4e8ed" stroked="f"><v:fill opacity=".6"/>'
    '<v:textpath style="font-family:&quot;黑体&quot;;font-size:1pt" string="{{ watermark }}"/></v:shape></w:pict></w:r>'
)


def typed(run: Any, font: str, size: float, *, bold: bool = False, grey: bool = False) -> None:
    run.font.name, run.font.size, run.font.bold = "Times New Roman", Pt(size), bold
    fonts = run._element.get_or_add_rPr().get_or_add_rFonts()
    fonts.set(qn("w:eastAsia"), font)
    if grey:
        run.font.color.rgb = RGBColor(0x62, 0x6D, 0x7A)


def line(place: Any, text: str, font: str = BODY, size: float = 14, *, middle: bool = False, **how: bool) -> Any:
    made = place.add_paragraph()
    made.alignment = WD_ALIGN_PARAGRAPH.CENTER if middle else WD_ALIGN_PARAGRAPH.LEFT
    made.paragraph_format.space_after = Pt(0)
    made.paragraph_format.line_spacing = Pt(size * 1.6)
    made.paragraph_format.keep_with_next = font == HEAD or None  # a heading does not end a page
    typed(made.add_run(text), font, size, **how)
    return made


def cell(place: Any, text: str, *, font: str = BODY, right: bool = False) -> None:
    part = place.paragraphs[0]
    part.paragraph_format.space_after = Pt(0)
    part.alignment = WD_ALIGN_PARAGRAPH.RIGHT if right else WD_ALIGN_PARAGRAPH.LEFT
    typed(part.add_run(text), font, 9)


def watermark(paper: Any) -> None:
    """Who took it and when, behind the text of every page."""
    paper.sections[0].header.paragraphs[0]._p.append(parse_xml(_SHAPE))


def page_number(place: Any, size: float) -> None:
    """At the end of the foot: the page, of how many."""
    for before, field in (("　　", "PAGE"), (" / ", "NUMPAGES")):
        typed(place.add_run(before), BODY, size, grey=True)
        for name, text in (("begin", ""), ("w:instrText", field), ("separate", ""), ("w:t", "1"), ("end", "")):
            part = OxmlElement(name if text else "w:fldChar")
            part.text = text or None
            if not text:
                part.set(qn("w:fldCharType"), name)
            run = place.add_run()
            typed(run, BODY, size, grey=True)
            run._r.append(part)


def heading_row(row: Any) -> None:
    row_mark(row, "w:tblHeader")


def row_mark(row: Any, name: str) -> None:
    mark = OxmlElement(name)
    mark.set(qn("w:val"), "true")
    row._tr.get_or_add_trPr().append(mark)


def table(paper: Any) -> None:
    made = paper.add_table(rows=4, cols=len(COLUMNS))
    made.style, made.autofit = "Table Grid", False
    for number, (name, text, width) in enumerate(COLUMNS):
        made.columns[number].width = Cm(width)  # the grid: LibreOffice reads it, Word the cells
        for row in made.rows:
            row.cells[number].width = Cm(width)
        cell(made.rows[0].cells[number], "{{ heads." + name + " }}", font=HEAD)
        right = name in ("total", "contracted")
        cell(made.rows[2].cells[number], text, right=right)
    heading_row(made.rows[0])
    row_mark(made.rows[2], "w:cantSplit")
    second = made.rows[2].cells[1].add_paragraph()
    second.paragraph_format.space_after = Pt(0)
    typed(second.add_run("{{ row.title }}　{{ row.code }}"), BODY, 9)
    cell(made.rows[1].cells[0], "{%tr for row in group.rows %}")
    cell(made.rows[3].cells[0], "{%tr endfor %}")


def main() -> None:
    paper = Document()
    page = paper.sections[0]
    page.orientation, page.page_width, page.page_height = WD_ORIENT.LANDSCAPE, Cm(29.7), Cm(21)
    page.left_margin = page.right_margin = Cm(2.5)
    page.top_margin, page.bottom_margin = Cm(2.6), Cm(2.2)
    top = page.header.paragraphs[0]
    top.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    typed(top.add_run("{{ mark }}"), BODY, 9, grey=True)
    foot = page.footer.paragraphs[0]
    foot.alignment = WD_ALIGN_PARAGRAPH.CENTER
    typed(foot.add_run("{{ notice }}"), BODY, 9, grey=True)
    page_number(foot, 9)
    watermark(paper)
    line(paper, "{{ title }}", TITLE, 22, middle=True)
    line(paper, "{{ number }}", BODY, 16, middle=True)
    line(paper, "{{ office }}　　{{ as_of }}", BODY, 14, middle=True)
    line(paper, "{%p for said in overview %}", size=12)
    line(paper, "{{ said }}", size=14)
    line(paper, "{%p endfor %}", size=12)
    line(paper, "{{ basis }}", size=10.5, grey=True)
    line(paper, "{%p for group in groups %}", size=12)
    line(paper, "{{ group.name }}", HEAD, 14)
    line(paper, "{%p if group.rows %}", size=12)
    table(paper)
    line(paper, "{%p else %}", size=12)
    line(paper, "{{ group.none }}", size=12)
    line(paper, "{%p endif %}", size=12)
    line(paper, "{%p endfor %}", size=12)
    line(paper, "{%p for note in notes %}", size=12)
    line(paper, "{{ note }}", size=10.5, grey=True)
    line(paper, "{%p endfor %}", size=12)
    facts = paper.core_properties
    facts.author, facts.title, facts.comments = "One Board", "edition", ""
    OUT.parent.mkdir(parents=True, exist_ok=True)
    paper.save(str(OUT))


if __name__ == "__main__":
    main()
