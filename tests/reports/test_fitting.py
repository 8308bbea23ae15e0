"""The leader's sheet in Word is one A4 whatever stands on it: measured by the rule, counted by LibreOffice."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm.reports import sheets
from crm.reports.rules import CAPS, fitted, shortened
from crm.reports.rules.fitting import COLUMNS, DROPPED_FIRST, FIXED, PAGE, height, lines
from tests import printed
from tests.office import converted
from tests.reports.test_printed import ABOUT, LONG

NAME = shortened("海晏智能装备科技（深圳）股份有限公司南山研发制造中心项目", 26)
TASK = {"text": shortened(LONG), "project": shortened(NAME * 2, 30), "unit": "南山", "due": "11月18日 前办结（逾期）"}
LONGEST = {
    "changes": [{"name": NAME, "said": LONG[:90]}] * CAPS["changes"], "matters": [TASK] * CAPS["matters"],
    "sponsored": [{"name": NAME, "unit": "南山", "stage": "在建(实施) 1,144 天", "next": LONG[:24] + "（11月23日）"}] * CAPS["sponsored"],
    "tasks": [TASK] * CAPS["tasks"],
}  # fmt: skip
SHORT = {
    "changes": [{"name": "甲", "said": "由在谈转签约"}] * 3, "tasks": [TASK | {"text": "现场办公", "project": "甲"}] * 5,
    "matters": [TASK | {"text": "现场办公", "project": "甲", "due": "11月18日"}] * 4,
    "sponsored": [{"name": "甲", "unit": "南山", "stage": "签约 3 天", "next": "踏勘"}] * 7,
}  # fmt: skip
ENGLISH = {
    "text": shortened("Power supply for the second line must be settled with the grid", 46),
    "project": "Quorvexia Sensors GmbH",
}
BASIS = "数据截至 2026-11-26 09:30；变化按第 12 期（周报）"


def paper(parts, basis=BASIS):
    kept = fitted(parts, basis, 0)
    rows = {part: rows[: kept[part]] for part, rows in parts.items()}
    left = [f"需领导协调事项：另有 {len(parts[part]) - kept[part]} 项，见系统" for part in parts if kept[part] < len(parts[part])]
    heads = dict.fromkeys(("changes", "matters", "sponsored", "tasks", "project", "stage", "unit", "next"), "需领导协调事项")
    figure = {"name": "在建(实施)项目", "value": "1,234 个", "note": "已核实 12,345.67 亿元，完成目标 78.0%"}
    return ABOUT | rows | {
        "title": "招商引资情况一页纸", "subtitle": "顾明川　2026-11-26", "figures": [figure] * 5, "basis": basis, "notes": left, "heads": heads,
    }  # fmt: skip


def test_it_is_one_page_in_word(tmp_path):
    """Several sheets by one start of LibreOffice."""
    mixed = LONGEST | {"sponsored": SHORT["sponsored"], "changes": []}
    english = SHORT | {"matters": [TASK | ENGLISH] * 4, "tasks": [TASK | ENGLISH] * 5}
    for name, facts in {
        "longest": paper(LONGEST, LONG[:120]), "short": paper(SHORT), "mixed": paper(mixed), "english": paper(english),
        "empty": paper({part: [] for part in COLUMNS}),
    }.items():  # fmt: skip
        (tmp_path / f"{name}.docx").write_bytes(sheets.fill(sheets.LEADER.shipped.read_bytes(), facts).getvalue())
    papers = converted(tmp_path, tmp_path.glob("*.docx"), "pdf").values()
    found = {path.stem: printed.pages(path.read_bytes()) for path in papers}
    assert found == dict.fromkeys(("longest", "short", "mixed", "english", "empty"), 1)


def test_what_fits_stays_whole():
    assert fitted(SHORT, BASIS, 0) == {part: len(rows) for part, rows in SHORT.items()}
    assert fitted({part: [] for part in COLUMNS}, BASIS, 0) == dict.fromkeys(COLUMNS, 0)


@given(st.dictionaries(st.sampled_from(DROPPED_FIRST), st.lists(st.integers(0, 90), max_size=9)), st.integers(0, 4))
def test_as_few_as_fit_are_left_out(lengths, notes):
    parts = {
        part: [{field: "字" * n for field, _width in COLUMNS[part]} for n in lengths.get(part, [])] for part in COLUMNS
    }  # fmt: skip
    kept = fitted(parts, BASIS, notes)
    taken = sum(height(part, row) for part, rows in parts.items() for row in rows[: kept[part]])
    assert all((kept[part] >= 1) == bool(rows) for part, rows in parts.items())
    assert taken <= PAGE - FIXED or all(n <= 1 for n in kept.values())


@pytest.mark.parametrize(
    ("text", "width", "count"), [("", 5, 1), ("字" * 13, 5, 1), ("字" * 14, 5, 2), ("a" * 24, 5, 1), ("a" * 26, 5, 2)]
)
def test_lines(text, width, count):
    assert lines(text, width) == count
