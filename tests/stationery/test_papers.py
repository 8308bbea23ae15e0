"""The product's own templates: their tables have the widths that their cells say, whichever program reads which of the two."""

from io import BytesIO
from pathlib import Path

import docx
import pytest
from docx.oxml.ns import qn

from crm.core.papers.filling import fill
from tests.stationery.test_rules import written

PAPERS = sorted((Path(__file__).parents[2] / "crm").glob("*/data/*.docx"))


@pytest.mark.parametrize("path", PAPERS, ids=lambda path: path.stem)
def test_grid_and_cells_of_a_table_agree(path):
    for table in docx.Document(path).element.body.iter(qn("w:tbl")):
        grid = [int(column.get(qn("w:w"))) for column in table.tblGrid]
        first = [int(cell.tcPr.find(qn("w:tcW")).get(qn("w:w"))) for cell in table.findall(qn("w:tr"))[0].findall(qn("w:tc"))]
        assert grid == pytest.approx(first, abs=2)


def test_where_there_is_nothing_the_paper_says_so_in_its_own_language():
    filled = fill(written("{{ none }}", "{% if none %}x{% endif %}{{ title }}"), {"none": "无", "title": None})
    assert [part.text for part in docx.Document(BytesIO(filled.getvalue())).paragraphs if part.text] == ["无", "无"]
