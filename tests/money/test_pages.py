"""The pages of money: a lead's arrivals with a slip ticked, the official table from upload to undo, rates, hostile addresses."""

from datetime import date
from io import BytesIO

import pytest
from sqlalchemy import func, select

from crm.core import clock
from crm.core.db import db
from crm.core.money import Money
from crm.money import queries
from crm.money.models import Receipt, Utilised
from crm.rates.models import ExchangeRate
from tests.builders import a_lead
from tests.money.stories import code, official, received, sealed, workbook

pytestmark = pytest.mark.only_on("sqlite")


def typed(**changed):
    day = clock.today().isoformat()
    return {
        "amount_number": "100", "amount_unit": "wan", "amount_currency": "USD", "received_on": day, "kind": "cash", "payer_country": "",
        "note": "", "once": changed.get("once", "k"),
    } | changed  # fmt: skip


def within(app, act, *args, **named):
    with app.app_context():
        return act(*args, **named)


def lines(app):
    return within(app, lambda: db.session.scalar(select(func.count()).select_from(Receipt)))


def test_from_the_leads_page_to_a_correction(app, signed_in):
    lead = a_lead(contracted=Money.of(10_000_000, "USD"))
    ours = signed_in("officer.nanshan")
    paper = (BytesIO("入账单".encode()), "入账单.txt")
    ours.post(f"/money/new/{lead.public_id}", typed(proof_file=paper), content_type="multipart/form-data")
    page = ours.get(f"/leads/{lead.public_id}")
    for words in ("100.00", "合同外资 1,000.00 万美元的 10%", "入账单.txt", "更正"):
        assert words in page.main
    ours.post(f"/money/new/{lead.public_id}", typed(amount_number="50", once="k2"))
    page = ours.get(f"/leads/{lead.public_id}")
    assert "待补凭证 50.00 万美元" in page.main
    assert "补凭证" in page.main
    row = within(app, lambda: db.session.scalars(select(Receipt).where(Receipt.file_id.is_(None))).one().public_id)
    form = ours.get(f"/money/receipts/{row}/correct")
    proof = within(app, lambda: db.session.scalars(select(Receipt).where(Receipt.file_id.is_not(None))).one().file.public_id)
    assert form.submit("correct", {"reason": ""}, status=422).problems()
    form.submit("correct", {"reason": "凭证补来", "proof": proof})
    page = ours.get(f"/leads/{lead.public_id}")
    assert "150.00" in page.main
    assert "已更正的记录，1 条" in page.main
    assert ours.get(f"/money/receipts/{row}/correct", status=409)
    newest = within(app, lambda: db.session.scalars(select(Receipt).order_by(Receipt.id.desc())).first().public_id)
    ours.get(f"/money/receipts/{newest}/correct").submit("correct", {"reason": "退汇", "withdrawn": "y"})
    assert "作废" in ours.get(f"/leads/{lead.public_id}").main


def test_a_slip_comes_back_with_its_tick(app, signed_in):
    lead = a_lead(contracted=Money.of(10_000_000, "USD"))
    ours = signed_in("officer.nanshan")
    page = ours.post(f"/money/new/{lead.public_id}", typed(amount_unit="yi"), status=422)
    assert "是已知金额的 1,000 倍" in page.main
    assert lines(app) == 0
    again = page.submit("/money/new", {}, status=422)
    assert "我已核对" in again.main
    said = again.root.first("input", name="checked").get("value")
    again.submit("/money/new", {"checked": said, "amount_number": "200"}, status=422)
    again.submit("/money/new", {"checked": said})
    assert lines(app) == 1


@pytest.mark.parametrize("wrong", [
    {"amount_number": ""}, {"amount_number": "x"}, {"amount_number": "-5"}, {"amount_number": "0"}, {"amount_number": "inf"},
    {"amount_number": "9" * 30}, {"amount_number": "200", "amount_unit": "yi"}, {"amount_unit": "mu"}, {"amount_currency": "XXX"},
    {"received_on": "2999-01-01"}, {"received_on": "1970-01-01"}, {"received_on": "32nd"}, {"kind": "gold"}, {"payer_country": "ZZ"},
    {"proof": "of another"}, {"note": "x" * 401},
    {"proof_file": (BytesIO(b"MZ\x00"), "a.exe")}, {"proof_file": (BytesIO(b""), "a.pdf")},
])  # fmt: skip
def test_bad_input(app, signed_in, wrong):
    lead = a_lead(contracted=Money.of(100_000_000_000, "USD"))
    ours = signed_in("officer.nanshan")
    page = ours.post(f"/money/new/{lead.public_id}", typed(**wrong), status=422, content_type="multipart/form-data")
    assert page.problems()
    assert lines(app) == 0


def test_twice_the_same_click_is_one_line(app, signed_in):
    lead = a_lead()
    ours = signed_in("officer.nanshan")
    ours.post(f"/money/new/{lead.public_id}", typed())
    ours.post(f"/money/new/{lead.public_id}", typed())
    assert lines(app) == 1


