"""Doors of money: a lead's arrivals, both figures side by side, the official tables, exchange rates."""

from crm.money.views import official, rates, receipts, reconciled
from crm.money.views.blueprint import bp

__all__ = ["bp", "official", "rates", "receipts", "reconciled"]
