"""A table filled through the pages: whose projects, whose templates, what is said, what is refused."""

import zipfile
from io import BytesIO

import pytest
from sqlalchemy import select

from crm.audit.models import AuditLine
from crm.core import clock
from crm.core.db import db, unit_of_work
from crm.core.money import Money
from crm.fillings import jobs
from crm.fillings.models import Filling, FillingTemplate
from crm.fillings.services import filling as filling_services
from crm.jobs.jobs import work_off
from crm.leads.models import Lead
from crm.leads.rules.lead import NewContact
from crm.notifications.models import Notification
from crm.supervision.models import LeadSponsor
from tests.builders import a_lead, make_ready, someone
from tests.fillings import tables

pytestmark = pytest.mark.only_on("sqlite")
URL = "/fillings/"
CONTACT = NewContact("王小明", "CFO", "+86 755 1234 5678", "w@example.com")


def upload(browser, content=None, name="外资项目汇总表.xlsx", **how):
    data = {"file": (BytesIO(content or tables.a_table()), name)} | how.pop("data", {})
    return browser.get(URL).submit(URL, data, **how)


def mapping(browser, **how):
    return upload(browser, **how).follow()


def filled(page, **data):
    """The page of the result, after the form was sent."""
    return page.submit("/fill", data).follow()


def workbook(page):
    link = next(a.get("href") for a in page.root.all("a") if a.get("href").endswith("result.xlsx"))
    return tables.opened(page.client.get(link).response.data)


def rows(book, first=4, count=3):
    page = book["汇总表"]
    return [[page.cell(row, column).value for column in range(1, 10)] for row in range(first, first + count)]


def notes(book):
    return [f"{key.value}：{value.value}" for key, value in book["填报说明"].iter_rows()]


@pytest.fixture
def two(app):
    """One project of each district, with sums in different currencies."""
    a_lead("Kestovar Robotics GmbH", title="机器人项目", total=Money.of(1_200_000_000, "CNY"), contacts=(CONTACT,),
           contracted=Money.of(98_000_000, "USD"))  # fmt: skip
    a_lead("Norvenhoek BV", by="officer.baoan", title="海缆项目", country="NL", total=Money.of(50_000_000, "USD"))


def test_from_the_empty_table_to_the_filled_one(app, signed_in, two):
    browser = signed_in("officer.nanshan")
    page = mapping(browser)
    assert page.h1 == "外资项目汇总表.xlsx"
    assert "空行第 4–6 行" in page.main
    done = filled(page)
    assert "已填好 1 条" in done.main
    assert "领导批注" in done.main, "what was not filled is named"
    book = workbook(done)
    [row, *_rest] = rows(book)
    assert row == [1, "机器人项目", "Kestovar Robotics GmbH", "德国", 12, 9800, None, "+86 **** **78", None]
    said = notes(book)
    assert any("非涉密系统" in line for line in said)
    assert any(line.startswith("编号：SZ-BG-") for line in said)
    assert "金额单位：总投资(亿元)：亿元（表头或表中写明）" in said
    assert "未填的列：领导批注：未对应字段" in said
    assert "空着的格：签约时间：1 格系统中没有" in said
    with app.app_context():
        acts = list(db.session.scalars(select(AuditLine.action).order_by(AuditLine.seq)))
    assert {"report.filling", "filling.filled", "file.stored", "file.opened"} <= set(acts)


def test_the_coordinator_fills_the_city_and_rates_are_stated(signed_in, two):
    page = mapping(signed_in("coordinator"))
    book = workbook(filled(page, u4="USD-4", which="city"))
    assert sorted(row[1] for row in rows(book)[:2]) == ["机器人项目", "海缆项目"]
    assert sorted(row[0] for row in rows(book)[:2]) == [1, 2]
    assert 5000 in [row[4] for row in rows(book)], "50 million dollars, in 万美元"
    assert any(line.startswith("汇率：CNY 折 USD：1 CNY = 0.1") for line in notes(book))


def test_names_of_others_are_not_filled_and_hidden_sums_are_said(app, signed_in, two):
    lead = a_lead("Oskelund AB", by="officer.baoan", title="泵站项目", total=Money.of(7_000_000, "USD"))
    from crm.leads.rules.lead import Stage

    make_ready(lead, Stage.SIGNED)
    with app.app_context():
        from crm.core.db import unit_of_work
        from crm.leads.models import Lead

        with unit_of_work():
            db.session.get_one(Lead, lead.id).stage = "signed"
    done = filled(mapping(signed_in("officer.nanshan")), which="city")
    book = workbook(done)
    titles = {row[1] for row in rows(book)}
    assert {"机器人项目", "泵站项目"} <= titles
    assert "海缆项目" not in titles
    pump = next(row for row in rows(book) if row[1] == "泵站项目")
    assert (pump[4], pump[7]) == (None, None), "another unit's sums and contacts"
    assert "1 条按权限不列名称，未填" in done.main
    assert "总投资(亿元)" in done.main
    assert "1 格按权限不填" in done.main


