"""督办: instructions, feedback with files, more time, the return, 销号; who may; nights."""

from datetime import timedelta

import pytest

from crm.core import clock
from crm.core.errors import Forbidden, NotFound
from crm.notifications import queries as notifications
from crm.policy.rules import Standing
from crm.supervision import queries, services
from crm.supervision.rules import (
    DayUnfit,
    DelegateUnfit,
    DelegationThere,
    FeedbackNeeded,
    InstructionMoved,
    NoTimeAsked,
    SponsorThere,
    TimeAsked,
    UnitUnfit,
    Way,
    WayNeeded,
    WordsNeeded,
)
from tests.builders import a_lead, actor, someone
from tests.supervision.stories import PDF, does, fed_back, given, kinds, liaison, night, says, stored

S = services


def told(username):
    return [message.code for message in notifications.mine(actor(username), limit=20)]


def test_from_the_instruction_to_the_closing(desk, tmp_path):
    public_id = given(helpers=("SZ-NS",))
    row = stored(public_id)
    assert (row.number[:6], row.state, row.way, [one.unit.code for one in row.supporting]) == (
        "SZ-DB-",
        "open",
        "written",
        ["SZ-NS"],
    )
    assert "instruction.given" in told("manager.baoan")
    assert "instruction.given" in told("manager.nanshan")
    with pytest.raises(FeedbackNeeded):
        does(S.close, public_id, says(), by="leader")
    fed_back(public_id, root=tmp_path, by="officer.nanshan", files=[PDF])
    assert queries.events_of(row.id)[-1].files[0].file.name == "minutes.pdf"
    for verb in (S.report, S.feed_back):
        with pytest.raises(WordsNeeded):
            fed_back(public_id, root=tmp_path, verb=verb, text=" ")
    with pytest.raises(Forbidden):
        fed_back(public_id, root=tmp_path, verb=S.report, by="officer.nanshan")  # helps only
    fed_back(public_id, root=tmp_path, verb=S.report)
    assert "instruction.reported" in told("leader")
    with pytest.raises(InstructionMoved):
        fed_back(public_id, root=tmp_path, verb=S.report)
    does(S.give_back, public_id, says("not yet", due=clock.today() + timedelta(days=40)), by="coordinator")
    assert (stored(public_id).state, stored(public_id).due_on) == ("open", clock.today() + timedelta(days=40))
    fed_back(public_id, root=tmp_path, verb=S.report)
    does(S.close, public_id, says("done"), by="leader")
    assert stored(public_id).closed_at is not None
    for verb in (S.close, S.give_back):
        with pytest.raises(InstructionMoved):
            does(verb, public_id, says(), by="leader")
    assert kinds(public_id) == ["given", "fed_back", "reported", "returned", "reported", "closed"]


def test_more_time(desk):
    public_id = given()
    later = clock.today() + timedelta(days=30)
    for wrong in (None, stored(public_id).due_on, clock.today() - timedelta(days=1), clock.today() + timedelta(days=900)):
        with pytest.raises(DayUnfit):
            does(S.ask_time, public_id, says("wait", due=wrong), by="manager.baoan")
    with pytest.raises(NoTimeAsked):
        does(S.give_time, public_id, says(), by="leader")
    does(S.ask_time, public_id, says("wait", due=later), by="manager.baoan")
    with pytest.raises(TimeAsked):
        does(S.ask_time, public_id, says("wait", due=later), by="manager.baoan")
    with pytest.raises(Forbidden):
        does(S.give_time, public_id, says(), by="manager.baoan")
    does(S.refuse_time, public_id, says("no"), by="leader")
    assert stored(public_id).due_on < later
    does(S.ask_time, public_id, says("wait", due=later), by="manager.baoan")
    does(S.give_time, public_id, says(""), by="coordinator")
    assert (stored(public_id).due_on, stored(public_id).asked_on) == (later, None)


def test_who_acts_for_the_leader_says_how_it_was_said(desk, tmp_path):
    with pytest.raises(NotFound):
        given(by="officer.nanshan")
    with pytest.raises(Forbidden):
        given(by="coordinator")
    delegation = liaison("officer.nanshan")
    public_id = given(by="officer.nanshan", way=Way.TELEPHONE)
    assert "instruction.in_your_name" in told("leader")
    fed_back(public_id, root=tmp_path)
    with pytest.raises(WayNeeded):
        does(S.close, public_id, says(), by="officer.nanshan")
    does(S.close, public_id, says("fine", Way.TELEPHONE), by="officer.nanshan")
    last = queries.events_of(stored(public_id).id)[-1]
    assert (last.for_whom.username, last.way, last.by.username) == ("leader", "telephone", "officer.nanshan")
    does(S.end_delegation, delegation, by="leader")
    with pytest.raises(NotFound):
        given(by="officer.nanshan")


