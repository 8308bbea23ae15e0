"""What was written down about a lead before it got a code name, and what is asked about it afterwards."""

import threading

import pytest
from sqlalchemy import select, text

from crm.core import clock
from crm.core.db import db, unit_of_work
from crm.core.errors import NotFound
from crm.leads.models import CoordinationMatter, Lead
from crm.leads.queries import access
from crm.merging.services import merge_leads
from crm.notifications import queries as notifications
from crm.notifications import services as telling
from crm.notifications.models import Notification
from crm.notifications.words import sentence
from crm.review.queries import access as review_access
from crm.review.queries import finding, queue
from crm.review.rules import Sort
from crm.sharing import services
from crm.sharing.rules import ShareRole
from tests.builders import a_lead, actor, an_officer
from tests.sharing.test_services import afresh, locked
from tests.web.shared_city import seal


def merged_and_sealed():
    """Two leads of one firm that became one, which then got a code name: the one that stays, and the one that went."""
    goes = a_lead("Falkenby Robotics GmbH")
    stays = a_lead("Falkenby Robotics GmbH")
    with unit_of_work():
        merge_leads(stays.public_id, (goes.public_id,), {}, reason="one", actor=actor("manager.nanshan"), now=clock.now())
    seal(stays.public_id, "Lynx")
    afresh()
    return stays, goes


def test_a_lead_that_was_merged_away_is_hidden_as_the_one_that_stays(app):
    with app.app_context():
        stays, goes = merged_and_sealed()
        colleague = an_officer("SZ-NS")
        assert access.names_hidden({stays.public_id, goes.public_id}, colleague) == {stays.public_id: "", goes.public_id: ""}
        assert access.names_hidden({goes.public_id}, actor("leader")) == {goes.public_id: "Lynx"}
        assert access.names_hidden({goes.public_id}, actor("officer.nanshan")) == {}
        assert not access.standing(goes.id, colleague).principals & {"unit", "reporter"}


def test_the_review_counts_a_merged_lead_once(app):
    with app.app_context():
        stays, goes = merged_and_sealed()
        with unit_of_work():
            for lead in (stays, goes):
                db.session.get_one(Lead, lead.id).total_cny = 700
        company = stays.investor_id
        assert finding.stakes({company})[company].money == 700
        side = review_access.sides({company}, actor=actor("leader"))[company]
        assert [lead.id for lead in side.leads] == [stays.id]
        assert not side.readable


def test_a_hidden_message_tells_neither_unit_nor_person(app):
    with app.app_context():
        lead, reader = a_lead("Falkenby Robotics GmbH"), an_officer("SZ-NS")
        facts = {
            "number": lead.number, "name": "Falkenby", "unit": "宝安区", "person": "Li Min", "role": "assist", "why": "Falkenby asks",
            "code_name": "Lynx", "until": "2026-09-30",
        }  # fmt: skip
        with unit_of_work():
            for code in ("share.given", "share.asked", "seal.set", "seal.refused"):
                telling.notify([reader.user_id], code, subject=("lead", lead.public_id), facts=facts, actor=None, now=clock.now())
        seal(lead.public_id, "Lynx")
        afresh()
        with app.test_request_context():
            said = [sentence(message) for message in notifications.mine(reader)]
        assert len(said) == 4
        for words in said:
            for secret in (lead.number, "Falkenby", "宝安区", "Li Min", "Lynx"):
                assert secret not in words


def test_a_request_names_its_lead_only_to_those_who_may_read_it(app):
    with app.app_context():
        lead, who, stranger = a_lead("Falkenby Robotics GmbH"), actor("officer.baoan"), an_officer("SZ-NS")
        with unit_of_work():
            services.ask_to_assist(locked(lead, who, "read_card"), ShareRole.ASSIST, "we know them", actor=who, now=clock.now())
            asked = select(Notification).where(Notification.subject_type == "share_request")
            row = db.session.scalars(asked).one()
            telling.notify([stranger.user_id], row.code, subject=(row.subject_type, row.subject_public_id), facts=row.facts,
                           actor=None, now=clock.now())  # fmt: skip
        seal(lead.public_id, "Lynx")
        afresh()
        boss = next(m for m in notifications.mine(actor("manager.nanshan")) if m.code == "share.asked")
        other = next(m for m in notifications.mine(stranger) if m.code == "share.asked")
        assert (boss.hidden, other.hidden) == (None, "")


@pytest.mark.only_on("postgres")
@pytest.mark.parametrize("act", ["lock", "hold"])
def test_who_waited_for_a_lead_decides_by_what_was_stored_meanwhile(app, act):
    """A code name is given in one transaction; another, which waits for the lead, must not decide by the seal of before."""
    with app.app_context():
        lead, colleague = a_lead("Falkenby Robotics GmbH"), an_officer("SZ-NS")
        public_id, lead_id = lead.public_id, lead.id
        seal(public_id, "Lynx", consent=False)
    begun, found = threading.Event(), []

    def wait_for_it():
        with app.app_context():
            try:
                with unit_of_work():
                    here = db.session.get_one(Lead, lead_id)
                    begun.set()
                    if act == "lock":
                        access.locked_lead(public_id, actor=colleague, action="read_detail")
                    else:
                        found.append(access.hold_lead(here).code_name)
            except NotFound:
                found.append("Lynx")

    with app.app_context():
        chief = actor("coordinator")
        with unit_of_work():
            here = access.locked_lead(public_id, actor=chief, action="read_detail")
            other = threading.Thread(target=wait_for_it)
            other.start()
            assert begun.wait(10)
            _wait_until_blocked()
            services.consent_seal(here, agreed=True, reason="so", actor=chief, now=clock.now())
        other.join(20)
    assert found == ["Lynx"]


def _wait_until_blocked():
    """Until a statement of another connection waits for a lock."""
    waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted"
    for _try in range(200):
        if db.session.execute(text(waiting)).scalar_one():
            return
        threading.Event().wait(0.02)
    raise AssertionError("nobody waits")


def test_the_number_behind_the_list_of_what_to_coordinate(app, signed_in):
    """It counts what the list shows: a lead by a code name is in neither for the leader."""
    lead, other = a_lead("Falkenby Robotics GmbH"), a_lead("Falkenby Robotics Asia Ltd", unit="SZ-BA")
    matter = CoordinationMatter(
        lead_id=lead.id, other_lead_id=other.id, kind="same_group", raised_by_id=lead.registered_by_id, raised_at=clock.now()
    )  # fmt: skip
    with app.app_context(), unit_of_work():
        db.session.add(matter)
    to_coordinate = "/leads?stage=all&coordinate=yes&scope=city"
    assert "Falkenby Robotics GmbH" in signed_in("leader").get(to_coordinate).main
    with app.app_context():
        seal(lead.public_id, "Lynx")
    shown = signed_in("leader").get(to_coordinate).main
    assert "Falkenby Robotics GmbH" not in shown
    assert "Lynx" not in shown
    assert "1 条线索需协调" in signed_in("coordinator").get("/").main


def test_the_sum_of_the_review_holds_sealed_money_and_is_the_coordinators(app):
    with app.app_context():
        seen = {who: queue.board(actor(who), sort=Sort.MONEY, page=1, now=clock.now()) for who in ("leader", "coordinator")}
    assert (seen["leader"].money, seen["leader"].sort) == (None, Sort.CERTAINTY)
    assert (seen["coordinator"].money, seen["coordinator"].sort) == (0, Sort.MONEY)
