"""Doors of merging: merges and their undoing, requests to the units concerned."""

from crm.merging.views import acts, asking
from crm.merging.views.blueprint import bp

__all__ = ["acts", "asking", "bp"]
