"""Who reads what of a transfer as time goes on: after it is over, under a code name, when its lead was merged away; what is told."""

import pytest
from sqlalchemy import select

from crm.core.db import db
from crm.core.errors import NotFound
from crm.credit.rules import ShareModel, Terms
from crm.notifications import queries as notifications
from crm.notifications.models import Notification
from crm.policy import rules as policy
from crm.transfers import queries, services
from crm.transfers.rules import TellsInvestor
from tests.builders import a_lead, actor
from tests.transfers.stories import card_of, does, fresh, handed_over, merged_into, offered, proposed, state
from tests.web.shared_city import seal

pytestmark = pytest.mark.only_on("sqlite")
OTHER = Terms(ShareModel.INTRODUCER, 2000)


def test_an_offer_that_came_to_nothing_opens_no_card_for_good(app):
    """The unit keeps what it was asked and what it said; the lead goes on without it."""
    with app.app_context():
        lead, sealed, host = a_lead(), a_lead(), actor("manager.baoan")
        seal(sealed.public_id, "Lynx")
        for one in (lead, sealed):
            public_id = offered(one)
            assert queries.visible_transfer(public_id, actor=host).card
            does(services.decline, public_id, "no room")
            found = queries.visible_transfer(public_id, actor=host)
            assert not found.card
            assert not {"host", "host_names"} & found.standing.principals
            assert queries.visible_transfer(public_id, actor=actor("manager.nanshan")).card
        stands = queries.stands(host, queries.by_public_id(public_id), fresh(sealed))
        assert not policy.can(stands, "lead", "read_card")
        kept = handed_over(lead)
        assert queries.visible_transfer(kept, actor=host).card, "it follows it"


def test_its_page_shows_none_either(app, signed_in):
    with app.app_context():
        lead = a_lead()
        public_id, card_lead = offered(lead), a_lead()
        card = card_of(card_lead)
        proposed(card)
    host = signed_in("manager.baoan")
    stage = '<span class="ob-tag accent">线索</span>'
    assert stage in host.get(f"/transfers/{public_id}").html
    assert stage in host.get(f"/pool/{card}").html
    host.post(f"/transfers/{public_id}/decline", {"reason": "no room"}, status=303)
    with app.app_context():
        does(services.withdraw_card, card, "we host it", by="manager.nanshan")
    for path in (f"/transfers/{public_id}", "/transfers", f"/pool/{card}"):
        assert stage not in host.get(path).html


def test_of_a_lead_that_was_merged_away_rights_are_those_of_the_one_that_stays(app):
    with app.app_context():
        lead = a_lead()
        public_id, giver = offered(lead), actor("manager.nanshan")
        does(services.accept, public_id)
        assert queries.visible_transfer(public_id, actor=giver).detail
        stays = a_lead("Kestovar Robotics GmbH", unit="SZ-LG")
        merged_into(lead, stays)
        found = queries.visible_transfer(public_id, actor=giver)
        assert (found.lead.id, found.names, found.detail, found.number) == (stays.id, False, False, False)
        host = queries.visible_transfer(public_id, actor=actor("manager.baoan"))
        assert (host.takes, host.declines, host.card, host.names) == (False, True, False, False)
        with pytest.raises(NotFound):
            queries.visible_transfer(public_id, actor=actor("officer.baoan"))
        does(services.decline, public_id, "it is no more")
        assert state(public_id) == "declined"


def test_the_page_of_such_a_transfer_offers_only_to_close_it(app, signed_in):
    with app.app_context():
        asked, agreed = a_lead(), a_lead("Ostrava Bearings GmbH")
        one, other = offered(asked), offered(agreed, names=True)
        does(services.accept, other)
        for lead, name in ((asked, "Kestovar Robotics GmbH"), (agreed, "Quillon Foods GmbH")):
            merged_into(lead, a_lead(name, unit="SZ-LG"))
    host = signed_in("manager.baoan")
    for public_id in (one, other):
        page = host.get(f"/transfers/{public_id}").html
        assert "这条线索已归并到另一条，不能再流转" in page
        assert f"/transfers/{public_id}/decline" in page
        for gone in (f"/transfers/{public_id}/accept", 'id="take"', 'id="handover"', "Kestovar", "Quillon", "线索</span>"):
            assert gone not in page
        host.post(f"/transfers/{public_id}/decline", {"reason": "it is no more"}, status=303)


