"""An import through its command: what is written, what is not, exactly once, on both databases."""

import io
import json
import zipfile
from datetime import timedelta
from pathlib import Path

import openpyxl
import pytest
from flask import Flask
from sqlalchemy import func, select

from crm.claims.models import Claim
from crm.core import clock
from crm.core.db import db, unit_of_work
from crm.exchange import jobs, services
from crm.exchange.models import Import, ImportRow
from crm.files.rules import FileRefused, check_file
from crm.leads.models import Lead, SecondReport
from tests.builders import a_lead, a_unit, actor, an_officer
from tests.golive.stories import listed, opened
from tests.web.shared_city import seal

DATA = Path(__file__).resolve().parents[1] / "data"


def bring(app: Flask, tmp_path: Path, *words: str) -> tuple[int, list[dict]]:
    report = tmp_path / "report.json"
    done = app.test_cli_runner().invoke(args=["leads", "import", *words, "--report", str(report), "--json"])
    return done.exit_code, json.loads(report.read_text("utf-8")) if report.exists() else []


def small_file(tmp_path: Path, rows: list[list[str]]) -> str:
    lines = ["项目名称,投资方(中文),投资方(外文),国别/地区,投资总额,阶段,备注", *(",".join(row) for row in rows)]
    path = tmp_path / "leads.csv"
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return str(path)


def test_rows_are_written_once_and_never_protected(app: Flask, tmp_path: Path) -> None:
    file = small_file(tmp_path, [
        ["甲项目", "碧澜屿光学有限公司", "Bilanyu Optics Ltd", "新加坡", "3.5亿元", "在谈", "=1+1"],
        ["乙项目", "碧瀾嶼光學有限公司", "", "新加坡", "", "在谈", ""],
        ["丙项目", "杜姆林机械公司", "", "德国", "", "三期", ""],
    ])  # fmt: skip
    code, report = bring(app, tmp_path, file, "--as", "officer.nanshan")
    assert code == 1
    assert [row["outcome"] for row in report] == ["imported", "duplicate", "refused"]
    assert report[1]["duplicate_rows"] == [2]
    assert report[2]["reasons"][0]["code"] == "unknown_stage"
    with app.app_context():
        lead = db.session.scalars(select(Lead).where(Lead.origin == "import")).one()
        assert (lead.stage, lead.total_cny, lead.note) == ("negotiating", 35_000_000_000, "=1+1")
        assert db.session.scalar(select(func.count()).select_from(Claim)) == 0
        batch = db.session.scalars(select(Import)).one()
        with unit_of_work():
            batch.state = "applying"
        jobs.apply_now(batch.id)
        assert db.session.scalar(select(func.count()).select_from(Lead).where(Lead.origin == "import")) == 1


def test_project_type_and_cluster_come_along(app: Flask, tmp_path: Path) -> None:
    path = tmp_path / "types.csv"
    path.write_text(
        "项目名称,投资方,阶段,项目类型,所属产业\n甲项目,碧澜屿光学有限公司,在谈,非建设类,新能源\n乙项目,杜姆林机械公司,在谈,合资,\n",
        "utf-8",
    )
    code, report = bring(app, tmp_path, str(path), "--as", "officer.nanshan")
    assert code == 0
    assert "refused" not in {row["outcome"] for row in report}
    with app.app_context():
        found = dict(db.session.execute(select(Lead.title, Lead.project_type).where(Lead.origin == "import")).all())
        assert found == {"甲项目": "non_building", "乙项目": None}
        one, other = db.session.scalars(select(Lead).where(Lead.origin == "import").order_by(Lead.id))
        assert ([tag.cluster.zh for tag in one.clusters], other.clusters) == (["新能源"], [])


def test_a_second_file_meets_the_first(app: Flask, tmp_path: Path) -> None:
    row = ["甲项目", "碧澜屿光学有限公司", "Bilanyu Optics Ltd", "新加坡", "", "在谈", ""]
    assert bring(app, tmp_path, small_file(tmp_path, [row]), "--as", "coordinator", "--unit", "SZ-NS")[0] == 0
    other = ["乙项目", "", "BILANYU  OPTICS LIMITED", "新加坡", "", "在谈", ""]
    code, report = bring(app, tmp_path, small_file(tmp_path, [other]), "--as", "coordinator", "--unit", "SZ-BA")
    assert code == 0
    assert report[0]["outcome"] == "duplicate"
    assert report[0]["matches"][0]["verdict"] == "same"
    code, report = bring(app, tmp_path, small_file(tmp_path, [other]), "--as", "officer.baoan")
    assert report[0]["matches"] == [{"lead": None, "verdict": "same", "masked": True}]


