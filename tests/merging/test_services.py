"""Merging and unmerging: what moves, who may, what stays when somebody changed it."""

import pytest
from sqlalchemy import func, select

from crm.audit.models import AuditLine
from crm.claims.models import Claim
from crm.companies import queries as companies
from crm.companies.models import Company, CompanyIdentifier, CompanyName, Contact
from crm.core import clock
from crm.core.db import db, unit_of_work
from crm.core.errors import Forbidden, Moved, NotFound
from crm.leads.models import FieldChange, Lead, SecondReport
from crm.leads.queries import access, hits, listing
from crm.leads.rules.lead import Decision, Decisions, HitDecision, NewContact
from crm.leads.rules.listing import Question, Scope
from crm.leads.services import edit_lead, log_lead
from crm.merging import queries, rules, services
from crm.merging.models import Merge
from crm.merging.rules.refusals import OtherLead
from crm.notifications.models import Notification
from crm.units.models import Unit
from tests.builders import a_company, a_lead, actor, new_lead, someone
from tests.leads.test_services import as_it_is
from tests.merging.stories import company_of, merge, one_firm, twins, undo
from tests.races import race


@pytest.fixture
def desk(app):
    with app.app_context():
        yield app


def found_by(text, by="coordinator"):
    question = Question(stage=None, scope=Scope.CITY, text=text)
    return [row.number for row in listing.page_of(question, actor(by))]


def messages(username):
    query = select(Notification.code).where(Notification.user_id == someone(username).id)
    return [code for code in db.session.scalars(query.order_by(Notification.id)) if code.startswith("merge")]


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


class TestRights:
    """Whose decision it is."""

    def test_leads_of_one_unit_are_its_managers(self, desk):
        one, two = twins()
        with pytest.raises(Forbidden):
            merge(company_of(one), company_of(two), by="officer.nanshan")
        with pytest.raises(NotFound):
            merge(company_of(one), company_of(two), by="manager.baoan")
        undo(merge(company_of(one), company_of(two), by="manager.nanshan", reason=""), by="manager.nanshan")

    def test_leads_of_two_units_are_the_coordinators_with_a_reason(self, desk):
        one, two = twins(other="officer.baoan")
        keep, lose = company_of(one), company_of(two)
        with pytest.raises(NotFound):
            merge(keep, lose, by="manager.nanshan")
        with pytest.raises(rules.MergeReasonNeeded):
            merge(keep, lose, reason=" ")
        done = merge(keep, lose)
        for username in ("officer.nanshan", "manager.nanshan", "officer.baoan", "manager.baoan"):
            assert messages(username) == ["merge.done"], username
        with pytest.raises(rules.CoordinatorDecides):
            undo(done, by="manager.nanshan")
        undo(done)
        assert messages("manager.baoan") == ["merge.done", "merge.undone"]

    @pytest.mark.parametrize("username", ["auditor", "sysadmin", "secadmin"])
    def test_administrators_find_nothing(self, desk, username):
        one, two = twins()
        with pytest.raises(NotFound):
            merge(company_of(one), company_of(two), by=username)
        with pytest.raises(NotFound):
            merge(one, two, by=username, verb=services.merge_leads)


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


class TestContacts:
    """One person, entered twice."""

    def test_they_become_one_and_two_again(self, desk):
        lead = a_lead(
            contacts=(NewContact("Beispiel", None, "+49301234567"), NewContact("Beispiel", "CFO", None, "b@firm.example"))
        )
        one, two = db.session.scalars(select(Contact).order_by(Contact.id)).all()
        done = merge(one, two, verb=services.merge_contacts, by="manager.nanshan")
        db.session.expire_all()
        assert [(c.title, c.phone, c.email) for c in companies.contacts_of(lead.id)] == [
            ("CFO", "+49301234567", "b@firm.example")
        ]
        assert companies.contact(two.public_id).id == one.id
        undo(done)
        assert len(companies.contacts_of(lead.id)) == 2

    def test_only_of_one_lead(self, desk):
        for name in ("Eins", "Zwei"):
            a_lead(contacts=(NewContact(name),))
        one, two = db.session.scalars(select(Contact).order_by(Contact.id)).all()
        with pytest.raises(OtherLead):
            merge(one, two, verb=services.merge_contacts)


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


def merge_at_once(app, number, keep, lose):
    with app.app_context():
        who = actor("coordinator")
        db.session.rollback()
        with unit_of_work():
            return services.merge_companies(keep, (lose,), {}, reason="one firm", actor=who, now=clock.now()).public_id


def merge_or_register(app, number, keep, lose):
    """One merges, the others register another project of the firm that goes at this moment."""
    if number == 0:
        return merge_at_once(app, number, keep, lose)
    with app.app_context():
        who = actor("officer.nanshan")
        unit_id = who.unit_id
        db.session.rollback()
        again = Decisions((HitDecision(lose, Decision.ANOTHER_PROJECT, reason="another plant"),))
        with unit_of_work():
            unit = db.session.get_one(Unit, unit_id)
            new = new_lead(investor="凯斯托瓦光学有限公司", title=f"plant {number}")
            return log_lead(new, again, unit=unit, city="SZ", actor=who, now=clock.now(), matched=False).lead.number


def test_nobody_registers_on_a_company_that_is_merged_away_at_this_moment(app):
    with app.app_context():
        one, two = twins()
        keep, lose = company_of(one).public_id, company_of(two).public_id
        db.session.remove()
    answers = race(merge_or_register, 5, app, keep, lose)
    assert not [answer.trace for answer in answers if answer.error]
    with app.app_context():
        leads = db.session.execute(
            select(Lead.project_slot, Company.merged_into_id).join(Company, Company.id == Lead.investor_id)
        )
        assert sorted(leads.all()) == [(slot, None) for slot in range(6)]


def undo_at_once(app, number, merge_id):
    with app.app_context():
        who = actor("coordinator")
        db.session.rollback()
        with unit_of_work():
            return services.undo_merge(merge_id, actor=who, now=clock.now()).moved


def test_two_people_merge_one_pair_at_once(app):
    with app.app_context():
        one, two = twins()
        keep, lose = company_of(one).public_id, company_of(two).public_id
        db.session.remove()
    answers = race(merge_at_once, 4, app, keep, lose)
    assert sorted(answer.error or "" for answer in answers) == ["", "AlreadyMerged", "AlreadyMerged", "AlreadyMerged"]
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Merge)) == 1
        merge_id = db.session.scalar(select(Merge.public_id))
        names = db.session.scalar(select(func.count()).select_from(CompanyName))
        db.session.remove()
    answers = race(undo_at_once, 3, app, merge_id)
    assert sorted(answer.error or "" for answer in answers) == ["", "AlreadyUndone", "AlreadyUndone"]
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(CompanyName)) == names
        assert not list(db.session.scalars(select(Company).where(Company.merged_into_id.is_not(None))))
