"""A chunk of an import is written by few statements, and each of its rows sees what the rows before it made."""

import os
import signal
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import event, func, select

from crm.claims.models import Claim
from crm.companies.models import Company, CompanyName
from crm.core import clock, readers
from crm.core.db import db, is_sqlite, unit_of_work
from crm.exchange import jobs, services
from crm.exchange.jobs import importing
from crm.exchange.jobs.readers import Readers
from crm.exchange.models import Import, ImportRow
from crm.jobs.models import Job
from crm.leads.models import Assessment, Lead, SecondReport
from crm.leads.queries import hits
from crm.matching.rules import Subject
from tests.builders import actor, someone
from tests.exchange.test_import import bring, small_file

FIRMS = ["碧澜屿光学", "杜姆林机械", "凯斯托瓦医疗", "贝诺米拉航空", "霍克伦佩软件", "森古特食品"]


def row(firm: str, title: str = "甲项目") -> list[str]:
    return [title, f"{firm}有限公司", "", "新加坡", "", "在谈", ""]


def judged(app: Flask, tmp_path: Path, *rows: list[str], who: str = "officer.nanshan", unit: str = "SZ-NS") -> Import:
    """A file that was judged and waits."""
    bring(app, tmp_path, small_file(tmp_path, list(rows)), "--as", who, "--unit", unit, "--dry-run")
    return db.session.scalars(select(Import).order_by(Import.id.desc())).first()


def applied(batch: Import) -> list[ImportRow]:
    jobs.apply_now(batch.id)
    return list(db.session.scalars(select(ImportRow).where(ImportRow.import_id == batch.id).order_by(ImportRow.row)))


def decided(batch: Import, decision: str) -> None:
    with unit_of_work():
        services.decide_duplicates(batch, decision, None, actor=actor("officer.nanshan"), now=clock.now())


def test_a_row_meets_the_lead_that_a_row_of_its_own_chunk_made(app: Flask, tmp_path: Path) -> None:
    with app.app_context():
        batch = judged(app, tmp_path, row(FIRMS[0]), row(FIRMS[1]))
        with unit_of_work():  # as if the comparison had not seen that the two are one
            second = db.session.scalars(select(ImportRow).where(ImportRow.row == 3)).one()
            second.values = {**second.values, "investor_zh": f"{FIRMS[0]}有限公司"}
        one, two = applied(batch)
        lead = db.session.scalars(select(Lead).where(Lead.origin == "import")).one()
        assert (one.outcome, one.lead_id, two.outcome, two.lead_id) == ("imported", lead.id, "duplicate", None)
        assert (two.matches[-1]["number"], two.matches[-1]["lead"]) == (lead.number, lead.public_id)


def test_another_project_of_a_firm_that_the_same_chunk_brought(app: Flask, tmp_path: Path) -> None:
    with app.app_context():
        batch = judged(app, tmp_path, row(FIRMS[0]), row(FIRMS[0], "乙项目"), row(FIRMS[0], "丙项目"))
        decided(batch, "another_project")
        assert [one.outcome for one in applied(batch)] == ["imported"] * 3
        found = db.session.scalars(select(Lead).where(Lead.origin == "import").order_by(Lead.project_slot)).all()
        assert [(lead.title, lead.project_slot) for lead in found] == [("甲项目", 0), ("乙项目", 1), ("丙项目", 2)]
        assert len({lead.investor_id for lead in found}) == 1
        assert len({lead.number for lead in found}) == 3


def test_a_second_report_on_a_lead_that_the_same_chunk_brought(app: Flask, tmp_path: Path) -> None:
    with app.app_context():
        rows = [row(FIRMS[0]), row(FIRMS[0], "乙项目"), row(FIRMS[1], "丙项目")]
        batch = judged(app, tmp_path, *rows, who="coordinator", unit="SZ-BA")
        decided(batch, "second_report")
        rows = applied(batch)
        assert [one.outcome for one in rows] == ["imported", "skipped", "imported"]
        assert rows[0].lead_id == rows[1].lead_id
        report = db.session.scalars(select(SecondReport)).one()
        assert (report.unit_id, report.lead_id) == (actor("officer.baoan").unit_id, rows[0].lead_id), "for the list's unit"


def test_what_was_admitted_has_its_assessment_and_no_first_report(app: Flask, tmp_path: Path) -> None:
    rows = [row(FIRMS[0]), [*row(FIRMS[1])[:5], "线索", ""]]
    assert bring(app, tmp_path, small_file(tmp_path, rows), "--as", "manager.nanshan", "--admit")[0] == 0
    with app.app_context():
        one, two = db.session.scalars(select(Lead).where(Lead.origin == "import").order_by(Lead.id))
        assert (one.assessment, one.admitted_at is not None, two.admitted_at) == ("admitted", True, None)
        assert [row.lead_id for row in db.session.scalars(select(Assessment))] == [one.id]
        assert db.session.scalar(select(func.count()).select_from(Claim)) == 0


def test_a_known_firm_learns_the_spelling_and_is_found_by_it(app: Flask, tmp_path: Path) -> None:
    """Twice in one chunk: the second row finds what the first has taught."""
    other = ["乙项目", f"{FIRMS[0]}有限公司", "Quorvath Optics Ltd", "新加坡", "", "在谈", ""]
    with app.app_context():
        assert bring(app, tmp_path, small_file(tmp_path, [row(FIRMS[0])]), "--as", "officer.nanshan")[0] == 0
        batch = judged(app, tmp_path, other, [*other[:2], "", *other[3:]])
        decided(batch, "another_project")
        assert [one.outcome for one in applied(batch)] == ["imported", "imported"]
        company = db.session.scalars(select(Company)).one()
        names = db.session.scalars(select(CompanyName.text).where(CompanyName.company_id == company.id).order_by(CompanyName.id))
        assert list(names) == [f"{FIRMS[0]}有限公司", "Quorvath Optics Ltd"]
        assert company.original_name == "Quorvath Optics Ltd"
        found = hits.hits_for(Subject(("Quorvath Optics",)), actor=actor("officer.nanshan"))
        assert {hit.company.id for hit in found.shown if hit.must_decide} == {company.id}


