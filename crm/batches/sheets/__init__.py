"""An edition on paper: the docx template, checked before it is filled."""

from crm.batches.sheets.paper import DOCX, FIELDS, TEMPLATE, checked, fill

__all__ = ["DOCX", "FIELDS", "TEMPLATE", "checked", "fill"]
