"""First reports on pages: the line and the words, the queue, acts with one click, the rules; bad input gives a sentence."""

from io import BytesIO

import pytest
from sqlalchemy import func, select

from crm.claims import queries
from crm.claims.models import ProtectionRules, SpecialDay
from crm.core.db import db, unit_of_work
from crm.leads.models import Lead
from tests.builders import a_lead, actor
from tests.claims.stories import PNG, at, claimed, clock_of, progress
from tests.claims.test_services import START

pytestmark = pytest.mark.only_on("sqlite")
RAN_OUT = "2026-11-16 09:00"


def made(app, **changed):
    with app.app_context():
        lead = claimed(START, **changed)
        db.session.refresh(lead)
        db.session.expunge(lead)
        db.session.remove()
    return lead


def has_claim(app, lead):
    with app.app_context():
        return queries.live_for(lead.id) is not None


def test_a_lead_shows_its_line_its_words_and_who_holds_it(app, signed_in, clock_at):
    clock_at("2026-11-11 09:00")
    lead = made(app)
    page = signed_in("officer.nanshan").get(f"/leads/{lead.public_id}")
    claim = page.root.first("section", id="claim")
    words = claim.text
    for said in ("即将到期", "首报单位", "首报人", "SZ-SB-2026-", "建议值", "登记", "研判通过", "今天", "到期 11月12日"):
        assert said in words, said
    assert claim.first("svg").get("aria-hidden") == "true", "the marks below it say it in words"
    assert not [element for element in page.root.walk() if element.get("style")]


def test_before_the_assessment_it_says_what_is_owed(app, signed_in, clock_at):
    clock_at("2026-11-02 10:00")
    with app.app_context():
        lead = a_lead(now=START).public_id
    assert "首次响应" in signed_in("officer.nanshan").get(f"/leads/{lead}").root.first("section", id="claim").text


def test_evidence_is_seen_where_it_is_judged(app, signed_in, clock_at):
    clock_at("2026-11-02 10:00")
    with app.app_context():
        lead = a_lead(now=START).public_id
    officer, manager = signed_in("officer.nanshan"), signed_in("manager.nanshan")
    told = lambda: officer.get(f"/leads/{lead}").root.first("section", id="claim").text  # noqa: E731
    assert "上传规则认可的佐证" in told()
    sent = {"files": (BytesIO(PNG), "board.png"), "purpose": "evidence", "evidence_type": ""}
    refused = officer.post(f"/leads/{lead}/files", sent, status=303)
    assert refused.location.endswith("again=upload")
    assert officer.get(refused.location).root.first("details", id="upload").get("open") is not None
    officer.post(f"/leads/{lead}/files", {**sent, "files": (BytesIO(PNG), "board.png"), "evidence_type": "visit"}, status=303)
    assert "佐证已上传 1 件" in told()
    assert "board.png" in manager.get(f"/leads/{lead}/assess").main
    # Before it is admitted nothing says that it might go on, and a refusal is said once.
    page = manager.get(f"/stages/{lead}")
    assert "可以进入" not in page.main and "研判入库" in page.main
    version = page.root.first("input", name="version").get("value")
    page = manager.post(f"/stages/{lead}", {"to": "negotiating", "on": "2026-11-02", "version": version}, status=422)
    assert page.root.first("div", role="alert").text.count("入库以后才能进入下一阶段") == 1


