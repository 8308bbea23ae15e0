"""需协调事项: raising, answering, the word of whoever raised it; nights on which it goes up by itself."""

from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from crm.audit.models import AuditLine
from crm.core import clock
from crm.core.db import db, unit_of_work
from crm.core.errors import Forbidden, NotFound
from crm.leads.models import Lead
from crm.leads.rules.lead import Status
from crm.matters import queries, services
from crm.matters.models import Matter, MatterEvent
from crm.matters.rules import LeadUnfit, Level, MatterMoved, NoLevelAbove, PersonUnfit, TextNeeded
from crm.merging.services import merge_leads
from tests.builders import a_company, a_lead, a_unit, actor, an_officer
from tests.disputes.stories import HQ, at_headquarters
from tests.matters.stories import does, kinds, night, raised, stored
from tests.transfers.stories import told
from tests.web.shared_city import seal


def test_from_raising_to_settled(app):
    with app.app_context():
        public_id = raised()
        row = stored(public_id)
        assert (row.level, row.state, row.unit.code, row.raised_unit.code) == ("district", "open", "SZ-NS", "SZ-NS")
        assert told("matter.raised") == ["manager.nanshan"]
        with pytest.raises(MatterMoved):
            does(services.accept, public_id, by="officer.nanshan")
        does(services.answer, public_id, "a second line in March", by="manager.nanshan")
        assert told("matter.answered") == ["officer.nanshan"]
        with pytest.raises(MatterMoved):
            does(services.answer, public_id, "again", by="coordinator")
        does(services.reopen, public_id, "March is too late", by="officer.nanshan")
        assert stored(public_id).state == "open"
        does(services.answer, public_id, "in January", by="manager.nanshan")
        does(services.accept, public_id, by="officer.nanshan")
        assert (stored(public_id).state, kinds(public_id)) == (
            "closed", ["raised", "answered", "reopened", "answered", "accepted"],
        )  # fmt: skip
        acts = set(db.session.scalars(select(AuditLine.action)))
        assert {"matter.raised", "matter.answered", "matter.reopened", "matter.accepted"} <= acts


def test_who_may_do_what(app):
    with app.app_context():
        lead, stranger = a_lead(), an_officer("SZ-LG").username
        for by in (stranger, "officer.baoan", "auditor"):
            with pytest.raises(NotFound):
                raised(lead, by=by)
        with pytest.raises(Forbidden):
            raised(lead, by="leader")
        public_id = raised(lead, unit="SZ-BA")
        assert queries.visible_matter(public_id, actor=actor("officer.baoan")).answers
        assert not queries.visible_matter(public_id, actor=actor("officer.baoan")).names, "a matter tells nobody who it is"
        with pytest.raises(NotFound):
            queries.visible_matter(public_id, actor=actor(stranger))
        does(services.answer, public_id, "yes", by="officer.baoan")
        with pytest.raises(Forbidden):
            does(services.accept, public_id, by="officer.baoan")
        with pytest.raises(Forbidden):
            does(services.lift, public_id, "soon", by="manager.nanshan")


def test_bad_input(app):
    with app.app_context():
        lead = a_lead()
        with pytest.raises(TextNeeded):
            raised(lead, text=" ")
        with pytest.raises(PersonUnfit):
            raised(lead, user="officer.baoan")
        with pytest.raises(NoLevelAbove):
            raised(lead, level=Level.HEADQUARTERS)
        with unit_of_work():
            db.session.get_one(Lead, lead.id).status = Status.ENDED
        with pytest.raises(LeadUnfit):
            raised(lead)


def test_late_it_goes_up_by_itself_and_never_twice(app, clock_at):
    clock_at("2026-06-01 09:00")
    with app.app_context():
        at_headquarters()
        public_id = raised()
        first = stored(public_id).due_on
        assert night(first - timedelta(days=1)) == {"reminded": 1, "escalated": 0, "late": 0}
        assert night(first) == {"reminded": 0, "escalated": 0, "late": 0}
        assert night(first + timedelta(days=1)) == {"reminded": 0, "escalated": 1, "late": 0}
        assert night(first + timedelta(days=1)) == {"reminded": 0, "escalated": 0, "late": 0}
        row = stored(public_id)
        assert (row.level, row.unit.code, row.due_on > first) == ("city", "SZ-TCJ", True)
        assert told("matter.escalated") == ["coordinator", "manager.nanshan", "officer.nanshan"]
        night(row.due_on + timedelta(days=1))
        row = stored(public_id)
        assert (row.level, row.unit.code) == ("headquarters", "SZ-HQ")
        assert HQ in told("matter.escalated")
        assert night(row.due_on + timedelta(days=1))["late"] == 1
        assert night(row.due_on + timedelta(days=2)) == {"reminded": 0, "escalated": 0, "late": 0}
        with clock.fixed(clock.start_of(row.due_on, days=3)):
            assert queries.visible_matter(public_id, actor=actor(HQ)).answers
            does(services.answer, public_id, "decided at the meeting", by=HQ)
        assert night(row.due_on + timedelta(days=4)) == {"reminded": 0, "escalated": 0, "late": 0}
        assert kinds(public_id) == ["raised", "reminded", "escalated", "escalated", "told_late", "answered"]


def test_the_database_has_the_last_word(app):
    with app.app_context():
        matter = stored(raised())
        facts = {"matter_id": matter.id, "kind": "escalated", "level": "city", "unit_id": matter.unit_id, "due_on": matter.due_on,
                 "about_on": matter.due_on, "at": clock.now()}  # fmt: skip
        with pytest.raises(IntegrityError), unit_of_work():
            db.session.add_all([MatterEvent(**facts), MatterEvent(**facts)])


