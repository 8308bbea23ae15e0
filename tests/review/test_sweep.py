"""The sweep: what it finds, that it goes on where it was, what it asks again and what it does not."""

import json
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from crm.companies import services as companies
from crm.companies.models import Company
from crm.companies.rules import NewCompany
from crm.core import clock
from crm.core.db import db, unit_of_work
from crm.core.errors import Forbidden, NotFound
from crm.jobs import jobs
from crm.jobs.models import Job
from crm.review import jobs as review_jobs
from crm.review import services
from crm.review.models import ReviewPair, ReviewSweep
from crm.review.queries import finding
from tests.builders import a_company, a_lead, actor
from tests.desk.commands import flask
from tests.review.stories import only, say


def pairs(app):
    """(a, b, verdict, state) by name."""
    with app.app_context():
        names = {row[0]: row[1] for row in db.session.execute(select(Company.id, Company.name))}
        found = db.session.scalars(select(ReviewPair).order_by(ReviewPair.a_id, ReviewPair.b_id))
        rows = [(names[p.a_id], names[p.b_id], p.verdict, p.state) for p in found]
        db.session.remove()
        return rows


@pytest.fixture
def twins(app):
    """Two spellings of one firm, and one that has nothing to do with them."""
    a_company("朝凪電子株式会社", country="JP")
    a_company("朝凪电子", country="JP")
    a_company("Dunmorrow Photonics GmbH")


def test_it_finds_spellings_of_one_firm(app, twins, swept):
    assert swept()["compared"] == 3
    assert pairs(app) == [("朝凪電子株式会社", "朝凪电子", "same", "open")]


def test_it_stores_what_the_queue_shows(app, swept):
    a_lead("朝凪電子株式会社", by="officer.nanshan", country="JP", total=None)
    a_lead("朝凪电子", by="officer.baoan", country="JP")
    swept()
    with app.app_context():
        pair = db.session.scalars(select(ReviewPair)).one()
        assert (pair.units, pair.a_money, pair.b_money, pair.state) == (2, 0, 0, "open")
        assert pair.certainty in (2, 3)
        assert pair.reasons[0][1] == "for"
        assert pair.a_id < pair.b_id
        assert pair.group_key == pair.a_id


def test_twice_is_once(app, twins, swept):
    assert (swept()["added"], swept()["added"]) == (1, 0)
    assert len(pairs(app)) == 1


def test_a_stranger_may_not(app):
    with app.app_context():
        for username in ("officer.nanshan", "manager.nanshan", "leader", "sysadmin"):
            with pytest.raises((Forbidden, NotFound)), unit_of_work():
                services.start_sweep(full=True, actor=actor(username), now=clock.now())


SIGNS = "碧澜屿杜姆凯斯托瓦罗米拉贝诺文霍克伦佩森古特"


