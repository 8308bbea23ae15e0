"""Groups on record: who is whose parent. No loops, a cap on storeys, a reason for each change, and what a check makes of it."""

import pytest
from sqlalchemy import event, select

from crm.audit.models import AuditLine
from crm.companies import queries
from crm.companies import services as companies
from crm.companies.models import Company, ParentChange
from crm.companies.rules import (
    STOREYS,
    GroupLoop,
    GroupTooDeep,
    ParentSame,
    chain,
    check_parent,
    on_record,
    parent_of_merged,
    returns,
)
from crm.core import clock
from crm.core.db import db, unit_of_work
from crm.core.errors import Forbidden, NotFound
from crm.leads import services as leads
from crm.leads.queries import groups
from crm.leads.rules.lead import ParentMasked, ParentUnclear, ReasonNeeded
from crm.matching.rules import Certainty, Judgement, Subject, Verdict
from tests.builders import a_company, a_lead, actor
from tests.pages import statements


def put(company, parent, by="coordinator", reason="annual report"):
    with unit_of_work():
        company, parent = (db.session.get_one(Company, one.id) if one else None for one in (company, parent))
        companies.set_parent(company, parent, reason, actor=actor(by), now=clock.now())


class TestRules:
    def test_the_way_up_ends_where_it_would_come_round(self):
        assert chain(1, {1: 2, 2: 3, 3: None}) == [2, 3]
        assert chain(1, {1: 2, 2: 3, 3: 1}) == [2, 3]
        assert chain(1, {1: 2, 2: 3, 3: 2}) == [2, 3]
        assert chain(1, {}) == []
        assert returns(1, {1: 2, 2: 3, 3: 1})
        assert not returns(1, {1: 2, 2: 3, 3: 2})

    def test_nobody_stands_above_itself(self):
        for line in ([1], [2, 1], [2, 3, 1]):
            with pytest.raises(GroupLoop):
                check_parent(1, line, 0)
        check_parent(1, [2, 3], 0)

    def test_a_group_has_so_many_storeys(self):
        check_parent(1, [2] * 1 + [3, 4], STOREYS - 4)
        with pytest.raises(GroupTooDeep):
            check_parent(1, [2, 3, 4], STOREYS - 3)

    @pytest.mark.parametrize(
        "members, wanted, parents, expected",
        [
            ([1, 2], [2, 9], {1: 2, 2: 9}, 9),  # a daughter into her mother: the grandmother
            ([1, 2], [2], {1: 2, 2: None}, None),
            ([1, 3], [2, 9], {1: 2, 2: 3, 3: 9}, 9),  # one and its grandmother: whoever stands between comes below
            ([1, 3], [2], {1: 2, 2: 3}, None),
            ([1, 2], [None, 7], {7: None}, 7),
        ],
    )
    def test_the_parent_of_what_several_become(self, members, wanted, parents, expected):
        assert parent_of_merged(members, wanted, parents) == expected

    def test_of_one_group_is_related_at_least(self):
        different = Judgement(Verdict.DIFFERENT, 0.5, Certainty.SOMEWHAT_LIKE)
        assert on_record(None).verdict is on_record(different).verdict is Verdict.RELATED
        same = Judgement(Verdict.SAME, 0.9, Certainty.ALMOST_SAME)
        assert on_record(same).verdict is Verdict.SAME
        assert {one.reasons[0].code for one in map(on_record, (None, different, same))} == {"group_on_record"}


