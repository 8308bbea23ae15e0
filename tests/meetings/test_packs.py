"""A meeting pack: what each reads in it, as a page, a paper and a pdf; who may take it; what refuses it."""

from datetime import date
from io import BytesIO

import docx
import pytest
from sqlalchemy import select

from crm.audit.models import AuditLine
from crm.core import clock
from crm.core.db import db, unit_of_work
from crm.files.models import FileAccess
from crm.jobs.jobs import work_off
from crm.matters.rules import Level
from crm.meetings import sheets
from crm.meetings.models import MeetingPack
from crm.notifications.models import Notification
from crm.supervision import services as supervision
from tests import printed
from tests.batches.stories import NEXT, START, YI, changed, ended, frozen, listed, moved
from tests.builders import meeting_paper, someone
from tests.matters.stories import raised
from tests.money.stories import received
from tests.reports.test_pages import said as said_in_word
from tests.supervision.stories import does, fed_back, given, says
from tests.web.shared_city import seal

here = pytest.mark.only_on("sqlite")
IMPORT = '#import "paper.typ": *'


@pytest.fixture
def week(app, clock_at):
    """Two weekly editions; between them a project moved, one grew, one left, money arrived; something of Bao'an's in negotiation,
    something under a code name; a matter, a supervised task.
    """
    with app.app_context():
        moves, grows, leaves = (listed("negotiating", total=n + 1) for n in range(3))
        other = listed("negotiating", by="officer.baoan", total=30)
        sealed = listed("signed", total=40)
        frozen(START)
        moved(moves, "signed", date(2026, 11, 5))
        changed(grows, total_cny=15 * YI)
        ended(leaves)
        clock_at(NEXT)
        db.session.rollback()
        received(moves, 3_000_000, on=date(2026, 11, 4))
        received(sealed, 9_990_000, on=date(2026, 11, 5))
        raised(moves, level=Level.CITY)
        given(moves, text="find them a site", days=3)
        seal(sealed.public_id, "Heron", by="manager.nanshan")
        second = frozen(NEXT).public_id
        leads = {"moves": moves, "grows": grows, "left": leaves, "other": other, "sealed": sealed}
        facts = {name: one.display_name for name, one in leads.items()} | {"edition": second}
        db.session.remove()
    return facts


def asked(app, browser, edition):
    """A pack is asked for on its page and made; the address of its own page."""
    browser.get(f"/meetings/?edition={edition}", ceiling=60)
    answer = browser.post("/meetings/", {"edition": edition, "once": "k" + edition[:8]}, status=303)
    with app.app_context():
        work_off()
    return answer.location


def test_the_page_and_the_files(app, signed_in, week):
    browser = signed_in("coordinator")
    page = browser.get("/meetings/", ceiling=60)
    for word in (week["moves"], week["grows"], week["left"], "由在谈转签约", "find them a site", "two lines of power", "300 万美元",
                 "督办事项", "争议协调", "转段 1", "退出 1"):  # fmt: skip
        assert word in page.main, word
    address = asked(app, browser, week["edition"])
    made = browser.get(address)
    assert "下载 PDF" in made.main
    pdf, paper = (browser.http.get(f"{address}/{form}").data for form in ("pdf", "docx"))
    text = printed.said(pdf)
    for word in (
        week["moves"],
        "由在谈转签约",
        "SZ-HY-",
        "非涉密材料",
        "一、三个一批概况",
        "合同外资申报值（万美元）",
        "金额（申报值）",
        "在谈项目的合同外资是意向",
        "到资（调度口径）",
        "实际使用外资（统计口径）",
    ):
        assert word.replace(" ", "") in text, word
    assert all(printed.fonts(pdf).values())
    with app.app_context():
        name = someone("coordinator").name
    assert f"{name}{clock.today().isoformat()}" in text, "the watermark"
    word = said_in_word(paper)
    for said in (week["moves"], "由在谈转签约", "SZ-HY-", "非涉密材料", "find them a site", "金额（申报值）"):
        assert said in word, said
    assert "{{" not in word
    assert name in docx.Document(BytesIO(paper)).sections[0].header._element.xml.split("textpath", 1)[1]
    with app.app_context():
        acts = db.session.scalars(select(AuditLine.action).where(AuditLine.action.startswith("meeting."))).all()
        assert sorted(acts) == ["meeting.asked", "meeting.made"]
        assert len(db.session.scalars(select(FileAccess)).all()) == 2
        told = db.session.scalars(select(Notification.code).where(Notification.code == "meeting.made")).all()
    assert len(told) == 1


