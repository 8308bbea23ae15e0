"""Phases and expansions on both databases: what counts where, who may, who sees, what a merge refuses."""

import pytest

from crm.core import clock
from crm.core.db import db, unit_of_work
from crm.core.errors import Forbidden, NotFound
from crm.core.money import Money
from crm.leads import services
from crm.leads.models import Lead
from crm.leads.queries import listing, phases
from crm.leads.rules.listing import Question, Scope, together
from crm.leads.rules.phases import (
    Basis,
    InFamily,
    NewPhase,
    PhaseCycle,
    PhaseEnded,
    PhaseKind,
    PhaseNumberThere,
    PhaseOtherInvestor,
    PhaseParentUnknown,
    PhaseReason,
    PhaseThere,
)
from crm.leads.services.notes import set_sums
from crm.merging import services as merging
from crm.targets.queries import credited
from tests.builders import a_lead, actor, put_milestone
from tests.merging.stories import merge, one_firm

YI = 10_000_000_000


@pytest.fixture(autouse=True)
def november(clock_at):
    clock_at("2026-11-16 09:00")


def project(cny=None, usd=None, **changed) -> Lead:
    """An admitted project with sums in 亿元 and 万美元."""
    lead = a_lead(**changed)
    with_sums(lead, cny, usd)
    return lead


def with_sums(lead, cny, usd=None):
    with unit_of_work():
        row = db.session.get_one(Lead, lead.id)
        row.admitted_at = row.admitted_at or clock.now()
        row.stage, row.total_verified = "signed", True
        total = Money(cny * YI, "CNY") if cny else None
        set_sums(row, total, Money(usd * 1_000_000, "USD") if usd else None)


def link(lead, parent, basis=Basis.CUMULATIVE, kind=PhaseKind.EXPANSION, number=1, reason="", by="officer.nanshan"):
    with unit_of_work():
        new = NewPhase(parent.number, kind, number, basis, reason)
        return services.link_phase(lead.public_id, new, actor=actor(by), now=clock.now())


def end(row, reason="a mistake", by="officer.nanshan"):
    with unit_of_work():
        return services.end_phase(row.public_id, reason, actor=actor(by), now=clock.now())


def sums(lead):
    row = db.session.get_one(Lead, lead.id, populate_existing=True)
    return (row.total_cny or 0) / YI, (row.contracted_usd or 0) / 1_000_000


def total(who="coordinator"):
    found = listing.numbers_of(Question(stage=None, scope=Scope.CITY), actor(who))
    return together(found.values()).total_cny / YI


def test_only_the_increment_counts_and_follows_every_edit(desk):
    first, more = one_firm()
    with_sums(first, 10, 4000), with_sums(more, 15, 6000)
    assert total() == 25
    row = link(more, first)
    assert (sums(first), sums(more), total()) == ((10, 4000), (5, 2000), 15)
    with_sums(first, 12, 4500)
    assert (sums(more), total()) == ((3, 1500), 15), "the one above said another sum"
    with_sums(more, 20, 6000)
    assert (sums(more), total()) == ((8, 1500), 20)
    shown = {
        row.number: row.total_cny for row in listing.page_of(Question(stage=None, scope=Scope.UNIT), actor("officer.nanshan"))
    }
    assert shown[more.number] == 8 * YI
    end(row)
    assert (sums(more), total()) == ((20, 6000), 32)
    with pytest.raises(PhaseEnded):
        end(row)


def test_targets_and_assessment_count_the_increment_and_no_phase_twice(desk):
    first, more = one_firm()
    with_sums(first, 10, 4000), with_sums(more, 15, 6000)
    for lead, usd in ((first, 4000), (more, 6000)):
        amount = Money(usd * 1_000_000, "USD")
        with unit_of_work():
            put_milestone(
                lead, credited.Kind.CONTRACT_SIGNED, state="confirmed", amount=amount, confirmed_amount=amount.amount,
                confirmed_currency="USD", confirmed_on=clock.today(),
            )  # fmt: skip
    wanted = credited.Wanted(frozenset({"signed", "contracted"}), clock.today(), clock.today())

    def counted():
        pieces = credited.pieces_of(wanted)
        return {name: sum(one.value for one in pieces if one.measure == name) for name in ("signed", "contracted")}

    assert counted() == {"signed": 2, "contracted": 10_000 * 1_000_000}
    link(more, first, kind=PhaseKind.PHASE, number=2)
    assert counted() == {"signed": 1, "contracted": 6_000 * 1_000_000}


def test_what_is_refused(desk):
    first, more = one_firm()
    with_sums(first, 10), with_sums(more, 15)
    other = project(3, investor="Umbrion Materials AG")
    with pytest.raises(PhaseOtherInvestor):
        link(other, first)
    row = link(other, first, reason="a joint venture of both")
    assert row.reason == "a joint venture of both"
    with pytest.raises(PhaseThere):
        link(other, more, reason="again")
    with pytest.raises(PhaseNumberThere):
        link(more, first)
    with pytest.raises(PhaseCycle):
        link(first, other, reason="round")
    with pytest.raises(PhaseCycle):
        link(more, more)
    with pytest.raises(PhaseReason):
        end(row, " ")
    with pytest.raises(NotFound):
        link(more, first, number=2, by="officer.baoan")
    with pytest.raises(Forbidden):
        link(more, first, number=2, by="leader")
    theirs = project(8, investor="Kestovar Robotics GmbH", by="officer.baoan")
    with pytest.raises(PhaseParentUnknown):
        link(more, theirs, number=2, reason="x")


def test_no_sight_of_one_gives_no_sight_of_the_other(desk):
    ours = project(10, investor="Umbrion Materials AG")
    theirs = project(4, investor="Kestovar Robotics GmbH", by="officer.baoan")
    with unit_of_work():
        for lead in (ours, theirs):
            db.session.get_one(Lead, lead.id).stage = "negotiating"
    link(theirs, ours, Basis.INCLUDED, PhaseKind.PHASE, 2, "in another district", by="coordinator")
    seen = phases.tree_of(db.session.get_one(Lead, theirs.id), actor("officer.baoan"))
    assert [(one.lead.id, one.depth, one.link) for one in seen] == [(theirs.id, 0, None)]
    seen = phases.tree_of(db.session.get_one(Lead, ours.id), actor("officer.nanshan"))
    assert [one.lead.id for one in seen] == [ours.id]
    whole = phases.tree_of(db.session.get_one(Lead, ours.id), actor("coordinator"))
    assert [(one.lead.id, one.depth) for one in whole] == [(ours.id, 0), (theirs.id, 1)]
    assert [one.counted.cny / YI for one in whole] == [6, 4]


def test_a_lead_with_phases_is_not_merged_away(desk):
    first, more = one_firm()
    with_sums(first, 10), with_sums(more, 15)
    row = link(more, first)
    with pytest.raises(InFamily):
        merge(first, more, verb=merging.merge_leads)
    end(row)
    merge(first, more, verb=merging.merge_leads)
