"""The one review: nobody at the headquarters, and what was reviewed stands against a new dispute of the same sides."""

import pytest

from crm.accounts import services as accounts
from crm.core import clock
from crm.core.db import db, unit_of_work
from crm.core.errors import Forbidden
from crm.disputes import queries, services
from crm.disputes.rules import FinallyDecided, NoHeadquarters
from crm.leads import services as leads
from tests.builders import actor, an_officer, new_lead, someone
from tests.disputes.stories import HQ, a_dispute, at_headquarters, does, fresh, opened, ruling, stored


def under_review() -> tuple:
    at_headquarters()
    lead, public_id = a_dispute()
    does(services.decide, public_id, ruling(), by="coordinator")
    does(services.ask_review, public_id, "not so", by="manager.nanshan")
    return lead, public_id


def test_none_is_asked_for_when_nobody_could_review(app):
    with app.app_context():
        lead, public_id = a_dispute()
        does(services.decide, public_id, ruling(), by="coordinator")
        with pytest.raises(NoHeadquarters):
            does(services.ask_review, public_id, "not so", by="manager.nanshan")
        assert (stored(public_id).state, fresh(lead).disputed_on) == ("decided", None)


def test_the_coordinator_records_it_when_everybody_there_has_left(app):
    with app.app_context():
        lead, public_id = under_review()
        with pytest.raises(Forbidden):
            does(services.review, public_id, ruling(), by="coordinator")
        assert queries.waiting_for(actor("coordinator")) == 0
        with unit_of_work():
            accounts.disable_user(someone(HQ), actor=actor("sysadmin"), now=clock.now())
        assert queries.waiting_for(actor("coordinator")) == 1
        assert [len(found) for found in queries.inbox(actor("coordinator")).values()] == [1, 0, 0, 0]
        with pytest.raises(Forbidden):
            does(services.review, public_id, ruling(), by="manager.nanshan")
        does(services.review, public_id, ruling(decided_by="the meeting"), by="coordinator")
        row = queries.decision_of(stored(public_id).id, "review")
        assert (row.how, row.decided_by, row.by.username) == ("telephone", "the meeting", "coordinator")
        assert (stored(public_id).state, fresh(lead).disputed_on) == ("final", None)


@pytest.mark.only_on("sqlite")
def test_the_coordinators_form_for_it(app, signed_in):
    with app.app_context():
        _lead, public_id = under_review()
        with unit_of_work():
            accounts.disable_user(someone(HQ), actor=actor("sysadmin"), now=clock.now())
    page = signed_in("coordinator").get(f"/disputes/{public_id}")
    assert f"/disputes/{public_id}/review" in page.html
    assert "复核决定" in signed_in("coordinator").get(f"/disputes/{public_id}/review").main


def test_the_same_sides_do_not_dispute_again_what_was_reviewed(app):
    with app.app_context():
        lead, public_id = under_review()
        does(services.review, public_id, ruling(), by=HQ)
        for by in ("officer.nanshan", "officer.baoan", "coordinator"):
            with pytest.raises(FinallyDecided):
                opened(lead, by=by)
        with unit_of_work():
            again = an_officer("SZ-LG")
            db.session.expire_all()
            leads.report_again(fresh(lead), new_lead(), actor=again, now=clock.now(), coordinate=True)
        assert opened(lead, by="coordinator"), "a side that was not heard"
