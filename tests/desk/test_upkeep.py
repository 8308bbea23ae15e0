"""`flask prepare`, `flask demo remove`, `flask check-deploy`, `/healthz`: from an empty database to one that may serve."""

import os
from pathlib import Path

import pytest
from sqlalchemy import Engine, delete, func, select, text
from sqlalchemy.exc import OperationalError

from crm.accounts.models import User
from crm.accounts.rules import DEMO_PASSWORD
from crm.app import create_app
from crm.clusters.models import Cluster
from crm.companies import queries as companies
from crm.companies.models import Company, CompanyName
from crm.core import clock
from crm.core.db import db, unit_of_work
from crm.demo import services as demo
from crm.exchange.models import Import, ImportRow
from crm.files import services as files
from crm.leads import services as leads
from crm.leads.models import Lead
from crm.leads.queries.hits import hits_for, subject_of
from crm.leads.rules.lead import Decision, Decisions, HitDecision
from crm.notifications.models import Notification
from crm.policy.rules import Role
from crm.rates.models import ExchangeRate
from crm.units.models import Unit
from tests import databases
from tests.builders import a_lead, a_person, a_unit, actor, new_lead, someone
from tests.desk.commands import flask
from tests.files.test_rules import PDF
from tests.pages import PageClient

KEY = "a key of the tests that is long enough to stand"


def rows(app) -> dict[str, int]:
    with app.app_context():
        tables = (Unit, Cluster, ExchangeRate, User, Lead, Company)
        return {table.__name__: db.session.scalar(select(func.count()).select_from(table)) for table in tables}


@pytest.fixture
def nobody(app):
    """The app on a database that was prepared and nothing more."""
    with app.app_context(), unit_of_work():
        db.session.execute(delete(User))
    return app


class TestPreparing:
    """It may be run again at any time."""

    def test_twice_is_once(self, nobody):
        before = rows(nobody)
        for _ in range(2):
            result = flask(nobody, "prepare")
            assert result.exit_code == 0, result.output
            assert result.stdout.splitlines() == [
                "units: 0 added",
                "clusters: 0 added",
                "rates: 0 added",
                "protection rules: 0 added",
                "targets: 0 added",
            ]
        assert rows(nobody) == before

    def test_what_is_missing_is_added_and_what_the_city_edited_stays(self, nobody):
        with nobody.app_context(), unit_of_work():
            db.session.execute(delete(ExchangeRate).where(ExchangeRate.currency == "USD"))
            db.session.get_one(Unit, a_unit("SZ-NS").id).zh = "南山新区"
        result = flask(nobody, "prepare", "--empty")
        assert "units: 0 added" in result.stdout
        assert "rates: 0 added" not in result.stdout
        assert a_unit("SZ-NS").zh == "南山新区"
        with nobody.app_context():
            assert db.session.scalar(select(func.count()).where(ExchangeRate.currency == "USD")) > 0

    @pytest.mark.only_on("sqlite")
    def test_from_nothing(self, app, tmp_path):
        databases.remove("sqlite", "nothing")
        empty = create_app(databases.settings("sqlite", "nothing"))
        try:
            assert PageClient(empty).get("/healthz", status=503).response.json["status"] == "not migrated"
            for command in (["accounts", "list"], ["check-deploy"], ["backup", str(tmp_path / "b.tgz")], ["audit", "verify"]):
                result = flask(empty, *command)
                assert (result.exit_code, result.stdout) == (2, ""), command
                assert "not laid out for this release; type: flask --app wsgi prepare" in result.stderr
            assert not list(tmp_path.iterdir())
            assert flask(empty, "prepare").exit_code == 0
            assert PageClient(empty).get("/healthz").response.json == {"status": "ok", "database": True}
            assert rows(empty)["Unit"] == rows(app)["Unit"]
        finally:
            databases.release(empty)
            databases.remove("sqlite", "nothing")

    def test_the_demo_once(self, nobody, monkeypatch):
        monkeypatch.setattr(demo, "LEADS", 12)
        first = flask(nobody, "prepare", "--demo")
        assert first.exit_code == 0, first.output
        assert f"{len(demo.PEOPLE)} accounts, 12 leads" in first.stdout
        before = rows(nobody)
        assert before["Lead"] == 12
        second = flask(nobody, "prepare", "--demo")
        assert "already there" in second.stdout
        assert rows(nobody) == before
        page = PageClient(nobody).get("/account/sign-in")
        page.submit("/sign-in", {"username": "officer.nanshan", "password": DEMO_PASSWORD})


@pytest.fixture
def shown(nobody, monkeypatch):
    """A demo that real people have worked in as well."""
    monkeypatch.setattr(demo, "LEADS", 12)
    assert flask(nobody, "prepare", "--demo").exit_code == 0
    for username, role in (("lin.wei", Role.OFFICER), ("wang.fang", Role.DISTRICT_MANAGER)):
        a_person(username, role, "SZ-NS")
    return nobody


def demo_leads(app) -> list[str]:
    with app.app_context():
        return list(db.session.scalars(select(Lead.public_id).where(Lead.is_demo)))


