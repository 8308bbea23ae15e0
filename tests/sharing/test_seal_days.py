"""A code name and its day: told before it and after it, let stay until a later one, and what a page says meanwhile."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from crm.core import clock
from crm.core.db import db, unit_of_work
from crm.core.errors import Forbidden
from crm.leads import jobs
from crm.leads.services import share as services
from crm.sharing import queries
from crm.sharing.models import LeadSeal
from crm.sharing.rules import BadUntil, NotSealed, OwnRequest, QuotaReached, ReasonNeeded, SealPast, settings
from tests.builders import a_lead, actor, an_officer
from tests.sharing.test_services import afresh, sees
from tests.transfers.stories import told
from tests.web.shared_city import seal

FALKENBY = "Falkenby Robotics GmbH"


def night(day):
    afresh()
    with clock.fixed(clock.start_of(day)):
        return jobs.watch_seals_now()


def renew(lead, days, *, by="coordinator", reason="the board has not decided"):
    with unit_of_work():
        until = clock.today() + timedelta(days=days)
        return services.renew_seal(lead.public_id, until, reason, actor=actor(by), now=clock.now())


def test_whoever_is_concerned_is_told_before_the_day_and_after_it(app):
    with app.app_context():
        lead, colleague = a_lead(FALKENBY), an_officer("SZ-NS")
        seal(lead.public_id, "Lynx", days=30)
        last = clock.today() + timedelta(days=30)
        nothing = {"soon": 0, "over": 0, "unanswered": 0}
        assert night(last - timedelta(days=8)) == nothing
        assert night(last - timedelta(days=7))["soon"] == 1
        assert told("seal.soon") == ["coordinator", "manager.nanshan", "officer.nanshan"]
        assert night(last - timedelta(days=6)) == nothing, "told once"
        assert night(last) == nothing
        assert not sees(lead, colleague)
        assert night(last + timedelta(days=2)) == nothing | {"over": 1}, "a night may have been missed"
        assert told("seal.over") == ["coordinator", "manager.nanshan", "officer.nanshan"]
        assert night(last + timedelta(days=3)) == nothing
        with clock.fixed(clock.start_of(last, days=1)):
            assert sees(lead, colleague)


def test_a_request_that_nobody_answered_is_over_with_its_day(app, clock_at):
    with app.app_context():
        lead = a_lead(FALKENBY)
        seal(lead.public_id, "Lynx", days=3, consent=False)
        last = clock.today() + timedelta(days=3)
        with clock.fixed(clock.start_of(last, days=1)):
            afresh()
            with pytest.raises(SealPast), unit_of_work():
                services.consent_seal(lead.public_id, agreed=True, reason="so", actor=actor("coordinator"), now=clock.now())
        assert night(last + timedelta(days=1)) == {"soon": 0, "over": 0, "unanswered": 1}
        assert told("seal.unanswered") == ["coordinator", "manager.nanshan", "officer.nanshan"]
        with clock.fixed(clock.start_of(last, days=1)):
            with pytest.raises(NotSealed), unit_of_work():
                services.consent_seal(lead.public_id, agreed=True, reason="so", actor=actor("coordinator"), now=clock.now())
            seal(lead.public_id, "Lynx", days=9)
            assert queries.live_seal(lead.id).until == clock.today() + timedelta(days=9)


def test_it_stays_until_a_later_day_without_a_moment_in_between(app):
    with app.app_context():
        lead, colleague = a_lead(FALKENBY), an_officer("SZ-NS")
        with pytest.raises(NotSealed):
            renew(lead, 60)
        seal(lead.public_id, "Lynx", days=5, consent=False)
        with pytest.raises(NotSealed):
            renew(lead, 60)
        with unit_of_work():
            services.consent_seal(lead.public_id, agreed=True, reason="so", actor=actor("coordinator"), now=clock.now())
        night(clock.today())
        for days in (5, 4, settings()["seal_days_most"] + 1):
            with pytest.raises(BadUntil):
                renew(lead, days)
        with pytest.raises(ReasonNeeded):
            renew(lead, 60, reason=" ")
        with pytest.raises(Forbidden):
            renew(lead, 60, by="manager.nanshan")
        renew(lead, 60)
        assert not sees(lead, colleague)
        rows = list(db.session.scalars(select(LeadSeal).order_by(LeadSeal.id)))
        assert [(row.code_name, row.ended_at is None, row.asked_by.username) for row in rows] == [
            ("Lynx", False, "officer.nanshan"), ("Lynx", True, "officer.nanshan"),
        ]  # fmt: skip
        assert told("seal.renewed") == ["manager.nanshan", "officer.nanshan"]
        assert queries.seals_of_unit(lead.following_unit_id) == 1
        assert night(clock.today() + timedelta(days=6)) == {"soon": 0, "over": 0, "unanswered": 0}
        assert night(clock.today() + timedelta(days=55))["soon"] == 1, "told anew before the later day"


def test_what_is_past_its_day_is_not_let_stay(app):
    with app.app_context():
        lead = a_lead(FALKENBY)
        seal(lead.public_id, "Lynx", days=5)
        with clock.fixed(clock.start_of(clock.today(), days=6)):
            afresh()
            with pytest.raises(NotSealed):
                renew(lead, 60)


def test_nobody_extends_what_he_asked_for_himself(app):
    with app.app_context():
        lead = a_lead(FALKENBY)
        seal(lead.public_id, "Lynx", by="manager.nanshan")
        with unit_of_work():
            queries.live_seal(lead.id).asked_by_id = actor("coordinator").user_id
        with pytest.raises(OwnRequest):
            renew(lead, 60)


def test_extending_is_no_new_one_against_a_full_quota(app):
    with app.app_context():
        leads = [a_lead() for _ in range(settings()["seals_of_a_unit"])]
        for number, one in enumerate(leads):
            seal(one.public_id, f"Heron {number}")
        with pytest.raises(QuotaReached):
            seal(a_lead().public_id, "Lynx")
        renew(leads[0], 60)


@pytest.mark.only_on("sqlite")
def test_the_page_offers_what_can_be_done(app, signed_in):
    with app.app_context():
        lead = a_lead(FALKENBY)
        seal(lead.public_id, "Lynx", days=20)
    at = f"/leads/{lead.public_id}"
    ours, city = signed_in("officer.nanshan"), signed_in("coordinator")
    page = ours.get(at)
    assert "请市统筹延期" in page.main
    assert "市级" in ours.get(f"/matters/new/{lead.public_id}?about=seal").main
    assert "请将代号延期至" in ours.get(f"/matters/new/{lead.public_id}?about=seal").html
    assert f"{at}/seal/renew" not in page.html
    ours.post(f"{at}/seal/renew", {"until": "2026-09-01", "reason": "x"}, status=403)
    later = (clock.today() + timedelta(days=90)).isoformat()
    bad = city.post(f"{at}/seal/renew", {"until": clock.today().isoformat(), "reason": "the board waits"}, status=422)
    assert "the board waits" in bad.main
    done = city.get(at).submit("/seal/renew", {"until": later, "reason": "the board waits"}).follow()
    assert "代号已延期" in done.html
    with clock.fixed(clock.start_of(clock.today(), days=91)):
        page = signed_in("officer.nanshan").get(at)
        assert "申请设代号" in page.main
        assert "解除代号" not in page.main
