"""An edition's Word template: the office's own, or the product's; which fields it may use."""

from pathlib import Path

from crm.core import papers
from crm.core.papers import DOCX, fill

TEMPLATE = "edition.docx"
FIELDS = frozenset({
    "title", "number", "period", "as_of", "office", "frozen", "serial", "notice", "mark", "notes", "basis", "overview", "heads",
    "groups",
})  # fmt: skip
_SHIPPED = Path(__file__).parents[1] / "data" / TEMPLATE

__all__ = ["DOCX", "FIELDS", "TEMPLATE", "checked", "fill"]


def checked(own: Path | None) -> bytes:
    """The template to fill. Raises TemplateUnfit (see crm.core.papers)."""
    return papers.checked(own or _SHIPPED, _SHIPPED, FIELDS)
