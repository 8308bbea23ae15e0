"""待承接项目: the anonymous card, the units' proposals, the coordinator's choice."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from crm.core import clock
from crm.core.db import db, unit_of_work
from crm.core.errors import Forbidden, NotFound
from crm.credit.rules import FULL
from crm.leads.models import Lead
from crm.leads.rules.lead import NewContact, Status
from crm.notifications.models import Notification
from crm.policy.rules import Role
from crm.transfers import queries, services
from crm.transfers.models import OpenAnswer, Transfer
from crm.transfers.rules import AnswerGone, CardClosed, CardOpen, LeadEnded, ProposalsOver, TellsInvestor, UnitUnfit, WhyNeeded
from tests.builders import a_lead, a_person, actor, an_officer, someone
from tests.transfers.stories import card_of, does, fresh, handed_over, merged_into, offered, proposed, shares, told
from tests.web.shared_city import seal


def test_who_may_put_what_there(app):
    with app.app_context():
        lead = a_lead()
        with pytest.raises(NotFound):
            card_of(lead, by="manager.baoan")
        with pytest.raises(Forbidden):
            card_of(lead, by=an_officer("SZ-NS").username)
        with pytest.raises(WhyNeeded):
            card_of(lead, text=" ")
        card_of(lead, by="officer.nanshan")
        with pytest.raises(CardOpen):
            card_of(lead, by="coordinator")
        assert told("pool.put") == ["coordinator", "manager.baoan"]
        ended = a_lead()
        with unit_of_work():
            db.session.get_one(Lead, ended.id).status = Status.ENDED
        with pytest.raises(LeadEnded):
            card_of(ended)


def test_no_text_of_it_tells_who_it_is(app):
    with app.app_context():
        contact = NewContact("Anna Lindqvist", "CFO", "+4930555777", "anna@veld.example")
        lead = a_lead("Zephyrine Optics GmbH", contacts=(contact,), intermediary="Brokerline Ltd")
        for more in (
            {"text": "Zephyrine 的新厂"}, {"site": "as ZEPHYRINE has it"}, {"energy": "ask Anna Lindqvist"},
            {"people": "call +49 30 555 777"}, {"text": "Brokerline 介绍"}, {"text": lead.number},
        ):  # fmt: skip
            with pytest.raises(TellsInvestor):
                card_of(lead, **more)
        seal(lead.public_id, "Lynx")
        with pytest.raises(TellsInvestor):
            card_of(lead, text="the Lynx project")
        card_of(lead, text="德资光学企业")


def test_a_unit_sees_its_own_proposal_the_coordinator_all(app):
    with app.app_context():
        lead = a_lead()
        card = card_of(lead)
        other = an_officer("SZ-LG").username
        proposed(card)
        proposed(card, by=other)
        seen = {
            name: queries.visible_card(card, actor=actor(name))
            for name in ("officer.baoan", other, "manager.nanshan", "coordinator")
        }
        assert [one.unit.code for one in seen["officer.baoan"].answers] == ["SZ-BA"]
        assert [one.unit.code for one in seen[other].answers] == ["SZ-LG"]
        assert seen["manager.nanshan"].answers == []
        assert seen["manager.nanshan"].count == 2
        assert [one.unit.code for one in seen["coordinator"].answers] == ["SZ-BA", "SZ-LG"]
        assert (seen["officer.baoan"].own, seen["officer.baoan"].count, seen["officer.baoan"].may_answer) == (False, None, True)
        assert not seen["manager.nanshan"].may_answer
        with pytest.raises(UnitUnfit):
            proposed(card, by="officer.nanshan")
        with pytest.raises(Forbidden):
            proposed(card, by="coordinator")
        assert queries.waiting_for(actor("coordinator")).cards == 1


def test_another_proposal_takes_the_place_of_the_first(app):
    with app.app_context():
        card = card_of(a_lead())
        first = proposed(card)
        second = proposed(card, by="manager.baoan", site="block C")
        assert [one.public_id for one in queries.visible_card(card, actor=actor("coordinator")).answers] == [second]
        assert db.session.scalar(select(func.count()).select_from(OpenAnswer)) == 2
        with pytest.raises(AnswerGone):
            does(services.assign_card, card, first, "best site", by="coordinator")


def test_the_same_proposal_sent_twice_is_one(app):
    with app.app_context():
        card = card_of(a_lead())
        assert proposed(card) == proposed(card)
        assert told("pool.answered") == ["coordinator"]
        assert proposed(card, site="block C") != proposed(card)


def test_the_coordinators_choice_hands_it_over_and_tells_the_others(app):
    with app.app_context():
        lead = a_lead()
        card = card_of(lead)
        a_person("manager.longgang", Role.DISTRICT_MANAGER, "SZ-LG")
        chosen = proposed(card)
        proposed(card, by=a_person("officer.longgang", Role.OFFICER, "SZ-LG").username)
        with pytest.raises(Forbidden):
            does(services.assign_card, card, chosen, "mine", by="manager.nanshan")
        with pytest.raises(WhyNeeded):
            does(services.assign_card, card, chosen, "", by="coordinator")
        with pytest.raises(NotFound):
            does(services.assign_card, card, "x" * 22, "best", by="coordinator")
        does(services.assign_card, card, chosen, "best site", by="coordinator")
        row = fresh(lead)
        assert (row.following_unit.code, row.owner.username) == ("SZ-BA", "officer.baoan")
        assert shares(lead) == {"SZ-NS": 5000, "SZ-BA": 5000}
        assert told("pool.yours") == ["manager.baoan", "officer.baoan"]
        assert told("pool.closed") == ["manager.longgang", "officer.longgang"], "who wrote it as well"
        bell = select(Notification.read_at).where(Notification.code.in_(["pool.put", "pool.answered"]))
        assert all(db.session.scalars(bell)), "nobody is called to a card that is gone"
        assert told("transfer.assigned") == ["manager.nanshan", "officer.nanshan"]
        with pytest.raises(CardClosed):
            proposed(card)
        with pytest.raises(CardClosed):
            does(services.assign_card, card, chosen, "again", by="coordinator")
        assert queries.cards(actor("coordinator")) == []
        with pytest.raises(NotFound):
            queries.visible_card(card, actor=an_officer("SZ-FT"))
        transfer = db.session.scalar(select(Transfer.public_id))
        does(services.return_lead, transfer, "no power there", by="manager.baoan")
        assert shares(lead) == {"SZ-NS": FULL}


def test_taking_a_card_off(app):
    with app.app_context():
        lead = a_lead()
        card = card_of(lead)
        proposed(card)
        with pytest.raises(NotFound):
            does(services.withdraw_card, card, "x", by="manager.baoan")
        does(services.withdraw_card, card, "we host it after all", by="officer.nanshan")
        assert told("pool.withdrawn") == ["manager.baoan", "officer.baoan"]
        with pytest.raises(CardClosed):
            does(services.withdraw_card, card, "again", by="officer.nanshan")
        offered(lead)


def test_a_decision_from_above_tells_who_made_proposals(app):
    with app.app_context():
        lead = a_lead()
        proposed(card_of(lead))
        with unit_of_work():
            services.overtake(fresh(lead), "decided", actor=actor("coordinator"), now=clock.now())
        assert told("pool.withdrawn") == ["manager.baoan", "officer.baoan"]


def test_proposals_have_their_days(app, clock_at):
    clock_at("2026-06-18 09:00")
    with app.app_context():
        card = card_of(a_lead())
        due = queries.card(card).answer_by
        clock_at(f"{due} 23:30")
        proposed(card)
        clock_at(f"{due + timedelta(days=1)} 00:30")
        assert not queries.visible_card(card, actor=actor("officer.baoan")).may_answer
        with pytest.raises(ProposalsOver):
            proposed(card)


def test_a_card_of_a_lead_that_was_merged_away(app):
    """It is on no list and waits for nobody; whose the other lead is may take it off, and nobody else reads it."""
    with app.app_context():
        lead = a_lead()
        card = card_of(lead)
        proposed(card)
        merged_into(lead, a_lead("Kestovar Robotics GmbH", unit="SZ-LG"))
        assert queries.cards(actor("coordinator")) == []
        assert not queries.waiting_for(actor("coordinator"))
        for stranger in ("manager.nanshan", an_officer("SZ-FT").username):
            with pytest.raises(NotFound):
                queries.visible_card(card, actor=actor(stranger))
            with pytest.raises(NotFound):
                does(services.withdraw_card, card, "gone", by=stranger)
        found = queries.visible_card(card, actor=actor("coordinator"))
        assert (found.may_assign, found.may_withdraw) == (False, True)
        assert found.lead.following_unit.code == "SZ-LG"
        assert not queries.visible_card(card, actor=actor("officer.baoan")).may_answer
        does(services.withdraw_card, card, "gone", by="coordinator")


def test_after_it_has_gone_its_old_unit_sees_the_card_no_more(app):
    with app.app_context():
        lead = a_lead()
        handed_over(lead)
        assert queries.cards(actor("manager.nanshan")) == []
        assert someone("officer.baoan").id == fresh(lead).owner_id
        assert clock.today()