@pytest.mark.parametrize("origin", ["form", "import"])
def test_material_is_asked_for_and_comes(app, signed_in, clock_at, origin):
    """补充材料: the message says what is missing, the lead's page too; files tell who asked, once; the queue shows they came."""
    clock_at("2026-11-02 10:00")
    with app.app_context():
        row = a_lead(now=START)
        lead = row.public_id
        with unit_of_work():
            db.session.get_one(Lead, row.id).origin = origin
    officer, manager = signed_in("officer.nanshan"), signed_in("manager.nanshan")
    manager.post(f"/leads/{lead}/assess", {"outcome": "more_needed", "reason": "who controls the firm"}, status=303)
    assert "研判结果：补充材料。who controls the firm" in officer.get("/messages/").main
    told = officer.get(f"/leads/{lead}").root.first("section", id="supplement").text
    assert "待补充材料" in told and "who controls the firm" in told
    assert "待补充材料" in manager.get("/leads/queue").main
    clock_at("2026-11-02 11:00")
    for name in ("one.png", "two.png"):
        sent = {"files": (BytesIO(PNG + name.encode()), name), "purpose": "evidence", "evidence_type": "visit"}
        officer.post(f"/leads/{lead}/files", sent, status=303)
    assert manager.get("/messages/").main.count("补充了材料，请再次研判") == 1
    assert "已补充" in manager.get("/leads/queue").main
    manager.post(f"/leads/{lead}/assess", {"outcome": "admitted", "reason": ""}, status=303)
    assert "待补充材料" not in officer.get(f"/leads/{lead}").main


def test_progress_with_a_photo_moves_the_clock(app, signed_in, clock_at):
    now = clock_at("2026-11-11 09:00")
    lead = made(app)
    browser = signed_in("officer.nanshan")
    plain = {"text": "talked", "kind": "talks", "on": "2026-11-11", "whom": "CFO"}
    for more in ({}, {"photos": (BytesIO(PNG), "board.png")}):
        with app.app_context():
            before = clock_of(lead, now).due
        page = browser.get(f"/progress/{lead.public_id}")
        once = page.root.first("input", name="once").get("value")
        browser.post(f"/progress/{lead.public_id}", {**plain, **more, "once": once}, status=303)
        with app.app_context():
            assert (clock_of(lead, now).due > before) == bool(more)


def test_the_officers_home_and_the_list_mark_what_runs_out(app, signed_in, clock_at):
    clock_at("2026-11-11 09:00")
    lead = made(app, investor="Kestovar Robotics GmbH")
    other = made(app, investor="Pellingar Optik GmbH")
    with app.app_context():
        progress(other, at("2026-11-10 09:00"))
    browser = signed_in("officer.nanshan")
    home = browser.get("/")
    assert "我的首报即将到期" in home.main
    listed = browser.get("/leads?stage=all&claim=amber").main
    assert "Kestovar" in listed
    assert "Pellingar" not in listed
    assert "首报到期 11月12日" in listed
    assert "Kestovar" not in browser.get("/leads?stage=all&claim=due").main
    assert "Pellingar" in browser.get("/leads?stage=all&claim=live").main
    assert browser.get("/leads?stage=all&claim=nonsense").status == 200
    assert lead.public_id in home.html


def test_the_coordinator_gives_notice_and_releases_with_one_click(app, signed_in, clock_at):
    clock_at(RAN_OUT)
    lead = made(app, investor="Kestovar Robotics GmbH")
    browser = signed_in("coordinator")
    assert "Kestovar" in browser.get("/").main
    queue = browser.get("/claims")
    assert f"/claims/{lead.public_id}/notice" in queue.html
    assert f"/claims/{lead.public_id}/release" not in queue.html
    browser.post(f"/claims/{lead.public_id}/release", {"reason": "too early", "back": "queue"}, status=303)
    assert "预告送达并期满后才能释放" in browser.get("/claims").html
    browser.post(f"/claims/{lead.public_id}/notice", {"back": "home"}, status=303)
    assert "预告已送达" in browser.get("/").html
    assert "拟释放" in signed_in("officer.nanshan").get("/messages/").main
    clock_at("2026-11-20 09:00")
    browser = signed_in("coordinator")
    queue = browser.get("/claims")
    assert f"/claims/{lead.public_id}/release" in queue.html
    browser.post(f"/claims/{lead.public_id}/release", {"back": "queue"}, status=303)
    assert "请写明理由" in browser.get("/claims").html
    browser.post(f"/claims/{lead.public_id}/release", {"reason": "it is over", "back": "queue"}, status=303)
    assert not has_claim(app, lead)
    assert "没有拟释放的首报" in browser.get("/claims").main
    assert "it is over" in browser.get(f"/leads/{lead.public_id}").main


