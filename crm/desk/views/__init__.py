"""Doors of the desk: home, the list and a lead's page, a company in its group, sharing and code names."""

from crm.desk.views import companies, pages, sharing
from crm.desk.views.blueprint import bp

__all__ = ["bp", "companies", "pages", "sharing"]
