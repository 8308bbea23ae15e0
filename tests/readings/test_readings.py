"""Who reads what is confidential, and who asks the check about what he may not see."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from crm.companies.models import Contact
from crm.core import clock
from crm.core.db import db, unit_of_work
from crm.files import services as files
from crm.leads.models import Lead
from crm.leads.rules.lead import NewContact
from crm.notifications.models import Notification
from crm.readings import queries, services
from crm.readings.models import Probe, Reading
from crm.readings.rules import is_alarming, is_noted, settings
from tests.builders import a_lead, actor
from tests.web.shared_city import PNG, seal


def ids(*leads):
    return [lead.id for lead in leads]


def probe(who, lead_ids, typed="Kestovar"):
    with unit_of_work():
        return services.note_probes(lead_ids, typed, actor=actor(who), now=clock.now())


def messages(code):
    return [(m.user_id, m.facts) for m in db.session.scalars(select(Notification).where(Notification.code == code))]


@pytest.mark.parametrize(
    "who, sealed, noted",
    [("leader", False, True), ("leader", True, True), ("coordinator", True, True), ("coordinator", False, False),
     ("manager.nanshan", True, True), ("manager.nanshan", False, False), ("officer.nanshan", True, False)],
)  # fmt: skip
def test_whose_reading_is_noted(desk, who, sealed, noted):
    owner = actor("officer.nanshan").user_id
    assert is_noted(actor(who), owner_id=owner, sealed=sealed) is noted


def test_reading_twice_a_day_is_one_line(desk, clock_at):
    lead = a_lead()
    for moment in ("2026-06-18 09:00", "2026-06-18 17:00", "2026-06-19 09:00"):
        clock_at(moment)
        with unit_of_work():
            services.note_reading(lead.id, actor=actor("leader"), now=clock.now())
    assert [row.on_date.day for row in queries.of_lead(lead.id)] == [19, 18]


def test_the_page_notes_a_leader_and_shows_it_to_those_who_answer_for_it(app, signed_in):
    with app.app_context():
        public_id = a_lead().public_id
    signed_in("coordinator").get(f"/leads/{public_id}")  # not sealed: nothing to note
    signed_in("leader").get(f"/leads/{public_id}")
    signed_in("leader").get(f"/leads/{public_id}")
    with app.app_context():
        assert len(db.session.scalars(select(Reading)).all()) == 1
    assert "测试leader" in signed_in("officer.nanshan").get(f"/leads/{public_id}/readings").main
    signed_in("leader").get(f"/leads/{public_id}/readings", status=403)
    signed_in("officer.baoan").get(f"/leads/{public_id}/readings", status=404)


def test_a_code_name_is_read_by_name(app, signed_in):
    with app.app_context():
        public_id = a_lead().public_id
        seal(public_id, "青石")
    for who in ("coordinator", "manager.nanshan", "officer.nanshan"):
        signed_in(who).get(f"/leads/{public_id}")
    page = signed_in("officer.nanshan").get(f"/leads/{public_id}/readings").main
    assert "测试coordinator" in page and "测试manager.nanshan" in page and "测试officer.nanshan" not in page
    assert "查阅记录" in signed_in("officer.nanshan").get(f"/leads/{public_id}").main


def test_a_masked_hit_is_noted_and_a_registration_settles_it(app, signed_in):
    with app.app_context():
        lead = a_lead("Falkenby Präzision GmbH", by="officer.baoan")
        lead_id = lead.id
    browser = signed_in("officer.nanshan")
    form = browser.get("/leads/new")
    for typed in ("Falkenby Präzision", "Falkenby Präzision GmbH"):
        strip = browser.post("/leads/matches", {"investor": typed, "disclosed": "yes"}, status=200, htmx=True)
        assert "请市级协调" in strip.text
    with app.app_context():
        rows = db.session.scalars(select(Probe)).all()
        assert [(row.lead_id, row.typed, row.saved_at) for row in rows] == [(lead_id, "Falkenby Präzision GmbH", None)]
        assert queries.open_probes(rows[0].user_id, clock.today()) == 1
    form.submit(
        "/leads/new",
        {"investor": "Falkenby Präzision GmbH", "country": "DE", "source": "visit", "title": "工厂", "coordinate": "yes"},
    )
    with app.app_context():
        assert db.session.scalars(select(Probe)).one().saved_at is not None


def test_names_that_hit_nothing_hidden_leave_no_trace(app, signed_in):
    with app.app_context():
        a_lead("Falkenby Präzision GmbH", by="officer.nanshan")
    browser = signed_in("officer.nanshan")
    browser.get("/leads/new")
    browser.post("/leads/matches", {"investor": "Falkenby Präzision GmbH", "disclosed": "yes"}, status=200, htmx=True)
    browser.post("/leads/matches", {"investor": "Zephyrine Nothing", "disclosed": "yes"}, status=200, htmx=True)
    with app.app_context():
        assert not db.session.scalars(select(Probe)).all()


def test_many_questions_are_told_once_a_day(desk, clock_at):
    clock_at("2026-06-18 09:00")
    most = settings()["probes_before_alert"]
    leads = ids(*(a_lead(by="officer.baoan") for _number in range(most + 2)))
    for number, lead_id in enumerate(leads, start=1):
        assert probe("officer.nanshan", [lead_id], f"name {number}") is (number == most)
    told = {user_id for user_id, _facts in messages("probe.many")}
    assert told == {actor("coordinator").user_id, actor("secadmin").user_id}
    assert messages("probe.many")[0][1]["count"] == most
    clock_at("2026-06-19 09:00")
    assert probe("officer.nanshan", leads) is True


def test_the_same_lead_again_counts_once(desk):
    lead = a_lead(by="officer.baoan")
    for number in range(settings()["probes_before_alert"] + 1):
        assert not probe("officer.nanshan", [lead.id], f"F{number}")
    assert queries.open_probes(actor("officer.nanshan").user_id, clock.today()) == 1


def test_what_was_registered_does_not_count(desk):
    leads = [a_lead(by="officer.baoan") for _number in range(3)]
    probe("officer.nanshan", ids(*leads), "Amberlyn")
    probe("officer.nanshan", ids(leads[0]), "Borkheim")
    with unit_of_work():
        services.settle_probes("Borkheim", leads[1].id, actor=actor("officer.nanshan"), now=clock.now())
    (asker,) = queries.askers(names=True)
    assert (asker.unsaved, asker.saved, asker.alerted, asker.typed) == (1, 2, False, ("Amberlyn",))
    assert queries.askers(names=False)[0].typed == ()


def test_old_days_are_not_shown(desk, clock_at):
    clock_at("2026-01-05 09:00")
    probe("officer.nanshan", ids(a_lead(by="officer.baoan")))
    clock_at(clock.now() + timedelta(days=settings()["days_shown"] + 1))
    assert queries.askers(names=True) == []


def test_alarming_from_the_set_number_on():
    most = settings()["probes_before_alert"]
    assert [is_alarming(number) for number in (0, most - 1, most)] == [False, False, True]


def test_the_page_tells_names_to_the_coordinator_alone(app, signed_in):
    with app.app_context():
        probe("officer.nanshan", ids(a_lead(by="officer.baoan")), "Amberlyn Secret")
        assert db.session.scalar(select(Lead.id)) is not None
    assert "Amberlyn Secret" in signed_in("coordinator").get("/probes").main
    for who in ("auditor", "secadmin"):
        page = signed_in(who).get("/probes").main
        assert "测试officer.nanshan" in page and "Amberlyn Secret" not in page
    signed_in("officer.nanshan").get("/probes", status=403)


def test_all_that_shows_a_code_named_lead_stands_in_its_log(app, signed_in):
    """The page beside the list, a file, a contact, the brief and the list as a workbook: each says who, when and what."""
    with app.app_context():
        lead = a_lead("Falkenby Robotics GmbH", contacts=(NewContact("Ulla Falkenby", "CFO", "+4930123456", None),))
        public_id = lead.public_id
        contact = db.session.scalars(select(Contact.public_id).where(Contact.lead_id == lead.id)).one()
        with unit_of_work():
            file = files.store_file(
                PNG, "deck.png", purpose="evidence", root=app.config["FILES_PATH"], actor=actor("officer.nanshan"), now=clock.now(),
                lead_id=lead.id,
            ).public_id  # fmt: skip
        seal(public_id, "青石")
    at, boss = f"/leads/{public_id}", signed_in("manager.nanshan")
    boss.get(f"{at}/peek", htmx=True)
    boss.get(f"/files/{file}")
    boss.post(f"/leads/contacts/{contact}/reveal", {"reason": "they come on Monday"}, status=200, htmx=True)
    boss.get(f"{at}/brief.docx", ceiling=40)
    boss.get("/leads/export.xlsx?scope=city&stage=lead", ceiling=40)
    ours = signed_in("officer.nanshan")
    ours.get(f"/files/{file}")
    page = ours.get(f"{at}/readings").main
    for said in ("查阅项目页", "打开文件", "deck.png", "查看联系方式", "they come on Monday", "导出项目简报", "导出清单"):
        assert said in page
    assert "测试officer.nanshan" not in page, "what the one who leads it does is not noted here"
    assert f"{at}/readings" in ours.get(at).html
    signed_in("coordinator").post(f"{at}/seal/end", {"reason": "signed"}, status=303)
    assert f"{at}/readings" in ours.get(at).html, "the log is found when the code name is no more"


def test_an_export_says_nothing_of_what_it_did_not_hold(app, signed_in):
    with app.app_context():
        public_id = a_lead("Falkenby Robotics GmbH").public_id
        seal(public_id, "青石")
    signed_in("officer.baoan").get("/leads/export.xlsx?scope=city&stage=lead")
    assert "导出清单" not in signed_in("officer.nanshan").get(f"/leads/{public_id}/readings").main
