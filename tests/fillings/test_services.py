"""A table from its bytes to the filled workbook by the services alone, on both databases."""

import pytest
from sqlalchemy import select

from crm.core import clock
from crm.core.db import db, unit_of_work
from crm.core.errors import Forbidden, NotFound
from crm.core.money import Money
from crm.core.workbooks.reading import read_sheets
from crm.files import queries as files
from crm.files import services as file_services
from crm.fillings import jobs, queries, services
from crm.fillings.models import Filling, FillingTemplate
from crm.fillings.rules.layout import layout_of
from crm.policy.rules import Actor
from tests.builders import a_lead, actor
from tests.fillings import tables


def taken_in(app, who: Actor) -> str:
    content, now = tables.a_table(), clock.now()
    layout = layout_of(read_sheets(content, "xlsx"))
    with unit_of_work():
        file = file_services.store_file(
            content, "t.xlsx", purpose="import", root=app.config["FILES_PATH"], actor=who, now=now
        )  # fmt: skip
        return services.start_filling(file, layout, asked=None, template=None, actor=who, now=now).public_id


def filled(app, public_id: str, who: Actor, chosen: dict[int, tuple[str, str]]) -> Filling:
    with unit_of_work():
        row = services.lay_down(public_id, chosen, asked="stage=all&scope=unit", called="scope:unit", actor=who)
        assert not services.begin(row, 1, actor=who, now=clock.now())
        row_id = row.id
    assert jobs.fill_now(row_id) == {}
    return db.session.get_one(Filling, row_id, populate_existing=True)


def test_filled_and_filled_again(desk):
    a_lead("Kestovar Robotics GmbH", title="机器人项目", contracted=Money.of(98_000_000, "USD"))
    who = actor("officer.nanshan")
    public_id = taken_in(desk, who)
    row = filled(desk, public_id, who, {1: ("title", ""), 5: ("contracted", "USD-4"), 6: ("signed_on", "")})
    assert (row.state, row.rows, row.found) == ("done", 1, 1)
    assert row.told is not None
    assert row.told["empty"] == {"6": 1}
    found = queries.result_of(public_id, actor=who)
    page = tables.opened(files.path_of(desk.config["FILES_PATH"], found.sha256).read_bytes())["汇总表"]
    assert (page["B4"].value, page["F4"].value, page["A4"].value) == ("机器人项目", 9800, None)
    again = filled(desk, public_id, who, {2: ("investor", "")})
    assert again.serial != row.serial or again.result_file_id != found.id
    with pytest.raises(NotFound):
        queries.result_of(public_id, actor=actor("manager.nanshan"))


def test_versions_of_a_template(desk):
    a_lead("Kestovar Robotics GmbH")
    who, now = actor("officer.nanshan"), clock.now()
    public_id = taken_in(desk, who)
    for chosen in ({1: ("title", "")}, {1: ("title", "")}, {1: ("title", ""), 2: ("investor", "")}):
        with unit_of_work():
            row = services.lay_down(public_id, chosen, asked="", called="", actor=who)
            services.keep_template(row, "月表", "unit", actor=who, now=now)
    found = list(db.session.scalars(select(FillingTemplate).order_by(FillingTemplate.id)))
    assert [(one.number, one.replaced_at is None) for one in found] == [(1, False), (2, True)]
    assert [one.number for one in queries.templates(actor("manager.nanshan"))] == [2]
    assert not queries.templates(actor("officer.baoan"))
    with pytest.raises(Forbidden), unit_of_work():
        services.keep_template(queries.visible_filling(public_id, actor=who), "月表", "city", actor=who, now=now)
