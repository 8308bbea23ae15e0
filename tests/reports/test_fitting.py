"""The leader's sheet in Word is one A4 whatever stands on it: measured by the rule, counted by LibreOffice."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm.reports import sheets
from crm.reports.rules import CAPS, fitted, fitted_brief, shortened
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


STONES = ("意向/框架协议", "签订正式合同", "注册落地", "首笔到资", "开工(装修)", "投产运营", "增资扩产")
BRIEF = {
    "path": [{"name": name, "said": "2026-11-26 已认定"} for name in STONES],
    "progress": [{"day": "2026-11-26", "kind": "来访接待", "text": shortened(LONG, 110)}] * CAPS["progress"],
    "open": [{"kind": "需协调事项", "text": shortened(LONG, 60), "unit": "南山", "due": "2026-11-18（逾期）"}] * CAPS["open"],
}
TEXTS = {"title": LONG[:44], "subtitle": LONG[:44] + "　SZ-2026-00417　在建(实施) 1,144 天", "money": LONG[:40], "next": LONG[:80] + "（2026-11-26 前）"}  # fmt: skip
FEW = {"title": "甲", "subtitle": "乙　SZ-2026-00417　签约 3 天", "money": "没有到资记录", "next": "踏勘"}


def brief(parts, texts, value):
    facts = [{"name": "产业集群", "value": value}] * 8
    kept = fitted_brief(parts, facts, texts, 0)
    rows = {part: rows[: kept[part]] for part, rows in parts.items()}
    left = [f"最近进展：另有 {len(parts[part]) - kept[part]} 项，见系统" for part in parts if kept[part] < len(parts[part])]
    heads = dict.fromkeys(("facts", "path", "money", "progress", "open", "next"), "基本情况")
    return kept, ABOUT | rows | texts | {"facts": facts, "notes": left, "heads": heads}


def test_a_brief_is_one_page_in_word(tmp_path):
    """Whatever stands on it, however rich the lead; and what an ordinary lead has stands whole."""
    short = {part: [dict.fromkeys(row, "字" * 4) for row in rows] for part, rows in BRIEF.items()}
    english = {"kind": "Visit", "text": shortened("The plant manager saw two sites and asks for a second power line " * 2, 110)}
    asked = {
        "longest": brief(BRIEF, TEXTS, LONG[:36]), "short": brief(short, FEW, "德国"), "usual": brief(BRIEF, FEW, "德国"),
        "english": brief(BRIEF | {"progress": [BRIEF["progress"][0] | english] * 3}, FEW, "Software and information services"),
        "empty": brief({part: [] for part in BRIEF}, FEW, "—"),
    }  # fmt: skip
    for name, (_kept, facts) in asked.items():
        (tmp_path / f"{name}.docx").write_bytes(sheets.fill(sheets.BRIEF.shipped.read_bytes(), facts).getvalue())
    papers = converted(tmp_path, tmp_path.glob("*.docx"), "pdf").values()
    assert {path.stem: printed.pages(path.read_bytes()) for path in papers} == dict.fromkeys(asked, 1)
    assert asked["short"][0] == {part: len(rows) for part, rows in BRIEF.items()}
    assert all(number >= 1 for number in asked["longest"][0].values())


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
