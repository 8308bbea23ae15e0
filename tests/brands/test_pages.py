"""The page of brands as the administrator meets it: search, add, retire, bring back, history; nobody else sees it."""

import pytest

from crm.brands.rules import slug_of
from crm.brands.services import NewNames


@pytest.fixture
def admin(signed_in):
    return signed_in("sysadmin")


def filled(**changed: str) -> dict[str, str]:
    return {"names": "青梧\nValdora\n발도라", "source": "企业官网", "note": "来函核对"} | changed


def test_the_way_of_a_brand(admin):
    page = admin.get("/brands/new").submit("/brands/new", filled()).follow()
    assert page.h1 == "青梧"
    assert "品牌已添加" in page.text
    assert all(name in page.main for name in ("Valdora", "발도라", "企业官网", "来函核对", "新增品牌"))
    link = next(a for a in page.root.all("a") if a.get("aria-label") == "停用 Valdora")
    page = admin.get(link["href"]).submit("/retire", {"reason": "名称有误"}).follow()
    assert "已停用" in page.main
    assert "名称有误" in page.main
    link = next(a for a in page.root.all("a") if a.get("aria-label") == "恢复 Valdora")
    page = admin.get(link["href"]).submit("/restore", {"reason": "核实无误"}).follow()
    assert "恢复品牌名称" in page.main
    page = page.submit("/brands/own-", {"names": "瓦尔多拉", "source": "来函"}).follow()
    assert "瓦尔多拉" in page.main
    whole = next(a for a in page.root.all("a") if a.text == "停用品牌")
    page = admin.get(whole["href"]).submit("/retire", {"reason": "已注销"}).follow()
    assert not [form for form in page.root.all("form") if "/brands/own-" in form.get("action")], "nothing is added to it now"
    history = admin.get("/brands/history").main
    assert all(
        word in history for word in ("新增品牌", "停用品牌名称", "恢复品牌名称", "新增品牌名称", "停用品牌", "sysadmin", "已注销")
    )


def test_a_history_that_is_cut_says_so(admin, monkeypatch):
    page = admin.get("/brands/new").submit("/brands/new", filled()).follow()
    assert "1 条" in page.main
    assert "最近" not in page.main
    monkeypatch.setattr("crm.audit.queries.PAGE", 1)
    page = page.submit("/brands/own-", {"names": "瓦尔多拉", "source": "来函"}).follow()
    assert "最近 1 条" in page.main


def test_a_double_click_is_one_brand(admin):
    page = admin.get("/brands/new")
    first, second = (page.submit("/brands/new", filled()) for _time in range(2))
    assert first.location == second.location
    assert "共 1 条" in admin.get("/brands/?show=office").main


@pytest.mark.parametrize(
    "typed, problem",
    [
        ({"names": ""}, "请至少填写一个名称"), ({"names": " \n。\n"}, "太短"), ({"names": "深圳"}, "地名"), ({"names": "博世"}, "Bosch"),
        ({"source": ""}, "请填写依据"), ({"source": "x" * 401}, "最多400个字"), ({"note": "x" * 401}, "最多400个字"),
        ({"names": "\n".join(f"青梧{n}" for n in range(21))}, "一次最多20个名称"), ({"names": "梧" * 101}, "太长"),
        ({"names": "\u200b\u2060"}, "请至少填写一个名称"),
    ],
)  # fmt: skip
def test_what_is_wrong_stands_at_the_field(admin, typed, problem):
    page = admin.get("/brands/new").submit("/brands/new", filled(**typed), status=422)
    assert any(problem in said for said in page.problems()), page.problems()
    kept = filled(**typed)
    assert [area.text for area in page.root.all("textarea")][0].split() == kept["names"].replace("\u200b\u2060", "").split()
    assert "共 0 条" not in admin.get("/brands/").main


def test_a_name_of_another_brand_cannot_be_restored(admin, act, valdora):
    act("retire_name", valdora, "valdora")
    act("add_brand", NewNames(("Valdora",), "官网"))
    page = admin.get(f"/brands/{slug_of(valdora)}/restore?name=valdora").submit("/restore", {"reason": "试"}, status=422)
    assert any("请先在那里停用" in said for said in page.problems())
    page = admin.get(f"/brands/{slug_of(valdora)}/retire").submit("/retire", {"reason": ""}, status=422)
    assert any("请填写原因" in said for said in page.problems())


def test_search_pages_and_the_empty_state(admin, act, valdora):
    page = admin.get("/brands/?q=ＢＯＳＣＨ")
    assert "博世" in page.main
    assert "没有名称里有" in admin.get("/brands/?q=查无此名").main
    assert "没有名称里有" in admin.get("/brands/?q=%E3%80%82").main
    page = admin.get("/brands/")
    assert "青梧" in page.main
    assert "第 1–50 条" in page.main
    assert "第 51–100 条" in admin.get("/brands/?page=2").main
    assert "Bosch" not in admin.get("/brands/?show=office").main
    assert "这里还没有品牌" in admin.get("/brands/?show=retired").main
    act("retire_brand", "bosch")
    assert "Bosch" in admin.get("/brands/?show=retired").main
    assert "还没有改动" in admin.get("/brands/siemens").main


@pytest.mark.parametrize(
    "query", ["page=-3", "page=x", "page=99999999999999999999", "show=nothing", "q=%00%ff", "q=" + "x" * 4000]
)
def test_strange_questions_are_answered(admin, query):
    admin.get(f"/brands/?{query}")


@pytest.mark.parametrize(
    "path", ["/brands/no-such", "/brands/bosch/retire?name=nobody", "/brands/bosch/erase", "/brands/x-%E2%80%8B", "/brands/%00"]
)
def test_what_is_not_there_is_not_found(admin, path):
    admin.get(path, status=404)


@pytest.mark.parametrize("username", ["officer.nanshan", "manager.nanshan", "coordinator", "leader", "auditor", "secadmin"])
def test_nobody_else_opens_it(signed_in, username):
    browser = signed_in(username)
    for path in ("/brands/", "/brands/new", "/brands/history", "/brands/bosch", "/brands/bosch/retire"):
        browser.get(path, status=403)
    assert "品牌与别名" not in browser.get("/").text
