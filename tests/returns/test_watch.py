"""The night: reminded once before the day, named once after it, whatever is drafted; nobody is named who handed in."""

from sqlalchemy import select

from crm.core.db import db
from crm.notifications.models import Notification
from tests.builders import someone
from tests.claims.stories import at
from tests.returns.stories import MONDAY, drafted, night, submitted, told


def messages(code):
    rows = db.session.scalars(select(Notification).where(Notification.code == code).order_by(Notification.id))
    return [(row.user_id, row.facts) for row in rows]


def test_reminded_once_before_the_day(desk):
    submitted(now=at("2026-11-19 17:00"), why="nothing new")
    assert night(at("2026-11-19 01:00")) == {"reminded": 0, "late": 2}, "of the week before"
    assert night(at("2026-11-20 01:00")) == {"reminded": 1, "late": 0}
    assert night(at("2026-11-20 02:00")) == {"reminded": 0, "late": 0}
    assert night(at("2026-11-23 01:00"))["reminded"] == 0
    told_ = messages("return.soon")
    assert [user for user, _facts in told_] == [someone("manager.baoan").id]
    assert told_[0][1]["week"] == "2026-11-16"


def test_named_once_after_the_day(desk):
    told("a")
    draft = drafted()
    night(at("2026-11-20 01:00"))
    assert night(at("2026-11-24 01:00")) == {"reminded": 0, "late": 2}
    assert night(at("2026-11-25 01:00"))["late"] == 0
    who = [user for user, facts in messages("return.late") if facts["week"] == "2026-11-16"]
    assert someone("manager.nanshan").id in who
    assert someone("officer.nanshan").id in who, "whoever began to write it is told too"
    named = [facts for user, facts in messages("return.named") if facts["week"] == "2026-11-16"]
    assert named == [{"count": 2, "week": "2026-11-16", "names": "南山、宝安"}]
    assert draft


def test_who_handed_in_is_not_named(desk):
    told("a")
    submitted()
    assert night(at("2026-11-24 01:00"))["late"] == 1
    assert "南山" not in str([facts for _user, facts in messages("return.named")])
    assert MONDAY


def test_a_message_leads_to_its_week(app, signed_in, clock_at):
    with app.app_context():
        night(at("2026-11-24 01:00"))
        db.session.remove()
    clock_at("2026-11-24 09:00")
    page = signed_in("coordinator").get("/messages/")
    assert "2 个单位逾期未报周报：南山、宝安" in page.main
    with app.app_context():
        about = db.session.scalars(select(Notification).where(Notification.code == "return.named")).one().public_id
        db.session.remove()
    answer = page.submit(f"/messages/{about}")
    assert answer.location.endswith("/returns/weeks/2026-11-16")
    assert "逾期未报 2" in answer.follow().main
