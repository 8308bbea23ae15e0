"""Whose a matter is: who settles it, whom it waits for, who is asked to answer, and whose lifts a page shows."""

import pytest
from sqlalchemy import select

from crm.accounts import services as accounts
from crm.accounts.models import User
from crm.core import clock
from crm.core.db import db, unit_of_work
from crm.core.errors import Forbidden, Refusal
from crm.matters import queries, services
from crm.matters.queries.matters import TABS
from crm.matters.rules import Level
from crm.matters.services.holding import answerers
from crm.policy.rules import Role
from tests.builders import a_lead, actor, an_officer, someone
from tests.disputes.stories import HQ, at_headquarters
from tests.matters.stories import does, raised, stored
from tests.transfers.stories import told
from tests.web.shared_city import seal


def names(ids) -> list[str]:
    return sorted(db.session.get_one(User, one).username for one in ids)


def test_only_the_raising_side_settles_it(app):
    with app.app_context():
        colleague = an_officer("SZ-NS").username
        public_id = raised(unit="SZ-BA")
        does(services.answer, public_id, "in March", by="officer.baoan")
        for by in (colleague, "officer.baoan", "manager.baoan", "coordinator"):
            for verb, words in ((services.accept, ()), (services.reopen, ("no",))):
                with pytest.raises(Forbidden):
                    does(verb, public_id, *words, by=by)
        does(services.reopen, public_id, "too late", by="manager.nanshan")
        does(services.answer, public_id, "in January", by="officer.baoan")
        does(services.accept, public_id, by="officer.nanshan")
        assert stored(public_id).state == "closed"


def test_nobody_settles_by_their_own_answer(app):
    with app.app_context():
        public_id = raised()
        does(services.answer, public_id, "done", by="officer.nanshan")
        with pytest.raises(Forbidden):
            does(services.accept, public_id, by="officer.nanshan")
        assert queries.waiting_for(actor("officer.nanshan")) == 0
        assert queries.waiting_for(actor("manager.nanshan")) == 1
        does(services.reopen, public_id, "not at all", by="manager.nanshan")
        does(services.answer, public_id, "now it is", by="manager.nanshan")
        with pytest.raises(Forbidden):
            does(services.accept, public_id, by="manager.nanshan")
        does(services.accept, public_id, by="officer.nanshan")  # the last answer is another's


def waiting_at(*usernames) -> list[str]:
    return [name for name in usernames if queries.waiting_for(actor(name))]


def alone(username: str) -> None:
    """The account is closed."""
    with unit_of_work():
        accounts.disable_user(someone(username), actor=actor("sysadmin"), now=clock.now())


def test_where_only_the_answerer_could_settle_it_the_coordinator_or_a_colleague_does(app):
    """A manager's own matter, answered by the manager: nobody else of those who raised it is there."""
    with app.app_context():
        public_id = raised(by="manager.nanshan")
        does(services.answer, public_id, "done", by="manager.nanshan")
        assert told("matter.answered") == ["coordinator"]
        assert waiting_at("coordinator", "officer.nanshan") == ["coordinator", "officer.nanshan"]
        assert waiting_at("manager.nanshan", "officer.baoan", "manager.baoan", "leader") == []
        for by in ("manager.nanshan", "officer.baoan", "manager.baoan"):
            with pytest.raises(Refusal):
                does(services.accept, public_id, by=by)
        does(services.reopen, public_id, "where is the proof", by="coordinator")
        does(services.answer, public_id, "here", by="manager.nanshan")
        does(services.accept, public_id, by="officer.nanshan")
        assert (stored(public_id).state, waiting_at("coordinator", "officer.nanshan")) == ("closed", [])


def test_with_another_manager_it_is_theirs_and_no_stand_ins(app):
    with app.app_context():
        other = an_officer("SZ-NS", Role.DISTRICT_MANAGER).username
        public_id = raised(by="manager.nanshan")
        does(services.answer, public_id, "done", by="manager.nanshan")
        assert told("matter.answered") == [other]
        assert waiting_at("coordinator", "officer.nanshan", other) == [other]
        for by in ("coordinator", "officer.nanshan"):
            with pytest.raises(Forbidden):
                does(services.accept, public_id, by=by)
        does(services.accept, public_id, by=other)


