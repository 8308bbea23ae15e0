"""The pages /returns, the form, the file: what they say, to whom, what they refuse with what was typed still there."""

from io import BytesIO

import docx
import pytest
from sqlalchemy import select

from crm.audit.models import AuditLine
from crm.core.db import db
from crm.returns import sheets
from crm.returns.models import WeeklyReturn
from crm.returns.rules import NewLine, Section
from tests.builders import return_paper
from tests.returns.stories import LATE, MONDAY, SUNDAY, confirmed, drafted, edited, ids_of, told


@pytest.fixture
def draft(app, clock_at):
    """A draft of Nanshan's week with two statements; its public id."""
    clock_at(SUNDAY)
    with app.app_context():
        lead = told("saw the site")
        told("asked for power", lead=lead)
        public_id = drafted()
        db.session.remove()
    clock_at(MONDAY)
    return public_id


def test_from_the_list_to_the_citys_word(app, signed_in, clock_at):
    clock_at(SUNDAY)
    with app.app_context():
        told("saw the site")
        db.session.remove()
    officer = signed_in("officer.nanshan")
    page = officer.get("/returns/")
    assert "2026-11-16 – 2026-11-22 本周" in page.main
    form = page.submit("/returns/open/", status=303).follow()
    assert form.h1 == "编写周报"
    assert "saw the site" in form.html
    done = form.submit("/edit", {"progress_text": "a good week"}, status=303).follow()
    assert "a good week" in done.main
    assert "报送市级" not in done.main, "an officer does not hand it in"
    clock_at(MONDAY)
    manager = signed_in("manager.nanshan")
    sent = manager.get(done.path).submit("/submit", status=303).follow()
    assert "已报送，等市级确认" in sent.text
    city = signed_in("coordinator")
    week = city.get("/returns/")
    assert "待市级确认 1" in week.main
    assert "福田" in week.main, "districts without people are named apart"
    page = city.get(done.path)
    refused = page.submit("/send-back", {"text": ""}, status=303).follow()
    assert "请写明理由" in refused.text
    page.submit("/send-back", {"text": "哪个部门"}, status=303)
    assert "哪个部门" in manager.get(done.path).main
    manager.get(done.path).submit("/submit", status=303)
    stale = page.submit("/confirm", status=303).follow()
    assert "已有同事保存过" in stale.text
    assert "已确认" in city.get(done.path).submit("/confirm", status=303).follow().main
    again = manager.get(done.path).submit("/correct", {"text": "漏了一家"}, status=303).follow()
    assert again.h1 == "编写周报"
    assert "更正中" in manager.get("/returns/").main
    assert "已确认" in city.get("/returns/").main


def test_late_and_empty_ones_are_named(app, signed_in, clock_at):
    clock_at(SUNDAY)
    with app.app_context():
        public_id = drafted(unit="SZ-BA", by="officer.baoan")
        db.session.remove()
    clock_at(MONDAY)
    manager = signed_in("manager.baoan")
    page = manager.get(f"/returns/{public_id}")
    refused = page.submit("/submit", {"text": ""}, status=303).follow()
    assert "请说明为什么空报" in refused.text
    page.submit("/submit", {"text": "集中办理注册"}, status=303)
    clock_at(LATE)
    page = signed_in("leader").get("/returns/weeks/2026-11-16")
    assert "逾期未报：南山" in page.main
    assert "空报：宝安" in page.main
    own = signed_in("officer.nanshan").get("/returns/weeks/2026-11-16")
    assert "宝安" not in own.main
    assert "您的单位不报周报" not in own.main


def test_a_colleague_saved_meanwhile(app, signed_in, draft):
    officer = signed_in("officer.nanshan")
    page = officer.get(f"/returns/{draft}/edit")
    with app.app_context():
        first, second = ids_of(draft)
        edited(draft, lines={first: ("by the manager", 1, True)}, by="manager.nanshan", progress="theirs")
        db.session.remove()
    typed = {"progress_text": "mine", f"line-{second}": "typed by me", "next_new": "and a plan"}
    refused = page.submit("/edit", typed, status=409)
    assert "刚保存过这份周报" in refused.text
    assert "同事保存为 theirs" in " ".join(refused.main.split())
    assert "by the manager" in refused.main
    for text in ("mine", "typed by me", "and a plan"):
        assert text in refused.html
    done = refused.submit("/edit", status=303).follow()
    assert "typed by me" in done.main
    assert "and a plan" in done.main


def test_bad_input_is_said_at_its_place(app, signed_in, draft):
    with app.app_context():
        first, second = ids_of(draft)
        db.session.remove()
    page = signed_in("officer.nanshan").get(f"/returns/{draft}/edit")
    for bad, said in (
        ({f"place-{first}": "zero"}, "序号请填 1 到 399 的数字"), ({f"place-{first}": "0"}, "序号请填 1 到 399 的数字"),
        ({f"place-{first}": "-1"}, "序号请填 1 到 399 的数字"), ({f"line-{first}": "x" * 2001}, "最多2000个字"),
        ({"progress_text": "x" * 2001}, "最多2000个字"), ({"next_new": "x" * 1001}, "最多1000个字"),
        ({"next_new": "plan", "next_lead": "SZ-1999-00001"}, "没有编号为 SZ-1999-00001 的项目"),
    ):  # fmt: skip
        refused = page.submit("/edit", {f"line-{second}": "kept words", **bad}, status=422)
        assert said in refused.text, bad
        assert "kept words" in refused.html, bad
    page.submit("/edit", {"version": "nonsense"}, status=422)
    page.submit("/edit", {f"line-{10**30}": "no such line", "place-x": "1"}, status=303)
    client = page.client
    client.post("/returns/open/" + "A" * 22, {"week": "2026-11-16"}, status=404)
    client.get("/returns/weeks/2026-11-17", status=404)
    for week in ("2026-13-01", "yesterday", "2099-01-05", "0001-01-01"):
        client.get(f"/returns/weeks/{week}", status=404)


