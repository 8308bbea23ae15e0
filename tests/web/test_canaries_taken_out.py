"""Words that leave the pages: in every paper, workbook and archive that a person can take, and in the logs of the web and the
worker. In a file a word stands only if the table lets its reader read it, and somewhere if so; in a log none stands at all.

The product sends no mail: messages are rows, read on a page (tests/web/test_shared_and_sealed.py looks there).
"""

import logging
import zipfile
from datetime import timedelta
from io import BytesIO, StringIO

import openpyxl
import pytest
from sqlalchemy import insert

from crm.batches import services as batches
from crm.batches.rules.periods import EditionKind
from crm.companies.models import Contact
from crm.core import clock
from crm.core.db import db, unit_of_work
from crm.jobs import jobs, services
from crm.leads.queries import access
from crm.policy import rules as policy
from crm.policy.rules import Role
from crm.returns import services as returns
from crm.web import logs
from tests import printed
from tests.builders import a_unit, actor, someone
from tests.house.source import ROOT
from tests.long import mostly_full
from tests.pages import PageClient
from tests.reports.test_pages import said as said_in_word
from tests.web import shared_city
from tests.web.shared_city import PEOPLE
from tests.web.test_matrix import _datasets_of, _filled_in
from tests.web.world import CANARIES

FIELDS = CANARIES | {"code": ("lead", "read_card")}
HIDDEN = ("contact", "phone", "email")
ANY = (200, 303, 403, 404, 409, 422)
READERS = tuple(name for name in PEOPLE if name not in ("auditor", "sysadmin", "secadmin"))
# Whose copies are printed too: a pdf says what the paper says, and takes longer.
PRINTED = {"coordinator": ("signed",), "leader": ("sealed.open",), "officer.baoan": ("edit.open",)}

pytestmark = pytest.mark.only_on("sqlite")


@pytest.fixture
def city(app):
    """The shared city with an edition of its projects, and the week's return of the unit that follows them."""
    found = shared_city.build(app)
    with app.app_context():
        now = clock.now()
        with unit_of_work():
            found.edition = batches.freeze_edition(
                EditionKind.WEEKLY, None, city="SZ", idle_days=30, actor=actor("coordinator"), now=now
            ).public_id
        with unit_of_work():
            monday = clock.today() - timedelta(days=clock.today().weekday())
            unit, who = a_unit("SZ-NS").public_id, actor("manager.nanshan")
            found.weekly = returns.open_return(unit, monday, actor=who, now=now).public_id
            found.monday = monday.isoformat()
        found.leader = someone("leader").public_id
        db.session.remove()
    return found


def _in_book(content):
    book = openpyxl.load_workbook(BytesIO(content))
    return "\n".join(str(c.value) for sheet in book for row in sheet.iter_rows() for c in row if c.value is not None)


def _of_archive(content):
    with zipfile.ZipFile(BytesIO(content)) as files:
        return "\n".join(files.read(name).decode("utf-8", "replace") for name in files.namelist())


READ = {"xlsx": _in_book, "docx": lambda content: said_in_word(content) + _of_archive(content), "pdf": printed.said}


def _taken(app, browser, city, username):
    """(file, what it says) of everything that a person is handed."""
    paths = [
        f"/batches/editions/{city.edition}/edition.xlsx", f"/batches/editions/{city.edition}/edition.docx",
        f"/returns/{city.weekly}/return.docx", f"/returns/weeks/{city.monday}/week.xlsx",
        f"/leader/{city.leader}/sheet.docx", "/reports/districts.xlsx",
        "/leads/export.xlsx?stage=all&scope=city", "/go-live/conflicts.xlsx",
        *(f"/leads/{lead.public_id}/brief.docx" for lead in city.leads.values()),
    ]  # fmt: skip
    for name in PRINTED.get(username, ()):
        paths += [
            f"/batches/editions/{city.edition}/edition.pdf", f"/leads/{city.leads[name].public_id}/brief.pdf",
            f"/leader/{city.leader}/sheet.pdf",
        ]  # fmt: skip
    for path in paths:
        answer = browser.get(path, status=ANY, ceiling=200)
        if answer.status == 200:
            yield path, READ[path.partition("?")[0].rpartition(".")[2]](answer.response.get_data())
    yield "filling", "\n".join(_filled_in(app, browser, None))
    yield "datasets", "\n".join(_datasets_of(app, browser))
    yield from _packs(app, browser, city, username)


def _packs(app, browser, city, username):
    """A meeting pack made for this person: its page and its files."""
    page = browser.get(f"/meetings/?edition={city.edition}", status=ANY, ceiling=200)
    if page.status != 200:
        return
    yield "pack page", page.html
    made = browser.post("/meetings/", {"edition": city.edition, "once": username.ljust(22, "k")[:22]}, status=303).location
    with app.app_context():
        jobs.work_off()
        db.session.remove()
    for form in ("docx", "pdf"):
        answer = browser.get(f"{made}/{form}", status=200)
        yield f"pack {form}", READ[form](answer.response.get_data())


