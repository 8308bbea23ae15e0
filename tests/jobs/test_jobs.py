"""Long work: asked for with the change, done once, seen by who asked; a worker that dies loses nothing and repeats nothing."""

from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select, text

from crm.core import clock
from crm.core.db import db, is_sqlite, unit_of_work
from crm.exchange import jobs as exchange_jobs
from crm.exchange import services as exchange
from crm.exchange.models import Import, ImportRow
from crm.files import services as files
from crm.jobs import jobs, services
from crm.jobs.models import Job
from crm.jobs.rules import LEASE, MAX_ATTEMPTS, takeable
from crm.leads.models import Lead
from tests.builders import a_lead, actor, someone
from tests.desk.commands import flask
from tests.races import race, values

KIND = "exchange.judge"


def ask(app: Flask, kind: str = KIND, by: str | None = "officer.nanshan", total: int | None = None, **args) -> int:
    with app.app_context(), unit_of_work():
        return services.enqueue(kind, args, actor=actor(by) if by else None, now=clock.now(), total=total).id


def look(app: Flask, job_id: int) -> Job:
    with app.app_context():
        return db.session.get_one(Job, job_id, populate_existing=True)


def work(app: Flask) -> int:
    with app.app_context():
        return jobs.work_off()


def page_of(app: Flask, job_id: int) -> str:
    return f"/jobs/{look(app, job_id).public_id}"


@pytest.fixture
def does(monkeypatch):
    """`does(function)`: what a job of KIND does in this test."""
    return lambda function: monkeypatch.setitem(jobs._handlers, KIND, function)


class Killed(BaseException):
    """The worker is gone in the middle of its work: nothing of it runs any more."""


def test_it_is_done_once_with_its_arguments(app, does, clock_at):
    now = clock_at("2026-06-18 09:00")
    seen = []
    does(lambda progress: seen.append((progress.args, progress.asked_by_id)) or {"rows": 3})
    job_id = ask(app, number=7)
    assert [work(app), work(app)] == [1, 0]
    assert seen == [({"number": 7}, someone("officer.nanshan").id)]
    job = look(app, job_id)
    assert (job.state, job.result, job.attempts, job.finished_at, job.leased_by) == ("done", {"rows": 3}, 1, now, None)


def test_what_is_undone_asks_for_nothing(app, does, monkeypatch):
    woken = []
    monkeypatch.setattr(services, "_wake", [woken.append])
    with app.app_context():
        with pytest.raises(LookupError), unit_of_work():
            services.enqueue(KIND, {}, actor=actor(), now=clock.now())
            raise LookupError
        assert db.session.scalar(select(Job)) is None
    assert woken == [], "a worker is woken after the commit, never before"
    job_id = ask(app)
    assert woken == [job_id]


def test_counting_keeps_the_lease(app, does, clock_at):
    start = clock_at("2026-06-18 09:00")
    counted = []

    def slow(progress):
        for step in range(1, 5):
            clock_at(start + step * LEASE * 0.9)
            progress.count(step * 10, 40)
            job = look(app, progress.job_id)
            counted.append((job.done, job.total, job.leased_until > clock.now()))
            assert jobs.run_job(progress.job_id) is False, "another worker took a job whose worker is alive"
        return {}

    does(slow)
    job_id = ask(app)
    work(app)
    assert counted == [(10, 40, True), (20, 40, True), (30, 40, True), (40, 40, True)]
    assert look(app, job_id).state == "done"


def test_a_failure_is_tried_again_and_then_shown(app, does, signed_in):
    tries = []

    def broken(_progress):
        tries.append(1)
        raise ValueError("column 7 of a secret table")

    does(broken)
    job_id = ask(app)
    work(app)
    job = look(app, job_id)
    assert (len(tries), job.state, job.attempts) == (MAX_ATTEMPTS, "failed", MAX_ATTEMPTS)
    assert job.error == "ValueError: column 7 of a secret table"
    assert job.finished_at is not None
    page = signed_in("officer.nanshan").get(page_of(app, job_id))
    assert "失败" in page.main
    assert "secret table" not in page.html
    assert work(app) == 0


def test_one_bad_try_is_forgiven(app, does):
    tries = []

    def shaky(_progress):
        tries.append(1)
        if len(tries) < 3:
            raise OSError("the disk was busy")
        return {"ok": True}

    does(shaky)
    job_id = ask(app)
    work(app)
    assert (look(app, job_id).state, len(tries)) == ("done", 3)


def test_a_job_whose_worker_died_is_taken_up(app, does, clock_at):
    start = clock_at("2026-06-18 09:00")

    def dies(_progress):
        raise Killed

    does(dies)
    job_id = ask(app)
    with pytest.raises(Killed):
        work(app)
    assert look(app, job_id).state == "running"
    does(lambda _progress: {})
    assert work(app) == 0, "its lease is not over yet"
    clock_at(start + LEASE + timedelta(seconds=1))
    assert work(app) == 1
    assert (look(app, job_id).state, look(app, job_id).attempts) == ("done", 2)


