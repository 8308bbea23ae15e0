"""Counts and lists: what waits is what the inbox shows, what is late, in which order; who is a side and who is told."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from crm.accounts import services as accounts
from crm.accounts.models import User
from crm.core import clock
from crm.core.db import db, unit_of_work
from crm.disputes import queries, services
from crm.disputes.rules import NoOtherSide
from crm.leads import services as leads
from crm.leads.models import Lead
from crm.policy.rules import Role
from crm.units import services as units
from crm.units.rules import UnitKind
from crm.visits.models import Interaction
from tests.builders import a_lead, a_unit, actor, an_officer, new_lead, someone
from tests.disputes.stories import HQ, a_dispute, at_headquarters, does, opened, reported_twice, ruling, stored
from tests.merging.stories import one_firm
from tests.transfers.stories import told
from tests.web.shared_city import seal


def below(parent: str, code: str) -> str:
    """A subdistrict's unit."""
    with unit_of_work():
        units.create_unit(
            code=code,
            zh=code,
            en=code,
            kind=UnitKind.SUBDISTRICT,
            parent=a_unit(parent),
            actor=actor("sysadmin"),
            now=clock.now(),
        )
    return code


def test_what_waits_is_what_the_inbox_shows(app):
    with app.app_context():
        at_headquarters()
        street = below("SZ-NS", "SZ-NS-ZZ")
        for unit in ("SZ-NS", "SZ-BA", "SZ-HQ", "SZ-LG", street):
            an_officer(unit), an_officer(unit, Role.DISTRICT_MANAGER)
        a_dispute()
        _lead, said = a_dispute()
        does(services.state, said, "ours", by="manager.nanshan")
        does(services.state, said, "no, ours", by="officer.baoan")
        hidden, report = reported_twice()
        seal(hidden.public_id, "远帆")
        opened(report.public_id, by="officer.baoan")
        here, there = a_lead(), a_lead(by="officer.baoan")
        seal(there.public_id, "远山", by="officer.baoan")
        opened(here, other=there.number, by="coordinator")
        opened(reported_twice(now=clock.now(), unit=street)[0], by="coordinator")
        _lead, up = a_dispute()
        does(services.decide, up, ruling(), by="coordinator")
        does(services.ask_review, up, "no", by="manager.nanshan")
        counts = {}
        for user in db.session.scalars(select(User).order_by(User.id)):
            box, who = queries.inbox(user.as_actor()), user.as_actor()
            counts[user.username] = queries.waiting_for(who)
            assert counts[user.username] == len(box["to_decide"]) + len(box["mine"]), user.username
        assert counts["coordinator"] == 5
        assert counts[HQ] == 1
        assert counts["leader"] == counts["auditor"] == 0
        assert counts["manager.nanshan"] > 0 < counts["manager.baoan"]


def test_one_under_review_is_late_by_the_day_of_the_review(app):
    with app.app_context():
        at_headquarters()
        _lead, public_id = a_dispute()
        due = stored(public_id).due_on
        assert queries.count_live(due + timedelta(days=1)) == (1, 1)
        with clock.fixed(clock.start_of(due)):
            does(services.decide, public_id, ruling(), by="coordinator")
            does(services.ask_review, public_id, "no", by="manager.nanshan")
        until = stored(public_id).review_due_on
        assert until > due
        assert [queries.count_live(day) for day in (due + timedelta(days=1), until, until + timedelta(days=1))] == [
            (1, 0), (1, 0), (1, 1),
        ]  # fmt: skip


def test_reviewed_ones_the_latest_first(app):
    with app.app_context():
        at_headquarters()
        made = [a_dispute()[1] for _ in range(4)]
        for public_id in made:
            does(services.decide, public_id, ruling(), by="coordinator")
            does(services.ask_review, public_id, "no", by="manager.nanshan")
        for hours, public_id in ((1, made[2]), (2, made[0])):
            with clock.fixed(clock.now() + timedelta(hours=hours)):
                does(services.review, public_id, ruling(), by=HQ)
        with unit_of_work():
            queries.by_public_id(made[3]).review_due_on -= timedelta(days=1)
        shown = [one.dispute.public_id for one in queries.reviewed(actor(HQ))]
        assert shown == [made[3], made[1], made[0], made[2]]


def test_evidence_is_not_cut(app):
    with app.app_context():
        lead, _public_id = a_dispute()
        with unit_of_work():
            who = someone()
            db.session.add_all(
                Interaction(
                    lead_id=lead.id, kind="call", on_date=clock.today() - timedelta(days=n), whom="Mr Quill", text="a call",
                    unit_id=who.unit_id, entered_by_id=who.id, entered_at=clock.now(),
                )
                for n in range(205)
            )  # fmt: skip
        facts = queries.evidence_of([(0, db.session.get_one(Lead, lead.id), False)])
        assert sum(fact.kind == "progress" for fact in facts) == 205


def test_the_unit_of_whoever_opens_it_is_a_side_only_when_concerned(app):
    with app.app_context():
        street = below("SZ-NS", "SZ-NS-ZZ")
        lead, _report = reported_twice()
        public_id = opened(lead, by=an_officer(street).username)
        assert {side.unit.code: side.opens for side in stored(public_id).sides} == {"SZ-NS": False, "SZ-BA": False}
        inside = a_lead(unit=street)  # registered by the district, followed by its subdistrict: one line
        with pytest.raises(NoOtherSide):
            opened(inside, by="manager.nanshan")
        ours, theirs = one_firm(other="officer.baoan")
        with pytest.raises(NoOtherSide):
            opened(ours, by="coordinator")  # a lead of the group is not the lead
        again = an_officer("SZ-LG")
        with unit_of_work():
            row = db.session.get_one(Lead, theirs.id)
            row.stage = "signed"  # so that Nanshan reads its name
            leads.report_again(row, new_lead(), actor=again, now=clock.now(), coordinate=True)
        found = stored(opened(theirs))
        assert {side.unit.code: (side.basis, side.opens) for side in found.sides} == {
            "SZ-BA": ("follows", False), "SZ-LG": ("reported", False), "SZ-NS": ("group", True),
        }  # fmt: skip


def test_a_side_without_a_manager_is_told_through_its_officers(app):
    with app.app_context():
        with unit_of_work():
            accounts.disable_user(someone("manager.baoan"), actor=actor("sysadmin"), now=clock.now())
        a_dispute()
        assert told("dispute.opened") == ["coordinator", "manager.nanshan", "officer.baoan"]
