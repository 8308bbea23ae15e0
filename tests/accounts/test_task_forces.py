"""Task forces of people of several units: what is shared with one, or followed by it, reaches its members until their day."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from crm.accounts import queries, services
from crm.accounts.rules import BadLastDay, MemberAlready, NoTaskForce, read_memberships, write_memberships
from crm.audit.models import AuditLine
from crm.core import clock
from crm.core.db import db, unit_of_work
from crm.core.errors import AlreadyDone
from crm.leads.models import Lead
from crm.leads.queries import access
from crm.leads.rules.lead import Status
from crm.notifications import queries as messages
from crm.notifications.words import sentence
from crm.policy.rules import Role
from crm.sharing import queries as sharing
from crm.units import queries as units
from crm.units import services as unit_services
from crm.units.rules import UnitKind
from crm.units.services import StillFollows
from tests.builders import a_lead, a_person, a_unit, actor, someone
from tests.transfers.stories import told
from tests.web.shared_city import seal, share

CODE = "SZ-TF-1"


def made():
    with unit_of_work():
        names = {"code": CODE, "zh": "海洋产业专班", "en": "Marine task force", "kind": UnitKind.TASK_FORCE}
        unit_services.create_unit(**names, parent=units.coordinating(), actor=actor("sysadmin"), now=clock.now())
    a_person("guest", Role.OFFICER, "SZ-LG")
    return a_unit(CODE)


@pytest.fixture
def force(desk):
    return made()


def join(username="guest", days=30, unit=CODE):
    with unit_of_work():
        until = clock.today() + timedelta(days=days)
        who = {"actor": actor("coordinator"), "now": clock.now()}
        return services.join_task_force(a_unit(unit), someone(username), until, **who).public_id


def leave(public_id):
    with unit_of_work():
        services.leave_task_force(queries.membership(public_id), actor=actor("coordinator"), now=clock.now())


def reads(lead, username="guest"):
    """What somebody may read of a lead: by the record, and whether the list finds it among their own work."""
    db.session.expire_all()
    db.session().info.pop("known", None)
    who = actor(username)
    row = db.session.get_one(Lead, lead.id)
    listed = db.session.scalar(db.select(Lead.id).where(Lead.id == lead.id, access.in_own_sight(who))) is not None
    detail = access.policy.can(access.standing(row.id, who), "lead", "read_detail")
    assert listed is detail, "the list says what the page says"
    return detail


def test_what_is_shared_with_it_reaches_members_until_they_leave(force):
    lead = a_lead()
    share(lead.public_id, unit=CODE)
    assert not reads(lead)
    member = join()
    assert reads(lead)
    leave(member)
    assert not reads(lead)
    with pytest.raises(AlreadyDone):
        leave(member)


def test_what_it_follows_they_read_and_a_code_name_hides_it(force):
    lead = a_lead()
    with unit_of_work():
        row = db.session.get_one(Lead, lead.id)
        row.following_unit_id, row.following_unit_path = force.id, force.path
    assert not reads(lead)
    join()
    assert reads(lead)
    seal(lead.public_id, "Lynx")
    assert not reads(lead)


def test_the_person_their_manager_and_the_task_force_are_told(force):
    a_person("lead.marine", Role.DISTRICT_MANAGER, CODE)
    a_person("manager.longgang", Role.DISTRICT_MANAGER, "SZ-LG")
    member = join()
    assert (told("force.joined"), told("force.member")) == (["guest"], ["lead.marine", "manager.longgang"])
    join("officer.nanshan")
    assert told("force.member") == ["guest", "lead.marine", "lead.marine", "manager.longgang", "manager.nanshan"]
    leave(member)
    assert told("force.left") == ["guest"]
    assert told("force.gone") == ["lead.marine", "manager.longgang", "officer.nanshan"]
    page = {message.code: sentence(message) for message in messages.mine(actor("lead.marine"))}
    assert "龙岗区" in page["force.gone"]
    assert "海洋产业专班" in page["force.member"]


def test_it_runs_out_by_itself(force, clock_at):
    lead = a_lead()
    share(lead.public_id, unit=CODE, days=60)
    first = join(days=3)
    with pytest.raises(MemberAlready):
        join(days=9)
    clock_at(clock.now() + timedelta(days=4))
    assert not reads(lead)
    assert [user.username for user in queries.active_in([force.id])] == []
    join(days=9)
    assert reads(lead)
    assert queries.membership(first).ended_at is not None
    assert [user.username for user in queries.active_in([force.id])] == ["guest"]
    assert [user.username for user in queries.of_unit(force.path)] == ["guest"]


def test_who_and_where_and_how_long(force):
    for username, unit in (("guest", "SZ-NS"), ("leader", CODE), ("sysadmin", CODE)):
        with pytest.raises(NoTaskForce):
            join(username, unit=unit)
    a_person("own", Role.OFFICER, CODE)
    with pytest.raises(NoTaskForce):
        join("own")
    for days in (-1, 800):
        with pytest.raises(BadLastDay):
            join(days=days)
    join(days=0)


def test_the_word_that_keeps_them():
    today = clock.today()
    text = write_memberships([(12, today), (5, today - timedelta(days=1)), (7, today + timedelta(days=9))])
    assert read_memberships(text, today) == {12, 7}
    assert read_memberships(None, today) == frozenset()
    assert write_memberships([]) is None


@pytest.mark.only_on("sqlite")
def test_its_page(app, signed_in):
    with app.app_context():
        unit_id, guest = made().public_id, someone("guest").public_id
        last = (clock.today() + timedelta(days=30)).isoformat()
    city = signed_in("coordinator")
    assert f"/account/task-forces/{unit_id}" in city.get("/units/").html
    path = f"/account/task-forces/{unit_id}"
    city.post(path, {"user": "", "until": last}, status=422)
    city.post(path, {"user": guest, "until": "soon"}, status=422)
    city.post(path, {"user": guest, "until": "1999-01-01"}, status=422)
    city.post(path, {"user": "nobody", "until": last}, status=404)
    city.post(path, {"user": guest, "until": last}, status=303)
    assert "已在这个专班" in city.post(path, {"user": guest, "until": last}, status=409).main
    page = city.get(path)
    assert last in page.main
    end = page.html.split("/account/memberships/")[1].split("/end")[0]
    city.post(f"/account/memberships/{end}/end", {}, status=303)
    assert "还没有成员" in city.get(path).main
    with app.app_context():
        other = a_unit("SZ-NS").public_id
    city.get(f"/account/task-forces/{other}", status=404)
    signed_in("manager.nanshan").get(path, status=403)


def dissolve():
    with unit_of_work():
        unit_services.retire_unit(a_unit(CODE), on=clock.today(), actor=actor("sysadmin"), now=clock.now())


def test_one_that_is_dissolved_opens_nothing_any_more(force):
    lead = a_lead("Falkenby Robotics GmbH")
    join()
    share(lead.public_id, unit=CODE)
    assert reads(lead)
    assert told("share.given_force") == ["guest"]
    dissolve()
    assert not reads(lead)
    assert (queries.members_of(force.id), sharing.live_of_unit(force.id)) == ([], [])
    assert "guest" in told("force.over")
    assert not told("force.left"), "nobody left: it is no more"
    assert not told("force.gone")
    assert "lead.share_ended" in set(db.session.scalars(select(AuditLine.action)))
    with pytest.raises(NoTaskForce):
        join()


def test_one_that_follows_a_lead_is_not_dissolved(force, app):
    lead = a_lead()
    join()
    with unit_of_work():
        row = db.session.get_one(Lead, lead.id)
        row.following_unit_id, row.following_unit_path = force.id, force.path
    with pytest.raises(StillFollows):
        dissolve()
    db.session.rollback()
    assert queries.members_of(force.id), "nothing of what was refused stays"
    assert a_unit(CODE).retired_on is None
    with unit_of_work():
        db.session.get_one(Lead, lead.id).status = Status.ENDED
    dissolve()


def test_the_page_says_that_it_is_dissolved_and_who_was_in_it(app, signed_in):
    with app.app_context():
        path = f"/account/task-forces/{made().public_id}"
        join()
        dissolve()
    page = signed_in("coordinator").get(path).main
    assert "专班已于" in page
    assert "曾经的成员" in page
    assert "测试guest" in page
    for untrue in ("还没有成员", "成员在期限内可以查看", "移出"):
        assert untrue not in page


@pytest.mark.only_on("sqlite")
def test_the_page_says_why_it_is_not_dissolved(app, signed_in):
    with app.app_context():
        force, lead = made(), a_lead()
        with unit_of_work():
            row = db.session.get_one(Lead, lead.id)
            row.following_unit_id, row.following_unit_path = force.id, force.path
        at = f"/units/{force.public_id}"
    browser = signed_in("sysadmin")
    asked = browser.get(f"{at}/retire")
    assert "专班还在跟进 1 个项目" in asked.main, "said before anything is pressed"
    assert "btn-primary" not in asked.html
    assert "专班还在跟进 1 个项目" in browser.post(f"{at}/retire", status=422).main
    with app.app_context(), unit_of_work():
        db.session.get_one(Lead, lead.id).status = Status.ENDED
    assert "单位已停用" in browser.post(f"{at}/retire").follow().html
