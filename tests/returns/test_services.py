"""Drafting, editing, handing in, sending back, confirming, correcting: on both databases."""

from datetime import date

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.exc import DBAPIError

from crm.audit.models import AuditLine
from crm.core.db import db, unit_of_work
from crm.core.errors import Forbidden, NotFound, StaleVersion
from crm.leads.models import Lead
from crm.notifications.models import Notification
from crm.pipeline.models import StageChange
from crm.returns import services
from crm.returns.models import ReturnLine, WeeklyReturn
from crm.returns.queries import returns
from crm.returns.rules import (
    EmptyReason,
    LeadUnknown,
    NewLine,
    NotOpen,
    ReasonNeeded,
    ReturnMoved,
    Section,
    State,
    Status,
    WeekNotOpen,
)
from crm.returns.rules import weeks as week_rules
from tests.builders import a_lead, actor
from tests.claims.stories import at
from tests.matters.stories import raised
from tests.returns.stories import (
    DURING,
    LATE,
    MONDAY,
    SUNDAY,
    WEEK,
    confirmed,
    does,
    drafted,
    edited,
    ids_of,
    reads,
    stored,
    submitted,
    texts,
    told,
)


def test_a_draft_holds_what_was_entered_in_the_week(desk, clock_at):
    lead = told("saw the site")
    told("of an earlier day", lead=lead, on=date(2026, 11, 9))
    told("the week before", lead=lead, now=at("2026-11-15 23:59"))
    told("the week after", lead=lead, now=at("2026-11-23 00:00"))
    told("another district", by="officer.baoan")
    with unit_of_work():
        db.session.add(
            StageChange(
                lead_id=lead.id,
                from_stage="lead",
                to_stage="negotiating",
                on_date=WEEK,
                entered_by_id=actor().user_id,
                entered_at=DURING,
            )
        )
    clock_at(DURING)
    raised(lead, text="two lines of power")
    public_id = drafted()
    assert texts(public_id) == ["of an earlier day", "stage", "saw the site"]
    assert texts(public_id, section=Section.PROBLEMS) == ["two lines of power"]
    late = [line.facts.get("late") for line in returns.lines_of(stored(public_id).id) if line.section == "progress"]
    assert late == [True, None, None], "what was entered late says so"


def test_steps_are_those_noted_in_the_week_and_due_in_the_next(desk):
    long_ago = at("2026-08-03 09:00")
    for text, due in (("soon", date(2026, 11, 27)), ("far", date(2027, 1, 4)), ("past", date(2026, 11, 2))):
        a_lead(now=long_ago, next_step=text, next_due=due)
    public_id = drafted()
    assert texts(public_id, section=Section.NEXT) == ["soon"]


def test_drafting_twice_gives_the_same(desk):
    told("once")
    assert drafted() == drafted(by="manager.nanshan")
    assert len(ids_of(drafted())) == 1


def test_who_may_draft_and_which_week(desk):
    for by in ("officer.baoan", "coordinator", "leader", "auditor"):
        with pytest.raises(NotFound):
            drafted(by=by)
    with pytest.raises(WeekNotOpen):
        drafted(week=date(2026, 11, 30))
    with pytest.raises(WeekNotOpen):
        drafted(week=date(2026, 11, 17))
    with pytest.raises(WeekNotOpen):
        drafted(week=date(2026, 10, 26))
    with pytest.raises(NotFound):
        drafted(unit="SZ-TCJ", by="coordinator")


def test_taking_over_anew_keeps_what_a_person_did(desk):
    lead = told("first")
    told("second", lead=lead)
    public_id = drafted()
    one, two = ids_of(public_id)
    edited(public_id, lines={one: ("in our words", 2, True), two: (None, 1, False)})
    told("third", lead=lead)
    assert does(services.refresh, public_id, by="officer.nanshan", now=SUNDAY) == 1
    assert texts(public_id) == ["in our words", "third"]
    assert does(services.refresh, public_id, by="officer.nanshan", now=SUNDAY) == 0


def test_order_words_and_choice(desk):
    lead = told("a")
    told("b", lead=lead)
    told("c", lead=lead)
    public_id = drafted()
    a, b, c = ids_of(public_id)
    edited(
        public_id, lines={a: (None, 3, True), b: ("B", 1, True), c: (None, 2, False)}, progress="a good week",
        added=[NewLine(Section.PROBLEMS, "no power", lead.number), NewLine(Section.PROGRESS, "of no lead")],
    )  # fmt: skip
    assert texts(public_id) == ["B", "a", "of no lead"]
    assert texts(public_id, section=Section.PROBLEMS) == ["no power"]
    seen = reads(public_id, "manager.nanshan")
    assert seen.parts[0].text == "a good week"
    assert [line.id for line in seen.parts[0].dropped] == [c]
    edited(public_id, lines={b: (None, 1, True), c: (None, 2, True)})
    assert texts(public_id)[0] == "b", "without words of its own a line says what the base says"
    assert "c" in texts(public_id)
    assert reads(public_id, "manager.nanshan").parts[0].text is None


def test_two_editors_do_not_overwrite_each_other(desk):
    told("a")
    public_id = drafted()
    opened = stored(public_id).version
    edited(public_id, progress="the first")
    with pytest.raises(StaleVersion):
        edited(public_id, progress="the second", by="manager.nanshan", opened=opened)
    assert reads(public_id, "manager.nanshan").parts[0].text == "the first"
    with pytest.raises(StaleVersion):
        does(services.submit, public_id, "", by="manager.nanshan", opened=opened)


