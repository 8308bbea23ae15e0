"""The menu beside the list, keeping a state and opening it again, the page of all views."""

import re

from sqlalchemy import select, update

from crm.core.db import db, unit_of_work
from crm.shelves.models import SavedView
from tests.builders import a_lead


def only(app):
    with app.app_context():
        return db.session.scalars(select(SavedView)).one().public_id


def kept(app, browser, address="/leads/views/new?stage=all&sort=name&col=days&col=unit&page=4", **typed):
    browser.get(address).submit("/leads/views/new", {"name": "按名称", **typed}, status=303)
    return only(app)


def test_kept_and_opened_again(app, signed_in):
    a_lead("Kestovar Robotics GmbH")
    browser = signed_in()
    menu = browser.get("/leads/views/menu?stage=all&sort=name&page=4", htmx=True)
    assert "/leads/views/new?stage=all&amp;sort=name&amp;at=list" in menu.html
    public_id = kept(app, browser)
    page = browser.get(f"/leads/views/{public_id}", status=303)
    assert page.location.endswith(f"/leads?stage=all&sort=name&col=days&col=unit&view={public_id}")
    page = page.follow()
    assert "按名称" in page.main
    assert "Kestovar Robotics GmbH" in page.main
    assert (
        "用当前条件更新"
        not in browser.get(f"/leads/views/menu?stage=all&sort=name&col=days&col=unit&view={public_id}", htmx=True).html
    )


def test_the_present_state_takes_its_place(app, signed_in):
    browser = signed_in()
    public_id = kept(app, browser)
    menu = browser.get(f"/leads/views/menu?stage=signed&view={public_id}&at=board", htmx=True)
    assert "用当前条件更新“按名称”" in menu.html
    fields = {"state": "stage=signed&sort=colour&evil=1", "place": "board", "version": "1"}
    browser.get("/leads/views").client.post(f"/leads/views/{public_id}/replace", fields, status=303)
    assert browser.get(f"/leads/views/{public_id}", status=303).location.endswith(f"/leads/board?stage=signed&view={public_id}")


def test_what_is_no_more_is_said(app, signed_in):
    browser = signed_in()
    public_id = kept(app, browser, "/leads/views/new?stage=all&unit=987654&band=lt1")
    with app.app_context(), unit_of_work():
        db.session.scalars(select(SavedView)).one().state = "stage=won&unit=987654&band=lt1"
    page = browser.get(f"/leads/views/{public_id}", status=303)
    assert page.location.endswith(f"/leads?band=lt1&view={public_id}")
    assert "视图“按名称”中的条件已不存在，已略去：阶段、跟进单位" in page.follow().text


def test_the_list_starts_with_it(app, signed_in):
    browser = signed_in()
    public_id = kept(app, browser)
    page = browser.get("/leads/views").submit(f"/leads/views/{public_id}/start", {}, status=303).follow()
    assert "起始视图" in page.main
    assert browser.get("/leads", status=303).location.endswith(f"/leads/views/{public_id}")
    browser.get("/leads?view=none")  # the plain list stays within reach
    browser.get("/leads/views").submit("/leads/views/start-off", {}, status=303)
    browser.get("/leads")


def test_a_taken_name_is_said_with_what_was_typed(app, signed_in):
    browser = signed_in()
    kept(app, browser)
    page = browser.get("/leads/views/new?stage=signed").submit("/leads/views/new", {"name": "按名称"}, status=409)
    assert "已有同名的视图" in page.main
    assert 'value="stage=signed"' in page.html


def test_only_those_who_may_are_offered_to_publish(signed_in):
    offered = {who: set(re.findall(r'name="reach"[^>]*value="(\w+)"', signed_in(who).get("/leads/views/new").html))
               for who in ("officer.nanshan", "manager.nanshan", "coordinator", "leader")}  # fmt: skip
    assert offered == {
        "officer.nanshan": {"mine"}, "manager.nanshan": {"mine", "unit"}, "coordinator": {"mine", "city"}, "leader": {"mine"},
    }  # fmt: skip


def test_a_view_widens_nothing(app, signed_in):
    """The coordinator's view of the whole city shows Baoan what Baoan sees of it."""
    a_lead("Kestovar Robotics GmbH", by="officer.nanshan")
    kept(app, signed_in("coordinator"), "/leads/views/new?stage=all&scope=city&q=Kestovar", reach="city")
    assert "Kestovar Robotics" in signed_in("coordinator").get(f"/leads/views/{only(app)}", status=303).follow().main
    assert "Kestovar Robotics" not in signed_in("officer.baoan").get(f"/leads/views/{only(app)}", status=303).follow().main


def test_renamed_and_deleted(app, signed_in):
    browser = signed_in()
    public_id = kept(app, browser)
    there = f"/leads/views/{public_id}/edit"
    assert "请填写" in browser.get(there).submit(there, {"name": " "}, status=422).main
    browser.get(there).submit(there, {"name": "新名称"}, status=303)
    page = browser.get(there)
    with app.app_context(), unit_of_work():
        db.session.execute(update(SavedView).values(version=9))
    again = page.submit(there, {"name": "又一名称"}, status=422)
    assert "打开之后，已有同事保存过这条记录" in again.main
    assert "又一名称" in again.html
    page = browser.get("/leads/views").submit(f"/leads/views/{public_id}/drop", {}, status=303).follow()
    assert "还没有保存的视图" in page.main
