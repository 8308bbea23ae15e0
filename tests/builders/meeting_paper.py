"""How crm/meetings/data/meeting.docx was made: `python -m tests.builders.meeting_paper`. A4 upright, in the types of GB/T 9704 (小标宋,
仿宋, 黑体), with a watermark behind the text.
"""

from pathlib import Path
from typing import Any

from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import parse_xml

from tests.builders.edition_paper import BODY, HEAD, TITLE, heading_row, line
from tests.builders.report_papers import _cell, _page, _plain, _widths

OUT = Path(__file__).resolve().parents[2] / "crm" / "meetings" / "data" / "meeting.docx"
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
OVERVIEW = ("batch", "count", "was", "total", "unverified", "contracted", "confirmed")
WIDTHS = (0.9, 6.1, 1.8, 3.8, 4.4)


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
    _cell(made.rows[1].cells[0], "{%tr for row in part.rows %}")
    _cell(made.rows[3].cells[0], "{%tr endfor %}")


def meeting() -> Any:
    paper = _page()
    paper.sections[0].header.paragraphs[0]._p.append(parse_xml(_SHAPE))
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
