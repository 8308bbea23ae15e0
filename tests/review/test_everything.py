"""A sweep of everything: the same pairs as asking the index company by company, each compared once, and resumable."""

import pickle
import subprocess
import sys

import pytest
from sqlalchemy import select

from crm.companies.models import Company
from crm.companies.queries import COMPANY
from crm.core import clock
from crm.core.db import db, unit_of_work
from crm.matching import services as matching
from crm.matching.bulk import Whole
from crm.matching.rules import Subject, judge
from crm.matching.rules.screening_columns import Screen
from crm.review import jobs as review_jobs
from crm.review import services
from crm.review.models import ReviewPair
from crm.review.queries import finding
from tests.builders import a_company, actor

FIRMS = (
    ("朝凪電子株式会社", "JP"), ("朝凪电子", "JP"), ("Asanagi Electronics Co., Ltd.", "JP"), ("Dunmorrow Photonics GmbH", "DE"),
    ("Dunmorow Photonics GmbH", "DE"), ("Dunmorrow Photonics", None), ("碧澜屿光学有限公司", "CN"), ("碧瀾嶼光學", "TW"),
    ("碧屿澜光学有限公司", "CN"), ("凯斯托瓦传感器(深圳)有限公司", "CN"), ("Kestova Sensors AG", "CH"), ("Ksetova Sensors AG", "CH"),
    ("西门子(中国)有限公司", "CN"), ("Siemens AG", "DE"), ("シーメンス", "JP"), ("무관한회사", "KR"),
)  # fmt: skip


@pytest.fixture
def firms(app):
    with app.app_context(), unit_of_work():
        for name, country in FIRMS:
            a_company(name, country=country)


@pytest.fixture
def numbered(app, firms):
    """Two pairs of subjects whose names have nothing in common, one domain and one phone."""
    with app.app_context(), unit_of_work():
        known = {"identifiers": frozenset({("domain", "vela-robotics.com")}), "phones": frozenset({"+8675526700000"})}
        named = ("Vela Robotics", "苏博特机械")
        for number, (name, both) in enumerate(zip(named, known, strict=True)):
            for offset in (0, 1):
                subject = Subject((name if offset else f"{name[::-1]}",), None, **{both: known[both]})
                matching.index_subject(COMPANY, 9_000 + 2 * number + offset, subject)


def ids_of():
    return list(Whole(COMPANY).ids.tolist())


def test_it_asks_about_the_same_pairs_as_company_by_company(app, numbered):
    with app.app_context():
        ids = ids_of()
        one_by_one = finding.compare(ids)
        at_once = finding.compare_pairs(ids, {both: {} for both in Whole(COMPANY).pairs(ids)}, 0)
        assert at_once.found == one_by_one.found
        assert len(at_once.found) >= 8
        assert (9_000, 9_001) in Whole(COMPANY).pairs(ids), "one domain"
        assert (9_002, 9_003) in Whole(COMPANY).pairs(ids), "one phone"


def test_a_pair_is_told_once_however_the_companies_are_cut_into_chunks(app, firms):
    with app.app_context():
        ids, whole = ids_of(), Whole(COMPANY)
        all_at_once = Whole(COMPANY).pairs(ids)
        told = [pair for start in range(0, len(ids), 3) for pair in whole.pairs(ids[start : start + 3])]
        assert sorted(told) == all_at_once
        assert all(a < b for a, b in told)
        assert len(set(told)) == len(told)


def test_it_goes_on_where_a_killed_worker_was(app, firms, swept, monkeypatch):
    swept()
    monkeypatch.setattr(finding, "CHUNK", 3)
    with app.app_context():
        before = {(pair.a_id, pair.b_id): pair.score for pair in db.session.scalars(select(ReviewPair))}
        with unit_of_work():
            db.session.query(ReviewPair).delete()
        with unit_of_work():
            sweep_id = services.start_sweep(full=True, actor=actor("coordinator"), now=clock.now()).id
        first_worker = finding.everything(sweep_id, lambda: None)
        assert review_jobs.one_chunk(sweep_id, None, first_worker)
        assert review_jobs.one_chunk(sweep_id, None, first_worker)
        finding.next_chunk(sweep_id, first_worker)  # compared, never stored
        db.session.remove()
    with app.app_context():
        assert review_jobs.sweep_now(sweep_id)["compared"] == len(FIRMS)
        assert {(pair.a_id, pair.b_id): pair.score for pair in db.session.scalars(select(ReviewPair))} == before
        assert before


@pytest.mark.only_on("sqlite")
def test_a_process_that_reads_and_compares_beside_finds_the_same(app, firms, swept, monkeypatch):
    monkeypatch.setattr(finding, "CHUNK", 3)
    monkeypatch.setattr(finding, "AT_ONCE", 1)
    swept()
    with app.app_context():
        before = {(pair.a_id, pair.b_id): (pair.score, pair.reasons) for pair in db.session.scalars(select(ReviewPair))}
        with unit_of_work():
            db.session.query(ReviewPair).delete()
        with unit_of_work():
            sweep_id = services.start_sweep(full=True, actor=actor("coordinator"), now=clock.now()).id
        assert review_jobs.sweep_now(sweep_id, readers=1)["compared"] == len(FIRMS)
        found = {(pair.a_id, pair.b_id): (pair.score, pair.reasons) for pair in db.session.scalars(select(ReviewPair))}
        assert found == before and before


