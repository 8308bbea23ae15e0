"""Doors of transfers: the inbox, one transfer and what is done about it, offering and assigning, the open projects."""

from crm.transfers.views import making, pool, transfers
from crm.transfers.views.blueprint import bp

__all__ = ["bp", "making", "pool", "transfers"]
