"""The list of conflicts: who meets whom, in the order of evidence; how each is settled, and what that does to clocks."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from crm.claims import queries as claims
from crm.claims.models import Claim
from crm.claims.rules.clock import State
from crm.claims.rules.windows import ConflictSettled, SideUnfit, WindowReasonNeeded
from crm.companies import services as companies
from crm.core.db import db, unit_of_work
from crm.core.errors import Forbidden
from crm.credit.rules import ShareModel, Terms
from crm.golive import services
from crm.golive.rules import Answer
from crm.leads.models import Lead, SecondReport
from crm.leads.queries.evidenced import evidenced_of
from crm.leads.services import report_again
from crm.merging import services as merging
from crm.notifications.models import Notification
from crm.transfers.services import NewOffer, assign
from tests.builders import a_company, a_unit, actor, new_lead, someone
from tests.claims.stories import admit, at, clock_of, evidence, progress
from tests.golive.stories import START, assessed_again, brought, closed, listed, opened, settled, twin

END = at("2026-11-10 15:00")


def again(lead, *, by="officer.baoan", now=None):
    """Another unit reports it too, and says that it is the same."""
    with unit_of_work():
        stored = db.session.get_one(Lead, lead.id)
        report_again(stored, new_lead(investor=stored.investor.name), actor=actor(by), now=now or START + timedelta(hours=2))


def test_the_earlier_evidenced_side_comes_first_not_the_earlier_registered(desk):
    opened()
    first = brought(talks=date(2026, 5, 1))
    second = twin(first, talks=date(2025, 3, 1))
    (found,) = listed()
    assert [(side.row.number, side.on, side.basis) for side in found.sides] == [
        (second.number, date(2025, 3, 1), "talks"), (first.number, date(2026, 5, 1), "talks"),
    ]  # fmt: skip
    assert found.kind == "company"


def test_what_proves_a_date_and_what_does_not(desk):
    opened()
    bare = brought(talks=None)
    assert evidenced_of([bare.id])[bare.id].basis == "registered"
    shown = brought(granted=False)
    progress(shown, START + timedelta(hours=3), on=date(2026, 1, 5))
    assert (evidenced_of([shown.id])[shown.id].on, evidenced_of([shown.id])[shown.id].basis) == (date(2026, 1, 5), "progress")
    said = brought(granted=False)
    progress(said, START + timedelta(hours=3), on=date(2026, 1, 5), proofs=0)
    assert evidenced_of([said.id])[said.id].on == date(2026, 11, 2), "without proof it is talk"


def test_first_talks_without_a_piece_of_evidence_count_for_nothing(desk):
    from tests.builders import a_lead

    lead = a_lead(now=START, first_talks_on=date(2024, 1, 1))
    assert evidenced_of([lead.id])[lead.id].on == date(2026, 11, 2)


def test_a_second_report_is_a_side_and_can_win(desk):
    opened()
    lead = brought()
    again(lead)
    (found,) = listed()
    assert [side.report for side in found.sides] == [False, True]
    settled(found, START + timedelta(hours=4), side=2)
    live = claims.live_for(lead.id)
    assert (live.unit_id, live.user_id) == (a_unit("SZ-BA").id, someone("officer.baoan").id)
    assert clock_of(lead, START + timedelta(hours=5)).state is State.PROVISIONAL
    assert [past.state for past in claims.past_of(lead.id)] == ["withdrawn"]


def test_a_side_that_won_before_the_assessment_is_granted_then(desk):
    opened()
    lead = brought(granted=False)
    again(lead)
    settled(listed()[0], START + timedelta(hours=4), side=2)
    admit(lead, START + timedelta(hours=5))
    assert claims.live_for(lead.id).unit_id == a_unit("SZ-BA").id


def test_who_gave_way_is_granted_nothing_afterwards(desk):
    opened()
    first = brought()
    second = twin(first, granted=False)
    settled(listed()[0], START + timedelta(hours=4), side=1)
    admit(second, START + timedelta(hours=5), by="manager.baoan")
    assert claims.live_for(second.id) is None
    assert claims.live_for(first.id) is not None


def test_unsettled_at_the_end_stays_provisional_until_it_is_settled(desk):
    opened()
    free, first = brought(), brought()
    second = twin(first)
    closed(END)
    later = at("2026-12-20 09:00")
    assert clock_of(free, later).state is State.DUE
    for lead in (first, second):
        assert (clock_of(lead, later).state, clock_of(lead, later).marks.contested) == (State.PROVISIONAL, True)
    (found,) = listed()
    settled(found, later, side=2)
    kept, gone = (first, second) if found.sides[1].row.number == first.number else (second, first)
    assert clock_of(gone, later) is None
    now = clock_of(kept, later)
    assert (now.state, now.marks.begun, now.term) == (State.RUNNING, date(2026, 12, 20), date(2027, 3, 22))
    assert listed()[0].settled


def test_as_different_projects_both_stand(desk):
    opened()
    first = brought()
    second = twin(first)
    closed(END)
    settled(listed()[0], at("2026-11-20 09:00"))
    for lead in (first, second):
        assert clock_of(lead, at("2026-11-20 10:00")).marks.begun == date(2026, 11, 20)
    with pytest.raises(ConflictSettled):
        settled(listed()[0], at("2026-11-21 09:00"))


def test_settled_in_the_window_it_begins_with_the_end(desk):
    opened()
    first = brought()
    twin(first)
    settled(listed()[0], START + timedelta(days=1))
    closed(END)
    assert clock_of(first, END + timedelta(hours=1)).marks.begun == date(2026, 11, 10)
    assert [one.settled for one in listed()] == [True]


def test_by_merging_the_earlier_evidenced_report_stays_and_an_undo_opens_it_again(desk):
    opened()
    first = brought()
    second = twin(first, talks=date(2025, 3, 1))
    closed(END)
    now = at("2026-11-20 09:00")
    with unit_of_work():
        merge = merging.merge_leads(
            first.public_id, (second.public_id,), {}, reason="one plant", actor=actor("coordinator"), now=now
        )
        merge_id = merge.public_id
    live = claims.live_for(first.id)
    assert live.unit_id == a_unit("SZ-BA").id
    assert clock_of(first, now).marks.begun == date(2026, 11, 20)
    (found,) = listed()
    assert (found.row.answer, found.row.reason) == ("merged", "one plant")
    with unit_of_work():
        merging.undo_merge(merge_id, actor=actor("coordinator"), now=now + timedelta(days=1))
    for lead in (first, second):
        assert clock_of(lead, now + timedelta(days=2)).state is State.PROVISIONAL
    assert not listed()[0].settled


def test_merged_while_it_is_open_is_no_conflict_any_more(desk):
    opened()
    first = brought()
    second = twin(first)
    with unit_of_work():
        merging.merge_leads(
            first.public_id, (second.public_id,), {}, reason="one", actor=actor("coordinator"), now=START + timedelta(days=1)
        )
    assert listed() == []
    closed(END)
    assert clock_of(first, END).marks.begun == date(2026, 11, 10)


def test_firms_of_a_group_meet_and_open_pairs_do(desk, swept):
    opened()
    mother, daughter = a_company("Quillhaven Holdings plc"), a_company("Ystermark Bearings AG")
    with unit_of_work():
        companies.set_parent(daughter, mother, "their report", actor=actor("coordinator"), now=START)
    a = brought(investor="Quillhaven Holdings plc")
    b = brought(investor="Ystermark Bearings AG", by="officer.baoan")
    assert {a.investor_id, b.investor_id} == {mother.id, daughter.id}
    assert [one.kind for one in listed()] == ["group"]


def test_one_unit_twice_is_no_conflict(desk):
    opened()
    lead = brought()
    again(lead, by="manager.nanshan")
    assert listed() == []


def test_what_is_refused(desk):
    opened()
    first = brought()
    twin(first)
    (found,) = listed()
    with pytest.raises(WindowReasonNeeded):
        settled(found, END, side=1, reason="  ")
    with pytest.raises(SideUnfit), unit_of_work():
        services.settle(found.key, Answer.HOLDER, "nobody", "x", actor=actor("coordinator"), now=END)
    with pytest.raises(ConflictSettled), unit_of_work():
        services.settle("other.sides", Answer.DIFFERENT, "", "x", actor=actor("coordinator"), now=END)
    for by in ("manager.nanshan", "leader"):
        with pytest.raises(Forbidden):
            settled(found, END, side=1, by=by)
    again(first, by="officer.baoan")
    again(first, by="coordinator")
    with pytest.raises(ConflictSettled):  # a third unit joined after the form was drawn
        settled(found, END, side=1)


def test_a_unit_sees_its_own_and_of_the_others_what_it_may(desk):
    opened()
    first = brought(talks=date(2026, 5, 1))
    twin(first, talks=date(2025, 3, 1))
    assert listed("officer.nanshan")[0].sides[0].unit is None
    (found,) = listed("manager.baoan")
    mine, other = found.sides
    assert (mine.unit.zh, mine.who, mine.row.detail) == (a_unit("SZ-BA").zh, someone("officer.baoan").name, True)
    assert (other.unit, other.who, other.claim, other.pieces, other.on) == (None, "", "", None, date(2026, 5, 1))
    assert other.row.number == "" and other.row.masked
    for city in ("coordinator", "leader"):
        assert all(side.unit and side.who and side.claim for side in listed(city)[0].sides)


def test_a_stranger_sees_none(desk):
    from crm.policy.rules import Role
    from tests.builders import a_person

    stranger = a_person("officer.futian", Role.OFFICER, "SZ-FT")
    opened()
    twin(brought())
    assert listed(stranger.username) == []


def test_people_are_told_when_it_is_settled(desk):
    opened()
    first = brought()
    twin(first)
    settled(listed()[0], END, side=1)
    told = set(db.session.scalars(select(Notification.user_id).where(Notification.code == "go_live.settled")))
    assert {someone(name).id for name in ("officer.nanshan", "officer.baoan", "manager.nanshan", "manager.baoan")} <= told


def test_an_imported_lead_is_granted_one_in_the_window_only(desk):
    lead = brought(START, granted=False, origin="import")
    admit(lead, START + timedelta(minutes=30))
    assert claims.live_for(lead.id) is None
    opened(START + timedelta(hours=1))
    assessed_again(lead, START + timedelta(hours=2))
    assert claims.live_for(lead.id) is None, "it was there before"
    late = brought(START + timedelta(hours=3), origin="import")
    assert claims.live_for(late.id).unit_id == late.registered_unit_id
    closed(END)
    after = brought(END + timedelta(hours=1), origin="import")
    assert claims.live_for(after.id) is None


def test_a_handed_over_lead_keeps_the_unit_that_brought_it(desk):
    opened()
    lead = brought()
    with unit_of_work():
        offer = NewOffer(a_unit("SZ-BA"), "theirs", Terms(ShareModel.EVEN, 5000, 5))
        assign(lead.public_id, offer, None, actor=actor("coordinator"), now=START + timedelta(days=1))
    again(lead, by="officer.baoan")
    (found,) = listed()
    assert [side.unit.zh for side in found.sides] == [a_unit("SZ-NS").zh, a_unit("SZ-BA").zh]


def test_rows_stay(desk):
    """Nothing is deleted: withdrawn first reports keep number, unit and person."""
    opened()
    first = brought()
    twin(first)
    settled(listed()[0], END, side=2)
    assert sorted(db.session.scalars(select(Claim.state))) == ["live", "withdrawn"]
    assert db.session.scalars(select(SecondReport.id)).all() == []
    evidence(first, END)
