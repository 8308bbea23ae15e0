"""Merging contacts of one lead."""

import pytest
from sqlalchemy import select

from crm.companies import queries as companies
from crm.companies.models import Contact
from crm.core.db import db
from crm.leads.rules.lead import NewContact
from crm.merging import services
from crm.merging.rules.refusals import OtherLead
from tests.builders import a_lead
from tests.merging.stories import merge, undo


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
