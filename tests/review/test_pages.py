"""The queue as people meet it: side by side, one key each (a button each), what one may not see is masked or not found."""

import pytest
from sqlalchemy import select

from crm.companies.models import Company, Contact
from crm.core.db import db, unit_of_work
from crm.leads.models import Lead
from crm.review.models import ReviewDecision, ReviewPair
from tests.builders import a_company
from tests.review.stories import EARLIER, LATER, company, merges


def test_both_records_side_by_side(between, signed_in):
    page = signed_in("coordinator").get("/review/")
    assert "待判断 1 组" in page.main
    rows = [[cell.text for cell in row.all("th", "td")] for row in page.root.first("tbody").all("tr")]
    told = {row[0]: row[1:] for row in rows}
    assert "朝凪電子株式会社" in told["名称"][0]
    assert told["名称"][1].strip() == "朝凪电子"
    assert "较早" in told["登记时间"][0]
    assert told["跟进单位"] == ["南山区投资促进局", "宝安区投资促进局"]
    assert "佐藤 健" not in page.html
    assert "12345682" not in page.html, "contacts stand masked"
    assert "尾号相同" in told["联系人"][1]
    assert "国家/地区" not in told, "what is equal stands behind a link"
    assert "显示相同的" in page.main
    assert "国家/地区" in signed_in("coordinator").get(f"/review/{between}?equal=1").root.first("tbody").text


def test_shared_characters_are_marked_across_scripts(between, signed_in):
    page = signed_in("coordinator").get("/review/")
    marks = [mark.text for mark in page.root.first("tbody").all("mark")]
    assert "朝凪電子" in marks
    assert "朝凪电子" in marks
    assert any("毫米波雷达" in mark for mark in marks)


def test_in_english(between, signed_in):
    browser = signed_in("coordinator")
    browser.post("/account/language/en")
    page = browser.get("/review/")
    assert "1 group to decide" in page.main
    assert "Same, merge" in page.main
    assert "Almost the same" in page.main or "Very similar" in page.main


def test_one_answer_and_back(app, between, signed_in):
    browser = signed_in("coordinator")
    page = browser.get("/review/")
    answered = page.submit(f"/review/{between}", {"answer": "different", "reason": "两家不同的公司"})
    after = answered.follow()
    assert "都判断完了" in after.main
    assert "已判：不是同一家" in after.main
    with app.app_context():
        assert db.session.scalars(select(ReviewDecision)).one().reason == "两家不同的公司"
    back = after.submit("/review/undo").follow()
    assert "待判断 1 组" in back.main


def test_a_double_click_is_one_answer(app, between, signed_in):
    page = signed_in("coordinator").get("/review/")
    first = page.submit(f"/review/{between}", {"answer": "related"})
    again = page.submit(f"/review/{between}", {"answer": "related"})
    assert first.location == again.location
    with app.app_context():
        assert len(list(db.session.scalars(select(ReviewDecision)))) == 1


def test_who_comes_too_late_is_told(between, signed_in):
    slow, quick = signed_in("coordinator"), signed_in("coordinator")
    page = slow.get("/review/")
    quick.get("/review/").submit(f"/review/{between}", {"answer": "different"})
    late = page.submit(f"/review/{between}", {"answer": "related", "reason": "同一集团两家"}).follow()
    assert "这一对已有人判断过" in late.main
    assert "没有待判断的组" in late.main
    assert "共 0 组" not in late.main
    assert "您写的说明没有记下：同一集团两家" in late.main
    assert late.root.first("p", **{"class": "ob-verdict"}).text.startswith("不是同一家"), "what was said instead, and who said it"
    assert "测试coordinator" in late.root.first("p", **{"class": "ob-verdict"}).text


def test_same_is_merged(app, between, signed_in):
    page = signed_in("coordinator").get("/review/")
    done = page.submit(f"/review/{between}", {"answer": "same"}, ceiling=160).follow()
    assert "已判：同一家" in done.main
    ((keep, lose, reason, _choices, undone),) = merges(app)
    assert (keep, lose, undone) == (EARLIER, LATER, False)
    assert reason, "the reasons shown are kept when nothing was written"


