"""The pages of assessment: who opens what, what is wrong is said at its line, the story of a period from file to answer."""

import re
from io import BytesIO

import pytest
from openpyxl import load_workbook

from tests.assessment.stories import TEXT, computed, line_of, loaded, objected, published, signed
from tests.assessment.test_formulas import EXAMPLE_CONTEST

pytestmark = pytest.mark.only_on("sqlite")


@pytest.fixture
def story(app, clock_at):
    """A published run with a project behind it; addresses by name."""
    clock_at("2026-03-10 09:00")
    with app.app_context():
        signed(investor="Zephyrine Optics GmbH")
        clock_at("2026-04-02 09:00")
        scheme = loaded(TEXT.replace("来源", "示例 = 是\n来源"))
        run = published(computed(scheme))
        return {
            "scheme": f"/assessment/schemes/{scheme}", "run": f"/assessment/runs/{run.public_id}",
            "line": f"/assessment/lines/{line_of(run, 'signed').public_id}",
            "sum": f"/assessment/lines/{line_of(run, 'sum').public_id}",
        }  # fmt: skip


def test_who_reads_and_who_does_not(story, signed_in):
    for who in ("officer.nanshan", "leader"):
        page = signed_in(who).get(story["run"])
        assert "示例方案，不是任何城市的现行办法" in page.main
        assert "公布第" not in page.main
    for who in ("auditor", "sysadmin", "secadmin"):
        signed_in(who).get("/assessment/", status=403)


def test_the_arithmetic_adds_up_on_the_page(story, signed_in):
    page = signed_in("officer.baoan").get(f"{story['run']}/sheet?unit=SZ-NS")
    cells = [float(one) for one in re.findall(r'data-label="得分">\s*(-?[\d.]+)\s*</td>', page.html)]
    assert len(cells) == 4
    assert sum(cells[:-1]) == pytest.approx(cells[-1])
    assert "没有设定目标，按 0 分计" in page.main
    signed_in("officer.baoan").get(f"{story['run']}/sheet?unit=XX", status=404)


def test_a_figure_opens_its_projects(story, signed_in):
    assert "Zephyrine" in signed_in("manager.nanshan").get(story["sum"]).main
    page = signed_in("manager.baoan").get(story["sum"])
    assert "另有 1 笔按权限不列出" in page.main
    assert "Zephyrine" not in page.html


def test_a_file_with_errors_is_shown_again_with_each_line(app, signed_in):
    browser = signed_in("coordinator")
    text = TEXT.replace("最优", "随便").replace("开工项目数 / 签约项目数", "开工项目数 / (")
    page = browser.get("/assessment/schemes/new").submit("/assessment/schemes/new", {"text": text}, status=422)
    assert "第 17 行第 6 字" in page.main
    assert "对照 = 随便" in page.main
    assert "算式没有写完" in page.main
    assert "开工项目数 / (" in page.html, "what was typed is still there"
    page = browser.get("/assessment/schemes/new").submit("/assessment/schemes/new", {"text": ""}, status=422)
    assert "请选择文件或填写方案内容" in page.main
    page = browser.get("/assessment/schemes/new").submit(
        "/assessment/schemes/new", {"file": (BytesIO(b"\x00\xff\xfe\x00"), "x.txt")}, status=422
    )
    assert "不是文本文件" in page.main
    page = browser.get("/assessment/schemes/new").submit(
        "/assessment/schemes/new", {"file": (BytesIO(TEXT.encode("gb18030")), "方案.txt")}, status=303
    )
    assert "方案已载入" in page.follow().text


def test_a_trial_shows_scores_and_keeps_nothing(app, signed_in):
    browser = signed_in("coordinator")
    page = browser.get("/assessment/try").submit("/assessment/try", {"text": TEXT, "periods": "2026Q1"}, status=200)
    assert "试算结果，未保存" in page.main
    assert "还没有方案" in browser.get("/assessment/").main
    page = browser.get("/assessment/try").submit("/assessment/try", {"text": TEXT, "periods": "去年"}, status=422)
    assert "期间请写年份、季度或月份" in page.main
    page = browser.get("/assessment/try").submit("/assessment/try", {"text": TEXT, "periods": "1 2 3 4 5"}, status=422)
    assert "一次最多试算 4 个期间" in page.main
    signed_in("manager.nanshan").get("/assessment/try", status=403)


def test_compute_again_and_publish(story, signed_in, clock_at):
    clock_at("2026-07-02 09:00")
    browser = signed_in("coordinator")
    page = browser.get(story["scheme"]).submit(f"{story['scheme']}/compute", {"period": "2026Q9"}, status=422)
    assert "期间请写" in page.main
    page = browser.get(story["scheme"]).submit(f"{story['scheme']}/compute", {"period": "2026Q1"}, status=409)
    assert "已经公布，不能再算" in page.main
    page = browser.get(story["scheme"]).submit(f"{story['scheme']}/compute", {"period": "2026Q2"}, status=303).follow()
    address = re.search(r"/assessment/runs/([\w-]+)/publish", page.html).group(0)
    again = address.replace("publish", "recompute")
    page = page.submit(again, status=303).follow()
    assert "已重算" in page.text
    assert "第 2 次" in page.main
    asked = page.submit(address, status=200)
    for word in ("公布前核对", "第 2 次", "不能撤销", "异议期从今天起"):
        assert word in asked.main
    assert "暂定" in browser.get(address.removesuffix("/publish")).main, "nothing is published by the question"
    page = asked.submit(address, status=303).follow()
    assert "已公布，各单位可以查看" in page.text
    assert "第 2 期" in page.main