def work_in(app) -> tuple[str, str]:
    """A real lead of a new firm, one of an invented firm, a file on an invented lead, messages, an import that met one."""
    who = actor("lin.wei")
    own = a_lead("Kestovar Robotics GmbH", by=who)
    with app.app_context():
        invented = db.session.scalars(select(Lead).where(Lead.is_demo, Lead.following_unit_id == who.unit_id)).first()
        assert invented is not None
        firm = invented.investor
        names = [name.text for name in firm.names]
        with unit_of_work():
            choice = HitDecision(firm.public_id, Decision.ANOTHER_PROJECT, reason="a plant")
            other = leads.log_lead(
                new_lead(investor=names[0], title="a plant", country=firm.country), Decisions((choice,)), unit=a_unit("SZ-NS"), city="SZ",
                actor=who, now=clock.now(),
            ).lead  # fmt: skip
        with unit_of_work():
            leads.report_again(invented, new_lead(investor=names[0]), actor=who, now=clock.now())
            root = app.config["FILES_PATH"]
            files.store_file(PDF, "minutes.pdf", purpose="evidence", root=root, actor=who, now=clock.now(), lead_id=invented.id)
            stored = files.store_file(b"a,b\n", "list.csv", purpose="import", root=root, actor=who, now=clock.now())
            batch = Import(
                kind="leads",
                file_id=stored.id,
                file_name="list.csv",
                unit_id=who.unit_id,
                started_by_id=who.user_id,
                started_at=clock.now(),
            )
            db.session.add(batch)
            db.session.flush()
            db.session.add(
                ImportRow(import_id=batch.id, row=1, outcome="skipped", reasons=[], cells={}, values={}, duplicate_rows=[], matches=[],
                          lead_id=invented.id, company_id=firm.id)
            )  # fmt: skip
            told = Notification(user_id=someone("wang.fang").id, code="lead.queued", facts={"number": invented.number, "name": "x"},
                                subject_type="lead", subject_public_id=invented.public_id, created_at=clock.now())  # fmt: skip
            db.session.add(told)
        return own.public_id, other.public_id


class TestRemovingTheDemo:
    """Gone by one command, and nothing else with it."""

    def test_invented_leads_go_real_ones_stay(self, shown):
        own, other = work_in(shown)
        count = len(demo_leads(shown))
        result = flask(shown, "demo", "remove")
        assert result.exit_code == 0, (result.output, result.exception)
        assert f"{count} leads removed" in result.stdout
        with shown.app_context():
            assert set(db.session.scalars(select(Lead.public_id))) == {own, other}
            assert db.session.scalar(select(func.count()).select_from(Company)) == 2
            assert db.session.scalar(select(func.count()).select_from(ImportRow)) == 1
            codes = db.session.scalars(select(Notification.subject_public_id).where(Notification.subject_type == "lead"))
            assert set(codes) <= {own, other}
            lead = db.session.scalars(select(Lead).where(Lead.public_id == other)).one()
            typed = db.session.scalars(select(CompanyName.text).where(CompanyName.company_id == lead.investor_id)).first()
            found = hits_for(subject_of(new_lead(investor=typed, country=None)), actor=actor("lin.wei"))
            assert [hit.lead.public_id for hit in found.shown if hit.lead] == [other], "a firm that stays is still met"
            assert companies.count() == 2
        assert flask(shown, "audit", "verify").exit_code == 0
        again = flask(shown, "demo", "remove")
        assert "0 leads removed" in again.stdout

    def test_the_demo_accounts_are_closed(self, shown):
        browser = PageClient(shown)
        browser.sign_in("officer.nanshan")
        flask(shown, "demo", "remove")
        browser.get("/", status=303)
        page = PageClient(shown).get("/account/sign-in")
        assert DEMO_PASSWORD not in page.html
        page.submit("/sign-in", {"username": "officer.nanshan", "password": DEMO_PASSWORD}, status=422)
        real = PageClient(shown)
        real.sign_in("lin.wei")
        real.get("/")
        real.get("/leads")

    def test_the_real_persons_pages_still_answer(self, shown):
        _own, other = work_in(shown)
        flask(shown, "demo", "remove")
        for username in ("lin.wei", "wang.fang"):
            browser = PageClient(shown)
            browser.sign_in(username)
            for path in ("/", "/leads", "/leads?stage=all", "/messages/", f"/leads/{other}"):
                browser.get(path)


def deployed(monkeypatch, app, *, in_environment=True, **changed) -> tuple[int, str]:
    """`flask check-deploy` on a configuration that is fit, but for what is changed."""
    facts = {
        "PRODUCTION": True, "SECRET_KEY": KEY, "PUBLIC_URL": "https://board.example", "TRUSTED_HOSTS": ["board.example"], "TESTING": False,
        "JOBS_INLINE": False, "PROXY_HOPS": 1,
    } | changed  # fmt: skip
    monkeypatch.setenv("SECRET_KEY", facts["SECRET_KEY"])
    if not in_environment:
        monkeypatch.delenv("SECRET_KEY")
    for name, value in facts.items():
        monkeypatch.setitem(app.config, name, value)
    result = flask(app, "check-deploy")
    return result.exit_code, result.stdout