def test_a_line_about_a_lead_that_one_may_not_read(desk):
    other = a_lead(by="officer.baoan")
    told("a")
    public_id = drafted()
    for number in (other.number, "SZ-1999-00001", "nonsense"):
        with pytest.raises(LeadUnknown):
            edited(public_id, added=[NewLine(Section.PROGRESS, "text", number)])
    assert len(ids_of(public_id)) == 1


def test_the_whole_way(desk):
    told("a")
    public_id = drafted()
    with pytest.raises(Forbidden):
        does(services.submit, public_id, "", by="officer.nanshan")
    with pytest.raises(NotFound):
        does(services.submit, public_id, "", by="manager.baoan")
    with pytest.raises(NotFound):
        does(services.confirm, public_id, by="coordinator")
    does(services.submit, public_id, "", by="manager.nanshan")
    with pytest.raises(NotOpen):
        edited(public_id, progress="too late")
    with pytest.raises(ReasonNeeded):
        does(services.send_back, public_id, " ", by="coordinator")
    does(services.send_back, public_id, "say which office", by="coordinator")
    assert reads(public_id, "coordinator").status is Status.RETURNED
    edited(public_id, progress="the planning office")
    does(services.submit, public_id, "", by="manager.nanshan", now=LATE)
    assert not reads(public_id, "coordinator", LATE).late, "it was handed in in time first"
    with pytest.raises(Forbidden):
        does(services.confirm, public_id, by="manager.nanshan")
    does(services.confirm, public_id, by="coordinator", now=LATE)
    with pytest.raises(ReturnMoved):
        does(services.send_back, public_id, "again", by="coordinator")
    actions = list(db.session.scalars(select(AuditLine.action).where(AuditLine.action.like("return.%")).order_by(AuditLine.seq)))
    assert actions == [f"return.{act}" for act in ("opened", "submitted", "sent_back", "saved", "submitted", "confirmed")]
    codes = set(db.session.scalars(select(Notification.code).where(Notification.subject_type == "weekly_return")))
    assert codes == {"return.submitted", "return.sent_back", "return.confirmed"}


def test_an_empty_one_says_why(desk):
    with pytest.raises(EmptyReason):
        submitted()
    public_id = drafted()
    does(services.submit, public_id, "holidays", by="manager.nanshan")
    assert reads(public_id, "coordinator").status is Status.EMPTY
    assert stored(public_id).empty_reason == "holidays"


def test_a_confirmed_one_never_changes(desk):
    told("a")
    public_id = confirmed()
    row = stored(public_id)
    line = ids_of(public_id)[0]
    with pytest.raises(NotOpen):
        edited(public_id, progress="later")
    for statement in (
        update(WeeklyReturn).where(WeeklyReturn.id == row.id).values(progress_text="x"),
        delete(WeeklyReturn).where(WeeklyReturn.id == row.id),
        update(ReturnLine).where(ReturnLine.id == line).values(text="x"),
        delete(ReturnLine).where(ReturnLine.id == line),
    ):
        with pytest.raises(DBAPIError), unit_of_work():
            db.session.execute(statement)
    with pytest.raises(DBAPIError), unit_of_work():
        db.session.add(ReturnLine(return_id=row.id, section="next", place=9, source="typed", facts={}, text="more"))


def test_a_correction_is_the_next_version(desk):
    lead = told("a")
    public_id = confirmed()
    with pytest.raises(ReasonNeeded):
        does(services.correct, public_id, "", by="manager.nanshan")
    second = does(services.correct, public_id, "one firm is missing", by="manager.nanshan", now=LATE).public_id
    with pytest.raises(ReturnMoved):
        does(services.correct, public_id, "twice", by="manager.nanshan")
    assert (stored(second).number, stored(second).state) == (2, State.DRAFT)
    with pytest.raises(NotFound):
        reads(second, "coordinator")
    edited(second, added=[NewLine(Section.PROGRESS, "the missing one", lead.number)], now=LATE)
    assert texts(public_id) == ["a"]
    does(services.submit, second, "", by="manager.nanshan", now=LATE)
    does(services.confirm, second, by="coordinator", now=LATE)
    assert texts(second) == ["a", "the missing one"]
    assert not reads(second, "coordinator", LATE).late, "a correction is never late"
    assert [row.number for row in returns.versions_of(stored(public_id), actor("coordinator"))] == [2, 1]


def test_too_much_is_cut_and_said(desk, monkeypatch):
    lead = told("a")
    for number in range(4):
        told(str(number), lead=lead)
    few = week_rules.Settings("1", date(2026, 11, 2), 1, 1, 8, 3)
    monkeypatch.setattr("crm.returns.services.drafting.settings", lambda: few)
    public_id = drafted()
    assert len(ids_of(public_id)) == 3
    assert stored(public_id).left_out == 2


def test_a_merged_lead_is_read_as_the_one_that_stays(desk):
    lead, other = told("a"), a_lead(now=at("2026-08-03 09:00"))
    public_id = submitted()
    with unit_of_work():
        db.session.get_one(Lead, lead.id).merged_into_id = other.id
    line = reads(public_id, "coordinator").parts[0].lines[0]
    assert line.lead == other.public_id
    assert line.number == lead.number, "it says what it said"


def test_handed_in_after_its_day_is_late_and_stays_so(desk):
    told("a")
    assert reads(confirmed(now=LATE), "coordinator", LATE).late


def test_monday_is_in_time(desk):
    told("a")
    assert not reads(submitted(now=MONDAY), "coordinator", LATE).late
