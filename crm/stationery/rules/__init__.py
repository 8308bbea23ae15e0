"""Which papers there are, and what is refused of a template."""

from crm.stationery.rules.papers import Paper, named, papers, register
from crm.stationery.rules.refusals import LARGEST, NothingToLeave, SameTemplate, TemplateMoved, TemplateRefused

__all__ = [
    "LARGEST", "NothingToLeave", "Paper", "SameTemplate", "TemplateMoved", "TemplateRefused", "named", "papers", "register",
]  # fmt: skip
