"""The page of templates: what is put in use is what papers are made of, at the desk and in the worker; what is wrong is said."""

from io import BytesIO

import docx
import pytest
from sqlalchemy import select

from crm.audit.models import AuditLine
from crm.core.db import db
from crm.core.errors import TemplateUnfit
from crm.core.papers.filling import check
from crm.files.models import StoredFile
from crm.stationery import queries
from crm.stationery.models import PaperTemplate
from crm.stationery.rules import named
from tests.stationery.test_rules import written

pytestmark = pytest.mark.only_on("sqlite")
AT = "/templates/leader"


def put(browser, content, status=303, version=0, name="ours.docx", **facts):
    return browser.post(AT, {"version": str(version), "file": (BytesIO(content), name)} | facts, status=status)


def said(response):
    return "\n".join(p.text for p in docx.Document(BytesIO(response.data)).paragraphs)


def test_putting_one_in_and_going_back(app, signed_in, tmp_path):
    app.config["FILES_PATH"] = str(tmp_path)
    browser = signed_in("sysadmin")
    assert browser.get("/templates/").main.count("系统自带模板") == 5
    assert "还没有换过模板" in browser.get(AT).main
    put(browser, written("ours: {{ title }}"), note="new letterhead")
    page = browser.get(AT).main
    for words in ("本单位模板", "第 1 版", "ours.docx", "new letterhead", "改回系统自带模板"):
        assert words in page
    assert said(browser.http.get(f"{AT}/sample.docx")) == "ours: 招商引资情况一页纸"
    put(browser, written("second {{ serial }}"), version=1, name="二.docx")
    with app.app_context():
        first, second = db.session.scalars(select(PaperTemplate).order_by(PaperTemplate.number)).all()
        assert b"second" not in queries.template_of(named("leader"), app.config)  # a docx is packed
        assert queries.template_of(named("leader"), app.config) == written_bytes(second, tmp_path)
        old, old_file = first.public_id, first.file_id
    assert browser.http.get(f"/templates/versions/{old}").data == written_of(app, old_file, tmp_path)
    browser.post(f"{AT}/back", {"version": "2", "again": old}, status=303)
    assert said(browser.http.get(f"{AT}/sample.docx")).startswith("ours")
    browser.post(f"{AT}/back", {"version": "3"}, status=303)
    assert "正在使用：系统自带模板" in browser.get(AT).main
    browser.post(f"{AT}/back", {"version": "4"}, status=303)
    assert "已在使用系统自带模板" in browser.get(AT).text
    with app.app_context():
        acts = db.session.scalars(select(AuditLine.action).where(AuditLine.action.startswith("template."))).all()
        assert acts == ["template.put", "template.put", "template.again", "template.left"]
        assert queries.template_of(named("leader"), app.config) == named("leader").shipped.read_bytes()


def written_bytes(row, root):
    sha = row.file.sha256
    return (root / sha[:2] / sha[2:4] / sha).read_bytes()


def written_of(app, file_id, root):
    with app.app_context():
        sha = db.session.get(StoredFile, file_id).sha256
    return (root / sha[:2] / sha[2:4] / sha).read_bytes()


def external():
    made = docx.Document()
    made.part.relate_to(
        "https://evil.example/t.dotm",
        "http://schemas.openxmlformats.org/officeDocument/2006/relationships/attachedTemplate",
        is_external=True,
    )
    content = BytesIO()
    made.save(content)
    return content.getvalue()


@pytest.mark.parametrize(("content", "name", "says"), [
    (written("good", "{{ titel }}"), "a.docx", ("没有这个字段：titel", "正文", "{{ titel }}")),
    (written("x", cells=("a", "{{ heads.moon }}")), "a.docx", ("没有这个字段：heads.moon", "第 1 个表格第 2 行第 2 列")),
    (written("{%p for row in tasks %}"), "a.docx", ("标签写法有误", "endfor")),
    (written("x", header="{{ figures.sum() }}"), "a.docx", ("试填时出错",)),
    (written("{{ 1 / 0 }}"), "a.docx", ("试填时出错", "ZeroDivisionError")),
    (external(), "a.docx", ("引用了文件以外的内容",)),
    (b"%PDF-1.7", "a.pdf", ("不是 Word 文件",)), (b"no word file", "a.docx", ("内容与扩展名不符",)),
    (b"", "a.docx", ("是空文件",)), (b"", "", ("请选择文件",)),
])  # fmt: skip
def test_what_cannot_be_used_is_said_and_nothing_changes(app, signed_in, tmp_path, content, name, says):
    app.config["FILES_PATH"] = str(tmp_path)
    page = put(signed_in("coordinator"), content, status=422, name=name, note="my words")
    for words in says:
        assert words in page.main, page.main
    assert "my words" in page.html
    with app.app_context():
        assert db.session.scalar(select(PaperTemplate.id)) is None
        assert db.session.scalar(select(StoredFile.id)) is None


def test_two_at_once_and_the_same_file(app, signed_in, tmp_path):
    app.config["FILES_PATH"] = str(tmp_path)
    browser, content = signed_in("coordinator"), written("{{ title }}")
    put(browser, content)
    assert "已有人换过模板" in put(browser, written("x"), status=409).main
    assert "正在使用的就是这个文件" in put(browser, content, version=1, status=409).main
    browser.post(f"{AT}/back", {"version": "0"}, status=303)
    assert "已有人换过模板" in browser.get(AT).text
    browser.post(f"{AT}/back", {}, status=303)
    browser.post("/templates/moon", {"version": "0"}, status=404)
    browser.get("/templates/moon", status=404)
    browser.get("/templates/versions/moon", status=404)
    browser.post(f"{AT}/back", {"version": "1", "again": "moon"}, status=404)


def test_a_field_that_a_later_product_drops_is_said_not_written(app, signed_in, tmp_path, monkeypatch):
    app.config["FILES_PATH"] = str(tmp_path)
    put(signed_in("coordinator"), written("{{ basis }}"))
    less = named("leader")
    monkeypatch.setattr("crm.stationery.queries.check", lambda content, fields: _check(content, fields - {"basis"}))
    with app.app_context(), pytest.raises(TemplateUnfit, match="basis"):
        queries.template_of(less, app.config)


def _check(content, fields):
    return check(content, fields)


def test_only_those_who_may(signed_in):
    for who in ("officer.nanshan", "manager.nanshan", "leader", "auditor", "secadmin"):
        browser = signed_in(who)
        browser.get("/templates/", status=403)
        browser.get(f"{AT}/shipped.docx", status=403)
        put(browser, written("x"), status=403)
    assert said(signed_in("coordinator").http.get(f"{AT}/shipped.docx"))