def test_who_opens_what(app, signed_in):
    lead = a_lead("Quorvexia Optics GmbH")
    row = within(app, received, lead)
    theirs, leader, audit = signed_in("officer.baoan"), signed_in("leader"), signed_in("auditor")
    theirs.get(f"/money/new/{lead.public_id}", status=(403, 404))
    theirs.get(f"/money/receipts/{row.public_id}/correct", status=404)
    theirs.post(f"/money/receipts/{row.public_id}/correct", typed(reason="x"), status=404)
    assert "Quorvexia" not in theirs.get("/money").html
    assert "Quorvexia" in leader.get("/money").main
    leader.get(f"/money/new/{lead.public_id}", status=403)
    audit.get("/money", status=403)
    for who in ("officer.nanshan", "leader"):
        signed_in(who).get("/money/official", status=403)
    within(app, sealed, lead)
    assert "Quorvexia" not in leader.get("/money").html
    assert "Quorvexia" in signed_in("officer.nanshan").get("/money").main


def test_the_official_table_from_upload_to_undo(app, signed_in, clock_at):
    clock_at("2026-06-18 09:00")
    a_lead("Kestovar GmbH", uscc=code(1))
    city = signed_in("coordinator")
    assert "还没有上传过统计表" in city.get("/money/official").main
    content = workbook(
        [[1, code(1), "卡斯托瓦有限公司", 12.5], [2, "91440300MA5XXXXXXX", "乙有限公司", 3], [3, code(3), "丙有限公司", 4]]
    )

    def send(data, name="五月.xlsx", status=303, **more):
        return city.post(
            "/money/official", {"file": (BytesIO(data), name), "month": "", "once": "k" + name} | more, status=status,
            content_type="multipart/form-data",
        )  # fmt: skip

    page = send(content).follow()
    for words in ("可写入", "统一社会信用代码校验不通过", "91440300MA5XXXXXXX", "Kestovar GmbH", "未对应企业", "16.50"):
        assert words in page.main
    assert "没有资金记录" in city.get("/money").main
    page.submit("/apply")
    assert "12.50" in city.get("/money").main
    city.post(f"{page.path}/apply", {})
    assert within(app, lambda: db.session.scalar(select(func.count()).where(Utilised.state == "live"))) == 2
    number = within(app, lambda: a_lead("Lomarand AG").number)
    city.post("/money/official/link", {"code": code(3), "number": number})
    assert within(app, queries.unlinked) == []
    city.post("/money/official/link", {"code": code(3), "number": ""})
    city.post("/money/official/link", {"code": "x" * 40, "number": number})
    city.post(f"{page.path}/undo", {})
    assert "没有资金记录" in city.get("/money").main
    for data, name in (
        (b"x", "a.xlsx"),
        (b"", "b.xlsx"),
        (content[:200], "c.xlsx"),
        (b"a,b\n1,2\n", "d.csv"),
        (b"%PDF-1.4", "e.pdf"),
    ):
        assert send(data, name, status=422).problems(), name
    for month in ("2026-04", "2026-13", "x", "20260-5"):
        assert send(content, f"{month}.xlsx", status=422, month=month).problems()
    city.post("/money/official", {"month": ""}, status=422)
    city.get("/money/official/nothing", status=404)
    assert "a.xlsx" not in city.get("/money/official").main


def test_a_later_table_says_which_companies_of_its_month_it_leaves_standing(signed_in, clock_at):
    clock_at("2026-06-18 09:00")
    city = signed_in("coordinator")

    def send(name, rows):
        data = {"file": (BytesIO(workbook(rows)), name), "month": "", "once": name}
        return city.post("/money/official", data, status=303, content_type="multipart/form-data").follow()

    page = send("one.xlsx", [[1, code(1), "甲有限公司", 12.5], [2, code(2), "乙有限公司", -3]])
    assert "本表没有的企业" not in page.main
    page.submit("/apply")
    page = send("two.xlsx", [[1, code(1), "甲有限公司", 13]])
    part = page.main.split("同月已写入、本表没有的企业")[1].split("采用的行")[0]
    assert "1 家，共 -3.00 万美元" in part
    assert "各月共 10.00 万美元" in part
    assert "乙有限公司" in part
    page.submit("/apply")
    assert "乙有限公司" in city.get(page.path).main, "it still stands when the table counts"
    page = send("three.xlsx", [[1, code(1), "甲有限公司", 13], [2, code(2), "乙有限公司", 0]])
    assert "本表没有的企业" not in page.main


