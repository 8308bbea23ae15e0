"""Named writes of filled tables and their templates."""

from crm.fillings.services.filling import begin, finish, lay_down, start_filling, starter, unfinished
from crm.fillings.services.templates import drop_template, keep_template

__all__ = ["begin", "drop_template", "finish", "keep_template", "lay_down", "start_filling", "starter", "unfinished"]
