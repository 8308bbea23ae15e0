"""Undoing after people went on working: what belongs together stays together, what came of it is said so that it can be mended."""

import pytest
from sqlalchemy import select

from crm.companies import queries as companies
from crm.companies.models import Contact
from crm.core import clock
from crm.core.db import db, unit_of_work
from crm.core.money import Money
from crm.leads import services as leads
from crm.leads.models import Lead
from crm.leads.rules.lead import LeadEdit, NewContact, Source
from crm.merging import queries, services
from tests.builders import actor
from tests.merging.graphs import differences, dump
from tests.merging.stories import merge, one_firm, undo


def sums(amount: int, currency: str, by: str, lead: Lead, *, verified: bool = False) -> None:
    """Somebody enters the sum of a lead in its form."""
    with unit_of_work():
        now = db.session.get_one(Lead, lead.id, populate_existing=True)
        edit = LeadEdit(
            title=now.title, source=Source(now.source), park=now.park, note=now.note, total=Money(amount, currency),
            total_verified=verified,
        )  # fmt: skip
        leads.edit_lead(lead.public_id, edit, opened=now.version, actor=actor(by), now=clock.now())


def phone(lead: Lead, number: str) -> None:
    with unit_of_work():
        leads.add_contact(lead.public_id, NewContact("Beispiel", None, number), actor=actor("officer.nanshan"), now=clock.now())


def phones(lead: Lead) -> list[str | None]:
    return [contact.phone for contact in companies.contacts_of(lead.id)]


class TestWhatBelongsTogether:
    """A field is of several columns: an undo leaves or brings back all of it."""

    def test_a_sum_that_somebody_changed_keeps_its_currency(self, desk):
        keep, gone = one_firm()
        sums(400_000_00, "CNY", "officer.nanshan", keep)
        sums(900_000_00, "EUR", "officer.nanshan", gone, verified=True)
        done = merge(keep, gone, choices={"total": gone.public_id}, verb=services.merge_leads)
        sums(750_000_00, "EUR", "officer.nanshan", keep, verified=True)
        result = undo(done)
        db.session.expire_all()
        assert (keep.total_amount, keep.total_currency, keep.total_verified) == (750_000_00, "EUR", True)
        assert {left.column for left in result.left} >= {"total_amount", "total_currency", "total_verified", "total_cny"}

    def test_so_does_one_whose_currency_the_merge_did_not_change(self, desk):
        keep, gone = one_firm()
        sums(400_000_00, "USD", "officer.nanshan", keep)
        sums(900_000_00, "USD", "officer.nanshan", gone)
        done = merge(keep, gone, choices={"total": gone.public_id}, verb=services.merge_leads)
        sums(900_000_00, "EUR", "officer.nanshan", keep)
        result = undo(done)
        db.session.expire_all()
        assert (keep.total_amount, keep.total_currency) == (900_000_00, "EUR")
        assert {left.column for left in result.left} >= {"total_amount", "total_currency"}
        again, found = queries.visible_merge(done.public_id, actor=actor("officer.nanshan"))
        (told,) = queries.left_of(again, found, queries.lines_of(again), actor("officer.nanshan"))
        assert (told.was[:2], told.now[:2]) == ((400_000_00, "USD"), (900_000_00, "EUR"))


class TestContactsBetween:
    """Two leads became one, then a contact of each: with the leads two again, each has its own contact."""

    @pytest.mark.parametrize("turned", [False, True])
    def test_each_lead_has_its_own_again(self, desk, turned):
        one, two = one_firm()
        phone(one, "+4930111111")
        phone(two, "+4930222222")
        before = dump()
        done = merge(one, two, verb=services.merge_leads)
        both = list(db.session.scalars(select(Contact).order_by(Contact.id)))
        merge(*(both[::-1] if turned else both), verb=services.merge_contacts)
        result = undo(done)
        db.session.expire_all()
        assert (phones(one), phones(two)) == (["+4930111111"], ["+4930222222"])
        assert result.along == 1
        assert not differences(before, dump())

    def test_two_of_one_lead_stay_one(self, desk):
        one, two = one_firm()
        phone(two, "+4930111111")
        phone(two, "+4930222222")
        done = merge(one, two, verb=services.merge_leads)
        merge(*db.session.scalars(select(Contact).order_by(Contact.id)), verb=services.merge_contacts)
        assert undo(done).along == 0
        db.session.expire_all()
        assert (phones(one), phones(two)) == ([], ["+4930111111"])

    def test_the_lead_tells_of_the_contacts_that_are_one(self, desk):
        one, _two = one_firm()
        phone(one, "+4930111111")
        phone(one, "+4930222222")
        done = merge(*db.session.scalars(select(Contact).order_by(Contact.id)), verb=services.merge_contacts)
        assert done.public_id in {found.public_id for found in queries.merges_about(one)}
        undo(done)
        assert done.public_id not in {found.public_id for found in queries.merges_about(one)}
