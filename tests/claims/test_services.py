"""First reports through their services, on both databases: what extends, what releases, whom it is told, who may."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from flask import current_app
from sqlalchemy import func, select, update

from crm.accounts.models import User
from crm.claims import queries, rules, services
from crm.claims.models import Claim, ClaimEvent
from crm.claims.rules.calendar import DayThere
from crm.claims.rules.clock import State
from crm.claims.rules.evidence import Evidenced
from crm.claims.rules.protection import Protection, ValidFromPast, VersionThere, shipped
from crm.core import clock
from crm.core.db import db, unit_of_work
from crm.core.errors import Forbidden, NotFound
from crm.core.money import Money
from crm.files import services as files
from crm.leads import services as leads
from crm.leads.models import Lead
from crm.leads.queries import claims as lead_claims
from crm.leads.queries.rows import rows_of
from crm.leads.rules.lead import Stage
from crm.notifications.models import Notification
from crm.pipeline import services as pipeline
from crm.policy.rules import Role
from tests.builders import a_lead, a_person, actor, make_ready, someone
from tests.claims.stories import PNG, admit, at, claimed, clock_of, evidence, progress

START = at("2026-11-02 09:00")  # a Monday; granted on the 3rd, feedback due on the 12th, the term ends on 2027-02-01


def extend(lead, now, by="manager.nanshan", reason="the board meets in March"):
    with unit_of_work():
        return leads.extend_claim(lead.public_id, reason, actor=actor(by), now=now)


def notice(lead, now, by="coordinator"):
    with unit_of_work():
        return leads.give_notice(lead.public_id, actor=actor(by), now=now)


def release(lead, now, by="coordinator", reason="nothing came of it"):
    with unit_of_work():
        return leads.release_claim(lead.public_id, reason, actor=actor(by), now=now)


def told(code):
    rows = db.session.execute(select(Notification.user_id, Notification.facts).where(Notification.code == code))
    return {user_id: facts for user_id, facts in rows}


def test_a_grant_keeps_number_unit_person_evidence_version_and_size(desk):
    lead = claimed(START, total=Money.of(1_200_000_000, "CNY"))
    claim = queries.live_for(lead.id)
    assert (claim.unit_id, claim.user_id) == (lead.registered_unit_id, lead.registered_by_id)
    assert (claim.rules_version, claim.is_major, claim.evidence_count) == ("2026-11-1", True, 1)
    assert claim.evidenced is Evidenced.BASIC
    assert claim.number.startswith("SZ-SB-2026-")


def test_only_progress_that_names_somebody_and_carries_proof_extends(desk):
    lead = claimed(START)
    day = at("2026-11-09 10:00")
    due = clock_of(lead, day).due
    assert due == date(2026, 11, 12)
    progress(lead, day, whom=None)
    progress(lead, day, proofs=0)
    progress(lead, day, whom="   ")
    assert clock_of(lead, day).due == due
    progress(lead, day)
    assert clock_of(lead, day).due == date(2026, 12, 9)
    progress(lead, at("2026-11-20 10:00"), on=date(2026, 11, 4))
    assert clock_of(lead, day).due == date(2026, 12, 9), "an older day entered later shortens nothing"


def test_editing_a_lead_extends_nothing(desk):
    lead = claimed(START)
    before = clock_of(lead, START + timedelta(days=5))
    with unit_of_work():
        row = db.session.get_one(Lead, lead.id)
        row.total_cny, row.title, row.touched_at = 10**12, "edited", START + timedelta(days=5)  # a major project by now
    assert clock_of(lead, START + timedelta(days=5)) == before


def test_before_the_assessment_the_clock_says_what_is_owed(desk):
    lead = a_lead(now=START)
    found = queries.story_of(lead.id, START, assessed=False, rests=False, now=at("2026-11-04 10:00")).clock
    assert (found.phase, found.state) == ("respond", State.LATE)
    progress(lead, at("2026-11-04 10:00"), proofs=0)
    found = queries.story_of(lead.id, START, assessed=False, rests=False, now=at("2026-11-05 10:00")).clock
    assert (found.phase, found.due, found.state) == ("assess", date(2026, 11, 5), State.AMBER)


def test_progress_before_the_grant_counts_back(desk):
    lead = a_lead(now=START)
    progress(lead, START + timedelta(hours=1))
    evidence(lead, START)
    admit(lead, at("2026-11-03 09:00"))
    assert clock_of(lead, at("2026-11-04 09:00")).phase == "progress"


def test_an_extension_as_often_as_the_rules_say(desk):
    lead = claimed(START)
    now = at("2026-11-13 09:00")
    before = clock_of(lead, now)
    assert before.state is State.DUE
    with pytest.raises(rules.ClaimReasonNeeded):
        extend(lead, now, reason="  ")
    extend(lead, now)
    found = clock_of(lead, now)
    assert (found.state, found.due) == (State.RUNNING, date(2026, 12, 14))
    assert found.term >= before.term + timedelta(days=85)
    with pytest.raises(rules.ExtensionsUsedUp):
        extend(lead, now)
    assert told("claim.extended").keys() == {someone("officer.nanshan").id}


@pytest.mark.parametrize(
    ("act", "by", "refused"),
    [
        (extend, "officer.nanshan", Forbidden), (extend, "manager.baoan", NotFound), (notice, "manager.nanshan", Forbidden),
        (release, "manager.nanshan", Forbidden), (release, "leader", Forbidden), (notice, "officer.baoan", NotFound),
        (extend, "auditor", NotFound),
    ],
)  # fmt: skip
@pytest.mark.only_on("sqlite")
def test_who_may(desk, act, by, refused):
    lead = claimed(START)
    with pytest.raises(refused):
        act(lead, at("2026-11-20 09:00"), by=by)
    assert queries.live_for(lead.id) is not None


def test_release_only_after_a_delivered_notice_whose_days_have_passed(desk):
    lead = claimed(START)
    with pytest.raises(rules.NotRunOut):
        notice(lead, at("2026-11-10 09:00"))
    day = at("2026-11-16 09:00")  # a Monday; three working days end on Thursday
    with pytest.raises(rules.NoticeNotOver):
        release(lead, day)
    notice(lead, day)
    people = told("claim.notice")
    assert people.keys() == {someone(name).id for name in ("officer.nanshan", "manager.nanshan")}
    with pytest.raises(rules.AlreadyNoticed):
        notice(lead, at("2026-11-17 09:00"))
    with pytest.raises(rules.NoticeNotOver):
        release(lead, at("2026-11-19 09:00"))
    claim = release(lead, at("2026-11-20 09:00"))
    kept = db.session.get_one(Claim, claim.id)
    assert (kept.state, kept.user_id, kept.number) == ("released", lead.registered_by_id, claim.number)
    assert told("claim.released").keys() == people.keys()
    with pytest.raises(rules.NoLiveClaim):
        release(lead, at("2026-11-20 09:00"))
    assert [past.number for past in queries.past_of(lead.id)] == [claim.number]


def released(registered=START):
    """A lead whose first report was released on 2026-11-20."""
    lead = claimed(registered)
    notice(lead, at("2026-11-16 09:00"))
    release(lead, at("2026-11-20 09:00"))
    return lead


def test_assessing_once_more_does_not_undo_a_release(desk):
    lead = released()
    admit(lead, at("2026-11-20 10:00"))
    assert queries.live_for(lead.id) is None
    assert told("claim.granted")[lead.registered_by_id]["claim"] == queries.past_of(lead.id)[0].number


def test_a_coordinator_may_grant_another_that_counts_from_then(desk):
    lead, now = released(), at("2027-03-01 10:00")
    admit(lead, now, by="coordinator")
    claim = queries.live_for(lead.id)
    assert (claim.counts_from, claim.user_id) == (now, lead.registered_by_id)
    found = clock_of(lead, now)
    assert found.state is State.RUNNING, "a claim is not born run out"
    assert found.term == date(2027, 5, 31)


def test_who_manages_from_above_is_told_of_a_streets_first_report(desk):
    street = a_person("officer.xili", Role.OFFICER, "SZ-NS-XL").as_actor()
    lead = a_lead(by=street, now=START)
    with unit_of_work():
        files.store_file(
            PNG, "letter.png", purpose="evidence", root=current_app.config["FILES_PATH"], actor=street, now=START, lead_id=lead.id
        )
    admit(lead, at("2026-11-03 09:00"))
    with unit_of_work():
        db.session.get_one(User, street.user_id).disabled_at = START
    notice(lead, at("2026-11-16 09:00"))
    assert told("claim.notice").keys() == {someone("manager.nanshan").id}


def test_a_notice_without_its_message_is_none(desk):
    lead = claimed(START)
    notice(lead, at("2026-11-16 09:00"))
    with unit_of_work():
        db.session.execute(Notification.__table__.delete())
    with pytest.raises(rules.NoticeNotOver):
        release(lead, at("2026-11-23 09:00"))


def test_a_notice_needs_somebody_to_tell(desk):
    lead = claimed(START)
    with unit_of_work():
        for name in ("officer.nanshan", "manager.nanshan"):
            someone(name).disabled_at = START
    with pytest.raises(rules.NobodyToTell):
        notice(lead, at("2026-11-16 09:00"))


@pytest.mark.parametrize("save", [progress, extend])
def test_progress_and_extension_undo_a_notice(desk, save):
    lead = claimed(START)
    notice(lead, at("2026-11-16 09:00"))
    save(lead, at("2026-11-18 09:00"))
    with pytest.raises(rules.NotRunOut):
        release(lead, at("2026-11-23 09:00"))
    later = at("2027-01-10 09:00")
    assert clock_of(lead, later).state is State.DUE, "a new run-out wants a new notice"
    with pytest.raises(rules.NoticeNotOver):
        release(lead, later)


def test_signed_projects_rest(desk):
    lead = claimed(START)
    make_ready(lead, Stage.SIGNED, date(2026, 11, 10))
    for stage in (Stage.NEGOTIATING, Stage.SIGNED):
        with unit_of_work():
            on = date(2026, 11, 10)
            pipeline.move_stage(
                lead.public_id, stage, on, "moved", opened=None, actor=actor("manager.nanshan"), now=at("2026-11-10 09:00")
            )
    assert clock_of(lead, at("2027-11-10 09:00")).state is State.RESTING
    with pytest.raises(rules.ClaimAtRest):
        extend(lead, at("2026-11-11 09:00"))
    assert lead_claims.to_release(actor("coordinator"), now=at("2027-11-10 09:00")) == ([], 0)


def a_version(name="2026-12", valid_from=date(2026, 12, 1), **numbers):
    old = queries.versions()[0]
    return Protection(name, valid_from, replace(old.settings, **numbers), "resolution 7", verified=True)


def test_a_claim_keeps_the_version_it_was_granted_under(desk):
    old = claimed(START)
    progress(old, at("2026-11-05 09:00"))
    before = clock_of(old, at("2026-12-02 09:00"))
    with unit_of_work():
        new = a_version(release_days=60, warning_days=50, feedback_days=20)
        services.add_rules(new, actor=actor("sysadmin"), now=at("2026-11-20 09:00"))
    assert clock_of(old, at("2026-12-02 09:00")) == before
    young = claimed(at("2026-12-01 09:00"))
    assert queries.live_for(young.id).rules_version == "2026-12"
    assert clock_of(young, at("2026-12-02 09:00")).due == date(2026, 12, 30)
    now = at("2026-12-17 09:00")
    assert lead_claims.to_release(actor("coordinator"), now=now)[0] == [old.id]


def test_versions_are_added_by_an_administrator_and_never_into_the_past(desk):
    with pytest.raises(Forbidden), unit_of_work():
        services.add_rules(a_version(), actor=actor("coordinator"), now=START)
    with pytest.raises(ValidFromPast), unit_of_work():
        services.add_rules(a_version(), actor=actor("sysadmin"), now=at("2026-12-02 09:00"))
    with unit_of_work():
        services.add_rules(a_version(), actor=actor("sysadmin"), now=START)
    with pytest.raises(VersionThere), unit_of_work():
        services.add_rules(a_version(), actor=actor("sysadmin"), now=START)
    with unit_of_work():
        assert services.load_reference() == 0


def test_a_later_product_displaces_no_rules_of_the_office(desk, monkeypatch):
    """A version that it brings may lie after the office's own, or on the same day."""
    with unit_of_work():
        services.add_rules(a_version(), actor=actor("sysadmin"), now=START)
    brought = (*shipped(), replace(a_version(), version="2026-12-1"), a_version("2027-1", date(2027, 1, 1)))
    monkeypatch.setattr("crm.claims.rules.protection.shipped", lambda: brought)
    with unit_of_work():
        assert services.load_reference() == 0
    assert [one.version for one in queries.versions()] == ["2026-11-1", "2026-12"]


