"""看板 as a page: the list's question, cards behind, sums right after, the form of a move with what was chosen."""

import pytest

from crm.core.db import db
from crm.core.money import Money
from crm.leads.models import Lead
from crm.leads.rules.lead import Stage
from tests.builders import a_lead
from tests.leads.stories import assess
from tests.pipeline.stories import signed
from tests.pipeline.test_kanban import put


@pytest.fixture
def lead(app):
    """An admitted one in negotiation that Lin leads, one that only was registered, one of Bao'an's."""
    with app.app_context():
        found = a_lead("Kestovar Robotics GmbH")
        assess(found)
        put(found, Stage.NEGOTIATING, 12)
        a_lead("Amberlyn Optics GmbH")
        put(a_lead("Secret Harbour GmbH", by="officer.baoan"), Stage.NEGOTIATING)
        return db.session.get_one(Lead, found.id)


def cards(page):
    return {card.first("h3").text.strip(): card for card in page.root.all("li") if "ob-kcard" in card["class"]}


def test_the_page(signed_in, lead):
    page = signed_in().get("/leads/board", ceiling=25)
    card = next(card for name, card in cards(page).items() if "Kestovar" in name)
    assert card["data-ways"] == "reason here open open open"
    assert card["data-stage"] == "negotiating"
    assert "停留 12 天" in card.text
    assert "Secret Harbour" not in page.html
    held = signed_in().get("/leads/board/held", htmx=True, ceiling=12)
    assert "平均停留 12 天" in held.text


def test_the_list_and_the_columns_are_one_question(signed_in, lead):
    browser = signed_in("coordinator")
    listed = browser.get("/leads?scope=city&q=Harbour&country=DE&stage=negotiating")
    there = next(a["href"] for a in listed.root.all("a") if a.text.strip() == "看板")
    page = browser.get(there)
    assert [name for name in cards(page) if "Harbour" not in name] == []
    back = next(a["href"] for a in page.root.all("a") if a.text.strip() == "清单")
    assert set(back.partition("?")[2].split("&")) == {"scope=city", "q=Harbour", "country=DE", "stage=negotiating"}
    assert page.form("/leads/board").first("input", name="scope")["value"] == "city"


def test_of_others_no_name_and_no_way(signed_in, lead):
    page = signed_in().get("/leads/board?scope=city", ceiling=25)
    masked = next(card for card in cards(page).values() if "is-masked" in card["class"])
    assert "data-card" not in masked.attrs
    assert "Secret Harbour" not in page.html


def test_the_confirmed_contract_stands_beside_the_declared(app, signed_in, clock_at):
    clock_at("2026-11-16 09:00")
    with app.app_context():
        less, same = (signed(app, sum_).public_id for sum_ in (Money.of(6_000_000, "USD"), None))
    browser = signed_in("coordinator")
    page = browser.get("/leads/board?scope=city", ceiling=25)
    rest = browser.get("/leads/board/column?scope=city&stage=signed", htmx=True, ceiling=25)
    for shown in (page, rest):
        money = {
            card["data-card"]: card.first("p", **{"class": "ob-kmoney"}).text
            for card in shown.root.all("li") if card.get("data-card")
        }  # fmt: skip
        assert "合同外资：800 万美元" in money[less] and "认定 600 万美元" in money[less]
        assert "认定" not in money[same], "the same sum is said once"


def test_the_others_of_a_column(app, signed_in):
    with app.app_context():
        for _number in range(23):
            put(a_lead(), Stage.SIGNED)
    browser = signed_in()
    page = browser.get("/leads/board?stage=lead&page=7", ceiling=25)
    more = next(a for a in page.root.all("a") if a.get("hx-get"))
    assert len(cards(page)) == 20
    assert "stage=signed" in more["href"]
    rest = browser.get(more["hx-get"], htmx=True, ceiling=25)
    assert len(rest.root.all("h3")) == 3
    assert not [a for a in rest.root.all("a") if a.get("hx-get")]


def test_nothing_there(signed_in):
    page = signed_in().get("/leads/board")
    assert page.root.first("h2").text == "这里还没有项目"


@pytest.mark.parametrize(
    "query", ["page=-1", "stage=nowhere", "stage=signed&page=99999999", "q=%00", "sort=x", "scope=all", "unit=x"]
)
def test_any_question_is_answered(signed_in, lead, query):
    browser = signed_in("coordinator")
    for path in ("/leads/board", "/leads/board/column", "/leads/board/held"):
        browser.get(f"{path}?{query}", htmx=path != "/leads/board")


def test_the_form_knows_where_the_card_was_dropped(signed_in, lead):
    browser, path = signed_in(), f"/stages/{lead.public_id}"
    form = browser.get(f"{path}?to=under_construction&from=negotiating").form(path)
    assert [box["value"] for box in form.all("input", name="to") if "checked" in box.attrs] == ["under_construction"]
    for nonsense in ("nowhere", ""):
        form = browser.get(f"{path}?to={nonsense}").form(path)
        assert [box["value"] for box in form.all("input", name="to") if "checked" in box.attrs] == ["signed"]


def test_somebody_moved_it_meanwhile(signed_in, lead):
    browser = signed_in()
    page = browser.get(f"/stages/{lead.public_id}?to=signed&from=lead")
    assert "已由同事调整了阶段" in page.text


def test_who_may_not_list_sees_no_columns(signed_in):
    for who in ("auditor", "sysadmin", "secadmin"):
        signed_in(who).get("/leads/board", status=403)