def test_whoever_raised_it_has_left(app):
    with app.app_context():
        public_id = raised(unit="SZ-BA")
        does(services.answer, public_id, "in March", by="officer.baoan")
        alone("officer.nanshan")
        assert waiting_at("manager.nanshan", "coordinator") == ["manager.nanshan"]
        alone("manager.nanshan")
        assert waiting_at("coordinator", "officer.baoan") == ["coordinator"]
        does(services.accept, public_id, by="coordinator")


def test_what_the_only_coordinator_raised_and_answered_goes_to_the_headquarters(app):
    with app.app_context():
        at_headquarters()
        public_id = raised(by="coordinator", level=Level.CITY)
        does(services.answer, public_id, "done", by="coordinator")
        assert told("matter.answered") == [HQ]
        assert waiting_at("coordinator", "leader", "officer.nanshan", "manager.nanshan", HQ) == [HQ]
        seen = queries.visible_matter(public_id, actor=actor(HQ))
        assert seen.settles_instead
        assert [one.matter.public_id for one in queries.inbox(actor(HQ), "mine").live] == [public_id]
        with pytest.raises(Forbidden):
            does(services.accept, public_id, by="coordinator")
        does(services.accept, public_id, by=HQ)


def test_what_waits_is_what_the_inbox_shows(app):
    with app.app_context():
        at_headquarters()
        for unit in ("SZ-NS", "SZ-BA", "SZ-HQ", "SZ-LG"):
            an_officer(unit), an_officer(unit, Role.DISTRICT_MANAGER)
        open_one, hidden, theirs = a_lead(), a_lead(), a_lead(by="officer.baoan")
        seal(hidden.public_id, "远帆")
        for lead in (open_one, hidden):
            raised(lead), raised(lead, unit="SZ-BA"), raised(lead, unit="SZ-BA", user="officer.baoan")
            up = raised(lead, level=Level.CITY)
            does(services.lift, up, "the ministry", by="coordinator")
            raised(lead, level=Level.CITY)
            said = raised(lead, user="officer.nanshan")
            does(services.answer, said, "done", by="officer.nanshan")
            said = raised(lead, unit="SZ-BA", by="manager.nanshan")
            does(services.answer, said, "done", by="coordinator")
        raised(theirs, by="coordinator")
        for lead in (open_one, hidden):  # nobody of those who raised it is left
            does(services.answer, raised(lead, by="coordinator", level=Level.CITY), "done", by="coordinator")
        counts = {}
        for user in db.session.scalars(select(User).order_by(User.id)):
            who = user.as_actor()
            seen = {one.matter.id: one for tab in TABS for one in queries.inbox(who, tab).live}
            counts[user.username] = queries.waiting_for(who)
            assert counts[user.username] == sum(one.waits for one in seen.values()), user.username
        assert (counts["coordinator"], counts[HQ], counts["leader"]) == (2, 4, 0)
        assert counts["manager.baoan"] > counts["officer.baoan"] > 0, "what goes by a code name is its managers'"


def test_only_those_who_may_answer_are_asked(app):
    with app.app_context():
        lead = a_lead()
        seal(lead.public_id, "远帆")
        public_id = raised(lead, unit="SZ-BA")
        assert names(answerers(stored(public_id))) == ["manager.baoan"]
        with unit_of_work():
            accounts.disable_user(someone("manager.baoan"), actor=actor("sysadmin"), now=clock.now())
        assert names(answerers(stored(public_id))) == ["coordinator"], "no officer reads it"
        assert names(answerers(stored(raised(unit="SZ-BA")))) == ["officer.baoan"]


def test_lifts_of_others_do_not_crowd_out_ones_own(app):
    with app.app_context():
        at_headquarters()
        mine = raised(level=Level.CITY)
        does(services.lift, mine, "ours", by="coordinator")
        other = a_lead(by="officer.baoan")
        for _ in range(2):
            does(services.lift, raised(other, by="officer.baoan", level=Level.CITY), "theirs", by="coordinator")
        assert [lift.event.text for lift in queries.lifts(actor("officer.nanshan"), limit=2)] == ["ours"]
        assert [lift.event.text for lift in queries.lifts(actor("leader"), limit=2)] == ["theirs", "theirs"]
