"""Doors of the leads room: register, check while typing, assess, edit, tag, add files, look behind a mask."""

from crm.leads.views import assessing, contacts, editing, evidence, registering
from crm.leads.views.blueprint import bp

__all__ = ["assessing", "bp", "contacts", "editing", "evidence", "registering"]
