"""The nightly pass: each holder is told once for a due day, whatever happens to the pass; automatic release is off."""

from datetime import timedelta

from sqlalchemy import func, select

from crm.claims import queries, services
from crm.core import clock
from crm.core.db import db, unit_of_work
from crm.jobs import jobs
from crm.jobs.models import Job
from crm.leads import jobs as watch
from crm.leads import services as leads
from crm.notifications.models import Notification
from tests.builders import actor, someone
from tests.claims.stories import at, claimed, clock_of, progress
from tests.claims.test_services import START, a_version, notice
from tests.pages import statements

NIGHTLY = [
    "claims.watch",
    "disputes.watch",
    "golive.close",
    "jobs.statistics",
    "matters.watch",
    "pipeline.watch",
    "returns.watch",
    "seals.watch",
    "supervision.watch",
    "transfers.lapse",
]


def messages(code):
    return db.session.scalar(select(func.count()).select_from(Notification).where(Notification.code == code))


def night(moment):
    with clock.fixed(at(moment)):
        return watch.watch_now()


def test_told_once_at_amber_and_once_when_it_ran_out(desk):
    lead = claimed(START)
    assert night("2026-11-10 01:00") == {"amber": 0, "due": 0, "released": 0}
    assert night("2026-11-11 01:00")["amber"] == 1
    assert night("2026-11-12 01:00")["amber"] == 0
    assert messages("claim.amber") == 2, "its holder and the manager"
    assert night("2026-11-13 01:00")["due"] == 1
    assert night("2026-11-14 01:00") == {"amber": 0, "due": 0, "released": 0}
    assert messages("claim.due") == 2
    assert messages("claim.watched") == 1
    progress(lead, at("2026-11-16 10:00"))
    assert night("2026-12-08 01:00")["amber"] == 1, "a later due day is told of anew"


def test_every_claim_is_reached_in_small_steps(desk, monkeypatch):
    monkeypatch.setattr(watch, "CHUNK", 3)
    for _number in range(8):
        claimed(START)
    steps = []
    real = watch.one_chunk
    monkeypatch.setattr(watch, "one_chunk", lambda after, counts: steps.append(after) or real(after, counts))
    assert night("2026-11-13 01:00")["due"] == 8
    assert len(steps) == 3


def test_a_chunk_reads_its_people_and_firms_once(desk):
    for _number in range(5):
        claimed(START)
    db.session.expunge_all()
    with statements() as said:
        assert night("2026-11-13 01:00")["due"] == 5
    reads = [one for one in said if one.startswith("SELECT")]
    assert len([one for one in reads if "user_account.role =" in one]) == 2, "managers, and the coordinators at the end"
    assert not [one for one in reads if "FROM company" in one], "firms come with their leads"


def test_nothing_is_released_by_itself_unless_the_rules_say_so(desk):
    lead = claimed(START)
    notice(lead, at("2026-11-16 09:00"))
    assert night("2026-11-25 01:00")["released"] == 0
    with unit_of_work():
        services.add_rules(a_version(automatic_release=True), actor=actor("sysadmin"), now=at("2026-11-20 09:00"))
    young = claimed(at("2026-12-01 09:00"))
    assert night("2026-12-20 01:00")["released"] == 0, "without a notice nothing is released"
    notice(young, at("2026-12-21 09:00"))
    assert night("2026-12-28 01:00")["released"] == 1
    assert queries.live_for(young.id) is None
    assert queries.live_for(lead.id) is not None, "granted under rules that do not"


def test_the_worker_asks_for_it_once_a_day(desk):
    with clock.fixed(at("2026-11-13 00:01")):
        assert sorted(jobs.ask_daily()) == NIGHTLY
        assert jobs.ask_daily() == []
    with clock.fixed(at("2026-11-14 00:01")):
        assert sorted(jobs.ask_daily()) == NIGHTLY
    assert db.session.scalar(select(func.count()).select_from(Job).where(Job.kind == "claims.watch")) == 2


def test_the_job_does_it(desk):
    claimed(START)
    with clock.fixed(at("2026-11-13 00:01")):
        jobs.ask_daily()
        assert jobs.work_off() == len(NIGHTLY), "and the other rooms' passes"
    assert messages("claim.due") == 2
    assert db.session.scalars(select(Job.state).where(Job.kind == "claims.watch")).one() == "done"


def test_who_acts_meanwhile_is_respected(desk):
    lead = claimed(START)
    now = at("2026-11-13 09:00")
    with clock.fixed(now):
        with unit_of_work():
            leads.extend_claim(lead.public_id, "they come in spring", actor=actor("manager.nanshan"), now=now)
        assert watch.watch_now()["due"] == 0
    assert clock_of(lead, now + timedelta(days=1)).marks.extensions == 1
    assert someone("coordinator").id not in set(
        db.session.scalars(select(Notification.user_id).where(Notification.code == "claim.due"))
    )