@here
def test_each_reads_what_is_theirs(app, signed_in, week):
    theirs = signed_in("officer.baoan")
    for browser in (theirs, signed_in("leader")):
        page = browser.get(f"/meetings/?edition={week['edition']}", ceiling=60)
        assert week["sealed"] not in page.html, browser
        assert "999 万美元" not in page.html
    page = theirs.get("/meetings/", ceiling=60)
    for hidden in ("grows", "left"):
        assert week[hidden] not in page.html, hidden
    address = asked(app, theirs, week["edition"])
    content = theirs.http.get(f"{address}/pdf").data
    assert week["grows"] not in printed.said(content)
    assert "another" not in printed.said(content)
    for stranger in ("manager.baoan", "coordinator"):
        browser = signed_in(stranger)
        for path in (address, f"{address}/pdf", f"{address}/docx"):
            browser.get(path, status=404)
    theirs.get(f"{address}/xlsx", status=404)
    signed_in("auditor").get("/meetings/", status=403)
    with app.app_context(), unit_of_work():
        someone("officer.baoan").unit_id = someone("officer.nanshan").unit_id
    theirs.get(f"{address}/pdf", status=404)


@here
def test_a_template_that_does_not_fit(app, signed_in, week, tmp_path):
    app.config["TEMPLATES_PATH"] = str(tmp_path)
    browser, own = signed_in("coordinator"), tmp_path / "meeting.typ"
    asks = {"edition": week["edition"], "once": "one"}
    own.write_text("#data.moon", "utf-8")
    browser.get("/meetings/", ceiling=60)
    refused = browser.post("/meetings/", asks, status=422)
    assert "meeting.typ: moon" in refused.text
    assert week["moves"] in refused.main
    with app.app_context():
        assert db.session.scalars(select(MeetingPack)).all() == []
    own.write_text(f"{IMPORT}\n#data.title.moon", "utf-8")
    address = browser.post("/meetings/", asks | {"once": "two"}, status=303).location
    with app.app_context():
        work_off()
    failed = browser.get(address)
    assert "未能生成" in failed.main
    assert "main.typ:2" in failed.main
    browser.get(f"{address}/pdf", status=404)
    own.write_text(f"{IMPORT}\n#data.title of ours", "utf-8")
    content = browser.http.get(f"{asked(app, browser, week['edition'])}/pdf").data
    assert "ofours" in printed.said(content)


@here
def test_twice_is_once_and_nonsense_is_said(app, signed_in, week):
    browser = signed_in("manager.nanshan")
    browser.get("/meetings/", ceiling=60)
    first = browser.post("/meetings/", {"edition": week["edition"], "once": "k"}, status=303).location
    again = browser.post("/meetings/", {"edition": week["edition"], "once": "k"}, status=303).location
    assert again == first
    assert "生成中" in browser.get(first).main
    assert "生成中" in browser.get(first, htmx=True).html
    browser.post("/meetings/", {"edition": "", "once": "x"}, status=422)
    browser.post("/meetings/", {"edition": "A" * 22, "once": "y"}, status=404)
    browser.get("/meetings/?edition=" + "A" * 22, status=404)
    assert "还没有定稿的月报清单" in browser.get("/meetings/?kind=monthly").main
    browser.get("/meetings/?kind=nonsense", ceiling=60)


@here
def test_who_left_gets_nothing(app, signed_in, week):
    browser = signed_in("officer.nanshan")
    browser.get("/meetings/", ceiling=60)
    browser.post("/meetings/", {"edition": week["edition"], "once": "k"}, status=303)
    with app.app_context():
        with unit_of_work():
            someone("officer.nanshan").disabled_at = clock.now()
        work_off()
        pack = db.session.scalars(select(MeetingPack)).one()
        assert (pack.state, pack.docx_id) == ("failed", None)
        assert "账号" in (pack.why or "")


@here
def test_what_is_closed_or_far_off_does_not_stand_there(app, signed_in, week):
    with app.app_context():
        given(text="far off", days=20)
        done = given(text="done long ago", days=3)
        fed_back(done, root=app.config["FILES_PATH"])
        does(supervision.close, done, says(), by="leader")
        db.session.remove()
    page = signed_in("coordinator").get(f"/meetings/?edition={week['edition']}", ceiling=60)
    assert "done long ago" not in page.main
    assert "far off" not in page.main


@here
def test_the_shipped_template_is_what_its_maker_makes(tmp_path, monkeypatch):
    monkeypatch.setattr(meeting_paper, "OUT", tmp_path / "meeting.docx")
    meeting_paper.main()
    assert said_in_word(sheets.WORD.shipped.read_bytes()) == said_in_word((tmp_path / "meeting.docx").read_bytes())
