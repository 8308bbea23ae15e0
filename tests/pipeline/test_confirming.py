"""初审 and 认定: two pairs of eyes, both values kept, many at once, two people at once."""

from datetime import date

import pytest

from crm.core import clock
from crm.core.db import db, unit_of_work
from crm.core.errors import Forbidden, NotFound
from crm.core.money import Money
from crm.pipeline import services
from crm.pipeline.rules import Act, Kind, MilestoneMoved, NoConfirmation, NotReviewed, OwnMilestone, SumAbsurd, WordsNeeded
from crm.pipeline.services import Verdict
from crm.policy.rules import Role
from tests.builders import a_person, actor, an_officer
from tests.leads.stories import messages
from tests.pipeline.stories import decide, enter, negotiating, new, stored


@pytest.fixture(autouse=True)
def november(clock_at):
    clock_at("2026-11-16 09:00")


def test_from_the_officer_to_the_city(desk):
    row = enter(desk, negotiating())
    decide(services.review_milestone, row, by="manager.nanshan")
    assert (stored(row).state, stored(row).due_on) == ("reviewed", date(2026, 11, 23))
    decide(services.confirm_milestone, row, by="coordinator")
    found = stored(row)
    assert (found.state, found.confirmed_amount, found.confirmed_on, found.due_on) == (
        "confirmed",
        8_000_000_00,
        found.on_date,
        None,
    )
    assert messages("officer.nanshan")[-1] == "milestone.confirmed"


def test_another_value_is_kept_beside_the_reported_one(desk):
    row = enter(desk, negotiating())
    decide(services.review_milestone, row, by="manager.nanshan")
    for verdict, refusal in ((Verdict(Money.of(6, "USD")), WordsNeeded), (Verdict(Money(-5, "USD"), "why"), SumAbsurd)):
        with pytest.raises(refusal):
            decide(services.confirm_milestone, row, verdict, by="coordinator")
        db.session.rollback()
    decide(services.confirm_milestone, row, Verdict(Money.of(6_000_000, "USD"), "two are intended only"), by="coordinator")
    found = stored(row)
    assert (found.amount, found.confirmed_amount, found.confirmed_note) == (8_000_000_00, 6_000_000_00, "two are intended only")


def test_returned_with_a_reason_by_either(desk):
    lead = negotiating()
    row = enter(desk, lead)
    with pytest.raises(WordsNeeded):
        decide(services.return_milestone, row, "", by="manager.nanshan")
    db.session.rollback()
    decide(services.return_milestone, row, "no signature page", by="manager.nanshan")
    assert (stored(row).state, messages("officer.nanshan")[-1]) == ("returned", "milestone.returned")
    again = enter(desk, lead)
    decide(services.review_milestone, again, by="manager.nanshan")
    with pytest.raises(Forbidden):
        decide(services.return_milestone, again, "too late for the district", by="manager.nanshan")
    db.session.rollback()
    decide(services.return_milestone, again, "no seal", by="coordinator")
    assert stored(again).state == "returned"


def test_nobody_confirms_what_they_entered(desk):
    row = enter(desk, negotiating(), by="coordinator")
    decide(services.review_milestone, row, by="manager.nanshan")
    with pytest.raises(OwnMilestone):
        decide(services.confirm_milestone, row, by="coordinator")
    db.session.rollback()
    other = a_person("coordinator.2", Role.COORDINATOR, "SZ-TCJ")
    decide(services.confirm_milestone, row, by=other.as_actor())
    assert stored(row).state == "confirmed"


def test_the_city_waits_for_the_district_until_its_time_is_past(desk, clock_at):
    row = enter(desk, negotiating())
    with pytest.raises(NotReviewed):
        decide(services.confirm_milestone, row, by="coordinator")
    db.session.rollback()
    clock_at("2026-11-20 09:00")
    decide(services.confirm_milestone, row, by="coordinator")
    assert stored(row).state == "confirmed"


def test_who_decides(desk):
    row = enter(desk, negotiating())
    for verb, who, refusal in (
        (services.review_milestone, "officer.nanshan", Forbidden),
        (services.review_milestone, "manager.baoan", NotFound),
        (services.review_milestone, "coordinator", Forbidden),
        (services.confirm_milestone, "manager.nanshan", Forbidden),
        (services.confirm_milestone, "leader", Forbidden),
    ):
        with pytest.raises(refusal):
            decide(verb, row, by=who)
        db.session.rollback()
    talks = enter(desk, negotiating(), kind=Kind.FRAMEWORK)
    with pytest.raises(NoConfirmation):
        decide(services.review_milestone, talks, by="manager.nanshan")


def test_two_at_once_one_wins(desk):
    row = enter(desk, negotiating())
    seen = row.version
    other = an_officer("SZ-NS", Role.DISTRICT_MANAGER)
    decide(services.review_milestone, row, by="manager.nanshan", opened=seen)
    with pytest.raises(MilestoneMoved):
        decide(services.return_milestone, row, "no", by=other, opened=seen)


def test_many_at_once_leave_out_what_may_not_be_done(desk):
    rows = [enter(desk, negotiating()) for _ in range(3)]
    for row in rows[:2]:
        decide(services.review_milestone, row, by="manager.nanshan")
    own = enter(desk, negotiating(), by="coordinator")
    items = [(row.public_id, stored(row).version) for row in (*rows, own)] + [("nowhere", 1), (rows[0].public_id, 99)]
    with unit_of_work():
        batch = services.decide_many(Act.CONFIRM, items, actor=actor("coordinator"), now=clock.now())
    assert set(batch.done) == {rows[0].public_id, rows[1].public_id}
    assert {(public_id, refusal.code) for public_id, refusal in batch.skipped} == {
        (rows[2].public_id, "milestone_not_reviewed"), (own.public_id, "milestone_not_reviewed"), ("nowhere", "not_found"),
        (rows[0].public_id, "milestone_moved"),
    }  # fmt: skip
    assert new().kind is Kind.CONTRACT_SIGNED
