"""Doors of filling tables."""

from crm.fillings.views import templates
from crm.fillings.views.fillings import bp

__all__ = ["bp", "templates"]