def test_every_grouping_and_any_address(app, signed_in):
    lead = a_lead("Kestovar GmbH", uscc=code(1))
    within(app, received, lead)
    within(app, official, [[code(1), "卡斯托瓦有限公司", 5], [code(2), "乙公司", 6]])
    city = signed_in("coordinator")
    company = within(app, lambda: db.session.merge(lead).investor.public_id)
    for by in ("month", "company", "country", "controlling"):
        page = city.get(f"/money?by={by}&from=2020-01")
        assert "100.00" in page.main
        for link in {a.get("href") for a in page.root.all("a") if "/money/lines" in a.get("href")}:
            city.get(link)
    page = city.get(f"/money/lines?company={company}&from=2020-01")
    assert "100.00 万美元，1 笔" in page.main
    assert "入账单.txt" in page.main
    for query in (
        "from=x&to=2026-99&unit=abc&district=-1&page=0&by=zzz",
        "page=999999999",
        "unit=99999",
        "differs=1",
        "from=0000-00",
    ):
        city.get(f"/money?{query}")
    for query in ("company=nothing", "company=%00x"):
        city.get(f"/money/lines?{query}", status=404)
    for query in ("code=x", "country=zz&by=country", "country=-&by=controlling", "country=DE"):
        city.get(f"/money/lines?{query}")


def test_rates(app, signed_in, clock_at):
    clock_at("2026-11-10 09:00")
    city = signed_in("coordinator")
    page = city.get("/rates")
    good = {"currency": "USD", "day": "2026-11-02", "value": "7.0215", "source": "SAFE", "once": "r"}
    for wrong in (
        {"value": "0"}, {"value": "-7"}, {"value": "x"}, {"value": "inf"}, {"value": "7.12345678901"}, {"value": "1000000"}, {"day": ""},
        {"day": "x"}, {"day": "2027-11-02"}, {"source": ""}, {"currency": "CNY"},
    ):  # fmt: skip
        assert city.post("/rates", good | wrong, status=422).problems()
    page = city.post("/rates", good | {"value": "70.215"}, status=422)
    assert "相差超过两成" in page.main
    city.post("/rates", good)
    assert "7.0215" in city.get("/rates").main
    assert within(app, lambda: db.session.get_one(ExchangeRate, ("USD", date(2026, 11, 2))).nano_cny) == 7_021_500_000
    ours = signed_in("officer.nanshan")
    assert "登记汇率" not in ours.get("/rates").main
    ours.post("/rates", good | {"once": "r2"}, status=403)


def test_a_file_of_rates_is_taken_whole_or_not_at_all(app, signed_in, clock_at):
    clock_at("2026-11-10 09:00")
    city = signed_in("coordinator")

    def send(text, status=303, **more):
        data = {"file": (BytesIO(text.encode()), "rates.csv"), "source": "SAFE", "once": str(hash((text, *more)))} | more
        return city.post("/rates/file", data, status=status, content_type="multipart/form-data")

    head = "人民币汇率中间价,,,\n币种,日期,单位,中间价\n"
    send(head + "美元,2026-11-02,100,702.15\nJPY,2026年11月2日,100,4.5012\nEUR,2026/11/02,,8.1\n")
    page = city.get("/rates")
    for words in ("7.0215", "0.045012", "8.10"):
        assert words in page.main
    good = "GBP,2026-11-03,1,9.3\n"
    for bad, why in (
        ("USD,2026-11-03,1,70", "相差超过两成"), ("USD,2026-13-03,1,7", "日期读不出"), ("XYZ,2026-11-03,1,7", "不认识的币种"),
        ("USD,2026-11-03,1,x", "读不出"), ("USD,2026-11-03,0,7", "读不出"), ("USD,2026-11-03,1,-7", "读不出"), ("GBP,2026-11-03,1,9.4", "重复"),
        ("CNY,2026-11-03,1,1", "不认识的币种"), ("USD,2027-11-03,1,7", "核对年份"),
    ):  # fmt: skip
        page = send(head + good + bad + "\n", status=422)
        assert "第 4 行" in page.main
        assert why in page.main
    assert "2026-11-03" not in city.get("/rates").main
    send(head + good + "USD,2026-11-03,1,9\n", checked="y")
    assert "2026-11-03" in city.get("/rates").main
    for text in ("a,b,c\n1,2,3\n", "", "x"):
        assert send(text, status=422).problems()


def test_months_below_zero_are_marked_and_the_totals_have_them(app, signed_in, clock_at):
    clock_at("2026-06-18 09:00")
    a_lead("Kestovar GmbH", uscc=code(1))
    city = signed_in("coordinator")
    content = workbook([[1, code(1), "卡斯托瓦有限公司", "-12.5"], [2, code(3), "丙有限公司", 40]])
    sent = {"file": (BytesIO(content), "五月.xlsx"), "month": "", "once": "k"}
    page = city.post("/money/official", sent, content_type="multipart/form-data").follow()
    for words in ("有 1 行为负数", "共 -12.50 万美元", "27.50", "冲减"):
        assert words in page.main, words
    page.submit("/apply")
    main = city.get("/money").main
    assert "-12.50" in main and "冲减" in main and "27.50" in main
    lines = city.get("/money/lines?from=2026-05&to=2026-05").main
    assert "负数是统计部门对以前月份的冲减" in lines and "27.50" in lines
    assert "27.50" in city.get("/reports/districts?year=2026").main
    assert "冲减" not in city.get("/money/lines?from=2026-04&to=2026-04").main
