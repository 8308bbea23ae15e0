"""Dataset files: what is in them, for whom, how it is written, and the dictionary that says what it means."""

import csv
import io
import json
import zipfile
from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from crm.audit.models import AuditLine
from crm.core import clock
from crm.core.db import db, unit_of_work
from crm.core.money import Money
from crm.datasets import jobs
from crm.datasets.rules import DATASETS, cell
from crm.events import services as events
from crm.files.models import StoredFile
from crm.jobs.jobs import work_off
from crm.leads.rules.lead import NewContact, Stage
from crm.notifications.models import Notification
from crm.rates import queries as rates
from crm.rates.services import add_rate
from tests.builders import a_lead, actor, make_ready, someone
from tests.claims.stories import claimed
from tests.events.stories import an_event, put

CONTACT = NewContact("王小明", "CFO", "+86 755 1234 5678", "w@example.com")


def table(content):
    assert content.startswith(b"\xef\xbb\xbf"), "spreadsheets know UTF-8 by its mark"
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))


@pytest.fixture
def two(app):
    one = a_lead("Kestovar Robotics GmbH", title="=HYPERLINK(1)", total=Money.of(1_200_000_000, "CNY"), contacts=(CONTACT,),
                 contracted=Money.of(98_000_000, "USD"))  # fmt: skip
    a_lead("Norvenhoek BV", by="officer.baoan", title="海缆项目", country="NL")
    make_ready(one, Stage.SIGNED)
    return one


@pytest.mark.parametrize(
    "value, said",
    [
        (None, ""), ("=1+1", "'=1+1"), ("-2", "'-2"), ("@x", "'@x"), ("\t=1", "'\t=1"), ("甲", "甲"), (-2, "-2"), (True, "yes"),
        (Money(123456789, "CNY"), "1234567.89"), (Money(5000, "JPY"), "5000"),
    ],
)  # fmt: skip
def test_cells(value, said):
    assert cell(value) == said


def test_every_column_is_in_the_dictionary(app):
    with app.app_context():
        files, rows = jobs.files_of(actor("coordinator"))
        db.session.remove()
    said = {(one["dataset"], one["column"]): one for one in table(files["dictionary.csv"])}
    for name, columns in DATASETS.items():
        head = files[f"{name}.csv"].decode("utf-8-sig").splitlines()[0].split(",")
        assert head == [column.name for column in columns]
        for column in columns:
            one = said[name, column.name]
            assert all(one[key] for key in ("label_zh", "label_en", "type", "source", "tier")), (name, column.name)
            assert one["label_zh"] != one["label_en"]
    assert set(rows) == set(DATASETS)
    assert not {"contact", "phone"} & {column for _name, column in said}, "no people"
    assert zipfile.is_zipfile(io.BytesIO(files["dictionary.xlsx"]))
    codes = {(one["dataset"], one["column"], one["code"]) for one in table(files["codes.csv"])}
    assert {("leads", "stage", "signed"), ("money", "basis", "received"), ("money", "money_kind", "cash")} <= codes


def test_what_stands_in_them(app, two):
    with app.app_context():
        files, rows = jobs.files_of(actor("coordinator"))
        db.session.remove()
    found = {one["investor"]: one for one in table(files["leads.csv"])}
    assert set(found) == {"Kestovar Robotics GmbH", "Norvenhoek BV"}
    one = found["Kestovar Robotics GmbH"]
    assert one["title"] == "'=HYPERLINK(1)", "no program takes it for a formula"
    assert (one["total_amount"], one["total_currency"], one["total_cny"]) == ("1200000000.00", "CNY", "1200000000.00")
    assert one["contracted_usd"] == "98000000.00"
    assert rows["milestones"] == len(table(files["milestones.csv"])) > 0
    assert rows["targets"] == 20
    assert b"755 1234" not in b"".join(files.values())
    signed = [line for line in table(files["money.csv"]) if line["money_kind"] == "contract_signed"]
    assert {line["basis"] for line in signed} <= {"reported", "confirmed"}


def test_each_reader_gets_what_they_read(app, two):
    """Whoever the table of rights lets make the files, they hold what that person reads: here somebody of a district."""
    with app.app_context():
        files, _rows = jobs.files_of(actor("officer.baoan"))
        db.session.remove()
    assert {one["investor"] for one in table(files["leads.csv"])} == {"Norvenhoek BV"}
    assert "Kestovar" not in b"".join(files.values()).decode("utf-8", "replace")
    assert not table(files["milestones.csv"])
    assert not table(files["attribution.csv"])


def test_a_first_report_says_how_well_it_is_evidenced(app, clock_at):
    clock_at("2026-11-16 09:00")
    with app.app_context():
        claimed(clock.now() - timedelta(days=3))
        files, _rows = jobs.files_of(actor("coordinator"))
        db.session.remove()
    line = table(files["claims.csv"])[0]
    assert (line["evidence_count"], line["evidence_level"]) == ("1", "basic")
    assert list(line)[-1] == "evidence_level", "what is new comes at the end"
    assert ("claims", "evidence_level", "strong") in {tuple(one.values())[:3] for one in table(files["codes.csv"])}


