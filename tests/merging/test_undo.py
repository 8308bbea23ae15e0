"""Taking a merge back: what nobody touched goes back."""

from sqlalchemy import select

from crm.companies.models import Company, CompanyIdentifier
from crm.core.db import db, unit_of_work
from crm.leads.models import Lead
from crm.leads.queries import hits
from crm.merging import queries
from tests.builders import a_lead, actor, new_lead
from tests.merging.stories import company_of, merge, twins, undo


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