def test_a_job_that_kills_its_workers_is_given_up_and_the_others_are_done(app, does, clock_at, signed_in):
    start = clock_at("2026-06-18 09:00")
    deadly = ask(app, deadly=True)
    clock_at(start + timedelta(seconds=1))
    other = ask(app)

    def kills(progress):
        if progress.args:
            raise Killed
        return {}

    does(kills)
    for number in range(1, MAX_ATTEMPTS + 1):
        clock_at(start + number * (LEASE + timedelta(seconds=2)))
        with pytest.raises(Killed):
            work(app)
    clock_at(start + 20 * LEASE)
    assert work(app) == 1
    assert look(app, other).state == "done"
    job = look(app, deadly)
    assert (job.state, job.attempts, job.error) == ("failed", MAX_ATTEMPTS, "the worker died")
    assert "失败" in signed_in("officer.nanshan").get(page_of(app, deadly)).main


def test_who_lost_the_lease_stops_without_a_word(app, does, clock_at):
    start = clock_at("2026-06-18 09:00")
    ran = []

    def slow(progress):
        ran.append(progress.worker)
        if len(ran) == 1:
            clock_at(start + 2 * LEASE)
            assert jobs.run_job(progress.job_id) is True, "a second worker takes what the first let lie"
            progress.count(99)
            raise AssertionError("it went on without its lease")
        progress.count(5)
        return {"by": len(ran)}

    does(slow)
    job_id = ask(app)
    work(app)
    job = look(app, job_id)
    assert (job.state, job.done, job.result, len(ran)) == ("done", 5, {"by": 2}, 2)


def test_the_first_worker_changes_nothing_while_the_second_works(app, clock_at):
    start = clock_at("2026-06-18 09:00")
    job_id = ask(app, total=40)
    with app.app_context():
        with unit_of_work():
            services.take(job_id, worker="first", now=start)
        later = start + 2 * LEASE
        with unit_of_work():
            assert services.take(job_id, worker="second", now=later) is not None
            assert services.beat(job_id, worker="second", done=10, total=None, now=later)
        with unit_of_work():
            assert not services.beat(job_id, worker="first", done=39, total=1, now=later)
            services.finish(job_id, worker="first", result={"by": "first"}, now=later)
            services.fail(job_id, worker="first", error="too late", now=later)
    job = look(app, job_id)
    assert (job.state, job.leased_by, job.done, job.total, job.result, job.error) == ("running", "second", 10, 40, None, None)


def grab(app, number, job_id):
    with app.app_context(), unit_of_work():
        return services.take(job_id, worker=f"worker {number}", now=clock.now()) is not None


def test_one_of_many_workers_takes_it(app):
    job_id = ask(app)
    assert sum(values(race(grab, 8, app, job_id))) == 1
    assert look(app, job_id).attempts == 1


def test_when_it_may_be_taken():
    now = clock.now()
    assert takeable("waiting", None, now)
    assert takeable("running", now - timedelta(seconds=1), now)
    assert not takeable("running", now, now)
    assert not takeable("done", None, now)
    assert not takeable("failed", now - LEASE, now)


def test_the_command_does_what_waits(app, does):
    does(lambda _progress: {})
    ask(app)
    ask(app)
    assert flask(app, "jobs", "once").stdout.strip() == "2 jobs done"


class TestThePage:
    """Progress for who asked."""

    def test_it_asks_again_until_it_is_over(self, app, signed_in):
        job_id = ask(app, total=40)
        browser, path = signed_in("officer.nanshan"), page_of(app, job_id)
        waiting = browser.get(path)
        assert waiting.root.all("div", id="progress")[0].get("hx-get") == path
        with app.app_context(), unit_of_work():
            services.take(job_id, worker="w", now=clock.now())
            services.beat(job_id, worker="w", done=25, total=None, now=clock.now())
        running = browser.get(path, htmx=True)
        assert "25 / 40" in running.root.text
        assert running.root.all("div", id="progress")[0].get("hx-get") == path
        with app.app_context(), unit_of_work():
            services.finish(job_id, worker="w", result={}, now=clock.now())
        done = browser.get(path, htmx=True)
        assert "hx-get" not in done.root.all("div", id="progress")[0].attrs
        assert "已完成" in done.root.text

    @pytest.mark.only_on("sqlite")
    def test_nobody_elses(self, app, signed_in, client):
        path, ours = page_of(app, ask(app)), page_of(app, ask(app, by=None))
        for username in ("manager.nanshan", "coordinator", "sysadmin", "officer.baoan"):
            signed_in(username).get(path, status=(403, 404))
        signed_in("officer.nanshan").get(ours, status=404)
        signed_in("officer.nanshan").get("/jobs/" + "x" * 22, status=404)
        client.get(path, status=303)


ROWS = 3 * exchange.CHUNK + 5
_SIGNS = "碧澜屿杜姆凯斯托瓦罗米拉贝诺文霍克伦佩森古特"