def test_the_manager_extends_for_a_reason_once(app, signed_in, clock_at):
    clock_at(RAN_OUT)
    lead = made(app)
    browser = signed_in("manager.nanshan")
    assert f"/claims/{lead.public_id}/notice" not in browser.get("/claims").html
    browser.post(f"/claims/{lead.public_id}/extend", {"reason": ""}, status=303)
    assert "请写明理由" in browser.get(f"/leads/{lead.public_id}").html
    browser.post(f"/claims/{lead.public_id}/extend", {"reason": "board in March"}, status=303)
    page = browser.get(f"/leads/{lead.public_id}")
    assert "首报已延期" in page.html
    assert "board in March" in page.main
    browser.post(f"/claims/{lead.public_id}/extend", {"reason": "again"}, status=303)
    assert "按规则最多延期 1 次" in browser.get(f"/leads/{lead.public_id}").html


def test_one_districts_queue_is_not_anothers(app, signed_in, clock_at):
    clock_at(RAN_OUT)
    lead = made(app)
    assert lead.public_id not in signed_in("manager.baoan").get("/claims").html
    signed_in("officer.nanshan").get("/claims", status=403)
    signed_in("manager.baoan").post(f"/claims/{lead.public_id}/extend", {"reason": "mine"}, status=404)


RULES = {
    "code": "2027-1", "valid_from": "2027-01-01", "response_days": "1", "assess_days": "3", "feedback_days": "7",
    "report_days": "14", "warning_days": "21", "release_days": "30", "protection_days": "120", "major_protection_days": "180",
    "major_yi": "10", "major_wan": "1000", "extension_days": "60", "max_extensions": "2", "notice_days": "5", "evidence_needed": "1",
    "weight_agreement": "4", "weight_intent": "2", "weight_request": "2", "weight_minutes": "1", "weight_visit": "0",
    "weight_introduction": "1", "weight_fact": "4", "short_in_working_days": "y", "source": "resolution 7",
}  # fmt: skip


def once_of(browser):
    return browser.get("/protection-rules/").root.first("input", name="once").get("value")


def test_an_administrator_adds_a_version(app, signed_in, clock_at):
    clock_at("2026-11-25 09:00")
    browser = signed_in("sysadmin")
    page = browser.get("/protection-rules/")
    assert "建议值，未核实" in page.main
    assert "2026-11-1" in page.main
    browser.post("/protection-rules/", {**RULES, "once": once_of(browser)}, status=303)
    assert "2027-1" in signed_in("officer.nanshan").get("/protection-rules/").main
    with app.app_context():
        new = queries.versions()[-1]
        assert (new.settings.protection_days, new.settings.automatic_release, new.verified) == (120, False, False)
        assert new.settings.major_cny == 10 * 10**10
    assert "10 亿元" in browser.get("/protection-rules/").main
    browser.get("/").submit("/account/language/en", status=303)
    said = browser.get("/protection-rules/").main
    assert "RMB 1 bn" in said
    assert "10.00" not in said


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"valid_from": "2020-01-01"}, "新版本最早从今天起生效"), ({"code": "2026-11-1"}, "已有这个版本号"),
        ({"valid_from": "2072-01-01"}, "请检查年份"),
        ({"warning_days": "30"}, "几个天数前后不合"), ({"release_days": "many"}, "请填写整数"),
        ({"release_days": "-3"}, "之间的整数"), ({"release_days": "99999999999999999999"}, "之间的整数"),
        ({"code": "a b<script>"}, "只用字母"), ({"source": ""}, "请填写依据"), ({"valid_from": "soon"}, ""),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_said(app, signed_in, clock_at, wrong, said):
    clock_at("2026-11-25 09:00")
    browser = signed_in("sysadmin")
    page = browser.post("/protection-rules/", {**RULES, "once": once_of(browser), **wrong}, status=422)
    assert said in page.html
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(ProtectionRules)) == 1


