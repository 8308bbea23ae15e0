"""The pages /batches and its editions, and the files: what they say, to whom, and what they refuse."""

from datetime import date, datetime
from io import BytesIO

import docx
import openpyxl
import pytest
from sqlalchemy import select

from crm.audit.models import AuditLine
from crm.batches import sheets
from crm.core.db import db
from tests import printed
from tests.batches.stories import NEXT, START, YI, changed, ended, frozen, listed, moved
from tests.builders import edition_paper
from tests.claims.stories import at
from tests.web.shared_city import seal


@pytest.fixture
def two(app, clock_at):
    """Two editions: one project moved, one grew, one left, one is Bao'an's, one has a code name."""
    with app.app_context():
        moves, grows, leaves = (listed("negotiating", total=n + 1) for n in range(3))
        other = listed("negotiating", by="officer.baoan", total=30)
        sealed = listed("signed", by="officer.nanshan", total=40)
        first = frozen(START).public_id
        moved(moves, "signed", date(2026, 11, 5))
        changed(grows, total_cny=15 * YI)
        ended(leaves)
        clock_at(NEXT)
        db.session.rollback()
        seal(sealed.public_id, "Heron", by="manager.nanshan")
        second = frozen(NEXT).public_id
        facts = {"first": first, "second": second}
        facts |= {
            name: one.display_name for name, one in (("moves", moves), ("grows", grows), ("other", other), ("left", leaves))
        }
        facts |= {"sealed": sealed.display_name, "other_id": other.public_id}
        db.session.remove()
    return facts


def test_the_rolling_list(signed_in, two):
    page = signed_in("coordinator").get("/batches/")
    assert two["grows"] in page.text
    assert "18.00" not in page.text
    assert "总投资申报值 45.00 亿元" in page.text
    signed = page.client.get("/batches/?batch=signed")
    assert two["moves"] in signed.text
    assert "Heron" in signed.text
    own = signed_in("officer.baoan").get("/batches/")
    assert two["other"] in own.text
    assert two["grows"] not in own.text
    assert "其他单位在谈，名称不显示" in own.text
    assert two["sealed"] not in own.client.get("/batches/?batch=signed").text


@pytest.mark.parametrize(
    "query",
    ["batch=nothing&unit=x&cluster=-1&page=0&size=7&window=never", "unit=99999", "page=99999999", "cluster=none&idle=yes"],
)
def test_nonsense_in_the_address_is_left_out(signed_in, two, query):
    browser = signed_in("coordinator")
    browser.get(f"/batches/?{query}")
    browser.get(f"/batches/editions/{two['second']}?tab=x&change=y&{query}")
    browser.get(f"/batches/editions?{query}")


def test_an_edition_explains_each_row(signed_in, two):
    browser = signed_in("coordinator")
    page = browser.get(f"/batches/editions/{two['second']}?tab=negotiating")
    assert "总投资 2.00 → 15.00 亿元" in page.text
    assert "由在谈转签约" in browser.get(f"/batches/editions/{two['second']}?tab=signed").text
    assert "退出：终止" in browser.get(f"/batches/editions/{two['second']}?tab=left").text
    assert "上一期" in page.text
    first = browser.get(f"/batches/editions/{two['first']}")
    assert "第一期，全部列为新增" in first.text
    moved_only = browser.get(f"/batches/editions/{two['second']}?tab=signed&change=moved")
    assert two["moves"] in moved_only.text
    assert "Heron" not in moved_only.text


def test_a_district_reads_no_more_than_its_own(signed_in, two):
    browser = signed_in("officer.baoan")
    page = browser.get(f"/batches/editions/{two['second']}?tab=signed")
    assert two["moves"] not in browser.get(f"/batches/editions/{two['first']}?tab=negotiating").text
    assert "代号项目，按权限不显示" in page.text
    assert "Heron" not in page.text
    assert two["sealed"] not in page.text
    assert "定稿一期" not in browser.get("/batches/editions").text


def test_a_coordinator_freezes_by_the_form(signed_in, two, clock_at):
    clock_at(at("2026-11-16 09:00"))
    browser = signed_in("coordinator")
    page = browser.get("/batches/editions")
    asked = page.submit("/batches/editions", {"period": "weekly.2026-11-16"}, status=200)
    for word in ("第 3 期", "在谈", "与上一期相比", "不能撤销", "确认定稿"):
        assert word in asked.main
    assert "第 3 期（周报）" not in browser.get("/batches/editions").text, "nothing is frozen by the question"
    done = asked.submit("/batches/editions", status=303)
    assert "第 3 期（周报）" in done.follow().text
    again = browser.get("/batches/editions")
    assert "weekly.2026-11-16" not in again.html
    refused = browser.post("/batches/editions", {"period": "weekly.2026-11-16", "once": "another"}, status=422)
    assert "请选择" in refused.text or "Not a valid" in refused.text or refused.status == 422
    browser.post("/batches/editions", {"period": "daily.soon", "once": "x"}, status=422)


