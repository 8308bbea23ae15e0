"""An edition on paper: the templates, checked before they are filled."""

from crm.batches.sheets.paper import FIELDS, PRINTED, TEMPLATE, checked
from crm.core.papers import DOCX, fill
from crm.core.typeset import PDF

__all__ = ["DOCX", "FIELDS", "PDF", "PRINTED", "TEMPLATE", "checked", "fill"]
