"""Saved views: who keeps and publishes, who opens, what a name is worth."""

import pytest
from sqlalchemy import select

from crm.audit.models import AuditLine
from crm.core import clock
from crm.core.db import db, unit_of_work
from crm.core.errors import Forbidden, NotFound, StaleVersion
from crm.shelves import queries, services
from crm.shelves.models import SavedView, StartView
from crm.shelves.rules import NameTaken, Place, Reach, ShelfFull
from tests.builders import actor


def keep(name="在谈大项目", reach=Reach.MINE, state="stage=all", by="officer.nanshan"):
    with unit_of_work():
        return services.keep_view(services.NewView(name, reach, state), actor=actor(by), now=clock.now()).public_id


def names(who):
    return [view.name for view in queries.open_to(actor(who))]


def test_ones_own_is_nobody_elses(desk):
    mine = keep()
    assert names("officer.nanshan") == ["在谈大项目"]
    assert names("manager.nanshan") == names("coordinator") == []
    with pytest.raises(NotFound):
        queries.visible_view(mine, actor=actor("coordinator"))


@pytest.mark.parametrize(
    ("who", "reach"),
    [("officer.nanshan", Reach.UNIT), ("officer.nanshan", Reach.CITY), ("manager.nanshan", Reach.CITY), ("leader", Reach.CITY),
     ("coordinator", Reach.UNIT)],
)  # fmt: skip
def test_who_may_not_publish(desk, who, reach):
    with pytest.raises(Forbidden):
        keep(reach=reach, by=who)


def test_a_units_view_is_the_units(desk):
    published = keep("本区", Reach.UNIT, by="manager.nanshan")
    assert names("officer.nanshan") == ["本区"]
    assert names("officer.baoan") == names("coordinator") == []
    with pytest.raises(Forbidden), unit_of_work():
        services.drop_view(published, actor=actor("officer.nanshan"), now=clock.now())
    with unit_of_work():
        services.drop_view(published, actor=actor("manager.nanshan"), now=clock.now())
    assert names("officer.nanshan") == []


def test_the_citys_view_is_everybodys_and_the_coordinators_to_change(desk):
    published = keep("全市签约", Reach.CITY, by="coordinator")
    assert all(names(who) == ["全市签约"] for who in ("officer.baoan", "leader", "manager.nanshan"))
    with pytest.raises(Forbidden), unit_of_work():
        services.change_view(published, "x", Reach.CITY, opened=1, actor=actor("leader"), now=clock.now())


def test_a_name_stands_once_on_a_shelf(desk):
    keep()
    with pytest.raises(NameTaken):
        keep()
    keep(by="manager.nanshan")  # another shelf
    other = keep("另一个")
    with pytest.raises(NameTaken), unit_of_work():
        services.change_view(other, "在谈大项目", Reach.MINE, opened=1, actor=actor(), now=clock.now())


def test_a_shelf_has_an_end(desk, monkeypatch):
    monkeypatch.setattr(services, "MOST_EACH", 1)
    first = keep()
    with pytest.raises(ShelfFull):
        keep("第二个")
    with unit_of_work():  # what stands there may be renamed
        services.change_view(first, "改名", Reach.MINE, opened=1, actor=actor(), now=clock.now())


def test_another_state_needs_the_version_that_was_seen(desk):
    mine = keep()
    with unit_of_work():
        services.replace_state(mine, "stage=signed", Place.BOARD, opened=1, actor=actor(), now=clock.now())
    view = queries.visible_view(mine, actor=actor())
    assert (view.state, view.place, view.version) == ("stage=signed", "board", 2)
    db.session.rollback()
    with pytest.raises(StaleVersion), unit_of_work():
        services.replace_state(mine, "", Place.LIST, opened=1, actor=actor(), now=clock.now())


def test_a_copy_is_ones_own_under_a_free_name(desk):
    published = keep("全市签约", Reach.CITY, by="coordinator")
    for _ in range(2):
        with unit_of_work():
            services.copy_view(published, actor=actor("officer.baoan"), now=clock.now())
    found = [view for view in queries.open_to(actor("officer.baoan")) if view.reach == "mine"]
    assert [view.name for view in found] == ["全市签约", "全市签约 2"]


def test_publishing_moves_it_to_the_units_shelf(desk):
    mine = keep(by="manager.nanshan")
    with unit_of_work():
        services.change_view(mine, "本区", Reach.UNIT, opened=1, actor=actor("manager.nanshan"), now=clock.now())
    assert names("officer.nanshan") == ["本区"]


def test_a_view_that_starts_lists_may_go(desk):
    published = keep("全市签约", Reach.CITY, by="coordinator")
    with unit_of_work():
        services.start_with(published, actor=actor("officer.baoan"))
    assert queries.start_of(actor("officer.baoan")).name == "全市签约"
    db.session.rollback()
    with unit_of_work():
        services.drop_view(published, actor=actor("coordinator"), now=clock.now())
    assert queries.start_of(actor("officer.baoan")) is None
    assert db.session.scalars(select(StartView)).all() == db.session.scalars(select(SavedView)).all() == []


def test_a_start_that_may_not_be_opened_any_more_is_none(desk):
    published = keep("本区", Reach.UNIT, by="manager.nanshan")
    with unit_of_work():
        services.start_with(published, actor=actor("officer.nanshan"))
        services.change_view(published, "本区", Reach.MINE, opened=1, actor=actor("manager.nanshan"), now=clock.now())
    assert queries.start_of(actor("officer.nanshan")) is None


def test_each_act_is_on_record(desk):
    mine = keep()
    with unit_of_work():
        services.drop_view(mine, actor=actor(), now=clock.now())
    acts = db.session.scalars(select(AuditLine.action).where(AuditLine.action.startswith("view."))).all()
    assert acts == ["view.kept", "view.dropped"]