def test_the_assessment_is_owed_by_the_rules_of_the_registration(desk):
    assert queries.assess_due(START) == date(2026, 11, 5)
    assert queries.assess_due(at("2026-11-06 09:00")) == date(2026, 11, 11), "working days"
    with unit_of_work():
        services.add_rules(a_version(assess_days=10), actor=actor("sysadmin"), now=START)
    assert queries.assess_due(START) == date(2026, 11, 5)
    assert queries.assess_due(at("2026-12-01 09:00")) == date(2026, 12, 15)


def test_a_special_day_moves_what_counts_in_working_days(desk):
    lead = claimed(START)
    now = at("2026-11-05 09:00")
    assert clock_of(lead, now).due == date(2026, 11, 12)
    with unit_of_work():
        day = services.add_special_day(date(2026, 11, 11), is_worked=False, note="typhoon", actor=actor("sysadmin"), now=now)
        public_id = day.public_id
    assert clock_of(lead, now).due == date(2026, 11, 13)
    with pytest.raises(DayThere), unit_of_work():
        services.add_special_day(date(2026, 11, 11), is_worked=True, note="no", actor=actor("sysadmin"), now=now)
    with unit_of_work():
        services.take_day_back(public_id, actor=actor("sysadmin"), now=now)
    assert clock_of(lead, now).due == date(2026, 11, 12)
    with pytest.raises(NotFound), unit_of_work():
        services.take_day_back(public_id, actor=actor("sysadmin"), now=now)


