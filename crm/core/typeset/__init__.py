"""Typesetting a pdf from a template and facts, with the Chinese type that comes with the product."""

from crm.core.typeset.setting import PDF, Template, typeset

__all__ = ["PDF", "Template", "typeset"]
