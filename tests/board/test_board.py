"""The board's numbers are those of the lists behind them, and tell nobody more than the lists do."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update
from werkzeug.datastructures import MultiDict

from crm.board import queries
from crm.board.rules import Period, Show
from crm.clusters import queries as clusters
from crm.core import clock
from crm.core.db import db, unit_of_work
from crm.desk.forms import question_from
from crm.leads.models import Lead
from crm.leads.queries import listing
from crm.leads.rules.lead import Stage
from crm.leads.rules.listing import Scope
from tests.builders import a_lead, a_unit, actor
from tests.transfers.stories import card_of
from tests.web.shared_city import seal


def board(who, period=Period.YEAR, keep=0):
    return queries.board_for(actor(who), period, idle_days=30, keep_seconds=keep)


def place(found, code):
    return next(one for one in found.places if one.unit_id == a_unit(code).id)


def behind(href, who):
    """How many rows the list has that a link of the page opens."""
    args = MultiDict(pair.split("=", 1) for pair in href.partition("?")[2].split("&"))
    question = question_from(args, default_scope=Scope.CITY)
    return listing.count_of(question.on(exact=True), actor(who)).number


@pytest.fixture
def built(app):
    """Six leads in negotiation in Nanshan and one in Bao'an; one admitted long ago, one without progress, one in no cluster."""
    with app.app_context():
        first, second = (item.id for item in clusters.current()[:2])
        leads = [a_lead(by="officer.nanshan", cluster_ids=(first, second)) for _number in range(4)]
        leads += [a_lead(by="officer.nanshan", cluster_ids=(second,)), a_lead(by="officer.nanshan")]
        leads.append(a_lead(by="officer.baoan", cluster_ids=(first,)))
        now = clock.now()
        ids = [lead.id for lead in leads]
        with unit_of_work():
            db.session.execute(
                update(Lead)
                .where(Lead.id.in_(ids))
                .values(stage=Stage.NEGOTIATING, admitted_at=now, total_cny=100_000_000_00, total_verified=True)
            )
            db.session.execute(update(Lead).where(Lead.id == ids[0]).values(admitted_at=now - timedelta(days=800)))
            old = now - timedelta(days=90)
            db.session.execute(update(Lead).where(Lead.id == ids[1]).values(registered_at=old, last_progress_on=None))
        return [db.session.get_one(Lead, lead_id).public_id for lead_id in ids]


@pytest.fixture
def city(app, built):
    """The same, inside."""
    with app.app_context():
        yield built


def test_the_coordinators_numbers_are_those_of_the_lists(city):
    found = board("coordinator")
    assert found.exact and found.together.stock == 7
    nanshan, baoan = place(found, "SZ-NS").told, place(found, "SZ-BA").told
    assert (nanshan.cell.stock, nanshan.cell.fresh, nanshan.cell.idle) == (6, 5, 1)
    assert (baoan.cell.stock, baoan.cell.total_cny) == (1, 100_000_000_00)
    assert {key: told.cell.stock for key, told in found.clusters.items()} == {
        clusters.current()[0].id: 5, clusters.current()[1].id: 1, 0: 1,
    }  # fmt: skip


def test_every_number_of_the_page_opens_as_many_rows(app, built, signed_in):
    page = signed_in("coordinator").get("/board?period=year")
    links = [(link.get("href"), link.text) for link in page.root.all("a") if "/leads?" in (link.get("href") or "")]
    checked = 0
    with app.app_context():
        for href, text in links:
            # The first number of a tile is how many; its sum comes after.
            number = next((int(word) for word in text.replace(",", "").split() if word.isdigit()), None)
            if number is not None and any(kind in href for kind in ("stage=negotiating", "admitted_from", "claim=due")):
                assert behind(href, "coordinator") == number, (href, text)
                checked += 1
    assert checked > 40


def test_others_are_told_in_fives_and_see_no_sums(city):
    found = board("officer.baoan")
    nanshan, baoan = place(found, "SZ-NS"), place(found, "SZ-BA")
    assert (nanshan.told.cell.stock, nanshan.told.exact, nanshan.told.cell.total_cny) == (5, False, 0)
    assert nanshan.told.cell.of(Show.IDLE) == 0
    assert baoan.mine and baoan.told.exact and baoan.told.cell.stock == 1
    assert found.together.total_cny == 100_000_000_00  # its own
    assert all(told.cell.total_cny == 0 for told in found.clusters.values())
    assert found.direct is None


