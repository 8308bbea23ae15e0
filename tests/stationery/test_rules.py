"""Looking through a template: each fault with its place; what the product ships passes, and each example has every field."""

from io import BytesIO

import docx
import pytest

from crm.batches import sheets as batches
from crm.core.errors import NotFound
from crm.core.papers.examining import examine
from crm.core.papers.faults import Fault, Place
from crm.core.papers.filling import fill
from crm.meetings import sheets as meetings
from crm.reports import sheets as reports
from crm.returns import sheets as returns
from crm.stationery.rules import named, papers

EXAMPLE = {"title": "t", "rows": [{"name": "a", "n": 1}], "heads": {"x": "X"}}
PAPERS = [reports.BRIEF, batches.EDITION, reports.LEADER, meetings.WORD, returns.RETURN]


def written(*paragraphs, cells=(), header=""):
    made = docx.Document()
    for text in paragraphs:
        made.add_paragraph(text)
    if cells:
        for cell, text in zip(made.add_table(2, len(cells)).rows[1].cells, cells, strict=True):
            cell.text = text
    made.sections[0].header.paragraphs[0].text = header
    content = BytesIO()
    made.save(content)
    return content.getvalue()


@pytest.mark.parametrize(("content", "fault"), [
    (written("{{ title }}", "says {{ titel }} twice {{ titel }}"), Fault("field", "titel", Place(text="says {{ titel }} twice {{ titel }}"))),
    (written("{%p for r in rows %}", "{{ r.name }} {{ r.nam }}", "{%p endfor %}"),
     Fault("attribute", "r.nam", Place(text="{{ r.name }} {{ r.nam }}"))),
    (written("x", cells=("{{ heads.x }}", "{{ heads.y }}")), Fault("attribute", "heads.y", Place("body", 1, 2, 2, "{{ heads.y }}"))),
    (written("x", header="{{ moon }}"), Fault("field", "moon", Place("header", text="{{ moon }}"))),
    (written("{% if title == 'z' %}{{ rows[0].zzz }}{% endif %}"),
     Fault("attribute", "rows[].zzz", Place(text="{% if title == 'z' %}{{ rows[0].zzz }}{% endif %}"))),
    (written("{% frobnicate %}"), Fault("syntax", "Encountered unknown tag 'frobnicate'.", Place(text="{% frobnicate %}"))),
    (written("{{ title|nofilter }}"), Fault("syntax", "No filter named 'nofilter'.", Place(text="{{ title|nofilter }}"))),
    (b"PK", Fault("file", "BadZipFile")),
])  # fmt: skip
def test_each_fault_has_its_place(content, fault):
    assert examine(content, EXAMPLE) == [fault]


@pytest.mark.parametrize(("text", "code", "says"), [
    ("{%p for r in rows %}", "syntax", "'endfor'"), ("{{ title ", "syntax", ""), ("{{ title + 1 }}", "filling", "TypeError"),
    ("{{ 1 / 0 }}", "filling", "ZeroDivision"), ("{{ ().__class__.__bases__ }}", "filling", "__class__"),
    ("{% for k in range(99999999) %}{% endfor %}", "filling", "Range too big"), ("{{ title.foo }}", "attribute", "title.foo"),
    ("{% for a in rows|batch(2) %}{{ a[1].nope }}{% endfor %}", "attribute", "nope"),
    ("{% set a = rows[0] %}{{ a.nope }}", "attribute", "a.nope"),
    ("{% macro m(a) %}{{ a }}{{ gone }}{% endmacro %}", "field", "gone"),
    ("{% with a = rows %}{{ a[0].nope }}{% endwith %}", "attribute", "nope"),
])  # fmt: skip
def test_what_cannot_be_filled_is_found(text, code, says):
    (fault,) = examine(written(text), EXAMPLE)
    assert fault.code == code and says in fault.what


def test_an_open_tag_is_named_where_it_stands():
    (fault,) = examine(written("{%p if title %}", "{%p for r in rows %}", "{{ r.name }}", "{%p endif %}", "the end"), EXAMPLE)
    assert fault.code == "syntax"
    (fault,) = examine(written("{%p for r in rows %}", "{{ r.name }}", "the end"), EXAMPLE)
    assert fault.place.text == "{%p for r in rows %}"


def test_what_jinja_can_say_is_not_refused():
    good = "{% for r in rows|sort %}{{ loop.index }}{{ r['name']|upper }}{{ r.n + 1 }}{% else %}{{ title }}{% endfor %}{{ range(3)|join }}"
    assert examine(written(good), EXAMPLE) == []
    assert examine(written("no field at all"), EXAMPLE) == []


@pytest.mark.parametrize("paper", PAPERS, ids=lambda paper: paper.key)
def test_the_shipped_ones_pass_and_their_examples_have_every_field(paper):
    assert set(paper.example) == set(paper.fields)
    assert examine(paper.shipped.read_bytes(), paper.example) == []
    text = "".join(p.text for p in docx.Document(fill(paper.shipped.read_bytes(), paper.example)).paragraphs)
    assert "{{" not in text


@pytest.mark.parametrize("paper", PAPERS, ids=lambda paper: paper.key)
def test_the_shipped_ones_say_who_took_them_and_keep_a_heading_with_its_part(paper):
    made = docx.Document(fill(paper.shipped.read_bytes(), paper.example))
    behind = made.sections[0].header._element.xml
    assert f'string="{paper.example["watermark"]}"' in behind
    headings = [p for p in made.paragraphs if "黑体" in p._p.xml]
    assert headings and all(p.paragraph_format.keep_with_next for p in headings)
    assert {"watermark", "mark", "notice"} <= paper.fields


def test_papers_go_by_their_codes():
    assert papers() == PAPERS
    with pytest.raises(NotFound):
        named("moon")