def test_imports_and_target_lists_never_create_protection(desk):
    for origin in ("import", "demo", "api"):
        lead = a_lead(now=START, origin=origin)
        evidence(lead, START)
        admit(lead, at("2026-11-03 09:00"))
        assert queries.live_for(lead.id) is None, origin
    assert db.session.scalar(select(func.count()).select_from(Claim)) == 0


def test_lists_pick_what_the_clocks_say(desk):
    """Thirty first reports of all ages: the conditions a database asks pick those whose clocks call, and no other."""
    for number in range(30):
        lead = claimed(START - timedelta(days=number * 4))
        for back in range(number % 3):
            progress(lead, START - timedelta(days=(number * 7 + back * 11) % 50))
    with unit_of_work():  # the rules that were in force; the older days were granted under them too
        db.session.execute(update(Claim).values(rules_version="2026-11-1"))
    for now in (START, at("2026-11-13 09:00"), at("2026-11-29 09:00")):
        ids = list(db.session.scalars(select(Lead.id)))
        states = {lead_id: found.state for lead_id, found in queries.clocks_of(ids, now=now).items()}
        for condition, wanted in (
            (queries.ran_out(now), {State.DUE, State.NOTICED}),
            (queries.is_amber(now), {State.AMBER}),
            (queries.amber_or_due(now), {State.AMBER, State.DUE, State.NOTICED}),
        ):
            picked = set(db.session.scalars(select(Claim.lead_id).where(condition)))
            assert picked == {lead_id for lead_id, state in states.items() if state in wanted}