def test_a_template_is_used_again_and_has_versions(app, signed_in, two):
    browser = signed_in("officer.nanshan")
    filled(mapping(browser), name="商务厅月表", c8="note")
    again = mapping(browser, content=tables.a_table(title="下一期", blank=7))
    assert "表头与模板“商务厅月表”第 1 版相同" in again.main
    assert again.form("/fill")
    filled(again)
    with app.app_context():
        kept = list(db.session.scalars(select(FillingTemplate).order_by(FillingTemplate.id)))
        assert [(one.name, one.number) for one in kept] == [("商务厅月表", 1)], "the same columns are no new version"
        assert kept[0].columns["8"] == ["note", ""]
    filled(mapping(browser), c8="park")
    with app.app_context():
        kept = list(db.session.scalars(select(FillingTemplate).order_by(FillingTemplate.id)))
        assert [(one.number, one.replaced_at is None) for one in kept] == [(1, False), (2, True)]
    page = browser.get(URL)
    assert "第 2 版" in page.main
    fresh = page.submit("/use").follow()
    assert "第 2 版相同" in fresh.main
    other = signed_in("officer.baoan")
    assert "商务厅月表" not in other.get(URL).main
    with app.app_context():
        public_id = kept[1].public_id
    other.post(f"/fillings/templates/{public_id}/use", status=404)
    other.post(f"/fillings/templates/{public_id}/drop", status=404)
    browser.get(URL).submit(f"/templates/{public_id}/drop")
    assert "商务厅月表" not in browser.get(URL).text.split("我的填报")[0]


def test_only_the_coordinator_keeps_for_the_city(signed_in, two):
    page = mapping(signed_in("officer.nanshan"))
    assert page.submit("/fill", {"name": "x", "reach": "city"}, status=422).problems()
    filled(mapping(signed_in("coordinator")), name="全市表", reach="city")
    assert "全市表" in signed_in("officer.baoan").get(URL).main


def test_by_the_address_of_a_list_and_by_a_view(signed_in, two):
    browser = signed_in("coordinator")
    page = mapping(browser)
    wrong = page.submit("/fill", {"which": "address", "address": "https://example.com/x", "c8": "note"}, status=422)
    assert "不是清单页的地址" in wrong.main
    chosen = [o.get("value") for o in wrong.root.first("select", name="c8").all("option") if "selected" in o.attrs]
    assert chosen == ["note"], "what was mapped is still there"
    done = filled(wrong, which="address", address="https://board.example/leads?stage=all&country=NL")
    assert [row[1] for row in rows(workbook(done))] == ["海缆项目", None, None]
    from_list = browser.get(f"{URL}?stage=all&country=DE")
    assert "清单当前的条件" in from_list.main
    sent = from_list.submit(URL, {"file": (BytesIO(tables.a_table()), "t.xlsx")}).follow()
    assert [row[1] for row in rows(workbook(filled(sent)))][:2] == ["机器人项目", None]


def test_only_what_was_admitted_and_its_leader(app, signed_in, two):
    with app.app_context():
        with unit_of_work():
            lead = db.session.scalars(select(Lead).order_by(Lead.id)).first()
            lead.admitted_at = clock.now()
            who = someone("leader")
            db.session.add(
                LeadSponsor(lead_id=lead.id, leader_id=who.id, from_on=clock.today(), set_by_id=who.id, set_at=clock.now())
            )
            name = who.name
        db.session.remove()
    content = tables.a_table(("序号", "项目名称", "投资方", "挂点领导", "总投资（亿元）"))
    browser = signed_in("coordinator")
    page = mapping(browser, content=content)
    done = filled(page, admitted="y")
    assert "只填已入库的" in done.main
    book = workbook(done)["汇总表"]
    assert [[book.cell(row, column).value for column in (2, 4)] for row in (4, 5)] == [["机器人项目", name], [None, None]]
    assert "checked" in browser.get(f"{done.path}?again=yes").html.split('name="admitted"')[0].rpartition("<input")[2]
    all_of = workbook(filled(mapping(browser, content=content)))["汇总表"]
    assert {all_of.cell(row, 2).value for row in (4, 5)} == {"机器人项目", "海缆项目"}


def test_nothing_found_keeps_the_columns(signed_in, two):
    page = mapping(signed_in("coordinator"))
    again = filled(page, which="address", address="/leads?stage=all&country=BR", c8="park")
    assert "没有可以填写的项目" in again.main
    chosen = [o.get("value") for o in again.root.first("select", name="c8").all("option") if "selected" in o.attrs]
    assert chosen == ["park"]


