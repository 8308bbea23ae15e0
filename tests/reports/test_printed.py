"""The leader's sheet and a project's brief as pdf: one A4 whatever stands on it, Chinese with its fonts; an office's own template."""

import pytest
from sqlalchemy import select

from crm.audit.models import AuditLine
from crm.core.db import db
from crm.reports import sheets
from crm.reports.rules import CAPS, shortened
from tests import printed
from tests.reports.test_pages import SECRET, city

__all__ = ["city"]  # a fixture
pytestmark = pytest.mark.only_on("sqlite")
ABOUT = {
    "serial": "SZ-BG-2026-00001",
    "notice": "本系统为非涉密系统",
    "mark": "编号",
    "watermark": "王玉　2026-11-26",
    "lang": "zh",
    "none": "无",
}
LONG = (
    "请住建、供电部门到现场办公，两周内拿出双回路供电方案，并逐项落实用地、能耗、人才住房等保障条件，按周报告进展情况，确保年内开工建设"
    * 2
)


def test_the_sheet_and_the_brief(app, signed_in, city):
    lead, leader = city
    content = signed_in("leader").http.get(f"/leader/{leader}/sheet.pdf").data
    text = printed.said(content)
    for word in ("招商引资情况一页纸", "findthemasite", SECRET, "twolinesofpower", "SZ-BG-", "非涉密系统", "与上期相比"):
        assert word in text, word
    assert printed.pages(content) == 1
    assert all(printed.fonts(content).values())
    officer = signed_in("officer.nanshan")
    officer.get(f"/leader/{leader}/sheet.pdf", status=404)
    content = officer.http.get(f"/leads/{lead.public_id}/brief.pdf").data
    text = printed.said(content)
    for word in (SECRET, "findthemasite", "sawthesite", "SZ-BG-", "基本情况", "节点"):
        assert word in text, word
    assert printed.pages(content) == 1
    assert f"/leads/{lead.public_id}/brief.pdf" in officer.get(f"/leads/{lead.public_id}").html
    signed_in("officer.baoan").get(f"/leads/{lead.public_id}/brief.pdf", status=404)
    with app.app_context():
        acts = db.session.scalars(select(AuditLine.action).where(AuditLine.action.startswith("report."))).all()
    assert sorted(acts) == ["report.lead_brief", "report.leader_sheet"], "who may not is not noted as having taken it"


def test_an_offices_own_template_is_tried_first(app, signed_in, city, tmp_path):
    _lead, leader = city
    app.config["TEMPLATES_PATH"] = str(tmp_path)
    browser, own = signed_in("leader"), tmp_path / "leader.typ"
    for text, why in (("#data.moon", "leader.typ: moon"), ('#import "paper.typ": *\n#data.figures.first().moon', "main.typ:2")):
        own.write_text(text, "utf-8")
        assert why in browser.get(f"/leader/{leader}/sheet.pdf", status=422, ceiling=60).text
    own.write_text('#import "paper.typ": *\n#data.title of ours #data.serial', "utf-8")
    assert "一页纸ofoursSZ-BG-" in printed.said(browser.http.get(f"/leader/{leader}/sheet.pdf").data)
    with app.app_context():
        taken = db.session.scalars(select(AuditLine.action).where(AuditLine.action == "report.leader_sheet")).all()
    assert len(taken) == 1, "what was refused has no number"


def test_a_full_sheet_is_one_page():
    text, name = shortened(LONG), shortened("海晏智能装备科技（深圳）股份有限公司南山研发制造中心项目", 26)
    task = {"text": text, "project": name * 2, "unit": "南山", "due": "11月18日 前办结（逾期）"}
    heads = dict.fromkeys(("changes", "matters", "sponsored", "tasks", "project", "stage", "unit", "next"), "需领导协调事项")
    figure = {"name": "在建(实施)项目", "value": "1,234 个", "note": "已核实 12,345.67 亿元，完成目标 78.0%"}
    facts = ABOUT | {
        "title": "招商引资情况一页纸", "subtitle": "顾明川　2026-11-26", "figures": [figure] * 5, "basis": LONG[:60],
        "changes": [{"name": name, "said": LONG[:90]}] * CAPS["changes"], "matters": [task] * CAPS["matters"],
        "sponsored": [{"name": name, "unit": "南山", "stage": "在建(实施) 1,144 天", "next": LONG[:24] + "（11月23日）"}] * CAPS["sponsored"],
        "tasks": [task] * CAPS["tasks"], "notes": [LONG[:40]] * 3, "heads": heads,
    }  # fmt: skip
    template = sheets.LEADER_PDF
    assert printed.pages(template.filled(template.checked("/nonexistent"), facts)) == 1


def test_a_full_brief_is_one_page():
    heads = dict.fromkeys(("facts", "path", "money", "progress", "open", "next"), "基本情况")
    facts = ABOUT | {
        "title": LONG[:40], "subtitle": LONG[:60], "facts": [{"name": "跟进单位", "value": LONG[:40]}] * 8,
        "path": [{"name": "意向/框架协议", "said": "2026-11-26 已认定"}] * CAPS["milestones"], "money": LONG[:60], "next": LONG[:60],
        "progress": [{"day": "2026-11-26", "kind": "来访", "text": shortened(LONG, 110)}] * CAPS["progress"],
        "open": [{"kind": "需协调事项", "text": shortened(LONG, 60), "unit": "南山", "due": "2026-11-18（逾期）"}] * CAPS["open"],
        "notes": [LONG[:40]] * 2, "heads": heads,
    }  # fmt: skip
    template = sheets.BRIEF_PDF
    assert printed.pages(template.filled(template.checked("/nonexistent"), facts)) == 1