def test_only_a_coordinator_may(signed_in, two):
    for username in ("officer.nanshan", "manager.baoan", "leader"):
        signed_in(username).post("/batches/editions", {"period": "weekly.2026-11-09", "once": "a"}, status=403)
    for username in ("auditor", "sysadmin", "secadmin"):
        signed_in(username).get("/batches/", status=403)
        signed_in(username).get(f"/batches/editions/{two['second']}", status=403)
    signed_in("leader").get(f"/batches/editions/{two['second']}/edition.xlsx", status=403)
    signed_in("coordinator").get("/batches/editions/nothing", status=404)


def test_nothing_yet(signed_in):
    browser = signed_in("coordinator")
    assert "这一批还没有项目" in browser.get("/batches/").text
    page = browser.get("/batches/editions")
    assert "还没有定稿的清单" in page.text
    refused = page.submit("/batches/editions", {}, status=422)
    assert "清单上没有项目" in refused.text


def _book(page):
    return [list(row) for row in openpyxl.load_workbook(BytesIO(page.response.data)).active.iter_rows(values_only=True)]


def test_the_workbook_says_what_its_reader_may_read(signed_in, two, app):
    with app.app_context():
        changed(listed("signed"), title="=1+1")
        db.session.remove()
    page = signed_in("coordinator").get(f"/batches/editions/{two['second']}/edition.xlsx")
    found = _book(page)
    text = str(found)
    assert "非涉密系统" in found[1][0]
    assert "SZ-DC-2026-00001" in found[2][0]
    names = {row[2] for row in found[5:]}
    assert {two["moves"], two["grows"], two["other"], two["left"]} <= names
    assert f"{two['sealed']}（Heron）" in names
    assert "总投资 2.00 → 15.00 亿元" in text
    own = _book(signed_in("officer.baoan").get(f"/batches/editions/{two['second']}/edition.xlsx"))
    assert two["sealed"] not in str(own)
    assert "Heron" not in str(own)
    assert two["grows"] not in str(own)
    assert "按权限不列出" in str(own)
    with app.app_context():
        lines = list(db.session.scalars(select(AuditLine).where(AuditLine.action == "edition.exported").order_by(AuditLine.seq)))
        assert [line.payload.facts["serial"] for line in lines] == ["SZ-DC-2026-00001", "SZ-DC-2026-00002"]
        assert lines[1].payload.facts["masked"] == 3


def _paper(page):
    made = docx.Document(BytesIO(page.response.data))
    cells = [cell.text for table in made.tables for row in table.rows for cell in row.cells]
    section = made.sections[0]
    return (
        "\n".join(p.text for p in made.paragraphs),
        "\n".join(cells),
        section.header.paragraphs[0].text,
        section.footer.paragraphs[0].text,
    )


def test_the_paper_says_the_same(signed_in, two):
    browser = signed_in("coordinator")
    text, cells, top, foot = _paper(browser.get(f"/batches/editions/{two['second']}/edition.docx"))
    assert "“三个一批”项目滚动清单" in text
    assert "第 2 期（周报）" in text
    assert "SZ-DC-2026-00001" in top
    assert "非涉密系统" in foot
    assert two["moves"] in cells
    assert "由在谈转签约" in cells
    assert "退出：终止" in cells
    own = _paper(signed_in("officer.baoan").get(f"/batches/editions/{two['second']}/edition.docx"))
    assert two["sealed"] not in str(own)
    assert "按权限不列出名称" in own[0]


def test_a_cut_is_said_in_the_file(signed_in, two, monkeypatch):
    from crm.batches.views import files

    monkeypatch.setitem(files.ROW_CAPS, "xlsx", {True: 2, False: 1})
    found = _book(signed_in("coordinator").get(f"/batches/editions/{two['second']}/edition.xlsx"))
    assert "只含前 2 条，其余 3 条未导出" in str(found[:5])


def test_the_offices_own_template(signed_in, two, app, tmp_path):
    app.config["TEMPLATES_PATH"] = str(tmp_path)
    browser, address = signed_in("coordinator"), f"/batches/editions/{two['second']}/edition.docx"
    own = docx.Document()
    own.add_paragraph("{{ title }} · {{ serial }}")
    own.save(str(tmp_path / sheets.EDITION.name))
    assert "SZ-DC-2026-00001" in _paper(browser.get(address))[0]
    for bad, what in (
        ("{{ no_such_field }}", "no_such_field"), ("{% for x in groups %}", "for"), ("{{ groups.nothing.at_all }}", "nothing"),
        ("{{ title.__class__.__mro__ }}", "__class__"),
    ):  # fmt: skip
        own = docx.Document()
        own.add_paragraph(bad)
        own.save(str(tmp_path / sheets.EDITION.name))
        page = browser.get(address, status=422)
        assert "文件模板无法填写" in page.text, bad
        assert what in page.text, bad
    for content in (b"no word file", b"PK\x03\x04broken", b""):
        (tmp_path / sheets.EDITION.name).write_bytes(content)
        assert "文件模板无法填写" in browser.get(address, status=422).text


