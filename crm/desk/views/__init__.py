"""Doors of the desk: home, the list, the columns and a lead's page, a company in its group, sharing and code names, phases,
first reports to release,
attribution, the headquarters, saved views.
"""

from crm.desk.views import (
    claims,
    companies,
    credit,
    event_links,
    events,
    grouped,
    headquarters,
    inline,
    kanban,
    many,
    pages,
    phases,
    saved,
    sharing,
)
from crm.desk.views.blueprint import bp

__all__ = [
    "bp",
    "claims",
    "companies",
    "credit",
    "event_links",
    "events",
    "grouped",
    "headquarters",
    "inline",
    "kanban",
    "many",
    "pages",
    "phases",
    "saved",
    "sharing",
]