def test_a_week_that_is_not_open(signed_in, clock_at, app):
    clock_at(MONDAY)
    browser = signed_in("officer.nanshan")
    form = browser.get("/returns/").form("/returns/open/")
    target = form.get("action")
    for week, said in (("2026-10-05", "这一周不能起草"), ("2026-11-17", "这一周不能起草"), ("", "请选择"), ("soon", "周报")):
        page = browser.post(target, {"week": week}, status=303).follow()
        assert said in page.text, week
    with app.app_context():
        assert db.session.scalar(select(WeeklyReturn.id)) is None


def test_what_is_with_the_city_is_not_edited(app, signed_in, clock_at):
    clock_at(MONDAY)
    with app.app_context():
        told("a")
        public_id = confirmed()
        db.session.remove()
    browser = signed_in("officer.nanshan")
    assert browser.get(f"/returns/{public_id}/edit", status=303).location.endswith(public_id)
    answer = browser.post(f"/returns/{public_id}/edit", {"version": "3", "progress_text": "later"}, status=303)
    assert "later" not in answer.follow().main
    browser.post(f"/returns/{public_id}/refresh", {"version": "9"}, status=303)
    assert "更正" not in browser.get(f"/returns/{public_id}").main


@pytest.mark.only_on("sqlite")
def test_doors_stay_shut(signed_in, draft):
    for username in ("auditor", "sysadmin", "secadmin"):
        signed_in(username).get("/returns/", status=403)
    for username in ("officer.baoan", "manager.baoan", "coordinator", "leader"):
        browser = signed_in(username)
        browser.get(f"/returns/{draft}", status=404)
        browser.get(f"/returns/{draft}/edit", status=(403, 404))
        for act in ("submit", "send-back", "confirm", "correct", "refresh", "edit"):
            browser.post(f"/returns/{draft}/{act}", {"version": "1", "text": "x"}, status=(303, 403, 404))
    assert "起草中" in signed_in("officer.nanshan").get(f"/returns/{draft}").main


def test_hostile_words_stay_words(app, signed_in, draft):
    hostile = "<script>alert(1)</script>%s 'x' &"
    with app.app_context():
        edited(draft, progress=hostile, added=[NewLine(Section.NEXT, hostile)])
        db.session.remove()
    browser = signed_in("manager.nanshan")
    page = browser.get(f"/returns/{draft}")
    assert "<script>alert" not in page.html
    assert "<script>alert(1)</script>" in page.main
    assert hostile in _paper(browser.get(f"/returns/{draft}/return.docx"))[0]


def _paper(page):
    made = docx.Document(BytesIO(page.response.data))
    section = made.sections[0]
    return "\n".join(p.text for p in made.paragraphs), section.header.paragraphs[0].text, section.footer.paragraphs[0].text


def test_the_paper(app, signed_in, draft):
    with app.app_context():
        edited(draft, problems="needs the planning office")
        db.session.remove()
    text, top, foot = _paper(signed_in("officer.nanshan").get(f"/returns/{draft}/return.docx"))
    for said in (
        "招商引资周报",
        "2026-11-16 – 2026-11-22",
        "一、本周进展",
        "saw the site",
        "needs the planning office",
        "尚未报送",
        "无",
    ):
        assert said in text, said
    assert "SZ-ZB-2026-00001" in top
    assert "非涉密系统" in foot
    with app.app_context():
        line = db.session.scalars(select(AuditLine).where(AuditLine.action == "return.exported")).one()
        assert line.payload.facts["serial"] == "SZ-ZB-2026-00001"
        assert line.payload.facts["masked"] == 0
    assert "1. Progress" not in text


@pytest.mark.only_on("sqlite")
def test_the_offices_own_template(app, signed_in, draft, tmp_path):
    app.config["TEMPLATES_PATH"] = str(tmp_path)
    browser, address = signed_in("manager.nanshan"), f"/returns/{draft}/return.docx"
    for text, said in (("{{ unit }} · {{ serial }}", ""), ("{{ no_such_field }}", "no_such_field"), ("{% for x in %}", "for")):
        own = docx.Document()
        own.add_paragraph(text)
        own.save(str(tmp_path / sheets.RETURN.name))
        page = browser.get(address, status=422 if said else 200)
        if said:
            assert "文件模板无法填写" in page.text
        else:
            assert "SZ-ZB-2026-00001" in _paper(page)[0]
    (tmp_path / sheets.RETURN.name).write_bytes(b"no word file")
    assert "文件模板无法填写" in browser.get(address, status=422).text
    with app.app_context():
        told_of = list(db.session.scalars(select(AuditLine).where(AuditLine.action == "return.exported")))
        assert len(told_of) == 1, "a file that was not made leaves no line"


def test_the_shipped_template_is_the_one_that_its_maker_makes(tmp_path, monkeypatch):
    monkeypatch.setattr(return_paper, "OUT", tmp_path / "return.docx")
    return_paper.main()

    def texts(content):
        return [p.text for p in docx.Document(content).paragraphs]

    assert texts(str(sheets.RETURN.shipped)) == texts(str(tmp_path / "return.docx"))
