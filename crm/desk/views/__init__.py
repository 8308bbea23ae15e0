"""Doors of the desk: home, the list and a lead's page, a company in its group, sharing and code names, first reports to release,
attribution.
"""

from crm.desk.views import claims, companies, credit, pages, sharing
from crm.desk.views.blueprint import bp

__all__ = ["bp", "claims", "companies", "credit", "pages", "sharing"]