def test_the_coordinator_decides_as_the_office_or_for_the_leader_who_asked_them_to(desk, tmp_path):
    def last(public_id):
        event = queries.events_of(stored(public_id).id)[-1]
        return event.for_whom and event.for_whom.username, event.way

    liaison("coordinator", by="leader")
    for said, then in ((says(), (None, None)), (says("fine", Way.TELEPHONE), ("leader", "telephone"))):
        public_id = given(by="leader")
        fed_back(public_id, root=tmp_path)
        does(S.close, public_id, said, by="coordinator")
        assert last(public_id) == then


def test_an_ended_delegation_is_told_and_stays_on_the_page(desk):
    does(S.end_delegation, liaison("officer.nanshan"), by="leader")
    assert "delegation.ended" in told("officer.nanshan")
    leader = someone("leader").id
    assert queries.delegations([leader]) == []
    assert [row.delegate.username for row in queries.delegations_over([leader])] == ["officer.nanshan"]


def test_a_delegation_has_its_days(desk, clock_at):
    clock_at("2026-06-18 09:00")
    liaison("officer.nanshan", days=5)
    clock_at("2026-06-24 09:00")
    with pytest.raises(NotFound):
        given(by="officer.nanshan")


def test_delegations_that_are_refused(desk):
    for username in ("nobody", "leader", "auditor", "coordinator"):  # the last would name themselves
        with pytest.raises(DelegateUnfit):
            liaison(username)
    with pytest.raises(DayUnfit):
        liaison(days=-1)
    with pytest.raises(NotFound):
        liaison(by="manager.baoan")
    liaison(by="leader")
    with pytest.raises(DelegationThere):
        liaison(by="leader")


def test_instructions_that_are_refused(desk):
    with pytest.raises(WordsNeeded):
        given(text=" ")
    with pytest.raises(DayUnfit):
        given(days=-1)
    with pytest.raises(UnitUnfit):
        given(helpers=("SZ-BA",))


def test_a_lead_is_named_by_right(desk):
    lead = a_lead("Quorvexia Optics GmbH")
    public_id = given(lead)
    ours, theirs = (queries.visible_instruction(public_id, actor=actor(name)) for name in ("officer.nanshan", "officer.baoan"))
    assert (ours.names, theirs.names, theirs.code) == (True, False, None)
    assert [one.row.public_id for one in queries.of_lead(stored_lead(lead), actor("leader"))] == [public_id]
    other = given(unit="SZ-NS")
    with pytest.raises(NotFound):
        queries.visible_instruction(other, actor=actor("officer.baoan"))
    for name in ("officer.nanshan", "officer.baoan", "coordinator", "leader"):
        who = actor(name)
        page = queries.page_of(queries.Asked("all"), who)
        assert page.counts["all"] == len(page.rows) == (1 if name == "officer.baoan" else 2)
        assert page.counts["waiting"] == queries.waiting_for(who)


def stored_lead(lead):
    from crm.core.db import db
    from crm.leads.models import Lead

    return db.session.get_one(Lead, lead.id)


def test_nights(desk, clock_at):
    today = clock_at("2026-06-08 09:00").date()
    public_id = given(days=10)  # the 18th, a Thursday
    assert night(today) == {"reminded": 0, "late": 0}
    assert night(today + timedelta(days=9)) == {"reminded": 1, "late": 0}
    assert night(today + timedelta(days=10)) == {"reminded": 0, "late": 0}
    assert night(today + timedelta(days=11)) == {"reminded": 0, "late": 1}
    assert night(today + timedelta(days=30)) == {"reminded": 0, "late": 0}
    assert kinds(public_id) == ["given", "reminded", "told_late"]
    assert "instruction.late" in told("leader")


def test_sponsors(desk):
    lead = a_lead()
    leader = someone("leader").id
    with pytest.raises(Forbidden):
        does(S.add_sponsor, lead.public_id, leader, clock.today(), by="officer.nanshan")
    with pytest.raises(DayUnfit):
        does(S.add_sponsor, lead.public_id, leader, clock.today() + timedelta(days=1), by="coordinator")
    row = does(S.add_sponsor, lead.public_id, leader, clock.today(), by="coordinator").public_id
    with pytest.raises(SponsorThere):
        does(S.add_sponsor, lead.public_id, leader, clock.today(), by="coordinator")
    assert queries.sponsored_ids(leader) == [lead.id]
    does(S.end_sponsor, row, by="coordinator")
    does(S.end_sponsor, row, by="coordinator")
    assert queries.sponsored_ids(leader) == []


def test_nobody_else_speaks_for_a_leader(desk):
    assert queries.towards_leader(actor("auditor"), someone("leader").id) == Standing()