def test_the_lists_are_scoped(desk):
    mine, theirs = claimed(START), claimed(START, by="officer.baoan")
    now = at("2026-11-20 09:00")
    assert set(lead_claims.to_release(actor("coordinator"), now=now)[0]) == {mine.id, theirs.id}
    assert lead_claims.to_release(actor("manager.nanshan"), now=now)[0] == [mine.id]
    who = actor("officer.baoan")
    found = rows_of(lead_claims.mine_running_out(who, now=now), who).values()
    assert [row.public_id for row in lead_claims.most_urgent(found)] == [theirs.public_id]
    assert lead_claims.mine_running_out(who, now=at("2026-11-05 09:00")) == []


def test_the_clocks_of_a_page_are_one_query(desk):
    from sqlalchemy import event

    made = [claimed(START).id for _ in range(5)]
    said = []
    with clock.fixed(START):
        queries.versions()
        queries.calendar()
        listen = lambda *arguments: said.append(arguments[2])  # noqa: E731
        event.listen(db.engine, "before_cursor_execute", listen)
        found = queries.clocks_of(made, now=START)
        event.remove(db.engine, "before_cursor_execute", listen)
    assert len(found) == 5
    assert len(said) == 1


def test_a_page_reads_the_clock_that_a_list_reads(desk):
    lead = claimed(START)
    for day, proofs in (("2026-11-04", 0), ("2026-11-09", 1), ("2026-11-20", 1)):
        progress(lead, at(f"{day} 10:00"), proofs=proofs)
    extend(lead, at("2026-11-21 09:00"))
    notice(lead, at("2027-01-11 09:00"))
    for now in (at("2026-11-22 09:00"), at("2026-12-15 09:00"), at("2027-01-12 09:00")):
        story = queries.story_of(lead.id, START, assessed=True, rests=False, now=now)
        assert story.clock == clock_of(lead, now)
        assert [event.kind for event in story.acts] == ["noticed", "extended"]


def test_a_merge_takes_what_the_clock_heard_along(desk):
    from crm.merging.rules import relations_of

    assert "claim_event.lead_id" in {relation.name for relation in relations_of("lead", "moves")}
    lead = claimed(START)
    progress(lead, at("2026-11-05 09:00"))
    assert db.session.scalar(select(func.count()).select_from(ClaimEvent).where(ClaimEvent.lead_id == lead.id)) == 1