def test_the_shipped_template_is_the_one_that_its_maker_makes(tmp_path, monkeypatch):
    monkeypatch.setattr(edition_paper, "OUT", tmp_path / "edition.docx")
    edition_paper.main()

    def texts(content):
        made = docx.Document(content)
        return [p.text for p in made.paragraphs], [c.text for t in made.tables for r in t.rows for c in r.cells]

    assert texts(BytesIO(sheets.EDITION.shipped.read_bytes())) == texts(str(tmp_path / "edition.docx"))


def test_the_edition_as_a_pdf(app, signed_in, two, tmp_path):
    browser = signed_in("coordinator")
    path = f"/batches/editions/{two['second']}/edition.pdf"
    content = browser.http.get(path).data
    text = printed.said(content)
    for word in (two["moves"], "“三个一批”项目滚动清单", "第2期（周报）", "SZ-DC-", "非涉密系统", "由在谈转签约", "退出：终止"):
        assert word.replace(" ", "") in text, word
    assert all(printed.fonts(content).values())
    assert path in browser.get(f"/batches/editions/{two['second']}").html
    theirs = printed.said(signed_in("officer.baoan").http.get(path).data)
    assert two["other"].replace(" ", "") in theirs
    assert two["grows"].replace(" ", "") not in theirs
    assert "按权限不列出名称" in theirs
    signed_in("leader").get(path, status=403)
    app.config["TEMPLATES_PATH"] = str(tmp_path)
    own = tmp_path / "edition.typ"
    own.write_text("#data.moon", "utf-8")
    assert "edition.typ: moon" in browser.get(path, status=422).text
    own.write_text('#import "paper.typ": *\n#data.title.moon', "utf-8")
    assert "main.typ:2" in browser.get(path, status=422, ceiling=40).text
    with app.app_context():
        taken = db.session.scalars(select(AuditLine.action).where(AuditLine.action == "edition.exported")).all()
    assert len(taken) == 2, "what was refused has no number"


def test_slipped_days_on_the_page_and_in_the_files(app, signed_in, clock_at):
    with app.app_context():
        ours = listed("signed", total=4)
        theirs = listed("signed", by="officer.baoan", total=5)
        for lead in (ours, theirs):
            changed(lead, expected_kind="registered", expected_on=date(2026, 11, 5))
        frozen(START)
        for lead in (ours, theirs):
            changed(lead, expected_on=date(2026, 11, 24))
        changed(listed("signed", total=6), expected_kind="registered", expected_on=date(2026, 11, 3))
        clock_at(NEXT)
        at = f"/batches/editions/{frozen(NEXT).public_id}"
        names = ours.display_name, theirs.display_name
        db.session.remove()
    city, district = signed_in("coordinator"), signed_in("officer.nanshan")
    page = city.get(f"{at}?tab=signed").main
    assert "由 2026-11-05 推迟 19 天" in page
    assert "预计节点推迟 2 条" in page
    opened = city.get(f"{at}?slipped=yes").main
    assert names[0] in opened, "the figure opens its rows, though they are in no first batch"
    assert "个</small><small" not in opened, "those that slipped are not compared with those that slipped before"
    assert names[0] not in city.get(f"{at}?slipped=yes&tab=negotiating").main, "a batch that somebody chose stays"
    assert "已逾期 6 天" in page
    page = district.get(f"{at}?tab=signed&slipped=yes").main
    assert names[0] in page
    assert names[1] not in page, "signed is known of others, what they expect is not"
    assert district.get(f"{at}?tab=signed").main.count("由 2026-11-05 推迟") == 1
    rows = {row[2]: row for row in _book(city.get(f"{at}/edition.xlsx"))[4:] if row[2]}
    assert rows[names[0]][15:19] == ["注册落地", datetime(2026, 11, 24), datetime(2026, 11, 5), 19]
    theirs = [row for row in _book(district.get(f"{at}/edition.xlsx")) if row[2] == names[1]]
    assert [row[15:19] for row in theirs] == [[None, None, None, None]]
    text, cells, *_rest = _paper(city.get(f"{at}/edition.docx"))
    assert "推迟 2 项、共 38 天\n" in f"{text}\n"
    assert "预计注册落地 2026-11-05 → 2026-11-24，推迟 19 天" in cells