@pytest.mark.parametrize("everybody", mostly_full([True, False], False))
def test_every_file_says_what_the_table_says(app, city, everybody):
    wrong, looked, files, seen = [], 0, 0, set()
    for username in READERS if everybody else ("officer.baoan",):
        with app.app_context():
            who = actor(username)
            stands = {name: policy.towards_lead(who, access.lead_of(lead.id)) for name, lead in city.leads.items()}
            db.session.remove()
        browser = PageClient(app)
        browser.sign_in(username)
        for file, text in _taken(app, browser, city, username):
            files += bool(text)
            for name, lead in city.leads.items():
                for kind, (record, action) in FIELDS.items():
                    looked += 1
                    if lead.words[kind] in text:
                        seen.add((username, name, kind))
                        if not policy.can(stands[name], record, action):
                            wrong.append(f"{username}: {kind} of {name} leaks in {file}")
                for kind in HIDDEN:
                    looked += 1
                    if lead.words[kind] in text:
                        wrong.append(f"{username}: {kind} of {name} stands unmasked in {file}")
        for name in city.leads:  # files that say nothing would leak nothing
            names = policy.can(stands[name], "lead", "read_names")
            if names and who.role is not Role.LEADER and (username, name, "title") not in seen:
                wrong.append(f"{username}: title of {name} is in no file")
    assert not wrong, "\n".join(wrong[:60])
    assert files > (100 if everybody else 5), files
    assert looked > (20_000 if everybody else 1_000), looked


@pytest.fixture
def log():
    """What the web and the worker write, as they write it."""
    written, root = StringIO(), logging.getLogger()
    handler, level = logging.StreamHandler(written), root.level
    handler.setFormatter(logs.formatter())
    root.addHandler(handler)
    root.setLevel("INFO")
    yield written
    root.removeHandler(handler)
    root.setLevel(level)


def test_no_log_says_a_word(app, log, monkeypatch):
    """Pages, searches, checks, exports, jobs that succeed, and requests and jobs that fail over a statement with a name in it."""
    city = shared_city.build(app)
    words = {name: lead.words | {"phone": lead.words["phone"]} for name, lead in city.leads.items()}

    def fail(*_args, **_facts):
        one = words["open"]
        db.session.execute(insert(Contact).values(name=one["contact"], phone=one["phone"], title=one["investor"]))

    for username in ("officer.nanshan", "coordinator", "leader"):
        browser = PageClient(app)
        browser.sign_in(username)
        browser.get("/leads?stage=all&scope=city&size=100", status=ANY, ceiling=80)
        for lead in city.leads.values():
            browser.get(f"/leads/{lead.public_id}", status=ANY, ceiling=80)
            browser.get(f"/files/{lead.file}", status=ANY)
            browser.get("/leads", query_string={"q": lead.words["investor"]}, status=ANY, ceiling=80)
            browser.post("/leads/matches", {"investor": f"{lead.words['investor']} GmbH"}, status=ANY, htmx=True)
        with monkeypatch.context() as broken:
            broken.setattr("crm.desk.views.pages.queries.lead_page", fail)
            browser.get(f"/leads/{city.leads['open'].public_id}", status=500)
    monkeypatch.setitem(jobs._handlers, "meetings.make", fail)
    with app.app_context():
        with unit_of_work():
            job = services.enqueue("meetings.make", {}, actor=actor("coordinator"), now=clock.now()).public_id
        jobs.work_off()
        db.session.remove()
    assert "unexpected failure" in log.getvalue()
    assert "job failed" in log.getvalue()
    told = PageClient(app)
    told.sign_in("coordinator")
    text, looked = log.getvalue() + told.get(f"/jobs/{job}", status=ANY).html, 0
    assert len(log.getvalue().splitlines()) > 3
    for name, said in words.items():
        for kind, word in said.items():
            looked += 1
            assert word not in text, f"{kind} of {name} stands in a log"
    assert looked > 150


def test_values_that_broke_a_constraint_stay_out(log):
    """As PostgreSQL tells them."""
    said = "duplicate key\nDETAIL:  Key (name)=(Qcanaryx) already exists.\nHINT: none"
    try:
        raise ValueError(said)
    except ValueError:
        logging.getLogger("crm.test").exception("unexpected failure")
    assert "Qcanaryx" not in log.getvalue()
    assert "HINT: none" in log.getvalue()


def test_no_access_log_and_no_mail():
    """Searches stand in addresses: the server that dev.py starts writes none down. Nothing sends mail."""
    assert "--access-logfile" not in (ROOT / "dev.py").read_text("utf-8")
    sends = [path for path in (ROOT / "crm").rglob("*.py") if "smtplib" in path.read_text("utf-8")]
    assert not sends
