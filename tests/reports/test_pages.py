"""A leader's page and sheet, a lead's brief: each figure opens its list, the papers fit one A4 and say what they are."""

from io import BytesIO

import docx
import pytest
from sqlalchemy import select

from crm.audit.models import AuditLine
from crm.core import clock
from crm.core.db import db, unit_of_work
from crm.matters import services as matter_services
from crm.matters.rules import Level
from crm.reports import sheets
from crm.supervision import services
from crm.visits import services as visits
from crm.visits.rules import Kind, NewProgress
from tests.builders import a_lead, actor, report_papers, someone
from tests.matters.stories import does as matter_does
from tests.matters.stories import raised
from tests.supervision.stories import does, given, liaison

pytestmark = pytest.mark.only_on("sqlite")
SECRET = "Quorvexia"


def said(content):
    paper = docx.Document(BytesIO(content) if isinstance(content, bytes) else content)
    cells = [cell.text for table in paper.tables for row in table.rows for cell in row.cells]
    parts = [*paper.paragraphs, *paper.sections[0].header.paragraphs, *paper.sections[0].footer.paragraphs]
    return "\n".join([*(part.text for part in parts), *cells])


@pytest.fixture
def city(app):
    """A sponsored project with an instruction and a matter that came up; the leader's public id."""
    lead = a_lead(f"{SECRET} Optics GmbH")
    with app.app_context():
        leader = someone("leader")
        found = leader.public_id
        does(services.add_sponsor, lead.public_id, leader.id, clock.today(), by="coordinator")
        given(lead, text="find them a site by the sea")
        matter_does(matter_services.lift, raised(lead, level=Level.CITY), "the ministry", by="coordinator")
        liaison("officer.baoan")
        with unit_of_work():
            new = NewProgress(kind=Kind.VISIT, on=clock.today(), text="saw the site", whom="the board")
            visits.log_progress(lead.public_id, new, actor=actor("officer.nanshan"), now=clock.now())
        db.session.remove()
    return lead, found


def test_the_leaders_page(app, signed_in, city):
    _lead, leader = city
    browser = signed_in("leader")
    page = browser.get("/", ceiling=60)
    for word in ("领导页", SECRET, "find them a site", "two lines of power", "在谈项目", "长期无进展", "还没有定稿"):
        assert word in page.main, word
    figures = [part.split('"')[0] for part in page.html.split('<dd><a href="')[1:]]
    assert len(figures) == 4
    for address in figures:
        browser.get(address.replace("&amp;", "&"), ceiling=60)
    for username, status in (("coordinator", 200), ("officer.baoan", 200), ("officer.nanshan", 404), ("auditor", 403)):
        signed_in(username).get(f"/leader/{leader}", status=status, ceiling=60)
    someone_else = signed_in("coordinator").get("/supervision/")
    assert f"/leader/{leader}" in someone_else.html
    browser.get(f"/leader/{'A' * 22}", status=404)


def test_the_sheet(app, signed_in, city):
    _lead, leader = city
    browser = signed_in("leader")
    content = browser.http.get(f"/leader/{leader}/sheet.docx").data
    text = said(content)
    for word in ("find them a site", SECRET, "two lines of power", "SZ-BG-", "非涉密系统", "与上期相比"):
        assert word in text, word
    assert "{{" not in text
    assert "{%" not in text
    signed_in("officer.nanshan").get(f"/leader/{leader}/sheet.docx", status=404)
    with app.app_context():
        taken = db.session.scalars(select(AuditLine.action).where(AuditLine.action == "report.leader_sheet")).all()
    assert len(taken) == 1, "who may not is not noted as having taken it"


def test_the_brief(app, signed_in, city):
    lead, _leader = city
    content = signed_in("officer.nanshan").http.get(f"/leads/{lead.public_id}/brief.docx").data
    text = said(content)
    for word in (SECRET, "find them a site", "two lines of power", "saw the site", "SZ-BG-", "非涉密系统", "基本情况", "节点"):
        assert word in text, word
    assert "{{" not in text
    assert f"/leads/{lead.public_id}/brief.docx" in signed_in("officer.nanshan").get(f"/leads/{lead.public_id}").html
    signed_in("officer.baoan").get(f"/leads/{lead.public_id}/brief.docx", status=404)
    signed_in("auditor").get(f"/leads/{lead.public_id}/brief.docx", status=403)


def test_an_offices_own_template(app, signed_in, city, tmp_path):
    lead, leader = city
    app.config["TEMPLATES_PATH"] = str(tmp_path)
    browser = signed_in("leader")
    own = docx.Document()
    own.add_paragraph("{{ title }} of ours {{ serial }}")
    own.save(str(tmp_path / "leader.docx"))
    assert "of ours SZ-BG-" in said(browser.http.get(f"/leader/{leader}/sheet.docx").data)
    own.add_paragraph("{{ moon }}")
    own.save(str(tmp_path / "leader.docx"))
    assert "moon" in browser.get(f"/leader/{leader}/sheet.docx", status=422).text
    (tmp_path / "brief.docx").write_bytes(b"no word file")
    assert "文件模板无法填写" in browser.get(f"/leads/{lead.public_id}/brief.docx", status=422).text


def test_the_shipped_templates_are_those_that_their_maker_makes(tmp_path, monkeypatch):
    monkeypatch.setattr(report_papers, "OUT", tmp_path)
    report_papers.main()
    for template in (sheets.LEADER, sheets.BRIEF):
        assert said(template.shipped.read_bytes()) == said((tmp_path / template.name).read_bytes())