def test_what_the_giving_side_answers_must_not_tell_who_it_is(app):
    with app.app_context():
        public_id = offered(a_lead("Zephyrine Optics GmbH"))
        with pytest.raises(TellsInvestor):
            does(services.counter, public_id, OTHER, "Zephyrine is worth it", by="coordinator")
        does(services.counter, public_id, OTHER, "we build the road for Zephyrine")  # a guess is neither refused nor confirmed
        for verb in (
            lambda: does(services.counter, public_id, OTHER, "ZEPHYRINE wants more", by="officer.nanshan"),
            lambda: does(services.decline, public_id, "Zephyrine stays here", by="manager.nanshan"),
        ):  # fmt: skip
            with pytest.raises(TellsInvestor):
                verb()
        does(services.decline, public_id, "it stays here", by="manager.nanshan")
        named = offered(a_lead("Zephyrine Optics GmbH"), names=True)
        does(services.counter, named, OTHER, "a road")
        does(services.decline, named, "Zephyrine stays here", by="manager.nanshan")


def test_what_was_told_of_a_reason_is_hidden_later(app):
    with app.app_context():
        lead = a_lead()
        does(services.decline, offered(lead), "no hall of that height")
        (row,) = db.session.scalars(select(Notification).where(Notification.code == "transfer.declined").limit(1))
        assert row.facts["lead"] == lead.public_id
        (owner,) = [one for one in notifications.mine(actor("officer.nanshan")) if one.code == "transfer.declined"]
        assert owner.hidden is None
        public_id = handed_over(lead)
        does(services.return_lead, public_id, "no hall of that height", by="officer.baoan")
        seal(lead.public_id, "Lynx")
        told = [one for one in notifications.mine(actor("manager.baoan")) if "why" in one.facts]
        assert told
        assert all(one.hidden is not None for one in told)


def test_messages_say_which_lead_it_is_to_those_who_may_read_that(app, signed_in):
    with app.app_context():
        lead, shown = a_lead("Zephyrine Optics GmbH"), a_lead("Ostrava Bearings GmbH")
        offered(lead)
        does(services.decline, offered(shown, names=True), "no room")
        numbers, shown_id = (lead.number, shown.number), shown.public_id
    host, giver = signed_in("manager.baoan"), signed_in("manager.nanshan")
    page = host.get("/messages/").html
    assert "Zephyrine" not in page
    assert numbers[0] not in page
    assert f"{numbers[1]} Ostrava Bearings GmbH" in giver.get("/messages/").html
    assert f"{numbers[1]} Ostrava Bearings GmbH" in giver.get("/").html
    with app.app_context():
        seal(shown_id, "Lynx")
    assert "Ostrava" not in signed_in("leader").get("/messages/").html
    assert "Ostrava" in giver.get("/messages/").html


def test_what_the_coordinator_decided_is_told_to_the_giver_whole_sentences(app, signed_in):
    """Their own unit's transfer: its page says who, to whom and why; the message says no less than that it happened."""
    with app.app_context():
        lead = a_lead("Zephyrine Optics GmbH")
        card = card_of(lead)
        answer = proposed(card)
        does(services.assign_card, card, answer, "a hall stands ready", by="coordinator")
    giver = signed_in("manager.nanshan")
    page = giver.get("/messages/").main
    assert "某单位" not in page
    assert "理由见流转页" in page
    assert "已移出的项目" in giver.get("/transfers").main
    told = giver.get(f"/pool/{card}").main
    assert "由宝安区投资促进局承接" in told
    assert "a hall stands ready" in told
    assert "本单位的申请" not in signed_in("coordinator").get(f"/pool/{card}").main