class TestFitForProduction:
    """`flask check-deploy` and the refusal to start."""

    def test_a_fit_one(self, app, monkeypatch):
        code, said = deployed(monkeypatch, app)
        assert "fail:" not in said
        assert code == 0

    @pytest.mark.only_on("sqlite")
    @pytest.mark.parametrize(("changed", "words"), [
        ({"PRODUCTION": False}, "ONE_BOARD_ENV"), ({"SECRET_KEY": "short"}, "shorter than 32"), ({"in_environment": False}, "not set by the environment"),
        ({"PUBLIC_URL": "http://board.example"}, "not https"), ({"TRUSTED_HOSTS": None}, "TRUSTED_HOSTS"),
        ({"TRUSTED_HOSTS": ["crm.example"]}, "PUBLIC_URL is none of TRUSTED_HOSTS"), ({"TESTING": True}, "debug or testing"),
        ({"JOBS_INLINE": True}, "inline"), ({"SESSION_IDLE_MINUTES": 600}, "idle"), ({"SESSION_HOURS": 48}, "twelve hours"),
        ({"MAX_CONTENT_LENGTH": 10**9}, "MAX_CONTENT_LENGTH"), ({"WTF_CSRF_TIME_LIMIT": 3600}, "form tokens"),
        ({"FILES_PATH": "/nowhere/at/all/files"}, "files folder"),
    ])  # fmt: skip
    def test_each_setting_is_looked_at(self, app, monkeypatch, changed, words):
        code, said = deployed(monkeypatch, app, **changed)
        failures = [line for line in said.splitlines() if line.startswith("fail:")]
        assert code == 1
        assert len(failures) == 1
        assert words in failures[0]

    @pytest.mark.parametrize("username", ["sysadmin", "secadmin", "auditor"])
    def test_the_three_administrators_are_there(self, app, monkeypatch, username):
        with app.app_context(), unit_of_work():
            someone(username).disabled_at = clock.now()
        code, said = deployed(monkeypatch, app)
        assert code == 1
        assert "1 failures" in said

    def test_the_audit_chain_is_walked(self, app, monkeypatch):
        a_lead()
        with app.app_context(), unit_of_work():
            db.session.execute(text("UPDATE audit_line SET action = 'x' WHERE seq = 1"))
        code, said = deployed(monkeypatch, app)
        assert code == 1
        assert "audit chain" in said

    def test_open_demo_accounts_fail_and_stop_the_start(self, shown, monkeypatch, database_kind):
        code, said = deployed(monkeypatch, shown)
        assert code == 1
        assert "flask demo remove" in said
        settings = databases.settings(database_kind, "board", PRODUCTION=True)
        databases.release(shown)
        with pytest.raises(SystemExit, match="demo accounts"):
            create_app(settings)
        assert flask(shown, "demo", "remove").exit_code == 0
        databases.release(create_app(settings))

    @pytest.mark.only_on("sqlite")
    def test_a_database_that_others_read_is_warned_about(self, app, monkeypatch):
        path = Path(app.config["SQLALCHEMY_DATABASE_URI"].removeprefix("sqlite:///"))
        os.chmod(path, 0o644)
        code, said = deployed(monkeypatch, app, PROXY_HOPS=0)
        assert code == 0, "a warning is for people"
        assert "warn: PROXY_HOPS" in said
        assert f"warn: {path.name} can be read" in said


def _gone(*_arguments):
    raise OperationalError("SELECT 1", {}, Exception("the server closed the connection"))


class TestHealth:
    """What a gateway asks."""

    def test_by_a_name_that_is_none_of_ours(self, app, client, monkeypatch, caplog):
        monkeypatch.setitem(app.config, "TRUSTED_HOSTS", ["board.example"])
        for path in ("/healthz", "/", "/leads"):
            answer = client.http.get(path, headers={"Host": "elsewhere.example"})
            assert (answer.status_code, answer.mimetype) == (400, "text/plain")
            assert "TRUSTED_HOSTS" in answer.text
        assert client.http.get("/healthz", headers={"Host": "board.example"}).status_code == 200
        assert not [record for record in caplog.records if record.levelname == "ERROR"]

    def test_well(self, client):
        answer = client.get("/healthz").response
        assert answer.json == {"status": "ok", "database": True}
        assert "Set-Cookie" not in answer.headers

    def test_not_migrated(self, app, client):
        with app.app_context(), unit_of_work():
            db.session.execute(text("UPDATE alembic_version SET version_num = 'older'"))
        assert client.get("/healthz", status=503).response.json == {"status": "not migrated", "database": True}

    def test_not_laid_out(self, app, client):
        with app.app_context(), unit_of_work():
            db.session.execute(text("ALTER TABLE alembic_version RENAME TO elsewhere"))
        assert client.get("/healthz", status=503).response.json == {"status": "not migrated", "database": True}

    def test_no_database(self, client, monkeypatch):
        monkeypatch.setattr(Engine, "connect", _gone)
        assert client.get("/healthz", status=503).response.json == {"status": "unavailable", "database": False}