def test_a_list_of_companies_knows_its_own_rows(app: Flask, tmp_path: Path) -> None:
    lines = [
        "企业名称,英文名称,国家,官网",
        "碧澜屿光学有限公司,,新加坡,https://bilanyu.example",
        "Vornhagen AG,,德国,https://bilanyu.example",
    ]
    file = tmp_path / "targets.csv"
    file.write_text("\n".join(lines) + "\n", "utf-8")
    done = app.test_cli_runner().invoke(args=["companies", "import", str(file), "--as", "coordinator", "--dry-run"])
    assert done.exit_code == 0, done.output
    with app.app_context():
        batch = db.session.scalars(select(Import)).one()
        with unit_of_work():  # as if the comparison had passed over the site that both have
            for one in db.session.scalars(select(ImportRow)):
                one.outcome, one.duplicate_rows = "ready", []
        rows = applied(batch)
        company = db.session.scalars(select(Company)).one()
        assert [(one.outcome, one.company_id) for one in rows] == [("imported", company.id), ("duplicate", company.id)]


def test_a_chunk_takes_few_statements(app: Flask, tmp_path: Path) -> None:
    """Whatever the number of its rows; only SQLite numbers the rows of three tables one by one."""

    def statements(batch: Import) -> int:
        sent: list[str] = []

        def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
            sent.append(statement)

        event.listen(db.engine, "before_cursor_execute", note)
        try:
            with unit_of_work():
                batch = db.session.get_one(Import, batch.id)
                unit, who = someone("officer.nanshan").unit, actor("officer.nanshan")
                assert services.apply_chunk(batch, unit=unit, city="SZ", actor=who, now=clock.now(), limit=100)
        finally:
            event.remove(db.engine, "before_cursor_execute", note)
        return len(sent)

    with app.app_context():
        statements(judged(app, tmp_path, row(FIRMS[5])))  # the tables of names, rates and clusters are read
        few = statements(judged(app, tmp_path, row(FIRMS[0])))
        many = statements(judged(app, tmp_path, *(row(firm) for firm in FIRMS[1:5])))
        assert many <= few + 2 + (9 if is_sqlite() else 0), (few, many)
        assert few < 40


def test_after_a_large_import_the_tables_are_looked_at(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def asked() -> int:
        return db.session.scalar(select(func.count()).where(Job.kind == "jobs.statistics")) or 0

    with app.app_context():
        applied(judged(app, tmp_path, row(FIRMS[0])))
        assert asked() == 0
        monkeypatch.setattr(importing, "LARGE", 2)
        applied(judged(app, tmp_path, row(FIRMS[1]), row(FIRMS[2])))
        assert asked() == int(is_sqlite())
        applied(judged(app, tmp_path, row(FIRMS[3]), row(FIRMS[4])))
        assert asked() == int(is_sqlite())  # it waits already


def _squared(number: int) -> int:
    return number * number


def _killed(number: int) -> int:
    """Ends the process that it is in, unless that is the one that asked."""
    if os.environ.get("PYTEST_CURRENT_TEST_PROCESS") != str(os.getpid()):
        os.kill(os.getpid(), signal.SIGKILL)
    return -number


@pytest.mark.only_on("sqlite")
def test_reading_processes_find_what_is_found_here_and_one_that_dies_loses_nothing(
    app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("PYTEST_CURRENT_TEST_PROCESS", str(os.getpid()))
    assert bring(app, tmp_path, small_file(tmp_path, [row(FIRMS[0])]), "--as", "officer.nanshan")[0] == 0
    monkeypatch.setattr(readers, "HEARD_EVERY", 0.001)  # seconds: a process takes longer to start
    heard: list[int] = []
    with app.app_context():
        batch = judged(app, tmp_path, row(FIRMS[0]), row(FIRMS[1]), row(FIRMS[1], "乙项目"))
        here = outcomes(batch)
        jobs.judge_now(batch.id, readers=1)
        assert outcomes(batch) == here
        assert [one[0] for one in here] == ["duplicate", "ready", "duplicate"]
        with Readers(1, heard=lambda: heard.append(1)) as spread:
            assert list(spread(_squared, [2, 3])) == [4, 9]
            spread._helps = True  # who asks does what nobody else has time for, in order all the same
            assert list(spread(_squared, range(9))) == [number * number for number in range(9)]
            found = list(spread(_squared, range(20), here=abs))
            assert found != [number * number for number in range(20)], "a part that is done here is done in the other way"
            assert all(one in (number, number * number) for number, one in enumerate(found))
            beside = spread.beside(_squared, 7)
            assert beside is not None and beside() == 49
            assert not caplog.records
            assert list(spread(_killed, [4, 5])) == [-4, -5]
            assert list(spread(_squared, [6])) == [36]
            assert spread.beside(_squared, 7) is None, "there is no process any more"
    assert len(heard) > 14, "it is told of each part, and while one is waited for"
    assert [record.levelname for record in caplog.records if "died" in record.message] == ["ERROR"]


def outcomes(batch: Import) -> list[tuple[str, list, list]]:
    rows = db.session.scalars(select(ImportRow).where(ImportRow.import_id == batch.id).order_by(ImportRow.row))
    return [(one.outcome, one.duplicate_rows, one.matches) for one in rows]