def test_more_than_the_limit_is_said(signed_in, two, monkeypatch):
    monkeypatch.setattr(jobs, "cap_of", lambda _role: 1)
    done = filled(mapping(signed_in("coordinator")))
    assert "1 条超过您一次 1 条的上限，未填" in done.main
    assert any("1 条超过" in line for line in notes(workbook(done)))


def test_many_projects_are_filled_by_a_job(app, signed_in, two, monkeypatch):
    monkeypatch.setattr(filling_services, "at_once", lambda: 1)
    browser = signed_in("coordinator")
    page = filled(mapping(browser))
    assert "正在填写" in page.main
    assert "0 / 2" in page.main
    browser.post(f"{page.path}/fill", {"which": "city", "c1": "title", "once": "x" * 22}, status=409)
    with app.app_context():
        assert work_off() >= 1
        db.session.remove()
    done = browser.get(page.path)
    assert "已填好 2 条" in done.main
    with app.app_context():
        told = db.session.scalars(select(Notification).where(Notification.code == "filling.done")).one()
        assert told.user_id == someone("coordinator").id
    assert "已填好 2 条，请取回" in browser.get("/messages/").main


def test_a_table_belongs_to_who_fills_it(app, signed_in, two):
    done = filled(mapping(signed_in("officer.nanshan")))
    path = done.path
    for username in ("manager.nanshan", "coordinator"):
        other = signed_in(username)
        other.get(path, status=404)
        other.get(f"{path}/result.xlsx", status=404)
    signed_in("leader").get(URL, status=403)


def macros():
    made = BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name in ("[Content_Types].xml", "xl/workbook.xml", "xl/vbaProject.bin"):
            archive.writestr(name, "x")
    return made.getvalue()


def bomb():
    made = BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "x")
        archive.writestr("xl/workbook.xml", b"0" * 40_000_000)
    return made.getvalue()


@pytest.mark.parametrize(
    "content, name, said",
    [
        (b"\xd0\xcf\x11\xe0old", "t.xls", "只接受不带宏的 xlsx"), (b"a,b,c\n1,2,3\n", "t.csv", "只接受不带宏的 xlsx"),
        (macros(), "t.xlsm", "只接受不带宏的 xlsx"), (bomb(), "t.xlsx", "展开后过大"), (b"", "t.xlsx", "是空文件"),
        (b"PK\x03\x04broken", "t.xlsx", "已损坏"), (tables.a_table(["甲", "乙", "丙"], foot=False), "t.xlsx", "没有找到表头"),
        (b"x" * (5 * 1024 * 1024 + 1), "t.xlsx", "不应超过 5 MB"),
    ],
)  # fmt: skip
def test_what_is_no_table(app, signed_in, content, name, said):
    browser = signed_in("officer.nanshan")
    data = {"file": (BytesIO(content), name)}
    page = browser.get(URL).submit(URL, data, status=422)
    assert any(said in problem for problem in page.problems()), page.problems()
    with app.app_context():
        assert db.session.scalar(select(Filling)) is None


def test_the_row_of_the_heading_can_be_said(signed_in, two):
    content = tables.a_table(["甲", "乙", "项目名称"], foot=False)
    page = upload(signed_in("officer.nanshan"), content, data={"header": "3"}).follow()
    book = workbook(filled(page))
    assert rows(book)[0][2] == "机器人项目"
    page = upload(signed_in("officer.nanshan"), content, data={"header": "88"}, status=422)
    assert any("第 88 行没有列名" in one for one in page.problems())


def test_fields_that_are_none_and_no_field_at_all(signed_in, two):
    page = mapping(signed_in("officer.nanshan"))
    assert any("领导批注" in one for one in page.submit("/fill", {"c8": "salary"}, status=422).problems())
    nothing = {f"c{at}": "" for at in range(9)}
    assert any("至少选择一列" in one for one in page.submit("/fill", nothing, status=422).problems())


def test_day_and_unit_of_the_table_itself(signed_in, two):
    content = tables.a_table(["填报单位", "填报日期", "项目名称", "本阶段天数"], foot=False)
    book = workbook(filled(mapping(signed_in("officer.nanshan"), content=content)))
    row = rows(book)[0]
    assert row[0] == "南山区投资促进局"
    assert row[1].date() == clock.today()
    assert row[3] == 0


@pytest.mark.parametrize("typed", ["1" + "0" * 400, "-1" + "0" * 400, "99999999999", "x"])
def test_a_heading_in_a_row_that_is_none(signed_in, typed):
    page = upload(signed_in("coordinator"), data={"header": typed}, status=422)
    assert "请填写整数" in page.main and page.form(URL).first("input", name="header")["value"] == typed
