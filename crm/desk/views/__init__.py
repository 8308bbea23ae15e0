"""Doors of the desk: home, the list and a lead's page, a company in its group, sharing and code names, first reports to release."""

from crm.desk.views import claims, companies, pages, sharing
from crm.desk.views.blueprint import bp

__all__ = ["bp", "claims", "companies", "pages", "sharing"]
