"""Two leads that are one project: who may name the second, and who reads what of a dispute when one goes by a code name."""

import pytest
from sqlalchemy import select

from crm.core.db import db, unit_of_work
from crm.core.errors import NotFound
from crm.desk import queries as desk
from crm.disputes import queries, services
from crm.disputes.rules import OtherLeadUnfit
from crm.disputes.services import holding, speak
from crm.leads.models import Lead
from crm.notifications.models import Notification
from crm.policy import rules as policy
from tests.builders import a_lead, actor, an_officer
from tests.disputes.stories import HQ, a_dispute, at_headquarters, does, fresh, opened, reported_twice, ruling
from tests.web.shared_city import seal

WORDS = "we met Quorvexia in May"


def signed(lead):
    with unit_of_work():
        db.session.get_one(Lead, lead.id).stage = "signed"
    return lead


def about_two(sealed: str) -> tuple[Lead, Lead, str]:
    """A dispute about a lead of Nanshan and one of Bao'an, one of them (`here` or `there`) under a code name."""
    here, there = a_lead(), a_lead(by="officer.baoan")
    if sealed == "here":
        seal(here.public_id, "远帆")
    else:
        seal(there.public_id, "远帆", by="officer.baoan")
    return here, there, opened(here, statement=WORDS, other=there.number, by="coordinator")


def test_a_signed_lead_is_not_pulled_into_a_dispute_of_others(app):
    with app.app_context():
        here, _report = reported_twice()
        there = signed(a_lead(by="manager.baoan"))
        assert policy.can(policy.towards_lead(actor("officer.nanshan"), there), "lead", "read_names"), "the city knows it"
        with pytest.raises(OtherLeadUnfit):
            opened(here, other=there.number)
        assert fresh(there).disputed_on is None
        ours, _report = reported_twice(by="officer.baoan")
        signed(ours)
        assert opened(a_lead(by="officer.baoan"), other=ours.number, by="officer.baoan"), "they registered it again"


def test_what_is_asked_of_the_second_lead_is_asked_once_it_is_held(app, monkeypatch):
    """Somebody sets it back while another waits for it: the city no longer knows its name."""
    with app.app_context():
        ours, _report = reported_twice(by="officer.baoan")
        signed(ours)
        here = a_lead(by="officer.baoan")
        monkeypatch.setattr(speak, "hold", _set_back_meanwhile)
        with pytest.raises(OtherLeadUnfit):
            opened(here, other=ours.number, by="officer.baoan")


def _set_back_meanwhile(ids):
    leads = holding.hold(ids)
    leads[1].stage = "negotiating"
    return leads


@pytest.mark.parametrize("sealed", ["here", "there"])
def test_each_lead_is_read_by_its_own_right(app, sealed):
    with app.app_context():
        here, there, public_id = about_two(sealed)
        owners = [("officer.nanshan", here, 0), ("officer.baoan", there, 1)]
        for username, _lead, number in owners:
            seen = queries.visible_dispute(public_id, actor=actor(username))  # both owners see it
            assert seen.evidence(number)
            assert seen.states
            closed = 0 if sealed == "here" else 1
            mine = number == closed
            assert (seen.evidence(closed), seen.names(closed), seen.reads_texts) == (mine, mine, mine)
        other, inside = ("SZ-BA", "SZ-NS") if sealed == "here" else ("SZ-NS", "SZ-BA")
        for unit in (other, inside):
            colleague = queries.visible_dispute(public_id, actor=an_officer(unit))
            assert not colleague.evidence(0 if sealed == "here" else 1)
            assert not colleague.reads_texts
        for by in ("manager.nanshan", "manager.baoan"):
            assert queries.visible_dispute(public_id, actor=actor(by)).reads_texts
        with pytest.raises(NotFound):
            queries.visible_dispute(public_id, actor=an_officer("SZ-LG"))


def test_reasons_of_a_review_are_read_by_right_too(app):
    with app.app_context():
        at_headquarters()
        _here, _there, public_id = about_two("there")
        does(services.decide, public_id, ruling("SZ-NS", "officer.nanshan", parts={"SZ-NS": 10_000}), by="coordinator")
        does(services.ask_review, public_id, "not so", by="manager.baoan")
        does(services.review, public_id, ruling(reason=WORDS), by=HQ)
        why = {by: [one.reason for one in desk.headquarters(actor(by))["overrides"]] for by in ("officer.nanshan", "coordinator")}
        assert why == {"officer.nanshan": [""], "coordinator": [WORDS]}


def test_the_message_that_it_was_taken_back_says_nothing_of_a_code_name(app):
    with app.app_context():
        _here, _there, public_id = about_two("there")
        does(services.withdraw, public_id, WORDS, by="coordinator")
        _lead, plain = a_dispute()
        does(services.withdraw, plain, WORDS, by="officer.nanshan")
        query = select(Notification.subject_public_id, Notification.facts).where(Notification.code == "dispute.withdrawn")
        said = {(ref, facts["why"]) for ref, facts in db.session.execute(query)}
        assert said == {(public_id, "—"), (plain, WORDS)}


@pytest.mark.only_on("sqlite")
def test_the_page_keeps_texts_of_a_code_name(app, signed_in):
    with app.app_context():
        here, there, public_id = about_two("there")
        called, shown = there.title, here.display_name
    page = signed_in("officer.nanshan").get(f"/disputes/{public_id}")
    assert WORDS not in page.html
    assert called not in page.html
    assert shown in page.main
    assert "代号项目的依据和陈述按权限查看" in page.main
    page = signed_in("officer.baoan").get(f"/disputes/{public_id}")
    assert WORDS in page.main
