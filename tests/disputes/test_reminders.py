"""Nights before and after the day by which a dispute is to be decided."""

from datetime import date, timedelta

from crm.core import clock
from crm.disputes import jobs, services
from crm.disputes.rules import reminder
from tests.disputes.stories import HQ, a_dispute, at_headquarters, does, ruling, stored
from tests.transfers.stories import told


def night(day: date) -> int:
    with clock.fixed(clock.start_of(day) + timedelta(hours=1)):
        return jobs.watch_now()["reminded"]


def test_what_is_told_of_a_day():
    friday, thursday = date(2026, 11, 27), date(2026, 11, 26)
    said = [reminder(friday, friday + timedelta(days=n), thursday) for n in (-2, -1, 0, 1, 30)]
    assert said == ["", "soon 2026-11-27", "soon 2026-11-27", "late 2026-11-27", "late 2026-11-27"]


def test_once_before_the_day_and_once_after(desk):
    _lead, public_id = a_dispute()
    due = stored(public_id).due_on
    assert night(due - timedelta(days=9)) == 0
    assert [night(due), night(due)] == [1, 0]
    assert told("dispute.soon") == ["coordinator", "manager.baoan", "manager.nanshan", "officer.nanshan"]
    assert [night(due + timedelta(days=n)) for n in (1, 2)] == [1, 0]
    assert told("dispute.late") == told("dispute.soon")


def test_a_review_is_the_headquarters_and_what_is_decided_nobodys(desk):
    _lead, public_id = a_dispute()
    does(services.decide, public_id, ruling(), by="coordinator")
    assert night(stored(public_id).due_on + timedelta(days=30)) == 0
    at_headquarters()
    does(services.ask_review, public_id, "we were first", by="manager.nanshan")
    assert night(stored(public_id).review_due_on + timedelta(days=1)) == 1
    assert told("dispute.late") == [HQ]