def judged(app: Flask, tmp_path: Path, *rows: list[str], who: str) -> Import:
    """A file that was judged and waits."""
    bring(app, tmp_path, small_file(tmp_path, list(rows)), "--as", who, "--dry-run")
    return db.session.scalars(select(Import).order_by(Import.id.desc())).first()


def test_a_row_that_was_taken_meanwhile_names_only_what_may_be_read(app: Flask, tmp_path: Path) -> None:
    """Somebody elsewhere registers the firm between the judgement and the writing: who and where is not said."""
    with app.app_context():
        batch = judged(app, tmp_path, ["甲项目", "碧澜屿光学有限公司", "", "新加坡", "", "在谈", ""], who="officer.baoan")
        a_lead("碧澜屿光学有限公司")
        with unit_of_work():
            batch.state = "applying"
        jobs.apply_now(batch.id)
        row = db.session.scalars(select(ImportRow).where(ImportRow.import_id == batch.id)).one()
        assert (row.outcome, row.matches) == ("duplicate", [{"lead": None, "verdict": "same", "masked": True}])


def reported_again(tmp_path: Path, decision: str, app: Flask) -> tuple[list[tuple], list[SecondReport]]:
    """What becomes of a masked row and one more that somebody elsewhere brings in."""
    mine = ["甲项目", "碧澜屿光学有限公司", "Bilanyu Lens Ltd", "新加坡", "", "在谈", ""]
    batch = judged(app, tmp_path, mine, ["乙项目", "杜姆林机械公司", "", "德国", "", "在谈", ""], who="officer.baoan")
    with unit_of_work():
        services.decide_duplicates(batch, decision, None, actor=actor("officer.baoan"), now=clock.now())
        batch.state = "applying"
    jobs.apply_now(batch.id)
    rows = select(ImportRow.outcome, ImportRow.lead_id).where(ImportRow.import_id == batch.id).order_by(ImportRow.row)
    return list(db.session.execute(rows)), list(db.session.scalars(select(SecondReport)))


def test_of_a_masked_row_nobody_decides_what_it_is(app: Flask, tmp_path: Path) -> None:
    """The rest of the file goes on."""
    with app.app_context():
        a_lead("碧澜屿光学有限公司")
        rows, reports = reported_again(tmp_path, "another_project", app)
        assert ([outcome for outcome, _lead in rows], reports) == (["duplicate", "imported"], [])


@pytest.mark.parametrize("gathering", [False, True])
def test_a_masked_row_as_a_second_report(app: Flask, tmp_path: Path, gathering: bool) -> None:
    """It asks the city to coordinate; in a go-live window it is a side of a conflict instead. Which lead, the row does not say,
    and its spelling teaches nothing to a firm that nobody looked at.
    """
    with app.app_context():
        if gathering:
            opened(clock.now(), last=clock.today() + timedelta(days=9))
        known = a_lead("碧澜屿光学有限公司")
        names = {name.text for name in known.investor.names}
        rows, (report,) = reported_again(tmp_path, "second_report", app)
        assert [tuple(row)[0] for row in rows] == ["skipped", "imported"]
        assert rows[0].lead_id is None
        assert (report.lead_id, report.unit_id, report.wants_coordination) == (known.id, a_unit("SZ-BA").id, not gathering)
        assert {name.text for name in db.session.get_one(Lead, known.id).investor.names} == names
        assert [[side.report for side in found.sides] for found in listed()] == ([[False, True]] if gathering else [])


@pytest.mark.parametrize("decision", ["second_report", "another_project"])
def test_a_row_like_one_that_was_not_written_stays_unwritten(app: Flask, tmp_path: Path, decision: str) -> None:
    """The first of two like rows is skipped, what the second is like is nowhere: the rest of the file goes on."""
    with app.app_context():
        a_lead("碧澜屿光学有限公司")
        first = ["甲项目", "碧澜屿光学有限公司", "", "新加坡", "", "在谈", ""]
        second = ["乙项目", "碧澜屿光学(苏州)有限公司", "", "新加坡", "", "在谈", ""]
        batch = judged(
            app, tmp_path, first, second, ["丙项目", "杜姆林机械公司", "", "德国", "", "在谈", ""], who="officer.nanshan"
        )
        with unit_of_work():
            row = db.session.scalars(select(ImportRow).where(ImportRow.import_id == batch.id, ImportRow.row == 3)).one()
            row.outcome, row.duplicate_rows, row.matches = "duplicate", [2], []  # like the row before, and nothing in the base
            services.decide_duplicates(batch, decision, 3, actor=actor("officer.nanshan"), now=clock.now())
            batch.state = "applying"
        jobs.apply_now(batch.id)
        rows = db.session.scalars(select(ImportRow.outcome).where(ImportRow.import_id == batch.id).order_by(ImportRow.row))
        assert list(rows) == ["duplicate", "duplicate", "imported"]