def firm(number: int) -> str:
    """Invented firms, unlike one another."""
    size = len(_SIGNS)
    return (
        "".join(_SIGNS[place % size] for place in (number, number // size + 5, number * 7 + 3, number * 11 + 1)) + "光学有限公司"
    )


def a_judged_import(app: Flask) -> tuple[int, int]:
    """An import of ROWS rows, judged; its id and that of the job which writes it."""
    lines = ["项目名称,投资方(中文),国别/地区,阶段", *(f"项目{n},{firm(n)},德国,线索" for n in range(ROWS))]
    with app.app_context():
        who = actor("officer.nanshan")
        with unit_of_work():
            stored = files.store_file(
                "\n".join(lines).encode(), "list.csv", purpose="import", root=app.config["FILES_PATH"], actor=who, now=clock.now()
            )
            unit = someone("officer.nanshan").unit
            batch = exchange.start_import(stored, kind="leads", unit=unit, admit=False, actor=who, now=clock.now())
            import_id = batch.id
        exchange_jobs.judge_now(import_id)
        with unit_of_work():
            job = services.enqueue("exchange.apply", {"import_id": import_id}, actor=who, now=clock.now(), total=ROWS)
            return import_id, job.id


def written(app: Flask) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(Lead).where(Lead.origin == "import")) or 0


def test_each_chunk_is_written_once_though_the_worker_dies(app, monkeypatch, clock_at, signed_in):
    """The worker dies after a chunk is stored and before it is counted, twice; the next one goes on where it was."""
    start = clock_at("2026-06-18 09:00")
    import_id, job_id = a_judged_import(app)
    with app.app_context():
        ready = db.session.scalar(
            select(func.count()).where(ImportRow.import_id == import_id, ImportRow.outcome.in_(["ready", "warning"]))
        )
    assert ready > 2 * exchange.CHUNK
    count = jobs.Progress.count

    def dies(self, done, total=None):
        raise Killed

    monkeypatch.setattr(jobs.Progress, "count", dies)
    for round_ in (1, 2):
        with pytest.raises(Killed):
            work(app)
        clock_at(start + round_ * (LEASE + timedelta(seconds=1)))
    partly = written(app)
    assert 0 < partly < ready
    monkeypatch.setattr(jobs.Progress, "count", count)
    assert work(app) == 1
    assert written(app) == ready
    assert look(app, job_id).state == "done"
    with app.app_context():
        titles = list(db.session.scalars(select(Lead.title).where(Lead.origin == "import")))
        assert len(set(titles)) == len(titles)
        assert db.session.get_one(Import, import_id).state == "done"
    assert "已完成" in signed_in("officer.nanshan").get(page_of(app, job_id)).main


def apply_slowly(app, number, job_id):
    """A worker as the worker process is one."""
    with app.app_context():
        return jobs.run_job(job_id)


def test_two_workers_at_once_write_it_once(app):
    import_id, job_id = a_judged_import(app)
    assert sorted(values(race(apply_slowly, 3, app, job_id))) == [False, False, True]
    with app.app_context():
        applied = db.session.scalar(
            select(func.count()).where(ImportRow.import_id == import_id, ImportRow.applied_at.is_not(None))
        )
        ids = list(
            db.session.scalars(select(ImportRow.lead_id).where(ImportRow.import_id == import_id, ImportRow.lead_id.is_not(None)))
        )
    assert applied == ROWS
    assert ids
    assert len(ids) == len(set(ids)) == written(app)


@pytest.mark.only_on("sqlite")
def test_the_queue_carries_ids_in_a_file_of_its_own(app, tmp_path):
    """Outside the tests: a job asked for is an id in the queue, after the commit."""
    from crm.app import create_app
    from tests import databases

    other = create_app(
        databases.settings("sqlite", "board", JOBS_INLINE=False, QUEUE_PATH=str(tmp_path / "queue" / "queue.sqlite"))
    )
    try:
        queue = other.extensions["queue"]
        assert Path(tmp_path / "queue" / "queue.sqlite").exists()
        with other.app_context(), unit_of_work():
            services.enqueue(KIND, {}, actor=None, now=clock.now())
            assert queue.pending_count() == 0
        assert queue.pending_count() == 1
    finally:
        services.wake_with(lambda _job_id: None)
        databases.release(other)


def test_the_database_looks_at_its_tables_once_a_day(app: Flask) -> None:
    for firm in ("Kestovar GmbH", "Lindmark AB"):
        a_lead(firm)
    with app.app_context():
        assert "jobs.statistics" in jobs.ask_daily()
        assert "jobs.statistics" not in jobs.ask_daily()
    work(app)
    with app.app_context():
        assert db.session.scalar(select(Job.state).where(Job.kind == "jobs.statistics")) == "done"
        if is_sqlite():
            known = dict(db.session.execute(text("SELECT idx, stat FROM sqlite_stat1 WHERE tbl = 'lead'")).all())
            assert known["ix_lead_stage_touched"].startswith("2 ")
