"""Messages: rows in the act that they tell of, to everybody but who acts, read by their owner alone."""

import pytest
from sqlalchemy import select

from crm.companies.models import Contact
from crm.core import clock
from crm.core.db import db, unit_of_work
from crm.notifications import queries, services
from crm.notifications.models import Notification
from crm.notifications.words import _SENTENCES, sentence
from tests.builders import USERNAMES, a_lead, actor, someone

FACTS = {
    "number": "SZ-2026-00001", "name": "Kestovar", "unit": "宝安区", "outcome": "admitted", "stage": "signed",
    "matter": "same_group", "claim": "SZ-SB-2026-0001",
    "serial": "SZ-HY-2026-00001",
    "file": "list.xlsx", "imported": 12,
    "person": "李敏", "compared": 3, "added": 1, "due": "2026-06-20T09:00:00+08:00", "state": "agreed",
    "role": "assist", "until": "2026-09-30", "why": "另有安排", "code_name": "海棠", "milestone": "registered", "due_count": 2, "amber": 3,
    "count": 12, "answer": "holder", "said": "different", "conflicts": 2, "first": "2026-06-01", "last": "2026-06-20", "level": "city", "to": "南山区",
    "week": "2026-06-15", "names": "南山、宝安",
    "verdict": "upheld", "period": "2026Q1", "leads": 3, "steps": 2, "people": 4, "rest": 1, "owner": 1,
}  # fmt: skip


def tell(app, *usernames, code="lead.queued", subject=None, by=None):
    with app.app_context(), unit_of_work():
        people = [someone(username).id for username in usernames]
        return services.notify(people, code, subject=subject, facts=FACTS, actor=actor(by) if by else None, now=clock.now())


def waiting(app, username):
    with app.app_context():
        return queries.unread_count(actor(username))


def only(app) -> str:
    """The one message to the person of a story (registering tells a manager as well)."""
    with app.app_context():
        told = select(Notification.public_id).where(Notification.user_id != someone("manager.nanshan").id)
        return db.session.scalars(told).one()


def test_each_person_once_and_never_who_acts(app):
    assert tell(app, "leader", "leader", "coordinator", "auditor", by="auditor") == 2
    assert [waiting(app, username) for username in ("leader", "coordinator", "auditor")] == [1, 1, 0]


def test_what_is_undone_is_told_to_nobody(app):
    with app.app_context():
        with pytest.raises(LookupError), unit_of_work():
            services.notify([someone("leader").id], "lead.queued", subject=None, facts=FACTS, actor=None, now=clock.now())
            raise LookupError
        assert db.session.scalar(select(Notification)) is None


def test_reading_one_and_reading_all(app, signed_in, clock_at):
    clock_at("2026-06-18 09:00")
    lead = a_lead("Kestovar Robotics GmbH")  # tells the manager that it waits
    tell(app, "manager.nanshan", "manager.baoan")
    assert waiting(app, "manager.nanshan") == 2
    browser = signed_in("manager.nanshan")
    page = browser.get("/messages/")
    assert "Kestovar Robotics GmbH" in page.main
    with app.app_context():
        about = db.session.scalars(select(Notification).where(Notification.subject_public_id == lead.public_id)).one()
    answer = page.submit(f"/messages/{about.public_id}")
    assert answer.location.endswith(f"/leads/{lead.public_id}")
    assert waiting(app, "manager.nanshan") == 1
    now = clock_at("2026-06-18 10:00")
    browser.get("/messages/").submit("/messages/all-read")
    assert (waiting(app, "manager.nanshan"), waiting(app, "manager.baoan")) == (0, 1)
    assert "all-read" not in browser.get("/messages/").html
    with app.app_context():
        times = sorted(
            db.session.scalars(select(Notification.read_at).where(Notification.user_id == someone("manager.nanshan").id))
        )
        assert times[0] < times[1] == now
    page.submit(f"/messages/{about.public_id}")
    with app.app_context():
        assert db.session.get_one(Notification, about.id).read_at == times[0], "the first reading stands"


@pytest.mark.only_on("sqlite")
def test_nobody_elses_message(app, signed_in):
    tell(app, "leader")
    message = only(app)
    other = signed_in("coordinator")
    other.get("/messages/")
    other.post(f"/messages/{message}", status=404)
    other.post("/messages/" + "x" * 22, status=404)
    assert FACTS["number"] not in other.get("/messages/").html
    assert waiting(app, "leader") == 1


