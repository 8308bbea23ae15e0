"""Doors of reports: a leader's page and sheet, a project's brief, official sums by district."""

from crm.reports.views import brief, districts, leader
from crm.reports.views.blueprint import bp

__all__ = ["bp", "brief", "districts", "leader"]
