"""Merging leads: one number stays, the earliest registration counts."""

import pytest
from sqlalchemy import select

from crm.claims.models import Claim
from crm.core import clock
from crm.core.db import db, unit_of_work
from crm.core.errors import Moved, NotFound
from crm.leads.models import FieldChange, Lead, SecondReport
from crm.leads.queries import access
from crm.leads.services import edit_lead
from crm.merging import rules, services
from tests.builders import a_lead, actor, new_lead, someone
from tests.leads.stories import as_it_is
from tests.merging.stories import company_of, found_by, merge, one_firm, twins, undo


def claimed(lead, number):
    with unit_of_work():
        db.session.add(Claim(
            number=number, lead_id=lead.id, unit_id=lead.registered_unit_id, user_id=lead.registered_by_id, evidence_count=1,
            counts_from=lead.registered_at, granted_at=clock.now(), granted_by_id=lead.registered_by_id, rules_version="1",
        ))  # fmt: skip


class TestLeads:
    """One number stays."""

    def test_the_earliest_registration_counts_and_the_other_is_a_second_report(self, desk):
        one, two = one_firm(other="officer.baoan")
        claimed(one, "C-1"), claimed(two, "C-2")
        first, later = one.registered_at, two.registered_at
        merge(two, one, verb=services.merge_leads)
        db.session.expire_all()
        assert (two.registered_at, two.registered_by_id) == (first, someone("officer.nanshan").id)
        report = db.session.scalars(select(SecondReport)).one()
        assert (report.lead_id, report.reported_at, report.reported_by_id) == (two.id, later, someone("officer.baoan").id)
        assert report.typed["claim"] == "C-2"
        query = select(Claim.number, Claim.state, Claim.lead_id).order_by(Claim.number)
        assert db.session.execute(query).all() == [("C-1", "live", two.id), ("C-2", "withdrawn", two.id)]

    def test_the_old_number_leads_to_the_one_that_stays(self, desk):
        one, two = one_firm()
        merge(one, two, verb=services.merge_leads)
        for look in (access.visible_lead, lambda *a, **k: access.locked_lead(*a, action="edit", **k)):
            with pytest.raises(Moved) as moved:
                look(two.public_id, actor=actor("officer.nanshan"))
            assert moved.value.facts["to"] == one.public_id
        with pytest.raises(NotFound):
            access.visible_lead(two.public_id, actor=actor("officer.baoan"))
        assert found_by(two.number) == found_by(two.title) + [one.number] == [one.number]
        edit = as_it_is(db.session.get_one(Lead, one.id), title="another")
        with unit_of_work():
            edit_lead(one.public_id, edit, opened=one.version, actor=actor("coordinator"), now=clock.now())
        assert found_by(two.number) == [one.number], "after an edit too"

    def test_free_text_becomes_a_dated_note(self, desk):
        one, two = one_firm()
        merge(one, two, verb=services.merge_leads)
        note = db.session.scalars(select(FieldChange).where(FieldChange.field == "merged_note")).one()
        assert (note.lead_id, note.old, note.new) == (one.id, two.number, "second note")

    def test_leads_of_two_investors_are_no_duplicates(self, desk):
        one, two = twins()
        with pytest.raises(rules.OtherInvestor):
            merge(one, two, verb=services.merge_leads)

    def test_an_undisclosed_one_gets_the_investor(self, desk):
        one = a_lead("Quillhaven Optik GmbH")
        with unit_of_work():
            from crm.leads.rules.lead import Decisions
            from crm.leads.services import log
            from tests.builders import a_unit

            new = new_lead(investor="x", intermediary="a broker")
            new = type(new)(**{**{f: getattr(new, f) for f in new.__slots__}, "investor": None})
            two = log.log_lead(new, Decisions(), unit=a_unit(), city="SZ", actor=actor(), now=clock.now()).lead
        done = merge(two, one, verb=services.merge_leads)
        db.session.expire_all()
        assert db.session.get_one(Lead, two.id).investor_id == one.investor_id
        undo(done)
        db.session.expire_all()
        assert db.session.get_one(Lead, two.id).investor_id is None

    def test_second_reports_go_to_the_one_that_stays(self, desk):
        from crm.leads.services import report_again

        one, two = one_firm()
        merge(one, two, verb=services.merge_leads)
        with unit_of_work():
            gone = db.session.get_one(Lead, two.id)
            logged = report_again(gone, new_lead(investor="Kestovar Optik"), actor=actor("officer.baoan"), now=clock.now())
            assert logged.lead.id == one.id

    def test_a_chain_of_three(self, desk):
        one, two = one_firm()
        three = a_lead("Kestovar Optik Drei GmbH")
        merge(company_of(one), company_of(three))
        first = merge(two, one, verb=services.merge_leads)
        second = merge(three, two, verb=services.merge_leads)
        assert found_by(one.number) == found_by(two.number) == [three.number]
        undo(first)  # the earlier one first
        assert found_by(one.number) == [one.number]
        undo(second)
        assert found_by(two.number) == [two.number]
