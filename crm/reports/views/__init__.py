"""Doors of reports: a leader's page and sheet, a project's brief."""

from crm.reports.views import brief, leader
from crm.reports.views.blueprint import bp

__all__ = ["bp", "brief", "leader"]