class TestMasked:
    """The other unit's record is not told, and what hangs on it neither."""

    def test_the_other_record_is_veiled(self, between, signed_in):
        page = signed_in("officer.nanshan").get("/review/")
        assert "已登记 · 请市级协调" in page.main
        for hidden in ("朝凪电子", "毫米波雷达基地", "宝安", "officer.baoan"):
            assert hidden not in page.html
        assert "朝凪電子株式会社" in page.main
        assert page.root.all("td", rowspan="2") or "ob-veiled" in page.html
        answers = [button.get("value") for button in page.root.first("main").all("button", name="answer")]
        assert answers == ["proposed"]
        assert page.root.first("form", **{"class": "ob-verdictform"}).first("button").get("disabled") is not None, (
            "Enter in the note"
        )
        assert "同词" not in page.main
        assert "字号" not in page.main, "reasons would tell of the other record"

    def test_asking_the_city(self, between, signed_in):
        page = signed_in("officer.nanshan").get("/review/")
        told = page.submit(f"/review/{between}", {"answer": "proposed"}).follow()
        assert "已判：提请归并" in told.main
        assert "朝凪电子" not in told.html
        city = signed_in("coordinator")
        assert "提请归并两家企业" in city.get("/messages/").main
        assert "提请归并" in city.get(f"/review/{between}").main

    def test_what_was_written_reaches_who_decides_and_the_other_unit_not(self, between, signed_in):
        signed_in("officer.nanshan").get("/review/").submit(f"/review/{between}", {"answer": "proposed", "reason": "电话相同"})
        assert "提请说明：电话相同" in signed_in("coordinator").get(f"/review/{between}").main
        other = signed_in("officer.baoan").get(f"/review/{between}").main
        assert "已提请归并，等待判断" in other
        for hidden in ("南山", "电话相同"):
            assert hidden not in other

    def test_one_asks_once(self, between, signed_in):
        browser = signed_in("officer.nanshan")
        browser.get("/review/").submit(f"/review/{between}", {"answer": "proposed"})
        asked = browser.get(f"/review/{between}")
        assert "已提请归并，等待判断" in asked.main
        assert not asked.root.first("main").all("button", name="answer")
        again = browser.post(f"/review/{between}", {"answer": "proposed", "once": "w" * 22}).follow()
        assert "不必再次提请" in again.main

    def test_what_others_answered_since_is_not_offered_to_take_back(self, between, signed_in):
        browser = signed_in("officer.nanshan")
        browser.get("/review/").submit(f"/review/{between}", {"answer": "proposed"})
        assert "撤销上一次" in browser.get("/review/").main
        signed_in("coordinator").get("/review/").submit(f"/review/{between}", {"answer": "different"})
        assert "撤销上一次" not in browser.get("/review/").main

    def test_after_an_answer_nothing_is_told_either(self, app, between, signed_in):
        browser = signed_in("officer.nanshan")
        browser.get("/review/").submit(f"/review/{between}", {"answer": "proposed"})
        page = browser.get("/review/")
        assert "朝凪电子" not in page.html
        assert "撤销上一次" in page.main

    def test_strangers_find_nothing(self, inside, signed_in):
        browser = signed_in("officer.baoan")
        assert "都判断完了" in browser.get("/review/").main
        browser.get(f"/review/{inside}", status=404)
        browser.post(f"/review/{inside}", {"answer": "different", "once": "x" * 22}, status=404)

    def test_forcing_an_answer(self, between, signed_in):
        browser = signed_in("manager.nanshan")
        for answer in ("same", "related", "different", "later"):
            browser.post(f"/review/{between}", {"answer": answer, "once": answer * 4}, status=403)

    @pytest.mark.parametrize("username", ["auditor", "sysadmin", "secadmin"])
    def test_administrators_have_no_queue(self, between, signed_in, username):
        browser = signed_in(username)
        browser.get("/review/", status=403)
        browser.get(f"/review/{between}", status=403)
        browser.post("/review/sweeps", status=403)


def test_a_leader_reads_and_decides_nothing(between, signed_in):
    browser = signed_in("leader")
    page = browser.get("/review/")
    assert "朝凪电子" in page.main
    assert not page.root.first("main").all("button")
    browser.post(f"/review/{between}", {"answer": "different", "once": "x" * 22}, status=403)


