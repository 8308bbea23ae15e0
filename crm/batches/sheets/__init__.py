"""An edition on paper: the docx template, checked before it is filled."""

from crm.batches.sheets.paper import FIELDS, TEMPLATE, checked
from crm.core.papers import DOCX, fill

__all__ = ["DOCX", "FIELDS", "TEMPLATE", "checked", "fill"]
