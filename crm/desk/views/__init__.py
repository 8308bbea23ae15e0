"""Doors of the desk: home, the list and a lead's page, a company in its group."""

from crm.desk.views import companies, pages
from crm.desk.views.blueprint import bp

__all__ = ["bp", "companies", "pages"]
