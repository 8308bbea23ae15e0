"""The first days of a city: an empty list leads on, what is imported but not admitted is said, a colleague's leads are found."""

import pytest

from crm.core.db import unit_of_work
from crm.leads.rules.listing import Question, Scope
from tests.builders import a_lead, someone

pytestmark = pytest.mark.only_on("sqlite")


def _offered(page):
    return [link["href"] for link in page.root.first("div", class_="ob-empty").all("a")]


def test_an_empty_list_leads_on_and_asks_to_drop_no_condition_that_is_not_there(signed_in):
    browser = signed_in("officer.nanshan")
    page = browser.get("/leads")
    assert "去掉" not in page.main
    assert _offered(page) == ["/leads?stage=all&scope=unit", "/imports/", "/leads/new"]
    assert _offered(browser.get("/leads?stage=all")) == ["/imports/", "/leads/new"]
    narrowed = browser.get("/leads?stage=all&country=JP")
    assert "去掉全部条件" in narrowed.main
    assert "/imports/" not in _offered(narrowed)
    assert "去掉" not in browser.get("/leads/board").main
    assert not Question(stage=None, scope=Scope.CITY, page=3).narrowed
    assert Question(owner_id=7).narrowed


def test_the_managers_home_says_what_is_not_admitted(app, signed_in):
    with app.app_context(), unit_of_work():
        a_lead()
    page = signed_in("manager.nanshan").get("/")
    assert "合计 1 个" in page.main
    assert "1 条未入库，不计额" in page.main
    assert "口径：已入库" not in page.main


def test_the_leads_of_a_colleague_who_left_are_found(app, signed_in):
    with app.app_context(), unit_of_work():
        a_lead(title="归我的")
        a_lead(by="manager.nanshan", title="经理自己的")
        owner = someone("officer.nanshan")
        id_, name, public_id = owner.id, owner.name, owner.public_id
    signed_in("sysadmin").get(f"/account/users/{public_id}/disable").submit("/disable")
    browser = signed_in("manager.nanshan")
    assert "/leads/owners?stage=all" in browser.get("/leads?stage=all").html
    offered = {one["value"]: one.text for one in browser.get("/leads/owners?stage=all", htmx=True).root.all("option")}
    assert "已停用" in offered[str(id_)]
    assert name in offered[str(id_)]
    assert not any("宝安" in text for text in offered.values()), "a district picks among its own people"
    page = browser.get(f"/leads?stage=all&owner={id_}")
    assert "归我的" in page.main
    assert "经理自己的" not in page.main
    assert f"owner={id_}" not in page.root.first("a", aria_label="去掉条件：负责人")["href"]
    assert f'<option value="{id_}" selected>{name}' in page.html
    assert "宝安" in signed_in("coordinator").get("/leads/owners", htmx=True).html