def test_objection_and_answer(app, story, signed_in):
    manager, browser = signed_in("manager.nanshan"), signed_in("coordinator")
    page = manager.get(story["line"]).submit(f"{story['line']}/object", {"reason": ""}, status=422)
    assert "请填写" in page.main
    page = manager.get(story["line"]).submit(
        f"{story['line']}/object", {"reason": "漏计一项", "papers": (BytesIO(b"MZ\x00"), "x.exe")}, status=422
    )
    assert "漏计一项" in page.html
    page = manager.get(story["line"]).submit(
        f"{story['line']}/object", {"reason": "漏计一项", "papers": (BytesIO("依据".encode()), "依据.txt")}, status=303
    )
    there = page.location
    paper = re.search(r"/assessment/files/[\w-]+", manager.get(there).html).group(0)
    assert browser.get(paper).status == 200
    signed_in("manager.baoan").get(there, status=404)
    signed_in("manager.baoan").get(paper, status=404)
    page = browser.get(there).submit(there, {"verdict": "upheld", "points": "很多", "text": "属实"}, status=422)
    assert "调整分请写不为零的数" in page.main
    assert "属实" in page.html
    page = browser.get(there).submit(there, {"verdict": "rejected", "points": "1.5", "text": "不属实"}, status=422)
    assert "不填调整分" in page.main
    page = browser.get(there).submit(there, {"verdict": "upheld", "points": "1.5", "text": "属实"}, status=303).follow()
    assert "调整 1.50 分，记入下一期" in page.main
    assert "异议成立" in manager.get("/assessment/objections").main
    page = signed_in("manager.baoan").get("/assessment/objections")
    assert "漏计一项" not in page.html


def test_the_workbook_adds_up(story, signed_in):
    answer = signed_in("officer.nanshan").get(f"{story['run']}/scores.xlsx")
    sheet = load_workbook(BytesIO(answer.response.data)).active
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    head = next(n for n, row in enumerate(rows) if row[0] == "位次")
    mine = [row for row in rows[head + 1 :] if row[1] and row[1].startswith("南山")]
    assert sum(float(row[11]) for row in mine[:-1] if row[11]) == pytest.approx(float(mine[-1][11]))
    assert any("四舍五入" in str(row[0]) for row in rows[:head])
    assert any("非涉密" in str(row[0]) for row in rows[:head])


def test_loading_from_the_command_line(app, tmp_path):
    file = tmp_path / "scheme.txt"
    file.write_text(TEXT.replace("最优", "随便"), "utf-8")
    run = app.test_cli_runner().invoke
    bad = run(args=["assessment", "load", str(file), "--as", "coordinator"])
    assert bad.exit_code == 2
    assert f"{file}:17:6: 对照只能是" in bad.output
    file.write_text(TEXT, "utf-8")
    assert "version: 1" in run(args=["assessment", "load", str(file), "--as", "coordinator"]).output
    assert run(args=["assessment", "load", str(file), "--as", "coordinator"]).exit_code == 2
    assert run(args=["assessment", "load", str(file), "--as", "manager.nanshan"]).exit_code == 2


def test_an_answer_is_told_in_words(app, story, signed_in, clock_at):
    with app.app_context():
        from crm.assessment.models import ScoreLine
        from crm.core.db import db

        line = db.session.query(ScoreLine).filter_by(public_id=story["line"].rsplit("/", 1)[1]).one()
        objected(line)
    assert "对考核 2026Q1 的一项得分提出异议" in signed_in("coordinator").get("/messages/").main


def test_a_contest_on_its_board(app, signed_in, clock_at):
    clock_at("2026-11-20 09:00")
    browser = signed_in("coordinator")
    text = EXAMPLE_CONTEST.read_text("utf-8")
    page = browser.get("/assessment/schemes/new").submit("/assessment/schemes/new", {"text": text}, status=303).follow()
    assert "原特区内组" in page.main
    assert 'value="2026Q4"' in page.html
    scheme = re.search(r"/assessment/schemes/[\w-]+/compute", page.html).group(0)
    page = page.submit(scheme, {"period": "2026Q3"}, status=422)
    assert "这个大比武只能计算 2026Q4" in page.main
    page = page.submit(scheme, {"period": "2026Q4"}, status=303).follow()
    assert page.main.index("原特区内组") < page.main.index("原特区外组") < page.main.index("合作区组")
    assert "组内位次" in page.main
    assert "总位次" not in page.main
    assert "的指标在本组内比较，不同组的总分不互相比较" in page.main
    sheet = browser.get(next(a.get("href") for a in page.root.all("a") if "/sheet" in (a.get("href") or "")))
    assert "最优单位（组内）" in sheet.main or "各单位均为零" in sheet.main
    assert "原特区内组第 1 位" in sheet.main
    assert re.search(r'<table class="[^"]*ob-stack ob-cards', page.html), "a phone shows it as cards, not sideways"
    (table,) = page.root.all("table")[:1]
    assert all(cell.get("data-label") for cell in table.all("td")), "each figure says which it is"
    assert "大比武" in browser.get("/assessment/").main
    trial = next(a.get("href") for a in page.root.all("a") if "/assessment/try" in (a.get("href") or ""))
    beside = re.search(r"beside=([^&]+)", trial).group(1).replace("%3A", ":")
    changed = text.replace("权重 = 30", "权重 = 35").replace("版本 = 2026Q4", "版本 = b")
    page = browser.get(trial).submit("/assessment/try", {"text": changed, "periods": "2026Q4", "beside": beside}, status=200)
    assert "逐项相同" in page.main
    assert "试算结果，未保存" in page.main
    assert "陈" in page.main or "试算，方案版本 b" in page.main