@pytest.mark.parametrize("unsure", [False, True])
def test_a_part_is_compared_the_same_in_another_process(app, numbered, monkeypatch, unsure):
    """What goes there and back is pickled; what the index kept of unsure firms goes along, so that nobody reads it once more."""
    monkeypatch.setattr(finding, "CHUNK", 4)
    if unsure:
        monkeypatch.setattr(Screen, "_proof", lambda *_given: False)
    with app.app_context():
        with unit_of_work():
            sweep_id = services.start_sweep(full=True, actor=actor("coordinator"), now=clock.now()).id
        whole = finding.everything(sweep_id, lambda: None)
        parts = list(finding.parts(sweep_id, whole))
        assert [len(part.chunks) for part in parts] == [4, 1]
        assert any(chunk.pairs.unsure for part in parts for chunk in part.chunks) == unsure
        named = {company_id for part in parts for chunk in part.chunks for both in chunk.pairs.worth for company_id in both}
        assert named <= {company_id for part in parts for company_id in part.entries}
        here = [compared for part in parts for compared in finding.compare_part(part)]
        sent = pickle.loads(pickle.dumps(parts))
        there = pickle.loads(pickle.dumps([compared for part in sent for compared in finding.compare_part(part)]))
        assert there == here
        assert [compared for part in parts for compared in finding.compare_part(part, whole)] == here
        across = list(finding.parts(sweep_id, finding.everything(sweep_id, lambda: None), spread=True))
        assert any(chunk.pairs.unsure for part in across for chunk in part.chunks), "names in two scripts are left to others"
        assert [compared for part in across for compared in finding.compare_part(part, whole)] == here
        assert [compared for part in across for compared in finding.compare_part(part)] == here
        found = [both for compared in here for both in compared.found]
        assert sorted(found) == sorted(finding.compare(ids_of()).found)
        assert [compared.start for compared in here[1:]] == [compared.last for compared in here[:-1]]


def test_a_sweep_that_another_worker_goes_on_with_is_not_stored_twice(app, firms, monkeypatch):
    monkeypatch.setattr(finding, "CHUNK", 3)
    with app.app_context():
        with unit_of_work():
            sweep_id = services.start_sweep(full=True, actor=actor("coordinator"), now=clock.now()).id
        store, meddled = services.store_chunk, []

        def meddling(sweep_id, compared, **more):
            if not meddled:
                meddled.append(store(sweep_id, compared, **more).position)
            return store(sweep_id, compared, **more)

        monkeypatch.setattr(services, "store_chunk", meddling)
        assert review_jobs.sweep_now(sweep_id)["compared"] == len(FIRMS)
        assert meddled


def test_a_company_that_left_meanwhile_is_passed_over(app, firms):
    with app.app_context():
        ids, whole = ids_of(), Whole(COMPANY)
        gone = db.session.scalars(select(Company.id).where(Company.name == "Siemens AG")).one()
        with unit_of_work():
            matching.drop_subject(COMPANY, gone)
        found = finding.compare_pairs(ids, {both: {} for both in whole.pairs([*ids, 99_999])}, 0).found
        assert found
        assert not any(gone in both for both in found)


def test_what_the_model_said_holds_while_neither_company_changed(app, firms, monkeypatch):
    asked = []
    monkeypatch.setattr(finding, "judge", lambda a, b, told: asked.append((a.names, b.names, bool(told))) or judge(a, b, told))
    with app.app_context():
        with unit_of_work():
            sweep_id = services.start_sweep(full=True, actor=actor("coordinator"), now=clock.now()).id
        part = next(finding.parts(sweep_id, finding.everything(sweep_id, lambda: None)))
        finding.compare_part(part)
        told = {company for a, b, told in asked if told for company in (*a, *b)}
        assert {"Dunmorrow Photonics GmbH", "Dunmorow Photonics GmbH", "Dunmorrow Photonics"} <= told
        changed = db.session.scalars(select(Company.id).where(Company.name == "Dunmorow Photonics GmbH")).one()
        with unit_of_work():
            matching.index_subject(COMPANY, changed, Subject(("Dunmorow Photonics GmbH", "邓莫罗光电"), "DE"))
        asked.clear()
        found = finding.compare_part(part)[0].found
        assert not any(told for a, b, told in asked if "Dunmorow Photonics GmbH" in (*a, *b))
        assert any(told for _a, _b, told in asked)
        monkeypatch.undo()
        ids = ids_of()
        assert found == finding.compare(ids).found


def test_an_empty_index_has_no_pairs(app):
    with app.app_context():
        assert Whole(COMPANY).pairs([1, 2]) == []


def test_a_sweep_of_what_changed_reads_no_whole_index(app, firms, swept, clock_at):
    swept()
    with app.app_context():
        with unit_of_work():
            sweep_id = services.start_sweep(full=False, actor=actor("coordinator"), now=clock.now()).id
        assert finding.everything(sweep_id, lambda: None) is None


def test_the_web_does_not_load_numpy():
    code = "import sys; from config import TestConfig; from crm.app import create_app; create_app(TestConfig); print('numpy' in sys.modules)"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=120)
    assert told.stdout.split()[-1] == "False"
