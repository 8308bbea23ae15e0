"""The page of gates: a matrix, its versions, trying and putting in force, errors by line."""

from io import BytesIO

import pytest

from crm.pipeline.rules import shipped_text
from tests.pipeline.stories import negotiating
from tests.pipeline.test_gate_tables import another

pytestmark = pytest.mark.only_on("sqlite")


def test_everybody_reads_it_and_who_may_changes_it(app, signed_in):
    with app.app_context():
        lead = negotiating()
    officer, city = signed_in("officer.nanshan"), signed_in("coordinator")
    page = officer.get("/gates/").main
    for words in ("正式签约 或 注册落地（佐证）", "建设类", "办理：负责人、区负责人、市统筹", "版本 2026-11-1", "系统自带"):
        assert words in page
    officer.get("/gates/new", status=403)
    officer.get("/gates/shipped")
    assert officer.http.get("/gates/shipped/text").data.decode() == shipped_text()
    page = city.get("/gates/new")
    once = page.form("/gates/new").first("input", name="once").get("value")
    tried = city.post("/gates/new", {"text": another(days=2), "act": "try", "once": once}, status=200)
    for words in ("1 条将多缺材料", "签约：园区", lead.number, "所需材料"):
        assert words in tried.main, words
    hash_ = tried.form("/gates/new").first("input", name="tried").get("value")
    untried = city.post("/gates/new", {"text": another(days=3), "act": "put", "once": once, "tried": hash_}, status=422)
    assert "请先试算" in untried.main
    put = {"text": another(days=2), "act": "put", "once": once, "tried": hash_}
    at = city.post("/gates/new", put, status=303).location
    assert city.post("/gates/new", put, status=303).location == at  # twice is once
    assert "与现行版本 2026-11-1 相比" in officer.get(at).main
    assert "待生效" in city.get("/gates/").main
    city.post(f"{at}/withdraw", {}, status=303)
    assert "已撤回" in city.get("/gates/").main
    officer.post(f"{at}/withdraw", {}, status=403)
    city.get("/gates/moon", status=404)


def test_an_administrator_is_told_numbers_without_names(app, signed_in):
    with app.app_context():
        lead = negotiating()
    browser = signed_in("sysadmin")
    browser.get("/gates/new")
    page = browser.post("/gates/new", {"text": another(), "act": "try", "once": "one"}, status=200)
    assert "1 条将多缺材料" in page.main
    assert "南山 1" in page.main
    assert lead.number not in page.main and lead.title not in page.main
    signed_in("secadmin").get("/gates/", status=403)


@pytest.mark.parametrize(("text", "says"), [
    (another(mood=True), "不认识：field 'mood'"), ("{", "写法有误"), ("", "请选择文件或填写关口表内容"), (another(days=-1), "最早从今天起生效"),
    (shipped_text(), "已有这个版本号"), ("x" * 70_000, "60000"),
], ids=["field", "json", "empty", "past", "there", "long"])  # fmt: skip
def test_errors_are_said_and_the_text_stays(signed_in, text, says):
    browser = signed_in("coordinator")
    page = browser.post("/gates/new", {"text": text, "act": "try", "once": "one"}, status=(409, 422))
    assert says in page.main
    assert page.form("/gates/new").first("textarea").text.split() == text.split()
    if "不认识" in says:
        assert "行第" in page.main


def test_a_file_counts_before_what_was_typed(signed_in):
    browser = signed_in("coordinator")
    facts = {"text": "{", "act": "try", "once": "one"}
    content = BytesIO(another().encode("utf-8-sig"))
    assert "将多缺材料" in browser.post("/gates/new", facts | {"file": (content, "a.txt")}, status=200).main
    assert "不是文本文件" in browser.post("/gates/new", facts | {"file": (BytesIO(b"PK\x00\x01"), "a.txt")}, status=422).main
