"""What the services of a lead promise, on both databases: editing and tagging."""

from datetime import date

import pytest
from sqlalchemy import select

from crm.clusters import queries as clusters
from crm.core import clock
from crm.core.db import db, unit_of_work
from crm.core.errors import Forbidden, NotFound, Refusal, StaleVersion
from crm.core.money import Money
from crm.leads import services
from crm.leads.models import FieldChange, LeadCluster
from crm.leads.queries import access
from crm.rates import services as rates
from tests.builders import a_unit, actor, an_officer
from tests.leads.stories import all_of, as_it_is, edit, register, tag


class TestEditing:
    """Facts and tags."""

    def test_every_changed_field_is_a_line_of_the_timeline(self, desk):
        lead = register(total=Money.of("350000000", "CNY"), district_ids=(a_unit("SZ-NS").id,)).lead
        changed = as_it_is(
            lead, title="another title", park="Harbour", total=Money.of("50000000", "USD"), district_ids=(a_unit("SZ-BA").id,)
        )
        edit(lead, changed)
        lines = {row.field: (row.old, row.new) for row in all_of(FieldChange)}
        assert set(lines) == {"title", "park", "total", "districts"}
        assert lines["total"] == ("350000000.00 CNY", "50000000.00 USD")
        assert lines["districts"] == ("SZ-NS", "SZ-BA")
        db.session.expire_all()
        assert [row.unit.code for row in lead.districts] == ["SZ-BA"]
        assert (lead.title, lead.park, lead.total_amount, lead.total_currency) == (
            "another title",
            "Harbour",
            5_000_000_000,
            "USD",
        )

    def test_nothing_changed_leaves_no_trace(self, desk):
        lead = register().lead
        touched = lead.touched_at
        edit(lead, as_it_is(lead))
        assert all_of(FieldChange) == []
        assert lead.touched_at == touched

    def test_a_stale_form_is_refused_and_nothing_is_lost(self, desk):
        lead = register(note="as registered").lead
        opened = lead.version
        edit(lead, as_it_is(lead, note="a colleague's words"), by="manager.nanshan")
        with pytest.raises(StaleVersion) as refused:
            edit(lead, as_it_is(lead, note="mine", title="mine"), opened=opened)
        assert refused.value.facts["opened"] == opened < refused.value.facts["saved"]
        db.session.rollback()
        db.session.expire_all()
        assert lead.note == "a colleague's words"
        assert [row.field for row in all_of(FieldChange)] == ["note"]
        edit(lead, as_it_is(lead, title="mine"))
        db.session.expire_all()
        assert (lead.title, lead.note) == ("mine", "a colleague's words")

    def test_a_sum_keeps_the_rate_of_its_day(self, desk, clock_at):
        """Somebody corrects a typing error a year later: the converted sum is no other because of it."""
        clock_at("2026-06-18 09:00")
        lead = register(total=Money.of("100000000", "USD")).lead
        before = (lead.total_cny, lead.rate_day)
        clock_at("2027-06-18 09:00")
        with unit_of_work():
            rates.add_rate("USD", date(2027, 6, 1), 9, "a test", actor=actor("sysadmin"), now=clock.now())
        edit(lead, as_it_is(lead, note="corrected"))
        assert (lead.total_cny, lead.rate_day) == before
        edit(lead, as_it_is(lead, total=Money.of("200000000", "USD")))
        assert (lead.total_cny, lead.rate_day) == (180_000_000_000, date(2027, 6, 18))

    @pytest.mark.parametrize(("username", "refusal"), [
        ("officer.baoan", NotFound), ("leader", Forbidden), ("auditor", NotFound), ("manager.baoan", NotFound),
    ])  # fmt: skip
    def test_who_does_not_edit(self, desk, username, refusal):
        lead = register().lead
        with pytest.raises(refusal):
            edit(lead, as_it_is(lead, title="x"), by=username)

    def test_a_colleague_of_the_unit_reads_but_does_not_edit(self, desk):
        lead, colleague = register().lead, an_officer("SZ-NS")
        assert access.visible_lead(lead.public_id, actor=colleague).id == lead.id
        with pytest.raises(Forbidden), unit_of_work():
            services.edit_lead(lead.public_id, as_it_is(lead), opened=lead.version, actor=colleague, now=clock.now())


class TestTagging:
    """One cluster that counts, two more at most."""

    def test_a_primary_one_and_two_more(self, desk):
        lead, offered = register().lead, [cluster.id for cluster in clusters.current()]
        tag(lead, offered[:3])
        ranks = select(LeadCluster.rank, LeadCluster.cluster_id).where(LeadCluster.lead_id == lead.id).order_by(LeadCluster.rank)
        assert db.session.execute(ranks).all() == list(enumerate(offered[:3]))
        tag(lead, [offered[2], offered[0]])
        assert db.session.execute(ranks).all() == [(0, offered[2]), (1, offered[0])]
        assert [row.field for row in all_of(FieldChange)] == ["clusters", "clusters"]
        tag(lead, [offered[2], offered[0]])
        assert len(all_of(FieldChange)) == 2, "the same tags again are no change"
        tag(lead, [])
        assert all_of(LeadCluster) == []

    def test_a_fourth_is_refused(self, desk):
        lead, offered = register().lead, [cluster.id for cluster in clusters.current()]
        tag(lead, offered[:1])
        with pytest.raises(Refusal) as refused:
            tag(lead, offered[:4])
        assert refused.value.code == "too_many_clusters"
        db.session.rollback()
        assert [row.cluster_id for row in all_of(LeadCluster)] == offered[:1]
        tag(lead, [offered[0], offered[0], offered[1], 10**6])
        assert [row.cluster_id for row in all_of(LeadCluster)] == offered[:2], "twice the same is one, an unknown one is none"

    def test_who_does_not_tag(self, desk):
        lead = register().lead
        with pytest.raises(NotFound):
            tag(lead, [], by="officer.baoan")
        with pytest.raises(Forbidden):
            tag(lead, [], by=an_officer("SZ-NS"))
