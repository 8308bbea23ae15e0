"""Lines are added and stay: who may write them, what they say, what the databases refuse."""

from datetime import timedelta

import pytest
from sqlalchemy import delete, select, text, update
from sqlalchemy.exc import IntegrityError

from crm.core import clock
from crm.core.db import db, unit_of_work
from crm.core.errors import Forbidden, NotFound
from crm.credit import queries, services
from crm.credit.models import CreditLine
from crm.credit.rules import FULL, CreditReasonNeeded, Indicator, LineCorrected, PartsUnfit, ShareModel, Terms
from crm.credit.services.lines import Credit
from crm.leads.models import Lead
from crm.leads.queries import access
from crm.notifications.models import Notification
from tests.builders import a_lead, a_unit, actor, someone


def credited(
    lead, code="SZ-BA", parts=4000, *, by="coordinator", indicator=Indicator.SIGNED, reason="minutes of 3 June", day=None
):
    with unit_of_work():
        row = access.locked_for_room(lead.id)
        new = Credit(a_unit(code).id, parts, day or clock.today(), reason)
        return services.credit_unit(row, [indicator], new, actor=actor(by), now=clock.now())[0]


def shares(lead, indicator=Indicator.SIGNED, on=None):
    found = queries.shares(lead.id, indicator, on or clock.today())
    return {db.session.get(type(a_unit()), unit).code: parts for unit, parts in found.items()}


def test_without_lines_the_following_unit_has_all(app):
    with app.app_context():
        lead, other = a_lead(), a_lead(by="officer.baoan")
        assert shares(lead) == {"SZ-NS": FULL}
        assert queries.shares_of([lead.id, other.id], Indicator.RECEIVED, clock.today()) == {
            lead.id: {a_unit("SZ-NS").id: FULL}, other.id: {a_unit("SZ-BA").id: FULL},
        }  # fmt: skip
        assert queries.shares(999_999, Indicator.SIGNED, clock.today()) == {}


def test_a_line_of_the_coordinator_counts_for_its_indicator(app):
    with app.app_context():
        lead = a_lead()
        credited(lead)
        assert shares(lead) == {"SZ-NS": FULL, "SZ-BA": 4000}
        assert shares(lead, Indicator.RECEIVED) == {"SZ-NS": FULL}
        assert shares(lead, on=clock.today() - timedelta(days=1)) == {}, "before it was registered nobody has any"
        told = set(db.session.scalars(select(Notification.user_id).where(Notification.code == "credit.changed")))
        assert told == {someone(name).id for name in ("manager.nanshan", "manager.baoan", "officer.nanshan")}


def test_who_may_write(app):
    with app.app_context():
        lead = a_lead()
        with pytest.raises(Forbidden):
            credited(lead, by="manager.nanshan")
        with pytest.raises(NotFound):
            credited(lead, by="manager.baoan")
        with pytest.raises(CreditReasonNeeded):
            credited(lead, reason="  ")
        with pytest.raises(PartsUnfit):
            credited(lead, parts=FULL + 1)
        assert not queries.lines_of(lead.id)


def test_a_correction_is_a_line_of_its_own(app):
    with app.app_context():
        lead = a_lead()
        first = credited(lead)

        def correct(line, parts):
            with unit_of_work():
                row = access.locked_for_room(lead.id)
                fresh = queries.line(line.public_id)
                (made,) = services.correct_lines(row, [fresh], parts, "typing slip", actor=actor("coordinator"), now=clock.now())
                return made

        second = correct(first, 2500)
        assert shares(lead)["SZ-BA"] == 2500
        with pytest.raises(LineCorrected):
            correct(first, 3000)
        correct(second, 3000)
        assert shares(lead)["SZ-BA"] == 3000
        assert [(row.parts, row.corrects_id) for row in queries.lines_of(lead.id)][1:] == [
            (4000, None), (2500, first.id), (3000, second.id),
        ]  # fmt: skip


def test_units_that_do_not_make_the_whole(app):
    """Both in full is said only where that is the model; any other sum is said as it is."""
    with app.app_context():
        lead = a_lead()

        def says():
            found = queries.attribution_of(queries.lines_of(lead.id), lead.following_unit, clock.today())
            return found.twice, found.uneven

        assert says() == (False, False)
        credited(lead)
        assert says() == (False, True)
        credited(lead, "SZ-NS", 6000)
        assert says() == (False, False)
        credited(lead, "SZ-NS", 5000)
        assert says() == (False, True)
        other = lead = a_lead()
        with unit_of_work():
            row = access.locked_for_room(other.id)
            who = {"actor": actor("manager.nanshan"), "now": clock.now()}
            services.share_by_terms(row, Terms(ShareModel.BOTH, FULL), a_unit("SZ-BA").id, ref="R" * 22, reason="both", **who)
        assert says() == (True, False)
        with unit_of_work():
            services.take_back(access.locked_for_room(other.id), ref="R" * 22, reason="back", **who)
        assert says() == (False, False)


def test_terms_and_their_taking_back(app):
    with app.app_context():
        lead, baoan = a_lead(), a_unit("SZ-BA").id
        with unit_of_work():
            row = access.locked_for_room(lead.id)
            terms = Terms(ShareModel.EVEN, 5000, 5)
            services.share_by_terms(
                row, terms, baoan, ref="R" * 22, reason="no plant here", actor=actor("manager.nanshan"), now=clock.now()
            )
        for indicator in Indicator:
            assert shares(lead, indicator) == {"SZ-NS": 5000, "SZ-BA": 5000}
        count = len(queries.lines_of(lead.id))
        with unit_of_work():
            row = access.locked_for_room(lead.id)
            services.take_back(row, ref="R" * 22, reason="handed back", actor=actor("manager.baoan"), now=clock.now())
        for indicator in Indicator:
            assert shares(lead, indicator) == {"SZ-NS": FULL}
        rows = queries.lines_of(lead.id)
        assert len(rows) == count * 2 - len(Indicator), "what was written stays to be read"


def test_the_database_refuses_to_change_or_delete_a_line(app):
    with app.app_context():
        lead = a_lead()
        line = credited(lead).id
        for statement in (
            update(CreditLine).where(CreditLine.id == line).values(parts=1), delete(CreditLine).where(CreditLine.id == line),
            delete(CreditLine), text("UPDATE credit_line SET reason = 'x'"),
        ):  # fmt: skip
            with pytest.raises(IntegrityError), unit_of_work():
                db.session.execute(statement)
        with pytest.raises(IntegrityError), unit_of_work():
            db.session.get_one(CreditLine, line).parts = 1
        assert shares(lead)["SZ-BA"] == 4000
        with unit_of_work():  # an invented lead may be taken away
            db.session.get_one(Lead, lead.id).is_demo = True
        with unit_of_work():
            db.session.execute(delete(CreditLine))
        assert shares(lead) == {"SZ-NS": FULL}
