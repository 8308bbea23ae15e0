"""Taking a merge back: what nobody touched goes back."""

from sqlalchemy import select

from crm.companies.models import Company, CompanyIdentifier
from crm.core.db import db, unit_of_work
from crm.leads.models import Lead
from crm.leads.queries import hits
from crm.leads.services.notes import index_lead
from crm.merging import queries, services
from tests.builders import a_lead, actor, new_lead
from tests.merging.graphs import round_trip
from tests.merging.stories import company_of, found_by, merge, one_firm, twins, undo


class TestUndo:
    """What nobody touched goes back."""

    def test_what_was_changed_since_stays_and_is_listed(self, desk):
        one, two = twins()
        keep, lose = company_of(one), company_of(two)
        done = merge(keep, lose)
        with unit_of_work():
            db.session.get_one(Company, keep.id).website = "https://new.example"
            moved = db.session.scalars(select(CompanyIdentifier).where(CompanyIdentifier.company_id == keep.id)).one()
            moved.company_id = a_lead("Third Firm AG").investor_id
        result = undo(done)
        assert {(left.table, left.column) for left in result.left} == {
            ("company", "website"),
            ("company_identifier", "company_id"),
        }
        db.session.expire_all()
        assert keep.website == "https://new.example"
        assert [name.text for name in lose.names] == ["凯斯托瓦光学有限公司"]
        assert (two.investor_id, two.project_slot, lose.merged_into_id) == (lose.id, 0, None)
        assert queries.merge_of("company", lose.id) is None

    def test_what_came_since_stays_with_the_one_that_stayed(self, desk):
        one, two = twins()
        keep, lose = company_of(one), company_of(two)
        done = merge(keep, lose)
        three = a_lead("Kestovar Optik GmbH 3")
        with unit_of_work():
            lead = db.session.get_one(Lead, three.id)
            lead.investor_id, lead.project_slot = keep.id, 7
        undo(done)
        db.session.expire_all()
        assert (three.investor_id, two.investor_id) == (keep.id, lose.id)

    def test_both_are_hits_again(self, desk):
        one, two = twins()
        undo(merge(company_of(one), company_of(two)))
        for lead in (one, two):
            found = hits.hits_for(hits.subject_of(new_lead(investor=company_of(lead).name)), actor=actor("coordinator"))
            assert {hit.company.id for hit in found.shown if hit.must_decide} == {lead.investor_id}

    def test_versions_only_go_up(self, desk):
        one, two = twins()
        before = company_of(one).version
        done = merge(company_of(one), company_of(two))
        undo(done)
        db.session.expire_all()
        assert company_of(one).version > before


class TestFoundByTheNameOfToday:
    """A lead is found by what its firm is called now, also when it was merged away or not there yet at the time of the merge."""

    def test_one_that_was_away_when_its_firm_got_a_name_is_found_by_it_until_the_firms_are_two_again(self, desk):
        keep, gone = one_firm()
        leads = merge(keep, gone, verb=services.merge_leads)
        firms = merge(company_of(keep), company_of(a_lead("Third Firm AG")))
        assert gone.number not in found_by("Third Firm")
        undo(leads)
        db.session.expire_all()
        assert {keep.number, gone.number} <= set(found_by("Third Firm"))
        undo(firms)
        db.session.expire_all()
        assert not {keep.number, gone.number} & set(found_by("Third Firm"))
        assert {keep.number, gone.number} <= set(found_by("Kestovar"))

    def test_one_that_came_while_two_firms_were_one_is_not_found_by_the_one_that_went_again(self, desk):
        keep, third = a_lead("Kestovar Optik GmbH"), a_lead("Third Firm AG")
        firms = merge(company_of(keep), company_of(third))
        came = a_lead("Fourth Firm KG")
        with unit_of_work():
            lead = db.session.get_one(Lead, came.id)
            lead.investor_id, lead.project_slot = keep.investor_id, 7
            db.session.flush()
            db.session.expire(lead)
            index_lead(lead)
        assert came.number in found_by("Third Firm")
        undo(firms)
        db.session.expire_all()
        assert found_by("Third Firm") == [third.number]
        assert came.number in found_by("Kestovar")

    def test_a_chain_with_a_lead_merged_away_in_its_midst_comes_back(self, app):
        with app.app_context():
            assert not round_trip(863, shuffled=True)
