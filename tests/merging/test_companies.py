"""Merging companies: what moves, what is chosen, what is refused."""

import pytest
from sqlalchemy import select

from crm.audit.models import AuditLine
from crm.companies import queries as companies
from crm.companies.models import Company
from crm.core import clock
from crm.core.db import db, unit_of_work
from crm.core.errors import NotFound
from crm.leads.queries import hits
from crm.merging import rules, services
from tests.builders import a_company, actor, new_lead, someone
from tests.merging.stories import company_of, found_by, merge, twins, undo


class TestCompanies:
    """Two rows of one firm."""

    def test_names_numbers_and_leads_go_to_the_one_that_stays(self, desk):
        one, two = twins()
        keep, lose = company_of(one), company_of(two)
        merge(keep, lose)
        db.session.expire_all()
        assert {name.text for name in keep.names} == {"Kestovar Optik GmbH", "凯斯托瓦光学有限公司"}
        assert [name.text for name in keep.names if name.kind == "official"] == [keep.name]
        assert [(i.scheme, i.value) for i in keep.identifiers] == [("domain", "kestovar.example")]
        assert (one.investor_id, two.investor_id) == (keep.id, keep.id)
        assert (one.project_slot, two.project_slot) == (0, 1)
        assert (lose.merged_into_id, keep.website) == (keep.id, "https://kestovar.example")
        assert companies.by_public_id(lose.public_id) is keep
        assert companies.by_name_key("凯斯托瓦光学有限公司") == [keep]

    def test_what_was_merged_away_is_no_hit_and_the_one_that_stays_is_one_by_every_name(self, desk):
        one, two = twins()
        keep, lose = company_of(one), company_of(two)
        merge(keep, lose)
        found = hits.hits_for(hits.subject_of(new_lead(investor="凯斯托瓦光学有限公司")), actor=actor("coordinator"))
        assert {hit.company.id for hit in found.shown if hit.must_decide} == {keep.id}
        assert set(found_by("凯斯托瓦")) == {one.number, two.number}

    def test_a_choice_is_taken(self, desk):
        one, two = twins()
        keep, lose = company_of(one), company_of(two)
        merge(keep, lose, choices={"name": lose.public_id})
        db.session.expire_all()
        assert keep.name == "凯斯托瓦光学有限公司"
        assert [name.text for name in keep.names if name.kind == "official"] == [keep.name]
        assert one.sort_key == two.sort_key == keep.sort_key

    def test_decisions_are_pointed_anew_without_pairs_of_one_and_doubles(self, desk):
        from crm.companies.services import decide_pair

        a, b, c, d = (a_company() for _ in range(4))
        with unit_of_work():
            a, b, c, d = (db.session.get_one(Company, company.id) for company in (a, b, c, d))
            for x, y, verdict in ((a, b, "same"), (b, c, "related"), (b, d, "different"), (a, d, "related")):
                decide_pair(x, y, verdict, "seen", actor=actor("coordinator"), now=clock.now())
        merge(a, b)
        about = companies.decisions_about(a.id)
        assert {other: decision.verdict for other, decision in about.items() if other != b.id} == {
            c.id: "related",
            d.id: "related",
        }

    def test_a_mother_and_her_daughter(self, desk):
        mother, daughter, other = a_company(), a_company(), a_company()
        with unit_of_work():
            for company in (daughter, other):
                db.session.get_one(Company, company.id).parent_id = mother.id
        done = merge(daughter, mother)
        db.session.expire_all()
        assert (db.session.get_one(Company, daughter.id).parent_id, db.session.get_one(Company, other.id).parent_id) == (
            None,
            daughter.id,
        )
        undo(done)
        db.session.expire_all()
        assert db.session.get_one(Company, daughter.id).parent_id == db.session.get_one(Company, other.id).parent_id == mother.id

    def test_a_note_is_kept_with_its_day(self, desk, clock_at):
        clock_at("2026-06-18 09:00")
        keep, lose = a_company(note="ours"), a_company(note="theirs")
        merge(keep, lose)
        db.session.expire_all()
        assert db.session.get_one(Company, keep.id).note == f"ours\n2026-06-18 {lose.name}: theirs"

    def test_a_note_without_room_becomes_a_dated_one(self, desk, clock_at):
        clock_at("2026-06-18 09:00")
        keep, lose, third = a_company(note="a" * 700), a_company(note="b" * 900), a_company(note="short")
        done = merge(keep, lose, third)
        db.session.expire_all()
        assert keep.note == "a" * 700 + f"\n2026-06-18 {third.name}: short"
        (note,) = companies.notes_of(keep.id)
        assert (note.about, note.text, note.noted_by_id) == (lose.name, "b" * 900, someone("coordinator").id)
        undo(done)
        db.session.expire_all()
        assert (keep.note, companies.notes_of(keep.id)) == ("a" * 700, [])

    def test_dated_notes_go_along_a_chain_and_back(self, desk):
        one, two, three = a_company(note="a" * 900), a_company(note="b" * 900), a_company()
        first = merge(one, two)
        second = merge(three, one)
        assert [note.text for note in companies.notes_of(three.id)] == ["b" * 900]
        undo(second)
        assert [note.text for note in companies.notes_of(one.id)] == ["b" * 900]
        undo(first)
        assert companies.notes_of(one.id) == companies.notes_of(three.id) == []

    def test_it_is_written_down_on_both_sides(self, desk):
        one, two = twins()
        keep, lose = company_of(one), company_of(two)
        undo(merge(keep, lose))
        query = select(AuditLine.action, AuditLine.subject_id).where(AuditLine.action.like("company.%merged"))
        assert set(db.session.execute(query).all()) == {
            (action, company.id) for action in ("company.merged", "company.unmerged") for company in (keep, lose)
        }

    @pytest.mark.parametrize(("keep", "lose", "refusal"), [
        (0, (), rules.TooMany), (0, (0,), rules.TooMany), (0, (1, 1), rules.TooMany), (0, (1, 2, 3, 4, 5), rules.TooMany),
    ])  # fmt: skip
    def test_two_to_five_different_ones(self, desk, keep, lose, refusal):
        some = [a_company() for _ in range(6)]
        with pytest.raises(refusal):
            merge(some[keep], *[some[number] for number in lose])

    def test_unknown_records_and_choices(self, desk):
        keep, lose = a_company(), a_company()
        for choices in ({"password": keep.public_id}, {"name": "A" * 22}):
            with pytest.raises(rules.ChoiceUnknown):
                merge(keep, lose, choices=choices)
        with pytest.raises(NotFound), unit_of_work():
            services.merge_companies(keep.public_id, ("A" * 22,), {}, reason="x", actor=actor("coordinator"), now=clock.now())

    def test_once_is_enough(self, desk):
        keep, lose = a_company(), a_company()
        done = merge(keep, lose)
        with pytest.raises(rules.AlreadyMerged) as refused:
            merge(keep, lose)
        assert refused.value.facts["merge"] == done.public_id
        undo(done)
        with pytest.raises(rules.AlreadyUndone):
            undo(done)
        merge(lose, keep)
