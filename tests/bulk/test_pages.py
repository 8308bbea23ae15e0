"""From ticked rows, or all that the filter finds, to what came of it."""

import pytest
from sqlalchemy import select

from crm.bulk.models import BulkRun
from crm.core.db import db
from tests.builders import a_lead, a_unit, an_officer


def only(app):
    with app.app_context():
        return db.session.scalars(select(BulkRun.public_id).order_by(BulkRun.id.desc())).first()


@pytest.fixture
def two(app):
    return [a_lead("Kestovar Robotics GmbH"), a_lead("Mirabeck Sensors AG")]


def picked(leads):
    return "/leads/bulk?" + "&".join(f"pick={lead.public_id}" for lead in leads)


def test_seen_done_and_taken_back(app, signed_in, two):
    with app.app_context():
        new = an_officer().user_id
    browser = signed_in("manager.nanshan")
    page = browser.get(picked(two))
    assert "已选 2 条。" in page.main
    page = page.submit("/leads/bulk", {"act": "owner", "owner": str(new)}, status=303).follow()
    run = only(app)
    assert "将处理 2 条，跳过 0 条。" in page.main
    assert "Kestovar Robotics GmbH" in page.main
    page = page.submit(f"/bulk/{run}/begin", {}, status=303).follow()
    assert "已处理 2 条，跳过 0 条。" in page.main
    page = page.submit(f"/bulk/{run}/undo", {}, status=303).follow()
    assert "撤回批量操作" in page.main
    page.submit(f"/bulk/{only(app)}/begin", {}, status=303)
    assert "这次批量操作已撤回" in browser.get(f"/bulk/{run}").main


def test_all_that_the_filter_finds(app, signed_in, two):
    browser = signed_in("manager.nanshan")
    page = browser.get("/leads/bulk?all=yes&stage=all&q=Kestovar")
    assert "已选 1 条。" in page.main
    page = page.submit("/leads/bulk", {"act": "next", "step": "复谈", "due_on": "2026-12-01"}, status=303).follow()
    assert "将处理 1 条" in page.main


def test_the_cap_is_said(app, signed_in, two, monkeypatch):
    monkeypatch.setattr("crm.desk.views.many.CAP", 1)
    page = signed_in("manager.nanshan").get("/leads/bulk?all=yes&stage=all")
    assert "超过一次处理的上限 1 条，其余 1 条不在这次之内" in page.main


def test_what_is_not_filled_in_is_said_with_what_was_typed(signed_in, two):
    page = signed_in("manager.nanshan").get(picked(two))
    page = page.submit("/leads/bulk", {"act": "next", "step": "复谈"}, status=422)
    assert "请填写" in page.main
    assert 'value="复谈"' in page.html
    assert page.html.count('name="pick"') == 2
    page = page.submit("/leads/bulk", {"act": "share", "unit": str(a_unit("SZ-BA").id), "until": "2020-01-01"}, status=422)
    assert "期限请选" in page.main


def test_nothing_chosen(signed_in):
    page = signed_in("manager.nanshan").get("/leads/bulk")
    assert "没有选中条目" in page.main
    signed_in("leader").get("/leads/bulk", status=403)


def test_the_chosen_as_a_workbook(signed_in, two):
    page = signed_in("officer.nanshan").get(picked(two[:1])).submit("/leads/bulk", {"act": "export"}, status=200)
    assert page.response.mimetype.endswith("spreadsheetml.sheet")


def test_ones_own_alone(app, signed_in, two):
    browser = signed_in("manager.nanshan")
    browser.get(picked(two)).submit("/leads/bulk", {"act": "next", "step": "复谈", "due_on": "2026-12-01"}, status=303)
    signed_in("coordinator").get(f"/bulk/{only(app)}", status=404)