def test_sent_up_by_hand(app):
    with app.app_context():
        at_headquarters()
        public_id = raised(level=Level.CITY)
        assert told("matter.raised") == ["coordinator"]
        with pytest.raises(TextNeeded):
            does(services.lift, public_id, "", by="coordinator")
        does(services.lift, public_id, "the ministry decides in a week", by="coordinator")
        assert stored(public_id).level == "headquarters"
        with pytest.raises(NoLevelAbove):
            does(services.lift, public_id, "higher", by="coordinator")
        found = queries.lifts(actor("officer.nanshan"))
        assert [(lift.event.text, lift.seen.matter.public_id) for lift in found] == [
            ("the ministry decides in a week", public_id)
        ]
        assert queries.lifts(an_officer("SZ-LG")) == []
        assert [one.matter.public_id for one in queries.at_top(actor(HQ))] == [public_id]


def test_lists_and_counts(app):
    with app.app_context():
        mine, city = raised(), raised(level=Level.CITY)
        with unit_of_work():
            queries.by_public_id(city).due_on = clock.today() - timedelta(days=1)
        counts = {by: queries.waiting_for(actor(by)) for by in ("manager.nanshan", "coordinator", "officer.baoan", "leader")}
        assert counts == {"manager.nanshan": 1, "coordinator": 1, "officer.baoan": 0, "leader": 0}
        box = queries.inbox(actor("officer.nanshan"), "mine")
        assert [one.matter.public_id for one in box.live] == [city, mine], "late first"
        assert box.counts == {"mine": 2, "unit": 2, "city": 1, "headquarters": 0}
        assert queries.inbox(actor("officer.baoan"), "city").live == []
        assert queries.inbox(actor("leader"), "city").live != []
        does(services.answer, mine, "done", by="manager.nanshan")
        assert queries.waiting_for(actor("officer.nanshan")) == 1, "to be accepted"


def test_a_code_name_hides_it_from_colleagues(app):
    with app.app_context():
        lead = a_lead()
        public_id = raised(lead)
        colleague = an_officer("SZ-NS")
        assert queries.visible_matter(public_id, actor=colleague)
        seal(lead.public_id, "远帆")
        with pytest.raises(NotFound):
            queries.visible_matter(public_id, actor=colleague)
        assert queries.visible_matter(public_id, actor=actor("officer.nanshan"))
        with pytest.raises(NotFound):
            queries.visible_matter(public_id, actor=actor("leader"))


def test_matters_go_with_a_merge(app):
    with app.app_context():
        investor = a_company("Joined Works GmbH")
        with unit_of_work():
            rows = [db.session.get_one(Lead, a_lead_of(investor, n)) for n in (0, 1)]
            ids = [row.public_id for row in rows]
        raised(db.session.get_one(Lead, rows[1].id))
        with unit_of_work():
            merge_leads(ids[0], (ids[1],), {}, reason="one", actor=actor("manager.nanshan"), now=clock.now())
        assert db.session.scalar(select(Matter.lead_id)) == rows[0].id
        assert db.session.scalar(select(func.count()).select_from(Matter)) == 1
        assert a_unit()


def a_lead_of(company, slot):
    lead = a_lead(None)
    row = db.session.get_one(Lead, lead.id)
    row.investor_id, row.project_slot = company.id, slot
    db.session.flush()
    return row.id


def test_an_answer_that_is_refused_goes_up_if_whoever_raised_it_wants_so(app):
    with app.app_context():
        at_headquarters()
        public_id = raised()
        does(services.answer, public_id, "not ours", by="manager.nanshan")
        with pytest.raises(Forbidden):
            does(partial(services.reopen, up=True), public_id, "up", by="leader")
        with pytest.raises(TextNeeded):
            does(partial(services.reopen, up=True), public_id, " ", by="officer.nanshan")
        does(partial(services.reopen, up=True), public_id, "the grid is the city's", by="officer.nanshan")
        row = stored(public_id)
        assert (row.level, row.state, row.unit.code) == ("city", "open", "SZ-TCJ")
        assert kinds(public_id) == ["raised", "answered", "reopened", "lifted"]
        assert told("matter.lifted") == ["coordinator", "manager.nanshan"], "who answered is told that it did not do"
        assert [lift.event.text for lift in queries.lifts(actor("leader"))] == ["the grid is the city's"]
        does(services.answer, public_id, "ask the ministry", by="coordinator")
        assert queries.visible_matter(public_id, actor=actor("officer.nanshan")).next_level is Level.HEADQUARTERS
        does(partial(services.reopen, up=True), public_id, "no", by="officer.nanshan")
        does(services.answer, public_id, "no", by=HQ)
        assert queries.visible_matter(public_id, actor=actor("officer.nanshan")).next_level is None
        with pytest.raises(NoLevelAbove):
            does(partial(services.reopen, up=True), public_id, "higher", by="officer.nanshan")
        assert stored(public_id).state == "answered", "nothing of a refused act stays"
        does(services.reopen, public_id, "decide it", by="officer.nanshan")
        assert (stored(public_id).level, stored(public_id).state) == ("headquarters", "open")


def test_where_there_are_no_headquarters_the_city_is_the_top(app):
    with app.app_context():
        with unit_of_work():
            a_unit("SZ-HQ").retired_on = clock.today()
        public_id = raised(level=Level.CITY)
        does(services.answer, public_id, "no", by="coordinator")
        assert queries.visible_matter(public_id, actor=actor("officer.nanshan")).next_level is None