def test_events_and_what_is_put_to_them(app, two):
    with app.app_context():
        fair, gone = an_event("=Fair"), an_event("Entered twice", by="coordinator")
        put(two, gone)
        put(two, fair, was=gone, reason="entered twice")
        with unit_of_work():
            events.withdraw_event(gone.public_id, "twice", actor=actor("coordinator"), now=clock.now())
        files, rows = jobs.files_of(actor("coordinator"))
        theirs, _rows = jobs.files_of(actor("officer.baoan"))
        db.session.remove()
    assert rows["events"] == rows["event_leads"] == 1
    event, link = table(files["events.csv"])[0], table(files["event_leads.csv"])[0]
    assert (event["event"], event["event_kind"], event["first_on"], event["country"]) == ("'=Fair", "fair", "2026-09-08", "DE")
    assert (link["event_id"], link["event_role"]) == (event["event_id"], "source")
    assert len(table(theirs["events.csv"])) == 1, "events are no secret of a unit"
    assert not table(theirs["event_leads.csv"]), "what came of them is, for leads that they may not read"


@pytest.mark.only_on("sqlite")
def test_by_page_through_a_job(app, signed_in, two):
    browser = signed_in("coordinator")
    page = browser.get("/datasets/").submit("/datasets/").follow()
    assert "等待开始" in page.main
    browser.get(page.path, htmx=True)
    browser.get(f"{page.path}/datasets.zip", status=404)
    with app.app_context():
        assert work_off() >= 1
        db.session.remove()
    done = browser.get(page.path)
    assert "下载全部文件" in done.main
    answer = browser.get(f"{page.path}/datasets.zip")
    with zipfile.ZipFile(io.BytesIO(answer.response.data)) as archive:
        names = set(archive.namelist())
        manifest = json.loads(archive.read("manifest.json"))
        assert len(table(archive.read("leads.csv"))) == 2
    assert names == {f"{name}.csv" for name in DATASETS} | {"dictionary.csv", "dictionary.xlsx", "codes.csv", "manifest.json"}
    rows = {one["name"]: one["rows"] for one in manifest["files"]}
    assert (manifest["format"], rows["leads.csv"], manifest["made_by"]) == ("1", 2, "coordinator")
    assert manifest["serial"].startswith("SZ-BG-")
    assert manifest["rates_of"]
    with app.app_context():
        acts = set(db.session.scalars(select(AuditLine.action)))
        assert {"report.datasets", "file.opened"} <= acts
        assert db.session.scalars(select(StoredFile).where(StoredFile.kind == "zip")).one().purpose == "result"
        told = db.session.scalars(select(Notification).where(Notification.code == "dataset.done")).one()
        assert told.user_id == someone("coordinator").id
    assert "数据集已生成" in browser.get("/messages/").main
    assert manifest["serial"] in browser.get("/datasets/").main


@pytest.mark.only_on("sqlite")
def test_nobody_else_makes_or_reads_them(app, signed_in, two):
    page = signed_in("coordinator").get("/datasets/").submit("/datasets/").follow()
    for username in ("manager.nanshan", "leader", "auditor"):
        other = signed_in(username)
        other.get("/datasets/", status=403)
        other.get(page.path, status=403)
        other.post("/datasets/", status=403)


@pytest.mark.only_on("sqlite")
def test_by_command(app, two, tmp_path):
    run = app.test_cli_runner().invoke
    done = run(args=["datasets", "export", str(tmp_path / "out"), "--as", "coordinator", "--json"])
    assert done.exit_code == 0, done.output
    manifest = json.loads(done.stdout)
    assert json.loads((tmp_path / "out" / "manifest.json").read_text("utf-8")) == manifest
    assert len(table((tmp_path / "out" / "leads.csv").read_bytes())) == 2
    for who in ("officer.nanshan", "nobody"):
        refused = run(args=["datasets", "export", str(tmp_path / "no"), "--as", who])
        assert refused.exit_code == 2
        assert refused.stderr.strip()
    assert not (tmp_path / "no").exists()
    (tmp_path / "file").write_text("x")
    assert run(args=["datasets", "export", str(tmp_path / "file" / "x"), "--as", "coordinator"]).exit_code == 2


def test_rates_of_days_to_come_wait(app, clock_at):
    clock_at("2026-06-18 09:00")
    with app.app_context():
        now = rates.in_force(clock.today())
        with unit_of_work():
            add_rate("USD", date(2026, 7, 10), Decimal("7.1"), "SAFE", actor=actor("coordinator"), now=clock.now())
        assert rates.in_force(clock.today()) == now < date(2026, 7, 10)