def many(count):
    for number in range(count):
        stem = "".join(SIGNS[place % len(SIGNS)] for place in (number, number * 7 + 3, number // 5 + 11))
        a_company(f"{stem}光学有限公司", country="CN")
        if number % 4 == 0:
            a_company(f"{stem}光學", country="TW")


def test_a_killed_worker_goes_on_where_it_was(app, swept, monkeypatch):
    """The session is dropped in the middle; the next worker compares only what is left, and finds the same pairs."""
    monkeypatch.setattr(finding, "CHUNK", 7)
    with app.app_context(), unit_of_work():
        many(24)
    with app.app_context():
        total = db.session.scalar(select(func.count()).select_from(Company))
        with unit_of_work():
            sweep_id = services.start_sweep(full=True, actor=actor("coordinator"), now=clock.now()).id
        assert review_jobs.one_chunk(sweep_id)
        assert review_jobs.one_chunk(sweep_id)
        lost = finding.next_chunk(sweep_id)  # compared, but the worker dies before it is stored
        db.session.remove()
        assert lost.count == 7
    with app.app_context():
        with unit_of_work():
            again = services.start_sweep(full=True, actor=actor("coordinator"), now=clock.now())
            assert (again.id, again.compared) == (sweep_id, 14)
        assert review_jobs.sweep_now(sweep_id)["compared"] == total
        assert db.session.get_one(ReviewSweep, sweep_id).finished_at is not None
    in_parts = pairs(app)
    with app.app_context(), unit_of_work():
        for pair in db.session.scalars(select(ReviewPair)):
            db.session.delete(pair)
    monkeypatch.setattr(finding, "CHUNK", 500)
    swept()
    assert pairs(app) == in_parts
    assert in_parts


def test_a_chunk_is_stored_once(app, twins):
    with app.app_context():
        with unit_of_work():
            sweep_id = services.start_sweep(full=True, actor=actor("coordinator"), now=clock.now()).id
        compared = finding.next_chunk(sweep_id)
        for _again in range(2):
            with unit_of_work():
                assert services.store_chunk(sweep_id, compared, now=clock.now()).compared == 3


def decide(app, verdict, *, now=None):
    with app.app_context(), unit_of_work():
        a, b = db.session.scalars(select(Company).where(Company.country == "JP").order_by(Company.id))
        companies.decide_pair(a, b, verdict, "said so", actor=actor("coordinator"), now=now or clock.now())


@pytest.mark.parametrize("verdict", ["different", "related"])
def test_what_was_decided_is_not_asked(app, twins, swept, verdict):
    decide(app, verdict)
    swept()
    assert pairs(app) == []


def test_what_is_decided_while_it_waits_leaves_the_queue(app, twins, swept):
    swept()
    decide(app, "different")
    swept()
    assert pairs(app) == []


def test_it_is_asked_again_after_a_name_was_added(app, twins, swept, clock_at):
    start = clock_at("2027-06-18 09:00")
    decide(app, "different", now=start)
    swept()
    clock_at(start + timedelta(days=2))
    with app.app_context(), unit_of_work():
        company = db.session.scalars(select(Company).where(Company.name == "朝凪电子")).one()
        learnt = NewCompany(name=company.name, other_names=("Asanagi Denshi",))
        companies.learn(company, learnt, actor=actor("coordinator"), now=clock.now())
    assert swept(full=False) == {"compared": 1, "added": 1}
    assert [row[3] for row in pairs(app)] == ["open"]


def test_it_compares_only_what_changed(app, twins, swept, clock_at):
    start = clock_at("2027-06-18 09:00")
    assert swept(full=False)["compared"] == 3, "the first one is about everything"
    clock_at(start + timedelta(hours=1))
    a_company("Kestovar Optics AG")
    clock_at(start + timedelta(hours=2))
    assert swept(full=False)["compared"] == 1
    assert swept(full=True)["compared"] == 4


def test_what_is_no_more_alike_goes(app, twins, swept):
    swept()
    with app.app_context(), unit_of_work():
        company = db.session.scalars(select(Company).where(Company.name == "朝凪电子")).one()
        for name in company.names:
            name.text, name.key = "无关之物", "x"
        company.name = "无关之物"
        companies.reindex(company)
    swept()
    assert pairs(app) == []


def test_what_was_decided_while_it_was_compared_stays_decided(app, twins, swept):
    swept()
    with app.app_context():
        with unit_of_work():
            company = db.session.scalars(select(Company).where(Company.name == "朝凪电子")).one()
            for name in company.names:
                name.text, name.key = "无关之物", "x"
            companies.reindex(company)
            sweep_id = services.start_sweep(full=True, actor=actor("coordinator"), now=clock.now()).id
        compared = finding.next_chunk(sweep_id)
        assert compared.gone
    say(app, only(app), "related")
    with app.app_context(), unit_of_work():
        services.store_chunk(sweep_id, compared, now=clock.now())
    assert [row[3] for row in pairs(app)] == ["decided"]


def test_a_hundred_of_one_name_stay_bounded(app, swept):
    with app.app_context(), unit_of_work():
        for _number in range(100):
            a_company("星海电子有限公司", country="CN")
    swept()
    with app.app_context():
        counts = finding.db.session.execute(select(ReviewPair.a_id, ReviewPair.b_id)).all()
        each = {}
        for both in counts:
            for company_id in both:
                each[company_id] = each.get(company_id, 0) + 1
        assert max(each.values()) <= 30
        groups = {}
        for pair in db.session.scalars(select(ReviewPair)):
            groups.setdefault(pair.group_key, set()).update((pair.a_id, pair.b_id))
        assert max(len(found) for found in groups.values()) <= 12


def test_as_a_job_it_counts_and_tells(app, twins, signed_in):
    browser = signed_in("coordinator")
    answer = browser.post("/review/sweeps")
    assert "/jobs/" in answer.location
    again = browser.post("/review/sweeps")
    assert again.location == answer.location, "one sweep at a time"
    with app.app_context():
        assert jobs.work_off() == 1
        job = db.session.scalars(select(Job)).one()
        assert (job.state, job.done, job.total, job.result) == ("done", 3, 3, {"compared": 3, "added": 1})
    assert "全库比对完成：3 家，新增 1 对" in browser.get("/messages/").main
    assert "已完成" in browser.get(answer.location).main


@pytest.mark.only_on("sqlite")
def test_by_command(app, twins):
    told = flask(app, "review", "sweep", "--full", "--json", "--as", "coordinator")
    assert json.loads(told.stdout) | {"seconds": 0} == {"compared": 3, "added": 1, "seconds": 0}
    for nobody in ("nobody", "officer.nanshan"):
        told = flask(app, "review", "sweep", "--json", "--as", nobody)
        assert told.exit_code == 2
        assert '"error"' in told.stdout