def test_special_days_come_and_go(app, signed_in, clock_at):
    clock_at("2026-11-25 09:00")
    browser = signed_in("sysadmin")
    day = {"day": "2026-12-01", "worked": "no", "note": "台风"}
    browser.post("/protection-rules/days", day, status=303)
    assert "台风" in browser.get("/protection-rules/").main
    assert "请先撤下" in browser.post("/protection-rules/days", day, status=422).html
    assert browser.post("/protection-rules/days", {"day": "x", "worked": "maybe"}, status=422).status == 422
    far = browser.post("/protection-rules/days", day | {"day": "2206-12-01"}, status=422)
    assert "三年以内" in far.root.first("p", id="day-error").text
    with app.app_context():
        public_id = db.session.scalars(select(SpecialDay.public_id)).one()
    browser.post(f"/protection-rules/days/{public_id}/take-back", {}, status=303)
    browser.post(f"/protection-rules/days/{public_id}/take-back", {}, status=404)
    assert "台风" not in browser.get("/protection-rules/").main


def test_a_sister_of_a_protected_investor_goes_to_the_coordinator_marked(app, signed_in, clock_at):
    from crm.companies import services as companies
    from crm.companies.models import Company
    from tests.builders import a_company
    from tests.leads.test_coordination import FIRM, SISTER, TOP, register, same

    clock_at("2026-11-05 09:00")
    with app.app_context():
        firm, top = a_company(FIRM), a_company(TOP)
        theirs = claimed(START, by="officer.baoan", investor=SISTER)
        with unit_of_work():
            for company in (firm.id, theirs.investor_id):
                companies.set_parent(
                    db.session.get_one(Company, company),
                    db.session.get_one(Company, top.id),
                    "report",
                    actor=actor("coordinator"),
                    now=START,
                )
        lead = register(FIRM, same(db.session.get_one(Company, firm.id))).public_id
        db.session.remove()
    assert "首报保护中" in signed_in("coordinator").get(f"/leads/{lead}").main
    assert "首报保护中" not in signed_in("officer.nanshan").get(f"/leads/{lead}").main


def test_a_reason_that_is_too_long_is_said_to_be_so(app, signed_in, clock_at):
    clock_at(RAN_OUT)
    lead = made(app)
    browser = signed_in("manager.nanshan")
    page = browser.post(f"/claims/{lead.public_id}/extend", {"reason": "long " * 100}, status=422).html
    assert "最多400个字" in page
    assert "long " * 99 in page, "to be copied: the lead's page is drawn anew"
    assert "请写明理由" not in page


def test_what_does_not_fit_is_said_at_its_own_field(app, signed_in, clock_at):
    clock_at("2026-11-25 09:00")
    browser = signed_in("sysadmin")
    page = browser.post("/protection-rules/", {**RULES, "once": once_of(browser), "code": "2026-11-1"}, status=422)
    assert page.root.all("p", id="code-error")
    assert not page.root.all("p", id="valid_from-error")
    page = browser.post("/protection-rules/", {**RULES, "once": once_of(browser), "major_protection_days": "100"}, status=422)
    assert page.root.all("p", id="major_protection_days-error")
    assert not page.root.all("p", id="warning_days-error")


def test_the_queue_says_until_when_by_the_rules(app, signed_in, clock_at):
    clock_at("2026-11-09 09:00")  # a Monday; registered on Wednesday, three working days end today
    with app.app_context():
        a_lead(now=at("2026-11-04 09:00"))
    page = signed_in("manager.nanshan").get("/leads/queue").main
    assert "登记后 3 个工作日内研判" in page
    assert "11月9日，今天" in page
    clock_at("2026-11-11 09:00")
    assert "11月9日，逾期 2 天" in signed_in("manager.nanshan").get("/leads/queue").main