def test_units_are_told_who_decides(inside, signed_in):
    assert "是否归并由区负责人决定" in signed_in("officer.nanshan").get("/review/").main
    manager = signed_in("manager.nanshan").get("/review/")
    assert "same" in [button.get("value") for button in manager.root.all("button", name="answer")]


def test_every_answer_has_its_key(between, signed_in):
    page = signed_in("coordinator").get("/review/")
    keys = {button.get("data-key"): button.get("value") for button in page.root.all("button", name="answer")}
    assert keys == {"s": "same", "r": "related", "d": "different", "l": "later"}


def test_nothing_to_decide(app, signed_in, swept):
    assert "还没有做过全库比对" in signed_in("coordinator").get("/review/").main
    swept()
    page = signed_in("coordinator").get("/review/")
    assert "上次比对今天" in page.main
    assert "都判断完了" in page.main
    assert page.form("/review/sweeps")
    assert not [f for f in signed_in("officer.nanshan").get("/review/").root.all("form") if "sweeps" in f.get("action")]


def test_what_was_put_off_is_named_when_all_is_decided(between, signed_in):
    browser = signed_in("coordinator")
    page = browser.get("/review/").submit(f"/review/{between}", {"answer": "later"}).follow()
    assert "都判断完了" in page.main
    assert "推迟的 1 对到期后会再出现" in page.main


@pytest.mark.only_on("sqlite")
class TestBadInput:
    """What no button of ours sends."""

    @pytest.mark.parametrize(
        "query", ["sort=x", "sort=money&page=99", "page=-3", "page=abc", "page=999999999999999999999", "equal=zz"]
    )
    def test_addresses(self, between, signed_in, query):
        assert "待判断 1 组" in signed_in("coordinator").get(f"/review/?{query}").main

    @pytest.mark.parametrize(
        "data",
        [{"answer": "perhaps"}, {}, {"answer": "different", "reason": "字" * 500}, {"answer": "same", "keep": "y" * 300}],
    )
    def test_answers(self, app, between, signed_in, data):
        browser = signed_in("coordinator")
        browser.get("/review/")
        browser.post(f"/review/{between}", {"once": "o" * 22, **data})
        with app.app_context():
            assert db.session.scalar(select(ReviewDecision)) is None

    def test_a_record_that_is_none_of_the_two(self, between, signed_in):
        other = a_company("Kestovar Optics AG").public_id
        browser = signed_in("coordinator")
        browser.get("/review/")
        browser.post(f"/review/{between}", {"once": "o" * 22, "answer": "same", "keep": other}, status=404)

    def test_without_a_key_or_a_token(self, between, signed_in):
        browser = signed_in("coordinator")
        browser.get("/review/")
        browser.post(f"/review/{between}", {"answer": "different"})
        browser.post(f"/review/{between}", {"answer": "different", "once": "o" * 22}, token=False, status=400)

    def test_undo_of_nothing(self, between, signed_in):
        browser = signed_in("coordinator")
        browser.get("/review/")
        assert "没有可以撤销的判断" in browser.post("/review/undo", {"once": "o" * 22}).follow().main

    def test_reasons_that_nobody_says_any_more(self, app, between, signed_in):
        with app.app_context(), unit_of_work():
            pair = db.session.scalars(select(ReviewPair)).one()
            pair.reasons = [["a_code_of_old", "for", {}], ["same_core", "for", {}], ["same_name", "for", {}]]
        assert "名称相同" in signed_in("coordinator").get("/review/").main


