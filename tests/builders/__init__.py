"""Builders: plain functions that put a person, a company or a lead into the test's database and hand it back.

They open the application context and the unit of work they need, and use the ones that are open already.
"""

from tests.builders.leads import a_company, a_lead, new_lead
from tests.builders.people import PASSWORD, USERNAMES, a_person, a_unit, actor, an_officer, signed_in, someone
from tests.builders.pipeline import fill_in, make_ready, put_milestone

__all__ = [
    "PASSWORD", "USERNAMES", "a_company", "a_lead", "a_person", "a_unit", "actor", "an_officer", "fill_in", "make_ready", "new_lead",
    "put_milestone", "signed_in", "someone",
]  # fmt: skip
