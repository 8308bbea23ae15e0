"""Papers: filling a Word template that an office may put in the place of the product's."""

from crm.core.papers.word import DOCX, checked, fill

__all__ = ["DOCX", "checked", "fill"]
