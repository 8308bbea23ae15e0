"""Doors of disputes: the inbox, one dispute with its evidence, opening, statements, decisions."""

from crm.disputes.views import deciding, disputes
from crm.disputes.views.blueprint import bp

__all__ = ["bp", "deciding", "disputes"]