def test_what_goes_by_a_code_name_cannot_be_counted_out(city):
    seal(city[6], "青石", by="officer.baoan")
    assert board("coordinator").together.stock == 7
    for who in ("leader", "officer.nanshan", "manager.nanshan"):
        found = board(who)
        assert place(found, "SZ-BA").told.cell.stock == 0, who
        assert found.together.stock == 6, who
        assert sum(told.cell.stock for told in found.clusters.values()) == 6, who


def test_a_code_name_counts_at_once_though_numbers_are_kept(city):
    assert board("leader").together.stock == 7
    seal(city[6], "青石", by="officer.baoan")
    assert board("leader", keep=600).together.stock == 6


def test_numbers_are_kept_for_a_while_and_say_when_they_were_counted(app, city, clock_at):
    first = board("coordinator")  # counted now, whatever another test left
    a_lead(by="officer.nanshan")
    assert board("coordinator", keep=60).counted_at == first.counted_at
    clock_at(clock.now() + timedelta(seconds=61))
    assert board("coordinator", keep=60).counted_at > first.counted_at


@pytest.mark.parametrize("who", ["officer.nanshan", "manager.nanshan", "coordinator", "leader"])
def test_the_page_for_everyone(signed_in, who):
    browser = signed_in(who)
    for query in ("", "?period=week&show=fresh", "?period=year&show=due", "?period=x&show=y", "?show=idle"):
        assert browser.get(f"/board{query}").status == 200, query


@pytest.mark.parametrize("who", ["auditor", "sysadmin", "secadmin"])
def test_not_for_those_who_see_no_business(signed_in, who):
    signed_in(who).get("/board", status=403)


def test_an_idle_lead_becomes_active_by_progress(app, city):
    idle = board("coordinator").together.idle
    with unit_of_work():
        db.session.execute(update(Lead).where(Lead.public_id == city[1]).values(last_progress_on=clock.today()))
    assert board("coordinator").together.idle == idle - 1


@pytest.mark.parametrize("who, told", [("coordinator", 6), ("leader", 6), ("manager.nanshan", 6), ("officer.baoan", 5)])
def test_a_units_page_tells_as_the_board_does(city, who, told):
    unit = a_unit("SZ-NS")
    page = queries.unit_page(unit, actor(who), Period.YEAR, idle_days=30, keep_seconds=0)
    assert page.told.cell.stock == told
    assert page.told.exact is (who != "officer.baoan")
    assert bool(page.recent) is page.told.exact, "other units' leads in negotiation have no unit on a list"
    assert {user.username for user in page.people} == {"officer.nanshan", "manager.nanshan"}


@pytest.mark.parametrize("who", ["officer.nanshan", "officer.baoan", "coordinator", "leader"])
def test_the_units_page_for_everyone(app, built, signed_in, who):
    with app.app_context():
        paths = [f"/board/units/{a_unit(code).public_id}?period=week" for code in ("SZ-NS", "SZ-TCJ")]
    for path in paths:
        assert "工作人员" in signed_in(who).get(path).main
    signed_in(who).get("/board/units/none", status=404)


def test_open_cards_are_counted_for_everybody(app, built, signed_in):
    with app.app_context():
        card_of(db.session.scalars(select(Lead).where(Lead.public_id == built[0])).one())
    for name, says in (("coordinator", "承接申请 0 份"), ("officer.baoan", "可提出承接申请")):
        page = signed_in(name).get("/board")
        assert says in page.main
        link = next(a for a in page.root.all("a") if a.get("href") == "/pool" and a.text.isdigit())
        assert link.text == "1"


def test_a_move_inside_the_city_is_nothing_new(app, city):
    """It is followed as any other, and counts among what was admitted neither on the board nor in the list behind the number."""
    before = place(board("coordinator"), "SZ-NS").told.cell
    moved = select(Lead.id).where(Lead.public_id == city[2]).scalar_subquery()
    with unit_of_work():
        db.session.execute(update(Lead).where(Lead.id == moved).values(city_move_on=clock.today()))
    after = place(board("coordinator"), "SZ-NS").told.cell
    assert (after.stock, after.fresh) == (before.stock, before.fresh - 1)
    year = clock.today().replace(month=1, day=1)
    unit, days = a_unit("SZ-NS").id, f"admitted_from={year}&admitted_to={clock.today()}"
    assert behind(f"/leads?stage=all&scope=city&unit={unit}&{days}", "coordinator") == after.fresh