def test_pages_of_the_queue(app, swept, signed_in):
    signs = "碧澜屿杜姆凯斯托瓦罗米拉贝诺文霍克伦佩森古特"
    with app.app_context(), unit_of_work():
        for number in range(13):
            stem = signs[number] + signs[(number * 7 + 3) % len(signs)] + signs[(number * 5 + 11) % len(signs)]
            a_company(f"{stem}光学有限公司", country="CN")
            a_company(f"{stem}光學有限公司 ({number})".replace(f" ({number})", ""), country="CN", other_names=(f"{stem}光学",))
    swept()
    browser = signed_in("coordinator")
    first = browser.get("/review/", ceiling=40)
    assert "第 1–10 组，共 13 组" in first.main
    second = browser.get("/review/?page=2", ceiling=40)
    assert "第 11–13 组，共 13 组" in second.main
    nexts = [a.get("href") for a in first.root.all("a") if a.get("data-key") == "j"]
    browser.get(nexts[0], ceiling=40)
    tenth = browser.get(first.root.first("ol").all("a")[9].get("href"), ceiling=40)
    (after,) = [a.get("href") for a in tenth.root.all("a") if a.get("data-key") == "j"]
    eleventh = second.root.first("ol").first("a").get("href")
    assert after == eleventh
    on = tenth.submit(tenth.root.first("form", **{"class": "ob-verdictform"}).get("action"), {"answer": "later"}, ceiling=60)
    assert on.location.split("/review/")[1] == eleventh.split("/review/")[1].split("?")[0], (
        "the queue goes on over the page's end"
    )


class TestFieldByField:
    """S takes what stands there: the suggestions, unless somebody chose."""

    def test_the_suggestions_are_explained_and_taken_by_one_button(self, app, between, signed_in):
        page = signed_in("coordinator").get("/review/")
        table = page.root.first("details", **{"class": "ob-choices"})
        assert "名称" in table.text
        assert "建议：以保留的一条为准" in table.text
        chosen = [i for i in table.all("input", type="radio") if "checked" in i.attrs]
        assert company(app, EARLIER) in {i.get("value") for i in chosen}
        page.submit(f"/review/{between}", {"answer": "same"}, ceiling=160)
        assert merges(app)[0][:2] == (EARLIER, LATER)
        assert company(app, EARLIER)

    def test_a_choice_is_taken(self, app, between, signed_in):
        page = signed_in("coordinator").get("/review/")
        late, early = company(app, LATER), company(app, EARLIER)
        page.submit(f"/review/{between}", {"answer": "same", "choice-name": late}, ceiling=160)
        with app.app_context():
            assert db.session.scalar(select(Company.name).where(Company.public_id == early)) == LATER

    def test_a_value_of_somebody_else_is_refused_in_words(self, app, between, signed_in):
        page = signed_in("coordinator").get("/review/")
        late = page.submit(f"/review/{between}", {"answer": "same", "choice-name": "y" * 22}).follow()
        assert "所选的值不在这几条记录里" in late.main
        assert merges(app) == []

    def test_who_may_not_merge_chooses_nothing(self, between, signed_in):
        assert "choice-" not in signed_in("officer.nanshan").get("/review/").html


def test_what_one_may_not_see_is_not_called_empty(app, between, signed_in):
    """Of another unit's signed lead the names are read, its sums, first report, contacts and progress are not."""
    with app.app_context(), unit_of_work():
        lead = db.session.scalars(select(Lead).where(Lead.investor_id == Company.id, Company.name == LATER)).one()
        lead.stage = "signed"
        for one in db.session.scalars(select(Lead)):
            one.total_amount, one.total_currency, one.total_cny = 900_000_000_00, "CNY", 900_000_000_00
    for username, said in (("manager.nanshan", "按权限不显示"), ("coordinator", "9.00 亿元")):
        page = signed_in(username).get(f"/review/{between}?equal=1")
        told = {row[0]: row[1:] for row in ([c.text for c in r.all("th", "td")] for r in page.root.first("tbody").all("tr"))}
        assert LATER in page.main
        assert told["总投资"][1].strip() == said, username
        if username != "coordinator":
            assert {told[field][1].strip() for field in ("首报", "联系人")} == {said}


def test_a_contact_that_was_merged_away_is_not_told_twice(app, between, signed_in):
    with app.app_context(), unit_of_work():
        one = db.session.scalars(select(Contact).where(Contact.name == "佐藤 健")).one()
        gone = Contact(
            lead_id=one.lead_id, name="佐藤 健", phone="+81312345699", added_by_id=one.added_by_id, added_at=one.added_at,
            merged_into_id=one.id,
        )  # fmt: skip
        db.session.add(gone)
    page = signed_in("coordinator").get("/review/")
    assert "佐***" in page.main
    assert "**99" not in page.main
