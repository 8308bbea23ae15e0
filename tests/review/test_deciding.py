"""Saying what a pair is, who may, and taking it back: the pair is exactly as it was."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from crm.companies.models import Company, PairDecision
from crm.companies.queries import COMPANY
from crm.core import clock
from crm.core.db import db, unit_of_work
from crm.core.errors import Forbidden, NotFound
from crm.matching import services as matching
from crm.merging.models import Merge
from crm.merging.rules import ChoiceUnknown
from crm.notifications.models import Notification
from crm.review.models import ReviewDecision, ReviewPair
from crm.review.queries import queue
from crm.review.rules import NothingToUndo, PairDecided, ProposedAlready, Sort, UndoTooLate
from tests.builders import a_company, a_lead, actor, someone
from tests.review.stories import EARLIER, LATER, company, contents, merges, say, undo, waiting


@pytest.mark.parametrize("answer", ["related", "different"])
def test_what_was_said_is_kept_and_taken_back(app, between, answer):
    before = contents(app)
    say(app, between, answer)
    with app.app_context():
        said = db.session.scalars(select(PairDecision)).one()
        assert (said.verdict, said.reason, said.decided_by_id) == (answer, "seen", someone("coordinator").id)
    assert waiting(app) == []
    assert undo(app) == between
    assert contents(app) == before
    assert waiting(app) == [[between]]


def test_what_was_said_earlier_counts_again(app, between, swept, clock_at):
    """Decided once, asked again because a name was added, decided otherwise, taken back."""
    say(app, between, "related", reason="first")
    with app.app_context(), unit_of_work():
        pair = db.session.scalars(select(ReviewPair)).one()
        pair.state = "open"
    before = contents(app)
    say(app, between, "different", reason="second")
    undo(app)
    assert contents(app) == before
    with app.app_context():
        assert db.session.scalars(select(PairDecision)).one().verdict == "related"


def test_later_comes_back_after_thirty_days(app, between):
    before, now = contents(app), clock.now()
    say(app, between, "later")
    assert waiting(app) == []
    assert waiting(app, now=now + timedelta(days=29)) == []
    assert waiting(app, now=now + timedelta(days=31)) == [[between]]
    undo(app)
    assert contents(app) == before


def test_the_same_is_merged_into_the_earlier_one(app, between):
    before = contents(app)
    say(app, between, "same")
    assert merges(app) == [(EARLIER, LATER, "seen", {}, False)]
    assert waiting(app) == []
    with app.app_context():
        made = db.session.scalars(select(Merge.public_id)).one()
        assert db.session.scalars(select(ReviewDecision)).one().merge_public_id == made
    assert undo(app) == between
    assert merges(app) == [(EARLIER, LATER, "seen", {}, True)]
    assert contents(app) == before


def test_a_person_may_choose_who_stays(app, between):
    late = company(app, LATER)
    say(app, between, "same", keep=late)
    assert merges(app) == [(LATER, EARLIER, "seen", {}, False)]
    with pytest.raises(PairDecided):
        say(app, between, "same", keep=late)


def test_a_person_may_choose_field_by_field(app, between):
    early, late = company(app, EARLIER), company(app, LATER)
    for choices in ({"name": "A" * 22}, {"password": late}):
        with pytest.raises(ChoiceUnknown):
            say(app, between, "same", choices=choices)
    say(app, between, "same", keep=early, choices={"name": late})
    with app.app_context():
        assert db.session.scalar(select(Company.name).where(Company.public_id == early)) == LATER


def test_somebody_else_cannot_be_what_stays(app, between):
    other = a_company("Kestovar Optics AG").public_id
    with pytest.raises(NotFound):
        say(app, between, "same", keep=other)
    assert merges(app) == []


def test_what_else_waited_with_the_one_that_went_is_asked_about_the_one_that_stayed(app, swept):
    for name in (EARLIER, LATER, "朝凪電子"):
        with app.app_context(), unit_of_work():
            a_company(name, country="JP")
    swept()
    before = contents(app)
    (group,) = waiting(app)
    assert len(group) == 3
    say(app, group[0], "same")
    (left,) = waiting(app)
    assert len(left) == 1
    undo(app)
    assert contents(app) == before


def test_what_was_merged_elsewhere_is_no_question(app, between, swept):
    with app.app_context(), unit_of_work():
        pair = db.session.scalars(select(ReviewPair)).one()
        matching.drop_subject(COMPANY, pair.b_id)
    assert waiting(app) == []
    with pytest.raises(PairDecided):
        say(app, between, "different")
    swept()
    assert contents(app) == []


class TestWhoMay:
    """Two units: the coordinator. One: its manager. A stranger: nobody."""

    def test_a_unit_proposes_what_concerns_two(self, app, between):
        with pytest.raises(Forbidden):
            say(app, between, "same", "manager.nanshan")
        say(app, between, "proposed", "officer.nanshan")
        with app.app_context():
            told = db.session.scalars(select(Notification).where(Notification.code == "review.proposed")).one()
            assert (told.user_id, told.subject_public_id) == (someone("coordinator").id, between)
            pair = db.session.scalars(select(ReviewPair)).one()
            assert (pair.state, pair.proposed_by_id) == ("open", someone("officer.nanshan").id)
        undo(app, "officer.nanshan")
        with app.app_context():
            assert db.session.scalars(select(ReviewPair)).one().proposed_at is None

    def test_a_proposal_waits_with_whoever_decides_and_is_made_once(self, app, between):
        say(app, between, "proposed", "officer.nanshan")
        assert waiting(app, "officer.nanshan") == [], "asked and answered"
        assert waiting(app) == [[between]]
        for again in ("officer.nanshan", "manager.nanshan", "officer.baoan"):
            with pytest.raises(ProposedAlready):
                say(app, between, "proposed", again)
        with app.app_context():
            assert len(list(db.session.scalars(select(Notification).where(Notification.code == "review.proposed")))) == 1
        undo(app, "officer.nanshan")
        assert waiting(app, "officer.nanshan") == [[between]]

    def test_a_managers_own_proposal_leaves_his_queue_an_officers_is_for_him(self, app, between, inside_too):
        say(app, between, "proposed", "manager.nanshan")
        say(app, inside_too, "proposed", "officer.nanshan")
        assert waiting(app, "manager.nanshan") == [[inside_too]]
        assert waiting(app, "officer.nanshan") == []

    @pytest.mark.parametrize("answer", ["related", "different"])
    def test_who_proposed_hears_of_the_answer(self, app, between, answer):
        say(app, between, "proposed", "officer.nanshan")
        say(app, between, answer)
        with app.app_context():
            told = db.session.scalars(select(Notification).where(Notification.code == "review.settled")).one()
            assert (told.user_id, told.facts) == (someone("officer.nanshan").id, {"said": answer})

    def test_what_one_cannot_read_one_cannot_judge(self, app, between):
        for answer in ("related", "different", "later", "same"):
            with pytest.raises(Forbidden):
                say(app, between, answer, "manager.nanshan")

    def test_inside_one_unit_the_manager_decides(self, app, inside):
        with pytest.raises(Forbidden):
            say(app, inside, "same", "officer.nanshan")
        say(app, inside, "proposed", "officer.nanshan")
        with app.app_context():
            told = db.session.scalars(select(Notification).where(Notification.code == "review.proposed")).one()
            assert told.user_id == someone("manager.nanshan").id
        say(app, inside, "same", "manager.nanshan")
        assert len(merges(app)) == 1

    def test_an_officer_says_that_they_differ(self, app, inside):
        say(app, inside, "different", "officer.nanshan")
        assert waiting(app) == []

    def test_strangers_do_not_know_of_it(self, app, inside):
        with pytest.raises(NotFound):
            say(app, inside, "different", "officer.baoan")
        assert waiting(app, "officer.baoan") == []
        assert waiting(app, "officer.nanshan") == waiting(app, "leader") == [[inside]]

    @pytest.mark.parametrize("username", ["leader", "auditor", "sysadmin", "secadmin"])
    def test_others_decide_nothing(self, app, inside, username):
        with pytest.raises((Forbidden, NotFound)):
            say(app, inside, "different", username)

    def test_one_takes_back_ones_own_only(self, app, inside):
        say(app, inside, "different", "officer.nanshan")
        with pytest.raises(NothingToUndo):
            undo(app, "manager.nanshan")

    def test_too_late(self, app, inside):
        say(app, inside, "later", "officer.nanshan")
        say(app, inside, "different", "manager.nanshan")
        with pytest.raises(UndoTooLate):
            undo(app, "officer.nanshan")


def test_the_orders(app, swept):
    from crm.core.money import Money

    a_lead("朝凪電子株式会社", by="officer.nanshan", country="JP", total=Money(100_000_00, "CNY"))
    a_lead("朝凪电子", by="officer.baoan", country="JP")
    swept()
    a_lead("Veldhaven Photonics B.V.", by="officer.nanshan", country="NL", total=Money(900_000_000_00, "CNY"))
    a_lead("Veldhavn Photonics B.V.", by="officer.nanshan", country="NL")
    swept()
    with app.app_context():
        by = {}
        for sort in Sort:
            found = queue.board(actor("coordinator"), sort=sort, page=1, now=clock.now())
            by[sort] = [group.members[0].company.country for group in found.groups]
            assert found.total == len(found.groups)
            assert found.money == 900_000_000_00 + 100_000_00
        assert by.get(Sort.MONEY) == ["NL", "JP"]
        assert by[Sort.TIME] == ["JP", "NL"]
        mine = queue.board(actor("officer.nanshan"), sort=Sort.MONEY, page=1, now=clock.now())
        assert (mine.sort, mine.money) == (Sort.CERTAINTY, None), "sums that one may not know order nothing"


def test_the_demo_can_still_be_taken_away(app, swept):
    from crm.demo.removal import remove_demo

    for name, demo in (("朝凪電子株式会社", True), ("朝凪电子", True), ("朝凪電子（株）", False)):
        a_lead(name, by="officer.nanshan", country="JP", is_demo=demo)
    swept()
    with app.app_context():
        first = db.session.scalars(select(ReviewPair.public_id).order_by(ReviewPair.id)).first()
    say(app, first, "different")
    with app.app_context():
        remove_demo(clock.now())
        left = db.session.scalars(select(Company.name)).all()
        assert len(left) <= 2
        assert not db.session.scalars(select(ReviewPair)).all()