@pytest.mark.only_on("sqlite")
def test_what_got_a_code_name_after_the_judgement_is_not_named_any_more(app: Flask, tmp_path: Path, signed_in) -> None:
    with app.app_context():
        colleague = an_officer("SZ-NS").username
        lead = a_lead("碧澜屿光学有限公司")
        batch = judged(app, tmp_path, ["甲项目", "碧澜屿光学有限公司", "", "新加坡", "", "在谈", ""], who=colleague)
        path = f"/imports/{batch.public_id}"
    browser = signed_in(colleague)

    def book() -> str:
        sheet = openpyxl.load_workbook(io.BytesIO(browser.get(f"{path}/result.xlsx").response.data)).active
        return "\n".join(str(cell.value) for row in sheet.iter_rows() for cell in row)

    assert lead.number in browser.get(f"{path}?tab=duplicate").main
    assert lead.number in book()
    with app.app_context():
        seal(lead.public_id, "Lynx")
    page = browser.get(f"{path}?tab=duplicate")
    assert lead.number not in page.html
    assert lead.public_id not in page.html
    assert "已登记 · 请市级协调" in page.main
    assert lead.number not in book()


def test_a_dry_run_writes_no_lead(app: Flask, tmp_path: Path) -> None:
    row = ["甲项目", "碧澜屿光学有限公司", "", "新加坡", "", "线索", ""]
    assert bring(app, tmp_path, small_file(tmp_path, [row]), "--as", "officer.nanshan", "--dry-run")[0] == 0
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Lead).where(Lead.origin == "import")) == 0
        assert db.session.scalar(select(func.count()).select_from(ImportRow)) == 1


@pytest.mark.only_on("sqlite")
def test_an_officer_imports_for_no_other_unit(app: Flask, tmp_path: Path) -> None:
    row = ["甲项目", "碧澜屿光学有限公司", "", "新加坡", "", "线索", ""]
    code, _report = bring(app, tmp_path, small_file(tmp_path, [row]), "--as", "officer.nanshan", "--unit", "SZ-BA")
    assert code == 2
    assert bring(app, tmp_path, str(DATA / "empty.xlsx"), "--as", "officer.nanshan")[0] == 2
    assert bring(app, tmp_path, str(DATA / "wrong_type.xlsx"), "--as", "officer.nanshan")[0] == 2
    assert bring(app, tmp_path, str(DATA / "empty.xlsx"), "--as", "nobody")[0] == 2


def test_a_zip_bomb_is_refused_before_it_is_unpacked() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<x/>")
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 350_000_000)
    with pytest.raises(FileRefused) as refused:
        check_file("bomb.xlsx", buffer.getvalue())
    assert refused.value.code == "file_bomb"


@pytest.mark.only_on("sqlite")
@pytest.mark.parametrize("who", ["officer.baoan", "coordinator"])
def test_while_histories_are_gathered_the_page_says_what_skipping_means(app: Flask, tmp_path: Path, signed_in, who: str) -> None:
    """A row that is skipped is on no list of conflicts: whoever brings it is told how it gets there."""
    with app.app_context():
        a_lead("碧澜屿光学有限公司")
        batch = judged(app, tmp_path, ["甲项目", "碧澜屿光学有限公司", "", "新加坡", "", "在谈", ""], who=who)
        path = f"/imports/{batch.public_id}"
    assert "上线窗口开放中" not in signed_in(who).get(path).main
    with app.app_context():
        opened(clock.now(), last=clock.today() + timedelta(days=9))
    page = signed_in(who).get(path).main
    assert "跳过的行不进入对账清单" in page
    assert "请记为第二次登记" in page
    masked = signed_in(who).get(f"{path}?tab=duplicate").main
    assert ("记为第二次登记后，进入上线对账清单" in masked) == (who == "officer.baoan")
