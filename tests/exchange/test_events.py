"""The event that a row names: by its whole name or not at all, and what came of it when the row is written."""

from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from crm.audit.models import AuditLine
from crm.core import clock
from crm.core.db import db, unit_of_work
from crm.events import services as events
from crm.events.models import EventLink
from crm.exchange import jobs
from crm.exchange.models import Import, ImportRow
from crm.leads.models import Lead
from tests.builders import actor
from tests.events.stories import an_event
from tests.exchange.test_import import bring


def _file(tmp_path: Path, *said: str, heading: str = "招商活动") -> str:
    firms = ("碧澜屿光学有限公司", "杜姆林机械公司", "鹤泽机器人株式会社", "北汀制药公司", "柯林顿半导体公司")
    rows = [f"项目{place},{firm},在谈,{text}" for place, (firm, text) in enumerate(zip(firms, said, strict=False), 1)]
    path = tmp_path / "events.csv"
    path.write_text("\n".join([f"项目名称,投资方,阶段,{heading}", *rows]) + "\n", "utf-8")
    return str(path)


def _put(app: Flask) -> dict[str, str]:
    with app.app_context():
        query = select(Lead.title, EventLink).join(EventLink, EventLink.lead_id == Lead.id).where(EventLink.role == "source")
        return {title: link.event.name for title, link in db.session.execute(query)}


def test_a_row_names_its_event_or_is_warned_of(app: Flask, tmp_path: Path) -> None:
    today = clock.today()
    with app.app_context():
        an_event("Harbour Fair", first=today, last=today)
        for year in (1, 2):
            an_event("Yearly", first=today - timedelta(days=365 * year), last=today - timedelta(days=365 * year))
        an_event("Far ahead", first=today + timedelta(days=60), last=today + timedelta(days=60))
        day = (today - timedelta(days=365)).isoformat()
        db.session.remove()
    said = ("harbour  fair", "Yearly", f"{day} Yearly", "Harbour", "Far ahead")
    code, report = bring(app, tmp_path, _file(tmp_path, *said), "--as", "officer.nanshan")
    assert code == 0
    reasons = [[reason["code"] for reason in row["reasons"]] for row in report]
    assert reasons == [[], ["ambiguous_event"], [], ["unknown_event"], ["early_event"]]
    assert [row["outcome"] for row in report] == ["imported", "warning", "imported", "warning", "warning"]
    assert _put(app) == {"项目1": "Harbour Fair", "项目3": "Yearly"}
    with app.app_context():
        assert len(list(db.session.scalars(select(AuditLine).where(AuditLine.action == "lead.event_put")))) == 2


def test_a_row_may_name_its_event_by_number(app: Flask, tmp_path: Path) -> None:
    today = clock.today()
    with app.app_context():
        fair, gone = (an_event(name, first=today, last=today) for name in ("Harbour Fair", "Called off"))
        number, old, public_id = fair.number, gone.number, gone.public_id
        with unit_of_work():
            events.withdraw_event(public_id, "no such fair", actor=actor("coordinator"), now=clock.now())
        db.session.remove()
    assert number.startswith("SZ-HD-")
    wide = number.replace("SZ", "ＳＺ")
    said = (number, f" {number.lower()} ", wide, "SZ-HD-2019-9999", old)
    code, report = bring(app, tmp_path, _file(tmp_path, *said, heading="活动编号"), "--as", "officer.nanshan")
    assert code == 0
    assert [row["outcome"] for row in report] == ["imported"] * 3 + ["warning"] * 2
    assert _put(app) == dict.fromkeys(("项目1", "项目2", "项目3"), "Harbour Fair")
    with app.app_context():
        rows = list(db.session.scalars(select(ImportRow).order_by(ImportRow.row)))
        assert [row.reasons for row in rows] == [[]] * 3 + [
            [{"code": "unknown_event", "field": "event", "column": "活动编号", "original": text}] for text in (said[3], old)
        ]
        lines = list(db.session.scalars(select(AuditLine).where(AuditLine.action == "lead.event_put")))
        assert len(lines) == 3


@pytest.mark.only_on("sqlite")
def test_the_page_of_an_import_says_that_a_number_is_unknown(app: Flask, tmp_path: Path, signed_in) -> None:
    with app.app_context():
        number = an_event("Harbour Fair", first=clock.today(), last=clock.today()).number
        db.session.remove()
    file = _file(tmp_path, number, "SZ-HD-2019-9999", heading="活动编号")
    bring(app, tmp_path, file, "--as", "officer.nanshan", "--dry-run")
    with app.app_context():
        path = f"/imports/{db.session.scalars(select(Import)).one().public_id}"
    page = signed_in("officer.nanshan").get(path)
    assert "来源活动：Harbour Fair" in page.main
    assert "活动编号：没有这项招商活动，未关联；须按全名或活动编号填写" in page.main


@pytest.mark.only_on("sqlite")
@pytest.mark.parametrize("heading", ["来源活动", "活动名称", "展会 / 来源展会", "Event"])
def test_the_column_goes_by_several_names(app: Flask, tmp_path: Path, heading: str) -> None:
    with app.app_context():
        an_event("Harbour Fair", first=clock.today(), last=clock.today())
        db.session.remove()
    bring(app, tmp_path, _file(tmp_path, "Harbour Fair", heading=heading), "--as", "officer.nanshan")
    assert bool(_put(app)) is (heading != "展会 / 来源展会"), "a heading that says two things is no column of ours"


def test_an_event_withdrawn_meanwhile_is_left_out_and_said(app: Flask, tmp_path: Path) -> None:
    with app.app_context():
        public_id = an_event("Harbour Fair", first=clock.today(), last=clock.today()).public_id
        db.session.remove()
    bring(app, tmp_path, _file(tmp_path, "Harbour Fair"), "--as", "officer.nanshan", "--dry-run")
    with app.app_context():
        with unit_of_work():
            events.withdraw_event(public_id, "no such fair", actor=actor("coordinator"), now=clock.now())
            batch = db.session.scalars(select(Import)).one()
            batch.state = "applying"
        jobs.apply_now(batch.id)
        row = db.session.scalars(select(ImportRow)).one()
        assert (row.outcome, [reason["code"] for reason in row.reasons]) == ("warning", ["event_gone"])
        assert row.lead_id is not None
        db.session.remove()
    assert _put(app) == {}


@pytest.mark.only_on("sqlite")
def test_the_page_of_an_import_shows_the_event(app: Flask, tmp_path: Path, signed_in) -> None:
    with app.app_context():
        an_event("Harbour Fair", first=clock.today(), last=clock.today())
        db.session.remove()
    bring(app, tmp_path, _file(tmp_path, "Harbour Fair", "Nowhere"), "--as", "officer.nanshan", "--dry-run")
    with app.app_context():
        path = f"/imports/{db.session.scalars(select(Import)).one().public_id}"
    page = signed_in("officer.nanshan").get(path)
    assert "来源活动：Harbour Fair" in page.main
    assert "招商活动：没有这项招商活动，未关联" in page.main
