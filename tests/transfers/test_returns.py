"""退回: the lead goes back, with its attribution; how long that can be done, and of which transfer."""

from datetime import date

import pytest

from crm.core import clock
from crm.core.db import unit_of_work
from crm.core.errors import Forbidden
from crm.credit import queries as credit
from crm.credit import services as services_of_credit
from crm.credit.rules import FULL, ShareModel, Terms, years_after
from crm.leads.queries import access
from crm.policy.rules import Role
from crm.tasks import queries as tasks
from crm.transfers import services
from crm.transfers.rules import (
    ReturnTooLate,
    TransferClosed,
    TransferOpen,
    WhyNeeded,
)
from tests.builders import a_lead, a_person, actor, someone
from tests.transfers.stories import does, fresh, handed_over, offered, shares, state, told


def test_a_return_puts_everything_back(app, clock_at):
    clock_at("2026-06-18 09:00")
    with app.app_context():
        lead = a_lead(next_step="call them", next_due=date(2026, 7, 1))
        public_id = handed_over(lead)
        with pytest.raises(WhyNeeded):
            does(services.return_lead, public_id, "", by="officer.baoan")
        with pytest.raises(Forbidden):
            does(services.return_lead, public_id, "x", by="manager.nanshan")
        clock_at("2026-07-01 09:00")
        does(services.return_lead, public_id, "the plant burnt down", by="officer.baoan")
        row = fresh(lead)
        assert (row.following_unit.code, row.owner.username) == ("SZ-NS", "officer.nanshan")
        assert tasks.open_for(lead.id).assignee_id == someone("officer.nanshan").id
        for day in (date(2026, 6, 18), date(2026, 6, 25), date(2040, 1, 1)):
            assert shares(lead, day) == {"SZ-NS": FULL}
        assert state(public_id) == "returned"
        with pytest.raises(TransferClosed):
            does(services.return_lead, public_id, "again", by="coordinator")
        assert told("transfer.returned") == ["manager.baoan", "manager.nanshan", "officer.nanshan"]


def test_two_returns_leave_the_first_unit_with_all(app):
    with app.app_context():
        lead = a_lead()
        first = handed_over(lead)
        a_person("manager.longgang", Role.DISTRICT_MANAGER, "SZ-LG")
        second = handed_over(lead, "SZ-LG", owner="manager.longgang", by="manager.longgang", giver="manager.baoan")
        does(services.return_lead, second, "no power", by="manager.longgang")
        assert shares(lead) == {"SZ-NS": 5000, "SZ-BA": 5000}
        does(services.return_lead, first, "no plant")
        assert shares(lead) == shares(lead, years_after(clock.today(), 6)) == {"SZ-NS": FULL}


def test_a_return_takes_back_corrected_lines(app):
    with app.app_context():
        lead = a_lead()
        public_id = handed_over(lead, terms=Terms(ShareModel.INTRODUCER, 2000))
        line = next(row for row in credit.lines_of(lead.id) if row.parts == 8000)
        with unit_of_work():
            row = access.locked_for_room(lead.id)
            services_of_credit.correct_lines(
                row, credit.written_with(line), 6000, "slip", actor=actor("coordinator"), now=clock.now()
            )  # fmt: skip
        assert shares(lead)["SZ-BA"] == 6000
        does(services.return_lead, public_id, "no plant")
        assert shares(lead) == {"SZ-NS": FULL}


def test_a_return_has_its_days_and_is_of_the_last_transfer(app, clock_at):
    clock_at("2026-06-18 09:00")
    with app.app_context():
        lead = a_lead()
        first = handed_over(lead)
        a_person("manager.longgang", Role.DISTRICT_MANAGER, "SZ-LG")
        a_person("officer.longgang", Role.OFFICER, "SZ-LG")
        public_id = offered(lead, "SZ-LG", by="manager.baoan")
        with pytest.raises(TransferOpen):
            does(services.return_lead, first, "x", by="manager.baoan")
        does(services.accept, public_id, by="manager.longgang")
        does(services.take_over, public_id, someone("officer.longgang").id, by="manager.longgang")
        assert shares(lead) == {"SZ-NS": 5000, "SZ-BA": 2500, "SZ-LG": 2500}
        with pytest.raises(ReturnTooLate):
            does(services.return_lead, first, "x", by="coordinator")
        clock_at("2026-07-04 09:00")
        with pytest.raises(ReturnTooLate):
            does(services.return_lead, public_id, "x", by="manager.longgang")
