"""What the desk's pages put together from many rooms."""

from crm.desk.queries.groups import group_of, identifiers_of, names_of
from crm.desk.queries.headquarters import headquarters
from crm.desk.queries.homes import coordination_waiting, manager_home, officer_home
from crm.desk.queries.lead import lead_page, peek
from crm.desk.queries.readings import looks_at
from crm.desk.queries.requests import requests_for

__all__ = [
    "coordination_waiting", "group_of", "headquarters", "identifiers_of", "lead_page", "looks_at", "manager_home", "names_of", "officer_home", "peek", "requests_for",
]  # fmt: skip