@pytest.mark.only_on("sqlite")
def test_the_link_is_asked_again_when_it_is_opened(app, signed_in):
    """A message outlives the right to read what it is about."""
    lead = a_lead("Kestovar Robotics GmbH")
    tell(app, "officer.baoan", subject=("lead", lead.public_id))
    browser = signed_in("officer.baoan")
    answer = browser.get("/messages/").submit(f"/messages/{only(app)}")
    assert lead.public_id in answer.location
    browser.get(answer.location, status=404)


@pytest.mark.only_on("sqlite")
def test_a_message_about_nothing_leads_back(app, signed_in):
    tell(app, "leader", code="import.judged")
    answer = signed_in("leader").get("/messages/").submit(f"/messages/{only(app)}")
    assert answer.location.endswith("/messages/")
    assert waiting(app, "leader") == 0


@pytest.mark.only_on("sqlite")
@pytest.mark.parametrize(
    "code, path",
    [
        ("go_live.opened", "/go-live/"),
        ("claim.watched", "/claims"),
        ("lead.given", "/leads"),
        ("review.swept", "/review/"),
        ("account.closed", "/leads?stage=all&owner=1&status=all"),
    ],
)
def test_a_message_about_no_one_record_opens_its_list(app, signed_in, code, path):
    tell(app, "coordinator", code=code)
    browser = signed_in("coordinator")
    answer = browser.get("/messages/").submit(f"/messages/{only(app)}")
    assert answer.location.endswith(path)
    browser.get(path)


@pytest.mark.only_on("sqlite")
@pytest.mark.parametrize("username", USERNAMES)
def test_every_message_is_a_sentence_for_everybody(app, signed_in, username):
    browser, said = signed_in(username), ""
    codes = list(_SENTENCES)
    for start in range(0, len(codes), 50):  # the page shows the newest hundred
        for code in codes[start : start + 50]:
            tell(app, username, code=code)
        said += browser.get("/messages/").main
    for words in ("研判结果：入库", "进入签约", "首报成立：SZ-SB-2026-0001", "list.xlsx 导入完成：12 条", "宝安区 对"):
        assert words in said
    browser.get("/")


@pytest.mark.only_on("sqlite")
def test_markup_in_a_name_stays_text(app, signed_in):
    with app.app_context(), unit_of_work():
        facts = FACTS | {"name": "<script>alert(1)</script>%s 100%"}
        services.notify([someone("leader").id], "lead.queued", subject=None, facts=facts, actor=None, now=clock.now())
    page = signed_in("leader").get("/messages/")
    assert "<script>alert(1)</script>%s 100%" in page.root.first("main").text
    assert "<script>alert" not in page.html


@pytest.mark.only_on("sqlite")
def test_the_newest_hundred_newest_first(app, clock_at):
    clock_at("2026-06-18 09:00")
    with app.app_context():
        with unit_of_work():
            for number in range(105):
                told = {**FACTS, "number": str(number)}
                services.notify([someone("leader").id], "lead.queued", subject=None, facts=told, actor=None, now=clock.now())
        found = queries.mine(actor("leader"))
        assert [message.facts["number"] for message in found] == [str(number) for number in range(104, 4, -1)]
        with app.test_request_context():
            assert "104" in sentence(found[0])


def test_the_owner_is_told_who_looked_at_a_contact_and_why(app, signed_in):
    with app.app_context():
        lead = a_lead("Kestovar Robotics GmbH").public_id
    owner, manager = signed_in("officer.nanshan"), signed_in("manager.nanshan")
    owner.post(
        f"/leads/{lead}/contacts", {"contact_name": "Anna Thorne", "contact_phone": "+44 20 7946 0123", "once": "c1"}, status=303
    )
    with app.app_context():
        contact = db.session.scalars(select(Contact.public_id)).one()
    for who in (owner, manager):
        assert (
            "7946 0123" in who.post(f"/leads/contacts/{contact}/reveal", {"reason": "to meet them"}, status=200, htmx=True).html
        )
    said = owner.get("/messages/").main
    assert said.count("查看了 SZ-") == 1, "not of their own look"
    assert "的联系方式：to meet them" in said
    signed_in("officer.baoan").post(f"/leads/contacts/{contact}/reveal", {"reason": "to meet them"}, status=404, htmx=True)
    assert owner.get("/messages/").main.count("查看了 SZ-") == 1
