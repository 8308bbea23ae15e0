"""Sharing, offers of support and code names: who may, who is told, what ends by itself, and what the next request sees."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from crm.core import clock
from crm.core.db import db, unit_of_work
from crm.core.errors import Forbidden, NotFound
from crm.leads.models import Lead
from crm.leads.queries import access, listing
from crm.leads.rules.listing import Question, Scope
from crm.merging.rules import SealedLead
from crm.merging.services import merge_leads
from crm.notifications.models import Notification
from crm.sharing import queries, services
from crm.sharing.models import LeadShare, ShareRequest
from crm.sharing.rules import (
    AskedAlready,
    CodeNameTaken,
    CodeNameTells,
    Level,
    NobodyToShare,
    NotSealed,
    OwnRequest,
    QuotaReached,
    ReasonNeeded,
    RequestAnswered,
    SealedAlready,
    SharedAlready,
    ShareEnded,
    ShareRole,
    Tier,
    settings,
)
from tests.builders import a_lead, actor, an_officer, someone
from tests.web.shared_city import seal, share


def locked(lead, who, action="read_detail"):
    return access.locked_lead(lead.public_id, actor=who, action=action)


def sees(lead, who, action="read_detail"):
    """Whether the next request of a person finds the lead."""
    afresh()
    try:
        access.visible_lead(lead.public_id, actor=who, action=action)
    except NotFound:
        return False
    return True


def afresh():
    """As at the beginning of a request."""
    db.session.rollback()
    db.session.expire_all()
    db.session().info.pop("known", None)


def listed(who, scope=Scope.SHARED):
    afresh()
    return [row.public_id for row in listing.page_of(Question(stage=None, scope=scope), who)]


def told(code):
    return list(db.session.scalars(select(Notification.user_id).where(Notification.code == code).order_by(Notification.id)))


def test_a_share_opens_the_lead_and_its_end_closes_it(app):
    with app.app_context():
        lead, who = a_lead(), actor("officer.baoan")
        assert not sees(lead, who)
        made = share(lead.public_id)
        assert told("share.given") == [someone("manager.baoan").id]
        assert sees(lead, who)
        assert listed(who) == [lead.public_id]
        with unit_of_work():
            boss = actor("manager.nanshan")
            services.end_share(locked(lead, boss), queries.share(made.public_id), "", actor=boss, now=clock.now())
        assert not sees(lead, who)
        assert listed(who) == []
        with pytest.raises(ShareEnded), unit_of_work():
            services.end_share(locked(lead, boss), queries.share(made.public_id), "", actor=boss, now=clock.now())


def test_a_share_ends_by_itself_after_its_day(app, clock_at):
    clock_at("2026-06-18 09:00")
    with app.app_context():
        lead, who = a_lead(), actor("officer.baoan")
        share(lead.public_id, days=2)
        seal(lead.public_id, "Lynx", days=1)
        colleague = an_officer("SZ-NS")
        clock_at("2026-06-19 23:30")
        assert sees(lead, who)
        assert not sees(lead, colleague)
        clock_at("2026-06-20 23:30")
        assert sees(lead, colleague), "its code name is over"
        assert sees(lead, who)
        clock_at("2026-06-21 00:30")
        assert not sees(lead, who)
        assert listed(who) == []
        share(lead.public_id)  # anew, though nobody ended the one before
        assert sees(lead, who)


def test_other_terms_are_a_new_row_and_the_same_ones_are_refused(app):
    with app.app_context():
        lead, who = a_lead(), actor("officer.baoan")
        share(lead.public_id)
        with pytest.raises(SharedAlready):
            share(lead.public_id)
        share(lead.public_id, level=Level.EDIT)
        rows = list(db.session.scalars(select(LeadShare).order_by(LeadShare.id)))
        assert [(row.level, row.ended_at is None) for row in rows] == [("read", False), ("edit", True)]
        assert sees(lead, who, "edit")


def test_an_owner_shares_inside_and_asks_for_outside(app):
    with app.app_context():
        lead, owner, colleague = a_lead(), actor("officer.nanshan"), an_officer("SZ-NS")
        inside = share(lead.public_id, user=colleague.username, by="officer.nanshan", level=Level.EDIT)
        assert isinstance(inside, LeadShare)
        outside = share(lead.public_id, by="officer.nanshan")
        assert isinstance(outside, ShareRequest)
        assert told("share.proposed") == [someone("manager.nanshan").id]
        assert not sees(lead, actor("officer.baoan"))
        with pytest.raises(AskedAlready):
            share(lead.public_id, by="officer.nanshan")
        with pytest.raises(Forbidden), unit_of_work():
            asked = queries.request(outside.public_id)
            services.answer_request(locked(lead, owner), asked, agreed=True, reason="", actor=owner, now=clock.now())
        with pytest.raises(NobodyToShare):
            share(lead.public_id, unit="SZ-NS")
        with pytest.raises(Forbidden):
            share(lead.public_id, by=colleague.username)


def test_a_unit_offers_support_and_the_manager_answers_once(app):
    with app.app_context():
        lead, who, boss = a_lead(), actor("officer.baoan"), actor("manager.nanshan")
        with pytest.raises(ReasonNeeded), unit_of_work():
            services.ask_to_assist(locked(lead, who, "read_card"), ShareRole.ASSIST, " ", actor=who, now=clock.now())
        with unit_of_work():
            made = services.ask_to_assist(
                locked(lead, who, "read_card"), ShareRole.ASSIST, "we know them", actor=who, now=clock.now()
            )
        assert told("share.asked") == [someone("manager.nanshan").id, someone("officer.nanshan").id]
        assert not sees(lead, who)
        with pytest.raises(ReasonNeeded), unit_of_work():
            asked = queries.request(made.public_id)
            services.answer_request(locked(lead, boss), asked, agreed=False, reason="", actor=boss, now=clock.now())
        with unit_of_work():
            asked = queries.request(made.public_id)
            services.answer_request(locked(lead, boss), asked, agreed=True, reason="", actor=boss, now=clock.now())
        assert sees(lead, who)
        assert told("share.granted") == [who.user_id]
        with pytest.raises(RequestAnswered), unit_of_work():
            asked = queries.request(made.public_id)
            services.answer_request(locked(lead, boss), asked, agreed=True, reason="", actor=boss, now=clock.now())


def test_a_no_tells_nothing_of_the_lead(app):
    with app.app_context():
        lead, who, boss = a_lead(), actor("officer.baoan"), actor("manager.nanshan")
        with unit_of_work():
            made = services.ask_to_assist(
                locked(lead, who, "read_card"), ShareRole.HOST, "land is ready", actor=who, now=clock.now()
            )
        with unit_of_work():
            asked = queries.request(made.public_id)
            services.answer_request(locked(lead, boss), asked, agreed=False, reason="later", actor=boss, now=clock.now())
        message = db.session.scalars(select(Notification).where(Notification.code == "share.declined")).one()
        assert message.facts == {"role": "host", "why": "later"}
        assert message.subject_type is None


def test_a_code_name_needs_another_ones_consent(app):
    with app.app_context():
        lead, colleague, chief = a_lead("Falkenby Robotics GmbH"), an_officer("SZ-NS"), actor("coordinator")
        with pytest.raises(CodeNameTells):
            seal(lead.public_id, "falkenby two")
        seal(lead.public_id, "Lynx", consent=False)
        assert sees(lead, colleague), "nothing is hidden before the consent"
        with pytest.raises(SealedAlready):
            seal(lead.public_id, "Heron")
        with pytest.raises(CodeNameTaken):
            seal(a_lead().public_id, "LYNX")
        boss = actor("manager.nanshan")
        with pytest.raises(Forbidden), unit_of_work():
            services.consent_seal(locked(lead, boss), agreed=True, reason="so", actor=boss, now=clock.now())
        with pytest.raises(ReasonNeeded), unit_of_work():
            services.consent_seal(locked(lead, chief), agreed=True, reason="", actor=chief, now=clock.now())
        with unit_of_work():
            services.consent_seal(locked(lead, chief), agreed=True, reason="so", actor=chief, now=clock.now())
        assert not sees(lead, colleague, "read_card")
        assert sees(lead, actor("officer.nanshan"))
        assert sees(lead, boss)
        assert not sees(lead, actor("leader"))
        assert sees(lead, actor("leader"), "read_card")
        with unit_of_work():
            services.unseal_lead(locked(lead, boss), "signed in public", actor=boss, now=clock.now())
        assert sees(lead, colleague)
        with pytest.raises(NotSealed), unit_of_work():
            services.unseal_lead(locked(lead, boss), "again", actor=boss, now=clock.now())


def test_nobody_consents_to_his_own_wish_and_a_no_frees_the_lead(app):
    with app.app_context():
        lead, chief = a_lead(), actor("coordinator")
        seal(lead.public_id, "Lynx", by="coordinator", consent=False)
        with pytest.raises(OwnRequest), unit_of_work():
            services.consent_seal(locked(lead, chief), agreed=True, reason="so", actor=chief, now=clock.now())
        with unit_of_work():
            services.consent_seal(locked(lead, chief), agreed=False, reason="no need", actor=chief, now=clock.now())
        assert queries.live_seal(lead.id) is None


def test_the_quota_of_a_unit(app):
    with app.app_context():
        for number in range(settings()["seals_of_a_unit"]):
            seal(a_lead().public_id, f"heron {number}")
        with pytest.raises(QuotaReached):
            seal(a_lead().public_id, "one more")


def test_a_sealed_lead_is_not_merged(app):
    with app.app_context():
        one = a_lead()
        two = a_lead(one.investor.name)
        seal(one.public_id, "Lynx")
        with pytest.raises(SealedLead), unit_of_work():
            merge_leads(two.public_id, (one.public_id,), {}, reason="one", actor=actor("manager.nanshan"), now=clock.now())
        assert db.session.get_one(Lead, one.id).merged_into_id is None


def test_tiers_on_the_list(app):
    with app.app_context():
        lead, who = a_lead(), actor("officer.baoan")
        share(lead.public_id, tier=Tier.CARD)
        (row,) = listing.page_of(Question(stage=None, scope=Scope.SHARED), who)
        assert (row.masked, row.detail, row.shared) == (False, False, "assist")
        assert row.name == lead.investor.name
        assert clock.today() + timedelta(days=30) == queries.shares_of([lead.id])[lead.id][0].until
