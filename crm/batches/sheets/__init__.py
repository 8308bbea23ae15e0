"""An edition on paper: the templates, checked before they are filled."""

from crm.batches.sheets.paper import EDITION, FIELDS, PRINTED
from crm.core.papers.filling import DOCX, fill
from crm.core.typeset import PDF

__all__ = ["DOCX", "EDITION", "FIELDS", "PDF", "PRINTED", "fill"]