class TestRecord:
    def test_it_is_kept_with_its_reason(self, desk):
        company, parent = a_company(), a_company()
        put(company, parent, reason="annual report, page 12")
        put(company, None, reason="sold in May")
        said = list(db.session.scalars(select(ParentChange).order_by(ParentChange.id)))
        assert [(row.parent_id, row.reason) for row in said] == [(parent.id, "annual report, page 12"), (None, "sold in May")]
        assert db.session.get_one(Company, company.id).parent_id is None
        assert (
            list(db.session.scalars(select(AuditLine.action).where(AuditLine.action.like("company.parent%"))))
            == ["company.parent_set"] * 2
        )

    def test_loops_and_repetitions_are_refused(self, desk):
        top, middle, low = a_company(), a_company(), a_company()
        put(middle, top)
        put(low, middle)
        for company, parent in ((top, low), (top, middle), (top, top)):
            with pytest.raises(GroupLoop):
                put(company, parent)
        with pytest.raises(ParentSame):
            put(low, middle)
        with pytest.raises(ParentSame):
            put(top, None)

    def test_so_many_storeys_and_no_more(self, desk):
        line = [a_company() for _ in range(STOREYS + 1)]
        for above, below in zip(line, line[1:-1], strict=False):
            put(below, above)
        with pytest.raises(GroupTooDeep):
            put(line[-1], line[-2])
        with pytest.raises(GroupTooDeep):
            put(line[0], line[-1])
        assert queries.line_above(line[-2].id) == [one.id for one in line[:-2]][::-1]
        assert len(queries.groups_of({line[3].id})[line[3].id]) == STOREYS - 1


class TestWhoMay:
    def declare(self, company, typed, chosen=None, reason="annual report", by="officer.nanshan"):
        with unit_of_work():
            return leads.declare_parent(company.public_id, typed, chosen, reason, actor=actor(by), now=clock.now())

    def test_whoever_edits_a_lead_of_it(self, desk):
        company = a_lead("Dunmorrow Optics GmbH", by="officer.nanshan").investor
        parent = a_company("Dunmorrow Holding AG")
        for by, refusal in (("leader", Forbidden), ("officer.baoan", NotFound)):
            with pytest.raises(refusal):
                self.declare(company, parent.name, by=by)
        self.declare(company, parent.name)
        assert db.session.get_one(Company, company.id).parent_id == parent.id

    def test_a_parent_without_leads_is_the_coordinators(self, desk):
        company, parent = a_company(), a_company()
        with pytest.raises(Forbidden):
            self.declare(company, parent.name)
        self.declare(company, parent.name, by="coordinator")

    def test_a_reason_is_needed(self, desk):
        company, parent = a_lead().investor, a_company()
        with pytest.raises(ReasonNeeded):
            self.declare(company, parent.name, reason=" ")
        self.declare(company, parent.name)
        with unit_of_work(), pytest.raises(ReasonNeeded):
            leads.take_parent_off(company.public_id, "", actor=actor(), now=clock.now())

    def test_what_is_not_clear_is_asked(self, desk):
        company, parent = a_lead("Estrevia Motors GmbH").investor, a_company("Sundergast Holding AG")
        with pytest.raises(ParentUnclear):
            self.declare(company, "Sundergast Holdings")
        with pytest.raises(ParentUnclear):
            self.declare(company, "Nobody Has Heard Of It")
        assert self.declare(company, "Sundergast Holdings", parent.public_id).id == parent.id

    def test_one_that_the_base_does_not_have_is_made(self, desk):
        company = a_lead("Estrevia Motors GmbH").investor
        made = self.declare(company, "Ullenfors Industrigruppe AB", "new")
        assert (made.name, queries.tops_of([company.id])) == ("Ullenfors Industrigruppe AB", {company.id: made.id})

    def test_what_one_may_not_see_is_no_parent_of_ones_choice(self, desk):
        company = a_lead("Estrevia Motors GmbH", by="officer.nanshan").investor
        hidden = a_lead("Sundergast Holding AG", by="officer.baoan").investor
        for chosen in (None, "new"):
            with pytest.raises(ParentMasked):
                self.declare(company, "Sundergast Holding AG", chosen)
        with pytest.raises(NotFound):
            self.declare(company, "Sundergast Holding AG", hidden.public_id)
        self.declare(company, "Sundergast Holding AG", by="coordinator")


class TestTree:
    def test_each_reader_sees_his_own(self, desk):
        mine = a_lead("Estrevia Motors GmbH", by="officer.nanshan")
        theirs = a_lead("Sundergast Lenses GmbH", by="officer.baoan")
        top, daughter = a_company("Ullenfors Holding AB"), a_company("Zephyrine Tools GmbH")
        put(mine.investor, top)
        put(theirs.investor, top)
        put(daughter, mine.investor)

        def lines(by):
            tree = groups.tree_of(db.session.get_one(Company, mine.investor_id), actor(by))
            return [(m.depth, m.company.name if m.company else f"{m.masked} masked", len(m.leads)) for m in tree.members]

        both = [(0, "Ullenfors Holding AB", 0), (1, "Estrevia Motors GmbH", 1), (2, "Zephyrine Tools GmbH", 0)]
        assert lines("officer.nanshan") == [*both, (1, "1 masked", 0)]
        assert lines("coordinator") == [*both, (1, "Sundergast Lenses GmbH", 1)]

    def test_a_long_row_of_sisters_is_cut(self, desk):
        top = a_company()
        many = [a_company() for _ in range(groups.SHOWN + 3)]
        for company in many:
            put(company, top)
        tree = groups.tree_of(db.session.get_one(Company, many[0].id), actor("coordinator"))
        assert (len(tree.members), tree.more) == (2 + groups.SHOWN, 2)


class TestChecks:
    def hits(self, typed):
        return {hit.company.name: hit for hit in queries.hits_for_each({0: Subject((typed,))})[0]}

    def test_the_group_of_what_is_the_same_comes_along(self, desk):
        firm, top, sister = (
            a_company("Falkenby Sensors GmbH"),
            a_company("Hollowmere Holding AG"),
            a_company("Iskarim Pumpen GmbH"),
        )
        assert set(self.hits("Falkenby Sensors")) == {firm.name}
        put(firm, top)
        put(sister, top)
        found = self.hits("Falkenby Sensors")
        assert {name: hit.judgement.verdict.value for name, hit in found.items()} == {
            firm.name: "same", top.name: "related", sister.name: "related",
        }  # fmt: skip
        assert [reason.code for reason in found[sister.name].judgement.reasons] == ["group_on_record"]
        assert found[sister.name].via == {firm.id}

    def test_names_that_say_the_same_still_do(self, desk):
        one, other = a_company("Falkenby Sensors GmbH"), a_company("Falkenby Sensors G.m.b.H.")
        put(other, one)
        found = self.hits("Falkenby Sensors GmbH")
        assert {hit.judgement.verdict for hit in found.values()} == {Verdict.SAME}
        assert all(hit.judgement.reasons[0].code == "group_on_record" for hit in found.values())

    def test_many_groups_are_read_as_one(self, desk):
        pairs = []
        for _ in range(6):
            company, parent = a_company(), a_company()
            pairs.append((company.id, parent.id))
            put(company, parent)

        def asked(some):
            with statements() as said:
                found = queries.groups_of({company for company, _parent in some})
            assert found == {company: {parent} for company, parent in some}
            return len(said)

        assert asked(pairs) == asked(pairs[:1])

    def test_of_a_large_group_no_more_is_read_than_shown(self, desk):
        top = a_company("青梧光学有限公司")
        for _ in range(queries.RELATED_MOST + 5):
            put(a_company(), top)
        db.session.expunge_all()
        read = []
        note = lambda company, _context: read.append(company.id)  # noqa: E731
        event.listen(Company, "load", note)
        found = self.hits("青梧光学有限公司")
        event.remove(Company, "load", note)
        assert len(found) == queries.RELATED_MOST + 1
        assert len(read) == len(found)

    def test_what_the_keys_say_is_read_at_once(self, desk):
        names = [f"{word} Optik GmbH" for word in ("Falkenby", "Iskarim", "Jorundal", "Kestovar")]
        for number, name in enumerate(names):
            a_company(name, identifiers=frozenset({("domain", f"{number}.example.com")}))

        def asked(some):
            db.session.expunge_all()
            with statements() as said:
                found = queries.exact_hits(Subject(tuple(some)))
            assert {hit.judgement.verdict for hit in found} == {Verdict.SAME}
            assert len(found) == len(some)
            return len(said)

        assert asked(names) == asked(names[:1])
